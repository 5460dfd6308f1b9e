"""Stock documents: goods that came in, goods written off, corrections, and what a count found to differ.

A document is booked once, whoever asks again (its uid is the key), in one transaction with one event of stream "b" and,
where a person decided, an audit record. A long one takes CHUNK lines at a time, so that no sale waits for it; asked
again after a crash, it goes on where it stopped. In training nothing is moved. Negative stock is allowed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from edge import audit, catalog, lots
from edge.base.clock import iso
from edge.base.money import line_amount
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.catalog import Product
from edge.errors import ShopError
from edge.staff import Person
from edge.tenders import MAX_AMOUNT

CHUNK = 250
MAX_LINES = 5_000
MAX_QTY = 100_000_000  # a hundred thousand pieces or kilograms
LOT_CHARS, WORDS_CHARS = 40, 80
REASONS = ("broken", "expired", "theft", "own_use", "sample")
# kind -> (its event, the audit's action, the sign of its lines in the books: 0 as they are)
KINDS: dict[str, tuple[str, str, int]] = {
    "delivery": ("stock.delivered", "", 1),
    "write_off": ("stock.written_off", "stock_written_off", -1),
    "correction": ("stock.corrected", "stock_corrected", 0),
    "count": ("stock.counted", "stock_counted", 0),
}
_DOC = "SELECT kind, digest, lines, booked FROM stock_doc WHERE uid = ?"
_NEW_DOC = (
    "INSERT INTO stock_doc (uid, kind, mode, lane, staff, at_us, supplier, note, reason, lines, booked, digest) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)"
)
_BEGIN = "INSERT INTO stock (product, qty, since) VALUES (?, 0, ?)"
_STOCK = "UPDATE stock SET qty = qty + ? WHERE product = ?"
_MOVE = (
    "INSERT INTO stock_move (product, qty, reason, at_us, staff, doc, lot, expiry, cost, after_sale) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_COUNTED = "SELECT product FROM stock WHERE product IN (SELECT value FROM json_each(?))"
_NEWEST = "SELECT COALESCE(MAX(id), 0) FROM sale"
_LAST_VERSIONS = (
    "SELECT (SELECT MAX(version) FROM product WHERE id = ?1), (SELECT MAX(version) FROM price WHERE product = ?1)"
)
# A writer who waits for the lock looks again only every few milliseconds: without a pause it would never find it free.
PAUSE_S = 0.01


@dataclass(frozen=True, slots=True)
class By:
    """Who books, at which lane (None: at no till), and in which mode."""

    person: Person
    lane: str | None = None
    mode: str = "live"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line: product (row id) and thousandths, above zero for a delivery and a write-off, else the difference.

    lot and expiry (YYYY-MM-DD) as they were named, cost in minor units a piece or kilogram. facts: what else the event
    tells of it.
    """

    product: int
    qty: int
    lot: str = ""
    expiry: str = ""
    cost: int | None = None
    facts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as it is to be booked. reason: of REASONS for a write-off, in words for a correction."""

    uid: str
    kind: str
    entries: Sequence[Entry]
    supplier: str = ""
    note: str = ""
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Booked:
    """again: it had been booked before. started: products (row ids) that are counted from now on."""

    uid: str
    lines: int
    again: bool = False
    started: tuple[int, ...] = ()


def deliver(
    box: Box, uid: str, entries: Sequence[Entry], by: By, *, supplier: str = "", note: str = ""
) -> Booked:  # fmt: skip
    """Goods came in. A product that was not counted so far is from now on. ShopError: see book."""
    return book(box, Paper(uid, "delivery", entries, supplier, note), by)


def write_off(box: Box, uid: str, entries: Sequence[Entry], by: By, *, reason: str, note: str = "") -> Booked:
    """Goods are gone: broken, expired, stolen, used by the shop, given away. ShopError: see book."""
    return book(box, Paper(uid, "write_off", entries, note=note, reason=reason), by)


def correct(box: Box, uid: str, entries: Sequence[Entry], by: By, *, reason: str) -> Booked:
    """The books were wrong by so much (thousandths, signed), and why. ShopError: see book."""
    return book(box, Paper(uid, "correction", entries, reason=reason), by)


def book(box: Box, paper: Paper, by: By) -> Booked:
    """Book a document, or say that it is booked.

    ShopError: stock_empty, stock_too_long, stock_qty, whole_pieces, product_gone, stock_date, amount_out_of_bounds,
    reason_missing, stock_not_counted (each with the line n, from 1), bad_request for texts that can't be and for a uid
    that other lines were booked under. Nothing was written then.
    """
    digest = _digest(paper)
    if (known := _known(box, paper.uid, digest)) and known[0] == known[1]:
        return Booked(paper.uid, known[0], again=True)
    goods = _checked(box, paper)
    started: list[int] = []
    while True:
        with box.transaction() as db:
            at = _known(box, paper.uid, digest)
            if at is None:
                _begin(box, paper, by, digest, goods)
            done = at[1] if at else 0
            started += _book_chunk(box, paper, by, goods, done)
            done = min(done + CHUNK, len(paper.entries))
            db.execute_sql("UPDATE stock_doc SET booked = ? WHERE uid = ?", (done, paper.uid))
        if done == len(paper.entries):
            break
        box.env.sleep(PAUSE_S)
    box.announce("stock", kind=paper.kind, uid=paper.uid)
    return Booked(paper.uid, len(paper.entries), started=tuple(dict.fromkeys(started)))


def _known(box: Box, uid: str, digest: bytes) -> tuple[int, int] | None:
    """(lines, how many of them are booked) of the document with this uid; ShopError when it is another one."""
    found = row(box.db, _DOC, (uid,))
    if found is None:
        return None
    if found[1] != digest:
        raise ShopError("bad_request", status=422, field="id")
    return found[2], found[3]


def _begin(box: Box, paper: Paper, by: By, digest: bytes, goods: dict[int, Product]) -> None:
    db, now = box.db, box.env.clock.now_us()
    db.execute_sql(
        _NEW_DOC,
        (paper.uid, paper.kind, by.mode, by.lane, by.person.id, now, paper.supplier, paper.note, paper.reason,
         len(paper.entries), digest),
    )  # fmt: skip
    action, sign = KINDS[paper.kind][1:]
    if action:
        # What it comes to at the shelf's prices, in minor units: what a manager looks for first.
        value = sum(line_amount(goods[x.product].price, (sign or 1) * x.qty) for x in paper.entries)
        facts = {"doc": paper.uid, "lines": len(paper.entries), "value": value, **paper.facts}
        audit.note(box, action, by.person, lane=by.lane, reason=paper.reason, mode=by.mode, **facts)


def _book_chunk(box: Box, paper: Paper, by: By, goods: dict[int, Product], done: int) -> list[int]:
    """Move the next lines, and tell of them; returns the products that are counted from now on."""
    chunk = list(enumerate(paper.entries[done : done + CHUNK], done + 1))
    kind, _, sign = KINDS[paper.kind]
    moves = [(n, x, sign * x.qty if sign else x.qty) for n, x in chunk]
    started = [] if by.mode == "training" else _move(box, paper, by, moves)
    head = {
        "doc": paper.uid, "part": done // CHUNK + 1, "parts": max(1, -(-len(paper.entries) // CHUNK)),
        "lane": by.lane, "staff": by.person.uid, "at": iso(box.env.clock.now_us()),
        "supplier": paper.supplier, "note": paper.note, "reason": paper.reason, **paper.facts,
    }  # fmt: skip
    box.record("b", kind, {**head, "lines": [_told(n, x, qty, goods) for n, x, qty in moves]}, mode=by.mode)
    return started


def _told(n: int, x: Entry, qty: int, goods: dict[int, Product]) -> dict[str, Any]:
    said = {"lot": x.lot or None, "expiry": x.expiry or None, "cost": x.cost}
    line = {"n": n, "sku": goods[x.product].sku, "qty": qty, **x.facts}
    return line | {name: value for name, value in said.items() if value is not None}


def _move(box: Box, paper: Paper, by: By, moves: list[tuple[int, Entry, int]]) -> list[int]:
    con, now = box.db.connection(), box.env.clock.now_us()
    after = con.execute(_NEWEST).fetchone()[0]
    counted = _counted(box, [x.product for _, x, _ in moves])
    started = list(dict.fromkeys(x.product for _, x, _ in moves if x.product not in counted))
    con.executemany(_BEGIN, [(product, after) for product in started])
    con.executemany(_STOCK, [(qty, x.product) for _, x, qty in moves])
    con.executemany(
        _MOVE,
        [(x.product, qty, paper.kind, now, by.person.id, paper.uid, x.lot or None, x.expiry or None, x.cost, after)
         for _, x, qty in moves],
    )  # fmt: skip
    lots.move(con, [(x.product, x.lot, x.expiry, qty) for _, x, qty in moves])
    return started


def _counted(box: Box, products: Sequence[int]) -> set[int]:
    """Those of the products that have a stock."""
    return {product for (product,) in rows(box.db, _COUNTED, (orjson.dumps(list(set(products))).decode(),))}


def _digest(paper: Paper) -> bytes:
    entries = [[x.product, x.qty, x.lot, x.expiry, x.cost] for x in paper.entries]
    said = [paper.kind, paper.supplier, paper.note, paper.reason, entries]
    try:
        return hashlib.sha256(orjson.dumps(said)).digest()
    except TypeError:  # half of a surrogate pair, or a number that no column holds
        raise ShopError("bad_request", status=422, field="lines") from None


def _checked(box: Box, paper: Paper) -> dict[int, Product]:
    """The document's products, once nothing about it is wrong."""
    words = (paper.uid, paper.supplier, paper.note, paper.reason)
    if not paper.uid or not all(len(x) <= WORDS_CHARS and x.isprintable() for x in words):
        raise ShopError("bad_request", status=422, field="note")
    if not paper.entries and paper.kind != "count":
        raise ShopError("stock_empty", status=422)
    if len(paper.entries) > MAX_LINES:
        raise ShopError("stock_too_long", status=422, limit=MAX_LINES)
    if paper.kind == "write_off" and paper.reason not in REASONS:
        raise ShopError("reason_missing", status=422)
    if paper.kind == "correction" and not paper.reason.strip():
        raise ShopError("reason_missing", status=422)
    goods, versions = dict[int, Product](), catalog.current(box.db)
    for n, x in enumerate(paper.entries, 1):
        if x.product not in goods:
            goods[x.product] = product_of(box, versions, x.product, n)
        _check_line(paper.kind, x, goods[x.product], n)
    if paper.kind in ("write_off", "correction"):
        counted = _counted(box, list(goods))
        if lost := next((n for n, x in enumerate(paper.entries, 1) if x.product not in counted), None):
            raise ShopError("stock_not_counted", status=422, n=lost)
    return goods


