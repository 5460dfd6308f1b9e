"""Ladders that count a window or keep a rung: each rung reached and left at its exact boundary, and by a true clock."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import maintain, merging, shifts, tiers
from edge.loyalty import Place, Standing, fallen, rank, reached, standing, window_from
from edge.loyalty_rules import Ladder
from edge.settings import DEFAULTS
from tests.edge.goods import pay_as_planned, quick_pins, take_back
from tests.edge.shop import GUM, HAMPER, Hands, Shop
from tests.edge.test_loyalty import RULES, TIERS

DAYS = {"window": "days", "days": 30, "grace_days": 0}


def ladder(shop: Shop, visits: tuple[int, ...] = (), **said: Any) -> None:
    value = {**deepcopy(DEFAULTS["loyalty"]), "ladder": said}
    for tier, count in zip(value["tiers"], visits, strict=False):
        tier["visits"] = count
    shop.setting("loyalty", value)


def tier(shop: Shop, name: str = "bronze") -> str:
    return tiers.of_member(shop.box, shop.member(name)).id


def later(shop: Shop, days: int) -> None:
    """Days go by; then a new shift begins."""
    shop.clock.advance(86_400 * days)
    shop.db.execute_sql("UPDATE shift SET closed_us = 1 WHERE closed_us IS NULL")
    shop.tills["1"].log_in()


def changes(shop: Shop, name: str = "bronze") -> list[tuple[str, str]]:
    """What the journal tells of a member's tiers."""
    uid = shop.one("SELECT uid FROM member WHERE id = ?", shop.member(name))
    found = shop.ask("SELECT body FROM journal WHERE body LIKE '%tier.changed%' ORDER BY id")
    told = [orjson.loads(body)["data"] for (body,) in found]
    return [(data["from"], data["to"]) for data in told if data["member"] == uid]


def score(shop: Shop, name: str, amount: int) -> None:
    """So much score on the member, as a sale would bring it: an entry of today."""
    member = shop.member(name)
    shop.db.execute_sql(
        "INSERT INTO ledger (id, member, lot, points, score, reason, rule_version, at_us) "
        "SELECT MAX(id) + 1, ?, MAX(id) + 1, 0, ?, 'earn', 0, ? FROM ledger", (member, amount, shop.clock.now_us()),
    )  # fmt: skip


# ---- on paper


@pytest.mark.fault("F65")
@pytest.mark.parametrize(
    ("by", "score", "visits", "rung"),
    [
        ("score", 999, 99, 0), ("score", 1_000, 0, 1), ("score", 2_999, 99, 1), ("score", 3_000, 0, 2),
        ("visits", 9_999, 9, 0), ("visits", 0, 10, 1), ("visits", 9_999, 29, 1), ("visits", 0, 30, 2),
        ("either", 999, 9, 0), ("either", 1_000, 0, 1), ("either", 0, 10, 1), ("either", 0, 30, 2),
        ("either", 3_000, 0, 2), ("both", 1_000, 9, 0), ("both", 999, 10, 0), ("both", 1_000, 10, 1),
        ("both", 3_000, 29, 1), ("both", 3_000, 30, 2),
        ("score", -1, 0, 0), ("both", -1, 99, 0),
    ],
)  # fmt: skip
def test_a_rung_is_reached_at_its_exact_needs(by: str, score: int, visits: int, rung: int) -> None:
    rungs = tuple(type(t)(t.id, t.score, t.multiplier, v) for t, v in zip(TIERS, (0, 10, 30), strict=True))
    assert reached(score, visits, rungs, Ladder(by=by)) == rung


@pytest.mark.parametrize(
    ("fall", "grace", "kept", "now", "until", "today", "after"),
    [
        ("score", 0, 2, 0, "", "2026-11-22", (0, "")),  # at once
        ("one", 0, 2, 0, "", "2026-11-22", (0, "")),
        ("score", 30, 2, 0, "", "2026-11-22", (2, "2026-12-22")),  # kept for a while
        ("score", 30, 2, 0, "2026-12-22", "2026-12-21", (2, "2026-12-22")),
        ("score", 30, 2, 0, "2026-12-22", "2026-12-22", (0, "")),
        ("one", 30, 2, 0, "2026-12-22", "2026-12-22", (1, "2027-01-21")),  # and for a while on the rung below
        ("one", 30, 1, 0, "2027-01-21", "2027-01-21", (0, "")),
        ("one", 30, 2, 1, "2026-12-22", "2026-12-22", (1, "")),
        ("score", 30, 2, 2, "2026-12-22", "2026-12-01", (2, "")),  # earned again meanwhile
        ("score", 30, 1, 2, "2026-12-22", "2026-12-22", (2, "")),
        ("score", 1, 1, 0, "", "2028-02-28", (1, "2028-02-29")),  # a leap day
        ("score", 1, 1, 0, "", "2026-12-31", (1, "2027-01-01")),
    ],
)
def test_what_is_no_longer_earned_is_kept_and_then_left(
    fall: str, grace: int, kept: int, now: int, until: str, today: str, after: tuple[int, str]
) -> None:
    rule = Ladder(window="days", grace_days=grace, fall=fall)
    assert fallen(kept, until, now, today, rule) == after
    assert fallen(*after[:1], after[1], now, today, rule) == after, "twice on a day is as once"


