"""Voiding the last sale of a lane: a document of its own, the exact negative of the one it undoes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from peewee import SqliteDatabase

from edge import coupons, reward_lines, shifts, storedvalue
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.points import lots, redeem
from edge.points.entries import uids_of
from edge.promo import uses
from edge.sales import (
    Body,
    Done,
    Head,
    Record,
    Station,
    enqueue_prints,
    find_sale,
    next_slot,
    record_document,
    store_document,
)


@dataclass(frozen=True, slots=True)
class Approval:
    """The second person who allowed it (row id and uid) and why."""

    staff: int
    staff_uid: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Original:
    id: int
    kind: str
    lane: str
    mode: str
    member: int | None
    total: int
    tax: int
    saving: int
    rounding: int
    score: int
    catalog_version: int
    price_version: int
    series: int


_ORIGINAL = (
    "SELECT id, kind, lane, mode, member, total, tax, saving, rounding, score, catalog_version, price_version, "
    "series FROM sale WHERE uid = ?"
)
_LINES = (
    "SELECT n, product, sku, code, name, qty, unit, unit_price, discount, total, tax_group, rate, tax, category "
    "FROM sale_line WHERE sale = ? ORDER BY n"
)
_TAXES = "SELECT tax_group, rate, gross, tax FROM sale_tax WHERE sale = ?"
_EXTRAS = "SELECT n, list_price, note, lot, serial, expiry FROM line_extra WHERE sale = ? ORDER BY n"
_DISCOUNTS = "SELECT n, kind, amount, reason, approver FROM line_discount WHERE sale = ? ORDER BY n, kind"
# What the sale put on cards is taken off them, what it took is put back: this first, it may be the same card.
_VALUE = (
    "SELECT c.code, -e.amount, 'void' FROM value_ledger e JOIN value_card c ON c.id = e.card WHERE e.sale = ? "
    "ORDER BY e.amount, e.id"
)
_TAKEN_BACK = "SELECT 1 FROM sale_line WHERE (sale = ?1 AND original IS NOT NULL) OR original = ?1 LIMIT 1"


def void_sale(box: Box, sale_uid: str, void_uid: str, at: Station, approval: Approval) -> Done:
    """Undo a whole paid sale: lines, tax, tenders, stock and ledger entries, in one transaction and one event.

    void_uid is the idempotency key. Raises ShopError: sale_unknown, void_kind, void_twice, void_not_last, and
    bad_request when void_uid is another document's.
    """
    with box.transaction() as db:
        existing = find_sale(db, box, void_uid)
        if existing is not None:
            _same_void(db, sale_uid, existing)
            return existing
        original = _voidable(db, sale_uid, at.lane)
        at = replace(at, mode=original.mode)
        done = _write(box, original, sale_uid, void_uid, at, approval)
    box.announce("sale", lane=at.lane, uid=done.uid, kind="void")
    return done


def _same_void(db: SqliteDatabase, sale_uid: str, existing: Done) -> None:
    """An answer "done before" must not hide that this sale was never voided."""
    mine = "SELECT 1 FROM sale v JOIN sale o ON o.id = v.original WHERE v.id = ? AND v.kind = 'void' AND o.uid = ?"
    if row(db, mine, (existing.sale, sale_uid)) is None:
        raise ShopError("bad_request", status=422, field="id")


def _voidable(db: SqliteDatabase, sale_uid: str, lane: str) -> _Original:
    found = row(db, _ORIGINAL, (sale_uid,))
    if found is None or found[2] != lane:
        raise ShopError("sale_unknown", status=404)
    original = _Original(*found)
    if original.kind != "sale":
        raise ShopError("void_kind")
    if row(db, "SELECT 1 FROM sale WHERE original = ? AND kind = 'void'", (original.id,)):
        raise ShopError("void_twice")
    # By row, not by number: a restored box goes on in another series. Training (series 0) is a world of its own.
    if row(db, _TAKEN_BACK, (original.id,)):
        raise ShopError("void_returned")  # part of it is back, or it took something back itself
    later = "SELECT 1 FROM sale WHERE lane = ? AND id > ? AND (series = 0) = (? = 0) LIMIT 1"
    if row(db, later, (lane, original.id, original.series)):
        raise ShopError("void_not_last")
    return original


def _write(box: Box, original: _Original, sale_uid: str, void_uid: str, at: Station, approval: Approval) -> Done:
    db = box.db
    # A restored box goes on in its own series: the old one's next numbers may be taken by sales that only HQ knows.
    series = box.series if original.series else 0
    member = None if original.member is None else lots.successor(db, original.member)
    slot = next_slot(box, at.lane, series, void_uid, member)
    sale, shift = slot.sale, slot.shift or shifts.begin(box, at.lane, at.staff, at.mode)
    now = box.env.clock.now_us()
    entries, points, moved = _reversals(box, original, slot.entry, sale, shift.business_date, now, member)
    head = Head(
        sale, void_uid, "void", at, series, slot.number, shift, now,
        slot.member.uid if slot.member else None, -original.total, -original.tax, -original.saving, -original.rounding,
        points, -original.score, slot.before, None,
        original.id, sale_uid, approval.staff, approval.staff_uid, approval.reason, moved,
    )  # fmt: skip
    paid = rows(db, "SELECT n, kind, amount, reference FROM tender WHERE sale = ? ORDER BY n", (original.id,))
    body = _negative(db, original.id, sale)
    body.tenders = [(sale, n, kind, -amount, -amount, 0, ref) for n, kind, amount, ref in paid]
    body.entries, body.members = entries, uids_of(box, entries)
    body.coupons = coupons.of_void(box, original.id)
    seq = record_document(box, head, "sale.voided", body)
    store_document(box, head, body, member, (original.catalog_version, original.price_version), seq)
    storedvalue.book(box, body.value, sale, now)
    uses.give_back(box, original.id, sale)
    enqueue_prints(box, at, void_uid, sale, now, drawer=any(kind == "cash" for _, kind, _, _ in paid))
    total = -sum(amount for _, _, amount, _ in paid)
    return Done(sale, void_uid, head.receipt(box), total, total, 0, head.points)


def _negative(db: SqliteDatabase, original: int, sale: int) -> Body:
    """Lines, taxes and what is unusual of a document (row ids), each the exact negative."""
    lines: list[Record] = [
        (sale, n, *what, -qty, unit, price, -discount, -total, group, rate, -tax, n, category, original)
        for n, *what, qty, unit, price, discount, total, group, rate, tax, category in rows(db, _LINES, (original,))
    ]
    taxes: list[Record] = [
        (sale, group, rate, -gross, -tax) for group, rate, gross, tax in rows(db, _TAXES, (original,))
    ]
    body = Body(lines, taxes, [], [])
    body.extras = [(sale, *extra) for extra in rows(db, _EXTRAS, (original,))]
    body.discounts = [
        (sale, n, kind, -amount, reason, approver)
        for n, kind, amount, reason, approver in rows(db, _DISCOUNTS, (original,))
    ]
    body.value = rows(db, _VALUE, (original,))
    return body


def _reversals(
    box: Box, original: _Original, first: int, sale: int, today: str, now: int, member: int | None
) -> tuple[list[Record], int, int]:
    """(entries that undo those of a sale, points of it that the member has no more, those that she has again, having
    spent them). What has expired is gone already."""
    found: list[Record] = []
    for number, points, score in rows(
        box.db,
        "SELECT id, points, score FROM ledger WHERE member = ? AND sale = ? AND reason <> 'redeem' ORDER BY id",
        (original.member, original.id),
    ):
        if (less := redeem.not_expired(box, number, points)) or score:
            found.append(redeem.take_back(box, first + len(found), number, less, score, "reverse", now, sale))
    spent = redeem.left_of(box, original.id)
    back = redeem.restore(box, original.id, spent, first + len(found), now, today, sale)
    back += reward_lines.of_void(box, original.id, first + len(found) + len(back), now, today, sale)
    taken, again = (sum(entry[3] for entry in part if entry[1] == member) for part in (found, back))
    return [*found, *back], taken, again
