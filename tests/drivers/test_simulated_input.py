"""The simulated scanner and card reader behave as the real ones do."""

from __future__ import annotations

import pytest

from drivers.base import DeviceState
from drivers.registry import create
from drivers.simulated import SimulatedCardReader, SimulatedScanner
from edge.base.clock import FakeClock, SystemClock
from tests.drivers.conftest import reading, wait_for


@pytest.fixture
def scanner(clock: SystemClock) -> SimulatedScanner:
    device = create("simulated-scanner", "scanner-1", {}, clock)
    assert isinstance(device, SimulatedScanner)
    return device


def test_what_is_shown_to_it_is_a_scan(scanner: SimulatedScanner) -> None:
    with reading(scanner) as read:
        scanner.inject("6901234567892")
        scanner.inject("TBX1234567890", at_ns=77)
        assert read.texts(2) == ["6901234567892", "TBX1234567890"]
        assert read.scans[1].at_ns == 77
        assert scanner.state is DeviceState.READY


def test_a_card_reader_is_one(clock: SystemClock) -> None:
    reader = create("simulated-cardreader", "reader-1", {}, clock)
    assert isinstance(reader, SimulatedCardReader)
    assert (reader.kind, reader.driver) == ("cardreader", "simulated-cardreader")
    with reading(reader) as read:
        reader.inject("TBX1234567890")
        assert read.texts(1) == ["TBX1234567890"]


def test_time_comes_from_the_clock_that_was_given() -> None:
    clock = FakeClock()
    scanner = SimulatedScanner("scanner-1", "simulated-scanner", clock)
    with reading(scanner) as read:
        scanner.inject("1")
        assert read.texts(1) == ["1"]
        clock.advance(5)
        scanner.inject("2")
        assert read.texts(2) == ["1", "2"]
    assert read.scans[1].at_ns - read.scans[0].at_ns == 5_000_000_000


def test_codes_shown_before_it_runs_are_not_lost(scanner: SimulatedScanner) -> None:
    scanner.inject("1")
    with reading(scanner) as read:
        assert read.texts(1) == ["1"]


@pytest.mark.fault("F70")
def test_unplugged_it_is_lost_and_reads_nothing_until_it_is_back(scanner: SimulatedScanner) -> None:
    with reading(scanner) as read:
        read.ready()
        scanner.set_fault("unplug", True)
        assert wait_for(lambda: scanner.state is DeviceState.LOST)
        scanner.inject("6901234567892")
        scanner.set_fault("unplug", False)
        read.ready()
        scanner.inject("40170725")
        assert read.texts(1) == ["40170725"]


@pytest.mark.fault("F70")
def test_a_plug_that_slips_in_the_middle_of_a_code_gives_no_half_code(scanner: SimulatedScanner) -> None:
    with reading(scanner) as read:
        scanner.set_fault("mid_code", True)
        scanner.inject("6901234567892")
        scanner.set_fault("mid_code", False)
        scanner.inject("6901234567892")
        assert read.problems(2) == ["incomplete", None]
        assert read.scans[1].text == "6901234567892"


@pytest.mark.fault("F84")
def test_noise_makes_a_problem_of_a_code(scanner: SimulatedScanner) -> None:
    with reading(scanner) as read:
        scanner.set_fault("noise", True)
        scanner.inject("6901234567892")
        assert read.problems(1) == ["control"]


@pytest.mark.fault("F74")
def test_hostile_codes_meet_the_same_framing(scanner: SimulatedScanner) -> None:
    with reading(scanner) as read:
        scanner.inject("7" * 4096)
        scanner.inject("690\x1bp\x00")
        scanner.inject("\ud800")
        assert read.problems(3) == ["too_long", "control", None]
        assert read.scans[2].text == "?"


def test_faults_are_listed_and_an_unknown_one_is_an_error(scanner: SimulatedScanner) -> None:
    assert scanner.faults() == {"unplug": False, "noise": False, "mid_code": False}
    with pytest.raises(KeyError):
        scanner.set_fault("on_fire", True)


def test_after_close_nothing_is_read(scanner: SimulatedScanner) -> None:
    with reading(scanner) as read:
        read.ready()
    scanner.inject("1")
    scanner.set_fault("unplug", True)
    assert scanner.state is DeviceState.CLOSED
    assert read.scans == []
