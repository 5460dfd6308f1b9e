"""Promotions in plain sentences: every kind and every condition can be read, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from edge.base.i18n import LANGS
from edge.promo.telling import describe, percent
from tests.edge.promo.forms import rule
from tests.edge.shop import Shop

FOOD = {"categories": ["food"]}
ONE = "Each piece takes one such offer, whichever saves most."


@pytest.mark.parametrize(("kind", "more", "said"), [
    ("percent", {"value": {"bp": 1250}}, "12.5% off everything."),
    ("percent", {"value": {"bp": 1000, "most": 500}, "scope": FOOD}, "10% off Food, at most ¥5.00."),
    ("amount", {"value": {"off": 100}, "scope": {"skus": ["MILK", "GUM"]}},
     "¥1.00 off each of Chewing gum, Milk 1 l (a kilo where it is weighed)."),
    ("price", {"value": {"price": 990}, "scope": {"brands": ["Ming"]}},
     "Ming (brand) at ¥9.90 each (a kilo where it is weighed)."),
    ("n_for_m", {"value": {"buy": 3, "pay": 2}}, "Of every 3 of everything, pay 2; the cheapest are free."),
    ("n_for_m", {"value": {"buy": 3, "pay": 2, "same": True}, "scope": FOOD}, "Food: of every 3 of one kind, pay 2."),
    ("nth", {"value": {"nth": 2, "bp": 5000}}, "Of every 2 of everything, 50% off the cheapest."),
    ("nth", {"value": {"nth": 2, "bp": 5000, "same": True}}, "everything: of every 2 of one kind, 50% off one."),
    ("bundle", {"value": {"price": 1200}, "parts": [{"scope": {"skus": ["MILK"]}}, {"scope": FOOD, "count": 2}]},
     "1 of Milk 1 l + 2 of Food together for ¥12.00."),
    ("bundle", {"value": {"bp": 2000}, "parts": [{"scope": FOOD, "count": 2}]}, "20% off 2 of Food together."),
    ("gift", {"value": {"spend": 2000, "gift": "GUM"}},
     "Spend ¥20.00 on everything at shelf prices and get Chewing gum × 1 free."),
    ("gift", {"value": {"count": 3, "gift": "GUM", "pieces": 2}, "scope": FOOD},
     "Buy 3 of Food and get Chewing gum × 2 free."),
    ("spend_get", {"value": {"every": 5000, "off": 500}}, "¥5.00 off for every ¥50.00 spent on everything."),
    ("spend_get", {"value": {"every": 5000, "off": 500, "most": 2}},
     "¥5.00 off for every ¥50.00 spent on everything, at most 2×."),
    ("threshold", {"value": {"steps": [[20000, 2500], [10000, 1000]]}},
     "On everything: ¥10.00 off from ¥100.00, ¥25.00 off from ¥200.00."),
    ("threshold", {"value": {"percent": True, "steps": [[10000, 1000]]}, "scope": FOOD},
     "On Food: 10% off from ¥100.00."),
    ("percent", {"value": {"bp": 1000}, "scope": {"except_skus": ["WINE"], "except_categories": ["drink"]}},
     "10% off everything (not Red wine, Drinks)."),
    ("percent", {"value": {"bp": 1000}, "scope": {"skus": ["BREAD", "GUM", "MILK", "WINE", "APPLES"]}},
     "10% off Fuji apples, Wholemeal bread, Chewing gum and 2 more."),
    ("percent", {"value": {"bp": 1000}, "scope": {"skus": ["GONE"]}}, "10% off GONE."),
])  # fmt: skip
def test_what_comes_off(shop: Shop, kind: str, more: dict[str, Any], said: str) -> None:
    assert describe(shop.box, rule(kind, **more), "en") == [said, ONE]
    assert describe(shop.box, rule(kind, **more), "zh-CN")[0].endswith("。")


@pytest.mark.parametrize(("more", "said"), [
    ({"when": {"begins": "2026-11-01"}}, ["From 2026-11-01."]),
    ({"when": {"ends": "2026-11-30"}}, ["Until 2026-11-30."]),
    ({"when": {"begins": "2026-11-01", "ends": "2026-11-30", "weekdays": [5, 6], "hours": [[1320, 120]]}},
     ["From 2026-11-01 to 2026-11-30.", "On Saturday, Sunday.", "At 22:00–02:00."]),
    ({"when": {"month_days": [8, 18, 28], "stores": ["S01"]}},
     ["On day 8, 18, 28 of the month.", "In the stores S01."]),
    ({"when": {"member": True}}, ["For members."]),
    ({"when": {"member": True, "tiers": ["gold", "silver"]}}, ["For members on Silver, Gold."]),
    ({"when": {"tiers": ["platinum"]}}, ["For members on platinum."]),
    ({"when": {"segments": ["tea"]}}, ["For the group of members tea."]),
    ({"when": {"first": True}}, ["For a member's first purchase."]),
    ({"when": {"birthday": 0}}, ["For members on their birthday."]),
    ({"when": {"birthday": 7}}, ["For members within 7 days of their birthday."]),
    ({"coupon": True, "limits": {"basket": 1, "member": 2, "day": 3, "total": 4}},
     ["With a voucher.", "At most 1× in one cart.", "At most 2× for each member.",
      "At most 3× a day for each member.", "4× in all, then it is over."]),
])  # fmt: skip
def test_when_for_whom_and_how_often(shop: Shop, more: dict[str, Any], said: list[str]) -> None:
    promotion = rule("percent", value={"bp": 1000}, **more)
    assert describe(shop.box, promotion, "en") == ["10% off everything.", *said, ONE]
    assert len(describe(shop.box, promotion, "zh-CN")) == len(said) + 2


@pytest.mark.parametrize("lang", LANGS)
def test_how_it_goes_with_others(shop: Shop, lang: str) -> None:
    said = {describe(shop.box, rule("percent", value={"bp": 1000}, stack=stack), lang)[-1]
            for stack in ("one", "with", "alone")}  # fmt: skip
    assert len(said) == 3


@pytest.mark.parametrize(("bp", "said"), [(1000, "10"), (1250, "12.5"), (1205, "12.05"), (1, "0.01"), (10_000, "100")])
def test_percent_as_people_write_it(bp: int, said: str) -> None:
    assert percent(bp) == said
