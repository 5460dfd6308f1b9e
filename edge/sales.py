"""A paid document of the till as rows and as one event: what completing and voiding a sale share.

The hot path writes by fixed SQL (Model.create was measured at five times the cost), and its values are plain slots:
a frozen dataclass takes four times as long to make, a named tuple to read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from peewee import SqliteDatabase

from edge import lots, members, tiers
from edge.base.clock import iso
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.loyalty import Standing
from edge.members import Member
from edge.points import entries as points
from edge.points import redeem
from edge.shifts import Shift

Record = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Station:
    """Where and by whom: the lane, its mode and printer, the staff member (row id, uid), the receipt's language."""

    lane: str
    mode: str
    staff: int
    staff_uid: str
    lang: str = "zh-CN"
    printer: str | None = None


@dataclass(slots=True)
class Done:
    """A document that is in the database. again: it had been completed before, nothing new was written.

    total is what was settled (below zero: given back), member the customer's name, score the tier score after it.
    moved: points that it spent (below zero) or gave back; left: what the member has after it.
    """

    sale: int
    uid: str
    receipt: str
    total: int
    received: int
    change: int
    points: int
    again: bool = False
    member: str | None = None
    score: int = 0
    kind: str = "sale"
    moved: int = 0
    left: int = 0


def _insert(table: str, columns: int) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"


_SALE = _insert(
    "sale (id, uid, kind, lane, series, number, shift, business_date, at_us, clock, mode, staff, approver, reason, "
    "member, original, currency, exponent, lang, total, tax, saving, rounding, points, score, points_after, "
    "score_after, tier, catalog_version, price_version, rule_version, seq)",
    32,
)
_LINE = _insert(
    "sale_line (sale, n, product, sku, code, name, qty, unit, unit_price, discount, total, tax_group, rate, tax, "
    "original_n, category, original)",
    17,
)
_TAX, _TENDER = _insert("sale_tax", 5), _insert("tender", 7)
_EXTRA = _insert("line_extra (sale, n, list_price, note, lot, serial, expiry)", 7)
_SHARE = _insert("line_points (sale, n, points, score)", 4)
_DISCOUNT = _insert("line_discount (sale, n, kind, amount, reason, approver)", 6)
_COUPON = "UPDATE coupon SET state = ?, used_sale = ? WHERE code = ?"
_LEDGER = points.INSERT
# A product without a stock row is not counted (coffee made to order); its sales need no row either.
_STOCK = "UPDATE stock SET qty = qty + ? WHERE product = ?"
_UNFIT = (
    "INSERT INTO stock_move (product, qty, reason, at_us, staff, doc, note, lot, expiry, after_sale) "
    "VALUES (?, ?, 'write_off', ?, ?, ?, 'unfit', ?, ?, ?)"
)
# All that the next document of a lane must know before it is written: one statement instead of six.
# (Joined to a subquery that adds up or sorts, SQLite would fill a table of its own for each: half as fast.)
_SLOT = (
    f"SELECT {members.COLUMNS}, {members.STANDING}, m.state, (SELECT COALESCE(MAX(id), 0) + 1 FROM sale), "
    "(SELECT COALESCE(MAX(number), 0) + 1 FROM sale WHERE lane = ?1 AND series = ?2), "
    "(SELECT COALESCE(MAX(id), 0) + 1 FROM ledger), EXISTS (SELECT 1 FROM sale WHERE uid = ?3), "
    "j.seq, j.hash, s.id, s.uid, s.business_date, s.opened_us FROM (SELECT 1) "
    "LEFT JOIN journal j ON j.epoch = ?4 AND j.stream = 'a' "
    "AND j.seq = (SELECT MAX(seq) FROM journal WHERE epoch = ?4 AND stream = 'a') "
    "LEFT JOIN shift s ON s.lane = ?1 AND s.closed_us IS NULL "
    "LEFT JOIN member m ON m.id = ?5"
)
_QUEUE = (
    "INSERT INTO print_job (uid, printer, lane, kind, sale, copy_no, state, queued_us) "
    "VALUES (?, ?, ?, ?, ?, 0, 'queued', ?)"
)


@dataclass(slots=True)
class Head:
    """The document's own fields, shared by its row and its event.

    points is what it earned (or took back of that), moved what it spent of the member's own points or gave back.
    """

    sale: int
    uid: str
    kind: str
    at: Station
    series: int
    number: int
    shift: Shift
    at_us: int
    member_uid: str | None
    total: int
    tax: int
    saving: int
    rounding: int
    points: int
    score: int
    before: Standing | None
    tier: str | None
    original: int | None = None
    original_uid: str | None = None
    approver: int | None = None
    approver_uid: str | None = None
    reason: str | None = None
    moved: int = 0

    def receipt(self, box: Box) -> str:
        return receipt_number(box, self.at.lane, self.series, self.number)


def receipt_number(box: Box, lane: str, series: int, number: int) -> str:
    """<store>-<lane>-<series>-<n>; training documents carry series 0."""
    return f"{box.config.store.store}-{lane}-{series}-{number:06d}"


