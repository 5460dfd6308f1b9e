"""What is done with a whole member, in a real browser: told, erased, merged, a family; each in three taps (S19)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from edge import codes, members
from edge.base.sqlite import row
from edge.privacy import erase
from tests.web.cashier import Cashier
from tests.web.shop import CASHIER, MANAGER, Shop, wait
from tests.web.test_access import LANGS, SMALL_JS, clean
from tests.web.test_dialogs import OUT_JS, OVER_JS
from tests.web.test_kiosk import Visitor

_next = iter(range(10_600_000_001, 10_700_000_000))


def enrol(shop: Shop, name: str, consents: tuple[str, ...] = ("points",)) -> tuple[int, str, str]:
    """(row id, uid, card) of somebody new."""
    number = next(_next)
    with shop.box.transaction():
        card = codes.member_code(number % 10**10)
        member = members.enrol(shop.box, name=name, card=card, phone=str(number), consents=consents)
    found = row(shop.box.db, "SELECT uid FROM member WHERE id = ?", (member,))
    assert found is not None
    return member, str(found[0]), card


@pytest.fixture(params=LANGS)
def desk(request: pytest.FixtureRequest, shop: Shop, browser: Browser, windows: ExitStack) -> Iterator[Cashier]:
    yield Cashier.at(shop, browser, windows, MANAGER, request.param)


def picture(till: Cashier, where: str) -> None:
    """A screenshot where somebody wants to look (TILLBOX_PICTURES: a folder)."""
    if folder := os.environ.get("TILLBOX_PICTURES"):
        lang = till.page.evaluate("document.documentElement.lang")
        till.page.wait_for_timeout(200)
        Path(folder, f"rights-{where}-{lang}.png").write_bytes(till.page.screenshot())


def fine(till: Cashier, where: str) -> None:
    """Nothing that axe finds, targets large, all of it on the screen."""
    picture(till, where)
    assert clean(till.page, where) == []
    assert {where: till.page.evaluate(SMALL_JS)} == {where: []}
    assert till.page.evaluate(OUT_JS) == []
    assert till.page.evaluate(OVER_JS) == [0, 0]


def state(shop: Shop, member: int) -> str:
    found = row(shop.box.db, "SELECT state FROM member WHERE id = ?", (member,))
    assert found is not None
    return str(found[0])


def opened(till: Cashier, card: str) -> None:
    till.scan(card)
    till.taps = 0
    till.tap("#m-open")
    till.visible("#act-erase")


def test_a_member_is_erased_in_three_taps_and_the_screen_says_that_it_is_done(shop: Shop, desk: Cashier) -> None:
    member, _, card = enrol(shop, "欧阳明珠")
    opened(desk, card)
    fine(desk, "page")
    desk.tap("#act-erase")
    desk.visible("#ask")
    fine(desk, "erase")
    desk.tap("#ask-ok")
    desk.visible("#notice")
    assert desk.taps == 3
    wait(lambda: state(shop, member) == "erased")
    desk.visible("#m-name", False)
    expect(desk.page.locator("dialog[open]")).to_have_count(0)
    picture(desk, "erased")
    assert clean(desk.page, "erased") == []
    assert "欧阳" not in desk.page.content()


def test_a_cashier_asks_for_a_second_person(shop: Shop, browser: Browser, windows: ExitStack) -> None:
    till = Cashier.at(shop, browser, windows, CASHIER, "en")
    member, _, card = enrol(shop, "Somebody")
    opened(till, card)
    till.tap("#act-erase")
    till.tap("#ask-ok")
    till.visible("#approve")
    till.see("#approve-title", "Approve erasing the member")
    assert till.taps == 3
    till.key(*shop.pin(MANAGER), "Enter")
    till.visible("#notice")
    assert state(shop, member) in ("erasing", "erased")
    erase.finish(shop.box, 2)


def test_what_is_known_is_printed_in_two_taps(shop: Shop, desk: Cashier) -> None:
    member, uid, card = enrol(shop, "Print Me", members.PURPOSES)
    opened(desk, card)
    desk.tap("#act-print")
    desk.visible("#toast")
    assert desk.taps == 2
    wait(lambda: row(shop.box.db, "SELECT 1 FROM print_job WHERE ref = ?", (f"member:{uid}",)) is not None)
    desk.key("Escape")
    assert state(shop, member) == "active"


def test_two_who_are_one_are_merged_after_a_look_at_what_comes_of_it(shop: Shop, desk: Cashier) -> None:
    kept, _, card = enrol(shop, "林悦", ("points", "offers"))
    gone, _, second = enrol(shop, "林月")
    opened(desk, card)
    desk.tap("#act-merge")
    desk.visible("#second")
    fine(desk, "merge")
    desk.scan_for_dialog(second)
    desk.visible("#second-do")
    fine(desk, "merge-check")
    desk.tap("#second-do")
    desk.visible("#toast")
    assert desk.taps == 3
    assert (state(shop, gone), state(shop, kept)) == ("merged", "active")
    found = members.by_card(shop.box.db, second)
    assert found is not None and found.id == kept
    assert not members.has_consent(shop.box.db, kept, "offers")


def test_two_share_a_purse_once_both_agree_and_one_leaves(shop: Shop, desk: Cashier) -> None:
    one, _, card = enrol(shop, "林悦")
    two, _, second = enrol(shop, "王芳")
    opened(desk, card)
    desk.tap("#act-family")
    desk.visible("#second")
    fine(desk, "family")
    desk.scan_for_dialog(second)
    desk.visible("#second-do")
    fine(desk, "family-check")
    desk.tap("#second-do")
    desk.visible("#toast")
    assert desk.taps == 3
    shared = "SELECT COUNT(DISTINCT family), COUNT(family) FROM member WHERE id IN (?, ?)"
    assert row(shop.box.db, shared, (one, two)) == (1, 2)
    desk.tap("#m-open")
    desk.tap("#act-family")
    desk.visible("#second-leave")
    fine(desk, "family-there")
    desk.tap("#second-leave")
    desk.visible("#second", False)
    assert row(shop.box.db, shared, (one, two)) == (0, 0)


def test_who_is_typed_by_the_last_digits_is_chosen_from_a_list(shop: Shop, till: Cashier) -> None:
    _, _, card = enrol(shop, "First")
    gone, _, _ = enrol(shop, "Second")
    end = str(row(shop.box.db, "SELECT phone_last4 FROM member WHERE id = ?", (gone,))[0])  # type: ignore[index]
    opened(till, card)
    till.tap("#act-merge")
    till.visible("#second")
    for digit in end:
        till.tap(f'#second-pad [data-key="{digit}"]')
    till.tap("#second-ok")
    expect(till.page.locator("#second-hits button").first).to_be_visible()
    till.key("Escape")


# -- the kiosk --------------------------------------------------------------------------------------------------------


@pytest.fixture(params=LANGS)
def visitor(request: pytest.FixtureRequest, shop: Shop, browser: Browser) -> Iterator[Visitor]:
    context: BrowserContext = browser.new_context(viewport={"width": 1080, "height": 1920}, base_url=shop.address)
    made = Visitor(shop, context)
    made.opens()
    if made.page.evaluate("document.documentElement.lang") != request.param:
        made.tap("language")
        expect(made.page.locator("html")).to_have_attribute("lang", request.param)
    made.taps = 0
    yield made
    context.close()
    assert not [each for each in made.wrong if "status of 4" not in each]


def shot(visitor: Visitor, where: str) -> None:
    if folder := os.environ.get("TILLBOX_PICTURES"):
        lang = visitor.page.evaluate("document.documentElement.lang")
        visitor.page.wait_for_timeout(300)
        Path(folder, f"kiosk-{where}-{lang}.png").write_bytes(visitor.page.screenshot())
    assert clean(visitor.page, where) == []


def test_whoever_stands_at_the_kiosk_sees_and_erases_what_is_theirs(shop: Shop, visitor: Visitor) -> None:
    member, _, card = enrol(shop, "林晓雯", ("points", "offers"))
    shop.swipe(card, "k1")
    expect(visitor.page.locator("#slip .points b")).to_be_visible()
    visitor.tap("mine")
    expect(visitor.page.locator(".mine dl")).to_be_visible()
    shot(visitor, "mine")
    assert "晓雯" not in visitor.page.locator("#panel").inner_text()
    visitor.tap("mine-erase")
    shot(visitor, "mine-erase")
    end = str(row(shop.box.db, "SELECT phone_last4 FROM member WHERE id = ?", (member,))[0])  # type: ignore[index]
    for digit in "0000":
        visitor.tap(f"mine-{digit}")
    visitor.tap("mine-ok")
    expect(visitor.page.locator("#said")).not_to_be_empty()
    shot(visitor, "mine-wrong")
    assert state(shop, member) == "active"
    for digit in end:
        visitor.tap(f"mine-{digit}")
    visitor.tap("mine-ok")
    visitor.sees_nobody()
    expect(visitor.page.locator("#said")).not_to_be_empty()
    shot(visitor, "mine-erased")
    wait(lambda: state(shop, member) == "erased")
    expect(visitor.page.locator("dialog[open]")).to_have_count(0)


def test_it_takes_three_taps_besides_the_digits(shop: Shop, visitor: Visitor) -> None:
    member, _, card = enrol(shop, "Lin Yue")
    shop.swipe(card, "k1")
    expect(visitor.page.locator("#slip .points b")).to_be_visible()
    visitor.tap("mine")
    visitor.tap("mine-erase")
    end = str(row(shop.box.db, "SELECT phone_last4 FROM member WHERE id = ?", (member,))[0])  # type: ignore[index]
    visitor.page.locator(".mine .key").first.press(end[0])
    for digit in end[1:]:
        visitor.page.keyboard.press(digit)
    visitor.tap("mine-ok")
    visitor.sees_nobody()
    assert visitor.taps == 3
