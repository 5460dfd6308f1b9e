"""Rules for more points, on paper: the best multiplier counts, bonus points add, nothing is earned twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.earning import Customer, Goods, near_birthday, of_goods, on_month_day
from edge.loyalty import Earned
from edge.loyalty_rules import EarnRule
from edge.pricing import part_of
from edge.settings import Rules, Tier
from tests.edge.test_loyalty import RULES, TIERS

BRONZE, SILVER, GOLD = TIERS
DAY = "2026-11-22"  # a Sunday
DRINKS_DOUBLE = EarnRule("drinks", "times", 20_000, categories=frozenset({"drink"}))
MILK_PLUS = EarnRule("milk", "plus", 5, skus=frozenset({"MILK"}))
NO_TOBACCO = EarnRule("smoke", "none", categories=frozenset({"tobacco"}))
ALL_RULES = (DRINKS_DOUBLE, MILK_PLUS, NO_TOBACCO, EarnRule("gum", "times", 13_000, skus=frozenset({"GUM"})))


def rules(*earning: EarnRule) -> Rules:
    return replace(RULES, earning=earning)


def earned(
    *goods: Goods, by: Rules, tier: Tier = BRONZE, paid: int | None = None, day: str = DAY, birthday: str = ""
) -> Earned:
    total = sum(x.total for x in goods)
    return of_goods(total if paid is None else paid, goods, Customer(tier, birthday), by, day)


def test_a_rule_may_be_about_a_brand() -> None:
    rule = EarnRule("r", "times", 20_000, brands=frozenset({"Sunny"}))
    found = earned(replace(BREAD, brand="Sunny"), BREAD, by=rules(rule))
    assert found.shares == ((20, 10), (10, 10))


def milk(total: int = 1_000, qty: int = 1_000) -> Goods:
    return Goods("MILK", "drink", qty, total)


BREAD = Goods("BREAD", "food", 1_000, 1_000)
SMOKES = Goods("SMOKES", "tobacco", 1_000, 2_000)


@pytest.mark.parametrize(
    ("tier", "points"),
    [(BRONZE, 20 + 10), (SILVER, 20 + 12), (GOLD, 20 + 15)],
)
def test_the_best_multiplier_counts_not_the_product(tier: Tier, points: int) -> None:
    found = earned(milk(), BREAD, by=rules(DRINKS_DOUBLE), tier=tier)
    assert (found.points, found.score) == (points, 20)
    assert found.shares == ((20, 10), (points - 20, 10))


def test_a_tier_that_gives_more_than_the_rule_keeps_its_own() -> None:
    weak = replace(DRINKS_DOUBLE, value=11_000)
    found = earned(milk(), BREAD, by=rules(weak), tier=GOLD)
    assert (found.points, found.shares) == (30, ()), "then all lines earn alike"


def test_bonus_points_add_for_each_whole_piece() -> None:
    found = earned(milk(3_000, 3_000), by=rules(MILK_PLUS), tier=GOLD)
    assert (found.points, found.score) == (45 + 15, 30)
    assert earned(milk(2_900, 2_900), by=rules(MILK_PLUS)).points == 29 + 10


def test_bonus_and_multiplier_go_together() -> None:
    assert earned(milk(), by=rules(MILK_PLUS, DRINKS_DOUBLE)).points == 25


def test_what_earns_nothing_earns_nothing_by_any_rule() -> None:
    found = earned(SMOKES, BREAD, by=rules(NO_TOBACCO, replace(DRINKS_DOUBLE, categories=frozenset({"tobacco"}))))
    assert (found.points, found.score, found.shares) == (10, 10, ((0, 0), (10, 10)))
    assert earned(SMOKES, by=rules(NO_TOBACCO)).points == 0


def test_a_bonus_is_for_money_only() -> None:
    """Half of it was stored value or points: half of the bonus, and nothing for what cost nothing."""
    assert earned(milk(), by=rules(replace(MILK_PLUS, value=10)), paid=500).points == 5 + 5
    assert earned(milk(), by=rules(MILK_PLUS), paid=0).points == 0
    assert earned(milk(0), BREAD, by=rules(MILK_PLUS)).points == 10


def test_all_is_floored_once_a_receipt() -> None:
    half = Goods("MILK", "drink", 1_000, 75), Goods("BREAD", "food", 1_000, 50)
    assert earned(*half, by=rules(DRINKS_DOUBLE)).points == 2  # 1.50 + 0.50, not 1 + 0


@pytest.mark.parametrize(
    ("rule", "day", "holds"),
    [
        (EarnRule("r", "times", 20_000, weekdays=frozenset({6})), "2026-11-22", True),
        (EarnRule("r", "times", 20_000, weekdays=frozenset({6})), "2026-11-23", False),
        (EarnRule("r", "times", 20_000, month_days=frozenset({28})), "2026-02-28", True),
        (EarnRule("r", "times", 20_000, month_days=frozenset({28})), "2026-02-27", False),
        (EarnRule("r", "times", 20_000, begins="2026-11-22"), "2026-11-21", False),
        (EarnRule("r", "times", 20_000, begins="2026-11-22"), "2026-11-22", True),
        (EarnRule("r", "times", 20_000, ends="2026-11-22"), "2026-11-22", True),
        (EarnRule("r", "times", 20_000, ends="2026-11-22"), "2026-11-23", False),
        (EarnRule("r", "times", 20_000, begins="2026-12-31", ends="2027-01-01"), "2027-01-01", True),
        (EarnRule("r", "times", 20_000, tiers=frozenset({"gold"})), "2026-11-22", False),
        (EarnRule("r", "times", 20_000, tiers=frozenset({"bronze"})), "2026-11-22", True),
        (EarnRule("r", "times", 20_000, birthday=0), "2026-05-21", True),
        (EarnRule("r", "times", 20_000, birthday=0), "2026-05-20", False),
        (EarnRule("r", "times", 20_000, birthday=3), "2026-05-24", True),
        (EarnRule("r", "times", 20_000, birthday=3), "2026-05-25", False),
        (EarnRule("r", "times", 20_000, birthday=0, weekdays=frozenset({0})), "2026-05-21", False),  # a Thursday
    ],
)
def test_a_rule_holds_on_its_days(rule: EarnRule, day: str, holds: bool) -> None:
    assert earned(BREAD, by=rules(rule), day=day, birthday="05-21").points == (20 if holds else 10)


def test_without_consent_no_birthday_rule_counts() -> None:
    rule = EarnRule("r", "times", 20_000, birthday=31)
    assert earned(BREAD, by=rules(rule), day="2026-05-21", birthday="").points == 10


@pytest.mark.parametrize(
    ("day", "wanted", "is_it"),
    [("2026-02-28", 29, True), ("2026-02-28", 31, True), ("2028-02-28", 29, False), ("2028-02-29", 29, True),
     ("2026-04-30", 31, True), ("2026-04-30", 29, False), ("2026-05-31", 31, True), ("2026-05-30", 31, False)],
)  # fmt: skip
def test_a_member_day_that_a_month_has_not_is_its_last(day: str, wanted: int, is_it: bool) -> None:
    assert on_month_day(date.fromisoformat(day), frozenset({wanted})) == is_it


@given(st.integers(1, 31), st.integers(2020, 2040), st.integers(1, 12))
def test_every_month_has_each_member_day_once(wanted: int, year: int, month: int) -> None:
    first = date(year, month, 1)
    days = [day for n in range(31) if (day := first + timedelta(days=n)).month == month]
    assert sum(on_month_day(day, frozenset({wanted})) for day in days) == 1


@given(st.dates(date(2024, 1, 1), date(2024, 12, 31)), st.integers(2021, 2040))
def test_every_year_has_each_birthday_once(born: date, year: int) -> None:
    """Those of 29 February, too."""
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    found = [day for day in days if day.year == year and near_birthday(day, f"{born:%m-%d}", 0)]
    assert len(found) == 1
    if (born.month, born.day) != (2, 29):
        assert (found[0].month, found[0].day) == (born.month, born.day)


def test_days_around_a_birthday_go_over_the_year_s_end() -> None:
    assert near_birthday(date(2026, 12, 30), "01-02", 3) and near_birthday(date(2027, 1, 2), "12-30", 3)
    assert not near_birthday(date(2026, 12, 29), "01-02", 3)


# ---- for all carts

_goods = st.lists(
    st.builds(
        Goods, st.sampled_from(["MILK", "GUM", "BREAD"]), st.sampled_from(["drink", "food", "tobacco"]),
        st.integers(1, 20).map(lambda n: n * 500), st.integers(0, 50_000),
    ),
    min_size=1, max_size=12,
)  # fmt: skip
_tiers = st.sampled_from(TIERS)


@given(_goods, _tiers, st.integers(0, 600_000), st.integers(0, 10_000))
def test_more_money_never_earns_less(goods: list[Goods], tier: Tier, paid: int, more: int) -> None:
    by, whole = rules(*ALL_RULES), sum(x.total for x in goods)
    less, greater = min(paid, whole), min(paid + more, whole)
    one, two = (earned(*goods, by=by, tier=tier, paid=x) for x in (less, greater))
    assert two.points >= one.points and two.score >= one.score


@given(_goods, _goods, _tiers)
def test_two_receipts_never_earn_more_than_one(one: list[Goods], two: list[Goods], tier: Tier) -> None:
    by = rules(*ALL_RULES)
    whole = earned(*one, *two, by=by, tier=tier)
    parts = [earned(*goods, by=by, tier=tier) for goods in (one, two)]
    assert 0 <= whole.points - sum(part.points for part in parts) <= 1
    assert 0 <= whole.score - sum(part.score for part in parts) <= 1


@given(_goods, _tiers)
def test_rules_never_give_less_than_none_but_for_what_earns_nothing(goods: list[Goods], tier: Tier) -> None:
    by = rules(*(rule for rule in ALL_RULES if rule.give != "none"))
    assert earned(*goods, by=by, tier=tier).points >= earned(*goods, by=RULES, tier=tier).points


@given(_goods, _tiers, st.integers(0, 600_000))
def test_the_shares_of_the_lines_are_the_whole(goods: list[Goods], tier: Tier, paid: int) -> None:
    found = earned(*goods, by=rules(*ALL_RULES), tier=tier, paid=paid)
    if found.shares:
        assert len(found.shares) == len(goods)
        assert (sum(p for p, _ in found.shares), sum(s for _, s in found.shares)) == (found.points, found.score)
        assert all(p >= 0 and s >= 0 for p, s in found.shares)


@given(st.integers(0, 10_000), st.lists(st.integers(1, 5_000), min_size=1, max_size=8))
def test_a_line_given_back_in_any_steps_gives_back_its_share(share: int, steps: list[int]) -> None:
    whole, before, back = sum(steps), 0, 0
    for step in steps:
        back += part_of(share, before, step, whole)
        before += step
    assert back == share
