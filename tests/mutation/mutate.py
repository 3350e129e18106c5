#!/usr/bin/env python3
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
"""Changes the core one token or row at a time, and sees whether the compiler, the walk or the scenarios notice.

Run by ./dev mutate; see README.md. Debian has no maintained tool that does this for C++ 20 and whole tables.
"""

import argparse
import concurrent.futures
import queue
import random
import re
import sys
import tempfile
import time

from gate import ROOT, Change, Gate

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
        for place, match in enumerate(re.finditer(pattern, code)):
            if replacements is None and match[0][0].isdigit():
                new = [str(int(match[0]) + 1)]
            elif replacements is None:
                new = ["no(" if match[1] == "is" else "is("]
            else:
                new = replacements
            for text in new:
                changed = line[:match.start()] + text + line[match.end():]
                where = f" (no. {place + 1})" if place else ""
                yield name, number, 1, changed, f"{match[0].strip() or match[0]} -> {text.strip() or 'nothing'}{where}"
    if STATEMENT.match(line):
        yield name, number, 1, "", "statement deleted"


def mutants_of_rows(name, lines):
    """A row of a table deleted, or led to another state. A row may stand on several lines."""
    for number, (line, table) in enumerate(zip(lines, tables_of(lines))):
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


def tables_of(lines):
    """For each line, the table it is in."""
    table = None
    for line in lines:
        begins = re.search(r"inline constexpr std::array (\w+)", line)
        table = begins[1] if begins else None if line.startswith("}();") else table
        yield table


def all_mutants():
    found = []
    for name in FILES:
        lines = (ROOT / name).read_text(encoding="utf-8").split("\n")
        for number, line in enumerate(lines):
            if not SKIP.match(line):
                found += mutants_of_line(name, number, line)
        found += mutants_of_rows(name, lines)
    return found


def change_of(mutant):
    name, number, length, changed, _ = mutant
    lines = (ROOT / name).read_text(encoding="utf-8").split("\n")
    table = list(tables_of(lines))[number]
    lines[number:number + length] = [changed]
    return Change(name, "\n".join(lines), table)


def key_of(mutant, lines):
    """What names a mutant in survivors.txt: file, the line's text, the change. No number, so that it outlives edits."""
    name, number, _, _, what = mutant
    return f"{name}|{lines[number].strip()}|{what}"


def judged(gate, mutants, jobs):
    """Each mutant with who found it, None for nobody; in order, as many at once as there are jobs."""
    places = queue.Queue()
    for number in range(jobs):
        places.put(f"place-{number}")

    def judge(mutant):
        place = places.get()
        try:
            return gate.judge(change_of(mutant), place)
        finally:
            places.put(place)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        yield from zip(mutants, pool.map(judge, mutants))


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
    results = []
    with tempfile.TemporaryDirectory(prefix="bms-mutation-") as workspace:
        for mutant, by in judged(Gate(workspace, options.jobs), mutants, options.jobs):
            results.append((mutant, by))
            print(f"{mutant[0]}:{mutant[1] + 1}: {mutant[4]}: {by or 'SURVIVED'}", flush=True)
    by_compiler = sum(1 for _, by in results if by == "the compiler")
    survivors = [key_of(m, sources[m[0]]) for m, by in results if by is None]
    unexplained = [key for key in survivors if key not in explained]
    for key in survivors:
        print(f"survivor: {key}: {explained.get(key, 'NOT EXPLAINED')}")
    by_tests = len(results) - by_compiler - len(survivors)
    score = 100.0 * by_tests / max(1, by_tests + len(survivors))
    took = time.monotonic() - started
    print(f"mutation: {len(results)} of {total} mutants: {by_compiler} refused by the compiler, {by_tests} found by "
          f"tests, {len(survivors)} survived ({len(survivors) - len(unexplained)} explained); "
          f"score of the tests {score:.1f} % (wanted {SCORE_WANTED:.0f}), {took / max(1, len(results)):.1f} s each")
    too_low = score < SCORE_WANTED
    # Read by .ci/run. A score that is too low is a failure of its own.
    print(f"mutate: {by_compiler + by_tests} passed, {len(unexplained) + too_low} failed, "
          f"{len(survivors) - len(unexplained)} skipped ({took:.0f} s)")
    return 1 if too_low or unexplained else 0


sys.exit(main())
