"""Tiers and points at the desk: read in words, changed as a whole, refused with what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.web.manager.desk import Desk
from tests.web.manager.eyes import LAPTOP, SIZES, Eyes
from tests.web.shop import Shop, wait

NAME = {"zh-CN": "会员日", "en": "Member day"}
DOUBLE = {"id": "double", "give": "times", "value": 20_000, "name": NAME, "month_days": [28]}


@pytest.fixture(autouse=True)
def as_before(shop: Shop) -> Iterator[None]:
    """Other tests find the rules as they were."""
    db = shop.box.db
    before = set(db.execute_sql("SELECT name, version FROM setting").fetchall())
    yield
    for new in set(db.execute_sql("SELECT name, version FROM setting").fetchall()) - before:
        db.execute_sql("DELETE FROM setting WHERE name = ? AND version = ?", new)
    shop.box.reload_rules()


def test_the_ladder_is_told_in_full_and_in_words(desk: Desk) -> None:
    found = desk.get("/loyalty")
    assert [tier["name"]["en"] for tier in found["value"]["tiers"]] == ["Bronze", "Silver", "Gold"]
    assert found["value"]["ladder"]["window"] == "lifetime"
    assert found["tiers"][2]["needs"] in ("A score of 3,000", "成长值 3,000")


def test_a_change_counts_at_once_and_leaves_the_rest(desk: Desk) -> None:
    desk.send("PATCH", "/loyalty", {"value": {"earn": [DOUBLE], "ladder": {"window": "year"}}})
    rules = desk.shop.box.rules
    assert [rule.id for rule in rules.earning] == ["double"] and rules.ladder.window == "year"
    assert [tier.id for tier in rules.tiers] == ["bronze", "silver", "gold"]
    noted = desk.shop.box.db.execute_sql("SELECT detail FROM audit ORDER BY id DESC LIMIT 2").fetchall()
    assert all("loyalty." in detail for (detail,) in noted)


@pytest.mark.parametrize(
    ("value", "slug"),
    [
        ({"tiers": []}, "tier_few"),
        ({"earn": [DOUBLE, DOUBLE]}, "earn_twice"),
        ({"ladder": {"by": "luck"}}, "loyalty_shape"),
        ({"colour": 1}, "loyalty_shape"),
        ({"minor_per_point": 0}, "setting_bounds"),
    ],
)
def test_what_cannot_be_is_refused(desk: Desk, value: dict[str, Any], slug: str) -> None:
    answer = desk.ask("PATCH", "/loyalty", {"value": value})
    assert answer.status_code == 422 and answer.json["type"] == f"tillbox:{slug}"


def test_rungs_are_given_from_below(desk: Desk) -> None:
    tiers = desk.get("/loyalty")["value"]["tiers"]
    answer = desk.ask("PATCH", "/loyalty", {"value": {"tiers": [tiers[0], tiers[2], tiers[1]]}})
    assert answer.status_code == 422


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_page_in_both_languages_and_all_sizes(
    shop: Shop, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int]
) -> None:
    eyes = Eyes.at(shop, browser, windows, "loyalty", lang, size)
    eyes.look_closely()
    if folder := os.environ.get("LOYALTY_PICTURES"):
        eyes.page.screenshot(path=f"{folder}/page-{lang}-{size[0]}.png", full_page=True)
    eyes.page.get_by_role("button", name="金卡" if lang == "zh-CN" else "Gold").click()
    eyes.look_closely()
    if folder:
        eyes.page.screenshot(path=f"{folder}/tier-{lang}-{size[0]}.png")


def test_a_rule_is_made_at_the_screen(shop: Shop, browser: Browser, windows: ExitStack) -> None:
    eyes = Eyes.at(shop, browser, windows, "loyalty", "en", LAPTOP)
    eyes.tap("Add a rule")
    dialog = eyes.dialog()
    dialog.get_by_label("Name in Chinese").fill("饮料加倍")
    dialog.get_by_label("Name in English").fill("Drinks twice")
    dialog.get_by_label("Points (%, 200: twice)").fill("50")
    dialog.get_by_label("Member days").fill("8, 18, 28")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("100")  # from 100 % on
    dialog.get_by_label("Points (%, 200: twice)").fill("200")
    if folder := os.environ.get("LOYALTY_PICTURES"):
        eyes.page.screenshot(path=f"{folder}/rule-en.png")
    dialog.get_by_role("button", name="Save").click()
    expect(eyes.page.locator("#toast")).to_contain_text("Saved")
    wait(lambda: any(rule.name_en == "Drinks twice" for rule in shop.box.rules.earning))
    rule = next(rule for rule in shop.box.rules.earning if rule.name_en == "Drinks twice")
    assert (rule.value, rule.month_days) == (20_000, frozenset({8, 18, 28}))
    expect(eyes.page.locator("#body")).to_contain_text("day 18 of the month")


def test_a_tier_is_added_and_removed(shop: Shop, browser: Browser, windows: ExitStack) -> None:
    eyes = Eyes.at(shop, browser, windows, "loyalty", "en", LAPTOP)
    eyes.tap("Add a tier")
    dialog = eyes.dialog()
    dialog.get_by_label("Name in Chinese").fill("钻石")
    dialog.get_by_label("Name in English").fill("Diamond")
    dialog.get_by_label("From a score of").fill("3000")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("must need more than the one below")
    dialog.get_by_label("From a score of").fill("9000")
    dialog.get_by_role("button", name="Save").click()
    wait(lambda: len(shop.box.rules.tiers) == 4)
    assert shop.box.rules.tiers[-1].id == "diamond"
    eyes.tap("Diamond")
    eyes.dialog().get_by_role("button", name="Remove").click()
    wait(lambda: len(shop.box.rules.tiers) == 3)
