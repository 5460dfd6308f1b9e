"""Restraint: one counter over all that is offered, quiet after a "no", nothing without consent, whatever the clock."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge import merging, restraint
from edge.base.clock import FakeClock
from edge.consent import set_consent
from edge.recommend import declines
from edge.shifts import local
from tests.edge.shop import Shop

DAY = 86_400
HOUR = 3_600


class Anna:
    """The bronze member, who consents to offers."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.id = shop, shop.member("bronze")
        self.agrees()

    def agrees(self, granted: bool = True) -> None:
        with self.shop.box.transaction():
            set_consent(self.shop.box, self.id, "offers", granted, "till")

    def declines(self, product: int = 1) -> None:
        with self.shop.box.transaction():
            declines.decline(self.shop.box, self.id, product, "kiosk")

    def offered(self, surface: str, what: str, occasion: str = "o") -> bool:
        return restraint.offer(self.shop.box, self.id, surface, what, occasion)


@pytest.fixture
def anna(shop: Shop) -> Anna:
    caps(shop, day=3, week=5)
    return Anna(shop)


def caps(shop: Shop, **changed: int) -> None:
    """Other caps than the shop has."""
    now = {"day": 6, "week": 20, "lane_day": 2, "quiet_days": 90, "rest_days": 7, "receipt": True}
    shop.setting("restraint", {**now, **changed})


def test_one_counter_over_till_kiosk_receipt_and_messages(anna: Anna) -> None:
    shown = [anna.offered(surface, f"product:{n}") for n, surface in enumerate(restraint.SURFACES)]
    assert shown == [True, True, True, False]


def test_the_same_thing_on_the_same_day_counts_once_wherever(anna: Anna) -> None:
    assert all(anna.offered(surface, "product:1") for surface in restraint.SURFACES)
    assert [anna.offered("till", f"product:{n}") for n in (2, 3, 4)] == [True, True, False]
    assert anna.offered("kiosk", "product:3"), "what was shown today may be shown again"


def test_a_day_later_there_is_more_and_the_week_has_its_cap(anna: Anna) -> None:
    def a_day(first: int) -> int:
        anna.shop.clock.advance(DAY + 1)
        return sum(anna.offered("kiosk", f"product:{first + n}") for n in range(4))

    assert [a_day(10 * n) for n in range(8)] == [3, 2, 0, 0, 0, 0, 0, 3]


def test_another_member_has_her_own_count(shop: Shop, anna: Anna) -> None:
    other = shop.member("gold")
    with shop.box.transaction():
        set_consent(shop.box, other, "offers", True, "till")
    assert all(anna.offered("till", f"product:{n}") for n in range(3))
    assert restraint.offer(shop.box, other, "till", "product:1", "o")


def test_carts_without_a_member_are_counted_by_lane(shop: Shop) -> None:
    caps(shop, lane_day=2)
    shown = [restraint.offer_anybody(shop.box, "1", "till", f"product:{n}", "o") for n in range(3)]
    assert shown == [True, True, False]
    assert restraint.offer_anybody(shop.box, "2", "till", "product:9", "o")


def test_the_count_outlives_a_restart_and_a_reboot(anna: Anna) -> None:
    for n in range(3):
        anna.offered("till", f"product:{n}")
    anna.shop.restart()
    assert not anna.offered("kiosk", "product:9")
    anna.shop.reboot()
    assert not anna.offered("kiosk", "product:9")


@pytest.mark.parametrize("hours", [-30 * 24, -25, 25, 400 * 24])
def test_a_clock_that_is_set_gives_nothing_more(anna: Anna, hours: int) -> None:
    for n in range(3):
        anna.offered("till", f"product:{n}")
    anna.shop.clock.set_wall(anna.shop.clock.now_us() + hours * HOUR * 1_000_000)
    assert not anna.offered("till", "product:9")


def test_a_day_that_never_was_is_forgiven(anna: Anna) -> None:
    """The clock said 2036, then the battery was changed: she is not left without offers until then."""
    right = anna.shop.clock.now_us()
    anna.shop.clock.set_wall(right + 3_650 * DAY * 1_000_000)
    for n in range(3):
        anna.offered("kiosk", f"product:{n}")
    anna.shop.reboot(right)
    restraint.tidy(anna.shop.box)
    assert not anna.offered("kiosk", "product:9"), "they count as of today"
    anna.shop.clock.advance(8 * DAY)
    assert anna.offered("kiosk", "product:9")
    anna.shop.reboot()
    assert restraint.tidy(anna.shop.box) > 0
    assert anna.shop.one("SELECT COUNT(*) FROM offer_shown") == 1


# ---- quiet after a no, nothing without consent


def test_after_a_no_nothing_comes_unasked_and_the_kiosk_still_answers(anna: Anna) -> None:
    anna.declines()
    assert [anna.offered(surface, "product:2") for surface in restraint.SURFACES] == [False, True, False, False]
    anna.shop.clock.advance(7 * DAY + 1)
    assert anna.offered("till", "product:2")


