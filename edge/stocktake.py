"""A count of the shelves: several people, hours long, while the shop sells.

What a person has counted of a product is their tally, and beside it stands what the books said at that moment; only the
difference is booked at the end, so that sales before and after change nothing. What two people counted with different
results is left alone until somebody says which of them is right, or that both are parts of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import orjson

from edge import audit, catalog, inventory
from edge.base.ids import new_uid
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.inventory import LOT_CHARS, MAX_QTY, By, Entry, Paper, is_date

SUM = "sum"
EVERYTHING, SPOT = "*", ""
_OPEN = (
    "SELECT uid, mode, scope, staff, at_us, state, choices FROM stock_count "
    "WHERE state IN ('open', 'booking') AND (mode = 'training') = ?"
)
_BY_UID = "SELECT uid, mode, scope, staff, at_us, state, choices FROM stock_count WHERE uid = ?"
# One statement, so that no sale comes between the books and the tally; ?6 is added to what is there, or replaces it.
_TALLY = (
    "INSERT INTO stock_tally (count, product, staff, lot, expiry, qty, book, book_first, book_lot, begun, at_us, n) "
    "SELECT ?1, ?2, ?3, ?4, ?5, MAX(?6, 0), b.qty, b.qty, b.lot, ?9, ?8, b.n FROM (SELECT "
    "COALESCE((SELECT qty FROM stock WHERE product = ?2), 0) AS qty, "
    "COALESCE((SELECT qty FROM stock_lot WHERE product = ?2 AND lot = ?4 AND expiry = ?5), 0) AS lot, "
    "(SELECT COALESCE(MAX(n), 0) + 1 FROM stock_tally WHERE count = ?1) AS n) b "
    "WHERE EXISTS (SELECT 1 FROM stock_count WHERE uid = ?1 AND state = 'open') AND (?6 >= 0 OR EXISTS (SELECT 1 "
    "FROM stock_tally WHERE count = ?1 AND product = ?2 AND staff = ?3 AND lot = ?4 AND expiry = ?5)) "
    "ON CONFLICT (count, product, staff, expiry, lot) DO UPDATE SET qty = CASE ?7 WHEN 1 THEN qty ELSE 0 END + ?6, "
    "book = excluded.book, book_lot = excluded.book_lot, at_us = excluded.at_us, n = excluded.n "
    "WHERE CASE ?7 WHEN 1 THEN qty ELSE 0 END + ?6 BETWEEN 0 AND ?10"
)
_FORGET = "DELETE FROM stock_tally WHERE count = ? AND product = ? AND staff = ? AND lot = ? AND expiry = ?"
# Counted from now on, so that what is sold until the end of the count is not lost.
_BEGIN = (
    "INSERT INTO stock (product, qty, since) VALUES (?, 0, (SELECT COALESCE(MAX(id), 0) FROM sale)) "
    "ON CONFLICT DO NOTHING"
)
_TALLIES = (
    "SELECT product, staff, lot, expiry, qty, book, book_first, book_lot, begun, n FROM stock_tally WHERE count = ? "
    "ORDER BY product, staff, expiry, lot"
)
_MISSING = (
    "SELECT p.id, s.qty FROM product p JOIN stock s ON s.product = p.id WHERE p.version = ?1 AND p.active = 1 "
    "AND s.qty <> 0 AND (?2 = '*' OR p.category = ?2) AND NOT EXISTS "
    "(SELECT 1 FROM stock_tally t WHERE t.count = ?3 AND t.product = p.id) ORDER BY p.category, p.id"
)
_UNBEGIN = (
    "DELETE FROM stock WHERE product IN (SELECT product FROM stock_tally WHERE count = ? AND begun = 1) "
    "AND NOT EXISTS (SELECT 1 FROM stock_move m WHERE m.product = stock.product)"
)
_UNBEGIN_LOTS = "DELETE FROM stock_lot WHERE product NOT IN (SELECT product FROM stock)"


@dataclass(frozen=True, slots=True)
class Count:
    """A count. scope: "" for what is counted and no more, "*" for everything, else a category's id."""

    uid: str
    mode: str
    scope: str
    staff: int
    at_us: int
    state: str
    choices: str = "{}"


@dataclass(frozen=True, slots=True)
class Tally:
    """What one person (row id) counted of a product or of one lot of it, in thousandths.

    book is what the books said when it was touched last, first when it was touched first, lot_book that of the lot.
    """

    product: int
    staff: int
    lot: str
    expiry: str
    qty: int
    book: int
    first: int
    lot_book: int
    begun: int
    n: int


