"""A till left alone locks itself; what the cashier began is still there."""

from __future__ import annotations

import pytest

from edge.base.clock import FakeClock
from edge.idle import Idle
from edge.people import Session
from tests.edge.shop import MILK, Hands, Shop

MIN_S = 60.0


@pytest.mark.fault("F111")
def test_idle_time_is_counted_from_the_last_use_and_not_by_the_wall_clock() -> None:
    clock = FakeClock(0)
    idle, someone = Idle(clock, lambda: 300_000_000_000), Session("hash", None, "1", "en")  # type: ignore[arg-type]
    assert not idle.expired(someone)
    clock.advance(299)
    clock.set_wall(clock.now_us() + 86_400_000_000)
    assert not idle.expired(someone)
    idle.touch(someone)
    clock.advance(299)
    assert not idle.expired(someone)
    clock.advance(2)
    assert idle.expired(someone)


@pytest.mark.fault("F111")
def test_a_till_left_alone_locks_itself_and_keeps_the_cart(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    shop.clock.advance(5 * MIN_S + 1)
    assert shop.staff.working_at("1") is None
    assert shop.ask("SELECT * FROM session WHERE lane = '1'") == []
    assert till.scan(MILK)["notice"]["slug"] == "log_in_first"
    till.log_in("manager")
    assert till.view()["basket"]["count"] == 1
    assert shop.ask("SELECT json_extract(detail, '$.why') FROM audit WHERE action = 'logged_out'") == [("idle",)]


@pytest.mark.fault("F111")
def test_scanning_and_tapping_are_use_but_looking_is_not(shop: Shop, till: Hands) -> None:
    for _ in range(3):
        till.scan(MILK, wait_s=4 * MIN_S)
    for _ in range(3):
        shop.clock.advance(4 * MIN_S)
        till.add("MILK")
    assert shop.staff.working_at("1") is not None
    for _ in range(3):
        shop.clock.advance(2 * MIN_S)
        till.view()
    assert shop.staff.working_at("1") is None


@pytest.mark.fault("F111")
def test_the_store_says_how_long(shop: Shop, till: Hands) -> None:
    shop.setting("staff", {"badge_needs_pin": False, "idle_min": 2})
    shop.clock.advance(2 * MIN_S + 1)
    assert shop.staff.working_at("1") is None


@pytest.mark.fault("F111")
def test_after_a_restart_the_time_begins_again(shop: Shop, till: Hands) -> None:
    shop.clock.advance(4 * MIN_S)
    shop.restart()
    shop.clock.advance(4 * MIN_S)
    assert shop.staff.working_at("1") is not None
    shop.clock.advance(5 * MIN_S + 1)
    assert shop.staff.working_at("1") is None