@given(
    st.sampled_from(["one", "score"]), st.integers(0, 60), st.integers(0, 2), st.integers(0, 2),
    st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.lists(st.integers(0, 40), max_size=12),
)  # fmt: skip
def test_nobody_ever_stands_below_what_is_earned_nor_falls_early(
    fall: str, grace: int, kept: int, now: int, day: date, steps: list[int]
) -> None:
    rule, until, since, rung = Ladder(window="days", grace_days=grace, fall=fall), "", day, kept
    for step in [0, *steps]:
        day += timedelta(days=step)
        after, until = fallen(rung, until, now, day.isoformat(), rule)
        assert after >= now
        if after < rung and rung > now:
            assert (day - since).days >= grace
            since = day
        rung = after
    assert (until == "") == (rung == now)


@pytest.mark.parametrize(
    ("rule", "today", "since"),
    [
        (Ladder(), "2026-11-22", ""),
        (Ladder(window="days", days=1), "2026-11-22", "2026-11-22"),
        (Ladder(window="days", days=30), "2026-03-01", "2026-01-31"),
        (Ladder(window="days", days=2), "2028-03-01", "2028-02-29"),
        (Ladder(window="days", days=366), "2028-12-31", "2028-01-01"),
        (Ladder(window="year"), "2026-12-31", "2026-01-01"),
        (Ladder(window="year"), "2027-01-01", "2027-01-01"),
        (Ladder(window="year"), "2028-02-29", "2028-01-01"),
    ],
)
def test_a_window_begins_on_its_exact_day(rule: Ladder, today: str, since: str) -> None:
    assert window_from(today, rule) == since


def test_a_visit_is_a_document_that_was_worth_it_and_was_not_given_back() -> None:
    found = [(1, "2026-11-01", 10), (2, "2026-11-01", 4), (3, "2026-11-02", 10), (3, "2026-11-02", -10),
             (None, "2026-11-02", 100)]  # fmt: skip
    assert tiers.counted(found, "", 5) == (114, 1)
    assert tiers.counted(found, "", 4) == (114, 2)
    assert tiers.counted(found, "2026-11-02", 1) == (100, 0)


def test_the_way_up_is_told_in_what_counts() -> None:
    rungs = tuple(type(t)(t.id, t.score, t.multiplier, v) for t, v in zip(TIERS, (0, 10, 30), strict=True))
    for by, missing in (("score", (500, 0)), ("visits", (0, 6)), ("both", (500, 6)), ("either", (500, 6))):
        rules = type(RULES)(**{**{f: getattr(RULES, f) for f in RULES.__dataclass_fields__},
                               "tiers": rungs, "ladder": Ladder(by=by)})  # fmt: skip
        found = rank(Standing(0, 500, Place(500, 4)), rules)
        assert (found.tier.id, found.to_next, found.visits_to_next) == ("bronze", *missing)
        assert found.progress == (40 if by in ("visits", "both") else 50)


# ---- in the shop


def test_the_sale_that_reaches_a_rung_has_it_at_once_and_earns_by_the_one_before(shop: Shop, till: Hands) -> None:
    """F65 with the ladder that shops begin with: no row, one event."""
    score(shop, "bronze", 999)
    till.sell([GUM], "bronze")  # 3.33: three points, by bronze
    assert tier(shop) == "silver" and changes(shop) == [("bronze", "silver")]
    assert shop.ask("SELECT tier, points FROM sale ORDER BY id DESC LIMIT 1") == [("bronze", 3)]
    assert till.view()["done"]["tier"] == "silver"
    assert shop.ask("SELECT * FROM member_tier") == []


def test_a_return_that_takes_the_score_takes_the_rung(shop: Shop, till: Hands) -> None:
    receipt = till.sell([HAMPER], "bronze").receipt
    take_back(till, receipt, n1=None)
    quick_pins(shop)
    pay_as_planned(till)
    assert tier(shop) == "bronze" and changes(shop) == [("bronze", "silver"), ("silver", "bronze")]


