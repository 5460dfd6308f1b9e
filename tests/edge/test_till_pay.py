"""Taking money in parts, giving it back, and what a till must not do twice."""

from __future__ import annotations

from typing import Any

import pytest

from edge.errors import ShopError
from tests.edge.goods import CARD, CARD2, pay_as_planned, quick_pins, take_back, top_up, widen
from tests.edge.shop import BREAD, CARDS, GUM, MILK, WINE, Hands, Shop


@pytest.fixture(autouse=True)
def wide(shop: Shop) -> Shop:
    """More goods, money of every kind, quick PINs."""
    widen(shop)
    quick_pins(shop)
    return shop


def take(till: Hands, kind: str, amount: int, reference: str | None = None) -> dict[str, Any]:
    return till.do("tender/take", tender={"kind": kind, "received": amount, "reference": reference})


def refused(slug: str, till: Hands, command: str, **args: Any) -> None:
    with pytest.raises(ShopError) as caught:
        till.do(command, **args)
    assert caught.value.slug == slug


def tenders(shop: Shop) -> list[tuple[str, int, str | None]]:
    return shop.ask("SELECT kind, amount, reference FROM tender ORDER BY sale DESC, n LIMIT 3")  # type: ignore[return-value]


# -- parts


def test_what_was_taken_counts_before_the_rest_is_due(shop: Shop, till: Hands) -> None:
    till.scan(WINE)
    till.do("age", ok=True)
    view = take(till, "card", 5_000, "T1")
    assert (view["basket"]["left"], view["basket"]["paid"]) == (
        3_800, [{"kind": "card", "amount": 5_000, "reference": "T1"}],
    )  # fmt: skip
    take(till, "card", 1_000, "T2")
    till.do("pay", tenders=[{"kind": "cash", "received": 3_000}])
    assert tenders(shop) == [("card", 5_000, "T1"), ("card", 1_000, "T2"), ("cash", 2_800, None)]


@pytest.mark.parametrize(
    ("kind", "amount", "reference", "slug"),
    [
        ("cash", 100, None, "tender_kind"),
        ("cheque", 100, None, "tender_kind"),
        ("card", 1_251, None, "card_too_much"),
        ("card", 0, None, "card_too_much"),
        ("card", -1, None, "card_too_much"),
        ("stored", 500, CARD2, "value_unknown"),
        ("stored", 1_001, CARD, "value_short"),
        ("card", 10**9, None, "amount_out_of_bounds"),
    ],
)
def test_what_cannot_be_a_part(till: Hands, kind: str, amount: int, reference: str | None, slug: str) -> None:
    top_up(till, 1_000)
    till.scan(MILK)
    refused(slug, till, "tender/take", tender={"kind": kind, "received": amount, "reference": reference})
    assert till.view()["basket"]["paid"] == []


def test_a_balance_is_not_taken_twice_before_it_is_booked(till: Hands) -> None:
    top_up(till, 1_000)
    till.scan(MILK)
    take(till, "stored", 700, CARD)
    refused("value_short", till, "tender/take", tender={"kind": "stored", "received": 400, "reference": CARD})
    take(till, "stored", 300, CARD)


@pytest.mark.fault("F01", "F105")
@pytest.mark.parametrize("how", ["restart", "reboot"])
def test_what_a_terminal_approved_outlives_the_process(shop: Shop, till: Hands, how: str) -> None:
    """The money is taken; a till that forgot it would take it again."""
    till.scan(MILK)
    take(till, "card", 1_000, "T1")
    getattr(shop, how)()
    assert shop.tills["1"].view()["basket"]["paid"] == [{"kind": "card", "amount": 1_000, "reference": "T1"}]
    shop.tills["1"].log_in()
    shop.tills["1"].do("tender/drop", n=0)
    shop.restart()
    assert shop.tills["1"].view()["basket"]["paid"] == []


