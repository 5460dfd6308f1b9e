"""The virtual machine: one processor, 1 GiB, no network but the way to one broker. Commands go in by a virtio port."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.vm import image


def accelerator() -> str:
    """KVM where the processor really has it; /dev/kvm alone says nothing."""
    able = re.search(r"\b(svm|vmx)\b", Path("/proc/cpuinfo").read_text())
    return "kvm" if able and os.access("/dev/kvm", os.R_OK | os.W_OK) else "tcg"


class Guest:
    """A machine in a folder; `saved`: wake up from this file instead of booting."""

    def __init__(self, folder: Path, disks: list[str], broker: int, saved: Path | None = None) -> None:
        kernel, initrd, _ = image.base()
        self.folder, self._asked = folder, 0
        for name in ("agent", "sales", "qmp"):
            (folder / name).unlink(missing_ok=True)
        command = ["nice", "-n", "19", "qemu-system-x86_64", "-accel", accelerator(), "-cpu", "max", "-smp", "1"]
        command += ["-m", "1024", "-nodefaults", "-display", "none", "-no-reboot", "-serial", f"file:{folder}/console"]
        command += ["-kernel", str(kernel), "-initrd", str(initrd), "-append", "root=/dev/vda rw console=ttyS0 quiet"]
        for disk in disks:
            command += ["-drive", f"if=virtio,cache=writeback,{disk}"]
        command += ["-device", "virtio-serial", "-qmp", f"unix:{folder}/qmp,server=on,wait=off"]
        for name in ("agent", "sales"):
            command += ["-chardev", f"socket,id={name},path={folder}/{name},server=on,wait=off"]
            command += ["-device", f"virtserialport,chardev={name},name=tillbox.{name}"]
        out = f"guestfwd=tcp:10.0.2.100:1883-cmd:socat - TCP:127.0.0.1:{broker}"
        command += ["-netdev", f"user,id=net,restrict=on,{out}", "-device", "virtio-net,netdev=net,romfile="]
        if saved:
            command += ["-incoming", f"exec:cat {saved}"]
        with (folder / "qemu.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self._agent, self.sales, self._qmp = (self._connect(name) for name in ("agent", "sales", "qmp"))
            self._answers = self._agent.makefile("rb")
            self._control = self._qmp.makefile("rb")
            self.command("qmp_capabilities")
        except BaseException:
            self.kill()
            raise

    def _connect(self, name: str) -> socket.socket:
        until = time.monotonic() + 60
        while True:
            line = socket.socket(socket.AF_UNIX)
            try:
                line.connect(str(self.folder / name))
                return line
            except OSError:
                line.close()
                if self.process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"QEMU did not start: {(self.folder / 'qemu.log').read_text()}") from None
                time.sleep(0.05)

    def command(self, name: str, **arguments: Any) -> Any:
        """To QEMU itself."""
        self._qmp.sendall(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = json.loads(self._control.readline())
            if "error" in answer:
                raise RuntimeError(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]

    def ask(self, line: str, seconds: float = 120) -> tuple[int, str]:
        """A line of shell inside, as root: (exit code, what it said)."""
        self._asked += 1
        self._agent.settimeout(seconds + 60)
        self._agent.sendall(json.dumps({"n": self._asked, "run": line, "seconds": seconds}).encode() + b"\n")
        while True:
            answer = json.loads(self._answers.readline() or b'{"n": 0, "code": 1, "said": "the guest is gone"}')
            if answer["n"] in (self._asked, 0):
                return answer["code"], answer["said"].strip()

    def run(self, line: str, seconds: float = 120) -> str:
        """Like `ask`; a failure raises."""
        code, said = self.ask(line, seconds)
        if code:
            raise RuntimeError(f"in the guest, {line!r} gave {code}:\n{said[-4000:]}")
        return said

    def wait(self, true: Callable[[], object], seconds: float, what: str) -> float:
        """Until something is so; how long it took."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > seconds:
                _, log = self.ask("journalctl -b --no-pager -n 40; systemctl --failed --no-pager")
                raise RuntimeError(f"waited {seconds} s in vain for {what}\n{log}")
            time.sleep(0.2)
        return time.monotonic() - began

    def save(self, path: Path) -> None:
        """Its memory into a file, and off."""
        self.command("migrate", uri=f"exec:cat > {path}")
        while (state := self.command("query-migrate")["status"]) != "completed":
            if state in ("failed", "cancelled"):
                raise RuntimeError(f"the machine's memory could not be saved: {state}")
            time.sleep(0.1)
        self.kill()

    def kill(self) -> None:
        """The power goes."""
        self.process.kill()
        self.process.wait()
