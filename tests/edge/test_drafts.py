"""An open cart as a row: whatever was said of it comes back word for word, and nothing that is sold does."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge import accounts, drafts, storedvalue
from edge.basket import Asked, Basket, fresh
from edge.pricing import Cut
from tests.edge.goods import CARD, widen
from tests.edge.shop import MILK, Hands, Shop

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
MONEY = st.integers(0, 10**8)
CUTS = st.builds(Cut, st.sampled_from(["percent", "amount"]), MONEY, TEXTS, st.none() | st.integers(1, 9))
ASKED = st.builds(Asked, MONEY, TEXTS, st.none() | st.integers(1, 9))
SAID = st.fixed_dictionaries({}, optional={
    "note": TEXTS, "lot": TEXTS, "serial": TEXTS, "expiry": TEXTS, "asked": ASKED, "cut": CUTS,
})  # fmt: skip


@pytest.fixture
def shop(shop: Shop) -> Shop:
    widen(shop)
    return shop


def again(shop: Shop, basket: Basket) -> Basket:
    return drafts.decode(shop.box, basket.lane, basket.uid, drafts.encode(basket))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    lines=st.lists(st.tuples(st.sampled_from(["MILK", "COLA", "PHONE"]), st.integers(1, 99), SAID), max_size=6),
    cut=st.none() | CUTS, age=st.booleans(),
    paid=st.lists(st.tuples(st.sampled_from(["card", "stored"]), MONEY, st.none() | TEXTS), max_size=3),
)  # fmt: skip
def test_a_cart_comes_back_as_it_was(
    shop: Shop, lines: list[tuple[str, int, dict[str, Any]]], cut: Cut | None, age: bool, paid: list[Any]
) -> None:
    basket = fresh(shop.box, "1")
    for sku, pieces, said in lines:
        basket.add(shop.product(sku), pieces * 1_000, apart=True, **said)
    basket.cut, basket.age_ok, basket.paid = cut, age, tuple(paid)
    found = again(shop, basket)
    assert found.lines == basket.lines
    assert (found.cut, found.age_ok, found.paid) == (basket.cut, basket.age_ok, basket.paid)
    assert found.totals(shop.box.rules.tax) == basket.totals(shop.box.rules.tax)
    assert found.next_n == max((line.n for line in basket.lines), default=0) + 1


def test_what_is_no_row_of_the_catalogue_comes_back_too(shop: Shop) -> None:
    basket = fresh(shop.box, "1")
    basket.add(storedvalue.TOP_UP, 1_000, None, CARD, asked=Asked(500))
    basket.add(accounts.PAYMENT, 1_000, asked=Asked(700))
    assert again(shop, basket).lines == basket.lines


def test_a_line_that_gives_back_remembers_what_was_sold(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    till.add("MILK", 3_000)
    till.do("line/discount", line=1, percent=1_000, reason="dented")
    till.pay_cash()
    till.do("return/open", receipt=till.view()["done"]["receipt"])
    till.do("return/take", line=1, qty=1_000, fit=False)
    basket = till.till.basket
    found = again(shop, basket)
    assert found.lines == basket.lines
    assert found.lines[0].source == basket.lines[0].source and not found.lines[0].source.fit
    assert found.member == basket.member


def test_a_deposit_stays_tied_to_its_bottle(shop: Shop, till: Hands) -> None:
    till.add("COLA", 2_000)
    found = again(shop, till.till.basket)
    assert [line.tied for line in found.lines] == [None, found.lines[0].n]


def test_a_product_that_is_gone_is_left_out_and_told(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    basket = fresh(shop.box, "1")
    basket.add(shop.product("MILK"), 1_000)
    basket.add(shop.product("GUM"), 1_000)
    for table in ("product", "price"):
        column = "id" if table == "product" else "product"
        shop.db.execute_sql(f"DELETE FROM {table} WHERE {column} = ?", (basket.lines[0].product.id,))
    shop.box.scanned.clear()
    with caplog.at_level(logging.WARNING):
        found = again(shop, basket)
    assert [line.product.sku for line in found.lines] == ["GUM"]
    assert "left out" in caplog.text


@pytest.mark.fault("F93")
def test_a_cart_that_became_a_sale_is_never_brought_back(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    text = drafts.encode(till.till.basket)
    uid = till.till.basket.uid
    till.pay_cash()
    shop.db.execute_sql("INSERT OR REPLACE INTO basket VALUES ('1', ?, ?)", (uid, text))
    found = drafts.restore(shop.box, "1")
    assert found.uid != uid and not found.lines


@pytest.mark.fault("F93")
def test_a_cart_of_which_only_a_part_is_paid_comes_back_without_a_line(shop: Shop, till: Hands) -> None:
    """What the terminal took must not be forgotten, whatever else is."""
    till.scan(MILK)
    till.do("tender/take", tender={"kind": "card", "received": 500})
    till.do("remove", line=1)
    shop.restart()
    basket = shop.tills["1"].till.basket
    assert (basket.paid, basket.lines, basket.restored) == ((("card", 500, None),), (), True)


def test_an_empty_cart_is_a_fresh_one(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    till.do("remove", line=1)
    shop.restart()
    assert not shop.tills["1"].till.basket.restored
