"""A serial scanner, on a real terminal line (pty) that is plugged and unplugged."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import scanner_serial
from drivers.base import DeviceState, InputDevice, Scan
from drivers.registry import create
from edge.base.clock import SystemClock
from tests.drivers.conftest import reading, wait_for


class Plug:
    """The scanner's side of the line; the device file is a link, as /dev/serial/by-id has them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ends: list[int] = []

    def plug(self) -> None:
        master, slave = os.openpty()
        tty.setraw(slave)
        self._ends = [master, slave]
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        self.path.symlink_to(os.ttyname(slave))

    def unplug(self) -> None:
        self.path.unlink(missing_ok=True)
        for end in self._ends:
            os.close(end)
        self._ends = []

    def send(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._ends[0], data) :]


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    line = Plug(tmp_path / "scanner")
    line.plug()
    yield line
    line.unplug()


def scanner(plug: Plug, clock: SystemClock, name: str = "scanner-1", **options: object) -> InputDevice:
    device = create("serial-scanner", name, {"port": str(plug.path), **options}, clock)
    assert isinstance(device, InputDevice)
    return device


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t"])
def test_a_code_ends_with_the_terminator(plug: Plug, clock: SystemClock, end: bytes) -> None:
    with reading(scanner(plug, clock)) as read:
        read.ready()
        before = clock.mono_ns()
        plug.send(b"6901234567892" + end + b"40170725" + end)
        assert read.texts(2) == ["6901234567892", "40170725"]
        assert read.scans[0].device == "scanner-1"
        assert before <= read.scans[0].at_ns <= clock.mono_ns()


def test_without_terminator_a_code_ends_with_the_pause(plug: Plug, clock: SystemClock) -> None:
    with reading(scanner(plug, clock, terminator="none", idle_ms=50)) as read:
        read.ready()
        plug.send(b"69012345")
        plug.send(b"67892")
        assert read.texts(1) == ["6901234567892"]


@pytest.mark.fault("F74")
def test_a_code_of_4_kb_is_one_problem_and_the_next_code_counts(plug: Plug, clock: SystemClock) -> None:
    with reading(scanner(plug, clock)) as read:
        read.ready()
        plug.send(b"7" * 4096 + b"\r6901234567892\r")
        assert read.problems(2) == ["too_long", None]
        assert len(read.scans[0].text) == 32
        assert read.scans[1].text == "6901234567892"


@pytest.mark.fault("F74")
@pytest.mark.parametrize("keys", [b"\x0f", b"\x1b[2J", b"\x00", b"\x1bp\x00\x32\x32"])
def test_a_code_with_control_keys_is_refused(plug: Plug, clock: SystemClock, keys: bytes) -> None:
    with reading(scanner(plug, clock)) as read:
        read.ready()
        plug.send(b"690" + keys + b"\r")
        assert read.problems(1) == ["control"]
        assert read.scans[0].text.isprintable()


@pytest.mark.fault("F84")
def test_noise_is_a_problem_and_the_line_recovers(plug: Plug, clock: SystemClock) -> None:
    with reading(scanner(plug, clock)) as read:
        read.ready()
        plug.send(bytes(range(0x80, 0x100)) + b"\r")
        plug.send(b"6901234567892\r")
        assert read.problems(2) == ["control", None]


@pytest.mark.fault("F70")
def test_unplugged_in_the_middle_of_a_code_and_back(
    plug: Plug, clock: SystemClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner_serial, "REOPEN_S", 0.02)
    with reading(scanner(plug, clock, idle_ms=2000)) as read:
        read.ready()
        plug.send(b"69012")
        time.sleep(0.05)
        plug.unplug()
        assert read.problems(1) == ["incomplete"]
        assert wait_for(lambda: read.device.state is DeviceState.LOST)
        assert str(plug.path) in read.device.detail
        plug.plug()
        read.ready()
        plug.send(b"34567892\r")
        assert read.problems(2) == ["incomplete", None]
        assert read.scans[1].text == "34567892"  # a code of its own, not the rest of the one before


@pytest.mark.fault("F70")
def test_is_back_within_three_seconds_of_the_plug(plug: Plug, clock: SystemClock) -> None:
    with reading(scanner(plug, clock)) as read:
        read.ready()
        plug.unplug()
        assert wait_for(lambda: read.device.state is DeviceState.LOST)
        plug.plug()
        assert wait_for(lambda: read.device.state is DeviceState.READY, 3)