@dataclass(frozen=True, slots=True)
class Found:
    """A product that was counted: by each person (counted, what the books said), and what comes of it.

    counted and book are those that count; difference is None while people disagree and nobody has said who is right.
    moved: some of it was sold or came in while it was counted, so a second look is worth it.
    """

    product: int
    people: tuple[tuple[int, int, int], ...]
    counted: int
    book: int
    difference: int | None
    moved: bool
    begun: bool


@dataclass(frozen=True, slots=True)
class Review:
    """What a count found: all products that were counted, and (product, books) of those of its scope that were not."""

    found: tuple[Found, ...]
    missing: tuple[tuple[int, int], ...]

    @property
    def differing(self) -> list[Found]:
        """Those whose difference is booked."""
        return [x for x in self.found if x.difference]

    @property
    def twice(self) -> list[Found]:
        """Those that more than one person counted."""
        return [x for x in self.found if len(x.people) > 1]


def current(box: Box, mode: str) -> Count | None:
    """The count that is open (training has its own)."""
    found = row(box.db, _OPEN, (int(mode == "training"),))
    return Count(*found) if found else None


def by_uid(box: Box, uid: str) -> Count:
    """The count with this uid. ShopError("count_gone")."""
    found = row(box.db, _BY_UID, (uid,))
    if found is None:
        raise ShopError("count_gone", status=404)
    return Count(*found)


def start(box: Box, by: By, scope: str = SPOT) -> Count:
    """Begin a count. ShopError: count_open when there is one, category_unknown."""
    versions = catalog.current(box.db)
    if scope not in (SPOT, EVERYTHING, *(x.id for x in catalog.categories(box.db, versions))):
        raise ShopError("category_unknown", status=404)
    with box.transaction() as db:
        if current(box, by.mode):
            raise ShopError("count_open")
        made = Count(new_uid(box.env.rng), by.mode, scope, by.person.id, box.env.clock.now_us(), "open")
        db.execute_sql(
            "INSERT INTO stock_count (uid, mode, scope, staff, at_us, state) VALUES (?, ?, ?, ?, ?, 'open')",
            (made.uid, made.mode, made.scope, made.staff, made.at_us),
        )
    box.announce("stock", kind="count", uid=made.uid)
    return made