@pytest.mark.fault("F65")
def test_a_rolling_window_is_left_on_the_exact_day(shop: Shop, till: Hands) -> None:
    ladder(shop, **DAYS)
    till.sell([HAMPER], "bronze")  # on 22 November: counts until 21 December
    assert tier(shop) == "silver" and changes(shop) == [("bronze", "silver")]
    later(shop, 29)
    tiers.review(shop.box)
    assert tier(shop) == "silver"
    later(shop, 1)
    assert tier(shop) == "silver", "only the nightly look lowers it"
    assert tiers.review(shop.box) and tier(shop) == "bronze"
    assert changes(shop)[-1] == ("silver", "bronze")
    assert tiers.review(shop.box) == 0


def test_a_rung_is_kept_for_the_grace_and_then_left_one_by_one(shop: Shop, till: Hands) -> None:
    ladder(shop, **{**DAYS, "grace_days": 10, "fall": "one"})
    till.attach("bronze")
    till.add("HAMPER", qty=3_000)
    till.pay_cash()
    assert tier(shop) == "gold"
    later(shop, 30)
    tiers.review(shop.box)
    assert tier(shop) == "gold"
    assert till.attach("bronze")["member"]["until"] == "2027-01-01"
    later(shop, 9)
    tiers.review(shop.box)
    later(shop, 1)
    tiers.review(shop.box)
    assert tier(shop) == "silver"
    later(shop, 10)
    tiers.review(shop.box)
    assert tier(shop) == "bronze"
    assert changes(shop) == [("bronze", "gold"), ("gold", "silver"), ("silver", "bronze")]


def test_what_is_earned_again_in_time_keeps_the_rung(shop: Shop, till: Hands) -> None:
    ladder(shop, **{**DAYS, "grace_days": 10})
    till.sell([HAMPER], "bronze")
    later(shop, 30)
    tiers.review(shop.box)
    till.sell([HAMPER], "bronze")
    kept = "SELECT tier, until FROM member_tier WHERE member = ?"
    assert shop.ask(kept, shop.member("bronze")) == [("silver", "")]
    later(shop, 10)
    tiers.review(shop.box)
    assert tier(shop) == "silver"


def test_the_calendar_year_begins_anew(shop: Shop, till: Hands) -> None:
    ladder(shop, window="year")
    till.sell([HAMPER], "bronze")
    later(shop, 39)  # 31 December
    tiers.review(shop.box)
    later(shop, 1)
    tiers.review(shop.box)
    assert tier(shop) == "bronze"


def test_a_return_counts_on_the_day_of_its_sale(shop: Shop, till: Hands) -> None:
    """What was bought before the window takes nothing from what is in it."""
    quick_pins(shop)
    ladder(shop, **DAYS)
    old = till.sell([HAMPER], "bronze").receipt
    later(shop, 30)
    tiers.review(shop.box)
    till.sell([HAMPER], "bronze")
    take_back(till, old, n1=None)
    pay_as_planned(till)
    assert tier(shop) == "silver"
    tiers.review(shop.box)
    assert tier(shop) == "silver"


def test_a_return_lowers_the_tier_by_the_rule(shop: Shop, till: Hands) -> None:
    quick_pins(shop)
    ladder(shop, **{**DAYS, "grace_days": 5})
    receipt = till.sell([HAMPER], "bronze").receipt
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    assert tier(shop) == "silver"
    tiers.review(shop.box)
    later(shop, 5)
    tiers.review(shop.box)
    assert tier(shop) == "bronze"


def test_visits_count_alone_or_with_score(shop: Shop, till: Hands) -> None:
    ladder(shop, (0, 2, 5), by="visits", window="days", days=30, visit_score=3)
    till.sell([GUM], "bronze")
    assert tier(shop) == "bronze"
    seen = till.attach("bronze")["member"]
    assert (seen["visits_to_next"], seen["to_next"], seen["progress"]) == (1, 0, 50)
    till.scan(GUM)
    till.pay_cash()
    assert tier(shop) == "silver" and till.view()["done"]["tier"] == "silver"


@pytest.mark.fault("F21")
@pytest.mark.parametrize("quality", ["unknown", "holdover"])
def test_nobody_falls_by_a_clock_that_jumped(shop: Shop, till: Hands, quality: str) -> None:
    ladder(shop, **DAYS)
    till.sell([HAMPER], "bronze")
    shop.clock.advance(86_400 * 400)
    till.log_in()
    shop.clock._quality = quality
    tiers.review(shop.box)
    assert tier(shop) == "silver"
    assert maintain.look_at_tiers(shop.box).slug == "tiers_wait"
    till.sell([GUM], "bronze")
    assert tier(shop) == "silver" and changes(shop) == [("bronze", "silver")]


