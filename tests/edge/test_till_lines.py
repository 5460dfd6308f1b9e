"""What is put into the cart and said of its lines: money on cards, empties, ages, what a new customer starts with."""

from __future__ import annotations

from typing import Any

import pytest

from edge import checkout
from edge.errors import ShopError
from tests.edge.goods import CARD, CARD2, quick_pins, widen
from tests.edge.shop import GUM, MILK, WINE, Hands, Shop


@pytest.fixture(autouse=True)
def wide(shop: Shop) -> Shop:
    """More goods, money of every kind, quick PINs."""
    widen(shop)
    quick_pins(shop)
    return shop


def refused(slug: str, till: Hands, command: str, **args: Any) -> None:
    with pytest.raises(ShopError) as caught:
        till.do(command, **args)
    assert caught.value.slug == slug


def test_the_same_amount_for_two_cards_goes_onto_each(shop: Shop, till: Hands) -> None:
    till.do("value/top-up", card=CARD, amount=1_000)
    till.do("value/top-up", card=CARD2, amount=1_000)
    till.pay_cash()
    assert shop.ask(
        "SELECT c.code, SUM(e.amount) FROM value_card c JOIN value_ledger e ON e.card = c.id GROUP BY 1 ORDER BY 1"
    ) == [(CARD, 1_000), (CARD2, 1_000)]


def test_the_next_customer_inherits_nothing_of_a_cleared_cart(till: Hands) -> None:
    till.scan(WINE)
    till.do("age", ok=True)
    till.do("discount", percent=1_000, reason="friend")
    till.do("clear")
    till.scan(WINE)
    basket = till.view()["basket"]
    assert (basket["total"], basket["cut"]) == (8_800, None)
    assert basket["age"], "whoever comes next may be a child"


def test_undo_brings_a_cleared_cart_back_with_what_was_taken_off(till: Hands) -> None:
    till.scan(MILK)
    till.do("discount", percent=1_000, reason="friend")
    till.do("clear")
    assert till.do("undo")["basket"]["total"] == 1_125


def test_pieces_are_not_weighed(shop: Shop, till: Hands) -> None:
    refused("whole_pieces", till, "add", product=shop.product("MILK").id, gross=1_500, tare=200)
    assert not till.view()["basket"]["lines"]


def test_a_debt_is_not_paid_off_twice_over(shop: Shop, till: Hands, other_till: Hands) -> None:
    """A payment is checked when it is begun; its pieces, its member and the debt may be others when it is paid."""
    till.attach("gold")
    till.scan(GUM)
    till.do("pay", tenders=[{"kind": "account", "received": 333}])
    till.approve()
    till.attach("gold")
    till.do("account/pay", amount=333)
    refused("line_as_it_is", till, "qty", line=1, qty=3_000)
    other_till.attach("gold")
    other_till.do("account/pay", amount=333)
    other_till.do("pay", tenders=[{"kind": "card", "received": 333}])
    refused("account_overpaid", till, "pay", tenders=[{"kind": "card", "received": 333}])
    till.attach("silver")
    refused("account_overpaid", till, "pay", tenders=[{"kind": "card", "received": 333}])
    till.do("member/detach")
    refused("tender_needs", till, "pay", tenders=[{"kind": "card", "received": 333}])
    assert shop.one("SELECT COUNT(*) FROM sale WHERE lane IN ('1', '2')") == 2


def test_two_tills_at_the_same_moment_do_not_pass_a_limit(
    shop: Shop, till: Hands, other_till: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.setting("account", {"limit": 1_500})
    shop.setting("permissions", {"sale.account": "allow"})
    for hands in (till, other_till):
        hands.attach("gold")
        hands.scan(MILK)
    book = checkout.complete_sale

    def late(*args: Any) -> Any:
        monkeypatch.undo()
        other_till.do("pay", tenders=[{"kind": "account", "received": 1_150}])
        return book(*args)

    monkeypatch.setattr(checkout, "complete_sale", late)
    refused("account_limit", till, "pay", tenders=[{"kind": "account", "received": 1_150}])
    assert shop.one("SELECT SUM(amount) FROM tender WHERE kind = 'account'") == 1_150
