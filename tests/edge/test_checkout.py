"""Completing a sale: all of it or nothing, once, and every sum agrees."""

from __future__ import annotations

import json
from typing import Any

import pytest
from peewee import IntegrityError, OperationalError

from edge import basket as baskets
from edge import checkout
from edge.basket import Basket
from edge.checkout import Tender, complete_sale
from edge.errors import ShopError
from edge.sales import Done, Station
from tests.edge.shop import MILK, OPENING, WINE, Hands, Shop

TABLES = ("sale", "sale_line", "sale_tax", "tender", "ledger", "stock_move", "print_job", "journal", "shift")


@pytest.fixture
def basket(shop: Shop) -> Basket:
    made = baskets.fresh(shop.box, "1")
    made.add(shop.product("MILK"), 3_000)
    made.add(shop.product("APPLES"), 1_250)
    made.add(shop.product("BREAD"), 1_000)
    return made


@pytest.fixture
def station(shop: Shop) -> Station:
    cashier = shop.person("cashier")
    return Station("1", "live", cashier.id, cashier.uid, "en", "printer-1")


def pay(shop: Shop, basket: Basket, station: Station, received: int = 10_000) -> Done:
    return complete_sale(shop.box, basket, [Tender("cash", received)], station)


def counts(shop: Shop) -> dict[str, int]:
    return {table: shop.one(f"SELECT COUNT(*) FROM {table}") for table in TABLES}


def event(shop: Shop) -> dict[str, Any]:
    """The newest event of stream a."""
    return json.loads(shop.one("SELECT body FROM journal WHERE stream = 'a' ORDER BY seq DESC LIMIT 1"))


def test_a_paid_sale_tells_what_to_give_back(shop: Shop, basket: Basket, station: Station) -> None:
    done = pay(shop, basket, station)
    # 37.50 + 16.00 + 9.95 = 63.45, in cash 63.40
    assert (done.total, done.received, done.change, done.points, done.again) == (6_340, 10_000, 3_660, 0, False)
    assert done.receipt == "S01-1-1-000001"


def test_it_is_there_whole(shop: Shop, basket: Basket, station: Station) -> None:
    done = pay(shop, basket, station)
    head = shop.ask(
        "SELECT kind, lane, total, rounding, mode, business_date, currency, lang FROM sale WHERE id = ?", done.sale
    )
    assert head == [("sale", "1", 6_345, -5, "live", "2026-11-22", "CNY", "en")]
    assert shop.ask(
        "SELECT n, name, qty, unit, unit_price, total, tax_group, rate FROM sale_line WHERE sale = ?", done.sale
    ) == [
        (1, "Milk 1 l", 3_000, "pc", 1_250, 3_750, "A", 1_300),
        (2, "Fuji apples", 1_250, "kg", 1_280, 1_600, "B", 900),
        (3, "Wholemeal bread", 1_000, "pc", 995, 995, "C", 600),
    ]
    assert shop.ask("SELECT n, kind, amount, received, change FROM tender WHERE sale = ?", done.sale) == [
        (1, "cash", 6_340, 10_000, 3_660)
    ]
    assert shop.ask("SELECT kind, copy_no, state FROM print_job ORDER BY id") == [
        ("drawer", 0, "queued"),
        ("receipt", 0, "queued"),
    ]


def test_the_sums_agree_to_the_cent(shop: Shop, basket: Basket, station: Station) -> None:
    sale = pay(shop, basket, station).sale
    total, tax, rounding = shop.ask("SELECT total, tax, rounding FROM sale WHERE id = ?", sale)[0]
    assert shop.one("SELECT SUM(received - change) FROM tender WHERE sale = ?", sale) == total + rounding
    assert shop.one("SELECT SUM(amount) FROM tender WHERE sale = ?", sale) == total + rounding
    assert shop.one("SELECT SUM(total) FROM sale_line WHERE sale = ?", sale) == total
    assert shop.one("SELECT SUM(tax) FROM sale_line WHERE sale = ?", sale) == tax
    assert shop.one("SELECT SUM(tax) FROM sale_tax WHERE sale = ?", sale) == tax
    by_group = shop.ask(
        "SELECT tax_group, SUM(total), SUM(tax) FROM sale_line WHERE sale = ? GROUP BY 1 ORDER BY 1", sale
    )
    assert by_group == shop.ask("SELECT tax_group, gross, tax FROM sale_tax WHERE sale = ? ORDER BY 1", sale)