def test_a_part_that_was_reversed_at_the_terminal_is_told(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    take(till, "card", 1_000)
    refused("line_gone", till, "tender/drop", n=1)
    refused("line_gone", till, "tender/drop", n=-1)
    assert till.do("tender/drop", n=0)["basket"]["paid"] == []
    assert shop.ask("SELECT action, json_extract(detail, '$.amount') FROM audit WHERE action LIKE 'part%'") == [
        ("part_reversed", 1_000)
    ]


def test_with_a_part_taken_nothing_else_begins(shop: Shop, till: Hands) -> None:
    till.sell()
    till.scan(MILK)
    till.do("hold")
    held = shop.one("SELECT uid FROM held")
    till.scan(BREAD)
    take(till, "card", 500)
    for command, args in (("clear", {}), ("hold", {}), ("shift/close", {"counted": 0})):
        refused("basket_part_paid", till, command, **args)
    till.do("remove", line=1)  # even with no line left, the money is there
    refused("basket_part_paid", till, "recall", held=held)
    refused("basket_part_paid", till, "shift/close", counted=0)
    assert till.view()["basket"]["paid"]


def test_money_that_was_taken_is_never_booked_as_given(shop: Shop, till: Hands) -> None:
    """Part by card, then goods come back that are worth more: the card's money must be reversed first."""
    receipt = till.sell([WINE]).receipt
    till.scan(MILK)
    take(till, "card", 1_000, "T1")
    take_back(till, receipt, n1=None)
    for given in ([{"kind": "cash", "received": 7_550}], []):
        refused("card_too_much", till, "pay", tenders=given)
    till.do("tender/drop", n=0)
    assert pay_as_planned(till)["done"]["total"] == 1_250 - 8_800


def test_goods_that_are_taken_out_again_do_not_swallow_a_part(till: Hands) -> None:
    for code in (MILK, BREAD):
        till.scan(code)
    take(till, "card", 2_000)
    till.do("remove", line=2)
    refused("card_too_much", till, "pay", tenders=[])


def test_what_fits_a_part_exactly_needs_no_coins(shop: Shop, till: Hands) -> None:
    till.scan(BREAD)
    take(till, "card", 995)
    assert till.do("pay", tenders=[])["done"]["total"] == 995
    assert [kind for (kind,) in shop.ask("SELECT kind FROM print_job ORDER BY id DESC LIMIT 1")] == ["receipt"]


# -- paying


def test_stored_value_is_spent_once(shop: Shop, till: Hands, other_till: Hands) -> None:
    top_up(till, 2_000)
    for hands in (till, other_till):
        hands.scan(MILK)
    stored = [{"kind": "stored", "received": 1_250, "reference": CARD.lower()}]
    till.do("pay", tenders=stored)
    refused("value_short", other_till, "pay", tenders=stored)
    assert shop.one("SELECT SUM(amount) FROM value_ledger") == 750


def test_an_account_is_for_known_customers_and_asks_a_second_person(till: Hands) -> None:
    till.scan(MILK)
    account = {"kind": "account", "received": 1_250}
    refused("tender_needs", till, "pay", tenders=[account])
    refused("tender_needs", till, "tender/take", tender=account)
    till.attach("gold")
    assert till.do("pay", tenders=[{"kind": "account", "received": 1_150}])["approval"]["facts"] == {"amount": 1_150}
    assert till.approve()["done"]["total"] == 1_150


def test_what_was_taken_on_account_in_parts_counts_towards_the_limit(shop: Shop, till: Hands) -> None:
    shop.setting("account", {"limit": 1_000})
    till.attach("gold")
    till.scan(MILK)
    refused("account_limit", till, "tender/take", tender={"kind": "account", "received": 1_001})
    till.do("tender/take", tender={"kind": "account", "received": 800})
    till.approve()
    refused("account_limit", till, "pay", tenders=[{"kind": "account", "received": 350}])
    refused("account_limit", till, "tender/take", tender={"kind": "account", "received": 201})
    till.pay_cash()
    assert shop.ask("SELECT kind, amount FROM tender WHERE sale = (SELECT MAX(id) FROM sale)") == [
        ("account", 800), ("cash", 350),
    ]  # fmt: skip


def test_parts_at_two_tills_do_not_pass_the_limit_together(shop: Shop, till: Hands, other_till: Hands) -> None:
    shop.setting("account", {"limit": 1_200})
    for hands in (till, other_till):
        hands.attach("gold")
        hands.scan(MILK)
        if hands.do("tender/take", tender={"kind": "account", "received": 1_150})["approval"]:
            hands.approve()
    till.do("pay", tenders=[])
    refused("account_limit", other_till, "pay", tenders=[])
    other_till.do("tender/drop", n=0)
    assert other_till.pay_cash()["done"]["total"] == 1_150


def test_a_debt_stays_with_whom_it_was_allowed_for(till: Hands) -> None:
    """Another card, or none, would have somebody else owe what a manager allowed for this customer."""
    till.attach("gold")
    till.scan(MILK)
    take(till, "account", 500)
    till.approve()
    refused("basket_part_paid", till, "member", code=CARDS["silver"])
    refused("basket_part_paid", till, "member/detach")
    view = till.attach("silver")
    assert (view["notice"]["slug"], view["member"]["tier"]) == ("basket_part_paid", "gold")
    till.attach("gold")  # the same card again is no swap
    assert till.view()["notice"] is None
    till.do("tender/drop", n=0)
    assert till.attach("silver")["member"]["tier"] == "silver"


def test_a_part_by_card_does_not_hold_the_customer(till: Hands) -> None:
    till.attach("gold")
    till.scan(MILK)
    take(till, "card", 500)
    assert till.attach("silver")["member"]["tier"] == "silver"
    assert till.do("member/detach")["member"] is None


@pytest.mark.parametrize(
    "entry",
    [None, 5, "cash", [], {"kind": "cash"}, {"received": 5}, {"kind": 5, "received": 5},
     {"kind": "cash", "received": True}, {"kind": "cash", "received": 1.5}, {"kind": "cash", "received": "5"},
     {"kind": "cash", "received": 10**30}],
)  # fmt: skip
def test_what_is_no_tender(till: Hands, entry: Any) -> None:
    till.scan(MILK)
    refused("bad_request", till, "pay", tenders=[entry])
    if entry != []:
        refused("bad_request", till, "pay", tenders=entry)


@pytest.mark.fault("F90")
def test_a_second_tap_shows_the_same_sale(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    uid = till.view()["basket"]["uid"]
    first = till.do("pay", basket=uid, tenders=[{"kind": "cash", "received": 1_250}])["done"]
    assert till.do("pay", basket=uid, tenders=[{"kind": "cash", "received": 9_999}])["done"]["sale"] == first["sale"]
    assert shop.numbers() == [1]
    refused("basket_gone", till, "pay", basket="nobody", tenders=[])


# -- limits that hold until the end


def test_an_amount_off_must_still_be_within_the_limit_when_it_is_paid(shop: Shop, till: Hands) -> None:
    """5.00 off a cart of 88.00 is allowed; not so once the dear bottle is out of it again."""
    till.scan(WINE)
    till.scan(BREAD)
    till.do("age", ok=True)
    assert till.do("discount", amount=500, reason="friend")["approval"] is None
    till.do("remove", line=1)
    view = till.do("pay", tenders=[{"kind": "cash", "received": 490}])
    assert view["approval"]["action"] == "sale.discount_over" and view["done"] is None
    assert till.approve()["done"]["total"] == 490
    assert shop.ask("SELECT kind, amount, approver FROM line_discount") == [
        ("basket", 500, shop.person("manager").id)
    ]


def test_so_with_an_amount_off_a_line_whose_pieces_are_taken_out(till: Hands) -> None:
    till.scan(GUM)
    till.do("qty", line=1, qty=20_000)
    assert till.do("line/discount", line=1, amount=300, reason="dented")["approval"] is None
    till.do("qty", line=1, qty=1_000)
    view = till.do("pay", tenders=[{"kind": "cash", "received": 30}])
    assert view["approval"]["action"] == "sale.discount_over"
    assert view["approval"]["facts"]["amount"] == 300


def test_whoever_allows_sees_all_that_is_taken_off(till: Hands) -> None:
    """Of the line and of the cart: one question, with the sum."""
    till.scan(GUM)
    till.scan(WINE)
    till.do("age", ok=True)
    till.do("qty", line=1, qty=20_000)
    till.do("line/discount", line=1, amount=300, reason="dented")
    till.do("discount", amount=1_000, reason="friend")
    till.do("qty", line=1, qty=1_000)
    till.do("remove", line=2)
    view = till.do("pay", tenders=[{"kind": "cash", "received": 0}])
    assert view["approval"]["facts"] == {"what": "basket", "name": "", "amount": 333}
    assert till.approve()["done"]["total"] == 0


def test_what_comes_back_does_not_hide_what_is_taken_off(till: Hands) -> None:
    """The savings of an exchange may cancel out: 3.00 off what is sold, 3.00 less for what comes back."""
    till.scan(WINE)
    till.do("line/discount", line=1, amount=300, reason="dented")
    till.pay_cash()
    assert till.till.done is not None
    take_back(till, till.till.done.receipt, n1=None)
    till.scan(GUM)
    till.do("qty", line=2, qty=20_000)
    till.do("line/discount", line=2, amount=300, reason="dented")
    till.do("qty", line=2, qty=1_000)
    view = pay_as_planned(till)
    assert view["approval"]["action"] == "sale.discount_over" and view["done"] is None


def test_what_was_allowed_at_the_time_is_not_asked_again(till: Hands) -> None:
    till.scan(GUM)
    till.do("line/discount", line=1, amount=300, reason="dented")
    till.approve()
    assert till.do("pay", tenders=[{"kind": "cash", "received": 30}])["approval"] is None


def test_what_a_manager_gave_is_not_asked_of_the_cashier(shop: Shop, till: Hands) -> None:
    till.scan(GUM)
    till.log_in("manager")
    assert till.do("line/discount", line=1, amount=300, reason="dented")["approval"] is None
    till.log_in("cashier")
    assert till.do("pay", tenders=[{"kind": "cash", "received": 30}])["approval"] is None
    assert shop.ask("SELECT amount, approver FROM line_discount") == [(300, shop.person("manager").id)]


# -- paper


@pytest.mark.fault("F101")
def test_a_sale_is_voided_after_its_paper_came_out(shop: Shop, till: Hands) -> None:
    done = till.sell([MILK])
    while shop.spooler().print_next():
        pass
    assert till.view()["last_sale"]["void_allowed"]
    till.void(done.uid)
    assert till.view()["notice"]["slug"] == "voided"
    assert [row for (row,) in shop.ask("SELECT kind FROM print_job ORDER BY id")] == [
        "drawer", "receipt", "drawer", "receipt",
    ]  # fmt: skip
    while shop.spooler().print_next():
        pass
    assert shop.one("SELECT COUNT(*) FROM print_job WHERE state IN ('printed', 'sent') AND kind = 'receipt'") == 2


def test_only_a_sale_can_be_voided_and_the_screen_knows(till: Hands) -> None:
    done = till.sell([MILK])
    take_back(till, done.receipt, n1=None)
    pay_as_planned(till)
    assert not till.view()["last_sale"]["void_allowed"]


# -- what a void says of the money


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ["Give back ¥2.50 in cash", "Reverse ¥3.00 on the card terminal", "¥2.00 is back on the gift card",
             "¥4.00 is off the account"]),
     ("zh-CN", ["请退还现金 ¥2.50", "请在刷卡机上撤销 ¥3.00", "¥2.00 已退回储值卡", "挂账已减少 ¥4.00"])],
)  # fmt: skip
def test_a_void_names_every_kind_that_goes_back(till: Hands, lang: str, words: list[str]) -> None:
    top_up(till, 200)
    till.log_in(lang=lang)
    till.attach("gold")
    till.scan(MILK)
    take(till, "account", 400)
    till.approve()
    till.do("pay", tenders=[
        {"kind": "card", "received": 300}, {"kind": "stored", "received": 200, "reference": CARD},
        {"kind": "cash", "received": 250},
    ])  # fmt: skip
    notice = till.void(till.view()["last_sale"]["uid"])["notice"]
    stop = "。" if lang == "zh-CN" else ". "
    assert (notice["slug"], notice["params"]["back"].split(stop)) == ("voided", words)


def test_a_void_of_what_cost_nothing_gives_nothing_back(till: Hands) -> None:
    till.scan(GUM)
    till.do("line/price", line=1, price=0, reason="gift")
    till.approve()
    till.do("pay", tenders=[])
    assert till.void(till.view()["last_sale"]["uid"])["notice"]["slug"] == "voided_free"
