"""The lists that deliveries and write-offs are made from: what was scanned at a lane, kept like an open basket.

A list is there until it is booked, over reboots too, whoever stands before it. Its uid becomes the document's, so that
booking it twice books it once. What is being booked when the power goes is booked to the end and not changed before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edge import inventory
from edge.base.ids import new_uid
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.catalog import Product
from edge.errors import ShopError
from edge.inventory import LOT_CHARS, MAX_LINES, MAX_QTY, WORDS_CHARS, Booked, By, Entry, Paper, is_date
from edge.tenders import MAX_AMOUNT

KINDS = ("delivery", "write_off")
_OPEN = (
    "SELECT l.uid, l.supplier, l.note, l.reason, (SELECT d.booked = d.lines FROM stock_doc d WHERE d.uid = l.uid) "
    "FROM stock_list l WHERE l.lane = ? AND l.kind = ?"
)
_NEW = "INSERT INTO stock_list (lane, kind, uid) VALUES (?, ?, ?)"
_LINES = "SELECT n, product, qty, lot, expiry, cost FROM stock_list_line WHERE list = ? ORDER BY n"
_SAME = "SELECT n, qty FROM stock_list_line WHERE list = ? AND product = ? AND lot = ? AND expiry = ?"
_PUT = (
    "INSERT INTO stock_list_line (list, n, product, qty, lot, expiry) "
    "SELECT ?1, COALESCE(MAX(n), 0) + 1, ?2, ?3, ?4, ?5 FROM stock_list_line WHERE list = ?1 HAVING COUNT(*) < ?6 "
    "RETURNING n"
)
_AGAIN = "INSERT INTO stock_list_line (list, n, product, qty, lot, expiry, cost) VALUES (?, ?, ?, ?, ?, ?, ?)"
_QTY = "UPDATE stock_list_line SET qty = ? WHERE list = ? AND n = ?"
_CHANGE = "UPDATE stock_list_line SET qty = ?, lot = ?, expiry = ?, cost = ? WHERE list = ? AND n = ?"
_HEAD = "UPDATE stock_list SET supplier = ?, note = ?, reason = ? WHERE uid = ?"


@dataclass(frozen=True, slots=True)
class Row:
    """A line: product (row id), thousandths, lot and date ("" for none), cost in minor units a piece or kilogram."""

    n: int
    product: int
    qty: int
    lot: str
    expiry: str
    cost: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open list; uid is "" while nothing is on it. booking: it is being booked, and changes no more."""

    uid: str = ""
    supplier: str = ""
    note: str = ""
    reason: str = ""
    booking: bool = False


def open_sheet(box: Box, lane: str, kind: str) -> Sheet:
    """The lane's list of a kind; one that was booked just before the power went is gone."""
    found = row(box.db, _OPEN, (lane, kind))
    if found is None:
        return Sheet()
    uid, supplier, note, reason, booked = found
    if booked == 1:
        _drop(box, uid)
        return Sheet()
    return Sheet(uid, supplier, note, reason, booking=booked is not None)


def rows_of(box: Box, sheet: Sheet) -> list[Row]:
    """The list's lines, in the order they were scanned."""
    return [Row(*values) for values in rows(box.db, _LINES, (sheet.uid,))]


def put(box: Box, lane: str, kind: str, product: Product, qty: int, lot: str = "", expiry: str = "") -> int:
    """Add goods to the list and return the number of their line: what is the same already counts on.

    ShopError: stock_qty, whole_pieces, bad_request (lot), stock_date, stock_too_long, stock_booking.
    """
    _check(product.unit, Row(0, product.id, qty, lot, expiry, None))
    sheet = open_sheet(box, lane, kind)
    with box.draft.immediate() as db:
        if not sheet.uid:
            sheet = Sheet(new_uid(box.env.rng))
            db.execute_sql(_NEW, (lane, kind, sheet.uid))
        _changeable(sheet)
        same = row(db, _SAME, (sheet.uid, product.id, lot, expiry))
        if same is None:
            made = row(db, _PUT, (sheet.uid, product.id, qty, lot, expiry, MAX_LINES))
            if made is None:
                raise ShopError("stock_too_long", status=422, limit=MAX_LINES)
            n = int(made[0])
        else:
            n = int(same[0])
            _check(product.unit, Row(n, product.id, same[1] + qty, lot, expiry, None))
            db.execute_sql(_QTY, (same[1] + qty, sheet.uid, n))
    box.loose = True
    return n