@dataclass(slots=True)
class Slot:
    """What the next document takes: its row id, its number on the lane, the row id of its first ledger entry.

    known: the document is there already; head: the newest event (seq, hash); shift: the lane's open one; member and
    before: the customer and where he stands; state: the customer's ("active", or what became of her meanwhile).
    """

    sale: int
    number: int
    entry: int
    known: bool
    head: tuple[int, bytes] | None
    shift: Shift | None
    member: Member | None
    before: Standing | None
    state: str | None = None


def next_slot(box: Box, lane: str, series: int, uid: str, member: int | None) -> Slot:
    """The slot of the document uid of a member (row id), inside its transaction."""
    found = box.db.connection().execute(_SLOT, (lane, series, uid, box.source.epoch, member)).fetchone()
    state, sale, number, entry, known, seq, value, *shift = found[8:]
    return Slot(
        sale, number, entry, bool(known),
        None if seq is None else (seq, value),
        None if shift[0] is None else Shift(*shift),
        None if found[0] is None else members.from_row(found),
        None if found[0] is None else tiers.placed(box, found[0], Standing(found[6], found[7])),
        state,
    )  # fmt: skip


@dataclass(slots=True)
class Body:
    """What a document holds, as the rows that it becomes.

    lines, taxes, tenders, entries (of the ledger) are in the order of their tables' columns; extras and discounts are
    there for the few lines that have any: extras (sale, n, list price, note, lot, serial, expiry), discounts (sale, n,
    kind, amount, reason, approver). value: what it does to stored-value cards (see storedvalue.Move). unfit: numbers of
    lines that came back and are good for nothing. members and originals: uids by row id, for the event. shares: (sale,
    n, points, score) of its lines, where what they earn does not follow their money. coupons: those that it uses or
    opens again (see coupons.Change).
    """

    lines: list[Record]
    taxes: list[Record]
    tenders: list[Record]
    entries: list[Record]
    extras: list[Record] = field(default_factory=list)
    discounts: list[Record] = field(default_factory=list)
    value: list[Record] = field(default_factory=list)
    unfit: list[int] = field(default_factory=list)
    members: dict[int, str] = field(default_factory=dict)
    originals: dict[int, str] = field(default_factory=dict)
    shares: list[Record] = field(default_factory=list)
    coupons: list[tuple[str, str, str]] = field(default_factory=list)


def store_document(
    box: Box, head: Head, body: Body, member: int | None, versions: tuple[int, int], seq: int
) -> list[tiers.Move]:  # fmt: skip
    """Write a document's rows, inside its transaction; returns who has another tier by it."""
    moves: list[tiers.Move] = []
    con, at, after = box.db.connection(), head.at, head.before
    points_after = after.points + head.points + head.moved if after else None
    score_after = after.score + head.score if after else None
    con.execute(_SALE, (
        head.sale, head.uid, head.kind, at.lane, head.series, head.number, head.shift.id, head.shift.business_date,
        head.at_us,
        box.env.clock.quality(), at.mode, at.staff, head.approver, head.reason, member, head.original,
        box.currency.code, box.currency.exponent, at.lang, head.total, head.tax, head.saving, head.rounding,
        head.points, head.score, points_after, score_after, head.tier, *versions, box.rules.rule_version, seq,
    ))  # fmt: skip
    con.executemany(_LINE, body.lines)
    con.executemany(_TAX, body.taxes)
    con.executemany(_TENDER, body.tenders)
    if body.entries:
        con.executemany(_LEDGER, body.entries)
        moves = tiers.follow(box, member, after, body.entries, at.mode)
    if body.shares:
        con.executemany(_SHARE, body.shares)
    if body.extras:
        con.executemany(_EXTRA, body.extras)
    if body.discounts:
        con.executemany(_DISCOUNT, body.discounts)
    if body.coupons:
        used = ((state, head.sale if state == "used" else None, code) for code, _, state in body.coupons)
        con.executemany(_COUPON, used)
    if at.mode != "training":
        con.executemany(_STOCK, [(-line[6], line[2]) for line in body.lines])
        if body.extras:
            lots.of_document(con, body.lines, body.extras)
        if body.unfit:
            _write_off(box, head, body)
    return moves


def _write_off(box: Box, head: Head, body: Body) -> None:
    """What came back and is good for nothing leaves the stock again, lot and all."""
    con, named = box.db.connection(), {extra[1]: (extra[4], extra[6]) for extra in body.extras}
    for line in body.lines:
        lot, expiry = named.get(line[1], (None, None))
        if line[1] in body.unfit and con.execute(_STOCK, (line[6], line[2])).rowcount:
            con.execute(_UNFIT, (line[2], line[6], head.at_us, head.at.staff, head.uid, lot, expiry, head.sale))
            lots.move(con, [(line[2], lot or "", expiry or "", line[6])])


