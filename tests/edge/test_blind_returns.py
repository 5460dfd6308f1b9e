"""Goods that come back without a receipt: only what a second person allowed, for no more than it costs today."""

from __future__ import annotations

import pytest

from edge.errors import ShopError
from tests.edge.shop import MILK, WINE, Hands, Shop


def blind(shop: Shop, till: Hands, **args: object) -> dict[str, object]:
    """Ask for a return without a receipt."""
    given = {"product": shop.product("MILK").id, "qty": 2_000, "reason": "receipt lost", **args}
    return till.do("return/blind", **given)


def test_a_second_person_allows_it_and_the_coins_go_back(shop: Shop, till: Hands) -> None:
    asked = blind(shop, till)
    assert asked["approval"]["action"] == "sale.return_blind" and not asked["basket"]["lines"]  # type: ignore[index]
    basket = till.approve()["basket"]
    assert [(line["qty"], line["total"]) for line in basket["lines"]] == [(-2_000, -2_500)]
    done = till.do("pay", tenders=[{"kind": "cash", "received": -basket["cash_due"]}])["done"]
    assert done["total"] == -2_500
    assert shop.one("SELECT kind FROM sale ORDER BY id DESC LIMIT 1") == "return"


def test_what_was_allowed_for_two_is_not_made_three(shop: Shop, till: Hands) -> None:
    blind(shop, till)
    line = till.approve()["basket"]["lines"][0]["n"]
    for qty in (-3_000, -1_000, 1_000):
        with pytest.raises(ShopError, match="line_as_it_is"):
            till.do("qty", line=line, qty=qty)
    assert till.do("remove", line=line)["basket"]["lines"] == []


def test_no_more_than_today_s_price_goes_back(shop: Shop, till: Hands) -> None:
    with pytest.raises(ShopError, match="return_price"):
        blind(shop, till, price=1_251)
    blind(shop, till, price=1_000)
    assert till.approve()["basket"]["total"] == -2_000


def test_a_tile_gives_nothing_back_and_neither_does_an_open_price(shop: Shop, till: Hands) -> None:
    shop.db.execute_sql("UPDATE product SET flags = 'open_price' WHERE sku = 'GUM'")
    for sku, args in (("MILK", {}), ("GUM", {"price": 500})):
        with pytest.raises(ShopError, match="qty_out_of_bounds"):
            till.add(sku, -1_000, **args)
    till.scan(MILK)
    with pytest.raises(ShopError, match="qty_out_of_bounds"):
        till.do("qty", line=1, qty=-1_000)


def test_coins_that_were_rounded_away_earn_nothing_beside_goods_that_come_back(shop: Shop) -> None:
    """100.01 is due; 93.97 comes by card and 6.04 is rounded to 6.00 in cash: 99.97 was paid."""
    till = shop.tills["2"]
    till.log_in("manager")
    till.attach("silver")
    till.scan(WINE)
    till.do("age", ok=True)
    till.do("line/price", line=1, price=11_251, reason="rare bottle")
    blind(shop, till, qty=1_000)
    assert till.view()["basket"]["total"] == 10_001
    till.do("tender/take", tender={"kind": "card", "received": 9_397})
    till.do("pay", tenders=[{"kind": "cash", "received": 600}])
    assert shop.ask("SELECT rounding FROM sale ORDER BY id DESC LIMIT 1") == [(-4,)]
    assert shop.one("SELECT score FROM ledger ORDER BY id DESC LIMIT 1") == 99
