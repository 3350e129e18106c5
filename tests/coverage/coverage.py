#!/usr/bin/env python3
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
"""Judges what the fast tests reach of the pure code. Run by ./dev coverage; reads `llvm-cov export --format=lcov`."""

import collections
import os
import pathlib
import re
import sys

LINES_WANTED = 100.0
BRANCHES_WANTED = 98.0


def pure_folders(root):
    """Those that the layering test holds to be pure."""
    rules = (root / "tests/layering/rules.cpp").read_text(encoding="utf-8")
    return tuple(re.findall(r'^ *\{"((?:include|src)/[^"]*)", true, ', rules, re.MULTILINE))


def unmeasured(root, pure, measured, compiled):
    """Pure files that no fast test is made from: nothing would be said about their lines."""
    files = [path.relative_to(root).as_posix() for kind in ("*.cpp", "*.hpp") for path in root.glob(f"[is]*/**/{kind}")]
    return sorted(name for name in files if name.startswith(pure) and
                  (name not in measured if name.endswith(".cpp") else name not in compiled))


def read_lcov(path, root, pure):
    """{file: ({line: count}, {line: [count of each branch]})}, of the pure code."""
    files = {}
    lines = branches = None
    with open(path, encoding="utf-8") as export:
        for entry in export:
            kind, _, rest = entry.strip().partition(":")
            if kind == "SF":
                name = os.path.relpath(rest, root)
                lines, branches = {}, collections.defaultdict(list)
                if name.startswith(pure):
                    files[name] = (lines, branches)
            elif kind == "DA":
                number, count = rest.split(",")[:2]
                lines[int(number)] = int(count)
            elif kind == "BRDA":
                number, _, _, count = rest.split(",")
                branches[int(number)].append(0 if count == "-" else int(count))
    return files


def read_exclusions(path):
    """[file, text of the line, reason]: every line of the file that holds the text."""
    found = []
    with open(path, encoding="utf-8") as text:
        for line in text:
            if line.strip() and not line.startswith("#"):
                fields = [field.strip() for field in line.split("|", 2)]
                if len(fields) != 3 or not all(fields):
                    sys.exit(f"{path}: \"{line.strip()}\" is not FILE|TEXT OF THE LINE|REASON")
                found.append(fields)
    return found


def count(name, source, measured, excluded, total):
    """Adds up one file; what nothing reached and no exclusion names."""
    lines, branches = measured
    missed = []

    def note(kind, number, amount, words):
        if excluded(name, source[number]):
            total[f"excluded {kind}"] += amount
        else:
            total[f"missed {kind}"] += amount
            if words:
                missed.append(f"{name}:{number}: {words}: {source[number].strip()}")

    for number, hits in sorted(lines.items()):
        total["lines"] += 1
        if hits == 0:
            note("lines", number, 1, "never run")
    for number, hits in sorted(branches.items()):
        total["branches"] += len(hits)
        never = hits.count(0)
        if never:  # of a line that never runs it has been said already
            note("branches", number, never,
                 f"{never} of {len(hits)} branches never taken" if lines.get(number, 1) else "")
    return missed


def main():
    export, root, exclusion_file, compiled_file, took_s = sys.argv[1:6]
    root = pathlib.Path(root)
    pure = pure_folders(root)
    files = read_lcov(export, root, pure)
    compiled = set(pathlib.Path(compiled_file).read_text(encoding="utf-8").split())
    exclusions = read_exclusions(exclusion_file)
    used = set()
    total = collections.Counter()

    def excluded(name, line):
        hits = {i for i, (where, what, _) in enumerate(exclusions) if where == name and what in line}
        used.update(hits)
        return bool(hits)

    for name in sorted(files):
        source = [""] + (root / name).read_text(encoding="utf-8").split("\n")
        for words in count(name, source, files[name], excluded, total):
            print(words)
    stale = [" | ".join(e) for i, e in enumerate(exclusions) if i not in used]
    for words in stale:
        print(f"no longer needed in {os.path.relpath(exclusion_file, root)}: {words}")
    alone = unmeasured(root, pure, files, compiled)
    for name in alone:
        print(f"{name}: no fast test is made from it")

    def share(what):
        return 100.0 * (total[what] - total[f"missed {what}"]) / max(total[what], 1)

    print(f"reached: lines {share('lines'):.2f} % of {total['lines']} (wanted {LINES_WANTED:.0f}), "
          f"branches {share('branches'):.2f} % of {total['branches']} (wanted {BRANCHES_WANTED:.0f}); "
          f"excluded with reason: {total['excluded lines']} lines, {total['excluded branches']} branches; "
          f"{len(files)} files in {len(pure)} folders")
    gates = [share("lines") >= LINES_WANTED, share("branches") >= BRANCHES_WANTED, not stale, pure and not alone]
    passed = sum(map(bool, gates))
    print(f"coverage: {passed} passed, {len(gates) - passed} failed, 0 skipped ({took_s} s)")
    return 0 if passed == len(gates) else 1


sys.exit(main())