def test_a_no_that_is_taken_back_is_none(anna: Anna) -> None:
    anna.declines()
    with anna.shop.box.transaction():
        declines.take_back(anna.shop.box, anna.id, 1, "kiosk")
    assert anna.offered("message", "product:2")


def test_the_quiet_period_is_the_shops(anna: Anna) -> None:
    caps(anna.shop, quiet_days=10, rest_days=0)
    anna.declines()
    assert declines.quiet(anna.shop.box, anna.id) == {1} and anna.offered("till", "product:2")
    anna.shop.clock.advance(10 * DAY + 1)
    assert declines.quiet(anna.shop.box, anna.id) == frozenset()


@pytest.mark.parametrize("surface", restraint.SURFACES)
def test_without_consent_nothing_personal_is_shown_anywhere(anna: Anna, surface: str) -> None:
    """S18."""
    anna.agrees(False)
    assert not anna.offered(surface, "product:1")
    assert anna.shop.one("SELECT COUNT(*) FROM offer_shown") == 0
    anna.agrees()
    assert anna.offered(surface, "product:1")


def test_turning_off_and_on_again_gives_nothing_more(anna: Anna) -> None:
    for n in range(3):
        anna.offered("kiosk", f"product:{n}")
    anna.agrees(False)
    anna.agrees()
    assert not anna.offered("kiosk", "product:9")


def test_two_members_who_were_one_have_one_count(shop: Shop, anna: Anna) -> None:
    other = shop.member("gold")
    with shop.box.transaction():
        set_consent(shop.box, other, "offers", True, "till")
    for n in range(2):
        anna.offered("kiosk", f"product:{n}")
        restraint.offer(shop.box, other, "kiosk", f"product:{n + 1}", "o")
    merging.merge(shop.box, other, anna.id, None, channel="till")
    assert not anna.offered("kiosk", "product:9")
    assert shop.ask("SELECT DISTINCT member FROM offer_shown") == [(anna.id,)]


def test_two_lanes_that_ask_at_once_do_not_both_get_the_last_one(anna: Anna) -> None:
    caps(anna.shop, day=1)

    def ask(n: int) -> bool:
        try:
            return anna.offered("till", f"product:{n}")
        finally:
            anna.shop.box.close()

    with ThreadPoolExecutor(8) as lanes:
        assert sum(lanes.map(ask, range(24))) == 1


# ---- whatever happens


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, built_shop: Path) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("restraint")
    yield shutil.copytree(built_shop, folder / "shop")


_steps = st.lists(
    st.one_of(
        st.tuples(st.just("offer"), st.sampled_from(restraint.SURFACES), st.integers(1, 12)),
        st.tuples(st.just("offer"), st.just("kiosk"), st.integers(1, 12)),
        st.tuples(st.just("wait"), st.just(""), st.sampled_from((1, HOUR, 9 * HOUR, DAY, 3 * DAY))),
        st.tuples(st.just("set"), st.just(""), st.integers(-12, 12).map(lambda n: n * 8 * HOUR)),
        st.tuples(st.sampled_from(("restart", "tidy", "no", "off", "on")), st.just(""), st.just(0)),
    ),
    min_size=20, max_size=60,
)  # fmt: skip


@given(_steps, st.integers(0, 3), st.integers(0, 6))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_screens_and_clocks_gives_more_than_the_caps(
    place: Path, steps: list[tuple[str, str, int]], day: int, week: int
) -> None:
    shop = Shop(place, clock=FakeClock(1_795_327_200_000_000))
    try:
        shop.db.execute_sql("DELETE FROM offer_shown")
        shop.db.execute_sql("DELETE FROM offer_decline")
        caps(shop, day=day, week=week)
        _hold(shop, Anna(shop), steps, day, week)
    finally:
        shop.close()


def _hold(shop: Shop, anna: Anna, steps: list[tuple[str, str, int]], day: int, week: int) -> None:
    shown: set[tuple[date, int]] = set()  # what was seen on which day by the shop's own clock
    taken: list[float] = []  # when, by true time, something new was
    consent = True
    for step, surface, n in steps:
        clock = shop.clock
        if step == "offer":
            today = local(clock.now_us(), shop.config.store.zone).date()
            if anna.offered(surface, f"product:{n}", "o"):
                assert consent
                if (today, n) not in shown:
                    shown.add((today, n))
                    taken.append(clock.mono_ns() / 1e9)
        elif step == "wait":
            clock.advance(n)
        elif step == "set":
            clock.set_wall(clock.now_us() + n * 1_000_000)
        elif step == "restart":
            shop.restart()
        elif step == "tidy":
            restraint.tidy(shop.box)
        elif step == "no":
            anna.declines()
        else:
            consent = step == "on"
            anna.agrees(consent)
    per_day = Counter(seen for seen, _ in shown)
    assert all(count <= day for count in per_day.values())
    for first in per_day:
        assert sum(per_day[first + timedelta(days=n)] for n in range(7)) <= week
    for at in taken:
        assert sum(at <= other < at + DAY - 1 for other in taken) <= day
        assert sum(at <= other < at + 7 * DAY - 1 for other in taken) <= week
