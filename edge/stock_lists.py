"""What there is to know about stock: one product's, what runs low, what is below zero, and the documents behind it.

All of it is reckoned when somebody asks; a sale keeps no list up to date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from edge import catalog, shifts
from edge.base.money import round_div
from edge.base.sqlite import row, rows
from edge.box import Box

SALE_DAYS = 28
MOVES = 12
# How many documents back the last moves of a product are looked for: sales have no index by product.
LOOK_BACK = 5_000
_LOW = (
    "SELECT p.id, s.qty, p.low FROM product p JOIN stock s ON s.product = p.id "
    "WHERE p.version = ? AND p.active = 1 AND p.low IS NOT NULL AND s.qty < p.low ORDER BY p.id"
)
_SOLD = (
    "SELECT l.product, SUM(l.qty) FROM sale_line l JOIN sale s ON s.id = l.sale "
    "WHERE l.sale >= ? AND s.business_date >= ? AND s.mode <> 'training' GROUP BY l.product"
)
_FIRST_DAY = "SELECT business_date FROM sale WHERE id >= ? ORDER BY id LIMIT 1"
_NEGATIVE = "SELECT product, qty FROM stock WHERE qty < 0 ORDER BY product"
# Newest first, a move after the sale that it came after: clocks may have been set back, ids were not.
_BACKWARDS = (
    "SELECT m.product, m.qty, m.at_us, m.after_sale, m.id FROM stock_move m JOIN stock k ON k.product = m.product "
    "WHERE k.qty < 0 UNION ALL SELECT l.product, -l.qty, s.at_us, l.sale, 0 FROM sale_line l "
    "JOIN stock k ON k.product = l.product AND l.sale > k.since JOIN sale s ON s.id = l.sale "
    "WHERE k.qty < 0 AND s.mode <> 'training' ORDER BY 4 DESC, 5 DESC"
)
_LAST = (
    "SELECT * FROM (SELECT m.qty, m.reason, m.at_us, m.after_sale AS sale, m.id AS n, m.doc, m.lot, m.expiry, m.staff "
    "FROM stock_move m WHERE m.product = ?1 ORDER BY m.id DESC LIMIT ?2) UNION ALL "
    "SELECT * FROM (SELECT -l.qty, s.kind, s.at_us, l.sale, 0, s.uid, x.lot, x.expiry, s.staff FROM sale_line l "
    "JOIN sale s ON s.id = l.sale LEFT JOIN line_extra x ON x.sale = l.sale AND x.n = l.n "
    "WHERE l.sale > ?3 AND l.product = ?1 AND s.mode <> 'training' ORDER BY l.sale DESC LIMIT ?2) "
    "ORDER BY 4 DESC, 5 DESC LIMIT ?2"
)
_DOCS = (
    "SELECT d.uid, d.kind, d.mode, d.lane, d.at_us, d.supplier, d.note, d.reason, d.lines, d.booked, p.name_zh, "
    "p.name_en FROM stock_doc d JOIN staff p ON p.id = d.staff WHERE d.at_us < ? AND (? = '' OR d.kind = ?) "
    "ORDER BY d.at_us DESC LIMIT ?"
)
_LINES = "SELECT product, qty, lot, expiry, cost FROM stock_move WHERE doc = ? ORDER BY id"


@dataclass(frozen=True, slots=True)
class Low:
    """A product (row id) below its level, in thousandths.

    a_day: sold a day in the last four weeks (or since the shop began); days: how long it lasts at that, None unsold.
    """

    product: int
    qty: int
    low: int
    a_day: int
    days: int | None


@dataclass(frozen=True, slots=True)
class Negative:
    """A product (row id) of which the books say less than nothing, and the instant since when (UTC microseconds)."""

    product: int
    qty: int
    since_us: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """One change of a product's stock. reason: sale, void, return, or the kind of a document (doc: its uid)."""

    qty: int
    reason: str
    at_us: int
    doc: str | None
    lot: str
    expiry: str
    staff: int | None


