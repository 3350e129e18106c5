# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
"""What judges a changed file of the core: compiler, scenarios, walk and its pages. The sources stay as they are; a change
lies over them, and only what it can reach is compiled again."""

import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILER = [os.environ.get("CXX", "g++"), "-std=c++20", "-O1"]
CORE = sorted(ROOT.glob("src/core/*.cpp"))
SCENARIOS = sorted(ROOT.glob("tests/scenario/*.cpp"))
WALK = sorted(path for path in ROOT.glob("tests/exhaustive/*.cpp") if not path.name.endswith("_test.cpp"))
PAGES = ("src/core/properties.md", "tests/exhaustive/reachable.txt")
# A change may make a program endless, or hungry. Time of the processor, so that a busy machine changes no verdict: some
# forty times of what the sound programs take.
SCENARIOS_END_WITHIN_S = 15
WALK_ENDS_WITHIN_S = 180
MEMORY = 3 << 30

# A file with another text. `table`: the change is within this table, so that only what names it can differ.
Change = collections.namedtuple("Change", "name text table", defaults=[None])


def run(command, cpu_s):
    """The finished process: it had so much time of the processor."""
    limits = ["prlimit", f"--cpu={cpu_s}", f"--as={MEMORY}", "--core=0"]
    return subprocess.run([*limits, *map(str, command)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)


class Gate:
    """Builds everything once in `workspace`; after that each judge() takes what it has not changed from there."""

    def __init__(self, workspace, jobs):
        self.workspace, self.jobs = pathlib.Path(workspace), jobs
        self.objects, self.reads = {}, {}
        whole = self.folder("whole")
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            done = pool.map(lambda unit: self.compile(unit, whole), CORE + SCENARIOS + WALK)
        for unit, (ended, thing) in zip(CORE + SCENARIOS + WALK, done):
            if ended.returncode:
                raise SystemExit(f"the sources as they are do not pass: the compiler\n{ended.stdout}")
            self.objects[unit] = thing
            words = thing.with_suffix(".d").read_text(encoding="utf-8").replace("\\\n", " ").split()
            self.reads[unit] = {os.path.realpath(word) for word in words[1:]}
        by = self.judge(Change(None, None), "whole")
        if by:
            raise SystemExit(f"the sources as they are do not pass: {by}")

    def folder(self, name):
        path = self.workspace / name
        path.mkdir(exist_ok=True)
        return path

    def compile(self, unit, folder):
        """The finished compiler, and the object it writes. What lies in the folder goes before what lies in ROOT."""
        thing = folder / (unit.name + ".o")
        over = folder / unit.relative_to(ROOT)
        roots = [f"-I{root / part}" for part in ("include", "src", "tests") for root in (folder, ROOT)]
        command = [*COMPILER, "-MMD", "-iquote", unit.parent, *roots, "-c", over if over.exists() else unit, "-o", thing]
        return run(command, 300), thing

    def reached(self, units, change):
        """Those of the units whose object can differ."""
        if change.name is None:
            return []
        path = os.path.realpath(ROOT / change.name)
        reached = [unit for unit in units if path in self.reads[unit]]
        if change.table:
            reached = [unit for unit in reached if any(
                re.search(rf"\b{change.table}\b", pathlib.Path(read).read_text(encoding="utf-8"))
                for read in self.reads[unit] if read.startswith(str(ROOT)) and read != path)]
        return reached

    def judge(self, change, place):
        """None when everything passes, else who found the change. `place` names a folder that nobody else uses."""
        folder = self.folder(place)
        changed = None
        if change.name is not None:
            changed = folder / change.name
            changed.parent.mkdir(parents=True, exist_ok=True)
            changed.write_text(change.text, encoding="utf-8")
        try:
            return self.judge_in(folder, change)
        finally:
            if changed:
                changed.unlink()

    def judge_in(self, folder, change):
        objects = dict(self.objects)

        def program(name, units, libraries):
            """The linked program, None when the compiler objects. Core units come first and are compiled once."""
            for unit in self.reached(units, change):
                if objects[unit] == self.objects[unit]:
                    ended, objects[unit] = self.compile(unit, folder)
                    if ended.returncode:
                        return None
            linked = run([COMPILER[0], "-o", folder / name, *(objects[unit] for unit in units), *libraries], 300)
            return None if linked.returncode else folder / name

        scenarios = program("scenarios", CORE + SCENARIOS, ["-lgmock", "-lgtest", "-lgtest_main", "-pthread"])
        if not scenarios:
            return "the compiler"
        ended = run([scenarios, "--gtest_fail_fast", "--gtest_brief=1"], SCENARIOS_END_WITHIN_S)
        if ended.returncode:
            failed = re.search(r"^\[  FAILED  \] (\w+\.\w+)", ended.stdout, re.MULTILINE)
            return f"the scenarios: {failed[1] if failed else 'they broke off'}"
        walk = program("walk", CORE + WALK, ["-pthread"])
        if not walk:
            return "the compiler"
        for page in PAGES:
            (folder / page).parent.mkdir(parents=True, exist_ok=True)
        ended = run([walk, folder], WALK_ENDS_WITHIN_S)
        if ended.returncode:
            words = re.search(r"^walk .*", ended.stdout, re.MULTILINE)
            return f"the walk: {words[0] if words else 'it broke off'}"
        for page in PAGES:
            if (folder / page).read_text(encoding="utf-8") != (ROOT / page).read_text(encoding="utf-8"):
                return f"the page {page} is another one"
        return None
