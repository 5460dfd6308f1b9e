"""Tiers and the rules for points at the desk: all of the setting at once, and what it comes to in words."""

from __future__ import annotations

from typing import Any

from edge import catalog, loyalty_desk, settings
from edge.loyalty_rules import BY, FALLS, GIVES, WINDOWS
from edge.promo import desk
from web.api.frame import Call, speaks
from web.api.shapes import anything, body, by_name, choice, many, obj, text
from web.auth import MANAGER

_SAYS = obj("TierSays", name=text(example="Gold"), needs=text(400, example="A score of 3,000"), gives=text(2000))
_RULE = obj(
    "EarnRuleSays", name=text(example="Member day"), gives=text(example="2× points"), goods=text(40_000),
    when=text(2000), whom=text(400),
)  # fmt: skip
LOYALTY = obj(
    "Loyalty",
    value={**by_name(anything()), "examples": [{"minor_per_point": 100}]},
    tiers=many(_SAYS),
    earn=many(_RULE),
    by=many(choice(*BY)),
    windows=many(choice(*WINDOWS)),
    falls=many(choice(*FALLS)),
    gives=many(choice(*GIVES)),
    categories=many(obj(id=text(example="drink"), name=text(example="Drinks"))),
    promotions=many(obj(uid=text(example="birthday"), name=text(example="Birthday voucher"))),
)


@speaks(LOYALTY)
def read(call: Call) -> Any:
    """The setting in its full form, each tier and rule in words, and what a form may choose from."""
    box, lang = call.box, call.lang
    rules, chinese = settings.load(box.db), lang.startswith("zh")
    shelves = catalog.categories(box.db, catalog.current(box.db))
    gifts = [x for x in desk.everything(box) if x.promotion.coupon and x.state != "ended"]
    return {
        "value": loyalty_desk.read(box),
        "tiers": [loyalty_desk.says_tier(tier, rules, lang) for tier in rules.tiers],
        "earn": [loyalty_desk.says_rule(rule, rules, lang) for rule in rules.earning],
        "by": list(BY), "windows": list(WINDOWS), "falls": list(FALLS), "gives": list(GIVES),
        "categories": [{"id": x.id, "name": x.name_zh if chinese else x.name_en} for x in shelves],
        "promotions": [{"uid": x.promotion.uid, "name": x.promotion.name(lang)} for x in gifts],
    }  # fmt: skip


@speaks(
    LOYALTY,
    body=body("ChangeLoyalty", value={**by_name(anything()), "examples": [{"ladder": {"window": "year"}}]}),
    refusals=(
        "422 loyalty_shape", "422 setting_bounds", "422 setting_tiers", "422 tier_few", "422 tier_first",
        "422 tier_order", "422 tier_twice", "422 tier_name", "422 tier_list", "422 earn_twice", "422 earn_name",
        "422 earn_dates", "422 earn_plus",
    ),
)  # fmt: skip
def change(call: Call) -> Any:
    """Change parts of the setting (ladder, tiers, earn …), each as a whole; they count at once."""
    loyalty_desk.change(call.box, call.person, call.body["value"], MANAGER)
    return read(call)