def test_one_event_says_the_same_as_the_rows(shop: Shop, basket: Basket, station: Station) -> None:
    basket.member = shop.member("bronze")
    done = pay(shop, basket, station)
    told = event(shop)
    sale, ledger = told["data"]["sale"], told["data"]["ledger"]
    assert (told["type"], told["mode"], sale["uid"], sale["receipt"]) == (
        "sale.completed",
        "live",
        basket.uid,
        done.receipt,
    )
    assert (sale["total"], sale["tax"], sale["rounding"], sale["saving"]) == shop.ask(
        "SELECT total, tax, rounding, saving FROM sale WHERE id = ?", done.sale
    )[0]
    assert [tuple(line.values()) for line in sale["lines"]] == shop.ask(
        "SELECT n, sku, code, name, qty, unit, unit_price, discount, total, tax_group, rate, tax, original_n, category "
        "FROM sale_line WHERE sale = ?", done.sale,
    )  # fmt: skip
    assert sale["tenders"] == [
        {"kind": "cash", "amount": done.total, "received": 10_000, "change": done.change, "reference": None}
    ]
    assert [tuple(t.values()) for t in sale["taxes"]] == shop.ask(
        "SELECT tax_group, rate, gross, tax FROM sale_tax WHERE sale = ? ORDER BY 1", done.sale
    )
    assert [(e["id"], e["lot"], e["points"], e["score"], e["reason"], e["expires"]) for e in ledger] == shop.ask(
        "SELECT id, lot, points, score, reason, expires_on FROM ledger WHERE sale = ?", done.sale
    )
    assert (sale["points_earned"], sale["tier_before"]) == (done.points, "bronze")


def test_the_event_names_no_person(shop: Shop, basket: Basket, station: Station) -> None:
    basket.member = shop.member("gold")
    pay(shop, basket, station)
    body = json.dumps(event(shop), ensure_ascii=False)
    assert "Gold Li" not in body and "1380000" not in body and "Xiao Chen" not in body


def test_the_shelf_is_emptier_by_what_was_sold(shop: Shop, basket: Basket, station: Station) -> None:
    pay(shop, basket, station)
    for sku, sold in (("MILK", 3_000), ("APPLES", 1_250), ("BREAD", 1_000), ("WINE", 0)):
        product = shop.product(sku).id
        assert shop.one("SELECT qty FROM stock WHERE product = ?", product) == OPENING - sold
        assert shop.one("SELECT SUM(qty) FROM stock_flow WHERE product = ?", product) == OPENING - sold


# -- cash -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "mode", "due"),
    [(10, "down", 6_340), (10, "half_up", 6_350), (5, "down", 6_345), (100, "half_up", 6_300), (1, "down", 6_345)],
)
def test_cash_is_rounded_as_the_store_says(
    shop: Shop, basket: Basket, station: Station, step: int, mode: str, due: int
) -> None:
    shop.setting("cash", {"step": step, "mode": mode, "notes": []})
    done = pay(shop, basket, station)
    assert (done.total, done.change) == (due, 10_000 - due)
    assert shop.ask("SELECT total, rounding FROM sale WHERE id = ?", done.sale) == [(6_345, due - 6_345)]


def test_exactly_what_is_due_is_enough_and_a_fen_less_is_not(shop: Shop, basket: Basket, station: Station) -> None:
    with pytest.raises(ShopError) as caught:
        pay(shop, basket, station, 6_339)
    assert (caught.value.slug, caught.value.params) == ("tender_short", {"missing": 1})
    assert pay(shop, basket, station, 6_340).change == 0


def test_several_tenders_count_together(shop: Shop, basket: Basket, station: Station) -> None:
    done = complete_sale(shop.box, basket, [Tender("cash", 5_000), Tender("cash", 2_000)], station)
    assert (done.received, done.change) == (7_000, 660)


@pytest.mark.fault("F102")
@pytest.mark.parametrize(
    ("tenders", "slug"),
    [
        ([], "tender_kind"),
        ([Tender("cheque", 10_000)], "tender_kind"),
        ([Tender("cash", -1)], "amount_out_of_bounds"),
        ([Tender("cash", 10**9)], "amount_out_of_bounds"),
        ([Tender("cash", 0)], "tender_short"),
    ],
)
def test_money_that_cannot_be_is_refused_and_nothing_is_written(
    shop: Shop, basket: Basket, station: Station, tenders: list[Tender], slug: str
) -> None:
    before = counts(shop)
    with pytest.raises(ShopError) as caught:
        complete_sale(shop.box, basket, tenders, station)
    assert caught.value.slug == slug
    assert counts(shop) == before


