"""The console in a real browser: it updates by itself, in both languages, without a word from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.hq.desk import PASSWORD, USER, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.fill()
    yield desk
    desk.close()


@pytest.fixture
def console(desk: Desk, browser: Browser) -> Iterator[Page]:
    """A page of the console, logged in in English; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    with desk.served() as url:
        page = browser.new_page(base_url=url, locale="en-GB", viewport={"width": 1280, "height": 800})
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(url) else complaints.append(request.url))
        page.goto("/")
        page.get_by_label("User name").fill(USER)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Live sales")).to_be_visible()
        yield page
        page.close()
    assert not complaints


def test_a_new_sale_shows_up_by_itself(desk: Desk, console: Page) -> None:
    desk.sell(desk.boxes[0], 4321)
    desk.bring(desk.boxes[0])
    row = console.locator("tbody tr").first
    expect(row).to_contain_text("¥43.21", timeout=8000)
    expect(row).to_have_class("new")
    expect(console.get_by_role("status")).to_contain_text("Updating")


def test_pages_and_languages_are_one_click_away(console: Page) -> None:
    console.get_by_role("link", name="Members").click()
    expect(console.get_by_role("heading", name="Members", level=1)).to_be_visible()
    console.get_by_role("button", name="中文").click()
    expect(console.get_by_role("heading", name="会员", level=1)).to_be_visible()
    console.get_by_role("link", name="收银机").click()
    expect(console.get_by_text("已接收")).to_be_visible()
    console.get_by_role("button", name="退出登录").click()
    expect(console.get_by_role("heading", name="登录总部")).to_be_visible()


def test_no_page_is_wider_than_the_desk_s_screen(console: Page) -> None:
    for path in ("/", "/members", "/boxes"):
        console.goto(path)
        too_wide = console.evaluate(
            "[...document.querySelectorAll('main, .card, .big, .stats')]"
            ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className || e.tagName)"
        )
        assert too_wide == [], path


def test_controls_are_large_enough_and_named(console: Page) -> None:
    for path in ("/", "/members", "/boxes"):
        console.goto(path)
        small = console.evaluate(
            "[...document.querySelectorAll('a, button, input:not([type=hidden])')].filter(e => e.className !== 'skip')"
            ".filter(e => e.getBoundingClientRect().height < 32).map(e => e.outerHTML)"
        )
        nameless = console.evaluate(
            "[...document.querySelectorAll('a, button')].filter(e => !e.innerText.trim()).map(e => e.outerHTML)"
        )
        assert (small, nameless) == ([], [])
