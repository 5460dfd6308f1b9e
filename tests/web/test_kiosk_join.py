"""Joining at the kiosk in a real browser: number, purposes, code; in both languages, by touch, nothing left behind."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, expect

from edge import members
from edge.privacy import erase
from tests.web.shop import Shop
from tests.web.test_access import clean
from tests.web.test_kiosk import Visitor

SIZES = [(1080, 1920), (800, 1280), (1280, 800)]
# What of the dialog is cut off, or lies outside the screen.
CUT_JS = """() => {
  const dialog = document.querySelector('dialog[open]');
  const nodes = [...dialog.querySelectorAll('button, p, b, small, h2, img')];
  const out = nodes.filter((node) => {
    const at = node.getBoundingClientRect();
    return at.right > innerWidth + 1 || at.left < -1 || node.scrollWidth > node.clientWidth + 1;
  });
  const scrolls = dialog.scrollHeight > dialog.clientHeight + 1;
  return [...out.map((node) => node.textContent.slice(0, 40)), ...(scrolls ? ['scrolls'] : [])];
}"""
SMALL_JS = """() => [...document.querySelectorAll('dialog[open] button')]
  .filter((button) => button.offsetHeight < 64 || button.offsetWidth < 64).map((button) => button.dataset.key)"""
_next = iter(range(14_000_000_001, 15_000_000_000))


@pytest.fixture
def phone(shop: Shop) -> str:
    # However many tests join: none is slowed down by those before.
    shop.box.db.execute_sql("UPDATE member SET joined_us = 0 WHERE channel = 'kiosk'")
    return str(next(_next))


@pytest.fixture
def visitor(shop: Shop, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    width, height = getattr(request, "param", SIZES[0])
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=shop.address, has_touch=True)
    made = Visitor(shop, context)
    made.opens()
    yield made
    context.close()
    assert not [each for each in made.wrong if "status of 4" not in each]


def picture(visitor: Visitor, name: str) -> None:
    if folder := os.environ.get("TILLBOX_PICTURES"):
        lang = visitor.page.evaluate("document.documentElement.lang")
        width = visitor.page.viewport_size["width"] if visitor.page.viewport_size else 0
        Path(folder, f"join-{name}-{lang}-{width}.png").write_bytes(visitor.page.screenshot())


def fine(visitor: Visitor, where: str) -> None:
    picture(visitor, where)
    assert clean(visitor.page, where) == []
    assert {where: visitor.page.evaluate(SMALL_JS)} == {where: []}
    assert {where: visitor.page.evaluate(CUT_JS)} == {where: []}


def types(visitor: Visitor, phone: str) -> None:
    for digit in phone:
        visitor.tap(f"d{digit}")


@pytest.mark.parametrize("visitor", SIZES, indirect=True)
@pytest.mark.parametrize("english", [False, True])
def test_a_visitor_joins_by_touch_and_takes_a_code_along(
    shop: Shop, visitor: Visitor, phone: str, english: bool
) -> None:
    picture(visitor, "start")
    visitor.tap("join")
    if english:
        visitor.tap("join-lang")
        expect(visitor.page.locator("#join-title")).to_have_text("Become a member")
    types(visitor, phone)
    fine(visitor, "phone")
    visitor.tap("next")
    expect(visitor.page.locator("#join .asked")).to_have_count(5)
    assert visitor.page.locator("#join [aria-pressed=true]").count() == 0
    visitor.tap("points")
    visitor.tap("messages")
    fine(visitor, "ask")
    visitor.tap("ok")
    code = visitor.page.locator("#join .code")
    expect(code).to_be_visible()
    fine(visitor, "done")
    assert visitor.taps == 16 + english
    member = members.by_phone(shop.box, phone)
    assert member is not None
    assert [p for p in members.PURPOSES if members.has_consent(shop.box.db, member.id, p)] == ["points", "messages"]
    read = zxingcpp.read_barcodes(Image.open(io.BytesIO(code.screenshot())))
    assert [each.text for each in read] == members.numbers_of(shop.box.db, member.id)
    visitor.tap("done")
    expect(visitor.page.locator("#slip .points b")).to_have_text("0")
    picture(visitor, "member")
    visitor.tap("leave")
    visitor.sees_nobody()
    assert phone[-4:] not in visitor.page.content()


@pytest.mark.parametrize("mode", ["contrast", "large", "reach"])
def test_it_works_in_each_way_to_use_the_screen(shop: Shop, visitor: Visitor, phone: str, mode: str) -> None:
    visitor.tap(mode)
    visitor.tap("join")
    types(visitor, phone)
    fine(visitor, f"{mode}-phone")
    visitor.tap("next")
    visitor.tap("points")
    fine(visitor, f"{mode}-ask")
    visitor.tap("join-back")
    expect(visitor.page.locator("#join .entry")).to_have_text(phone)
    visitor.tap("join-back")
    expect(visitor.page.locator("dialog[open]")).to_have_count(0)


def test_the_code_goes_with_a_member_who_is_erased_elsewhere(shop: Shop, visitor: Visitor, phone: str) -> None:
    visitor.tap("join")
    types(visitor, phone)
    visitor.tap("next")
    visitor.tap("ok")
    expect(visitor.page.locator("#join .code")).to_be_visible()
    member = members.by_phone(shop.box, phone)
    assert member is not None
    erase.erase(shop.box, member.id, None, channel="desk")
    visitor.sees_nobody()
    expect(visitor.page.locator("dialog[open]")).to_have_count(0)
    assert visitor.page.locator("#join .code").count() == 0


def test_a_number_that_is_left_on_the_screen_goes_after_a_minute(shop: Shop, visitor: Visitor, phone: str) -> None:
    visitor.page.clock.install()
    visitor.opens()
    visitor.tap("join")
    types(visitor, phone)
    assert phone in visitor.page.content()
    visitor.page.clock.run_for(61_000)
    visitor.sees_nobody()
    assert phone not in visitor.page.content()


def test_a_refusal_is_said_in_the_dialog(shop: Shop, visitor: Visitor, phone: str) -> None:
    crowd = "UPDATE member SET channel = 'kiosk', joined_us = ? WHERE id > (SELECT MAX(id) - 6 FROM member)"
    shop.box.db.execute_sql(crowd, (shop.box.env.clock.now_us(),))
    visitor.tap("join")
    types(visitor, phone)
    visitor.tap("next")
    visitor.tap("ok")
    expect(visitor.page.locator("#join .problem")).to_be_visible()
    fine(visitor, "wait")
