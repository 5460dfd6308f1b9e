"""The supervisor: what dies is started again, what dies too often stays off, and all stop in reverse order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from edge.base.clock import FakeClock
from edge.supervisor import BUDGET, WINDOW_S, Supervisor


class Loop:
    """A part that runs until it is stopped, or dies as often as it is told."""

    def __init__(self, deaths: int = 0, quiet: bool = False) -> None:
        self.left, self.quiet, self.starts = deaths, quiet, 0
        self.up, self.stopped = threading.Event(), threading.Event()

    def run(self) -> None:
        self.starts += 1
        if self.left:
            self.left -= 1
            if self.quiet:
                return
            raise OSError("unplugged")
        self.up.set()
        self.stopped.wait(10)

    def stop(self) -> None:
        self.stopped.set()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def supervisor(clock: FakeClock) -> Iterator[Supervisor]:
    made = Supervisor(clock)
    yield made
    made.stop()


def settle(supervisor: Supervisor) -> None:
    """Wait until every part that died is dead."""
    until = time.monotonic() + 5
    for part in supervisor.parts:
        while part.thread and part.thread.is_alive() and time.monotonic() < until:
            if isinstance(part.run.__self__, Loop) and part.run.__self__.up.is_set():  # type: ignore[attr-defined]
                break
            time.sleep(0.002)


def tick(supervisor: Supervisor, times: int = 1) -> None:
    for _ in range(times):
        settle(supervisor)
        supervisor.tick()
    settle(supervisor)


def test_a_part_runs_in_a_thread_of_its_own_name(supervisor: Supervisor) -> None:
    loop = Loop()
    supervisor.start("printer:p", loop.run, loop.stop)
    assert loop.up.wait(5)
    assert "printer:p" in [thread.name for thread in threading.enumerate()]
    tick(supervisor, 3)
    assert loop.starts == 1


@pytest.mark.parametrize("quiet", [False, True])
def test_what_dies_is_started_again(supervisor: Supervisor, quiet: bool, caplog: pytest.LogCaptureFixture) -> None:
    loop = Loop(deaths=2, quiet=quiet)
    supervisor.start("input:s", loop.run, loop.stop)
    tick(supervisor, 4)
    assert loop.starts == 3
    assert supervisor.degraded() == []
    assert ("input:s died" in caplog.text) != quiet


def test_what_dies_too_often_stays_off_is_said_once_and_hurts_nobody(
    supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    sick, well = Loop(deaths=10**6), Loop()
    supervisor.start("sick", sick.run, sick.stop)
    supervisor.start("well", well.run, well.stop)
    with caplog.at_level(logging.ERROR):
        tick(supervisor, 20)
    assert sick.starts == BUDGET + 1
    assert supervisor.degraded() == ["sick"]
    assert caplog.text.count("stays off") == 1
    assert well.starts == 1


def test_dying_now_and_then_is_forgiven(supervisor: Supervisor, clock: FakeClock) -> None:
    loop = Loop(deaths=20)
    supervisor.start("flaky", loop.run, loop.stop)
    for _ in range(25):
        tick(supervisor)
        clock.advance(WINDOW_S / 4)
    assert loop.starts == 21
    assert supervisor.degraded() == []


def test_a_step_of_the_wall_clock_gives_no_new_budget(supervisor: Supervisor, clock: FakeClock) -> None:
    loop = Loop(deaths=10**6)
    supervisor.start("sick", loop.run, loop.stop)
    for _ in range(10):
        tick(supervisor)
        clock.set_wall(clock.now_us() + 10**15)
    assert supervisor.degraded() == ["sick"]


def test_all_stop_in_reverse_order_and_nothing_starts_after(clock: FakeClock) -> None:
    supervisor, order = Supervisor(clock), list[str]()

    def part(name: str) -> tuple[Callable[[], None], Callable[[], None]]:
        loop = Loop()

        def stop() -> None:
            order.append(name)
            loop.stop()

        return loop.run, stop

    for name in ("jobs", "printer", "web"):
        supervisor.start(name, *part(name))
    supervisor.stop()
    assert order == ["web", "printer", "jobs"]
    supervisor.tick()
    assert not [p.name for p in supervisor.parts if p.thread and p.thread.is_alive()]


def test_a_part_that_will_not_stop_is_named(clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    supervisor, loop = Supervisor(clock), Loop()
    supervisor.start("stubborn", loop.run, lambda: None)
    assert loop.up.wait(5)
    supervisor.stop(patience_s=0.05)
    assert "stubborn did not stop" in caplog.text
    loop.stop()
    thread = supervisor.parts[0].thread
    assert thread is not None
    thread.join(5)


class Turning(Loop):
    """A loop that beats when it is told to."""

    def listen(self, beat: Callable[[], None]) -> None:
        self.beat = beat


def test_a_loop_that_beat_once_and_then_no_more_is_stuck_and_named_once(
    supervisor: Supervisor, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    loop = Turning()
    supervisor.start("input:s", loop.run, loop.stop, listen=loop.listen, patience_s=15)
    assert loop.up.wait(5)
    clock.advance(100)
    assert supervisor.stuck() == [], "a loop that never beats is not judged"
    loop.beat()
    clock.advance(15)
    assert supervisor.stuck() == []
    clock.advance(0.1)
    assert [supervisor.stuck() for _ in range(3)] == [["input:s"]] * 3
    assert caplog.text.count("input:s hangs") == 1
    loop.beat()
    assert supervisor.stuck() == []


@pytest.mark.fault("F22")
def test_a_step_of_the_wall_clock_makes_no_loop_stuck(supervisor: Supervisor, clock: FakeClock) -> None:
    loop = Turning()
    supervisor.start("jobs", loop.run, loop.stop, listen=loop.listen)
    assert loop.up.wait(5)
    loop.beat()
    clock.set_wall(clock.now_us() + 10**13)
    assert supervisor.stuck() == []


@pytest.mark.parametrize("vital", [False, True])
def test_a_part_that_stays_off_is_as_bad_as_stuck_only_where_nothing_goes_without_it(
    supervisor: Supervisor, vital: bool
) -> None:
    sick = Loop(deaths=10**6)
    supervisor.start("web", sick.run, sick.stop, vital=vital)
    tick(supervisor, 20)
    assert supervisor.degraded() == ["web"]
    assert supervisor.stuck() == (["web"] if vital else [])
