"""Time: shown and dated by the wall clock, ordered by nothing of it."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import pytest

from edge.base.clock import BUILT_US, FakeClock, SystemClock, iso


@pytest.mark.fault("F21")
def test_a_machine_that_starts_in_1970_sells_at_the_earliest_when_it_was_built(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    monkeypatch.setattr(time, "time_ns", lambda: 86_400 * 10**9)
    assert clock.now_us() == BUILT_US
    assert clock.quality() == "unknown"


def test_the_machines_clock_is_read_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    monkeypatch.setattr(time, "time_ns", lambda: (BUILT_US + 7) * 1000 + 999)
    assert clock.now_us() == BUILT_US + 7
    assert clock.quality() in ("synced", "holdover")


def test_the_monotonic_clock_only_rises_and_the_boot_has_one_name() -> None:
    clock = SystemClock()
    first, second = clock.mono_ns(), clock.mono_ns()
    assert 0 < first <= second
    assert re.fullmatch(r"[0-9a-f-]{32,36}", clock.boot_id())
    assert clock.boot_id() == clock.boot_id()


def test_a_fake_clock_lets_both_times_pass_and_steps_the_wall_alone() -> None:
    clock = FakeClock(1_000_000)
    mono = clock.mono_ns()
    clock.advance(1.5)
    assert (clock.now_us(), clock.mono_ns() - mono) == (2_500_000, 1_500_000_000)
    clock.set_wall(0)
    assert (clock.now_us(), clock.mono_ns() - mono) == (0, 1_500_000_000)


@pytest.mark.parametrize("us", [0, 1, 999_999, 1_795_327_199_999_999, 1_795_327_200_000_001, 1_709_164_800_500_000])
def test_an_instant_is_written_with_all_its_microseconds(us: int) -> None:
    text = iso(us)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text)
    back = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    assert round(back.timestamp()) * 1_000_000 // 1_000_000 == round(us / 1_000_000)
    assert back.microsecond == us % 1_000_000