def low(box: Box) -> list[Low]:
    """What is below its level, the shortest-lived first."""
    found = rows(box.db, _LOW, (catalog.current(box.db).catalog,))
    if not found:
        return []
    sold, days = _sold(box)
    listed = []
    for product, qty, level in found:
        went = max(0, sold.get(product, 0))
        left = max(0, qty) * days // went if went else None
        listed.append(Low(product, qty, level, round_div(went, days), left))
    return sorted(listed, key=lambda x: (x.days is None, x.days or 0, x.product))


def _sold(box: Box) -> tuple[dict[int, int], int]:
    """(thousandths by product that were sold in the last four weeks, less what came back; of how many days)."""
    today = shifts.local(box.env.clock.now_us(), box.config.store.zone).date()
    since = (today - timedelta(days=SALE_DAYS - 1)).isoformat()
    first = _first_sale(box, since)
    found = row(box.db, _FIRST_DAY, (first,))
    span = (today - date.fromisoformat(found[0])).days + 1 if found else SALE_DAYS
    return dict(rows(box.db, _SOLD, (first, since))), max(1, min(SALE_DAYS, span))


def _first_sale(box: Box, day: str) -> int:
    """The row id of the first sale of a day or later, by halving: days have no index, and almost always an order."""
    ends = row(box.db, "SELECT COALESCE(MIN(id), 1), COALESCE(MAX(id), 0) + 1 FROM sale") or (1, 1)
    lowest, highest = ends
    while lowest < highest:
        middle = (lowest + highest) // 2
        found = row(box.db, _FIRST_DAY, (middle,))
        if found is not None and found[0] < day:
            lowest = middle + 1
        else:
            highest = middle
    return int(lowest)


def negatives(box: Box) -> list[Negative]:
    """What the books say there is less than nothing of, the longest so first."""
    short = dict(rows(box.db, _NEGATIVE))
    if not short:
        return []
    since: dict[int, int] = {}
    running, open_ = dict(short), set(short)
    for product, qty, at_us, _, _ in box.db.execute_sql(_BACKWARDS):
        if product in open_:
            # It was below zero after this move; whether it was before, the move itself says.
            since[product] = at_us
            running[product] -= qty
            if running[product] >= 0:
                open_.discard(product)
                if not open_:
                    break
    listed = [Negative(product, qty, since.get(product)) for product, qty in short.items()]
    return sorted(listed, key=lambda x: (x.since_us or 0, x.product))


def moves(box: Box, product: int, limit: int = MOVES) -> list[Move]:
    """The last moves of a product, newest first: documents, and sales among the last some thousand."""
    newest = row(box.db, "SELECT COALESCE(MAX(id), 0) FROM sale") or (0,)
    found = rows(box.db, _LAST, (product, limit, newest[0] - LOOK_BACK))
    return [
        Move(qty, reason, at_us, doc, lot or "", expiry or "", staff)
        for qty, reason, at_us, _, _, doc, lot, expiry, staff in found
    ]


def on_hand(box: Box, product: int) -> int | None:
    """Thousandths that the books hold of a product; None when it is not counted."""
    found = row(box.db, "SELECT qty FROM stock WHERE product = ?", (product,))
    return int(found[0]) if found else None


def documents(
    box: Box, lang: str, *, kind: str = "", before_us: int | None = None, limit: int = 50
) -> list[dict[str, Any]]:  # fmt: skip
    """Booked documents, newest first: {uid, kind, mode, lane, at_us, supplier, note, reason, lines, booked, by}."""
    until = 2**62 if before_us is None else before_us
    names = ("uid", "kind", "mode", "lane", "at_us", "supplier", "note", "reason", "lines", "booked")
    return [
        {**dict(zip(names, values, strict=False)), "by": values[10] if lang.startswith("zh") else values[11]}
        for values in rows(box.db, _DOCS, (until, kind, kind, limit))
    ]


def lines_of(box: Box, doc: str) -> list[dict[str, Any]]:
    """The moves of a document: {product, qty, lot, expiry, cost}; none for one of the training lane."""
    names = ("product", "qty", "lot", "expiry", "cost")
    return [dict(zip(names, values, strict=True)) for values in rows(box.db, _LINES, (doc,))]
