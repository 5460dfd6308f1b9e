"""The shop's rules at the desk: shown with their bounds, changed all or none, counting at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.web.manager.desk import Desk
from tests.web.manager.eyes import LAPTOP, SIZES, Eyes
from tests.web.shop import Shop, wait


@pytest.fixture(autouse=True)
def as_before(shop: Shop) -> Iterator[None]:
    """Other tests find the rules as they were."""
    db = shop.box.db
    before = set(db.execute_sql("SELECT name, version FROM setting").fetchall())
    yield
    for new in set(db.execute_sql("SELECT name, version FROM setting").fetchall()) - before:
        db.execute_sql("DELETE FROM setting WHERE name = ? AND version = ?", new)
    shop.box.reload_rules()


def rules(desk: Desk) -> dict[str, dict[str, Any]]:
    return {rule["name"]: rule for group in desk.get("/rules")["groups"] for rule in group["rules"]}


def test_every_rule_comes_with_what_it_may_be(desk: Desk) -> None:
    found = rules(desk)
    assert found["cash.step"] == {
        "name": "cash.step", "kind": "money", "value": 10, "least": 1, "most": 1000, "choices": [],
    }  # fmt: skip
    assert found["permissions.sale.void"]["choices"] == ["allow", "approve", "deny"]


def test_a_change_counts_at_once(desk: Desk) -> None:
    desk.send("PATCH", "/rules", {"changes": {"cash.step": 50, "store_name.en": "Hillside"}})
    assert rules(desk)["cash.step"]["value"] == 50
    assert desk.shop.box.rules.cash_step == 50
    desk.client.post("/api/lang", {"lang": "en", "lane": "~manager"})
    assert "Hillside" in desk.client.get("/manager/settings").text


def test_one_wrong_value_and_nothing_changes(desk: Desk) -> None:
    answer = desk.ask("PATCH", "/rules", {"changes": {"shift.by_hand": True, "cash.step": 0}})
    assert answer.status_code == 422 and answer.json["type"] == "tillbox:setting_wrong"
    assert answer.json["params"]["field"] == "cash.step"
    assert rules(desk)["shift.by_hand"]["value"] is False
    desk.send("PATCH", "/rules", {"changes": {"permissions.staff.change": "allow"}}, status=422)
    desk.send("PATCH", "/rules", {"changes": []}, status=422)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_page_in_both_languages_and_all_sizes(
    shop: Shop, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int]
) -> None:
    eyes = Eyes.at(shop, browser, windows, "settings", lang, size)
    eyes.look_closely()
    assert "permissions." not in eyes.page.locator("#body").inner_text()


def test_rules_are_changed_at_the_screen(shop: Shop, browser: Browser, windows: ExitStack) -> None:
    eyes = Eyes.at(shop, browser, windows, "settings", "en", LAPTOP)
    save = eyes.page.get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    coin = eyes.page.get_by_label("Smallest coin (¥)")
    coin.fill("0")
    expect(eyes.page.locator(".savebar")).to_contain_text("not within its bounds")
    expect(save).to_be_disabled()
    coin.fill("0.50")
    eyes.page.get_by_label("Void a sale").select_option("deny")
    expect(eyes.page.locator(".savebar")).to_contain_text("2 changes to save")
    save.click()
    expect(eyes.page.locator("#toast")).to_contain_text("Saved")
    wait(lambda: shop.box.rules.cash_step == 50)
    assert shop.box.rules.permissions == {"sale.void": "deny"}
    expect(coin).to_have_value("0.50")
