#!/usr/bin/env python3
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
"""Judges what the fast tests reach of the pure code. Run by ./dev coverage; reads `llvm-cov export --format=lcov`."""

import collections
import os
import sys

PURE = ("include/", "src/core/", "src/vebus/", "src/venus/", "src/config/", "src/mk2/", "src/profile/", "src/capture/",
        "src/record/")
LINES_WANTED = 100.0
BRANCHES_WANTED = 98.0


def read_lcov(path, root):
    """{file: ({line: count}, {line: [count of each branch]})}, of the pure code."""
    files = {}
    lines = branches = None
    with open(path, encoding="utf-8") as export:
        for entry in export:
            kind, _, rest = entry.strip().partition(":")
            if kind == "SF":
                name = os.path.relpath(rest, root)
                lines, branches = {}, collections.defaultdict(list)
                if name.startswith(PURE):
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


def main():
    export, root, exclusion_file = sys.argv[1:4]
    files = read_lcov(export, root)
    if len(files) < 50:
        sys.exit(f"only {len(files)} files were measured: the wrong folder, or tests that did not run")
    exclusions = read_exclusions(exclusion_file)
    used = [False] * len(exclusions)
    total = collections.Counter()
    missed = []
    for name in sorted(files):
        lines, branches = files[name]
        with open(os.path.join(root, name), encoding="utf-8") as text:
            source = [""] + text.read().split("\n")

        def excluded(number):
            hit = False
            for i, (where, what, _) in enumerate(exclusions):
                if where == name and what in source[number]:
                    used[i] = hit = True
            return hit

        for number, count in sorted(lines.items()):
            total["lines"] += 1
            if count == 0:
                if excluded(number):
                    total["excluded lines"] += 1
                else:
                    total["missed lines"] += 1
                    missed.append(f"{name}:{number}: never run: {source[number].strip()}")
        for number, counts in sorted(branches.items()):
            total["branches"] += len(counts)
            never = counts.count(0)
            if never and lines.get(number, 1) != 0:
                if excluded(number):
                    total["excluded branches"] += never
                else:
                    total["missed branches"] += never
                    missed.append(f"{name}:{number}: {never} of {len(counts)} branches never taken: "
                                  f"{source[number].strip()}")
            elif never:  # of a line that never runs: its own fault is counted above
                total["missed branches" if not excluded(number) else "excluded branches"] += never
    for line in missed:
        print(line)
    stale = [" | ".join(e) for e, was_used in zip(exclusions, used) if not was_used]
    for line in stale:
        print(f"no longer needed in {os.path.relpath(exclusion_file, root)}: {line}")

    def share(what):
        return 100.0 * (total[what] - total[f"missed {what}"]) / max(total[what], 1)

    print(f"coverage: lines {share('lines'):.2f} % of {total['lines']} (wanted {LINES_WANTED:.0f}), "
          f"branches {share('branches'):.2f} % of {total['branches']} (wanted {BRANCHES_WANTED:.0f}); "
          f"excluded with reason: {total['excluded lines']} lines, {total['excluded branches']} branches; "
          f"{len(files)} files")
    bad = share("lines") < LINES_WANTED or share("branches") < BRANCHES_WANTED or bool(stale)
    sys.exit(1 if bad else 0)


main()
