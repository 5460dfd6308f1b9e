"""The setting "loyalty": any ladder and any rules for points, and a refusal that says what is wrong."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from edge import loyalty_rules
from edge.errors import ShopError
from edge.loyalty_rules import EarnRule, Ladder, Tier
from edge.settings import DEFAULTS
from tests.edge.shop import Shop

NAME = {"zh-CN": "钻石", "en": "Diamond"}
DIAMOND = {"id": "diamond", "score": 10_000, "multiplier": 20_000, "name": NAME}
DOUBLE = {"id": "double", "give": "times", "value": 20_000, "name": {"zh-CN": "会员日", "en": "Member day"}}


def loyalty(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(DEFAULTS["loyalty"]), **changes}


def with_tiers(*more: dict[str, Any], **first: Any) -> dict[str, Any]:
    found = loyalty()
    found["tiers"] = [{**found["tiers"][0], **first}, *found["tiers"][1:], *more]
    return found


def test_a_ladder_of_one_s_own_is_stored_with_its_names(shop: Shop) -> None:
    shop.setting("loyalty", with_tiers({**DIAMOND, "prices": "diamond", "delivery": True}))
    top = shop.box.rules.tiers[-1]
    assert (top.name("zh-CN"), top.name("en"), top.prices, top.delivery) == ("钻石", "Diamond", "diamond", True)


def test_a_setting_of_an_earlier_release_has_names_and_the_plain_ladder(shop: Shop) -> None:
    old = {key: DEFAULTS["loyalty"][key] for key in ("minor_per_point", "lot_days", "tiers")}
    shop.setting("loyalty", old)
    rules = shop.box.rules
    assert [tier.name("zh-CN") for tier in rules.tiers] == ["铜卡", "银卡", "金卡"]
    assert rules.ladder == Ladder() and rules.ladder.plain and rules.earning == ()


def test_a_rule_is_read_as_it_was_written(shop: Shop) -> None:
    shop.setting("loyalty", loyalty(earn=[{**DOUBLE, "weekdays": [1], "tiers": ["gold"], "begins": "2026-01-01"}]))
    assert shop.box.rules.earning == (
        EarnRule(
            "double", "times", 20_000, "会员日", "Member day", tiers=frozenset({"gold"}), weekdays=frozenset({1}),
            begins="2026-01-01",
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "slug"),
    [
        ("gold", "loyalty_shape"),
        ({"tiers": []}, "loyalty_shape"),
        (loyalty(tiers=[]), "tier_few"),
        (with_tiers(*({**DIAMOND, "id": f"d{n}", "score": 4_000 + n} for n in range(6))), "tier_few"),
        (with_tiers(score=1), "tier_first"),
        (with_tiers({**DIAMOND, "score": 3_000}), "tier_order"),
        (with_tiers({**DIAMOND, "id": "gold"}), "tier_twice"),
        (with_tiers({**DIAMOND, "id": "Gold !"}), "loyalty_shape"),
        (with_tiers({**DIAMOND, "multiplier": 14_000}), "setting_tiers"),
        (with_tiers({**DIAMOND, "multiplier": 9_999}), "setting_bounds"),
        (with_tiers({**DIAMOND, "name": {"en": "Diamond"}}), "tier_name"),
        (with_tiers({**DIAMOND, "name": {"zh-CN": "钻石", "en": "x" * 17}}), "tier_name"),
        (with_tiers({**DIAMOND, "prices": "base"}), "tier_list"),
        (with_tiers({**DIAMOND, "colour": "blue"}), "loyalty_shape"),
        (with_tiers({**DIAMOND, "delivery": 1}), "loyalty_shape"),
        (loyalty(ladder={"by": "luck"}), "loyalty_shape"),
        (loyalty(ladder={"window": "days", "days": 0}), "setting_bounds"),
        (loyalty(ladder={"by": "visits"}), "tier_order"),  # nobody said how many visits
        (loyalty(ladder={"grace_days": True}), "setting_bounds"),
        (loyalty(earn=[DOUBLE, DOUBLE]), "earn_twice"),
        (loyalty(earn=[{**DOUBLE, "name": {"zh-CN": "", "en": "x"}}]), "earn_name"),
        (loyalty(earn=[{**DOUBLE, "value": 9_999}]), "setting_bounds"),
        (loyalty(earn=[{**DOUBLE, "tiers": ["diamond"]}]), "loyalty_shape"),
        (loyalty(earn=[{**DOUBLE, "weekdays": [7]}]), "loyalty_shape"),
        (loyalty(earn=[{**DOUBLE, "month_days": [0]}]), "loyalty_shape"),
        (loyalty(earn=[{**DOUBLE, "birthday": -1}]), "setting_bounds"),
        (loyalty(earn=[{**DOUBLE, "begins": "2026-02-30"}]), "earn_dates"),
        (loyalty(earn=[{**DOUBLE, "begins": "2026-02-02", "ends": "2026-02-01"}]), "earn_dates"),
        (loyalty(earn=[{**DOUBLE, "begins": 20260202}]), "earn_dates"),
        (loyalty(earn=[{**DOUBLE, "give": "plus", "value": 5}]), "earn_plus"),
        (loyalty(earn=[{**DOUBLE, "give": "none", "value": 0}]), "earn_plus"),
        (loyalty(earn=[{**DOUBLE, "skus": "MILK"}]), "loyalty_shape"),
        (loyalty(earn=[{**DOUBLE, "luck": 1}]), "loyalty_shape"),
    ],
)
def test_what_cannot_be_is_refused_in_words(shop: Shop, wrong: Any, slug: str) -> None:
    before = shop.box.rules
    with pytest.raises(ShopError) as refused:
        shop.setting("loyalty", wrong)
    assert refused.value.slug == slug
    shop.box.reload_rules()
    assert shop.box.rules == before


def test_rungs_by_visits_need_no_score() -> None:
    said = loyalty(ladder={"by": "visits"})
    for n, tier in enumerate(said["tiers"]):
        tier |= {"score": 0, "visits": 10 * n}
    loyalty_rules.check(said)
    assert [tier.visits for tier in loyalty_rules.tiers(said)] == [0, 10, 20]


def test_a_tier_without_a_name_is_called_by_its_id() -> None:
    assert Tier("vip", 0, 10_000).name("en") == "vip"
