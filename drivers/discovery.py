"""Which keyboard-like devices are plugged in, read from sysfs: nothing is opened, no permission is needed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.errors import DeviceUnavailable

SYS = Path("/sys/class/input")
DEV = Path("/dev/input")
_TYPING = (2, 11, 28)  # 1, 0 and Enter: what can type a code
_LONG = 64


@dataclass(frozen=True, slots=True)
class InputInfo:
    """One input device. port: the socket it is plugged into, as the kernel names it (phys); serial: often empty."""

    node: str
    name: str
    port: str
    serial: str
    vendor: int
    product: int
    types: bool = True  # has the keys of a keyboard

    @property
    def id(self) -> str:
        """Maker and model, such as "05e0:1200"."""
        return f"{self.vendor:04x}:{self.product:04x}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A device by what the configuration says of it; None says nothing. At least one is given."""

    path: str | None = None
    port: str | None = None
    id: str | None = None
    serial: str | None = None

    def __str__(self) -> str:
        given = (("path", self.path), ("port", self.port), ("id", self.id), ("serial", self.serial))
        return ", ".join(f"{name} {value}" for name, value in given if value)


def input_devices(sys: Path = SYS, dev: Path = DEV) -> list[InputInfo]:
    """Every input device by the number of its node. One that vanishes meanwhile is left out."""
    found = []
    for entry in sys.glob("event*"):
        if entry.name[5:].isdigit() and (info := _read(entry / "device", dev / entry.name)):
            found.append((int(entry.name[5:]), info))
    return [info for _, info in sorted(found, key=lambda pair: pair[0])]


def find(wanted: Wanted, devices: Sequence[InputInfo]) -> InputInfo:
    """The one device that is wanted. DeviceUnavailable with a sentence when there is none, another or more than one."""
    node = os.path.realpath(wanted.path) if wanted.path else None
    there = [d for d in devices if (node is None or d.node == node) and (wanted.port in (None, d.port))]
    fit = [d for d in there if wanted.id in (None, d.id) and wanted.serial in (None, d.serial)]
    if len(fit) == 1:
        return fit[0]
    if fit:
        ports = ", ".join(d.port for d in fit)
        raise DeviceUnavailable(f"{len(fit)} devices fit {wanted}: say which by its port ({ports})")
    if there and (wanted.path or wanted.port):
        other = there[0]
        raise DeviceUnavailable(
            f"another device is plugged in there: {other.name or 'unnamed'} ({other.id}) instead of {wanted}; plug the "
            "right one in, or bind this one with `tillbox enrol`"
        )
    raise DeviceUnavailable(f"nothing fits {wanted}: plug it into the socket it was bound to, or run `tillbox enrol`")


def _read(folder: Path, node: Path) -> InputInfo | None:
    try:
        keys = (folder / "capabilities" / "key").read_text()
        vendor, product = (int((folder / "id" / which).read_text(), 16) for which in ("vendor", "product"))
        name, port, serial = (_line(folder / which) for which in ("name", "phys", "uniq"))
    except (OSError, ValueError):
        return None
    return InputInfo(str(node), name, port, serial, vendor, product, all(_bit(keys, key) for key in _TYPING))


def _line(path: Path) -> str:
    return path.read_text(errors="replace").strip() if path.exists() else ""


def _bit(words: str, number: int) -> bool:
    """Bit `number` of a kernel bitmap: hexadecimal words of 64 bits, the highest first."""
    parts = words.split()
    word, bit = divmod(number, _LONG)
    return word < len(parts) and bool(int(parts[-1 - word], 16) >> bit & 1)
