"""Giving goods back: what may still be returned of a document, for how much, and what that undoes.

Discounts, tax and points go back by part, so that all of a sale's lines given back, in whatever steps, come to the
exact negative of it. Only the box that sold a line gives money back for it; all else is a return without a receipt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edge.base.sqlite import row, rows
from edge.basket import Line, Source
from edge.box import Box
from edge.errors import ShopError
from edge.pricing import part_of
from edge.sales import Body, Record, receipt_number

_DOCUMENT = (
    "SELECT id, uid, kind, lane, series, number, mode, member, business_date, at_us, total + rounding FROM sale "
)
# What a line was sold as, and how much of it came back since (a void gives all of it back).
_LINES = (
    "SELECT l.n, l.product, l.code, l.name, l.qty, l.unit, l.unit_price, l.discount, l.total, l.tax, l.tax_group, "
    "l.rate, l.category, "
    "(SELECT COALESCE(-SUM(r.qty), 0) FROM sale_line r WHERE r.original = l.sale AND r.original_n = l.n) "
    "FROM sale_line l WHERE l.sale = ? AND l.qty > 0 ORDER BY l.n"
)
_CUTS = "SELECT kind, amount, reason, approver FROM line_discount WHERE sale = ? AND n = ? ORDER BY kind"
_BACK = "SELECT COALESCE(-SUM(qty), 0) FROM sale_line WHERE original = ? AND original_n = ?"
_VOIDED = "SELECT 1 FROM sale WHERE original = ? AND kind = 'void'"
# Points of a sale go back with the money of the lines that earned them.
_GOODS = "category NOT LIKE '#%'"
_EARNING = f"SELECT COALESCE(SUM(total), 0) FROM sale_line WHERE sale = ? AND qty > 0 AND {_GOODS}"
_GIVEN_BACK = f"SELECT COALESCE(-SUM(total), 0) FROM sale_line WHERE original = ? AND {_GOODS}"
# Return documents give back to kinds; which of their lines each part was for is not asked.
_PAID_BY = (
    "SELECT kind, SUM(amount), MAX(reference) FROM tender WHERE sale = ?1 OR (amount < 0 AND sale IN "
    "(SELECT DISTINCT sale FROM sale_line WHERE original = ?1)) "
    "GROUP BY kind, CASE kind WHEN 'stored' THEN reference END"
)
_EARNED = (
    "SELECT id, member, lot, points, score, rule_version, expires_on, (SELECT uid FROM member WHERE id = member) "
    "FROM ledger WHERE sale = ? AND reason = 'earn' ORDER BY id"
)


# Money that went onto a card or off an account: not goods that could come back.
FIXED = ("#stored", "#account")


@dataclass(frozen=True, slots=True)
class Sold:
    """A line of a document and what is left of it to give back."""

    product: int
    code: str | None
    name: str
    unit: str
    category: str
    source: Source


@dataclass(frozen=True, slots=True)
class Document:
    """A document of this box. state: "open" (something may be given back), "voided", "done" (all of it is back)."""

    id: int
    uid: str
    receipt: str
    lane: str
    member: int | None
    business_date: str
    at_us: int
    total: int
    state: str
    lines: tuple[Sold, ...]


def find(box: Box, receipt: str) -> Document:
    """The document with this number (as its barcode has it). ShopError: receipt_unknown, receipt_kind."""
    store, lane, series, number = _parts(receipt)
    found = None
    if store == box.config.store.store:
        found = row(
            box.db, _DOCUMENT + "WHERE lane = ? AND series = ? AND number = ?", (lane, int(series), int(number))
        )
    return _document(box, found)


def by_uid(box: Box, uid: str) -> Document:
    """The document with this uid. ShopError: receipt_unknown, receipt_kind."""
    return _document(box, row(box.db, _DOCUMENT + "WHERE uid = ?", (uid,)))


def _parts(receipt: str) -> tuple[str, str, str, str]:
    parts = receipt.strip().rsplit("-", 3)
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 12 for part in parts[2:]):
        raise ShopError("receipt_unknown", status=404)
    return parts[0], parts[1], parts[2], parts[3]


def _document(box: Box, found: tuple[Any, ...] | None) -> Document:
    if found is None:
        raise ShopError("receipt_unknown", status=404)
    sale, uid, kind, lane, series, number, _, member, date, at_us, total = found
    receipt = receipt_number(box, lane, series, number)
    if kind != "sale":
        raise ShopError("receipt_kind", receipt=receipt)
    lines = tuple(
        Sold(product, code, name, unit, category,
             Source(sale, uid, n, receipt, qty, back, price, discount, amount, tax, group, rate))
        for n, product, code, name, qty, unit, price, discount, amount, tax, group, rate, category, back
        in rows(box.db, _LINES, (sale,))
    )  # fmt: skip
    voided = row(box.db, _VOIDED, (sale,)) is not None
    left = any(line.source.left > 0 and line.category not in FIXED for line in lines)
    state = "voided" if voided else "open" if left else "done"
    return Document(sale, uid, receipt, lane, member, date, at_us, total, state, lines)


def paid_by(box: Box, sale: int) -> list[tuple[str, int, str | None]]:
    """(kind, amount, reference) of what a sale was paid with and what of it was not given back to the same kind yet."""
    return [(kind, amount, reference) for kind, amount, reference in rows(box.db, _PAID_BY, (sale,)) if amount > 0]


def still_open(box: Box, lines: Sequence[Line]) -> None:
    """Raise ShopError("return_changed") when a source has moved on since its line was put in: given back elsewhere,
    voided. Inside the sale's transaction."""
    for line in lines:
        source = line.source
        if source is None:
            continue
        found = row(box.db, _BACK, (source.sale, source.n))
        if found is None or found[0] != source.before or row(box.db, _VOIDED, (source.sale,)):
            raise ShopError("return_changed", line=line.n)


def reverse_points(box: Box, lines: Sequence[Line], body: Body, sale: int, entry: int, now: int) -> None:
    """Book back the points that the returned lines had earned, lot by lot, into the document's body.

    Inside the sale's transaction, before its lines are written.
    """
    back: dict[int, int] = {}
    for line in lines:
        if line.source is not None and not line.charge:
            source = line.source
            back[source.sale] = back.get(source.sale, 0) + source.part(source.total, -line.qty)
    for original, amount in back.items():
        whole, before = (_one(box, sql, original) for sql in (_EARNING, _GIVEN_BACK))
        if whole <= 0:
            continue
        for earned, member, lot, points, score, rule, expires, uid in rows(box.db, _EARNED, (original,)):
            less, lower = part_of(points, before, amount, whole), part_of(score, before, amount, whole)
            if less or lower:
                body.entries.append(
                    (entry, member, lot, -less, -lower, "return", sale, rule, expires, now, earned)
                )
                body.members[member] = uid
                entry += 1


def cuts_back(box: Box, source: Source, qty: int, sale: int, n: int) -> list[Record]:
    """What was taken off by hand of the returned qty, as rows of the document's line n: the next part of each, negative."""
    given = rows(box.db, _CUTS, (source.sale, source.n))
    parts = [(kind, source.part(amount, qty), reason, approver) for kind, amount, reason, approver in given]
    return [(sale, n, kind, -part, reason, approver) for kind, part, reason, approver in parts if part]


def _one(box: Box, sql: str, sale: int) -> int:
    found = row(box.db, sql, (sale,))
    return int(found[0]) if found else 0
