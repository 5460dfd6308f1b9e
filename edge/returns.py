"""Giving goods back: what may still be returned of a document, for how much, and what that undoes.

Discounts, tax and points go back by part, so that all of a sale's lines given back, in whatever steps, come to the
exact negative of it. Only the box that sold a line gives money back for it; all else is a return without a receipt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from edge import catalog
from edge.base.money import round_div
from edge.base.sqlite import row, rows
from edge.basket import Line, Source
from edge.box import Box
from edge.catalog import Product, Versions
from edge.errors import ShopError
from edge.points import lots, redeem
from edge.points.entries import Record
from edge.pricing import Priced, part_of
from edge.sales import Body, receipt_number

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
_CUTS = "SELECT n, kind, amount, reason FROM line_discount WHERE sale = ? ORDER BY n, kind"
_WAS = "SELECT product, sku, name, unit, category FROM sale_line WHERE sale = ? AND n = ?"
_STILL = (
    "SELECT (SELECT COALESCE(-SUM(qty), 0) FROM sale_line WHERE original = ?1 AND original_n = ?2), "
    "EXISTS (SELECT 1 FROM sale WHERE original = ?1 AND kind = 'void'), (SELECT mode FROM sale WHERE id = ?1)"
)
_VOIDED = "SELECT 1 FROM sale WHERE original = ? AND kind = 'void'"
# Points of a sale go back with the money of the lines that earned them.
_GOODS = "category NOT LIKE '#%'"
_EARNING = f"SELECT COALESCE(SUM(total), 0) FROM sale_line WHERE sale = ? AND qty > 0 AND {_GOODS}"
_GIVEN_BACK = f"SELECT COALESCE(-SUM(total), 0) FROM sale_line WHERE original = ? AND {_GOODS}"
# References tell stored-value cards apart; those of a terminal's slips say nothing of the card.
_KEY = "kind, CASE kind WHEN 'stored' THEN reference END"
_PAID = f"SELECT {_KEY}, SUM(amount) FROM tender WHERE sale = ? AND amount > 0 GROUP BY 1, 2 ORDER BY MIN(n)"
# What came back in exchange for a document's goods.
_CREDIT = "SELECT original, -SUM(total) FROM sale_line WHERE sale = ? AND original IS NOT NULL GROUP BY original"
# Return documents give back to kinds: what came back from this sale, and from all, tells its share.
_GIVEN = (
    f"SELECT {_KEY}, amount, (SELECT -SUM(total) FROM sale_line WHERE sale = t.sale AND original = ?1), "
    "(SELECT -SUM(total) FROM sale_line WHERE sale = t.sale AND qty < 0) FROM tender t "
    "WHERE amount < 0 AND sale IN (SELECT sale FROM sale_line WHERE original = ?1)"
)
# Exchanges that took goods of this sale: the share of what they were given for.
_LATER = (
    "SELECT sale, -SUM(total), (SELECT -SUM(total) FROM sale_line WHERE sale = l.sale AND qty < 0) FROM sale_line l "
    "WHERE original = ? GROUP BY sale"
)
# (By member, as the ledger has an index: only the member of a sale earns.)
_EARNED = (
    "SELECT id, points, score FROM ledger "
    "WHERE member = (SELECT member FROM sale WHERE id = ?1) AND sale = ?1 AND reason = 'earn' ORDER BY id"
)
# With how much of its line came back since.
_SHARES = (
    "SELECT p.n, p.points, p.score, l.qty, (SELECT COALESCE(-SUM(r.qty), 0) FROM sale_line r WHERE r.original = l.sale "
    "AND r.original_n = l.n) FROM line_points p JOIN sale_line l ON l.sale = p.sale AND l.n = p.n WHERE p.sale = ?"
)


# A kind of money, and of stored value the card.
Way = tuple[str, str | None]

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
    mode: str
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
    sale, uid, kind, lane, series, number, mode, member, date, at_us, total = found
    receipt = receipt_number(box, lane, series, number)
    if kind != "sale":
        raise ShopError("receipt_kind", receipt=receipt)
    cuts: dict[int, tuple[tuple[str, int, str], ...]] = {}
    for n, *cut in rows(box.db, _CUTS, (sale,)):
        cuts[n] = (*cuts.get(n, ()), (cut[0], cut[1], cut[2]))
    lines = tuple(
        Sold(product, code, name, unit, category,
             Source(sale, uid, n, receipt, qty, back, price, discount, amount, tax, group, rate, cuts.get(n, ())))
        for n, product, code, name, qty, unit, price, discount, amount, tax, group, rate, category, back
        in rows(box.db, _LINES, (sale,))
    )  # fmt: skip
    voided = row(box.db, _VOIDED, (sale,)) is not None
    left = any(line.source.left > 0 and line.category not in FIXED for line in lines)
    state = "voided" if voided else "open" if left else "done"
    return Document(sale, uid, receipt, lane, mode, member, date, at_us, total, state, lines)


def paid_by(box: Box, sale: int) -> list[tuple[str, int, str | None]]:
    """(kind, amount, reference) of what a sale was paid with and what of it was not given back to the same kind yet.

    Where one document gives back from several sales, each is reckoned to have its share of every kind.
    """
    given, found = _given(box, sale), []
    for (kind, ref), amount in _paid(box, sale).items():
        known = redeem.paid_by(box, sale) if kind == "points" else None
        left = known[0] if known is not None else amount - given.get((kind, ref), 0)
        if left > 0:
            found.append((kind, left, ref))
    return found


def _paid(box: Box, sale: int) -> dict[Way, int]:
    return {(kind, reference): amount for kind, reference, amount in rows(box.db, _PAID, (sale,))}


def _given(box: Box, sale: int) -> dict[Way, int]:
    """What was given back for goods of a sale; for those that they were changed for, what these were not paid with."""
    found: dict[Way, int] = {}
    for kind, reference, amount, mine, whole in rows(box.db, _GIVEN, (sale,)):
        if whole:
            found[kind, reference] = found.get((kind, reference), 0) - round_div(amount * mine, whole)
    for later, mine, whole in rows(box.db, _LATER, (sale,)):
        paid = _paid(box, later)
        for way, amount in _given(box, later).items():
            if whole and (over := amount - paid.get(way, 0)) > 0:
                found[way] = found.get(way, 0) + round_div(over * mine, whole)
    return found


def paid_otherwise(
    box: Box, sale: int, value: int, planned: dict[tuple[int, Way], int], *, points: bool
) -> Iterator[tuple[int, str, int, str | None]]:
    """(sale, kind, amount, reference) of what goods of a sale worth so much were paid with other than coins.

    Of an exchange also what had paid for the goods that were given for them; sale says which document's it was.
    planned: how much of each is planned already; what is found is added to it. points: only these, or all but these.
    """
    for kind, amount, reference in paid_by(box, sale):
        key = (sale, (kind, reference))
        if kind == "cash" or (kind == "points") is not points:
            continue
        part = min(value, amount - planned.get(key, 0))
        if points and (known := redeem.paid_by(box, sale)) is not None:
            part -= part % known[1]  # whole points
        if part > 0:
            value, planned[key] = value - part, planned.get(key, 0) + part
            yield sale, kind, part, reference
    for origin, credit in rows(box.db, _CREDIT, (sale,)):
        for found in paid_otherwise(box, origin, min(value, credit), planned, points=points):
            value -= found[2]
            yield found


def ways_back(
    box: Box, lines: Sequence[Line], priced: Sequence[Priced], back: int
) -> Iterator[tuple[int, str, int, str | None]]:
    """(sale, kind, amount, reference) of how up to `back` is given back for the lines that came from receipts.

    As it was paid, points before all else; of what is in no way here, coins.
    """
    worth, planned = dict[int, int](), dict[tuple[int, Way], int]()
    for line, p in zip(lines, priced, strict=True):
        if line.source is not None:
            worth[line.source.sale] = worth.get(line.source.sale, 0) - p.total
    for points in (True, False):
        for sale, value in worth.items():
            for found in paid_otherwise(box, sale, min(back, value), planned, points=points):
                if points or found[1] in box.rules.tenders:
                    back -= found[2]
                worth[sale] -= found[2]
                yield found


def points_back(
    box: Box, lines: Sequence[Line], priced: Sequence[Priced], back: int, amount: int, first: int, now: int,
    today: str, sale: int,
) -> list[Record]:  # fmt: skip
    """Entries that give so much of `back` back as points, to whom they were taken from; first numbers them.

    ShopError("points_back", left) when more is to go back than was paid with points, or not in whole points.
    """
    found, left, parts = list[Record](), amount, dict[int, int]()
    for origin, kind, part, _ in ways_back(box, lines, priced, back):
        if kind == "points" and (taken := min(part, left)) > 0:
            parts[origin], left = parts.get(origin, 0) + taken, left - taken
    if left:
        raise ShopError("points_back", status=422, left=amount - left)
    for origin, part in parts.items():
        points = redeem.points_for(box, origin, part)
        found += redeem.restore(box, origin, points, first + len(found), now, today, sale)
    return found


def member_of(box: Box, sale: int) -> int | None:
    """The customer of a document (row ids): of one who was merged, who it is by now; None for one who was erased."""
    found = row(box.db, "SELECT member FROM sale WHERE id = ?", (sale,))
    if found is None or found[0] is None:
        return None
    now = lots.successor(box.db, found[0])
    return now if row(box.db, "SELECT 1 FROM member WHERE id = ? AND state = 'active'", (now,)) else None


def still_open(box: Box, lines: Sequence[Line], mode: str) -> None:
    """Raise ShopError("return_changed") when a source has moved on since its line was put in: given back elsewhere,
    voided; or when it is of another mode than the lane. Inside the sale's transaction."""
    for line in lines:
        source = line.source
        if source is None:
            continue
        found = row(box.db, _STILL, (source.sale, source.n))
        if found != (source.before, 0, mode):
            raise ShopError("return_changed", line=line.n)


