"""Opening with a float, closing with a count: what the drawer should hold and what it does."""

from __future__ import annotations

import json

import pytest

from edge.errors import ShopError
from edge.journal import verify
from edge.receipts import compose
from tests.edge.shop import BREAD, MILK, Hands, Shop


def test_a_shift_opened_with_a_float_expects_float_and_takings(shop: Shop, till: Hands) -> None:
    till.do("shift/open", float=20_000)
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "cash", "received": 5_000}])  # 12.50, of a 50 note
    view = till.do("shift/close", counted=21_000)
    closed = view["closed"]
    assert (closed["float"], closed["expected"], closed["counted"]) == (20_000, 21_250, 21_000)
    assert closed["difference"] == -250
    assert view["shift"] is None
    (data,) = [json.loads(b)["data"] for (b,) in shop.ask("SELECT body FROM journal WHERE body LIKE '%shift.closed%'")]
    assert data["difference"] == -250 and data["tenders"] == {"cash": 1_250}


def test_a_voided_sale_leaves_the_drawer_as_it_was(till: Hands) -> None:
    till.do("shift/open", float=10_000)
    done = till.sell()
    till.void(done.uid)
    closed = till.do("shift/close", counted=10_000)["closed"]
    assert (closed["expected"], closed["difference"], closed["sales"], closed["voids"]) == (10_000, 0, 1, 1)


def test_a_lane_has_one_shift(till: Hands) -> None:
    till.do("shift/open", float=0)
    with pytest.raises(ShopError, match="shift_is_open"):
        till.do("shift/open", float=0)
    till.do("shift/close", counted=0)
    with pytest.raises(ShopError, match="shift_is_closed"):
        till.do("shift/close", counted=0)


def test_an_open_cart_keeps_the_shift_open(till: Hands) -> None:
    till.sell()
    till.scan(MILK)
    with pytest.raises(ShopError, match="basket_open"):
        till.do("shift/close", counted=0)


@pytest.mark.parametrize("amount", [-1, 100_000_001, True, "5"])
def test_only_amounts_are_counted(till: Hands, amount: object) -> None:
    with pytest.raises(ShopError, match="amount_out_of_bounds|bad_request"):
        till.do("shift/open", float=amount)


def test_a_store_may_want_every_shift_opened_by_hand(shop: Shop, till: Hands) -> None:
    shop.setting("shift", {"by_hand": True})
    assert till.scan(MILK)["shift_needed"] is True
    with pytest.raises(ShopError, match="shift_needed"):
        till.pay_cash()
    assert till.view()["basket"]["count"] == 1  # nothing is lost
    till.do("shift/open", float=5_000)
    till.pay_cash()
    assert till.view()["shift_needed"] is False


def test_a_card_sale_needs_no_coins_and_opens_no_drawer(shop: Shop, till: Hands) -> None:
    till.scan(BREAD)  # 9.95: in coins it would be 9.90
    view = till.do("pay", tenders=[{"kind": "card", "received": 995, "reference": "T4711"}])
    assert (view["done"]["total"], view["done"]["change"]) == (995, 0)
    assert [kind for (kind,) in shop.ask("SELECT kind FROM print_job")] == ["receipt"]
    assert shop.ask("SELECT kind, amount, reference FROM tender ORDER BY sale DESC LIMIT 1") == [("card", 995, "T4711")]
    shown = str(compose(shop.box, shop.one("SELECT MAX(id) FROM sale")))
    assert "T4711" in shown and "Change" not in shown


def test_part_by_card_and_the_rest_in_coins_rounds_only_the_coins(shop: Shop, till: Hands) -> None:
    till.scan(BREAD)
    done = till.do("pay", tenders=[{"kind": "card", "received": 500}, {"kind": "cash", "received": 500}])["done"]
    assert (done["total"], done["change"]) == (990, 10)  # 4.95 left -> 4.90 in coins
    assert shop.ask("SELECT kind, amount, change FROM tender ORDER BY sale DESC, n LIMIT 2") == [
        ("card", 500, 0),
        ("cash", 490, 10),
    ]


@pytest.mark.parametrize(
    ("tenders", "slug"),
    [
        ([{"kind": "card", "received": 996}], "card_too_much"),
        ([{"kind": "card", "received": 900}], "tender_short"),
        ([{"kind": "cheque", "received": 995}], "tender_kind"),
        ([{"kind": "card", "received": 995, "reference": "4111 1111 1111 1111"}], "reference_looks_like_card"),
    ],
)
def test_what_a_card_cannot_pay(till: Hands, tenders: list[dict[str, object]], slug: str) -> None:
    till.scan(BREAD)
    with pytest.raises(ShopError, match=slug):
        till.do("pay", tenders=tenders)
    assert till.view()["basket"]["count"] == 1


def test_a_void_gives_back_to_the_card(shop: Shop, till: Hands) -> None:
    till.scan(BREAD)
    till.do("pay", tenders=[{"kind": "card", "received": 995, "reference": "T1"}])
    assert till.till.done is not None
    till.void(till.till.done.uid)
    assert shop.ask("SELECT kind, amount FROM tender ORDER BY sale DESC LIMIT 1") == [("card", -995)]
    closed = till.do("shift/close", counted=0)["closed"]
    assert closed["expected"] == 0 and closed["tenders"] == {"card": 0}
    assert list(verify(shop.box.db, shop.box.source)) == []


def test_a_void_says_what_to_give_back_and_how(till: Hands) -> None:
    till.scan(BREAD)
    till.do("pay", tenders=[{"kind": "card", "received": 500}, {"kind": "cash", "received": 500}])
    assert till.view()["last_sale"]["tenders"] == {"card": 500, "cash": 490}
    assert till.till.done is not None
    notice = till.void(till.till.done.uid)["notice"]
    assert notice["params"]["back"] == "Give back ¥4.90 in cash. Reverse ¥5.00 on the card terminal"


def test_practice_sales_are_no_money_in_the_drawer(shop: Shop, till: Hands) -> None:
    till.do("shift/open", float=1_000)
    till.sell()
    shop.box.db.execute_sql("UPDATE sale SET mode = 'training' WHERE id = (SELECT MAX(id) FROM sale)")
    closed = till.do("shift/close", counted=1_000)["closed"]
    assert (closed["expected"], closed["sales"]) == (1_000, 0)


@pytest.mark.parametrize(("currency", "step"), [("CNY", 10), ("EUR", 1), ("JPY", 1)])
def test_coins_are_those_of_the_stores_currency(shop: Shop, currency: str, step: int) -> None:
    shop.box.db.execute_sql("UPDATE box SET currency = ?", (currency,))
    shop.box.reload_rules()
    assert shop.box.rules.cash_step == step