def record_document(box: Box, head: Head, kind: str, body: Body, after: tuple[int, bytes] | None = None) -> int:
    """Write a document's event, inside its transaction; returns its seq. after: the journal's head, if it is known."""
    at, before = head.at, head.before
    lines = [
        {"n": n, "sku": sku, "code": code, "name": name, "qty": qty, "unit": unit, "unit_price": price,
         "discount": discount, "total": total, "group": group, "rate": rate, "tax": tax, "original_n": original_n,
         "category": category}
        for _, n, _, sku, code, name, qty, unit, price, discount, total, group, rate, tax, original_n, category, _
        in body.lines
    ]  # fmt: skip
    if body.extras or body.discounts or body.originals:
        _tell_more(lines, body)
    sale = {
        "uid": head.uid, "receipt": head.receipt(box), "kind": head.kind, "lane": at.lane, "shift": head.shift.uid,
        "business_date": head.shift.business_date, "at": iso(head.at_us), "mode": at.mode,
        "currency": box.currency.code, "exponent": box.currency.exponent, "staff": at.staff_uid,
        "approver": head.approver_uid, "reason": head.reason, "member": head.member_uid, "original": head.original_uid,
        "total": head.total, "tax": head.tax, "rounding": head.rounding, "saving": head.saving, "lines": lines,
        "tenders": [
            {"kind": x[2], "amount": x[3], "received": x[4], "change": x[5], "reference": x[6]} for x in body.tenders
        ],
        "taxes": [{"group": x[1], "rate": x[2], "gross": x[3], "tax": x[4]} for x in body.taxes],
        "points_earned": head.points, "score_earned": head.score,
        "points_after": before.points + head.points + head.moved if before else None, "tier_before": head.tier,
    }  # fmt: skip
    named = points.names_of(box, body.entries) if body.members else None  # a plain sale only opens a lot
    ledger = points.told(body.entries, body.members, head.member_uid, named)
    data: dict[str, Any] = {"sale": sale, "ledger": ledger}
    if body.shares:
        data["shares"] = [{"n": n, "points": points, "score": score} for _, n, points, score in body.shares]
    if body.value:
        data["value"] = [{"card": card, "amount": amount, "reason": why} for card, amount, why in body.value]
    if body.coupons:
        data["coupons"] = [{"code": code, "promotion": uid, "state": state} for code, uid, state in body.coupons]
    return box.record("a", kind, data, mode=at.mode, after=after)


def _tell_more(lines: list[dict[str, Any]], body: Body) -> None:
    """What only few lines have: said of these alone."""
    by_n = {line["n"]: line for line in lines}
    for _, n, list_price, note, lot, serial, expiry in body.extras:
        told = {"list_price": list_price, "note": note, "lot": lot, "serial": serial, "expiry": expiry}
        by_n[n] |= {name: value for name, value in told.items() if value is not None}
    for _, n, kind, amount, reason, _ in body.discounts:
        by_n[n].setdefault("discounts", []).append({"kind": kind, "amount": amount, "reason": reason})
    for record in body.lines:
        if record[16] in body.originals:
            by_n[record[1]]["original"] = body.originals[record[16]]
    for n in body.unfit:
        by_n[n]["fit"] = False


def find_sale(db: SqliteDatabase, box: Box, uid: str) -> Done | None:
    """The document with this uid, as it was completed."""
    found = row(
        db,
        "SELECT s.id, s.lane, s.series, s.number, s.points, SUM(t.amount), SUM(t.received), SUM(t.change), "
        "CASE WHEN s.member IS NOT NULL THEN COALESCE((SELECT name FROM member WHERE id = s.member), '') END, "
        "COALESCE(s.score_after, 0), s.kind, COALESCE(s.points_after, 0) "
        "FROM sale s LEFT JOIN tender t ON t.sale = s.id "
        "WHERE s.uid = ? GROUP BY s.id",
        (uid,),
    )
    if found is None:
        return None
    receipt = receipt_number(box, found[1], found[2], found[3])
    return Done(
        found[0], uid, receipt, found[5] or 0, found[6] or 0, found[7] or 0, found[4], again=True, member=found[8],
        score=found[9], kind=found[10], left=found[11],
        moved=redeem.moved_by(box, found[0]) if found[8] is not None else 0,
    )  # fmt: skip


def tenders_of(db: SqliteDatabase, uid: str) -> list[tuple[str, int]]:
    """(kind, amount) of each tender of a document, in minor units."""
    found = rows(
        db,
        "SELECT t.kind, SUM(t.amount) FROM tender t JOIN sale s ON s.id = t.sale WHERE s.uid = ? GROUP BY t.kind",
        (uid,),
    )
    return [(kind, amount) for kind, amount in found]


def enqueue_prints(box: Box, at: Station, uid: str, sale: int, at_us: int, *, drawer: bool) -> None:
    """Queue the drawer kick and the receipt as two jobs; the receipt's uid is the document's, so it exists once."""
    if at.printer:
        jobs = [(uid, at.printer, at.lane, "receipt", sale, at_us)]
        if drawer:
            jobs.insert(0, (f"{uid}-drawer", at.printer, at.lane, "drawer", sale, at_us))
        box.db.connection().executemany(_QUEUE, jobs)
