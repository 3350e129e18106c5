#!/usr/bin/env python3
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
"""Shows that the gate has teeth: five defects are made, each alone, and each must be found. Run by ./dev defects."""

import argparse
import sys
import tempfile
import time

from gate import ROOT, Change, Gate

# What, the file, the table it is in, the text and what it becomes.
DEFECTS = [
    ("a row mutated (PreAlarm never ends in LoadDisconnect)", "include/bms/core/machine.hpp", "discharge_table",
     "{pre_alarm, is(powered) & is(cell_low) & is(lead_over), load_disconnect,",
     "{pre_alarm, is(powered) & is(cell_low) & is(lead_over), pre_alarm,"),
    ("a row deleted (charge disconnect while switched off)", "include/bms/core/machine.hpp", "charge_table",
     '{charge_disconnect, no(powered), charge_disconnect, "switched off or inputs lost"},', ""),
    ("a property weakened (the lead of M15)", "tests/exhaustive/line_properties.cpp", None,
     "return v.pre_alarm && v.e.now - v.after().pre_alarm_since < v.settings.pre_alarm_lead;", "return v.pre_alarm;"),
    ("a constant changed (29 s instead of 30 s)", "include/bms/core/inputs.hpp", None,
     "Duration pre_alarm_lead = 30s;", "Duration pre_alarm_lead = 29s;"),
    ("a comparison turned (how long a loop has been closed)", "src/core/step.cpp", None,
     "return since && now - *since >= length;", "return since && now - *since < length;"),
]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--jobs", type=int, default=2)
    options = arguments.parse_args()
    started, passed, failed = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory(prefix="bms-defects-") as workspace:
        gate = Gate(workspace, options.jobs)
        for what, name, table, before, after in DEFECTS:
            text = (ROOT / name).read_text(encoding="utf-8")
            by = None
            if before not in text:
                print(f"{what}: the line to change is no longer in {name}")
            else:
                by = gate.judge(Change(name, text.replace(before, after), table), "changed")
                print(f"{what}: {f'found by {by}' if by else 'NOT FOUND'}", flush=True)
            passed, failed = passed + bool(by), failed + (not by)
    print(f"defects: {passed} passed, {failed} failed, 0 skipped ({time.monotonic() - started:.0f} s)")
    return 1 if failed else 0


sys.exit(main())
