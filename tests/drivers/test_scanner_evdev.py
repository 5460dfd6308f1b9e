"""The keyboard-like scanner over a kernel made for tests (real polling, no real keys): its thread, its device, its end.

That the true kernel does the same (grab, unplug, ENODEV) is shown in the virtual machine of `make vm`.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from dataclasses import replace

import pytest

from drivers import scanner_evdev
from drivers.base import DeviceState
from drivers.discovery import Wanted
from drivers.scanner_evdev import EvdevScanner
from edge.base.clock import SystemClock
from tests.drivers.conftest import reading, wait_for
from tests.drivers.keylog import KEYBOARD, MS, SCANNER, TWIN, FakeKernel, dropped, typed

EAN, OTHER = "6901234567892", "4017072512345"


@pytest.fixture
def kernel() -> FakeKernel:
    """A desk keyboard and one scanner are plugged in."""
    kernel = FakeKernel()
    kernel.plug(KEYBOARD)
    kernel.plug(SCANNER)
    return kernel


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for a lost device more often than once a second."""
    monkeypatch.setattr(scanner_evdev, "REOPEN_S", 0.01)


def scanner(kernel: FakeKernel, clock: SystemClock, name: str = "scanner-1", **options: object) -> EvdevScanner:
    wanted = options.pop("wanted", Wanted(port=SCANNER.port, id=SCANNER.id))
    return EvdevScanner(
        name, "evdev-scanner", clock, wanted, devices=kernel.devices, open_source=kernel.open, **options
    )  # type: ignore[arg-type]


def test_a_code_is_read_and_the_device_is_grabbed(kernel: FakeKernel, clock: SystemClock) -> None:
    with reading(scanner(kernel, clock)) as read:
        read.ready()
        assert kernel.sources[SCANNER.node].grabbed
        kernel.send(typed(EAN + "\r", clock.mono_ns()))
        assert read.texts(1) == [EAN]
        assert read.scans[0].device == "scanner-1"


@pytest.mark.fault("F80")
def test_no_keyboard_but_the_configured_one_is_ever_opened(kernel: FakeKernel, clock: SystemClock, quick: None) -> None:
    kernel.unplug()
    with reading(scanner(kernel, clock)) as read:
        assert wait_for(lambda: read.device.state is DeviceState.LOST)
        assert "plug it into the socket it was bound to, or run `tillbox enrol`" in read.device.detail
        kernel.plug(TWIN)  # the same model in another socket
        kernel.plug(replace(KEYBOARD, node="/dev/input/event9", port=SCANNER.port))  # a keyboard in its socket
        assert wait_for(lambda: "another device is plugged in there: Desk Keyboard (046d:c31c)" in read.device.detail)
        assert kernel.opened == []
        kernel.unplug(replace(KEYBOARD, node="/dev/input/event9"))
        kernel.plug()
        read.ready()
    assert set(kernel.opened) == {SCANNER.node}


def test_two_scanners_of_one_model_are_told_apart_by_their_sockets(kernel: FakeKernel, clock: SystemClock) -> None:
    kernel.plug(TWIN)
    first = scanner(kernel, clock, "left")
    second = scanner(kernel, clock, "right", wanted=Wanted(port=TWIN.port))
    with reading(first) as left, reading(second) as right:
        left.ready()
        right.ready()
        kernel.send(typed(EAN + "\r", clock.mono_ns()))
        kernel.send(typed(OTHER + "\r", clock.mono_ns()), TWIN)
        assert (left.texts(1), right.texts(1)) == ([EAN], [OTHER])


def test_a_model_that_is_there_twice_is_not_guessed(kernel: FakeKernel, clock: SystemClock, quick: None) -> None:
    kernel.plug(TWIN)
    with reading(scanner(kernel, clock, wanted=Wanted(id=SCANNER.id))) as read:
        assert wait_for(lambda: "2 devices fit id 05e0:1200: say which by its port" in read.device.detail)


@pytest.mark.fault("F70")
def test_unplugged_in_the_middle_of_a_code_and_back(kernel: FakeKernel, clock: SystemClock, quick: None) -> None:
    with reading(scanner(kernel, clock, idle_ms=2000)) as read:
        read.ready()
        kernel.send(typed("69012", clock.mono_ns()))
        kernel.unplug()
        assert read.problems(1) == ["incomplete"]
        assert wait_for(lambda: read.device.state is DeviceState.LOST)
        kernel.plug(replace(SCANNER, node="/dev/input/event7"))  # the same socket gets another number
        read.ready()
        kernel.send(typed(OTHER + "\r", clock.mono_ns()), replace(SCANNER, node="/dev/input/event7"))
        assert read.problems(2) == ["incomplete", None]
        assert read.scans[1].text == OTHER