def product_of(box: Box, versions: catalog.Versions, product: int, n: int = 0) -> Product:
    """The product as today's catalogue has it, or as the last one had that did. ShopError("product_gone")."""
    found = catalog.by_id(box.db, versions, product)
    if found is None:  # sold no more, but some of it may still lie there
        older = row(box.db, _LAST_VERSIONS, (product,)) or (None, None)
        found = catalog.by_id(box.db, catalog.Versions(older[0] or 0, older[1] or 0), product)
    if found is None:
        raise ShopError("product_gone", status=404, n=n)
    return found


def _check_line(kind: str, x: Entry, product: Product, n: int) -> None:
    lowest = 1 if KINDS[kind][2] else -MAX_QTY
    if not lowest <= x.qty <= MAX_QTY or x.qty == 0:
        raise ShopError("stock_qty", status=422, n=n, limit=MAX_QTY // 1000)
    if product.unit == "pc" and x.qty % 1000:
        raise ShopError("whole_pieces", status=422, n=n)
    if len(x.lot) > LOT_CHARS or not x.lot.isprintable():
        raise ShopError("bad_request", status=422, field="lot", n=n)
    if x.expiry and not is_date(x.expiry):
        raise ShopError("stock_date", status=422, n=n)
    if x.cost is not None and not 0 <= x.cost <= MAX_AMOUNT:
        raise ShopError("amount_out_of_bounds", status=422, n=n)


def is_date(text: str) -> bool:
    """Whether a text is a day of this or the next centuries as YYYY-MM-DD."""
    try:
        return len(text) == 10 and date.fromisoformat(text).year >= 2000
    except ValueError:
        return False