def test_an_empty_basket_is_no_sale(shop: Shop, station: Station) -> None:
    with pytest.raises(ShopError) as caught:
        pay(shop, baskets.fresh(shop.box, "1"), station)
    assert caught.value.slug == "basket_empty"


@pytest.mark.fault("F102")
def test_more_than_a_till_can_hold_is_refused(shop: Shop, station: Station) -> None:
    basket = baskets.fresh(shop.box, "1")
    basket.add(shop.product("HAMPER"), baskets.MAX_QTY)
    with pytest.raises(ShopError) as caught:
        pay(shop, basket, station, checkout.MAX_AMOUNT)
    assert caught.value.slug == "amount_out_of_bounds"


# -- points -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("member", "points", "score", "tier"),
    [("bronze", 60, 60, "bronze"), ("silver", 72, 60, "silver"), ("gold", 90, 60, "gold")],
)
def test_each_tier_earns_by_its_own_multiplier(
    shop: Shop, basket: Basket, station: Station, member: str, points: int, score: int, tier: str
) -> None:
    basket.member = shop.member(member)
    done = pay(shop, basket, station)
    assert done.total == 6_040  # 60.45 with the member's milk, rounded to coins: points on what was paid
    assert done.points == points
    assert shop.ask("SELECT points, score, tier FROM sale WHERE id = ?", done.sale) == [(points, score, tier)]


@pytest.mark.fault("F65")
def test_silver_and_gold_are_reached_at_their_score_and_count_from_the_next_sale(shop: Shop, till: Hands) -> None:
    """1,000 points of score are 1,000.00 paid: ten hampers' price is 3,000.00 in three sales and a bit."""
    shop.setting("cash", {"step": 1, "mode": "down", "notes": []})
    shop.prices(hamper=99_900, gum=100)
    seen = []
    for code in ("HAMPER", "GUM", "HAMPER", "HAMPER", "GUM", "GUM", "GUM"):
        till.attach("bronze")
        before = till.add(code)["member"]["tier"]
        done = till.pay_cash()["done"]
        seen.append((before, done["points"], done["tier"]))
    assert seen == [
        ("bronze", 999, "bronze"),  # score 999
        ("bronze", 1, "silver"),  # exactly 1,000; still at bronze's rate
        ("silver", 1_198, "silver"),  # 999 × 1.2 = 1,198.8
        ("silver", 1_198, "silver"),  # score 2,998
        ("silver", 1, "silver"),
        ("silver", 1, "gold"),  # exactly 3,000
        ("gold", 1, "gold"),
    ]


def test_points_of_a_receipt_open_one_lot_with_its_expiry(shop: Shop, basket: Basket, station: Station) -> None:
    basket.member = shop.member("bronze")
    sale = pay(shop, basket, station).sale
    entry = shop.ask("SELECT id, lot, reason, expires_on, rule_version, reverses FROM ledger WHERE sale = ?", sale)[0]
    assert entry[0] == entry[1]
    assert entry[2:] == ("earn", "2028-11-21", 0, None)


def test_without_consent_there_are_no_points(shop: Shop, basket: Basket, station: Station) -> None:
    basket.member = shop.member("silent")
    done = pay(shop, basket, station)
    assert done.points == 0
    assert shop.one("SELECT COALESCE(SUM(points) + SUM(score), 0) FROM ledger WHERE member = ?", basket.member) == 0
    assert done.total == 6_040, "but the member's price stays"


def test_training_gives_no_points_takes_no_stock_and_has_its_own_numbers(shop: Shop, training_till: Hands) -> None:
    before = shop.ask("SELECT * FROM stock"), shop.one("SELECT COUNT(*) FROM ledger")
    training_till.attach("gold")
    training_till.scan(MILK)
    view = training_till.pay_cash()
    assert view["done"]["points"] == 0
    assert view["done"]["receipt"] == "S01-3-0-000001"
    assert (shop.ask("SELECT * FROM stock"), shop.one("SELECT COUNT(*) FROM ledger")) == before
    assert (
        shop.one(
            "SELECT COALESCE(SUM(qty), 0) FROM stock_flow WHERE reason = 'sale' AND product = ?",
            shop.product("MILK").id,
        )
        == 0
    )
    assert event(shop)["mode"] == "training"


