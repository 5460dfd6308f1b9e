"""Every dialog of the cashier's screen, in both languages and on a small screen: nothing that axe finds, targets large
and apart, all of it within reach."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from edge import settings
from tests.web.cashier import Cashier
from tests.web.shop import CASHIER, MANAGER, Shop
from tests.web.test_access import CLOSE_JS, LANGS, SMALL_JS, clean
from tests.web.wares import GIFT_CARD, Wares

# What of an open dialog can't be reached: cut off at the side, or wider than what scrolls it.
OUT_JS = """() => {
  const dialog = document.querySelector('dialog[open]');
  const box = dialog.getBoundingClientRect();
  const out = [...dialog.querySelectorAll('button, input, b, span, small, p, h2')].filter((node) => {
    const at = node.getBoundingClientRect();
    return at.width && !node.closest('.sr') && (at.right > box.right + 1 || at.left < box.left - 1);
  });
  const cut = [...dialog.querySelectorAll('.btn')].filter((node) => node.scrollWidth > node.clientWidth + 1);
  return [...out, ...cut].map((node) => node.id || node.textContent.trim().slice(0, 40));
}"""
OVER_JS = """() => {
  const page = document.documentElement;
  return [page.scrollWidth - innerWidth, page.scrollHeight - innerHeight];
}"""
# Digits of a pad and parts of a stepper are one control each; everything else stands apart.
APART = "dialog[open] :is(.row>.btn, .picks>.btn, .menu>.btn, .notes button, .pad .key)"


class Walk:
    """Opens one dialog after the other and looks at each."""

    def __init__(self, till: Cashier, wares: Wares, see: Callable[[str], None]) -> None:
        self.till, self.wares, self.see = till, wares, see
        self.plain = [code for code, _ in wares.plain]

    def leave(self) -> None:
        """Esc, and the dialog is gone."""
        self.till.key("Escape")
        expect(self.till.page.locator("dialog[open]")).to_have_count(0)

    def the_shift(self) -> None:
        self.till.visible("#number")
        self.see("float")
        self.till.key(*"300", "Enter")
        self.till.visible("#number", False)

    def a_line(self) -> None:
        till = self.till
        till.scan(*self.plain[:3], self.wares.member)
        self.see("cart")
        till.tap(".ctl .price")
        self.see("price")
        till.tap("#price-ways button >> nth=1")
        self.see("discount of a line")
        till.tap("#price-ways button >> nth=2")
        till.tap("#price [data-keys]")
        self.see("note, with the keyboard")
        till.page.locator("#price-note").fill("送礼 / gift")
        till.tap("#price-save")
        till.tap("#do-discount")
        till.key("2", "5")
        self.see("discount of the cart")
        till.tap("#price-reasons button >> nth=0")
        till.visible("#approve")
        till.key(*"111111")
        till.tap("#approve-ok")
        till.visible("#approve-problem")
        self.see("approval, a wrong PIN")
        till.key(*till.shop.pin(MANAGER))
        till.tap("#approve-ok")
        till.visible("#approve", False)
        till.key("Escape")

    def goods_that_ask(self) -> None:
        till = self.till
        till.scan(self.wares.phone)
        till.visible("#say")
        self.see("serial")
        till.scan_for_dialog("SN-1")
        till.visible("#say", False)
        till.scan(self.wares.flowers)
        till.visible("#number")
        self.see("open price")
        till.key("9", "Enter")
        till.visible("#number", False)
        till.scan(self.wares.beer, self.wares.cigar)
        till.visible("#age")
        self.see("age")
        till.key("y")
        till.visible("#age", False)
        till.page.locator("#shelf .tile", has=till.page.locator("em:text-matches('kg|公斤')")).first.click()
        till.visible("#number-choices")
        self.see("weight and container")
        self.leave()
        self.see("cart of all kinds")

    def a_held_cart(self) -> None:
        till = self.till
        till.tap("#do-hold")
        till.visible("#held-note")
        self.see("held")
        till.tap("#held-name")
        self.see("name of a held cart")
        till.page.locator("#say-text").fill("Ms Lin")
        till.key("Enter")
        till.visible("#say", False)
        till.tap("#do-recall")
        till.visible("#recall-list button")
        self.see("recall")
        till.tap("#recall-list button")
        till.visible("#recall", False)

    def the_payment(self) -> None:
        till = self.till
        till.tap("#pay-stored")
        till.visible("#value")
        self.see("gift card")
        self.leave()
        till.tap("#pay-account")
        self.see("on account")
        self.leave()
        till.tap("#pay-card")
        till.tap("#card-part")
        till.key("5")
        self.see("a part by card")
        till.tap("#card-ok")
        till.visible("#card", False)
        self.see("cart paid in part")
        till.tap("#pay-cash")
        self.see("cash")
        till.tap("#cash-notes button >> nth=0")
        till.visible("#done")
        self.see("done")
        till.tap("#done-void")
        till.visible("#why")
        self.see("void")
        self.leave()

    def what_comes_back(self) -> None:
        till = self.till
        till.tap("#do-return")
        till.visible("#receipts-list button >> nth=0")
        till.page.wait_for_timeout(400)  # the receipt's picture
        self.see("receipts")
        till.tap("#receipts-return")
        till.visible("#return")
        till.tap("#return-lines .entry-row >> nth=0")
        expect(till.page.locator("#return-refund")).to_be_enabled()
        self.see("return")
        till.tap("#return [data-close]")
        till.visible("#return", False)
        self.see("cart with a return")
        till.tap("#refund")
        till.visible("#card")
        self.see("refund on the card")
        till.tap("#card-ok")
        till.visible("#done")
        self.see("return done")
        till.tap("#done-close")
        till.tap("#do-return")
        till.tap("#receipts-blind")
        till.visible("#blind-search")
        till.page.locator("#blind-q").fill("a")
        till.page.wait_for_timeout(500)
        self.see("without receipt: find")
        till.scan(self.plain[4])
        till.visible("#blind-product")
        self.see("without receipt")
        self.leave()

    def what_lies_behind_more(self) -> None:
        till = self.till
        till.tap("#do-more")
        self.see("more")
        for entry, dialog in (("in", "#why"), ("empties", "#empties"), ("value", "#value"), ("help", "#help")):
            if not till.page.locator("#more").is_visible():
                till.tap("#do-more")
            till.tap(f"#more-{entry}")
            till.visible(dialog)
            if entry == "value":
                till.shop.scan(GIFT_CARD)
                till.visible("#value-card")
            self.see(entry)
            self.leave()
        till.tap("#do-drawer")
        self.see("drawer")
        self.leave()

    def the_evening(self) -> None:
        till = self.till
        till.tap("#do-more")
        till.tap("#more-report")
        till.visible("#report")
        self.see("X")
        self.leave()
        till.tap("#do-shift")
        till.visible("#count")
        till.key("3", "ArrowDown", "4")
        self.see("count")
        till.tap("#count-ok")
        till.visible("#closed")
        self.see("closed")
        self.leave()

    def all(self) -> None:
        """From opening to closing."""
        self.the_shift()
        self.a_line()
        self.goods_that_ask()
        self.a_held_cart()
        self.the_payment()
        self.what_comes_back()
        self.what_lies_behind_more()
        self.the_evening()


def reach(till: Cashier) -> list[str]:
    """What of the open dialog is small, too close to another, or out of reach."""
    page = till.page
    found = [f"small: {each}" for each in page.evaluate(SMALL_JS)]
    if page.locator("dialog[open]").count():
        found += [f"out of reach: {each}" for each in page.evaluate(OUT_JS)]
        found += [f"close: {each}" for each in page.evaluate(CLOSE_JS, APART)]
    over = page.evaluate(OVER_JS)
    return found if over == [0, 0] else [*found, f"the page scrolls: {over}"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("size", [(1280, 800), (1024, 600)])
def test_every_dialog(full_shop: tuple[Shop, Wares], browser: Browser, lang: str, size: tuple[int, int]) -> None:
    """TILLBOX_PICTURES=<folder> keeps a picture of each."""
    shop, wares = full_shop
    shop.tidy()
    found: list[str] = []
    with ExitStack() as windows:
        till = Cashier.at(shop, browser, windows, CASHIER, lang, size=size)
        pictures = os.environ.get("TILLBOX_PICTURES")

        def see(where: str) -> None:
            till.page.wait_for_timeout(150)
            if pictures:
                name = f"{where.replace(' ', '-').replace(',', '').replace(':', '')}-{lang}-{size[0]}.png"
                Path(pictures, name).write_bytes(till.page.screenshot())
            if size == (1280, 800):
                found.extend(clean(till.page, where))
            found.extend(f"{where}: {each}" for each in reach(till))

        Walk(till, wares, see).all()
        till.wrong = [each for each in till.wrong if "status of 4" not in each]
    assert not found, "\n".join(found)


@pytest.fixture
def idle_shop(full_shop: tuple[Shop, Wares]) -> Iterator[tuple[Shop, Wares]]:
    """The shop between two shifts, of which the first sale would open the next; codes with fields are read."""
    shop, _ = full_shop
    shop.tidy()
    for by_hand in (False, True):
        with shop.box.transaction() as db:
            settings.put(db, shop.env, "gs1", {"on": not by_hand}, "test")
            settings.put(db, shop.env, "shift", {"by_hand": by_hand}, "test")
        shop.box.reload_rules()
        if not by_hand:
            yield full_shop


def test_goods_past_their_date_are_sold_when_a_second_person_says_so(
    idle_shop: tuple[Shop, Wares], browser: Browser
) -> None:
    shop, wares = idle_shop
    code = next(code for code, _ in wares.plain if len(code) == 13)
    with ExitStack() as windows:
        till = Cashier.at(shop, browser, windows, CASHIER, "en")
        till.scan(f"010{code}17200101")
        till.see("#notice-text", "Past its expiry date")
        till.tap("#notice-find")
        till.see("#approve-title", "Approve selling past the date")
        till.see("#approve-facts", "2020-01-01")
        till.key(*shop.pin(MANAGER))
        till.tap("#approve-ok")
        expect(till.lines()).to_have_count(1)
        till.see(".line.sel", "best before 2020-01-01")
        till.visible("#notice", False)


def test_a_cart_is_handed_to_another_till(idle_shop: tuple[Shop, Wares], browser: Browser) -> None:
    shop, wares = idle_shop
    with ExitStack() as windows:
        till = Cashier.at(shop, browser, windows, CASHIER, "en")
        other = Cashier.at(shop, browser, windows, MANAGER, "zh-CN", lane="2")
        till.scan(wares.plain[0][0], wares.plain[1][0])
        till.key("F6")
        till.tap("#held-name")
        till.tap("#say-choices button")
        till.tap("#say-ok")
        till.visible("#held-note", False)
        other.see("#held-count", "1")
        other.key("F7")
        other.see("#recall-list", "转到本台")
        other.tap("#recall-list button")
        expect(other.lines()).to_have_count(2)
        till.key("F7")
        till.see("#recall-empty", "No cart is held.")