def test_two_hundred_unplugs_lose_no_thread_no_file_and_mix_no_code(
    plug: Plug, clock: SystemClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner_serial, "REOPEN_S", 0.002)
    with reading(scanner(plug, clock)) as read:
        read.ready()
        threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
        for number in range(200):
            count = len(read.scans)
            plug.send(b"%013d\r" % number)
            assert wait_for(lambda count=count: len(read.scans) > count)
            plug.send(b"half"[: number % 5])
            plug.unplug()
            assert wait_for(lambda: read.device.state is DeviceState.LOST)
            plug.plug()
            read.ready()
        whole = [s.text for s in read.scans if s.problem is None]
        assert whole == [f"{number:013d}" for number in range(200)]
        assert {s.problem for s in read.scans} <= {None, "incomplete"}
        assert threading.active_count() == threads
        assert len(os.listdir("/proc/self/fd")) <= files


def test_waits_for_a_scanner_that_is_plugged_in_later(
    plug: Plug, clock: SystemClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner_serial, "REOPEN_S", 0.02)
    plug.unplug()
    with reading(scanner(plug, clock)) as read:
        assert wait_for(lambda: read.device.state is DeviceState.LOST)
        assert "No such file" in read.device.detail
        plug.plug()
        read.ready()


@pytest.mark.fault("F71")
def test_two_scanners_at_the_same_time_keep_their_codes_apart(plug: Plug, clock: SystemClock, tmp_path: Path) -> None:
    other = Plug(tmp_path / "other")
    other.plug()
    with reading(scanner(plug, clock, "left")) as left, reading(scanner(other, clock, "right")) as right:
        left.ready()
        right.ready()
        for a, b in zip("6901234567892\r", "4017072512345\r", strict=True):
            plug.send(a.encode())
            other.send(b.encode())
        assert left.texts(1) == ["6901234567892"]
        assert right.texts(1) == ["4017072512345"]
        assert (left.scans[0].device, right.scans[0].device) == ("left", "right")
    other.unplug()


@pytest.mark.fault("F72")
def test_a_burst_of_codes_arrives_whole_and_in_order(plug: Plug, clock: SystemClock) -> None:
    with reading(scanner(plug, clock)) as read:
        read.ready()
        for number in range(500):
            plug.send(b"%013d\r\n" % number)
        assert read.texts(500) == [f"{number:013d}" for number in range(500)]


def test_a_line_is_read_by_one_device_only(plug: Plug, clock: SystemClock) -> None:
    with reading(scanner(plug, clock)) as first:
        first.ready()
        with reading(scanner(plug, clock, "second")) as second:
            assert wait_for(lambda: second.device.state is DeviceState.LOST)
            plug.send(b"6901234567892\r")
            assert first.texts(1) == ["6901234567892"]
        assert second.scans == []


def test_close_ends_a_scanner_that_is_being_waited_for(plug: Plug, clock: SystemClock) -> None:
    plug.unplug()
    with reading(scanner(plug, clock)) as read:  # leaving closes it, and asserts that it ends
        assert wait_for(lambda: read.device.state is DeviceState.LOST)


def test_what_the_receiver_raises_is_no_unplug(plug: Plug, clock: SystemClock) -> None:
    device = scanner(plug, clock)

    def broken(scan: Scan) -> None:
        raise OSError("not the scanner's fault")

    raised: list[BaseException] = []

    def run() -> None:
        try:
            device.run(broken)
        except OSError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert wait_for(lambda: device.state is DeviceState.READY)
    plug.send(b"6901234567892\r")
    thread.join(2)
    assert [str(error) for error in raised] == ["not the scanner's fault"]
    device.close()


def test_states_are_told_once_each(plug: Plug, clock: SystemClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner_serial, "REOPEN_S", 0.005)
    device, states = scanner(plug, clock), []
    device.on_state = lambda d: states.append(d.state.value)
    with reading(device) as read:
        read.ready()
        plug.unplug()
        assert wait_for(lambda: device.state is DeviceState.LOST)
        time.sleep(0.05)  # several attempts
        plug.plug()
        read.ready()
    assert states == ["ready", "lost", "ready", "closed"]
