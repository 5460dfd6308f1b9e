"""The sample store's rules for points: they name what there is, and hold as they say."""

from __future__ import annotations

from edge import tiers
from edge.demo import ladder
from edge.demo.data import demo_store
from edge.earning import Goods
from edge.loyalty import Standing
from edge.loyalty_desk import says_rule
from tests.edge.shop import Shop


def test_each_rule_names_a_shelf_of_the_sample_store(shop: Shop) -> None:
    shelves = {category.id for category in demo_store().categories}
    assert {x for rule in ladder.EARN.values() for x in rule.get("categories", ())} <= shelves


def test_the_rules_hold_as_they_say(shop: Shop) -> None:
    ladder.launch(shop.box)
    goods = [Goods("a", "bake", 2_000, 1_000), Goods("b", "alcohol", 1_000, 9_000), Goods("c", "drink", 1_000, 1_000)]

    def earned(day: str) -> tuple[int, int]:
        found = tiers.earned(shop.box, shop.member("bronze"), Standing(0, 0), goods, 11_000, day)
        return found.points, found.score

    assert earned("2026-11-27") == (20 + 2 * 5, 20)
    assert earned("2026-11-28") == (40 + 2 * 5, 20)


def test_each_can_be_read_in_both_languages(shop: Shop) -> None:
    ladder.launch(shop.box)
    for lang in ("zh-CN", "en"):
        told = [says_rule(rule, shop.box.rules, lang) for rule in shop.box.rules.earning]
        assert len({rule["name"] for rule in told}) == len(ladder.EARN)