def product_of(box: Box, versions: Versions, source: Source) -> Product | None:
    """What a return line takes back, as the receipt knows it: with today's names if the product is still there.

    What it was when it was sold decides whether it is a deposit and on which shelf it counts. None: no such line.
    """
    found = row(box.db, _WAS, (source.sale, source.n))
    if found is None:
        return None
    product, sku, name, unit, category = found
    flags = (category[1:],) if category.startswith("#") else ()
    now = catalog.by_id(box.db, versions, product)
    if now is not None and now.unit == unit:
        return replace(now, category=category, flags=flags, deposit=None)
    price = source.unit_price
    return Product(product, sku, None, name, name, category, "tag", unit, source.group, flags, price, None)


def reverse_points(box: Box, lines: Sequence[Line], body: Body, sale: int, entry: int, now: int) -> None:
    """Book back the points that the returned lines had earned, lot by lot, into the document's body.

    Inside the sale's transaction, before its lines are written. Whose points they are says body.members, later on.
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
        shares = _shares(box, original, lines)
        for earned, points, score in rows(box.db, _EARNED, (original,)):
            less, lower, lost = shares or (
                part_of(points, before, amount, whole), part_of(score, before, amount, whole),
                part_of(points, 0, before, whole),
            )  # fmt: skip
            less = redeem.not_expired(box, earned, less, lost)
            if less or lower:
                body.entries.append(redeem.take_back(box, entry, earned, less, lower, "return", now, sale))
                entry += 1


def _shares(box: Box, sale: int, lines: Sequence[Line]) -> tuple[int, int, int] | None:
    """(points, score) that the returned lines of a sale had earned, points of what came back before.

    None where they followed its money.
    """
    earned = {n: share for n, *share in rows(box.db, _SHARES, (sale,))}
    if not earned:
        return None
    points = score = 0
    for line in lines:
        source = line.source
        if source is not None and source.sale == sale and source.n in earned:
            points += source.part(earned[source.n][0], -line.qty)
            score += source.part(earned[source.n][1], -line.qty)
    return points, score, sum(part_of(share, 0, back, qty) for share, _, qty, back in earned.values())


def _one(box: Box, sql: str, sale: int) -> int:
    found = row(box.db, sql, (sale,))
    return int(found[0]) if found else 0