def change(box: Box, lane: str, kind: str, n: int, unit: str, to: Row) -> None:
    """Let line n say what `to` says (its product stays). ShopError: as put, amount_out_of_bounds, line_gone."""
    _check(unit, to)
    sheet = open_sheet(box, lane, kind)
    _changeable(sheet)
    values = (to.qty, to.lot, to.expiry, to.cost, sheet.uid, n)
    if not box.draft.execute_sql(_CHANGE, values).rowcount:
        raise ShopError("line_gone", status=404)
    box.loose = True


def remove(box: Box, lane: str, kind: str, n: int) -> None:
    """Take line n off the list. ShopError: line_gone, stock_booking."""
    sheet = open_sheet(box, lane, kind)
    _changeable(sheet)
    if not box.draft.execute_sql("DELETE FROM stock_list_line WHERE list = ? AND n = ?", (sheet.uid, n)).rowcount:
        raise ShopError("line_gone", status=404)
    box.loose = True


def say(box: Box, lane: str, kind: str, **words: str) -> None:
    """Write supplier, note or reason on the list. ShopError: bad_request, stock_booking."""
    if not all(len(x) <= WORDS_CHARS and x.isprintable() for x in words.values()):
        raise ShopError("bad_request", status=422, field="note")
    sheet = open_sheet(box, lane, kind)
    _changeable(sheet)
    said = {"supplier": sheet.supplier, "note": sheet.note, "reason": sheet.reason, **words}
    with box.draft.immediate() as db:
        if not sheet.uid:
            sheet = Sheet(new_uid(box.env.rng))
            db.execute_sql(_NEW, (lane, kind, sheet.uid))
        db.execute_sql(_HEAD, (said["supplier"], said["note"], said["reason"], sheet.uid))
    box.loose = True


def clear(box: Box, lane: str, kind: str) -> None:
    """Begin the list anew; nothing of it is booked. ShopError("stock_booking")."""
    sheet = open_sheet(box, lane, kind)
    _changeable(sheet)
    _drop(box, sheet.uid)


def restore(box: Box, lane: str, kind: str, before: Sheet, lines: list[Row]) -> None:
    """Let the list hold these lines and words again, and nothing else. ShopError("stock_booking")."""
    sheet = open_sheet(box, lane, kind)
    _changeable(sheet)
    with box.draft.immediate() as db:
        if not sheet.uid:
            sheet = Sheet(new_uid(box.env.rng))
            db.execute_sql(_NEW, (lane, kind, sheet.uid))
        db.execute_sql(_HEAD, (before.supplier, before.note, before.reason, sheet.uid))
        db.execute_sql("DELETE FROM stock_list_line WHERE list = ?", (sheet.uid,))
        for x in lines:
            db.execute_sql(_AGAIN, (sheet.uid, x.n, x.product, x.qty, x.lot, x.expiry, x.cost))
    box.loose = True


def book(box: Box, lane: str, kind: str, by: By) -> Booked:
    """Book the list as a document, and begin a new one. ShopError: see inventory.book."""
    sheet = open_sheet(box, lane, kind)
    entries = [Entry(x.product, x.qty, x.lot, x.expiry, x.cost) for x in rows_of(box, sheet)]
    if not entries:
        raise ShopError("stock_empty", status=422)
    done = inventory.book(box, Paper(sheet.uid, kind, entries, sheet.supplier, sheet.note, sheet.reason), by)
    _drop(box, sheet.uid)
    return done


def _drop(box: Box, uid: str) -> None:
    with box.transaction() as db:
        db.execute_sql("DELETE FROM stock_list_line WHERE list = ?", (uid,))
        db.execute_sql("DELETE FROM stock_list WHERE uid = ?", (uid,))


def _changeable(sheet: Sheet) -> None:
    if sheet.booking:
        raise ShopError("stock_booking")


def _check(unit: str, x: Row) -> None:
    refusal: dict[str, Any] | None = None
    if not 0 < x.qty <= MAX_QTY:
        refusal = {"slug": "stock_qty", "limit": MAX_QTY // 1000}
    elif unit == "pc" and x.qty % 1000:
        refusal = {"slug": "whole_pieces"}
    elif len(x.lot) > LOT_CHARS or not x.lot.isprintable():
        refusal = {"slug": "bad_request", "field": "lot"}
    elif x.expiry and not is_date(x.expiry):
        refusal = {"slug": "stock_date"}
    elif x.cost is not None and not 0 <= x.cost <= MAX_AMOUNT:
        refusal = {"slug": "amount_out_of_bounds"}
    if refusal:
        raise ShopError(refusal.pop("slug"), status=422, **refusal)
