"""A person at a lane's stock screen, in a real browser."""

from __future__ import annotations

from contextlib import ExitStack

from playwright.sync_api import Browser, expect

from edge import catalog, stock_lists
from tests.web.cashier import Cashier
from tests.web.shop import MANAGER, Shop


class Counterman(Cashier):
    """A person at a lane's stock screen."""

    def open(self) -> None:
        """Open the screen and wait until it knows its list."""
        self.page.goto(f"/stock/{self.lane}")
        expect(self.page.locator("#app[data-rev]")).to_be_attached()

    def tab(self, name: str) -> None:
        """Another tab."""
        self.tap(f"[data-tab={name}]")
        expect(self.page.locator(f"[data-tab={name}]")).to_have_attribute("aria-pressed", "true")

    def there(self, n: int) -> int:
        """Thousandths on the books of the nth product."""
        code = self.shop.product(n)[0]
        found = catalog.find(self.shop.box, catalog.current(self.shop.box.db), (code.zfill(14), code))
        assert found is not None
        return stock_lists.on_hand(self.shop.box, found.id) or 0

    def amounts(self) -> list[str]:
        """What the lines say at their right."""
        return self.page.locator("#lines .p").all_inner_texts()


def at(
    shop: Shop, browser: Browser, windows: ExitStack, name: str = MANAGER, lang: str = "en",
    size: tuple[int, int] = (1280, 800), lane: str = "1",
) -> Counterman:  # fmt: skip
    found = Counterman.at(shop, browser, windows, name, lang, lane, size)
    assert isinstance(found, Counterman)
    return found
