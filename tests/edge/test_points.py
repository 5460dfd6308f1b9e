"""Points across sales, returns and exchanges: for money paid, once, and gone again with it."""

from __future__ import annotations

import pytest

from tests.edge.goods import CARD, COLA, pay_as_planned, quick_pins, take_back, top_up, widen
from tests.edge.shop import BREAD, MILK, WINE, Hands, Shop


@pytest.fixture(autouse=True)
def wide(shop: Shop) -> Shop:
    """More goods, money of every kind, quick PINs."""
    widen(shop)
    quick_pins(shop)
    return shop


def standing(shop: Shop, name: str = "bronze") -> tuple[int, int]:
    return shop.ask(
        "SELECT COALESCE(SUM(points), 0), COALESCE(SUM(score), 0) FROM ledger WHERE member = ?", shop.member(name)
    )[0]  # type: ignore[return-value]


def pay(till: Hands, *tenders: tuple[str, int, str | None]) -> str:
    if till.view()["basket"]["age"]:
        till.do("age", ok=True)
    given = [{"kind": k, "received": a, "reference": r} for k, a, r in tenders]
    return str(till.do("pay", tenders=given)["done"]["receipt"])


def test_a_sale_given_back_in_any_parts_leaves_nothing(shop: Shop, till: Hands) -> None:
    """The gold tier's factor makes odd numbers of points."""
    before = standing(shop, "gold")
    receipt = till.sell([MILK, MILK, MILK, BREAD], "gold").receipt
    assert standing(shop, "gold") != before
    for lines in ({"n1": 1_000}, {"n2": None}, {"n1": 1_000}, {"n1": None}):
        take_back(till, receipt, **lines)
        pay_as_planned(till)
    assert standing(shop, "gold") == before


def test_money_earns_once_when_goods_are_exchanged(shop: Shop, till: Hands) -> None:
    receipt = till.sell([WINE], "bronze").receipt
    assert standing(shop) == (88, 88)
    take_back(till, receipt, n1=None)
    till.scan(MILK)
    pay_as_planned(till)
    assert standing(shop) == (11, 11)  # 11.50, the member's price


def test_stored_value_earns_nothing_by_way_of_an_exchange(shop: Shop, till: Hands) -> None:
    top_up(till, 10_000)
    till.attach("bronze")
    till.scan(WINE)
    receipt = pay(till, ("stored", 8_800, CARD))
    assert standing(shop) == (0, 0)
    take_back(till, receipt, n1=None)
    till.scan(MILK)
    pay_as_planned(till)
    assert standing(shop) == (0, 0)
    assert shop.one("SELECT SUM(amount) FROM value_ledger") == 10_000 - 1_150


def test_nor_does_what_is_given_back_to_a_card_count_as_paid(shop: Shop, till: Hands) -> None:
    """Part of it was stored value, part money: only what the shop keeps of the money earns."""
    top_up(till, 10_000)
    till.attach("bronze")
    till.scan(WINE)
    receipt = pay(till, ("stored", 4_400, CARD), ("cash", 4_400, None))
    assert standing(shop) == (44, 44)
    take_back(till, receipt, n1=None)
    till.scan(MILK)
    assert [(x["kind"], x["amount"]) for x in till.view()["basket"]["refund"]] == [("stored", 4_400), ("cash", 3_250)]
    pay_as_planned(till)
    assert standing(shop) == (11, 11)


def test_goods_without_a_receipt_do_not_earn_what_they_are_exchanged_for(shop: Shop, till: Hands) -> None:
    till.do("return/blind", product=shop.product("WINE").id, qty=1_000, price=8_800, reason="no receipt")
    till.approve()
    till.attach("bronze")
    till.scan(WINE)
    till.scan(BREAD)
    pay(till, ("cash", 990, None))
    assert standing(shop) == (9, 9)


def test_deposits_earn_nothing_and_take_nothing(shop: Shop, till: Hands) -> None:
    receipt = till.sell([COLA, COLA, COLA, COLA], "bronze").receipt
    assert standing(shop) == (12, 12)  # 4 × 3.00, the deposits of 0.50 apart
    take_back(till, receipt, n2=None)
    pay_as_planned(till)
    assert standing(shop) == (12, 12)


def test_points_go_back_to_whoever_earned_them(shop: Shop, till: Hands) -> None:
    receipt = till.sell([WINE], "bronze").receipt
    take_back(till, receipt, n1=None)
    till.attach("silver")
    pay_as_planned(till)
    assert standing(shop) == (0, 0)
    assert shop.ask("SELECT points, score FROM sale ORDER BY id DESC LIMIT 1") == [(0, 0)]