def tally(
    box: Box, count: Count, by: By, product: int, qty: int, lot: str = "", expiry: str = "", *, more: bool = False
) -> None:
    """What `by` has counted of a product (of a lot): qty thousandths, or with `more` so much on top of the tally.

    ShopError: product_gone, whole_pieces, stock_qty, stock_date, bad_request, count_gone (booked or dropped meanwhile).
    """
    goods = inventory.product_of(box, catalog.current(box.db), product)
    if goods.unit == "pc" and qty % 1000:
        raise ShopError("whole_pieces", status=422)
    if len(lot) > LOT_CHARS or not lot.isprintable():
        raise ShopError("bad_request", status=422, field="lot")
    if expiry and not is_date(expiry):
        raise ShopError("stock_date", status=422)
    if not (-MAX_QTY if more else 0) <= qty <= MAX_QTY:
        raise ShopError("stock_qty", status=422, limit=MAX_QTY // 1000)
    key = (count.uid, product, by.person.id, lot, expiry)
    if not _write(box, count, key, qty, more):
        if by_uid(box, count.uid).state != "open":
            raise ShopError("count_gone", status=404)
        raise ShopError("stock_qty", status=422, limit=MAX_QTY // 1000)


def _write(box: Box, count: Count, key: tuple[str, int, int, str, str], qty: int, more: bool) -> bool:
    """As light as an open basket (see drafts); only what begins to be counted goes through a transaction."""
    values = (*key, qty, int(more), box.env.clock.now_us())
    if count.mode == "training" or row(box.db, "SELECT 1 FROM stock WHERE product = ?", (key[1],)):
        box.loose = True
        return bool(box.draft.execute_sql(_TALLY, (*values, 0, MAX_QTY)).rowcount)
    with box.transaction() as db:
        db.execute_sql(_BEGIN, (key[1],))
        return bool(db.execute_sql(_TALLY, (*values, 1, MAX_QTY)).rowcount)


def forget(box: Box, count: Count, staff: int, product: int, lot: str = "", expiry: str = "") -> None:
    """A person's tally was a mistake: as if it had never been counted by them."""
    with box.transaction() as db:
        if by_uid(box, count.uid).state == "open":
            db.execute_sql(_FORGET, (count.uid, product, staff, lot, expiry))


def tallies(box: Box, count: Count) -> list[Tally]:
    """Everybody's tallies, by product."""
    return [Tally(*values) for values in rows(box.db, _TALLIES, (count.uid,))]


def review(box: Box, count: Count, choices: Mapping[int, str | int] | None = None) -> Review:
    """What booking the count would do. choices: product -> the person (row id) who is right, or SUM of all."""
    chosen = _choices(count) if choices is None else dict(choices)
    grouped = groupby(tallies(box, count), key=_product)
    found = tuple(_found(product, list(mine), chosen.get(product)) for product, mine in grouped)
    missing: Sequence[tuple[int, ...]] = ()
    if count.scope != SPOT:
        missing = rows(box.db, _MISSING, (catalog.current(box.db).catalog, count.scope, count.uid))
    return Review(found, tuple((product, qty) for product, qty in missing))


def book(box: Box, count: Count, by: By, choices: Mapping[int, str | int] | None = None) -> Review:
    """End the count and book its differences as one document; asked again, it says what it had found.

    Products that people disagree on and that choices does not settle are left as the books have them.
    ShopError("count_gone") for one that was dropped.
    """
    with box.transaction() as db:
        now = by_uid(box, count.uid)
        if now.state == "dropped":
            raise ShopError("count_gone", status=404)
        if now.state == "open":
            told = orjson.dumps({str(product): who for product, who in (choices or {}).items()}).decode()
            db.execute_sql(
                "UPDATE stock_count SET state = 'booking', choices = ? WHERE uid = ?", (told, count.uid)
            )
            now = replace(now, state="booking", choices=told)
    result = review(box, now)
    if now.state == "booking":
        chosen, mine = _choices(now), {p: list(them) for p, them in groupby(tallies(box, now), key=_product)}
        entries = [e for x in result.differing for e in _entries(x, mine[x.product], chosen.get(x.product))]
        facts = {"scope": now.scope, "products": len(result.found)}
        inventory.book(box, Paper(now.uid, "count", entries, reason="count", facts=facts), by)
        with box.transaction() as db:
            db.execute_sql("UPDATE stock_count SET state = 'booked' WHERE uid = ?", (now.uid,))
        box.announce("stock", kind="count", uid=now.uid)
    return result


def drop(box: Box, count: Count, by: By) -> None:
    """End a count without booking anything of it. ShopError("count_gone") when it is over."""
    with box.transaction() as db:
        if by_uid(box, count.uid).state != "open":
            raise ShopError("count_gone", status=404)
        db.execute_sql("UPDATE stock_count SET state = 'dropped' WHERE uid = ?", (count.uid,))
        db.execute_sql(_UNBEGIN, (count.uid,))
        db.execute_sql(_UNBEGIN_LOTS)
        counted = row(db, "SELECT COUNT(DISTINCT product) FROM stock_tally WHERE count = ?", (count.uid,))
        audit.note(
            box, "stock_count_dropped", by.person, lane=by.lane, mode=by.mode, doc=count.uid,
            products=counted[0] if counted else 0,
        )  # fmt: skip
    box.announce("stock", kind="count", uid=count.uid)


def _product(tally_: Tally) -> int:
    return tally_.product


def _choices(count: Count) -> dict[int, str | int]:
    return {int(product): who for product, who in orjson.loads(count.choices).items()}


def _found(product: int, mine: list[Tally], choice: str | int | None) -> Found:
    people = [_person(list(theirs)) for _, theirs in groupby(mine, key=lambda x: x.staff)]
    by_staff = {staff: (counted, book) for staff, counted, book in people}
    moved = len({x.book for x in mine} | {x.first for x in mine}) > 1
    counted, book = people[0][1:]
    difference: int | None = counted - book
    if choice in by_staff:
        counted, book = by_staff[choice]
        difference = counted - book
    elif len(people) > 1 and choice == SUM:
        counted, book = sum(x.qty for x in mine), max(mine, key=lambda x: x.n).book
        difference = counted - book
    elif len({number - books for _, number, books in people}) > 1:
        difference = None
    return Found(product, tuple(people), counted, book, difference, moved, any(x.begun for x in mine))


def _person(theirs: list[Tally]) -> tuple[int, int, int]:
    return theirs[0].staff, sum(x.qty for x in theirs), max(theirs, key=lambda x: x.n).book


def _entries(x: Found, mine: list[Tally], choice: str | int | None) -> list[Entry]:
    """A product's difference as lines: of each lot that was named its own, the rest without a name."""
    assert x.difference is not None
    if choice != SUM:
        right = choice if choice in {t.staff for t in mine} else mine[0].staff
        mine = [t for t in mine if t.staff == right]
    named: dict[tuple[str, str], int] = {}
    for t in sorted(mine, key=lambda t: -t.n):  # the books as they were when the lot was touched last
        if t.lot or t.expiry:
            key = (t.lot, t.expiry)
            named[key] = named.get(key, -t.lot_book) + t.qty
    rest = x.difference - sum(named.values())
    facts = {"counted": x.counted, "book": x.book}
    lines = [Entry(x.product, qty, *key, facts=facts) for key, qty in named.items() if qty]
    return [*lines, *([Entry(x.product, rest, facts=facts)] if rest else [])]
