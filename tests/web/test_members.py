"""Members at the counter in a real browser: found, enrolled, given cards, shown with their history."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from edge import codes, members
from tests.web.cashier import Cashier, Client
from tests.web.shop import CASHIER, Shop, wait
from tests.web.test_access import LANGS, SMALL_JS, clean
from tests.web.test_dialogs import OUT_JS, OVER_JS

_next = iter(range(13_000_000_001, 14_000_000_000))


@pytest.fixture
def phone() -> str:
    """A number that nobody has in the shop that all tests of a worker share."""
    return str(next(_next))


@pytest.fixture(params=LANGS)
def desk(request: pytest.FixtureRequest, shop: Shop, browser: Browser, windows: ExitStack) -> Iterator[Cashier]:
    yield Cashier.at(shop, browser, windows, CASHIER, request.param)


def picture(till: Cashier, name: str) -> None:
    """A screenshot where somebody wants to look (TILLBOX_PICTURES: a folder)."""
    if folder := os.environ.get("TILLBOX_PICTURES"):
        lang = till.page.evaluate("document.documentElement.lang")
        till.page.wait_for_timeout(200)
        Path(folder, f"member-{name}-{lang}.png").write_bytes(till.page.screenshot())


def fine(till: Cashier, where: str) -> None:
    """Nothing that axe finds, targets large, all of it on the screen."""
    picture(till, where)
    assert clean(till.page, where) == []
    assert {where: till.page.evaluate(SMALL_JS)} == {where: []}
    assert till.page.evaluate(OUT_JS) == []
    assert till.page.evaluate(OVER_JS) == [0, 0]


def digits(till: Cashier, pad: str, text: str) -> None:
    for digit in text:
        till.tap(f'#{pad} [data-key="{digit}"]')


def test_a_known_phone_number_takes_thirteen_taps(shop: Shop, till: Cashier, phone: str) -> None:
    """T4: phone 1 + 11 digits + 1."""
    with shop.box.transaction():
        members.enrol(shop.box, name="林悦", card="", phone=phone)
    till.tap("#member-add")
    digits(till, "find-pad", phone)
    till.tap("#find-ok")
    till.see("#m-name", "林悦")
    assert till.taps == 13
    expect(till.page.locator("dialog[open]")).to_have_count(0)


def test_somebody_new_is_enrolled_by_touch_in_under_twenty_seconds(shop: Shop, desk: Cashier, phone: str) -> None:
    """A finger presses about three keys a second on a pad; the screen itself must take none of that time."""
    began = time.monotonic()
    desk.tap("#member-add")
    fine(desk, "find")
    digits(desk, "find-pad", phone)
    desk.tap("#find-ok")
    desk.visible("#find-problem")
    fine(desk, "nobody")
    looked = time.monotonic()
    desk.tap("#find-ok")
    desk.visible("#enrol")
    expect(desk.page.locator("#enrol-asked button")).to_have_count(5)
    assert desk.page.locator("#enrol-asked [aria-pressed=true]").count() == 0  # nothing is chosen for anybody
    desk.tap("#enrol-asked button >> nth=0")
    fine(desk, "enrol")
    desk.tap("#enrol-ok")
    desk.visible("#m-phone")
    desk.see("#m-phone", f"{phone[:3]}••••{phone[-4:]}")
    assert desk.taps == 16  # open, 11 digits, find, new, one yes, enrol
    assert time.monotonic() - began - (looked - began) / 2 < 20
    member = members.by_phone(shop.box, phone)
    assert member is not None and member.points_consent
    assert not members.has_consent(shop.box.db, member.id, "offers")


def test_somebody_new_is_enrolled_by_keyboard_alone(shop: Shop, till: Cashier, phone: str) -> None:
    till.key("F4", *phone, "Enter")
    till.visible("#find-problem")
    till.key("Enter")
    expect(till.page.locator("#enrol-asked button")).to_have_count(5)
    till.key("1", "3")  # points, birthday
    till.key(*"1128", "Enter")
    till.see("#m-phone", phone[-4:])
    member = members.by_phone(shop.box, phone)
    assert member is not None
    born = shop.box.db.execute_sql("SELECT birthday FROM member WHERE id = ?", (member.id,)).fetchone()
    assert born == ("11-28",)
    assert [p for p in members.PURPOSES if members.has_consent(shop.box.db, member.id, p)] == ["points", "birthday"]


def test_a_fresh_card_under_the_scanner_is_enrolled_with_or_given_to_a_member(
    shop: Shop, desk: Cashier, phone: str
) -> None:
    first, second = (codes.member_code(int(phone) % 10**7 + n) for n in (0, 5_000_000))
    desk.scan(first)
    desk.visible("#notice")
    picture(desk, "notice")
    desk.tap("#notice-find")
    desk.visible("#find")
    fine(desk, "card")
    desk.tap("#find-new")
    digits(desk, "enrol-pad", phone)
    desk.page.locator("#enrol-name").fill("林悦")
    fine(desk, "enrol-card")
    desk.tap("#enrol-ok")
    desk.see("#m-name", "林悦")
    desk.tap("#m-detach")
    desk.scan(second)
    desk.tap("#notice-find")
    digits(desk, "find-pad", phone)
    desk.tap("#find-ok")
    desk.visible("#find-give")
    fine(desk, "give")
    desk.tap("#find-replace")
    desk.see("#m-name", "林悦")
    desk.tap("#m-detach")
    desk.scan(first)
    desk.visible("#notice")
    desk.scan(second)
    desk.see("#m-name", "林悦")


def test_a_card_scanned_while_somebody_is_looked_for_closes_the_search(shop: Shop, till: Cashier) -> None:
    till.tap("#member-add")
    till.visible("#find")
    wait(lambda: shop.daemon.tills["1"].catch == "member")
    shop.scan(shop.card(100))
    till.visible("#member")
    expect(till.page.locator("dialog[open]")).to_have_count(0)
    till.key("F4")
    till.visible("#person")


def test_the_last_four_digits_leave_a_choice_of_masked_names(shop: Shop, desk: Cashier, phone: str) -> None:
    other = f"15{phone[2:]}"
    with shop.box.transaction():
        members.enrol(shop.box, name="王芳", card="", phone=phone)
        members.enrol(shop.box, name="张伟", card="", phone=other)
    desk.tap("#member-add")
    digits(desk, "find-pad", phone[-4:])
    desk.tap("#find-ok")
    expect(desk.page.locator("#find-hits button")).to_have_count(2)
    assert "王芳" not in desk.page.locator("#find-hits").inner_text()
    fine(desk, "hits")
    desk.tap("#find-hits button >> nth=1")
    desk.see("#m-name", "王芳")
    assert desk.taps == 7


def test_a_phone_number_that_is_known_offers_its_member(shop: Shop, desk: Cashier, phone: str) -> None:
    with shop.box.transaction():
        members.enrol(shop.box, name="王芳", card="", phone=phone)
    desk.tap("#member-add")
    desk.tap("#find-new")
    digits(desk, "enrol-pad", phone)
    desk.tap("#enrol-ok")
    desk.visible("#ask")
    picture(desk, "known")
    desk.tap("#ask-ok")
    desk.see("#m-name", "王芳")


def test_the_page_of_a_member_shows_and_changes_what_is_known(shop: Shop, desk: Cashier) -> None:
    desk.scan(shop.card(100))
    desk.tap("#m-open")
    expect(desk.page.locator("#person-panel .entry-row").first).to_be_visible()
    fine(desk, "page")
    desk.tap("#person-panel .entry-row >> nth=0")
    expect(desk.page.locator(".lines-of div").first).to_be_visible()
    fine(desk, "lines")
    desk.tap("#person-tabs button >> nth=1")
    messages = desk.page.locator("#person-panel .asked button").nth(3)
    before = messages.get_attribute("aria-pressed")
    messages.click()
    expect(messages).not_to_have_attribute("aria-pressed", before or "")
    fine(desk, "consents")
    messages.click()
    desk.tap("#person-tabs button >> nth=2")
    fine(desk, "cards")
    desk.tap("#person-tabs button >> nth=3")
    desk.tap("#person-panel .btn >> nth=0")
    desk.page.locator("#say-text").fill("=cmd|' /C calc'!A0 <b>纸袋</b>")
    picture(desk, "note")
    desk.tap("#say-ok")
    desk.see("#person-panel", "<b>纸袋</b>")
    fine(desk, "notes")
    desk.tap("#person-panel [aria-label] >> nth=0")
    expect(desk.page.locator("#person-panel .noted")).to_have_count(0)
    desk.tap("#person-tabs button >> nth=4")
    fine(desk, "details")
    desk.tap("#person-panel .btn >> nth=0")
    name = desk.page.locator("#say-text").input_value()
    desk.page.locator("#say-text").fill("新名字")
    desk.tap("#say-ok")
    desk.see("#person-name", "新名字")
    desk.tap("#person-panel .btn >> nth=0")
    desk.page.locator("#say-text").fill(name)
    desk.tap("#say-ok")
    desk.see("#person-name", name)


def test_the_dialogs_fit_a_small_screen(shop: Shop, browser: Browser, windows: ExitStack, phone: str) -> None:
    till = Cashier.at(shop, browser, windows, CASHIER, "en", size=(1024, 600))
    till.tap("#member-add")
    fine(till, "small-find")
    till.tap("#find-new")
    expect(till.page.locator("#enrol-asked button")).to_have_count(5)
    fine(till, "small-enrol")
    till.key("Escape")
    till.scan(shop.card(100))
    till.tap("#m-open")
    expect(till.page.locator("#person-panel .entry-row").first).to_be_visible()
    fine(till, "small-page")


def test_a_stranger_to_the_till_sees_no_member(client: Client) -> None:
    for path in ("members?q=0001", "consents", "member/x", "member/x/sale/y"):
        assert client.get(f"/api/till/1/{path}").status_code == 401


@pytest.mark.parametrize(
    "name",
    ["<img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "ﷺ" * 40, "👩\u200d👧" * 9, "شركة \u202egnp", "W" * 40],
    ids=["markup", "formula", "wide", "emoji", "right to left", "long"],
)
def test_a_name_is_only_text_in_the_cart_on_the_page_and_at_the_kiosk(
    shop: Shop, till: Cashier, phone: str, name: str
) -> None:
    with shop.box.transaction():
        members.enrol(shop.box, name=name, card="", phone=phone)
    member = members.by_phone(shop.box, phone)
    assert member is not None
    till.scan(members.numbers_of(shop.box.db, member.id)[0])
    wait(lambda: till.page.locator("#m-name").evaluate("node => node.textContent") == name)
    assert till.page.evaluate(OVER_JS) == [0, 0]
    assert till.page.evaluate("(node) => node.scrollWidth <= node.clientWidth + 1", till.page.query_selector("#member"))
    picture(till, f"name-{len(name)}")
    till.tap("#m-open")
    expect(till.page.locator("#person-panel .hollow, #person-panel .entry-row").first).to_be_visible()
    assert till.page.evaluate(OUT_JS) == [] and till.page.evaluate(OVER_JS) == [0, 0]
    picture(till, f"name-page-{len(name)}")
    assert till.page.locator("#app img, #person img").count() == 0
