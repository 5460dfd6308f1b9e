"""The rows of each export, a range of ids at a time. Money as decimals, quantities in pieces or kilos, local time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from edge import catalog, storedvalue, tiers
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.importer.shelves import further_codes
from edge.loyalty import Standing, standing
from edge.members import PURPOSES
from edge.sales import receipt_number
from edge.shifts import local
from edge.tables import Cell

RANGE = 500
Line = list[Cell]


@dataclass(frozen=True)
class Table:
    """columns: words export.col_<name>; count: about how many rows; personal: they are about members."""

    columns: tuple[str, ...]
    count: Callable[[Box], int]
    read: Callable[[Box], Iterator[Line]]
    personal: bool = False


def money(box: Box, amount: int | None) -> Decimal | None:
    """Minor units as people write them."""
    return None if amount is None else Decimal(amount).scaleb(-box.currency.exponent)


def quantity(thousandths: int | None) -> Cell:
    """Pieces or kilograms."""
    if thousandths is None:
        return None
    return Decimal(thousandths).scaleb(-3) if thousandths % 1000 else thousandths // 1000


def instant(box: Box, us: int | None) -> str | None:
    """Local date and time."""
    return None if us is None else local(us, box.config.store.zone).strftime("%Y-%m-%d %H:%M:%S")


def _count(sql: str, box: Box) -> int:
    found = row(box.db, sql)
    return int(found[0]) if found else 0


def _ranges(box: Box, table: str, sql: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement that takes (after, up to) of the table's ids."""
    last = _count(f"SELECT COALESCE(MAX(id), 0) FROM {table}", box)  # noqa: S608 (fixed names)
    for after in range(0, last, RANGE):
        yield from rows(box.db, sql, (after, min(after + RANGE, last)))


# ---- goods

_PRODUCTS = (
    "SELECT p.id, p.active, p.initials, p.low, d.sku, s.qty, c.name_zh, c.name_en FROM product p "
    "LEFT JOIN item d ON d.id = p.deposit LEFT JOIN stock s ON s.product = p.id "
    "LEFT JOIN category c ON c.version = p.version AND c.id = p.category "
    "WHERE p.version = ? AND p.id > ? AND p.id <= ? AND p.active = 1 ORDER BY p.id"
)
_ACTIVE = (
    "SELECT COUNT(*) FROM product WHERE active = 1 AND version = (SELECT version FROM pointer WHERE name = 'catalog')"
)
# All keys but the product's own number and barcode: few products have any.
_FURTHER = (
    "SELECT c.product, c.code FROM product_code c JOIN product p ON p.version = c.version AND p.id = c.product "
    "WHERE c.version = ?1 AND c.code > ?2 AND c.code <> p.sku "
    "AND c.code <> COALESCE(substr('00000000000000' || p.gtin, -14), '') ORDER BY c.code LIMIT 2000"
)


def _goods(box: Box) -> Iterator[tuple[catalog.Product, tuple[Any, ...]]]:
    versions = catalog.current(box.db)
    last = _count("SELECT COALESCE(MAX(id), 0) FROM item", box)
    for after in range(0, last, RANGE):
        for number, *more in rows(box.db, _PRODUCTS, (versions.catalog, after, after + RANGE)):
            known = catalog.by_id(box.db, versions, number)
            if known is not None:
                yield known, tuple(more)


def _products(box: Box) -> Iterator[Line]:
    further = _further(box)
    for p, (_, letters, low, deposit, qty, shelf, shelf_en) in _goods(box):
        plu, codes = further_codes(further.get(p.id, ()), p.sku, p.gtin)
        yield [
            p.sku, p.gtin, p.name_zh, p.name_en, letters, shelf or p.category, shelf_en, p.unit, money(box, p.price),
            money(box, p.member_price), p.tax_group, plu, " ".join(codes), " ".join(p.flags), quantity(qty),
            int(p.frequent), quantity(low), deposit, p.brand, p.icon,
        ]  # fmt: skip


def _further(box: Box) -> dict[int, list[str]]:
    version, after, found = catalog.current(box.db).catalog, "", defaultdict[int, list[str]](list)
    while chunk := rows(box.db, _FURTHER, (version, after)):
        after = chunk[-1][1]
        for product, code in chunk:
            found[product].append(code)
    return found


def _prices(box: Box) -> Iterator[Line]:
    for p, _ in _goods(box):
        yield [p.sku, p.gtin, p.name_zh, p.name_en, money(box, p.price), money(box, p.member_price)]


