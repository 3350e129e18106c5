# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
"""A QEMU 'virt' board with a stock kernel. Its PL061 is the wiring: the host sets the input pins over QEMU's qtest socket, and is
told of each change of an output pin."""
import json
import os
import re
import socket
import subprocess
import threading
import time

LINES = ["btv_allow_to_charge", "btv_allow_to_discharge", "btv_pre_alarm", "remote_on", "load_disconnect", "charge_disconnect",
         "pre_alarm", "heartbeat"]
MACHINES = {"arm64": ("qemu-system-aarch64", "cortex-a53"), "armhf": ("qemu-system-arm", "cortex-a7")}


class Failed(Exception):
    pass


def device_tree(arch, folder):
    """QEMU's own tree with the chip's lines named; the power button, which sits on one of them, is taken off."""
    qemu, cpu = MACHINES[arch]
    raw, out = os.path.join(folder, "raw.dtb"), os.path.join(folder, "board.dtb")
    subprocess.run([qemu, "-M", f"virt,highmem=off,dumpdtb={raw}", "-cpu", cpu, "-m", "256", "-nodefaults", "-nographic"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    tree = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", raw], check=True, capture_output=True, text=True).stdout
    tree = re.sub(r"\n\tgpio-keys \{.*?\n\t\};\n", "\n", tree, flags=re.S)
    compatible = 'compatible = "arm,pl061\\0arm,primecell";'
    names = ", ".join(f'"{name}"' for name in LINES)
    named = f"{compatible}\n\t\tgpio-line-names = {names};\n\t\tinterrupt-controller;\n\t\t#interrupt-cells = <2>;"
    if compatible not in tree:
        raise Failed("this QEMU's board has no PL061")
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", out], input=tree.replace(compatible, named), text=True, check=True)
    return out


def connect(path):
    for _ in range(200):
        try:
            link = socket.socket(socket.AF_UNIX)
            link.connect(path)
            return link
        except OSError:
            time.sleep(0.05)
    raise Failed(f"QEMU has not opened {path}")


class Guest:
    def __init__(self, arch, kernel, initrd, tty, folder):
        qemu, cpu = MACHINES[arch]
        qtest, qmp = os.path.join(folder, "qtest"), os.path.join(folder, "qmp")
        self.began = time.monotonic()
        self.words, self.levels, self.changes = [], {}, []
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            [qemu, "-M", "virt,highmem=off", "-cpu", cpu, "-m", "256", "-accel", "tcg", "-display", "none", "-monitor", "none",
             "-no-reboot", "-nodefaults", "-kernel", kernel, "-initrd", initrd, "-dtb", device_tree(arch, folder),
             "-append", "console=ttyAMA0 quiet panic=-1", "-serial", "stdio",
             "-chardev", f"serial,id=vebus,path={tty}", "-device", "pci-serial,chardev=vebus",
             "-qtest", f"unix:{qtest},server=on,wait=off", "-qtest-log", "/dev/null", "-qmp", f"unix:{qmp},server=on,wait=off"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self._hear_console, daemon=True).start()
        self.chip = self._find_chip(qmp)
        self.pins = connect(qtest)
        self.answers = []
        threading.Thread(target=self._hear_pins, daemon=True).start()
        self._ask(f"irq_intercept_out {self.chip}")

    def _hear_console(self):
        for raw in self.process.stdout:
            with self.changed:
                self.words.append(raw.decode(errors="replace").rstrip())
                self.changed.notify_all()

    def _hear_pins(self):
        for line in self.pins.makefile("r"):
            words = line.split()
            with self.changed:
                if words[:1] == ["IRQ"]:
                    name, level = LINES[int(words[2])], words[1] == "raise"
                    self.levels[name] = level
                    self.changes.append((time.monotonic(), name, level))
                else:
                    self.answers.append(line.strip())
                self.changed.notify_all()

    def _find_chip(self, path):
        link = connect(path).makefile("rw")
        link.readline()
        for command in ({"execute": "qmp_capabilities"}, {"execute": "qom-list", "arguments": {"path": "/machine/unattached"}}):
            link.write(json.dumps(command) + "\n")
            link.flush()
            answer = json.loads(link.readline())
            while "return" not in answer:
                answer = json.loads(link.readline())
        return next("/machine/unattached/" + each["name"] for each in answer["return"] if each["type"] == "child<pl061>")

    def _ask(self, line):
        with self.changed:
            self.answers.clear()
            self.pins.sendall((line + "\n").encode())
            if not self.changed.wait_for(lambda: self.answers, 10) or not self.answers[0].startswith("OK"):
                raise Failed(f"QEMU refuses '{line}': {self.answers}")

    def pull(self, name, high):
        self._ask(f"set_irq_in {self.chip} unnamed-gpio-in {LINES.index(name)} {int(high)}")

    def say(self, word):
        self.process.stdin.write((word + "\n").encode())
        self.process.stdin.flush()
        self.hears(f"guest: {word} done", 20)

    def hears(self, text, limit):
        with self.changed:
            if not self.changed.wait_for(lambda: any(text in line for line in self.words), limit):
                raise Failed(f"the console has not said '{text}' within {limit} s")

    def becomes(self, name, high, limit):
        """Waits until the pin is so; the instant at which it became so."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.levels.get(name, False) == high, limit):
                raise Failed(f"{name} is not {'high' if high else 'low'} within {limit} s")
            return next((at for at, line, level in reversed(self.changes) if (line, level) == (name, high)), time.monotonic())

    def levels_of(self, name, since):
        """What a pin has become, change by change, after so many changes of all pins."""
        with self.changed:
            return [level for _, line, level in self.changes[since:] if line == name]

    def end(self):
        self.process.kill()
        self.process.wait()
