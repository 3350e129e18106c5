#!/usr/bin/env python3
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
"""Changes the core one token or row at a time, and sees whether the compiler, the walk or the scenarios notice.

Run by ./dev mutate; see README.md. Debian has no maintained tool that does this for C++ 20 and whole tables.
"""

import argparse
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCORE_WANTED = 95.0
SEED = 20221200  # of the fixed sample
FILES = [
    "include/bms/core/machine.hpp", "include/bms/core/command.hpp", "include/bms/core/inputs.hpp",
    "include/bms/core/debounce.hpp", "src/core/step.cpp", "src/core/sides.cpp", "src/core/state.cpp",
    "src/core/multi.cpp", "src/core/waking.cpp", "src/core/outputs.cpp", "src/core/leds.cpp",
]
STATES = {
    "power_table": ["starting", "on", "remote_off", "inputs_lost"],
    "discharge_table": ["allowed", "pre_alarm", "load_disconnect"],
    "charge_table": ["allowed", "charge_disconnect"],
    "multi_charge_table": ["allow", "reduce", "stop"],
    "command_table": ["off", "charger_only", "inverter_only", "on"],
}
# What is changed into what. Blanks around an operator tell it from templates, references and pointers.
OPERATORS = [
    (r" < ", [" <= "]), (r" <= ", [" < "]), (r" > ", [" >= "]), (r" >= ", [" > ", " < "]), (r" == ", [" != "]),
    (r" != ", [" == "]), (r" && ", [" || "]), (r" \|\| ", [" && "]), (r" \+ ", [" - "]), (r" - ", [" + "]),
    (r"(?<=[( &|])!(?=[a-z(])", [""]), (r"\bstd::min\(", ["std::max("]), (r"\bstd::max\(", ["std::min("]),
    (r"\btrue\b", ["false"]), (r"\bfalse\b", ["true"]), (r"\b(is|no)\((?=[a-z_]+\))", None),
    (r"\b\d+(?=(?:us|ms|s|min|h)?\b)", None),
]
STATEMENT = re.compile(r"^ +(?!return|const |case |using |auto )[a-z][\w.\->*]*(?:\(\))?(?: = [^;{]*|\.(?:reset|add|emplace)\(.*\));$")
SKIP = re.compile(r"^\s*(?://|#|static_assert|template|using |namespace|enum |struct |inline constexpr std::size_t)")


def code_of(line):
    """The line without its comment and with its strings blanked, at the same places."""
    line = re.sub(r'"[^"]*"', lambda m: '"' + " " * (len(m[0]) - 2) + '"', line)
    return line.split("//")[0]


def mutants_of_line(name, number, line):
    code = code_of(line)
    for pattern, replacements in OPERATORS:
        for match in re.finditer(pattern, code):
            if replacements is None and match[0][0].isdigit():
                new = [str(int(match[0]) + 1)]
            elif replacements is None:
                new = ["no(" if match[1] == "is" else "is("]
            else:
                new = replacements
            for text in new:
                changed = line[:match.start()] + text + line[match.end():]
                yield name, number, 1, changed, f"{match[0].strip() or match[0]} -> {text.strip() or 'nothing'}"
    if STATEMENT.match(line):
        yield name, number, 1, "", "statement deleted"


def mutants_of_rows(name, lines):
    """A row of a table deleted, or led to another state. A row may stand on several lines."""
    table = None
    for number, line in enumerate(lines):
        begins = re.search(r"inline constexpr std::array (\w+)", line)
        table = begins[1] if begins else None if line.startswith("}();") else table
        if table not in STATES or not re.match(r"\s+\{\w+, ", line):
            continue
        end = number
        while "}," not in code_of(lines[end]):
            end += 1
        text = "\n".join(lines[number:end + 1])
        yield name, number, end - number + 1, "", "row deleted"
        target = re.search(r',(\s+)(\w+),(\s+)"', text)
        for state in STATES[table]:
            if target and state != target[2]:
                changed = text[:target.start(2)] + state + text[target.end(2):]
                yield name, number, end - number + 1, changed, f"row leads to {state}"


