"""What people do with stock, for tests: short words for documents, and the books as the rows say they are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from drivers.base import Scan
from edge import catalog, inventory, lots, stock_lists, stock_view
from edge.catalog import ProductRow
from edge.inventory import Booked, By, Entry
from edge.stock_desk import StockDesk
from tests.edge.shop import CATEGORIES, PRODUCTS, Shop

# Never counted, so that it has no stock: made to order.
LATTE = ProductRow("LATTE", "拿铁咖啡", "Latte", "drink", "pc", "A", 1_800)


class Room:
    """The stock room of a shop: the manager books, at lane 1 unless said otherwise."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.box = shop, shop.box
        self.by = By(shop.person("manager"), "1", "live")
        catalog.load(shop.box, CATEGORIES, [*PRODUCTS, LATTE])

    def products(self, **changed: Any) -> None:
        """Load the catalogue again: products(milk={"flags": ("lot",)})."""
        rows = [*PRODUCTS, LATTE]
        catalog.load(self.box, CATEGORIES, [replace(p, **changed.get(p.sku.lower(), {})) for p in rows])

    def id(self, sku: str) -> int:
        return self.shop.product(sku).id

    def entry(self, sku: str, pieces: float, lot: str = "", expiry: str = "", cost: int | None = None) -> Entry:
        return Entry(self.id(sku), round(pieces * 1000), lot, expiry, cost)

    def deliver(self, *lines: tuple[Any, ...], uid: str = "d1", **more: Any) -> Booked:
        """deliver(("MILK", 12), ("WINE", 6, "L7", "2027-01-31"))"""
        by = more.pop("by", self.by)
        return inventory.deliver(self.box, uid, [self.entry(*x) for x in lines], by, **more)

    def write_off(self, *lines: tuple[Any, ...], uid: str = "w1", reason: str = "broken", **more: Any) -> Booked:
        return inventory.write_off(self.box, uid, [self.entry(*x) for x in lines], self.by, reason=reason, **more)

    def correct(self, *lines: tuple[Any, ...], uid: str = "c1", reason: str = "found behind the shelf") -> Booked:
        return inventory.correct(self.box, uid, [self.entry(*x) for x in lines], self.by, reason=reason)

    def there(self, sku: str) -> float | None:
        """Pieces (or kilograms) on the books."""
        qty = stock_lists.on_hand(self.box, self.id(sku))
        return None if qty is None else qty / 1000

    def lots(self, sku: str) -> dict[tuple[str, str], float]:
        """(lot, date) -> pieces."""
        return {(x.lot, x.expiry): x.qty / 1000 for x in lots.of_product(self.box, self.id(sku))}

    def events(self, kind: str = "stock.") -> list[dict[str, Any]]:
        """Bodies of the stock's events, in order."""
        found = self.shop.ask("SELECT body FROM journal WHERE stream = 'b' ORDER BY seq")
        return [body for (text,) in found if (body := json.loads(text))["type"].startswith(kind)]

    def audited(self, action: str) -> list[dict[str, Any]]:
        """What the audit's rows say of an action."""
        found = self.shop.ask("SELECT staff, lane, reason, detail FROM audit WHERE action = ? ORDER BY id", action)
        return [{"staff": s, "lane": la, "reason": r, **json.loads(detail)} for s, la, r, detail in found]

    def wrong(self) -> list[str]:
        """Where stock or a lot is not the sum of what moved it."""
        stock = self.shop.ask(
            "SELECT s.product, s.qty, COALESCE(SUM(f.qty), 0) FROM stock s LEFT JOIN stock_flow f "
            "ON f.product = s.product GROUP BY 1 HAVING s.qty <> COALESCE(SUM(f.qty), 0)"
        )
        flow = self.shop.ask("SELECT product, lot, expiry, SUM(qty) FROM lot_flow GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")
        kept = self.shop.ask("SELECT product, lot, expiry, qty FROM stock_lot ORDER BY 1, 2, 3")
        strays = self.shop.ask("SELECT product FROM stock_move WHERE product NOT IN (SELECT product FROM stock)")
        return [
            *(f"product {p}: {qty} on the books, {moved} moved" for p, qty, moved in stock),
            *([f"lots: {kept} on the books, {flow} moved"] if kept != flow else []),
            *(f"product {p} moved and is not counted" for (p,) in strays),
        ]


class Counterman:
    """Somebody at the stock screen of a lane."""

    def __init__(self, shop: Shop, role: str = "manager", lane: str = "1") -> None:
        self.shop, self.hands = shop, shop.tills[lane]
        self.session = self.hands.log_in(role)
        self.desk = StockDesk(self.hands.till)
        self.visit = self.desk.enter(self.session)

    def scan(self, text: str, wait_s: float = 1.0, symbology: str | None = None) -> dict[str, Any]:
        self.shop.clock.advance(wait_s)
        self.desk.look_in(self.session, self.visit)
        scan = Scan("scanner-1", text, self.shop.clock.mono_ns(), symbology)
        self.hands.till.on_scan(scan)
        return self.view()

    def do(self, command: str, **args: Any) -> dict[str, Any]:
        given = {"id": f"c{self.shop.env.rng.getrandbits(64):x}", **args}
        self.desk.do(self.session, command, given)
        return self.view()

    def view(self, lang: str = "en") -> dict[str, Any]:
        return stock_view.view(self.desk, self.session.person, lang)

    def lines(self) -> dict[str, float]:
        """SKU -> pieces or kilograms on the open list or in this person's count."""
        shown = self.view()["sheet"] or self.view()["count"]
        return {line["sku"]: line["qty"] / 1000 for line in shown["lines"]}