def test_two_hundred_unplugs_lose_no_thread_no_file_and_mix_no_code(
    kernel: FakeKernel, clock: SystemClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner_evdev, "REOPEN_S", 0.002)
    with reading(scanner(kernel, clock)) as read:
        read.ready()
        threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
        for number in range(200):
            whole, code = number % 3, f"{number:013d}"
            kernel.send(typed(code + "\r" if whole else code[:6], clock.mono_ns()))
            kernel.unplug()
            assert wait_for(lambda: read.device.state is DeviceState.LOST)
            kernel.plug()
            read.ready()
        assert threading.active_count() == threads
        assert len(os.listdir("/proc/self/fd")) <= files
        assert [s.text for s in read.scans if not s.problem] == [f"{n:013d}" for n in range(200) if n % 3]
        assert sum(s.problem == "incomplete" for s in read.scans) == len([n for n in range(200) if n % 3 == 0])


def test_a_device_that_another_program_holds_is_said_and_taken_when_it_is_free(
    kernel: FakeKernel, clock: SystemClock, quick: None
) -> None:
    kernel.held_by_others.add(SCANNER.node)
    with reading(scanner(kernel, clock)) as read:
        assert wait_for(lambda: "another program holds Corner Scanner (/dev/input/event3)" in read.device.detail)
        assert read.device.state is DeviceState.LOST
        kernel.held_by_others.clear()
        read.ready()


def test_a_device_that_may_not_be_read_is_said_with_the_remedy(
    kernel: FakeKernel, clock: SystemClock, quick: None
) -> None:
    kernel.forbidden = True
    with reading(scanner(kernel, clock)) as read:
        assert wait_for(lambda: "run `sudo tillbox grant`" in read.device.detail)


def test_what_the_kernel_lost_is_half_a_code_and_shift_is_asked_for(kernel: FakeKernel, clock: SystemClock) -> None:
    with reading(scanner(kernel, clock)) as read:
        read.ready()
        start = clock.mono_ns()
        kernel.send([*typed("69012", start), *dropped(start + 12 * MS), *typed("567892\r", start + 20 * MS)])
        assert read.problems(1) == ["incomplete"]
        time.sleep(0.6)
        kernel.send(typed("ab\r", clock.mono_ns()))
        assert read.problems(2) == ["incomplete", None]
        assert read.scans[1].text == "ab"


def test_opened_in_the_middle_of_a_code_its_rest_is_no_code(kernel: FakeKernel, clock: SystemClock) -> None:
    kernel.keys_down = [5]
    with reading(scanner(kernel, clock)) as read:
        read.ready()
        kernel.send(typed("567892\r", clock.mono_ns()))
        kernel.send(typed(EAN + "\r", clock.mono_ns() + 30 * MS))
        assert read.texts(1) == [EAN]


def test_without_terminator_a_code_ends_with_the_pause(kernel: FakeKernel, clock: SystemClock) -> None:
    with reading(scanner(kernel, clock, terminator="none", idle_ms=50)) as read:
        read.ready()
        kernel.send(typed(EAN, clock.mono_ns() - 30 * MS))
        assert read.texts(1) == [EAN]


@pytest.mark.fault("F72")
def test_two_codes_that_waited_together_stay_two_without_terminator(kernel: FakeKernel, clock: SystemClock) -> None:
    """The process was busy: both lie in the kernel's buffer, whose own times tell the pause."""
    with reading(scanner(kernel, clock, terminator="none", idle_ms=50)) as read:
        read.ready()
        now = clock.mono_ns() - 1000 * MS
        kernel.send([*typed(EAN, now), *typed(OTHER, now + 500 * MS)])
        assert read.texts(2) == [EAN, OTHER]


def test_caps_lock_that_was_on_is_taken_into_account(kernel: FakeKernel, clock: SystemClock) -> None:
    kernel.caps = True
    with reading(scanner(kernel, clock)) as read:
        read.ready()
        kernel.send(typed("tbx1\r", clock.mono_ns()))
        assert read.texts(1) == ["TBX1"]


@pytest.mark.fault("F74")
def test_a_code_of_4_kb_is_one_problem_and_nothing_of_it_is_logged(
    kernel: FakeKernel, clock: SystemClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with reading(scanner(kernel, clock)) as read:
        read.ready()
        kernel.send(typed("7" * 4096 + "\r", clock.mono_ns(), gap_ns=10_000))
        assert read.problems(1) == ["too_long"]
    assert "7777" not in caplog.text
