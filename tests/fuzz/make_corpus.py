#!/usr/bin/env python3
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# Writes the seeds of the VE.Bus targets: from tests/data, and a few scripts for rs485_link and mk3_link.
# Regression files are left alone. Run it again after a change of the vectors or of a target's script.
import json
import pathlib

here = pathlib.Path(__file__).parent
vectors = json.loads((here / "../data/vebus/vectors.json").read_text())
raw = [v for v in vectors if v["kind"].startswith("vebus_raw")]


def write(target, name, data):
    folder = here / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(bytes(data))


def payload_of(wire):
    escaped = wire[-3] == 0xFA and 1 <= wire[-2] <= 5
    stuffed = wire[4 : -3 if escaped else -2]
    plain, at = [], 0
    while at < len(stuffed):
        if stuffed[at] == 0xFA:
            plain.append(stuffed[at + 1] + 0x80)
            at += 2
        else:
            plain.append(stuffed[at])
            at += 1
    return plain


whole = b""
for vector in raw:
    wire = bytes.fromhex(vector["hex"])
    whole += wire
    write("vebus_framer", vector["id"], b"\x00" + wire)
    if vector["kind"] != "vebus_raw_sync":
        write("vebus_payload", vector["id"], payload_of(wire))
write("vebus_framer", "all", b"\x06" + whole)
write("vebus_framer", "garbage-between", b"\x02" + b"\x12\xff\x00\xfb\x40\x3f\xff".join([whole[:40], whole[40:], b"\x83"]))
# The MK2 carries some payloads unchanged: behind the length, and what follows "FF letter" behind "00 id".
for vector in vectors:
    frame = bytes.fromhex(vector["hex"])
    if vector["kind"] == "mk2_bus_passthrough":
        write("vebus_payload", vector["id"], frame[1:-1])
    elif vector["kind"] == "mk2" and frame[1] == 0xFF and chr(frame[2]) in "WXYZ":
        write("vebus_payload", vector["id"], b"\x00\xa0" + frame[3:-1])

# Steps of tests/fuzz/rs485_link.cpp, in the order of its enum.
(SYNCS, SYNC_AT, NOISE, OF_MULTI, OF_REMOTE, OF_STRANGER, WISH, NO_WISH, WAIT, DEADLINE, ECHO, REPLY, LIGHTS,
 OWNER) = range(14)
LATE = 0x80
ON, CHARGER_ONLY = 3, 1
STOP, REDUCE, INSIST = 2 * 4, 1 * 4, 0x80


def slots(count, *between):
    return [step for _ in range(count) for step in (SYNCS, 2, *between)]


answered = slots(24, REPLY, 0x14, 0x81)
write("rs485_link", "on", [0, WISH, ON, 0, *slots(24), LIGHTS, 0, 0x37, *slots(4)])
write("rs485_link", "veto", [0, WISH, CHARGER_ONLY | STOP | INSIST, 0, *answered, LIGHTS, 0, 0x11, *slots(30)])
write("rs485_link", "reduce-then-free", [0, WISH, ON | REDUCE, 5, *answered, WISH, ON, 0, *answered, NO_WISH, *slots(4)])
write("rs485_link", "reduce-then-stop", [0, WISH, ON | REDUCE, 5, *answered, WISH, ON | STOP, 0, *answered])
write("rs485_link", "originals-of-an-earlier-run", [0, OWNER, 2, WISH, ON, 0, *answered])
write("rs485_link", "no-replies", [0, WISH, ON | STOP, 0, *slots(60), WAIT, 0x10, 0x27, *slots(10)])
write("rs485_link", "listen", [1, WISH, ON, 0, *slots(10)])
write("rs485_link", "echo", [0, WISH, ON | INSIST, 0, *slots(24, ECHO, 1), ECHO, 0, *slots(24, ECHO, 0), OWNER, 0, *slots(9)])
write("rs485_link", "strangers", [0, WISH, ON, 0, *slots(6, OF_STRANGER, 0x84, 0x84, 0, 0x38), OWNER, 0, *slots(6)])
write("rs485_link", "foreign-bms", [0, WISH, ON, 0, *slots(6), OF_MULTI, 9, 0x20, 0, 0, 0, 0, 0x83, 0xF4, 0x7C, 0x11, 0, *slots(6)])
write("rs485_link", "noise", [0, WISH, ON, 0, *slots(10, NOISE, 3, 0xFF, 0x83, 0xFF, 0x01)])
write("rs485_link", "late-owner", [0, WISH, ON, 0] + [step for late in range(0, 120, 8) for step in (LATE | SYNCS, late, 2)])
write("rs485_link", "silence", [0, WISH, ON, 0, *slots(6), LIGHTS, 0, 0x37, WAIT, 0x10, 0x27, DEADLINE, *slots(6)])
write("rs485_link", "odd-cycles", [0, WISH, ON, 0] + [step for quarter_ms in range(0, 255, 9) for step in (SYNC_AT, quarter_ms)])
for name, after_sync in {
    "wish-at-the-first-sync": [],
    "wish-after-a-frame": [OF_MULTI, 3, 0x38, 0x01, 0xC0, 0xC0],
    "wish-after-half-a-frame": [NOISE, 1, 0x83, 0x83],
    "wish-after-the-window": [WAIT, 11, 0],
}.items():
    syncs = 0 if name == "wish-at-the-first-sync" else 4
    write("rs485_link", name, [0, SYNCS, syncs, *after_sync, WISH, ON | INSIST, 0, *slots(8)])