_MOVES = (
    "SELECT m.id, m.at_us, i.sku, m.qty, m.reason, m.doc, m.note, m.lot, m.expiry, m.cost, s.name_zh "
    "FROM stock_move m LEFT JOIN item i ON i.id = m.product LEFT JOIN staff s ON s.id = m.staff "
    "WHERE m.id > ? AND m.id <= ? ORDER BY m.id"
)


def _moves(box: Box) -> Iterator[Line]:
    for _, at, sku, qty, reason, doc, note, lot, expiry, cost, who in _ranges(box, "stock_move", _MOVES):
        yield [instant(box, at), sku, quantity(qty), reason, doc, note, lot, expiry, money(box, cost), who]


# ---- people

_MEMBERS = (
    "SELECT m.id, m.uid, m.name, m.phone_prefix, m.phone_last4, (SELECT code FROM member_card WHERE member = m.id AND "
    "state = 'active' ORDER BY code LIMIT 1), m.birthday, m.joined_us, m.state, (SELECT COALESCE(SUM(points), 0) FROM "
    "ledger WHERE member = m.id), (SELECT COALESCE(SUM(score), 0) FROM ledger WHERE member = m.id) "
    "FROM member m WHERE m.id > ? AND m.id <= ? ORDER BY m.id"
)
_CONSENT = "SELECT purpose, granted FROM consent WHERE member = ? ORDER BY id"
_STAFF = (
    "SELECT id, uid, name_zh, name_en, role, badge IS NOT NULL, active FROM staff WHERE id > ? AND id <= ? ORDER BY id"
)


def _members(box: Box) -> Iterator[Line]:
    for number, uid, name, first, last, card, born, joined, state, points, score in _ranges(box, "member", _MEMBERS):
        agreed = dict(rows(box.db, _CONSENT, (number,)))
        phone = f"{first or ''}••••{last}" if last else None
        yield [
            name, phone, card, born, " ".join(p for p in PURPOSES if agreed.get(p)), uid, instant(box, joined), state,
            points, score, standing(tiers.placed(box, number, Standing(points, score)), box.rules).id,
        ]  # fmt: skip


def _staff(box: Box) -> Iterator[Line]:
    for _, uid, zh, en, role, badge, active in _ranges(box, "staff", _STAFF):
        yield [zh, en, role, int(badge), int(active), uid]


# ---- documents

_SALES = (
    "SELECT s.id, s.lane, s.series, s.number, s.kind, s.business_date, s.at_us, s.shift, s.mode, c.name_zh, a.name_zh, "
    "s.reason, m.uid, s.currency, s.total, s.tax, s.saving, s.rounding, s.points, o.lane, o.series, o.number "
    "FROM sale s LEFT JOIN staff c ON c.id = s.staff LEFT JOIN staff a ON a.id = s.approver "
    "LEFT JOIN member m ON m.id = s.member LEFT JOIN sale o ON o.id = s.original WHERE s.id > ? AND s.id <= ? "
    "ORDER BY s.id"
)
_LINES = (
    "SELECT s.lane, s.series, s.number, l.n, l.sku, l.code, l.name, l.category, l.qty, l.unit, l.unit_price, "
    "x.list_price, l.discount, l.total, l.tax_group, l.rate, l.tax, x.note, x.lot, x.serial, x.expiry FROM sale s "
    "JOIN sale_line l ON l.sale = s.id LEFT JOIN line_extra x ON x.sale = l.sale AND x.n = l.n "
    "WHERE s.id > ? AND s.id <= ? ORDER BY s.id, l.n"
)
_TENDERS = (
    "SELECT s.lane, s.series, s.number, t.n, t.kind, t.amount, t.received, t.change FROM sale s "
    "JOIN tender t ON t.sale = s.id WHERE s.id > ? AND s.id <= ? ORDER BY s.id, t.n"
)
_POINTS = (
    "SELECT l.id, l.at_us, m.uid, l.points, l.score, l.reason, l.lot, l.expires_on, l.available_on, l.came_from, "
    "l.reverses, l.n, s.lane, s.series, s.number FROM ledger l "
    "JOIN member m ON m.id = l.member LEFT JOIN sale s ON s.id = l.sale WHERE l.id > ? AND l.id <= ? ORDER BY l.id"
)
_AUDIT = (
    "SELECT a.id, a.at_us, a.action, p.name_zh, q.name_zh, a.lane, s.lane, s.series, s.number, a.reason, a.detail, "
    "a.epoch, a.seq FROM audit a LEFT JOIN staff p ON p.id = a.staff LEFT JOIN staff q ON q.id = a.approver "
    "LEFT JOIN sale s ON s.id = a.sale WHERE a.id > ? AND a.id <= ? ORDER BY a.id"
)


