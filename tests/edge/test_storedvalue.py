"""Stored value: a ledger of its own, whose balance is never below zero and never spent twice."""

from __future__ import annotations

import pytest

from edge import storedvalue
from edge.errors import ShopError
from tests.edge.goods import CARD, CARD2, top_up, widen
from tests.edge.shop import BREAD, MILK, Hands, Shop


@pytest.fixture
def till(shop: Shop, till: Hands) -> Hands:
    """Lane 1 in a shop that sells stored value; its first sale is there to hang entries on."""
    widen(shop)
    till.sell([MILK])
    return till


def book(shop: Shop, *moves: storedvalue.Move) -> None:
    with shop.box.transaction():
        storedvalue.book(shop.box, moves, shop.one("SELECT MAX(id) FROM sale"), 0)


def refused(slug: str, shop: Shop, *moves: storedvalue.Move) -> dict[str, object]:
    with pytest.raises(ShopError) as caught:
        book(shop, *moves)
    assert caught.value.slug == slug
    return dict(caught.value.params)


def test_only_our_cards_are_cards() -> None:
    assert storedvalue.is_card(CARD) and not storedvalue.is_card(MILK) and not storedvalue.is_card("")


def test_a_top_up_opens_a_card_and_adds_to_it(shop: Shop, till: Hands) -> None:
    book(shop, (CARD, 500, "top_up"))
    book(shop, (CARD, 700, "top_up"), (CARD2, 100, "top_up"))
    assert (storedvalue.balance(shop.box, CARD), storedvalue.balance(shop.box, CARD2)) == (1_200, 100)


def test_a_card_that_nobody_opened_is_unknown(shop: Shop, till: Hands) -> None:
    with pytest.raises(ShopError, match="value_unknown"):
        storedvalue.balance(shop.box, CARD)
    refused("value_unknown", shop, storedvalue.paid(CARD, 1))


def test_no_more_is_spent_than_is_on_it_even_in_two_parts(shop: Shop, till: Hands) -> None:
    book(shop, (CARD, 500, "top_up"))
    assert refused("value_short", shop, storedvalue.paid(CARD, 501)) == {"missing": 1}
    assert refused("value_short", shop, storedvalue.paid(CARD, 300), storedvalue.paid(CARD, 300)) == {"missing": 100}
    assert storedvalue.balance(shop.box, CARD) == 500  # all or nothing


def test_what_is_given_back_is_on_it_again(shop: Shop, till: Hands) -> None:
    book(shop, (CARD, 500, "top_up"))
    book(shop, storedvalue.paid(CARD, 500))
    book(shop, storedvalue.paid(CARD, -200))
    assert storedvalue.balance(shop.box, CARD) == 200
    reasons = [reason for (reason,) in shop.ask("SELECT reason FROM value_ledger ORDER BY id")]
    assert reasons == ["top_up", "paid", "refunded"]


def test_small_letters_are_the_same_card(shop: Shop, till: Hands) -> None:
    book(shop, (CARD, 500, "top_up"))
    book(shop, storedvalue.paid(CARD.lower(), 100))
    assert storedvalue.balance(shop.box, CARD.lower()) == 400


def test_a_card_holds_so_much_and_no_more(shop: Shop, till: Hands) -> None:
    book(shop, (CARD, storedvalue.MAX_BALANCE, "top_up"))
    assert refused("value_too_much", shop, (CARD, 1, "top_up")) == {"limit": storedvalue.MAX_BALANCE}


def test_a_blocked_card_neither_pays_nor_takes(shop: Shop, till: Hands) -> None:
    book(shop, (CARD, 500, "top_up"))
    shop.db.execute_sql("UPDATE value_card SET state = 'blocked'")
    for move in (storedvalue.paid(CARD, 1), (CARD, 1, "top_up")):
        refused("value_blocked", shop, move)


def test_the_balance_after_each_document_is_kept(shop: Shop, till: Hands) -> None:
    sales = []
    for amount in (500, 300):
        top_up(till, amount)
        sales.append(shop.one("SELECT MAX(id) FROM sale"))
    assert [storedvalue.balance_after(shop.box, CARD, sale) for sale in sales] == [500, 800]
    assert storedvalue.balance_after(shop.box, CARD, sales[0] - 1) is None
    assert storedvalue.balance_after(shop.box, CARD2, sales[0]) is None


def test_a_top_up_is_no_turnover_of_goods(shop: Shop, till: Hands) -> None:
    """No tax, no points, no discount, and a shelf of its own."""
    till.attach("gold")
    till.do("value/top-up", card=CARD, amount=5_000)
    till.pay_cash()
    assert shop.ask("SELECT total, tax, saving, points FROM sale ORDER BY id DESC LIMIT 1") == [(5_000, 0, 0, 0)]
    assert shop.one("SELECT category FROM sale_line ORDER BY sale DESC LIMIT 1") == "#stored"


def test_practice_puts_nothing_on_a_card(shop: Shop, till: Hands, training_till: Hands) -> None:
    training_till.do("value/top-up", card=CARD, amount=5_000)
    training_till.pay_cash()
    assert shop.ask("SELECT 1 FROM value_ledger") == []


def test_a_void_takes_the_top_up_off_again_unless_it_was_spent(shop: Shop, till: Hands) -> None:
    top_up(till, 5_000)
    till.void(till.view()["done"]["sale"])
    assert storedvalue.balance(shop.box, CARD) == 0
    top_up(till, 5_000)
    sale = till.view()["done"]["sale"]
    other = shop.tills["2"]
    other.log_in()
    other.scan(MILK)
    other.do("pay", tenders=[{"kind": "stored", "received": 1_250, "reference": CARD}])
    till.do("void", sale=sale, reason="r")
    with pytest.raises(ShopError, match="value_short"):
        till.approve()
    assert storedvalue.balance(shop.box, CARD) == 3_750


# -- at the till -------------------------------------------------------------------------------------------------------


def stored(amount: int, card: str = CARD) -> dict[str, object]:
    """The tender of a page."""
    return {"kind": "stored", "received": amount, "reference": card}


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
    top_up(till, 2_000)
    till.void(till.view()["done"]["sale"])
    assert storedvalue.balance(shop.box, CARD) == 0