mk2 = [bytes.fromhex(v["hex"]) for v in vectors if v["kind"].startswith("mk2") and v["kind"] != "mk2_partial"]
write("mk2_framer", "all", b"\x06" + b"".join(mk2))
write("mk2_framer", "garbage-between", b"\x02" + b"\x05\xff\x58\x00".join(mk2[:12]))
write("mk2_framer", "halves", b"\x0b" + b"".join(wire[: len(wire) // 2 + i % 3] for i, wire in enumerate(mk2)))
write("mk2_framer", "leds-appended", b"\x00" + bytes.fromhex("8407FF560116") + mk2[0])

# Steps of tests/fuzz/mk3_link.cpp, in the order of its enum.
(ANSWER, ANSWERS, HALF, M_NOISE, PAYLOAD, PANEL, VERSION, M_WISH, M_NO_WISH, M_WAIT, M_DEADLINE, M_OWNER) = range(12)


def talk(extra, rounds):
    return [step for _ in range(rounds) for step in (ANSWERS, extra & 0xFF, extra >> 8, 31)]


one_unit, two_units = 0x0001, 0x0003
set_up = [VERSION, 216, ord("B"), *talk(one_unit, 2)]
write("mk3_link", "on", [0, *set_up, M_WISH, ON, 0, *talk(0x8114, 6)])
write("mk3_link", "veto", [0, M_WISH, CHARGER_ONLY | STOP | INSIST, 0, *set_up, *talk(0x8114, 8)])
write("mk3_link", "reduce-then-free", [0, *set_up, M_WISH, ON | REDUCE, 5, *talk(0x8114, 6), M_WISH, ON, 0, *talk(0x8114, 6)])
write("mk3_link", "two-units", [0, VERSION, 216, ord("B"), *talk(two_units, 2), M_WISH, ON | STOP, 0, *talk(two_units, 8)])
write("mk3_link", "no-answers", [0, VERSION, 216, 0, M_WISH, ON | STOP, 0, *[step for _ in range(60) for step in (M_DEADLINE,)]])
write("mk3_link", "listen", [1, VERSION, 216, 0, M_WISH, ON, 0, *talk(one_unit, 4)])
write("mk3_link", "half-answers", [0, *set_up, M_WISH, ON, 0, *[step for i in range(20) for step in (M_DEADLINE, HALF, i, M_WAIT, 200, i % 2)]])
write("mk3_link", "interface-restarts", [0, *set_up, M_WISH, ON, 0, *talk(one_unit, 1), VERSION, 216, ord("B"), *talk(one_unit, 4)])
write("mk3_link", "panel", [0, *set_up, M_WISH, ON, 0, PANEL, 0x0B, *talk(one_unit, 1), PANEL, 0x08, *talk(one_unit, 1)])
write("mk3_link", "old-interface", [0, VERSION, 100, 0, M_WISH, ON, 0, *talk(one_unit, 2)])
write("mk3_link", "foreign-bms", [0, *set_up, M_WISH, ON, 0, PAYLOAD, 9, 0x20, 0, 0, 0, 0, 0x83, 0xF4, 0x7C, 0x11, 0, *talk(one_unit, 4)])
write("mk3_link", "noise", [0, M_WISH, ON, 0, *[step for _ in range(10) for step in (M_NOISE, 3, 5, 0xFF, 0x58, 0x85, M_DEADLINE)]])
write("mk3_link", "originals-of-an-earlier-run", [0, M_OWNER, 2, *set_up, M_WISH, ON, 0, *talk(0x8114, 6), M_OWNER, 0, *talk(one_unit, 2)])

profile = (here / "../data/profile/invented.json").read_text()
changes = {
    "invented": ("", ""),
    "several-frames": ('"frames": [', '"frames": [{"payload": "6C 01", "interval_ms": 300, "interval_quiet_ms": 300},'),
    "without-error": (', "error": 3', ""),
    "a-command": ('"6B A5', '"3F 07'),
    "no-number": ('"interval_ms": 500', '"interval_ms": 1e400'),
    "an-unknown-hole": ("{charge}", "{what}"),
    "of-the-multi": ('"42 4D"', '"83 83"'),
    "torn": ('"presence_reply"', "\0"),
}
for name, (old, new) in changes.items():
    write("profile", name, b"\x07" + profile.replace(old, new, 1).encode())
