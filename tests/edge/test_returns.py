"""What may still come back of a document: parts add up to the whole, in whatever steps; a receipt is used up once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge import returns
from edge.basket import Source
from edge.errors import ShopError
from tests.edge.goods import CARD, pay_as_planned, quick_pins, take_back, top_up, widen
from tests.edge.shop import APPLES_PLU, BREAD, MILK, Hands, Shop, label


def source(qty: int = 3_000, before: int = 0, **amounts: Any) -> Source:
    said = {"unit_price": 995, "discount": 100, "total": 2_885, "tax": 163, **amounts}
    return Source(1, "u", 1, "S01-1-1-000001", qty, before, group="C", rate=600, **said)


@settings(max_examples=300)
@given(
    qty=st.integers(1, 20), total=st.integers(0, 10**7), tax=st.integers(0, 10**6), discount=st.integers(0, 10**6),
    line=st.integers(0, 10**6), cart=st.integers(0, 10**6), steps=st.lists(st.integers(1, 20), min_size=1, max_size=20),
)  # fmt: skip
def test_parts_come_to_exactly_the_whole(
    qty: int, total: int, tax: int, discount: int, line: int, cart: int, steps: list[int]
) -> None:
    cuts = (("basket", cart, "r"), ("line", line, "r"))
    before, sums = 0, [0, 0, 0]
    parts = {"basket": 0, "line": 0}
    for step in steps:
        now = min(step, qty - before)
        if not now:
            break
        here = source(qty, before, total=total, tax=tax, discount=discount + line + cart, cuts=cuts)
        for i, amount in enumerate((total, tax, discount + line + cart)):
            share = here.part(amount, now)
            assert 0 <= share <= amount
            sums[i] += share
        for kind, share in here.parts(now):
            parts[kind] -= share
        before += now
    if before == qty:
        assert sums == [total, tax, discount + line + cart]
        assert parts == {"basket": cart, "line": line}


@pytest.mark.parametrize("text", ["", "S01", "S01-1-1", "S01-1-1-", "S01-1-1-x", "S01-1-1-²", "S01-1-1-" + "9" * 12])
def test_what_is_no_number_is_unknown(shop: Shop, text: str) -> None:
    with pytest.raises(ShopError, match="receipt_unknown"):
        returns.find(shop.box, text)


@pytest.mark.parametrize("receipt", ["S01-1-1-000009", "S02-1-1-000001", "S01-2-1-000001", "S01-1-2-000001"])
def test_another_shops_lanes_or_series_receipt_is_unknown_here(shop: Shop, till: Hands, receipt: str) -> None:
    till.sell([MILK])
    with pytest.raises(ShopError, match="receipt_unknown"):
        returns.find(shop.box, receipt)


def test_a_document_tells_its_lines_and_what_is_left(shop: Shop, till: Hands) -> None:
    receipt = till.sell([MILK, MILK, BREAD], "gold").receipt
    take_back(till, receipt, n1=1_000)
    pay_as_planned(till)
    found = returns.find(shop.box, f"  {receipt} ")
    assert (found.receipt, found.state, found.member) == (receipt, "open", shop.member("gold"))
    assert [(x.name, x.source.qty, x.source.before, x.source.left) for x in found.lines] == [
        ("Milk 1 l", 2_000, 1_000, 1_000), ("Wholemeal bread", 1_000, 0, 1_000),
    ]  # fmt: skip


def test_a_receipt_is_done_when_all_of_it_is_back_and_voided_when_it_was(shop: Shop, till: Hands) -> None:
    receipt = till.sell([BREAD]).receipt
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    assert returns.find(shop.box, receipt).state == "done"
    other = till.sell([BREAD])
    till.void(other.uid)
    assert returns.find(shop.box, other.receipt).state == "voided"


def test_a_returns_or_a_voids_own_receipt_gives_nothing_back(shop: Shop, till: Hands) -> None:
    take_back(till, till.sell([BREAD]).receipt, n1=None)
    back = pay_as_planned(till)["done"]["receipt"]
    with pytest.raises(ShopError, match="receipt_kind"):
        returns.find(shop.box, back)


def test_money_on_a_card_is_no_goods(shop: Shop, till: Hands) -> None:
    """A top-up alone is used up from the start; beside goods the goods are still there."""
    widen(shop)
    top_up(till, 500)
    assert returns.find(shop.box, till.view()["done"]["receipt"]).state == "done"


def test_what_a_sale_was_paid_with_and_what_of_it_is_back(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    till.scan(MILK)
    till.do("tender/take", tender={"kind": "card", "received": 2_000})
    till.pay_cash()
    sale = shop.one("SELECT MAX(id) FROM sale")
    assert returns.paid_by(shop.box, sale) == [("card", 2_000, None), ("cash", 500, None)]
    take_back(till, till.view()["done"]["receipt"], n1=1_000)
    pay_as_planned(till)
    assert returns.paid_by(shop.box, sale) == [("card", 750, None), ("cash", 500, None)]


def test_what_moved_on_since_is_not_given_back_again(shop: Shop, till: Hands) -> None:
    receipt = till.sell([MILK]).receipt
    take_back(till, receipt, n1=None)
    lines = till.till.basket.lines
    returns.still_open(shop.box, lines, "live")
    with pytest.raises(ShopError, match="return_changed"):
        returns.still_open(shop.box, lines, "training")
    pay_as_planned(till)
    with pytest.raises(ShopError, match="return_changed"):
        returns.still_open(shop.box, lines, "live")


def test_a_product_keeps_what_it_was_when_it_was_sold(shop: Shop, till: Hands) -> None:
    """Today's name, if it is still there by the same unit; else the receipt's own words."""
    receipt = till.sell([label(APPLES_PLU, 500)]).receipt
    sold = returns.find(shop.box, receipt).lines[0]
    versions = till.till.basket.versions
    found = returns.product_of(shop.box, versions, sold.source)
    assert found is not None and (found.sku, found.unit) == ("APPLES", "kg")
    shop.db.execute_sql("UPDATE product SET unit = 'pc' WHERE sku = 'APPLES'")
    shop.box.scanned.clear()
    found = returns.product_of(shop.box, versions, sold.source)
    assert found is not None and (found.unit, found.name_en, found.icon) == ("kg", "Fuji apples", "tag")
    gone = source()
    assert returns.product_of(shop.box, versions, Source(999, *(getattr(gone, x) for x in gone.__slots__[1:]))) is None


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(st.integers(1, 3), min_size=1, max_size=5))
def test_money_tax_and_points_of_any_steps_are_those_of_the_sale(shop: Shop, till: Hands, steps: list[int]) -> None:
    till.attach("gold")
    till.add("BREAD", 5_000)
    till.do("line/discount", line=1, percent=700, reason="r")
    till.do("pay", tenders=[{"kind": "card", "received": till.view()["basket"]["total"]}])
    receipt, sale = till.view()["done"]["receipt"], shop.one("SELECT MAX(id) FROM sale")
    left = 5
    for step in [*steps, 5]:
        if now := min(step, left):
            take_back(till, receipt, n1=now * 1_000)
            pay_as_planned(till)
            left -= now
    assert shop.ask("SELECT SUM(total), SUM(tax), SUM(discount), SUM(qty) FROM sale_line WHERE sale >= ?", sale) == [
        (0, 0, 0, 0)
    ]
    assert shop.ask("SELECT SUM(points), SUM(score) FROM ledger WHERE sale >= ?", sale) == [(0, 0)]
    assert shop.ask("SELECT SUM(amount) FROM tender WHERE sale >= ?", sale) == [(0,)]


# -- years of sales


def whole_tables(shop: Shop, statements: list[str]) -> set[str]:
    """Which tables of years the statements read from end to end."""
    found = set()
    for sql in {sql for sql in statements if sql.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))}:
        names = {alias or table: table for table, alias in re.findall(r"(?:FROM|JOIN) (\w+)(?: ([a-z]\w*)\b)?", sql)}
        for (_, _, _, step) in shop.ask(f"EXPLAIN QUERY PLAN {sql}"):
            scan = re.fullmatch(r"SCAN (\w+)|SEARCH (\w+) USING (?:INTEGER )?PRIMARY KEY \(\w+<\?\)", step)
            if scan is not None:
                found.add(names.get(scan[1] or scan[2], scan[1] or scan[2]))
    return found & {"sale", "sale_line", "tender", "ledger", "journal", "value_ledger"}


def test_no_sale_waits_while_another_is_given_back(shop: Shop, till: Hands) -> None:
    """The till writes while nobody else can: it must not look through years of sales meanwhile."""
    widen(shop)
    quick_pins(shop)
    top_up(till, 5_000)
    till.attach("gold")
    till.scan(MILK)
    receipt = till.do("pay", tenders=[{"kind": "stored", "received": 1_150, "reference": CARD}])["done"]["receipt"]
    till.attach("gold")
    till.scan(MILK)
    seen: list[str] = []
    shop.db.connection().set_trace_callback(seen.append)
    till.do("pay", tenders=[{"kind": "account", "received": 1_150}])
    done = till.approve()["done"]
    till.void(done["sale"])
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    till.attach("gold")
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "account", "received": 1_150}])
    till.approve()
    till.attach("gold")
    till.do("account/pay", amount=1_150)
    till.pay_cash()
    shop.db.connection().set_trace_callback(None)
    assert whole_tables(shop, seen) == set()
