"""What people do at the screens, for tests: a client of bare requests, and a cashier before a real browser."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.test import TestResponse

from tests.web.shop import Shop, wait


class Client:
    """Requests as our own page sends them, with a cookie jar; every part of one can be changed."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.flask = shop, shop.daemon.app.test_client()
        self.host = shop.address.removeprefix("http://")

    def headers(self, **changed: str | None) -> dict[str, str]:
        """The headers of our page; a name with underscores and None leaves one out."""
        ours: dict[str, str | None] = {"X-Tillbox": "1", "Origin": self.shop.address, "Host": self.host}
        ours |= {name.replace("_", "-"): value for name, value in changed.items()}
        return {name: value for name, value in ours.items() if value is not None}

    def get(self, path: str, **headers: str | None) -> TestResponse:
        """GET as a page does."""
        return self.flask.get(path, headers=self.headers(**headers), buffered=not path.endswith("/stream"))

    def post(self, path: str, body: Any = None, **headers: str | None) -> TestResponse:
        """POST JSON as our page does."""
        return self.flask.post(path, json={} if body is None else body, headers=self.headers(**headers))

    def log_in(self, name: str, lane: str = "1", pin: str | None = None) -> TestResponse:
        """Log in by English name."""
        body = {"lane": lane, "staff": self.shop.uid(name), "pin": pin or self.shop.pin(name)}
        return self.post("/api/login", body)

    def view(self, lane: str = "1") -> dict[str, Any]:
        """What the lane's screen shows."""
        answer = self.get(f"/api/till/{lane}/state")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def do(self, command: str, lane: str = "1", **args: Any) -> TestResponse:
        """A command of the till on its present basket."""
        basket = args.pop("basket", None) or self.view(lane)["basket"]["uid"]
        body = {"basket": basket, "id": args.pop("id", uuid4().hex), **args}
        return self.post(f"/api/till/{lane}/{command}", body)


class Cashier:
    """A person at a lane's screen."""

    def __init__(self, shop: Shop, page: Page, lane: str) -> None:
        self.shop, self.page, self.lane, self.taps = shop, page, lane, 0
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)

    @classmethod
    def at(
        cls, shop: Shop, browser: Browser, windows: ExitStack, name: str, lang: str, lane: str = "1",
        size: tuple[int, int] = (1280, 800),
    ) -> Cashier:  # fmt: skip
        """Log in and open the lane's screen in a browser of its own."""
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, base_url=shop.address)
        windows.callback(context.close)
        ours = {"X-Tillbox": "1", "Origin": shop.address}
        assert context.request.post("/api/lang", data={"lang": lang}, headers=ours).ok
        person = {"lane": lane, "staff": shop.uid(name), "pin": shop.pin(name)}
        assert context.request.post("/api/login", data=person, headers=ours).ok
        cashier = cls(shop, context.new_page(), lane)
        windows.callback(cashier.nothing_went_wrong)
        cashier.open()
        return cashier

    def open(self) -> None:
        """Open the screen and wait until it can sell."""
        self.page.goto(f"/till/{self.lane}")
        expect(self.page.locator(".tile").first).to_be_visible()
        expect(self.page.locator("#clock")).not_to_be_empty()

    def nothing_went_wrong(self) -> None:
        """No script error, no refused resource, no violation of the content policy. Expected refusals are removed."""
        assert not [each for each in self.wrong if "status of 4" not in each and "ERR_" not in each]

    def tap(self, selector: str) -> None:
        """One touch."""
        self.taps += 1
        self.page.locator(selector).click()

    def key(self, *keys: str) -> None:
        """Press keys, with the pauses of a person (a scanner is faster)."""
        for key in keys:
            self.page.wait_for_timeout(60)
            self.page.keyboard.press(key)
        self.page.wait_for_timeout(120)

    def scan(self, *codes: str) -> None:
        """The lane's scanner reads codes, each once the one before shows."""
        for code in codes:
            before = self.page.evaluate(_SEQ)
            self.shop.scan(code, self.lane)
            wait(lambda before=before: self.page.evaluate(_SEQ) != before)  # type: ignore[misc]

    def scan_for_dialog(self, code: str) -> None:
        """The scanner reads a code that the open dialog asks for: a hand is slower than the page's word to the till."""
        wait(lambda: self.shop.daemon.tills[self.lane].catch != "")
        self.shop.scan(code, self.lane)

    def lines(self) -> Locator:
        """The lines of the cart."""
        return self.page.locator("#lines .line")

    def see(self, selector: str, words: str) -> None:
        """The words show at the selector within a moment."""
        expect(self.page.locator(selector)).to_be_visible()
        expect(self.page.locator(selector)).to_contain_text(words)

    def visible(self, selector: str, yes: bool = True) -> None:
        """Whether it shows."""
        expect(self.page.locator(selector)).to_be_visible(visible=yes)


# What a scan changes on the screen, whatever it was: the newest sound's number.
_SEQ = "() => document.getElementById('app').dataset.seq"
