"""Stored value: money that customers paid in beforehand, kept by card, paid out by sales and put back by returns."""

from __future__ import annotations

import pytest

from edge import codes, storedvalue
from edge.errors import ShopError
from tests.edge.shop import BREAD, MILK, Hands, Shop

CARD = codes.value_code(7)


@pytest.fixture
def till(shop: Shop, till: Hands) -> Hands:
    """A till of a shop that takes stored value."""
    shop.setting("tenders", ["cash", "card", "stored"])
    return till


def stored(amount: int, card: str = CARD) -> dict[str, object]:
    """The tender of a page."""
    return {"kind": "stored", "received": amount, "reference": card}


def top_up(till: Hands, amount: int) -> str:
    """Sell stored value for cash; returns the sale's uid."""
    till.do("value/top-up", card=CARD, amount=amount)
    return str(till.pay_cash()["done"]["sale"])


def test_money_is_put_on_a_card_pays_a_part_and_is_kept_to_the_last_coin(shop: Shop, till: Hands) -> None:
    top_up(till, 2_000)
    top_up(till, 500)  # a card that has money on it takes more
    till.scan(MILK)
    till.scan(BREAD)
    due = till.view()["basket"]["total"]
    till.do("tender/take", tender=stored(1_500))
    assert storedvalue.balance(shop.box, CARD) == 2_500  # nothing is taken off before the sale is complete
    assert till.view()["basket"]["left"] == due - 1_500
    till.do("pay", tenders=[{"kind": "cash", "received": till.view()["basket"]["cash_due"]}])
    assert storedvalue.balance(shop.box, CARD) == 1_000


def test_more_than_the_card_holds_is_refused_and_nothing_is_sold(shop: Shop, till: Hands) -> None:
    top_up(till, 500)
    till.scan(MILK)
    with pytest.raises(ShopError) as short:
        till.do("pay", tenders=[stored(1_250)])
    assert (short.value.slug, short.value.params["missing"]) == ("value_short", 750)
    assert storedvalue.balance(shop.box, CARD) == 500 and len(till.view()["basket"]["lines"]) == 1


def test_what_a_card_paid_goes_back_onto_it_with_the_goods(shop: Shop, till: Hands) -> None:
    top_up(till, 2_000)
    till.scan(MILK)
    receipt = till.do("pay", tenders=[stored(1_250)])["done"]["receipt"]
    till.scan(f"TBR{receipt}")
    view = till.do("return/take", line=1)
    assert [(x["kind"], x["amount"], x["reference"]) for x in view["basket"]["refund"]] == [("stored", 1_250, CARD)]
    till.do("pay", tenders=[stored(1_250)])
    assert storedvalue.balance(shop.box, CARD) == 2_000


def test_a_void_takes_off_the_card_what_its_sale_had_put_on_it(shop: Shop, till: Hands) -> None:
    sale = top_up(till, 2_000)
    till.void(sale)
    assert storedvalue.balance(shop.box, CARD) == 0
