"""Goods that come back: from a receipt, for what was paid; without one, for what a second person allows."""

from __future__ import annotations

from typing import Any

import pytest

from edge.errors import ShopError
from edge.returns import Document
from tests.edge.goods import BOTTLE, CARD, CARD2, COLA, PHONE, pay_as_planned, quick_pins, take_back, top_up, widen
from tests.edge.shop import BREAD, GUM, MILK, OPENING, WINE, Hands, Shop, label


def refused(slug: str, till: Hands, command: str, **args: Any) -> dict[str, Any]:
    with pytest.raises(ShopError) as caught:
        till.do(command, **args)
    assert caught.value.slug == slug
    return caught.value.params


@pytest.fixture
def wide(shop: Shop) -> Shop:
    """The shop with more on its shelves, and money of every kind."""
    widen(shop)
    quick_pins(shop)
    return shop


def document(till: Hands) -> Document:
    assert till.till.returning is not None
    return till.till.returning


# -- with a receipt


def test_a_scanned_receipt_shows_what_may_come_back(till: Hands) -> None:
    done = till.sell([MILK, MILK, BREAD], "gold")
    shown = till.scan(f"TBR{done.receipt}")["returning"]
    assert (shown["sale"], shown["receipt"]) == (done.uid, done.receipt)
    assert [(x["n"], x["qty"], x["left"], x["back"], x["taken"]) for x in shown["lines"]] == [
        (1, 2_000, 2_000, 2_300, 0), (2, 1_000, 1_000, 995, 0),
    ]  # fmt: skip


def test_a_line_goes_back_for_what_was_paid_for_it(shop: Shop, till: Hands) -> None:
    """Not for today's price, and without the member's card lying there."""
    done = till.sell([MILK, MILK, BREAD], "gold")
    shop.prices(milk=9_999)
    line = take_back(till, done.receipt, n1=1_000)["basket"]["lines"][0]
    assert (line["qty"], line["total"], line["unit_price"], line["saving"]) == (-1_000, -1_150, 1_250, -100)
    shown = pay_as_planned(till)["done"]
    assert (shown["total"], shown["change"]) == (-1_150, 0)
    assert shop.ask("SELECT kind, total, points FROM sale ORDER BY id DESC LIMIT 1")[0][:2] == ("return", -1_150)
    assert shop.one("SELECT qty FROM stock WHERE product = ?", shop.product("MILK").id) == OPENING - 1_000


