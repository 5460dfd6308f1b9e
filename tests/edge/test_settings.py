"""Settings: each change is a version of its own, and what was never set has a default."""

from __future__ import annotations

import json

import pytest

from edge import settings
from edge.settings import DEFAULTS
from tests.edge.shop import Hands, Shop

LADDER = {
    "minor_per_point": 200,
    "lot_days": None,
    "tiers": [
        {"id": "gold", "score": 50, "multiplier": 20_000},
        {"id": "bronze", "score": 0, "multiplier": 10_000},
        {"id": "silver", "score": 10, "multiplier": 15_000},
    ],
}


def test_a_new_shop_has_rules(shop: Shop) -> None:
    rules = settings.load(shop.db)
    assert rules.tax == {"A": 1_300, "B": 900, "C": 600, "Z": 0}
    assert (rules.cash_step, rules.cash_mode) == (10, "down")
    assert [tier.id for tier in rules.tiers] == ["bronze", "silver", "gold"]
    assert rules.rule_version == 0
    assert rules.store_name["en"] == "Corner shop", "this one was set"


def test_the_newest_version_counts_and_the_old_ones_stay(shop: Shop) -> None:
    for step in (1, 5, 100):
        shop.setting("cash", {"step": step, "mode": "half_up", "notes": []})
    assert shop.box.rules.cash_step == 100
    found = shop.ask("SELECT version, value, by_whom FROM setting WHERE name = 'cash' ORDER BY version")
    assert [(version, json.loads(value)["step"], by) for version, value, by in found] == [
        (1, 1, "test"),
        (2, 5, "test"),
        (3, 100, "test"),
    ]


def test_ten_versions_are_in_the_order_of_numbers(shop: Shop) -> None:
    for step in range(1, 13):
        shop.setting("cash", {"step": step, "mode": "down", "notes": []})
    assert shop.box.rules.cash_step == 12


def test_tiers_are_put_in_order(shop: Shop) -> None:
    shop.setting("loyalty", LADDER)
    found = [(tier.id, tier.score, tier.multiplier) for tier in shop.box.rules.tiers]
    assert found == [("bronze", 0, 10_000), ("silver", 10, 15_000), ("gold", 50, 20_000)]


def test_each_ledger_entry_names_the_rules_it_was_earned_by(shop: Shop, till: Hands) -> None:
    till.sell(["HAMPER"], "bronze")
    shop.setting("loyalty", LADDER)
    till.sell(["HAMPER"], "bronze")
    found = shop.ask(
        "SELECT points, rule_version, expires_on FROM ledger WHERE member = ? ORDER BY id", shop.member("bronze")
    )
    assert found == [(1_000, 0, "2028-11-21"), (1_000, 1, None)]  # 500 × 2: gold by the new ladder


def test_who_shows_settings_hears_of_a_new_one(shop: Shop) -> None:
    shop.setting("scan", {"repeat_window_ms": 0})
    shop.setting("scan", {"repeat_window_ms": 1})
    assert shop.one("SELECT version FROM change WHERE topic = 'setting'") == 3, "the name of the store was the first"


def test_an_unknown_setting_is_a_mistake(shop: Shop) -> None:
    with pytest.raises(KeyError, match="colour"), shop.box.transaction() as db:
        settings.put(db, shop.env, "colour", "red", "test")


def test_every_setting_has_a_default_that_can_be_stored(shop: Shop) -> None:
    before = settings.load(shop.db)
    for name, value in DEFAULTS.items():
        if name != "store_name":
            shop.setting(name, value)
    after = settings.load(shop.db)
    assert {**vars(after), "rule_version": 0} == vars(before)