def test_a_box_without_the_time_from_outside_looks_all_the_same(shop: Shop, till: Hands) -> None:
    ladder(shop, **DAYS)
    till.sell([HAMPER], "bronze")
    shop.clock._quality = "holdover"
    later(shop, 31)
    tiers.review(shop.box)
    assert tier(shop) == "bronze"


def test_another_ladder_takes_nothing_from_anybody_at_once(shop: Shop, till: Hands) -> None:
    """Gold by all there was; the new rule counts 30 days and gives 10 more."""
    later(shop, 60)
    ladder(shop, **{**DAYS, "grace_days": 10})
    assert tier(shop, "gold") == "gold"
    till.sell([GUM], "gold")
    tiers.review(shop.box)
    assert tier(shop, "gold") == "gold" and changes(shop, "gold") == [("bronze", "gold")]
    later(shop, 10)
    tiers.review(shop.box)
    assert tier(shop, "gold") == "bronze"


def test_all_that_asks_agrees(shop: Shop, till: Hands) -> None:
    """Till, kiosk, receipt and the file of members say the same of somebody who keeps a rung."""
    from edge import export_rows, kiosk_tier

    ladder(shop, **{**DAYS, "grace_days": 10})
    till.sell([HAMPER], "bronze")
    later(shop, 30)
    tiers.review(shop.box)
    member = shop.member("bronze")
    assert till.attach("bronze")["member"]["tier"] == "silver"
    shown = kiosk_tier.view(shop.box, member, "en")
    assert shown["tier"] == "silver" and [x["name"] for x in shown["rules"]["tiers"] if x["mine"]] == ["Silver"]
    assert [step["tier"] for step in shown["steps"] if step["reached"]] == ["bronze", "silver"]
    till.scan(GUM)
    till.pay_cash()
    assert shop.one("SELECT tier FROM sale ORDER BY id DESC LIMIT 1") == "silver"
    assert shop.one("SELECT points FROM sale ORDER BY id DESC LIMIT 1") == 3  # 3.33 × 1.2, floored
    listed = {line[0]: line[-1] for line in export_rows._members(shop.box)}
    assert listed["Bronze Li"] == "silver"
    assert standing(Standing(0, 0, Place(0, 0, "silver")), shop.box.rules).id == "silver"


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Pacific/Auckland", "UTC"])
@pytest.mark.parametrize("day", ["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01", "2028-02-29", "2026-12-31"])
def test_a_day_of_a_window_is_the_store_s_whatever_the_clocks_do(zone: str, day: str) -> None:
    """Each instant belongs to one local date, from its first to its last microsecond."""
    first = datetime.combine(date.fromisoformat(day), time(), ZoneInfo(zone)).astimezone(UTC)
    after = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    begins, ends = (int(x.timestamp()) * 1_000_000 for x in (first, after))
    assert shifts.local(begins, zone).date().isoformat() == day == shifts.local(ends - 1, zone).date().isoformat()
    assert shifts.local(begins - 1, zone).date().isoformat() < day < shifts.local(ends, zone).date().isoformat()


def test_two_cards_of_one_person_stand_where_both_bring_him(shop: Shop, till: Hands) -> None:
    """The score of both counts on the days of their sales; a rung that either kept is his."""
    ladder(shop, **{**DAYS, "grace_days": 10})
    till.sell([HAMPER], "bronze")
    later(shop, 30)
    tiers.review(shop.box)
    till.sell([GUM], "silent")
    gone, kept = shop.member("bronze"), shop.member("silent")
    assert merging.preview(shop.box, gone, kept).tier.id == "silver"
    merging.merge(shop.box, gone, kept, shop.person("manager"), channel="till")
    assert tiers.of_member(shop.box, kept).id == "silver"
    found = shop.ask("SELECT member, until FROM member_tier WHERE member IN (?, ?)", gone, kept)
    assert found == [(kept, "2027-01-01")]


def test_a_merge_that_reaches_a_rung_says_so(shop: Shop, till: Hands) -> None:
    score(shop, "bronze", 600)
    score(shop, "silent", 600)
    merging.merge(shop.box, shop.member("silent"), shop.member("bronze"), shop.person("manager"), channel="till")
    assert tier(shop) == "silver" and changes(shop) == [("bronze", "silver")]
