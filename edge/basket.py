"""The open basket of a lane: held by the server, saved at every change, restored after a crash.

Its uid is the idempotency key of the sale it becomes. Commands carry an id of their own; one that was applied before
is answered, not applied again (double tap, retry, second tab).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

import orjson

from edge import catalog
from edge.base.ids import new_uid
from edge.base.sqlite import row
from edge.box import Box
from edge.catalog import Product, Versions
from edge.errors import ShopError
from edge.pricing import Priced, Totals, add_up, price_line

log = logging.getLogger(__name__)

MAX_QTY = 9_999_000
MAX_LINES = 500
_KEPT_IDS, _KEPT_UNDO = 32, 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a product, its quantity (thousandths), and for a priced label its amount and code."""

    n: int
    product: Product
    qty: int
    amount: int | None = None
    code: str | None = None

    @property
    def label(self) -> bool:
        """Whether quantity and amount come from a scale label and so can't be changed by + and −."""
        return self.amount is not None or self.product.unit == "kg"


@dataclass
class Basket:
    """The state of one open sale. lines are immutable values, so a past state can be kept for undo."""

    uid: str
    lane: str
    versions: Versions
    lines: tuple[Line, ...] = ()
    member: int | None = None
    next_n: int = 1
    selected: int | None = None
    applied: list[str] = field(default_factory=list)
    history: list[tuple[tuple[Line, ...], str]] = field(default_factory=list)
    undo_until_ns: int = 0
    restored: bool = False
    # What was reckoned last and from what: every view asks again, and then the sale.
    _priced: tuple[tuple[Line, ...], bool, list[Priced]] | None = field(default=None, init=False, compare=False)
    _totals: tuple[list[Priced], dict[str, int], Totals] | None = field(default=None, init=False, compare=False)

    def priced(self) -> list[Priced]:
        """Each line's amounts, with member prices once a member is attached."""
        member, kept = self.member is not None, self._priced
        if kept is not None and kept[0] is self.lines and kept[1] is member:
            return kept[2]
        # Lines are values: those that are still there cost what they did.
        done = dict(zip(map(id, kept[0]), kept[2], strict=True)) if kept is not None and kept[1] is member else {}
        amounts = [
            done.get(id(line)) or price_line(line.product, line.qty, member=member, amount=line.amount)
            for line in self.lines
        ]
        self._priced = (self.lines, member, amounts)
        return amounts

    def totals(self, rates: dict[str, int]) -> Totals:
        """What the basket adds up to at the store's tax rates (basis points by group)."""
        amounts, kept = self.priced(), self._totals
        if kept is not None and kept[0] is amounts and kept[1] is rates:
            return kept[2]
        totals = add_up([(p, line.product.tax_group) for p, line in zip(amounts, self.lines, strict=True)], rates)
        self._totals = (amounts, rates, totals)
        return totals

    def add(self, product: Product, qty: int, amount: int | None = None, code: str | None = None) -> Line:
        """Put qty thousandths in; pieces of a product that is there already count up its line."""
        self.restored = False
        if product.unit == "pc" and amount is None:
            for x in self.lines:
                if x.product.id == product.id and not x.label:
                    return self.set_qty(x.n, x.qty + qty)
        _check_qty(qty)
        if len(self.lines) >= MAX_LINES:
            raise ShopError("too_many_lines", limit=MAX_LINES)
        line = Line(self.next_n, product, qty, amount, code)
        self._change((*self.lines, line), "")
        self.next_n += 1
        self.selected = line.n
        return line

    def set_qty(self, n: int, qty: int) -> Line:
        """Change a line's quantity. ShopError when the line is gone, comes from a label, or qty is out of bounds."""
        line = self.line(n)
        if line.label:
            raise ShopError("label_qty_fixed")
        _check_qty(qty)
        changed = Line(line.n, line.product, qty, None, line.code)
        self._change(tuple(changed if x.n == n else x for x in self.lines), "")
        self.selected = n
        return changed

    def remove(self, n: int) -> Line:
        """Take a line out."""
        line = self.line(n)
        self._change(tuple(x for x in self.lines if x.n != n), "remove")
        self.selected = self.lines[-1].n if self.lines else None
        return line

    def clear(self) -> None:
        """Take everything out; undo brings it back."""
        if self.lines:
            self._change((), "clear")
            self.selected = None

    def undo(self) -> None:
        """Back to the lines before the last change."""
        if not self.history:
            raise ShopError("nothing_to_undo")
        self.lines, _ = self.history.pop()
        self.selected = self.lines[-1].n if self.lines else None

    def line(self, n: int) -> Line:
        """The line numbered n; ShopError("line_gone") otherwise."""
        found = next((x for x in self.lines if x.n == n), None)
        if found is None:
            raise ShopError("line_gone")
        return found

    def note(self, command_id: str) -> None:
        """Remember that this command was applied."""
        self.applied = [*self.applied[-_KEPT_IDS + 1 :], command_id]

    def _change(self, lines: tuple[Line, ...], what: str) -> None:
        self.history = [*self.history[-_KEPT_UNDO + 1 :], (self.lines, what)]
        self.lines = lines


def _check_qty(qty: int) -> None:
    if not 0 < qty <= MAX_QTY:
        raise ShopError("qty_out_of_bounds", limit=MAX_QTY // 1000)


def fresh(box: Box, lane: str) -> Basket:
    """An empty basket on today's catalogue."""
    return Basket(new_uid(box.env.rng), lane, catalog.current(box.db))


def save(box: Box, basket: Basket) -> None:
    """Keep the basket's lines, member and applied commands (synchronous=NORMAL)."""
    body = {
        "v": [basket.versions.catalog, basket.versions.price],
        "m": basket.member,
        "i": basket.applied[-8:],
        "l": [[x.n, x.product.id, x.qty, x.amount, x.code] for x in basket.lines],
    }
    box.draft.execute_sql(
        "INSERT INTO basket VALUES (?, ?, ?) ON CONFLICT (lane) DO UPDATE SET uid = excluded.uid, body = excluded.body",
        (basket.lane, basket.uid, orjson.dumps(body).decode()),
    )
    box.loose = True


def restore(box: Box, lane: str) -> Basket:
    """The lane's basket as it was saved, or a fresh one. One whose sale is complete is never brought back."""
    found = row(box.db, "SELECT uid, body FROM basket WHERE lane = ?", (lane,))
    if found is None or row(box.db, "SELECT 1 FROM sale WHERE uid = ?", (found[0],)):
        return fresh(box, lane)
    body: dict[str, Any] = orjson.loads(found[1])
    versions = Versions(*body["v"])
    lines = []
    for n, product_id, qty, amount, code in body["l"]:
        product = catalog.by_id(box.db, versions, product_id)
        if product is None:
            log.warning("lane %s: no product for %s in its cart any more; left out", lane, code or f"id {product_id}")
        else:
            lines.append(Line(n, product, qty, amount, code))
    if not lines and body["m"] is None:
        return fresh(box, lane)
    basket = Basket(found[0], lane, versions, tuple(lines), body["m"], max((x.n for x in lines), default=0) + 1)
    basket.applied, basket.restored = body["i"], True
    basket.selected = lines[-1].n if lines else None
    return basket
