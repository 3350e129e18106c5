#!/usr/bin/env python3
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
"""initramfs.py OUT SYSROOT PATH=FILE...: packs each FILE as PATH, with the shared libraries it needs from SYSROOT."""
import glob
import os
import re
import subprocess
import sys

HEADER = "070701" + "%08X" * 13


def needs(file):
    """The loader and the libraries a program names."""
    text = subprocess.run(["readelf", "-ld", file], capture_output=True, text=True, check=False).stdout
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", text)), re.findall(r"interpreter: (.*)\]", text)


def find(sysroot, name):
    for folder in ("usr/lib/*-linux-gnu*", "lib/*-linux-gnu*", "usr/lib", "lib"):
        for found in glob.glob(os.path.join(sysroot, folder, name)):
            return os.path.realpath(found)
    raise SystemExit(f"initramfs: {name} is not in {sysroot}")


def with_libraries(sysroot, files):
    left = list(files.values())
    while left:
        libraries, loader = needs(left.pop())
        for name in libraries:
            if f"lib/{name}" not in files:
                files[f"lib/{name}"] = find(sysroot, name)
                left.append(files[f"lib/{name}"])
        for path in loader:
            files[path.lstrip("/")] = find(sysroot, os.path.basename(path))
    return files


def entry(number, path, mode, content=b""):
    name = path.encode() + b"\0"
    head = HEADER % (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
    record = head.encode() + name
    record += b"\0" * (-len(record) % 4) + content
    return record + b"\0" * (-len(content) % 4)


def main(out, sysroot, *pairs):
    files = with_libraries(sysroot, dict(pair.split("=", 1) for pair in pairs))
    folders = {"dev", "proc", "sys", "run"}
    for path in files:
        while "/" in path:
            path = os.path.dirname(path)
            folders.add(path)
    with open(out, "wb") as archive:
        number = 1
        for number, folder in enumerate(sorted(folders), 1):
            archive.write(entry(number, folder, 0o040755))
        for number, (path, file) in enumerate(sorted(files.items()), number + 1):
            with open(file, "rb") as content:
                archive.write(entry(number, path, 0o100755, content.read()))
        archive.write(entry(0, "TRAILER!!!", 0))


main(*sys.argv[1:])
