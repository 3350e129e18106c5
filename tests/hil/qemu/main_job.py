#!/usr/bin/env python3
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
"""main_job.py ARCH KERNEL INITRD SIMULATOR: the main job on a stock kernel and real drivers, in real time. Exit 0: passed."""
import os
import subprocess
import sys
import tempfile
import time

from guest import Failed, Guest

PATIENCE = 60  # seconds; the processor is emulated


class Multi:
    """vebus-bms-sim multiplus, whose terminal is the guest's serial port."""

    def __init__(self, simulator, folder):
        self.simulator, self.control = simulator, os.path.join(folder, "multi.sock")
        self.tty = os.path.join(folder, "multi.tty")
        self.process = subprocess.Popen([simulator, "multiplus", "--port", self.tty, "--control", self.control],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: os.path.exists(self.control) and os.path.exists(self.tty), 10, "the simulated Multi is not up")

    def get(self, name):
        answer = subprocess.run([self.simulator, "get", self.control, name], capture_output=True, text=True, check=False)
        return answer.stdout.strip()

    def becomes(self, name, value, limit=PATIENCE):
        wait_until(lambda: self.get(name) == value, limit, f"the Multi's {name} is not {value}")


def wait_until(condition, limit, what):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise Failed(f"{what} within {limit} s")
        time.sleep(0.1)


def step(guest, text):
    print(f"[{time.monotonic() - guest.began:8.2f} s] {text}", flush=True)


def story(guest, multi):
    for name in ("btv_allow_to_charge", "btv_allow_to_discharge", "btv_pre_alarm", "remote_on"):
        guest.pull(name, True)
    guest.hears("guest: kernel", PATIENCE)
    step(guest, next(line for line in guest.words if "guest: kernel" in line))
    guest.becomes("load_disconnect", True, PATIENCE)
    guest.becomes("charge_disconnect", True, PATIENCE)
    multi.becomes("mode", "on")
    step(guest, "a healthy battery: loads and chargers are allowed, the Multi is on")

    guest.pull("btv_allow_to_discharge", False)
    warned = guest.becomes("pre_alarm", True, PATIENCE)
    off = guest.becomes("load_disconnect", False, 90)
    if not 29.5 <= off - warned <= 35:
        raise Failed(f"loads went off {off - warned:.1f} s after PreAlarm, not after 30")
    guest.becomes("pre_alarm", False, 5)
    multi.becomes("mode", "charger-only")
    step(guest, f"an empty cell: loads off {off - warned:.2f} s after PreAlarm (M15), the Multi is charger-only")

    guest.pull("btv_allow_to_discharge", True)
    guest.becomes("load_disconnect", True, PATIENCE)
    multi.becomes("mode", "on")
    guest.pull("btv_allow_to_charge", False)
    guest.becomes("charge_disconnect", False, 5)
    guest.pull("btv_allow_to_charge", True)
    guest.becomes("charge_disconnect", True, PATIENCE)
    step(guest, "it recovers; a full cell stops the chargers at once")


def death(guest):
    guest.say("kill")
    began = time.monotonic()
    beats = len([1 for _, name, _ in guest.changes if name == "heartbeat"])
    time.sleep(3)  # what is shown is that nothing happens
    after = len([1 for _, name, _ in guest.changes if name == "heartbeat"])
    if after - beats > 1:
        raise Failed("the heartbeat goes on without a daemon")
    held = [name for name in ("load_disconnect", "charge_disconnect") if guest.levels.get(name, False)]
    if held:
        step(guest, f"kill -9: this kernel's PL061 keeps {' and '.join(held)}; the heartbeat stands still: the watchdog relay's case")
    else:
        step(guest, f"kill -9: both outputs are low {time.monotonic() - began:.0f} s later, the heartbeat stands still")
    before = len(guest.changes)
    guest.say("start")
    for name in ("load_disconnect", "charge_disconnect"):
        kept = [False] if name in held else []
        wait_until(lambda name=name, kept=kept: guest.levels_of(name, before) == kept + [True], PATIENCE,
                   f"{name} is not first low, then high")
    step(guest, "the next start lets go of what was kept, and permits after its own debounce")


def main(arch, kernel, initrd, simulator):
    with tempfile.TemporaryDirectory() as folder:
        multi = Multi(simulator, folder)
        guest = None
        try:
            guest = Guest(arch, kernel, initrd, multi.tty, folder)
            story(guest, multi)
            death(guest)
        except Failed as why:
            print("\n".join(guest.words[-40:]) if guest else "")
            print(f"hil qemu-{arch}: failed: {why}")
            return 1
        finally:
            if guest:
                guest.end()
            multi.process.kill()
            multi.process.wait()
    return 0


sys.exit(main(*sys.argv[1:]))
