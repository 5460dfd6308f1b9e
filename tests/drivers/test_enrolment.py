"""Finding the device that somebody scans the shown code with."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import pytest

from drivers.enrolment import Heard, Listener, diagnose, sample_code
from drivers.hotplug import Hotplug
from edge.base.clock import SystemClock
from tests.drivers.conftest import wait_for
from tests.drivers.keylog import KEYBOARD, MS, SCANNER, TWIN, FakeKernel, typed

SHOWN = "Aqz123-Yw"


def hear(
    kernel: FakeKernel, clock: SystemClock, act: Callable[[], None], shown: str | None = SHOWN, seconds: float = 3
) -> Heard | None:
    """The first thing that is heard while `act` happens."""
    listener = Listener(clock, lambda info: info != TWIN, kernel.devices, kernel.open)
    thread = threading.Thread(target=act)
    thread.start()
    try:
        return next(listener.listen(shown, seconds), None)
    finally:
        thread.join()


@pytest.fixture
def kernel() -> FakeKernel:
    kernel = FakeKernel()
    for info in (KEYBOARD, SCANNER, TWIN):
        kernel.plug(info)
    return kernel


@pytest.mark.parametrize(("end", "ended"), [("\r", True), ("\t", True), ("", False)])
def test_the_device_that_read_the_code_is_found(kernel: FakeKernel, clock: SystemClock, end: str, ended: bool) -> None:
    def act() -> None:
        assert wait_for(lambda: SCANNER.node in kernel.sources)
        kernel.send(typed("ls -l\r", clock.mono_ns(), 20 * MS), KEYBOARD)
        kernel.send(typed("6901234567892\r", clock.mono_ns()))
        kernel.send(typed(SHOWN + end, clock.mono_ns() + 30 * MS))

    assert hear(kernel, clock, act) == Heard(SCANNER, "ok", ended)
    assert TWIN.node not in kernel.opened  # in use: not touched
    assert not any(source.grabbed for source in kernel.sources.values())


def test_the_name_of_the_symbology_is_no_hindrance(kernel: FakeKernel, clock: SystemClock) -> None:
    def act() -> None:
        assert wait_for(lambda: SCANNER.node in kernel.sources)
        kernel.send(typed("]C0" + SHOWN + "\r", clock.mono_ns()))

    assert hear(kernel, clock, act) == Heard(SCANNER, "ok", True, "]C0")


def test_it_may_be_plugged_in_while_one_waits(kernel: FakeKernel, clock: SystemClock) -> None:
    kernel.unplug()

    def act() -> None:
        time.sleep(0.2)
        kernel.plug()
        assert wait_for(lambda: SCANNER.node in kernel.sources)
        kernel.send(typed(SHOWN + "\r", clock.mono_ns()))

    assert hear(kernel, clock, act) == Heard(SCANNER, "ok", True)


@pytest.mark.fault("F73", "F76")
@pytest.mark.parametrize(
    ("read", "verdict"),
    [
        (SHOWN, "ok"),
        ("aQZ123-yW", "caps"),
        ("Aqy123/Zw", "layout"),  # a German scanner
        ("Qaw!@#6Yz", "layout"),  # a French one
        ("6901234567892", None),
        ("123456789", None),
        ("Aqz123-Y", None),
        ("aaaaaaaaa", None),
    ],
)
def test_a_scanner_that_is_set_wrong_is_told_from_another_code(read: str, verdict: str | None) -> None:
    assert diagnose(SHOWN, read) == verdict


def test_codes_differ_and_have_one_form() -> None:
    rng = random.Random(1)
    codes = {sample_code(rng) for _ in range(50)}
    assert len(codes) > 40
    assert {len(code) for code in codes} == {9}


@pytest.mark.parametrize("swipe", ["%TBX000000000130?", ";4111111111111111=2512?", "0012345678"])
def test_a_card_reader_is_found_by_any_card_and_fingers_are_not(
    kernel: FakeKernel, clock: SystemClock, swipe: str
) -> None:
    def act() -> None:
        assert wait_for(lambda: SCANNER.node in kernel.sources)
        kernel.send(typed("systemctl\r", clock.mono_ns() - 2000 * MS, 70 * MS), KEYBOARD)
        time.sleep(0.2)
        kernel.send(typed(swipe + "\r", clock.mono_ns()))

    found = hear(kernel, clock, act, shown=None)
    assert found == Heard(SCANNER, "ok", True)


def test_without_the_code_the_time_runs_out_and_what_may_not_be_read_is_named(
    kernel: FakeKernel, clock: SystemClock
) -> None:
    kernel.forbidden = True
    listener = Listener(clock, lambda info: True, kernel.devices, kernel.open)
    assert list(listener.listen(SHOWN, 0.2)) == []
    assert listener.refused == [KEYBOARD, SCANNER, TWIN]


def test_an_unplug_while_one_waits_is_no_trouble(kernel: FakeKernel, clock: SystemClock) -> None:
    def act() -> None:
        assert wait_for(lambda: SCANNER.node in kernel.sources)
        kernel.unplug()
        kernel.send(typed(SHOWN + "\r", clock.mono_ns() + 100 * MS), KEYBOARD)

    assert hear(kernel, clock, act) == Heard(KEYBOARD, "ok", True)


def test_each_look_tells_what_came_and_went(kernel: FakeKernel) -> None:
    plugs = Hotplug(kernel.devices)
    assert plugs.look() == ([KEYBOARD, SCANNER, TWIN], [])
    assert plugs.look() == ([], [])
    kernel.unplug()
    assert plugs.look() == ([], [SCANNER])
    kernel.plug()
    assert plugs.look() == ([SCANNER], [])