def test_an_exchange_is_one_document(shop: Shop, till: Hands) -> None:
    done = till.sell([BREAD])
    take_back(till, done.receipt, n1=None)
    till.scan(MILK)
    assert till.view()["basket"]["total"] == 1_250 - 995
    assert pay_as_planned(till)["done"]["total"] == 250  # 2.55 in coins
    assert shop.ask("SELECT kind, total FROM sale ORDER BY id DESC LIMIT 1") == [("sale", 255)]
    assert shop.ask("SELECT qty, original_n FROM sale_line ORDER BY sale DESC, n LIMIT 2") == [
        (-1_000, 1), (1_000, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("qty", "slug"),
    [(3_000, "return_too_many"), (0, "return_too_many"), (-1_000, "return_too_many"), (500, "whole_pieces")],
)
def test_only_whole_pieces_that_are_left_come_back(till: Hands, qty: int, slug: str) -> None:
    done = till.sell([MILK, MILK])
    till.do("return/open", receipt=done.receipt)
    refused(slug, till, "return/take", line=1, qty=qty)


def test_what_was_weighed_comes_back_by_weight(till: Hands) -> None:
    done = till.sell([label(grams=1_250)])
    line = take_back(till, done.receipt, n1=500)["basket"]["lines"][0]
    assert (line["qty"], line["total"]) == (-500, -640)
    pay_as_planned(till)
    till.do("return/open", receipt=done.receipt)
    assert document(till).lines[0].source.left == 750


@pytest.mark.parametrize("receipt", ["S01-1-1-000002", "S02-1-1-000001", "S01-1-1", "x", "S01-1-1-1x", ""])
def test_an_unknown_receipt_is_told(till: Hands, receipt: str) -> None:
    till.sell()
    refused("receipt_unknown", till, "return/open", receipt=receipt)


def test_a_receipt_is_used_up(shop: Shop, till: Hands) -> None:
    quick_pins(shop)
    done, voided = till.sell([MILK]), till.sell([BREAD])
    till.void(voided.uid)
    refused("receipt_voided", till, "return/open", receipt=voided.receipt)
    take_back(till, done.receipt, n1=None)
    back = pay_as_planned(till)["done"]
    refused("receipt_done", till, "return/open", receipt=done.receipt)
    refused("receipt_kind", till, "return/open", receipt=back["receipt"])


def test_a_line_lies_in_the_cart_once(till: Hands) -> None:
    done = till.sell([MILK, MILK])
    take_back(till, done.receipt, n1=1_000)
    refused("return_there", till, "return/take", line=1, qty=1_000)
    till.do("qty", line=1, qty=-2_000)
    refused("return_too_many", till, "qty", line=1, qty=-3_000)
    refused("qty_out_of_bounds", till, "qty", line=1, qty=1_000)


@pytest.mark.fault("F91")
def test_two_tills_cannot_give_the_same_thing_back(till: Hands, other_till: Hands) -> None:
    done = till.sell([MILK])
    for hands in (till, other_till):
        take_back(hands, done.receipt, n1=None)
    pay_as_planned(other_till)
    refused("return_changed", till, "pay", tenders=[{"kind": "cash", "received": 1_250}])


def test_nor_may_a_sale_be_voided_of_which_something_is_back(shop: Shop, till: Hands) -> None:
    quick_pins(shop)
    done = till.sell([MILK, BREAD])
    take_back(till, done.receipt, n1=None)
    back = pay_as_planned(till)["done"]
    till.do("void", sale=done.uid, reason="r")
    with pytest.raises(ShopError, match="void_returned"):
        till.approve()
    till.do("void", sale=back["sale"], reason="r")
    with pytest.raises(ShopError, match="void_kind"):
        till.approve()


@pytest.mark.parametrize(("sold_at", "back_at"), [("3", "1"), ("1", "3")])
def test_practice_and_business_do_not_mix(shop: Shop, sold_at: str, back_at: str) -> None:
    """Otherwise what a trainee never took in could be given out, and the other way round a real receipt used up."""
    for lane in (sold_at, back_at):
        shop.tills[lane].log_in()
    done = shop.tills[sold_at].sell()
    refused("receipt_unknown", shop.tills[back_at], "return/open", receipt=done.receipt)


def test_nor_do_they_by_a_cart_that_was_put_aside(shop: Shop, till: Hands, training_till: Hands) -> None:
    done = till.sell()
    take_back(till, done.receipt, n1=None)
    till.do("hold")
    training_till.do("recall", held=shop.one("SELECT uid FROM held"))
    refused("return_changed", training_till, "pay", tenders=[{"kind": "cash", "received": 1_250}])


# -- what a receipt knows of goods that the catalogue has otherwise now


def test_goods_that_are_sold_no_more_survive_a_restart_in_the_cart(shop: Shop, till: Hands) -> None:
    from edge import catalog
    from tests.edge.shop import CATEGORIES, PRODUCTS

    done = till.sell([GUM])
    catalog.load(shop.box, CATEGORIES, PRODUCTS[:3])
    before = take_back(till, done.receipt, n1=None)["basket"]["lines"]
    shop.restart()
    after = shop.tills["1"].view()["basket"]["lines"]
    assert [(x["name"], x["qty"], x["total"]) for x in after] == [(x["name"], x["qty"], x["total"]) for x in before]
    assert len(after) == 1


def test_a_product_that_became_a_deposit_still_takes_its_points_back(wide: Shop, till: Hands) -> None:
    """What a line was when it was sold decides, not what its product has become."""
    from dataclasses import replace

    from edge import catalog
    from tests.edge.shop import CATEGORIES, PRODUCTS

    done = till.sell([WINE], "bronze")
    assert done.points == 88
    catalog.load(wide.box, CATEGORIES, [replace(p, flags=("deposit",)) if p.sku == "WINE" else p for p in PRODUCTS])
    take_back(till, done.receipt, n1=None)
    assert pay_as_planned(till)["done"]["points"] == -88


def test_a_deposit_comes_back_from_the_receipt(wide: Shop, till: Hands) -> None:
    done = till.sell([COLA])
    take_back(till, done.receipt, n2=None)
    assert pay_as_planned(till)["done"]["total"] == -50
    assert wide.ask("SELECT category FROM sale_line ORDER BY sale DESC LIMIT 1") == [("#deposit",)]


def test_a_top_up_does_not_come_back(wide: Shop, till: Hands) -> None:
    """Its money may be spent; only a void takes it back, if it is still there."""
    top_up(till, 5_000)
    assert till.till.done is not None
    refused("receipt_done", till, "return/open", receipt=till.till.done.receipt)


# -- how it is given back


def plan(till: Hands) -> list[tuple[str, int, str | None]]:
    return [(x["kind"], x["amount"], x["reference"]) for x in till.view()["basket"]["refund"]]


def card_sale(till: Hands, *tenders: tuple[str, int, str | None], codes: tuple[str, ...] = (MILK,)) -> str:
    for code in codes:
        till.scan(code)
    shown = till.do("pay", tenders=[{"kind": k, "received": a, "reference": r} for k, a, r in tenders])["done"]
    return str(shown["receipt"])


def test_what_a_card_paid_goes_back_to_the_card(till: Hands) -> None:
    take_back(till, card_sale(till, ("card", 1_250, "T1")), n1=None)
    assert plan(till) == [("card", 1_250, None)]


def test_coins_are_planned_as_they_can_be_given(till: Hands) -> None:
    take_back(till, till.sell([BREAD]).receipt, n1=None)
    assert plan(till) == [("cash", 990, None)]
    assert pay_as_planned(till)["done"]["total"] == -990


def test_a_split_payment_goes_back_to_the_card_first(till: Hands) -> None:
    take_back(till, card_sale(till, ("card", 1_000, "T1"), ("cash", 250, None)), n1=None)
    assert plan(till) == [("card", 1_000, None), ("cash", 250, None)]


def test_stored_value_goes_back_to_its_card(wide: Shop, till: Hands) -> None:
    top_up(till, 5_000)
    receipt = card_sale(till, ("stored", 1_250, CARD))
    take_back(till, receipt, n1=None)
    assert plan(till) == [("stored", 1_250, CARD)]
    pay_as_planned(till)
    assert wide.one("SELECT SUM(amount) FROM value_ledger") == 5_000


def test_what_was_written_down_for_a_member_is_written_off_again(wide: Shop, till: Hands) -> None:
    """Nobody is given coins for what he never paid."""
    till.attach("gold")
    till.scan(MILK)
    view = till.do("pay", tenders=[{"kind": "account", "received": 1_150}])
    assert view["approval"]["action"] == "sale.account"
    receipt = till.approve()["done"]["receipt"]
    take_back(till, receipt, n1=None)
    assert plan(till) == [("account", 1_150, None)]
    assert pay_as_planned(till)["approval"] is None
    assert wide.ask("SELECT kind, amount FROM tender ORDER BY sale DESC LIMIT 1") == [("account", -1_150)]


@pytest.mark.parametrize(
    "other",
    [("cash", 1_250, None), ("stored", 1_250, CARD2), ("account", 1_250, None)],
)
def test_any_other_way_needs_a_second_person(wide: Shop, till: Hands, other: tuple[str, int, str | None]) -> None:
    top_up(till, 1_000, CARD2)
    receipt = card_sale(till, ("card", 1_250, "T1"))
    take_back(till, receipt, n1=None)
    till.attach("gold")
    kind, amount, reference = other
    view = till.do("pay", tenders=[{"kind": kind, "received": amount, "reference": reference}])
    assert view["approval"]["action"] == "sale.refund_other" and view["done"] is None
    assert till.approve()["done"]["total"] == -1_250
    assert wide.one("SELECT COUNT(*) FROM audit WHERE action = 'refund_other'") == 1


def test_so_does_a_card_for_what_was_paid_in_coins(till: Hands) -> None:
    take_back(till, till.sell([MILK]).receipt, n1=None)
    view = till.do("pay", tenders=[{"kind": "card", "received": 1_250}])
    assert view["approval"]["action"] == "sale.refund_other"


def test_a_return_from_two_receipts_uses_up_each_ones_share(shop: Shop, till: Hands) -> None:
    first = card_sale(till, ("card", 2_500, "T1"), codes=(MILK, MILK))
    second = card_sale(till, ("card", 2_500, "T2"), codes=(MILK, MILK))
    take_back(till, first, n1=1_000)
    take_back(till, second, n1=1_000)
    assert plan(till) == [("card", 1_250, None), ("card", 1_250, None)]
    pay_as_planned(till)
    take_back(till, first, n1=1_000)
    assert plan(till) == [("card", 1_250, None)]


def test_an_exchange_makes_no_coins_of_what_a_card_paid(till: Hands) -> None:
    """12.50 by card, changed for the same, 88.00 for it with 75.50 in coins: the card's part stays the card's."""
    receipt = card_sale(till, ("card", 2_500, "T1"), codes=(MILK, MILK))
    take_back(till, receipt, n1=1_000)
    till.scan(MILK)
    second = till.do("pay", tenders=[])["done"]["receipt"]
    take_back(till, second, n2=None)
    assert plan(till) == [("card", 1_250, None)]
    till.scan(WINE)
    till.do("age", ok=True)
    third = till.do("pay", tenders=[{"kind": "cash", "received": 7_550}])["done"]["receipt"]
    take_back(till, third, n2=None)
    assert plan(till) == [("card", 1_250, None), ("cash", 7_550, None)]
    pay_as_planned(till)
    take_back(till, receipt, n1=1_000)
    assert plan(till) == [("card", 1_250, None)], "what was kept of the first sale was paid by card, too"


def split_and_changed(till: Hands) -> tuple[str, str]:
    """The receipts of two milks, 20.00 of 25.00 by card, and of the milk that one of them was changed for."""
    first = card_sale(till, ("card", 2_000, "T1"), ("cash", 500, None), codes=(MILK, MILK))
    take_back(till, first, n1=1_000)
    till.scan(MILK)
    return first, str(till.do("pay", tenders=[])["done"]["receipt"])


def test_a_card_gets_back_no_more_than_it_paid_however_often_goods_were_changed(till: Hands) -> None:
    first, second = split_and_changed(till)
    take_back(till, second, n2=None)
    till.scan(MILK)
    third = till.do("pay", tenders=[])["done"]["receipt"]
    take_back(till, third, n2=None)
    assert plan(till) == [("card", 1_250, None)]
    pay_as_planned(till)
    take_back(till, first, n1=1_000)
    assert plan(till) == [("card", 750, None), ("cash", 500, None)]


def test_nor_when_both_come_back_at_once(till: Hands) -> None:
    first, second = split_and_changed(till)
    take_back(till, first, n1=1_000)
    take_back(till, second, n2=None)
    assert plan(till) == [("card", 1_250, None), ("card", 750, None), ("cash", 500, None)]


def test_nor_of_what_nobody_has_paid_yet(wide: Shop, till: Hands) -> None:
    till.attach("gold")
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "account", "received": 1_150}])
    receipt = till.approve()["done"]["receipt"]
    take_back(till, receipt, n1=None)
    till.scan(MILK)
    second = till.do("pay", tenders=[])["done"]["receipt"]
    take_back(till, second, n2=None)
    assert plan(till) == [("account", 1_150, None)]
    view = till.do("pay", tenders=[{"kind": "cash", "received": 1_150}])
    assert view["approval"]["action"] == "sale.refund_other"


