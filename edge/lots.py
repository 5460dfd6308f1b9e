"""Lots: kept where a code or a person names a lot or a date, and nowhere else; nothing is guessed.

What is sold without a name takes from no lot, so a lot says how much there is at most. Dates are the store's; while the
box does not know what day it is, nothing is refused and nothing marked down because of one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from edge import shifts
from edge.base.sqlite import rows
from edge.box import Box

# A product that is not counted has no lots either.
_MOVE = (
    "INSERT INTO stock_lot (product, lot, expiry, qty) SELECT ?1, ?2, ?3, ?4 "
    "WHERE EXISTS (SELECT 1 FROM stock WHERE product = ?1) "
    "ON CONFLICT (product, expiry, lot) DO UPDATE SET qty = qty + excluded.qty"
)
_EXPIRIES = "SELECT DISTINCT expiry FROM stock_lot WHERE product = ? AND lot = ? AND expiry <> '' LIMIT 2"
_OF_PRODUCT = "SELECT lot, expiry, qty FROM stock_lot WHERE product = ? AND qty <> 0 ORDER BY expiry = '', expiry, lot"
_DATED = (
    "SELECT l.product, l.lot, l.expiry, l.qty, s.qty FROM stock_lot l JOIN stock s ON s.product = l.product "
    "WHERE l.expiry <> '' AND l.expiry <= ? AND l.qty > 0 AND s.qty > 0 ORDER BY l.expiry, l.product, l.lot"
)
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot of a product (row id): lot or expiry (YYYY-MM-DD) may be "", qty in thousandths.

    left: days to its date; None without one, and while the box does not know the day.
    """

    product: int
    lot: str
    expiry: str
    qty: int
    left: int | None


def move(con: sqlite3.Connection, moves: Iterable[tuple[int, str, str, int]]) -> None:
    """Change lots by (product, lot, expiry, thousandths), inside a transaction; what names neither changes none."""
    con.executemany(_MOVE, [x for x in moves if x[1] or x[2]])


def of_document(con: sqlite3.Connection, lines: Sequence[tuple[Any, ...]], extras: Iterable[tuple[Any, ...]]) -> None:
    """Take the lines of a sale from the lots that they name (see sales.Body); returns put back."""
    by_n = {line[1]: line for line in lines}
    move(con, [(by_n[n][2], lot or "", expiry or "", -by_n[n][6]) for _, n, _, _, lot, _, expiry in extras])


def expiry_of(box: Box, product: int, lot: str) -> str:
    """The date that deliveries gave a lot; "" when none or more than one did."""
    found = rows(box.db, _EXPIRIES, (product, lot)) if lot else []
    return str(found[0][0]) if len(found) == 1 else ""


def days_left(box: Box, expiry: str) -> int | None:
    """Days to a date, below zero when it is past; None for no date, and while the box does not know the day."""
    return shifts.days_left(box, expiry) if expiry and knows_the_day(box) else None


def knows_the_day(box: Box) -> bool:
    """Whether the clock was set since the machine was switched on, or at least stood still no longer than that."""
    return box.env.clock.quality() != "unknown"


def of_product(box: Box, product: int) -> list[Lot]:
    """The lots that the books hold of a product, first to expire first; below zero: sold before they were booked in."""
    return [
        Lot(product, lot, expiry, qty, days_left(box, expiry))
        for lot, expiry, qty in rows(box.db, _OF_PRODUCT, (product,))
    ]


def dated(box: Box, within: int) -> list[Lot]:
    """Lots whose date is past or comes within so many days, first to expire first. Empty while the day is unknown.

    Each is as much as the books hold of it, and at most all that there is of the product.
    """
    if not knows_the_day(box):
        return []
    until = shifts.local(box.env.clock.now_us() + within * DAY_US, box.config.store.zone).date().isoformat()
    return [
        Lot(product, lot, expiry, min(qty, stock), shifts.days_left(box, expiry))
        for product, lot, expiry, qty, stock in rows(box.db, _DATED, (until,))
    ]


def expiring(box: Box, within: int) -> list[Lot]:
    """Lots that may still be sold and expire within so many days."""
    return [x for x in dated(box, within) if x.left is not None and x.left >= 0]


def expired(box: Box) -> list[Lot]:
    """Lots whose date is past."""
    return [x for x in dated(box, 0) if x.left is not None and x.left < 0]