def _receipt(box: Box, number: tuple[Any, ...]) -> str | None:
    return receipt_number(box, *number) if number[2] is not None else None


def _sales(box: Box) -> Iterator[Line]:
    for _, lane, series, number, *rest in _ranges(box, "sale", _SALES):
        kind, day, at, shift, mode, cashier, approver, reason, member, currency, *sums = rest
        total, tax, saving, rounding, points, *original = sums
        yield [
            receipt_number(box, lane, series, number), kind, day, instant(box, at), lane, shift, mode, cashier,
            approver, reason, member, currency, *(money(box, amount) for amount in (total, tax, saving, rounding)),
            points, _receipt(box, tuple(original)),
        ]  # fmt: skip


def _lines(box: Box) -> Iterator[Line]:
    for lane, series, number, n, sku, code, name, shelf, qty, unit, *rest in _ranges(box, "sale", _LINES):
        price, asked, discount, total, group, rate, tax, *extra = rest
        if sku == storedvalue.TOP_UP.sku:  # its card is as good as money
            code, extra = None, [None] * len(extra)
        yield [
            receipt_number(box, lane, series, number), n, sku, code, name, shelf, quantity(qty), unit,
            *(money(box, amount) for amount in (price, asked, discount, total)), group, Decimal(rate).scaleb(-2),
            money(box, tax), *extra,
        ]  # fmt: skip


def _tenders(box: Box) -> Iterator[Line]:
    for lane, series, number, n, kind, *sums in _ranges(box, "sale", _TENDERS):
        yield [receipt_number(box, lane, series, number), n, kind, *(money(box, amount) for amount in sums)]


def _points(box: Box) -> Iterator[Line]:
    for number, at, member, points, score, reason, lot, expires, available, *more in _ranges(box, "ledger", _POINTS):
        came_from, reverses, line, *sale = more
        yield [number, instant(box, at), member, points, score, reason, lot, expires, available, came_from, reverses,
               _receipt(box, tuple(sale)), line]  # fmt: skip


def _audit(box: Box) -> Iterator[Line]:
    for _, at, action, who, approver, lane, *rest in _ranges(box, "audit", _AUDIT):
        sale, (reason, detail, epoch, seq) = tuple(rest[:3]), rest[3:]
        yield [instant(box, at), action, who, approver, lane, _receipt(box, sale), reason, detail, epoch, seq]


def _all(table: str) -> Callable[[Box], int]:
    return partial(_count, f"SELECT COUNT(*) FROM {table}")  # noqa: S608 (fixed names)


TABLES: dict[str, Table] = {
    "products": Table(
        ("sku", "gtin", "name_zh", "name_en", "initials", "category", "category_en", "unit", "price", "member_price",
         "tax_group", "plu", "codes", "flags", "stock", "frequent", "low", "deposit", "brand", "icon"),
        partial(_count, _ACTIVE), _products),
    "prices": Table(("sku", "gtin", "name_zh", "name_en", "price", "member_price"), partial(_count, _ACTIVE), _prices),
    "members": Table(
        ("name", "phone_shown", "card", "birthday", "consents", "member", "joined", "state", "points", "score", "tier"),
        _all("member"), _members, personal=True),
    "staff": Table(("name_zh", "name_en", "role", "has_badge", "active", "uid"), _all("staff"), _staff),
    "sales": Table(
        ("receipt", "kind", "business_date", "at", "lane", "shift", "mode", "cashier", "approver", "reason", "member",
         "currency", "total", "tax", "saving", "rounding", "points", "original"), _all("sale"), _sales),
    "lines": Table(
        ("receipt", "line", "sku", "code", "name", "category", "qty", "unit", "unit_price", "list_price", "discount",
         "total", "tax_group", "rate", "tax", "note", "lot", "serial", "expiry"), _all("sale_line"), _lines),
    "tenders": Table(
        ("receipt", "line", "tender", "amount", "received", "change"), _all("tender"), _tenders),
    "points": Table(
        ("entry", "at", "member", "points", "score", "reason", "points_lot", "expires_on", "available_on", "came_from",
         "reverses", "receipt", "line"),
        _all("ledger"), _points, personal=True),
    "moves": Table(
        ("at", "sku", "qty", "reason", "document", "note", "lot", "expiry", "cost", "staff"),
        _all("stock_move"), _moves),
    "audit": Table(
        ("at", "action", "staff", "approver", "lane", "receipt", "reason", "detail", "epoch", "seq"),
        _all("audit"), _audit),
}  # fmt: skip
