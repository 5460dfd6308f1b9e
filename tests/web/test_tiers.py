"""Tiers before customers and cashiers: what each needs and gives can be read, and goes with the member."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from copy import deepcopy

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from edge import codes, settings
from edge.demo.data import DemoMember
from edge.settings import DEFAULTS
from tests.web.cashier import Cashier
from tests.web.shop import CASHIER, Shop
from tests.web.test_kiosk import LANGS, Visitor, member, visitor  # noqa: F401

DAY = {"id": "day", "name": {"zh-CN": "每月 28 日双倍积分", "en": "Twice the points on the 28th"}, "give": "times",
       "value": 20_000, "month_days": [28]}  # fmt: skip


@pytest.fixture(autouse=True)
def generous(shop: Shop) -> Iterator[None]:
    """Gold has free delivery, and the 28th is a member day; other tests find the rules as they were."""
    value = deepcopy(DEFAULTS["loyalty"])
    value["tiers"][0]["delivery"] = value["tiers"][2]["delivery"] = True
    box = shop.box
    with box.transaction() as db:
        version = settings.put(db, box.env, "loyalty", {**value, "earn": [DAY]}, "test")
    box.reload_rules()
    yield
    box.db.execute_sql("DELETE FROM setting WHERE name = 'loyalty' AND version = ?", (version,))
    box.reload_rules()


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("LOYALTY_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_member_reads_what_each_tier_needs_and_gives(visitor: Visitor, member: DemoMember) -> None:  # noqa: F811
    visitor.swipes(member)
    page = visitor.page
    for lang in LANGS:
        if page.locator("html").get_attribute("lang") != lang:
            visitor.tap("language")
            expect(page.locator("html")).to_have_attribute("lang", lang)
        picture(page, f"kiosk-{lang}")
        button = page.locator('[data-key="ladder"]')
        box = button.bounding_box()
        assert box is not None and box["height"] >= 64
        button.click()
        sheet = page.locator("#ladder")
        expect(sheet.locator("li")).to_have_count(3)
        expect(sheet.locator("li.mine")).to_have_count(1)
        expect(sheet).to_contain_text("3,000")
        expect(sheet).to_contain_text("28")
        picture(page, f"ladder-{lang}")
        assert not Axe().run(page).response["violations"]
        sheet.get_by_role("button").click()
        expect(sheet).to_be_hidden()


def test_the_sheet_goes_with_the_member(visitor: Visitor, member: DemoMember) -> None:  # noqa: F811
    visitor.swipes(member)
    visitor.tap("ladder")
    visitor.page.evaluate("document.querySelector('[data-key=leave]').click()")  # as silence does
    visitor.sees_nobody()
    expect(visitor.page.locator("#ladder")).to_be_hidden()
    assert visitor.page.locator("#ladder").inner_html() == ""


@pytest.mark.parametrize("lang", LANGS)
def test_the_cashier_sees_what_the_tier_gives(
    shop: Shop, browser: Browser, windows: ExitStack, member: DemoMember, lang: str  # noqa: F811
) -> None:
    till = Cashier.at(shop, browser, windows, CASHIER, lang)
    shop.swipe(codes.member_code(member.number))
    expect(till.page.locator("#m-tier")).not_to_be_empty()
    assert till.page.locator("#m-perks").inner_text() or till.page.locator("#m-tier.silver").count()
    picture(till.page, f"till-{lang}")
