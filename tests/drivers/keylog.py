"""Key events as a scanner's firmware sends them, a socket in place of the kernel, and the recorded logs."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drivers import keymap
from drivers.discovery import InputInfo
from drivers.input_source import EV_KEY, EV_SYN, SYN_DROPPED, SYN_REPORT, Event

LOGS = Path(__file__).resolve().parent.parent / "data" / "keys"
MS = 1_000_000
_KEYS = {char: (key, False) for key, char in keymap.PLAIN.items()}
_KEYS |= {char: (key, True) for key, char in keymap.SHIFTED.items() if char != " "}
_KEYS |= {"\r": (keymap.ENTER, False), "\t": (keymap.TAB, False), "\x1d": (keymap.F8, False)}

SCANNER = InputInfo("/dev/input/event3", "Corner Scanner", "usb-1.2/input0", "", 0x05E0, 0x1200)
TWIN = InputInfo("/dev/input/event4", "Corner Scanner", "usb-1.3/input0", "", 0x05E0, 0x1200)
KEYBOARD = InputInfo("/dev/input/event0", "Desk Keyboard", "usb-1.1/input0", "", 0x046D, 0xC31C)


def typed(text: str, start_ns: int = 0, gap_ns: int = 2 * MS) -> list[Event]:
    """The events of `text` in the order that a USB scanner was seen to send: shift down, key down, shift up, key up."""
    events, now = [], start_ns
    for char in text:
        key, shift = _KEYS[char]
        for code, value in ((keymap.LEFT_SHIFT, 1), (key, 1), (keymap.LEFT_SHIFT, 0), (key, 0)):
            if shift or code == key:
                events.append(Event(now, EV_KEY, code, value))
        events.append(Event(now, EV_SYN, SYN_REPORT, 0))
        now += gap_ns
    return events


@dataclass
class FakeKernel:
    """Input devices that are plugged in and out, with a pipe for each, so that the driver really polls."""

    plugged: dict[str, InputInfo] = field(default_factory=dict)
    sources: dict[str, FakeSource] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    held_by_others: set[str] = field(default_factory=set)
    forbidden: bool = False
    keys_down: list[int] = field(default_factory=list)
    caps: bool = False

    def plug(self, info: InputInfo = SCANNER) -> None:
        self.plugged[info.node] = info

    def unplug(self, info: InputInfo = SCANNER) -> None:
        self.plugged.pop(info.node, None)
        if source := self.sources.pop(info.node, None):
            source.gone = True
            source.wake()

    def devices(self) -> list[InputInfo]:
        return list(self.plugged.values())

    def open(self, node: str) -> FakeSource:
        self.opened.append(node)
        if self.forbidden:
            raise PermissionError(errno.EACCES, "Permission denied")
        if node not in self.plugged:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        self.sources[node] = FakeSource(self, node)
        return self.sources[node]

    def send(self, events: list[Event], info: InputInfo = SCANNER) -> None:
        source = self.sources[info.node]
        source.waiting += events
        source.wake()


@dataclass
class FakeSource:
    """One opening of a device of the FakeKernel."""

    kernel: FakeKernel
    node: str
    waiting: list[Event] = field(default_factory=list)
    gone: bool = False
    grabbed: bool = False

    def __post_init__(self) -> None:
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def wake(self) -> None:
        os.eventfd_write(self._event, 1)

    def fileno(self) -> int:
        return self._event

    def grab(self) -> None:
        if self.node in self.kernel.held_by_others:
            raise OSError(errno.EBUSY, "Device or resource busy")
        self.grabbed = True

    def read(self) -> list[Event]:
        os.eventfd_read(self._event)
        events, self.waiting = self.waiting, []
        if self.gone and not events:
            raise OSError(errno.ENODEV, "No such device")
        if self.gone:
            self.wake()
        return events

    def held(self) -> list[int]:
        return self.kernel.keys_down

    def caps_lock(self) -> bool:
        return self.kernel.caps

    def close(self) -> None:
        if self._event >= 0:
            os.close(self._event)
            self._event = -1


def dropped(at_ns: int) -> list[Event]:
    """The kernel's word that it lost events, and the end of that report."""
    return [Event(at_ns, EV_SYN, SYN_DROPPED, 0), Event(at_ns, EV_SYN, SYN_REPORT, 0)]


def logs() -> dict[str, dict[str, Any]]:
    """The recorded logs by name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(LOGS.glob("*.json"))}
