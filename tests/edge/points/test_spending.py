"""Paying with points at the till: money off, out of the lots that expire first, in the sale's own transaction."""

from __future__ import annotations

import pytest

from edge.errors import ShopError
from tests.edge.goods import pay_as_planned, take_back
from tests.edge.points.purse import able, balance, give, honest, left, open_for_points, pay, rules, standing
from tests.edge.shop import BREAD, HAMPER, WINE, Hands, Shop


@pytest.fixture(autouse=True)
def wide(shop: Shop) -> Shop:
    return open_for_points(shop)


def test_points_pay_money_and_are_gone(shop: Shop, till: Hands) -> None:
    before = balance(shop)
    till.attach("gold")
    till.scan(BREAD)
    done = pay(till, 995)["done"]
    assert balance(shop) == before - 995
    assert shop.ask("SELECT kind, amount FROM tender WHERE sale = (SELECT MAX(id) FROM sale)") == [("points", 995)]
    assert done["points"] == 0
    honest(shop)


def test_a_customer_chooses_how_much(shop: Shop, till: Hands) -> None:
    """Named after a till of the field where it was all or nothing."""
    till.attach("gold")
    till.scan(WINE)
    before = balance(shop)
    pay(till, 1_234, "card")
    # 75.66 were paid with money: at the gold tier's one and a half.
    assert balance(shop) == before - 1_234 + 113
    honest(shop)


def test_points_are_not_earned_on_the_part_paid_with_points(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    till.scan(HAMPER)
    _, score = standing(shop)
    pay(till, 3_000)
    assert standing(shop)[1] == score + 970


def test_the_lot_that_expires_first_is_spent_first(shop: Shop, till: Hands) -> None:
    never, late = give(shop, 500), give(shop, 500, expires_on="2027-03-01")
    early = give(shop, 100, expires_on="2026-12-01")
    (old,) = set(left(shop)) - {never, late, early}
    till.attach("gold")
    till.scan(WINE)
    pay(till, 120, "card")
    assert left(shop)[late] == 480 and early not in left(shop)
    till.attach("gold")
    till.scan(WINE)
    pay(till, 3_000, "card")
    assert left(shop)[never] == 500 and late not in left(shop)
    assert left(shop)[old] == 480
    honest(shop)


def test_nobody_spends_more_than_there_is(shop: Shop, till: Hands) -> None:
    till.attach("bronze")
    till.scan(BREAD)
    with pytest.raises(ShopError) as caught:
        pay(till, 995)
    assert (caught.value.slug, caught.value.params["left"]) == ("points_short", 0)
    assert shop.one("SELECT COUNT(*) FROM sale WHERE lane = '1'") == 0
    assert till.view()["basket"]["lines"]


def test_nobody_without_consent_spends_any(shop: Shop, till: Hands) -> None:
    till.attach("silent")
    till.scan(BREAD)
    with pytest.raises(ShopError) as caught:
        pay(till, 995)
    assert caught.value.slug == "points_consent"


def test_nobody_unknown_spends_any(till: Hands) -> None:
    till.scan(BREAD)
    with pytest.raises(ShopError) as caught:
        pay(till, 995)
    assert caught.value.slug == "tender_needs"


def test_points_pay_in_whole_steps(shop: Shop, till: Hands) -> None:
    rules(shop, step=100)
    till.attach("gold")
    till.scan(BREAD)
    with pytest.raises(ShopError) as caught:
        pay(till, 995)
    assert (caught.value.slug, caught.value.params["step"]) == ("points_step", 100)
    pay(till, 900)
    assert balance(shop) == able(shop)


def test_practice_spends_nothing(shop: Shop, training_till: Hands) -> None:
    before = balance(shop)
    training_till.attach("gold")
    training_till.scan(BREAD)
    receipt = pay(training_till, 995)["done"]["receipt"]
    assert balance(shop) == before
    take_back(training_till, receipt, n1=None)
    pay_as_planned(training_till)
    assert balance(shop) == before
