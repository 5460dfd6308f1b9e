"""A price list of a tier's own: for its members, the lower of it and every member's price, and for nobody else."""

from __future__ import annotations

from copy import deepcopy

import pytest

from edge import catalog, prices, tier_prices
from edge.errors import ShopError
from edge.settings import DEFAULTS
from tests.edge.shop import GUM, MILK, Hands, Shop


@pytest.fixture(autouse=True)
def gold_list(shop: Shop) -> None:
    value = deepcopy(DEFAULTS["loyalty"])
    value["tiers"][2]["prices"] = "gold"
    shop.setting("loyalty", value)
    price(shop, "MILK", 1_000)  # 12.50, members 11.50
    price(shop, "GUM", 300)  # 3.33, members too


def price(shop: Shop, sku: str, amount: int | None, name: str = "gold") -> None:
    with catalog.loading(shop.box), shop.box.transaction():
        prices.change(shop.box, shop.person("manager"), shop.product(sku).id, name, amount)


def totals(till: Hands) -> list[int]:
    return [line["total"] for line in till.view()["basket"]["lines"]]


def test_gold_pays_by_its_list_and_others_do_not(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    till.scan(GUM)
    assert totals(till) == [1_250, 333]
    till.attach("silver")
    assert totals(till) == [1_150, 333]
    till.attach("gold")
    assert totals(till) == [1_000, 300]
    till.scan(GUM)
    assert totals(till) == [1_000, 600], "what comes later, too, in the same line"
    till.attach("bronze")
    assert totals(till) == [1_150, 666]
    till.do("member/detach")
    assert totals(till) == [1_250, 666]


def test_what_the_screen_says_is_what_is_paid(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    till.scan(MILK)
    shown = till.view()["basket"]["total"]
    till.pay_cash()
    assert shop.ask("SELECT total, discount FROM sale_line ORDER BY sale DESC LIMIT 1") == [(1_000, 250)]
    assert shown == 1_000


def test_a_dearer_list_takes_no_member_price_away(shop: Shop, till: Hands) -> None:
    price(shop, "MILK", 1_200)
    till.attach("gold")
    till.scan(MILK)
    assert totals(till) == [1_150]


def test_a_cart_keeps_its_prices_over_a_restart_and_an_undo(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    till.scan(MILK)
    till.scan(GUM)
    till.do("remove", line=till.view()["basket"]["lines"][0]["n"])
    till.do("undo")
    assert totals(till) == [1_000, 300]
    shop.restart()
    again = shop.tills["1"]
    again.log_in()
    assert totals(again) == [1_000, 300]


def test_the_list_is_kept_like_others(shop: Shop) -> None:
    versions, milk = catalog.current(shop.db), shop.product("MILK").id
    assert tier_prices.amount(shop.box, versions, milk, "gold") == 1_000
    price(shop, "MILK", None)
    assert tier_prices.amount(shop.box, catalog.current(shop.db), milk, "gold") is None
    assert tier_prices.amount(shop.box, versions, milk, "gold") == 1_000, "a version never changes"
    for name, amount in (("gold", 1_300), ("silver", 900)):  # above the base price; a list that no tier has
        with pytest.raises(ShopError):
            price(shop, "MILK", amount, name)


def test_a_shop_without_lists_asks_nothing(shop: Shop, till: Hands) -> None:
    shop.setting("loyalty", DEFAULTS["loyalty"])
    till.attach("gold")
    till.scan(MILK)
    assert totals(till) == [1_150]
    assert not any(key[0] == "tier" for key in shop.box.scanned)
