"""The shopping of two years: believable, and the same each time."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from edge.demo.data import demo_store
from edge.demo.plan import CLOSES, LANES, OPENS, Purchase, planned_quantities, purchase_plan

LAST = date(2026, 11, 21)
STORE = demo_store()
BY_SKU = {product.sku: product for product in STORE.products}


@pytest.fixture(scope="module")
def plan() -> list[Purchase]:
    return purchase_plan(STORE, seed=1, last=LAST)


def test_two_years_hold_some_three_thousand_sales(plan: list[Purchase]) -> None:
    assert 2_500 <= len(plan) <= 3_500
    assert plan[0].day <= LAST - timedelta(days=725)
    assert LAST - timedelta(days=2) <= plan[-1].day <= LAST


def test_the_same_seed_gives_the_same_plan_and_another_another(plan: list[Purchase]) -> None:
    assert purchase_plan(STORE, seed=1, last=LAST) == plan
    assert purchase_plan(STORE, seed=2, last=LAST) != plan


def test_a_shorter_history_is_the_end_of_the_longer_one(plan: list[Purchase]) -> None:
    short = purchase_plan(STORE, seed=1, last=LAST, days=30)
    assert short == [purchase for purchase in plan if purchase.day > LAST - timedelta(days=30)]


def test_time_only_goes_forward_and_the_shop_is_open(plan: list[Purchase]) -> None:
    assert [(p.day, p.minute) for p in plan] == sorted((p.day, p.minute) for p in plan)
    assert all(OPENS <= p.minute <= CLOSES for p in plan)
    assert {p.lane for p in plan} == set(LANES)


def test_every_line_can_be_sold(plan: list[Purchase]) -> None:
    for purchase in plan:
        assert purchase.lines
        assert len({sku for sku, _ in purchase.lines}) == len(purchase.lines)
        for sku, quantity in purchase.lines:
            assert quantity > 0
            assert BY_SKU[sku].unit == "kg" or quantity % 1000 == 0


def test_nobody_shops_before_joining(plan: list[Purchase]) -> None:
    joined = {member.number: LAST - timedelta(days=member.joined_days - 1) for member in STORE.members}
    for purchase in plan:
        assert purchase.member is None or purchase.day >= joined[purchase.member]


def test_a_third_stays_anonymous_and_a_few_are_taken_back(plan: list[Purchase]) -> None:
    anonymous = sum(purchase.member is None for purchase in plan)
    assert 0.2 < anonymous / len(plan) < 0.5
    assert 3 <= sum(purchase.void for purchase in plan) <= 30


def test_members_buy_their_favourites_again(plan: list[Purchase]) -> None:
    for member in STORE.members[:20]:
        baskets = [p for p in plan if p.member == member.number]
        if len(baskets) < 20:
            continue
        bought = Counter(sku for p in baskets for sku, _ in p.lines)
        favourites = {taste for taste in member.taste if taste in BY_SKU}
        assert favourites & {sku for sku, _ in bought.most_common(8)}, member.name


def test_seasons_show(plan: list[Purchase]) -> None:
    def bought(season: str, months: set[int]) -> int:
        return sum(BY_SKU[sku].season == season for p in plan if p.day.month in months for sku, _ in p.lines)

    assert bought("summer", {6, 7, 8}) > 2 * bought("summer", {12, 1, 2})
    assert bought("winter", {12, 1, 2}) > 2 * bought("winter", {6, 7, 8})


def test_saturday_is_busier_than_monday(plan: list[Purchase]) -> None:
    weekdays = Counter(purchase.day.weekday() for purchase in plan)
    assert weekdays[5] > weekdays[0]


def test_what_is_taken_back_does_not_leave_the_shelf(plan: list[Purchase]) -> None:
    by_hand: Counter[str] = Counter()
    for purchase in plan:
        for sku, quantity in purchase.lines:
            by_hand[sku] += 0 if purchase.void else quantity
    assert planned_quantities(plan) == {sku: q for sku, q in by_hand.items() if q}
