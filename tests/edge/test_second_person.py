"""A second person: asked for each thing that needs one, and never twice for the same tap."""

from __future__ import annotations

import pytest

from tests.edge.goods import quick_pins
from tests.edge.shop import MILK, Hands, Shop


@pytest.fixture(autouse=True)
def quick(shop: Shop) -> Shop:
    quick_pins(shop)
    return shop


def test_a_tap_that_needs_two_approvals_asks_for_one_after_the_other(shop: Shop, till: Hands) -> None:
    shop.setting("permissions", {"sale.discount": "approve"})
    till.scan(MILK)
    assert till.do("discount", percent=5_000, reason="friend")["approval"]["action"] == "sale.discount"
    assert till.approve()["approval"]["action"] == "sale.discount_over"
    view = till.approve()
    assert view["approval"] is None and view["basket"]["total"] == 625


def test_what_was_allowed_counts_for_that_tap_only(shop: Shop, till: Hands) -> None:
    shop.setting("permissions", {"sale.discount": "approve"})
    till.scan(MILK)
    till.do("discount", percent=500, reason="friend")
    till.approve()
    assert till.do("discount", percent=400, reason="friend")["approval"]["action"] == "sale.discount"
    till.do("approve", cancel=True)
    assert till.do("discount", percent=5_000, reason="friend")["approval"]["action"] == "sale.discount"
