"""What the cashier's screen tells of promotions: the explanation is complete, and its sums are what comes off."""

from __future__ import annotations

from typing import Any

from tests.edge.goods import take_back
from tests.edge.promo.forms import launch
from tests.edge.shop import BREAD, GUM, MILK, Hands, Shop


def explained(basket: dict[str, Any]) -> int:
    return sum(promo["amount"] for promo in basket["promos"]) + sum(basket["others"].values())


def test_without_promotions_nothing_is_said(shop: Shop, till: Hands) -> None:
    basket = till.scan(MILK)["basket"]
    assert not {"promos", "others", "gift"} & basket.keys()
    launch(shop, "percent", value={"bp": 1000}, scope={"skus": ["GUM"]})
    basket = till.scan(BREAD)["basket"]
    assert not {"promos", "others", "gift"} & basket.keys()
    assert all("promos" not in line for line in basket["lines"])


def test_each_promotion_tells_its_rule_and_its_lines(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000}, scope={"categories": ["food"]}, when={"tiers": ["gold"]})
    till.attach("gold")
    till.scan(BREAD)
    till.scan(GUM)
    basket = till.scan(MILK)["basket"]
    assert basket["promos"] == [{
        "uid": "P", "name": "Offer P", "amount": 133, "personal": True,
        "rule": [
            "10% off Food.", "For members on Gold.",
            "Each piece takes one such offer, whichever saves most.",
        ],
        "lines": [
            {"n": 1, "name": "Wholemeal bread", "amount": 100}, {"n": 2, "name": "Chewing gum", "amount": 33},
        ],
    }]  # fmt: skip
    assert basket["others"] == {"member": 100}
    assert basket["lines"][0]["promos"] == [{"name": "Offer P", "amount": 100}]
    assert explained(basket) == basket["saving"]


def test_all_that_comes_off_is_explained(shop: Shop, till: Hands) -> None:
    """Promotions on top of each other, a member's price, cuts by hand of a line and the cart, and a return."""
    launch(shop, "n_for_m", "A", value={"buy": 2, "pay": 1}, scope={"skus": ["BREAD"]})
    launch(shop, "percent", "B", value={"bp": 700}, stack="with")
    launch(shop, "spend_get", "C", value={"every": 1000, "off": 100})
    before = till.sell([BREAD, BREAD])
    till.attach("gold")
    for code in (BREAD, BREAD, BREAD, MILK, GUM):
        till.scan(code)
    till.do("line/discount", line=2, percent=500, reason="damaged")
    till.do("discount", percent=500, reason="loyal")
    take_back(till, before.receipt, n1=1000)
    basket = till.view()["basket"]
    assert {promo["uid"] for promo in basket["promos"]} == {"A", "B", "C"}
    assert set(basket["others"]) == {"member", "line", "basket", "returned"}
    assert explained(basket) == basket["saving"]
    for line in basket["lines"]:
        if "returned" not in line:
            of_line = sum(p["amount"] for p in line["promos"]) + sum(line["cuts"].values())
            assert 0 <= line["saving"] - of_line <= 100  # the member's price


def test_a_gift_that_is_earned_is_offered_until_it_lies_there(shop: Shop, till: Hands) -> None:
    launch(shop, "gift", value={"spend": 2000, "gift": "GUM"})
    assert "gift" not in till.scan(MILK)["basket"]
    gift = till.scan(MILK)["basket"]["gift"]
    assert gift == {
        "product": shop.product("GUM").id, "name": "Chewing gum", "icon": "tag", "pieces": 1, "promo": "Offer P",
    }  # fmt: skip
    basket = till.do("add", product=gift["product"])["basket"]
    assert "gift" not in basket
    assert (basket["lines"][1]["total"], basket["total"]) == (0, 2500)
    assert "gift" not in till.scan(GUM)["basket"]  # the second one is paid for
    assert till.view()["basket"]["total"] == 2833


def test_lines_of_which_nothing_changed_are_not_told_anew(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000})
    till.scan(MILK)
    before = till.till.basket.priced()[0]
    till.scan(BREAD)
    assert till.till.basket.priced()[0] is before
