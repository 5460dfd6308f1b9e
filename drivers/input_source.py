"""An opened input device: events out of the kernel by the evdev library, and what a test puts in its place."""

from __future__ import annotations

import contextlib
import fcntl
import struct
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
_LED_CAPS = 1
_EVIOCSCLOCKID = 0x400445A0  # which clock stamps the events


class Event(NamedTuple):
    """One event of the kernel; t_ns by the clock that Clock.mono_ns reads."""

    t_ns: int
    type: int
    code: int
    value: int


class Source(Protocol):
    """One opening of a device. Every call may raise OSError; ENODEV after an unplug."""

    def fileno(self) -> int: ...
    def grab(self) -> None: ...
    def read(self) -> list[Event]: ...
    def held(self) -> list[int]: ...
    def caps_lock(self) -> bool: ...
    def close(self) -> None: ...


Open = Callable[[str], Source]


class EvdevSource:
    """A Source of the running kernel. Opened for reading only, so that no light of the device is touched."""

    def __init__(self, node: str) -> None:
        import evdev  # 12 MiB: only where such a device is configured

        self._device = evdev.InputDevice(node, readonly=True)
        self._stamped = True
        try:
            fcntl.ioctl(self._device.fd, _EVIOCSCLOCKID, struct.pack("i", time.CLOCK_BOOTTIME))
        except OSError:
            self._stamped = False  # the kernel stamps with wall time, which may jump: take the moment of reading

    def fileno(self) -> int:
        """The file descriptor, for poll."""
        return int(self._device.fd)

    def grab(self) -> None:
        """From now on nobody else gets the device's events. OSError EBUSY when somebody else has them."""
        self._device.grab()

    def read(self) -> list[Event]:
        """What waits; empty when nothing does."""
        try:
            events = list(self._device.read())
        except BlockingIOError:
            return []
        now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        return [
            Event(e.sec * 1_000_000_000 + e.usec * 1000 if self._stamped else now, e.type, e.code, e.value)
            for e in events
        ]

    def held(self) -> list[int]:
        """The keys that are down now."""
        return list(self._device.active_keys())

    def caps_lock(self) -> bool:
        """Whether the Caps Lock light is on."""
        return _LED_CAPS in self._device.leds()

    def close(self) -> None:
        """Give it back; the grab ends with it."""
        with contextlib.suppress(OSError):
            self._device.close()
