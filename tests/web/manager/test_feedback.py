"""The page of feedback: themes with their words and trend, and an issue from open to closed."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from edge.feedback import sorting
from tests.web.manager.desk import Desk
from tests.web.manager.eyes import SIZES, Eyes
from tests.web.shop import Shop


@pytest.fixture(autouse=True)
def read(shop: Shop) -> None:
    """The night has been: what the sample's customers wrote is read."""
    sorting.sort(shop.box)


def test_the_board_says_what_about_and_why(desk: Desk) -> None:
    found = desk.get("/feedback?span=90")
    themes = {each["theme"]: each for each in found["themes"]}
    assert themes["queue"]["bad"] >= 3 and themes["queue"]["issue"]["state"] == "closed"
    assert themes["price"]["issue"]["state"] == "open", "three within two weeks"
    example = next(each for each in themes["queue"]["examples"] if each["mood"] == "-")
    assert example["text"] and example["words"] and len(themes["queue"]["hours"]) == 24
    assert sum(found["faces"]) > 10
    assert desk.get("/feedback?span=11")["span"] == 30


def test_an_issue_has_an_owner_a_state_and_a_note(desk: Desk) -> None:
    owner = desk.get("/feedback")["owners"][0]["uid"]
    issue = desk.post("/feedback/issues", {"theme": "hours"}, 201)
    path = f"/feedback/issues/{issue['issue']}"
    desk.post("/feedback/issues", {"theme": "hours"}, 409)
    desk.post("/feedback/issues", {"theme": "weather"}, 422)
    desk.post(path, {"state": "closed", "owner": owner, "note": ""}, 422)
    assert desk.post(path, {"state": "working", "owner": owner, "note": ""})["owner"] == owner
    closed = desk.post(path, {"state": "closed", "owner": owner, "note": "open till ten"})
    assert closed["state"] == "closed" and closed["note"] == "open till ten"
    desk.post("/feedback/issues/none", {"state": "open", "owner": None, "note": ""}, 404)


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_the_page_can_be_read_by_everybody(shop: Shop, browser: Browser, lang: str, size: str) -> None:
    with ExitStack() as windows:
        eyes = Eyes.at(shop, browser, windows, "feedback", lang, SIZES[size])
        expect(eyes.page.locator('[data-theme="price"] .said').first).to_be_visible()
        eyes.look_closely()


def test_an_issue_is_closed_on_the_page(shop: Shop, browser: Browser) -> None:
    with ExitStack() as windows:
        eyes = Eyes.at(shop, browser, windows, "feedback")
        card = eyes.page.locator('[data-theme="fresh"]')
        if card.get_by_role("button", name="Open an issue").count():
            card.get_by_role("button", name="Open an issue").click()
        card.get_by_role("button", name="Work on it").click()
        sheet = eyes.page.locator("dialog[open]")
        sheet.get_by_label("State").select_option("closed")
        sheet.get_by_role("button", name="Save").click()
        expect(sheet.get_by_role("alert")).to_have_text("Write what was done, then close it.")
        sheet.get_by_label("What was done").fill("Another baker")
        sheet.get_by_label("Owner").select_option(index=1)
        sheet.get_by_role("button", name="Save").click()
        expect(card.locator(".issue")).to_contain_text("Another baker")
        expect(card.locator(".issue")).to_contain_text("Closed")
        eyes.page.get_by_role("button", name="Last 7 days").click()
        expect(eyes.page.get_by_role("button", name="Last 7 days")).to_have_attribute("aria-pressed", "true")