def all_mutants():
    found = []
    for name in FILES:
        lines = (ROOT / name).read_text(encoding="utf-8").split("\n")
        for number, line in enumerate(lines):
            if not SKIP.match(line):
                found += mutants_of_line(name, number, line)
        found += mutants_of_rows(name, lines)
    return found


def key_of(mutant, lines):
    """What names a mutant in survivors.txt: file, the line's text, the change. No number, so that it outlives edits."""
    name, number, _, _, what = mutant
    return f"{name}|{lines[number].strip()}|{what}"


class Copy:
    """A copy of the sources and its build. The build and the walk use all cores, so one is enough."""

    def __init__(self, folder, jobs):
        self.folder, self.jobs = folder, jobs
        by = self.run_gate("make_copy \"$0\" && judge \"$0\"")
        if by is not None:
            sys.exit(f"the core as it is does not pass: {by}")

    def run_gate(self, what):
        """None when all passes, else who found it."""
        done = subprocess.run(["bash", "-c", f". tests/mutation/gate.sh && {what}", self.folder], cwd=ROOT,
                              env={**os.environ, "jobs": str(self.jobs)}, capture_output=True, text=True, check=False)
        return done.stdout.strip() + done.stderr.strip() if done.returncode else None

    def judge(self, mutant):
        name, number, length, changed, _ = mutant
        path = pathlib.Path(self.folder) / "sources" / name
        original = path.read_text(encoding="utf-8")
        lines = original.split("\n")
        lines[number:number + length] = [changed]
        path.write_text("\n".join(lines), encoding="utf-8")
        try:
            return self.run_gate("judge \"$0\"")
        finally:
            path.write_text(original, encoding="utf-8")


def explained_survivors():
    explained = {}
    for line in (ROOT / "tests/mutation/survivors.txt").read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith("#"):
            key, _, reason = line.rpartition("|")
            explained[key] = reason
    return explained


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sample", type=int, help="so many, the same ones each time")
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--list", action="store_true", help="print them, change nothing")
    options = arguments.parse_args()
    mutants = all_mutants()
    total = len(mutants)
    if options.sample:
        mutants = random.Random(SEED).sample(mutants, min(options.sample, total))
    sources = {name: (ROOT / name).read_text(encoding="utf-8").split("\n") for name in FILES}
    if options.list:
        for mutant in mutants:
            print(f"{mutant[0]}:{mutant[1] + 1}: {mutant[4]}: {sources[mutant[0]][mutant[1]].strip()}")
        print(f"{total} mutants")
        return 0
    explained = explained_survivors()
    started = time.monotonic()
    # Headers last and together: each one is compiled anew by everything, and so is what it was before.
    mutants.sort(key=lambda m: (m[0].endswith(".hpp"), m[0], m[1]))
    results = []
    with tempfile.TemporaryDirectory(prefix="bms-mutation-") as workspace:
        copy = Copy(workspace, options.jobs)
        for mutant in mutants:
            results.append((mutant, copy.judge(mutant)))
            found = results[-1][1] or "SURVIVED"
            print(f"{mutant[0]}:{mutant[1] + 1}: {mutant[4]}: {found}", flush=True)
    by_compiler = sum(1 for _, by in results if by == "the compiler")
    survivors = [key_of(m, sources[m[0]]) for m, by in results if by is None]
    unexplained = [key for key in survivors if key not in explained]
    for key in survivors:
        print(f"survivor: {key}: {explained.get(key, 'NOT EXPLAINED')}")
    by_tests = len(results) - by_compiler - len(survivors)
    score = 100.0 * by_tests / max(1, by_tests + len(survivors))
    print(f"mutation: {len(results)} of {total} mutants: {by_compiler} refused by the compiler, {by_tests} found by "
          f"tests, {len(survivors)} survived ({len(survivors) - len(unexplained)} explained); "
          f"score of the tests {score:.1f} % (wanted {SCORE_WANTED:.0f}), {time.monotonic() - started:.0f} s")
    return 1 if score < SCORE_WANTED or unexplained else 0


sys.exit(main())