# -- numbers, once, and all or nothing --------------------------------------------------------------------------------


def test_receipt_numbers_have_no_gap_whatever_was_refused_between(shop: Shop, till: Hands, other_till: Hands) -> None:
    for _ in range(3):
        till.scan(MILK)
        with pytest.raises(ShopError):
            till.pay_cash(0)
        till.pay_cash()
        other_till.sell([WINE])
    assert shop.numbers("1") == shop.numbers("2") == [1, 2, 3]


STEPS = ["record_document", "store_document", "enqueue_prints"]


@pytest.mark.fault("F01")
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_breaks_inside_leaves_no_trace_and_no_gap(
    shop: Shop, basket: Basket, station: Station, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    basket.member = shop.member("bronze")
    before, real = counts(shop), getattr(checkout, step)

    def broken(*args: Any, **named: Any) -> Any:
        if when == "after":
            real(*args, **named)
        raise OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(checkout, step, broken)
        for _ in range(3):
            with pytest.raises(OperationalError):
                pay(shop, basket, station)
    assert counts(shop) == before
    assert not list(shop.ask("SELECT 1 FROM shift WHERE lane = '1'"))
    done = pay(shop, basket, station)
    assert done.receipt == "S01-1-1-000001"
    assert not done.again
    assert pay(shop, basket, station).again


@pytest.mark.fault("F90")
def test_paying_twice_is_one_sale(shop: Shop, basket: Basket, station: Station) -> None:
    first = pay(shop, basket, station)
    after = counts(shop)
    again = pay(shop, basket, station, 50_000)
    assert again.again
    assert (again.sale, again.uid, again.receipt, again.total, again.received, again.change) == (
        first.sale, first.uid, first.receipt, first.total, first.received, first.change,
    )  # fmt: skip
    assert counts(shop) == after


@pytest.mark.fault("F02")
def test_paying_again_after_a_restart_is_the_same_sale(shop: Shop, till: Hands) -> None:
    uid = till.scan(MILK)["basket"]["uid"]
    done = till.pay_cash()["done"]
    shop.restart()
    again = shop.tills["1"].pay_cash(5_000, basket=uid)["done"]
    assert {k: again[k] for k in ("sale", "receipt", "total", "received", "change")} == {
        k: done[k] for k in ("sale", "receipt", "total", "received", "change")
    }
    assert shop.numbers() == [1]


def test_the_database_itself_refuses_a_second_sale_of_a_basket(shop: Shop, till: Hands) -> None:
    till.sell()
    with pytest.raises(IntegrityError), shop.box.transaction() as db:
        db.execute_sql("UPDATE sale SET uid = (SELECT uid FROM sale ORDER BY id LIMIT 1) WHERE lane = '1'")


def test_a_sale_opens_the_lanes_shift_once(shop: Shop, till: Hands) -> None:
    till.sell()
    till.sell()
    assert shop.one("SELECT COUNT(*) FROM shift WHERE lane = '1'") == 1
    assert (
        shop.one('SELECT COUNT(*) FROM journal WHERE body LIKE \'%"shift.opened"%\' AND body LIKE \'%"lane":"1"%\'')
        == 1
    )


def test_listeners_hear_of_a_sale_only_when_it_is_there(shop: Shop, basket: Basket, station: Station) -> None:
    heard: list[Any] = []

    def listen(topic: str, data: dict[str, Any]) -> None:
        heard.append((topic, data["kind"], shop.one("SELECT COUNT(*) FROM sale WHERE uid = ?", data["uid"])))

    shop.box.after_commit.append(listen)
    with pytest.raises(ShopError):
        pay(shop, basket, station, 0)
    pay(shop, basket, station)
    pay(shop, basket, station)
    assert heard == [("sale", "sale", 1)]


def test_a_sale_of_five_hundred_lines_fits(shop: Shop, till: Hands) -> None:
    for _ in range(baskets.MAX_LINES):
        till.till.basket.add(shop.product("APPLES"), 123)
    view = till.pay_cash()
    assert (
        shop.one(
            "SELECT COUNT(*) FROM sale_line WHERE sale = (SELECT id FROM sale WHERE uid = ?)", view["done"]["sale"]
        )
        == 500
    )