# -- without a receipt


def blind(till: Hands, **args: Any) -> dict[str, Any]:
    given = {"product": till.shop.product("MILK").id, "qty": 1_000, "price": 1_000, "reason": "no receipt", **args}
    return till.do("return/blind", **given)


def test_without_a_receipt_a_second_person_allows_it(shop: Shop, till: Hands) -> None:
    quick_pins(shop)
    assert blind(till)["approval"]["action"] == "sale.return_blind"
    line = till.approve()["basket"]["lines"][0]
    assert (line["qty"], line["total"], line["asked"]) == (-1_000, -1_000, 1_000)
    assert pay_as_planned(till)["done"]["total"] == -1_000
    assert shop.ask("SELECT action, reason, staff, approver FROM audit WHERE action LIKE 'return%'") == [
        ("return_without_receipt", "no receipt", shop.person("cashier").id, shop.person("manager").id)
    ]
    assert shop.ask("SELECT qty, original, tax FROM sale_line ORDER BY sale DESC LIMIT 1") == [(-1_000, None, -115)]


@pytest.mark.parametrize(
    ("args", "slug"),
    [
        ({"price": 1_251}, "return_price"), ({"price": -1}, "return_price"), ({"qty": 0}, "whole_pieces"),
        ({"qty": -1_000}, "whole_pieces"), ({"qty": 1_500}, "whole_pieces"), ({"reason": " "}, "reason_missing"),
        ({"reason": "a\x1bp"}, "reason_missing"), ({"product": 999}, "product_gone"),
        ({"qty": 10**9}, "qty_out_of_bounds"),
    ],
)  # fmt: skip
def test_what_is_asked_without_a_receipt_must_make_sense(shop: Shop, till: Hands, args: Any, slug: str) -> None:
    quick_pins(shop)
    with pytest.raises(ShopError, match=slug):
        if blind(till, **args)["approval"]:
            till.approve()
    assert till.view()["basket"]["lines"] == []


def test_what_was_allowed_once_is_not_more_afterwards(shop: Shop, till: Hands) -> None:
    quick_pins(shop)
    blind(till)
    till.approve()
    refused("line_as_it_is", till, "qty", line=1, qty=-100_000)
    assert till.view()["basket"]["total"] == -1_000


@pytest.mark.parametrize("sku", [BOTTLE, "#VALUE"])
def test_deposits_and_stored_value_have_ways_of_their_own(wide: Shop, till: Hands, sku: str) -> None:
    product = 0 if sku == "#VALUE" else wide.product(sku).id
    with pytest.raises(ShopError, match="product_gone"):
        blind(till, product=product)


@pytest.mark.fault("F102")
@pytest.mark.parametrize("sku", ["MILK", BOTTLE, PHONE, "APPLES", "FLOWERS"])
def test_nothing_is_given_back_by_selling_less_than_nothing(wide: Shop, till: Hands, sku: str) -> None:
    with pytest.raises(ShopError):
        till.add(sku, -1_000, **({"price": 100} if sku == "FLOWERS" else {}))
    assert till.view()["basket"]["lines"] == []
