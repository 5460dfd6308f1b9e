"""Carts that are put aside: named afterwards, handed to another till, and what of an open cart outlives a crash."""

from __future__ import annotations

import pytest

from edge import till_hold
from edge.errors import ShopError
from tests.edge.shop import BREAD, MILK, Hands, Shop


def held(shop: Shop, lane: str = "1") -> list[tuple[str, bool, int]]:
    """(title, whether it is for this lane alone, total) of what waits for a lane."""
    return [(x["title"], x["mine"], x["total"]) for x in till_hold.waiting(shop.box, lane, "en")]


def test_a_cart_gets_its_name_after_it_was_put_aside(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    uid = till.view()["basket"]["uid"]
    till.do("hold")
    till.do("held/change", held=uid, title="blue jacket")
    assert held(shop) == [("blue jacket", False, 1_250)]
    till.do("held/change", held=uid, lane="2")
    assert held(shop) == [] and held(shop, "2") == [("blue jacket", True, 1_250)]


def test_only_the_lane_that_put_it_aside_changes_it(shop: Shop, till: Hands, other_till: Hands) -> None:
    till.scan(MILK)
    uid = till.view()["basket"]["uid"]
    till.do("hold")
    with pytest.raises(ShopError, match="held_gone"):
        other_till.do("held/change", held=uid, title="mine")
    with pytest.raises(ShopError, match="lane_unknown"):
        till.do("held/change", held=uid, lane="9")
    with pytest.raises(ShopError, match="bad_request"):
        till.do("held/change", held=uid, title="two\nlines")


def test_a_cart_that_was_handed_over_is_taken_up_there_and_nowhere_else(till: Hands, other_till: Hands) -> None:
    till.scan(MILK)
    uid = till.view()["basket"]["uid"]
    till.do("hold", lane="2")
    with pytest.raises(ShopError, match="held_gone"):
        till.do("recall", held=uid)
    assert other_till.view()["held"] == 1
    assert other_till.do("recall", held=uid)["basket"]["uid"] == uid


def test_what_is_taken_off_the_cart_paid_or_asked_outlives_a_crash(shop: Shop, till: Hands) -> None:
    """A part that the card terminal approved must never be asked for again."""
    shop.setting("tenders", ["cash", "card"])
    till.scan(MILK)
    till.scan(BREAD)
    till.do("discount", percent=500, reason="regular")
    till.do("tender/take", tender={"kind": "card", "received": 500})
    shop.restart()
    basket = shop.tills["1"].view()["basket"]
    assert basket["cut"] == {"kind": "percent", "value": 500}
    assert [(x["kind"], x["amount"]) for x in basket["paid"]] == [("card", 500)]
