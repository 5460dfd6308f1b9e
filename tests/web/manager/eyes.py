"""The manager's pages before a real browser: opened in a language and a size, looked at closely."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.manager.desk import PLACE
from tests.web.shop import MANAGER, Shop

PHONE, TABLET, LAPTOP = (360, 740), (820, 1180), (1366, 768)
SIZES = {"phone": PHONE, "tablet": TABLET, "laptop": LAPTOP}


class Eyes:
    """A manager before a page of the desk."""

    def __init__(self, shop: Shop, page: Page, lang: str) -> None:
        self.shop, self.page, self.lang = shop, page, lang
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)

    @classmethod
    def at(
        cls, shop: Shop, browser: Browser, windows: ExitStack, section: str, lang: str = "en",
        size: tuple[int, int] = LAPTOP,
    ) -> Eyes:  # fmt: skip
        """Log in at the desk and open a page of it."""
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, base_url=shop.address)
        windows.callback(context.close)
        ours = {"X-Tillbox": "1", "Origin": shop.address}
        assert context.request.post("/api/lang", data={"lang": lang}, headers=ours).ok
        person = {"lane": PLACE, "staff": shop.uid(MANAGER), "pin": shop.pin(MANAGER)}
        assert context.request.post("/api/login", data=person, headers=ours).ok
        eyes = cls(shop, context.new_page(), lang)
        windows.callback(eyes.nothing_went_wrong)
        eyes.open(section)
        return eyes

    def open(self, section: str) -> None:
        """Open a page and wait until it shows something."""
        self.page.goto(f"/manager/{section}")
        expect(self.page.locator("#body:not([aria-busy])")).to_be_visible()

    def nothing_went_wrong(self) -> None:
        """No script error, no refused resource. Expected refusals are removed."""
        assert not [each for each in self.wrong if "status of 4" not in each and "ERR_" not in each]

    def look_closely(self) -> None:
        """No accessibility violation, no sideways scrolling, targets of 48 and more, no key instead of words."""
        found = Axe().run(self.page)
        assert not found.response["violations"], found.generate_report()
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        small = self.page.evaluate(
            "[...document.querySelectorAll('a:not(.skip), button, input:not(.check *), label.check, select')]"
            ".filter(e => e.offsetParent)"
            ".filter(e => {const box = e.getBoundingClientRect(); return Math.min(box.width, box.height) < 47.5})"
            ".map(e => e.outerHTML)"
        )
        assert small == []

    def tap(self, words: str, **more: Any) -> None:
        """A button with these words."""
        self.page.get_by_role("button", name=words, **more).first.click()

    def dialog(self) -> Locator:
        """The dialog that is open."""
        return self.page.locator("dialog[open]")
