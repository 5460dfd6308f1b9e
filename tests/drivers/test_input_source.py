"""The evdev library behind a Source, with its own event class and a pipe in place of the device."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import evdev
import pytest

from drivers.input_source import EvdevSource, Event


class Device:
    """As evdev.InputDevice, as far as a Source uses it."""

    def __init__(self, node: str, readonly: bool = False) -> None:
        assert readonly, "a scanner is opened for reading only"
        self.fd, self._far = os.pipe()
        self.calls: list[str] = []
        self.waiting: list[Any] = [evdev.InputEvent(12, 345_678, 1, 30, 1), evdev.InputEvent(12, 345_679, 0, 0, 0)]

    def read(self) -> Iterator[Any]:
        events, self.waiting = self.waiting, []
        if not events:
            raise BlockingIOError
        return iter(events)

    def grab(self) -> None:
        self.calls.append("grab")

    def active_keys(self) -> list[int]:
        return [42]

    def leds(self) -> list[int]:
        return [0, 1]

    def close(self) -> None:
        os.close(self.fd)
        os.close(self._far)


@pytest.fixture(params=[True, False], ids=["stamped by the kernel", "stamped here"])
def stamped(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(evdev, "InputDevice", Device)
    if request.param:  # a pipe knows no such call: that is the second case
        monkeypatch.setattr("fcntl.ioctl", lambda *given: 0)
    return bool(request.param)


def test_events_come_with_the_time_of_the_box_s_clock(stamped: bool) -> None:
    source = EvdevSource("/dev/input/event3")
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    events = source.read()
    assert [(e.type, e.code, e.value) for e in events] == [(1, 30, 1), (0, 0, 0)]
    if stamped:
        assert events[0] == Event(12_345_678_000, 1, 30, 1)
    else:
        assert before <= events[0].t_ns <= time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    assert source.read() == []
    source.close()


def test_it_is_asked_what_a_scanner_needs(stamped: bool) -> None:
    source = EvdevSource("/dev/input/event3")
    source.grab()
    assert source.held() == [42]
    assert source.caps_lock()
    assert source.fileno() > 2
    source.close()


def test_the_methods_are_those_of_the_library() -> None:
    for name in ("read", "grab", "active_keys", "leds", "close"):
        assert callable(getattr(evdev.InputDevice, name))
    assert evdev.ecodes.LED_CAPSL == 1
    assert (evdev.ecodes.EV_SYN, evdev.ecodes.EV_KEY, evdev.ecodes.SYN_REPORT, evdev.ecodes.SYN_DROPPED) == (0, 1, 0, 3)
