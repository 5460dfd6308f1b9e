"""Prices that a manager changes one by one, at once or from a day on.

A price version is a load with the changes since on top (tables price_base and price_change; catalog.py reads both), so
that a changed price costs one row and not a copy of all. Open carts keep the version they began with. Whoever changes
prices holds catalog.loading(), so that a load and a change never write the same version.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from edge import audit, catalog, shifts, tier_prices
from edge.base.ids import new_uid
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.catalog import Product, Versions
from edge.errors import ShopError
from edge.people import Person

LISTS = ("base", "member")
MAX_PRICE = 100_000_000
MAX_DAYS = 366
HISTORY = 20
_NONE = -1

_DUE = "price_plan WHERE done_us IS NULL AND dropped_us IS NULL AND from_us <= ?"
_PLANNED = (
    "SELECT n.uid, n.list, n.amount, n.from_us, s.name_zh, s.name_en FROM price_plan n JOIN staff s ON s.id = n.staff "
    "WHERE n.product = ? AND n.done_us IS NULL AND n.dropped_us IS NULL ORDER BY n.from_us, n.id"
)
_HISTORY = (
    "SELECT c.list, c.amount, c.at_us, s.name_zh, s.name_en FROM price_change c LEFT JOIN staff s ON s.id = c.staff "
    "WHERE c.product = ? ORDER BY c.version DESC LIMIT ?"
)
_PAGE = "SELECT id FROM product WHERE version = ? AND active = 1 ORDER BY id LIMIT ? OFFSET ?"
_COUNT = "SELECT COUNT(*) FROM product WHERE version = ? AND active = 1"


def change(box: Box, who: Person, product: int, name: str, amount: int | None, at: str | None = None) -> Versions:
    """Another price from the next cart on; one event. Inside a transaction, holding catalog.loading().

    name: base, member or the list of a tier; amount in minor units, None: none any more. at: the place it was done at.
    ShopError: product_gone, price_bounds, price_member_above, price_same.
    """
    known = _known(box, product)
    _check(box, known, name, amount)
    if _now(box, known, name) == amount:
        raise ShopError("price_same")
    return _begin(box, who.id, known, name, amount, who, at)


def plan(box: Box, who: Person, product: int, name: str, amount: int | None, day: str, at: str | None = None) -> str:
    """Another price from the morning of a day (YYYY-MM-DD) on; returns the plan's uid. Inside a transaction.

    ShopError: those of change, price_day for a day that is not to come or more than a year away.
    """
    known = _known(box, product)
    _check(box, known, name, amount)
    from_us, uid = _morning(box, day), new_uid(box.env.rng)
    box.db.execute_sql(
        "INSERT INTO price_plan (uid, product, list, amount, from_us, staff, made_us) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (uid, product, name, _NONE if amount is None else amount, from_us, who.id, box.env.clock.now_us()),
    )
    audit.note(box, "price_planned", who, lane=at, sku=known.sku, list=name, price=amount, day=day)
    return uid


def drop(box: Box, who: Person, uid: str, at: str | None = None) -> None:
    """The plan is none any more. Inside a transaction. ShopError: plan_unknown (or it has begun)."""
    found = row(box.db, "SELECT product, list FROM price_plan WHERE uid = ?", (uid,))
    gone = box.db.execute_sql(
        "UPDATE price_plan SET dropped_us = ? WHERE uid = ? AND done_us IS NULL AND dropped_us IS NULL",
        (box.env.clock.now_us(), uid),
    ).rowcount
    if found is None or not gone:
        raise ShopError("plan_unknown", status=404)
    sku = row(box.db, "SELECT sku FROM item WHERE id = ?", (found[0],))
    audit.note(box, "price_plan_dropped", who, lane=at, sku=sku[0] if sku else "", list=found[1])


def begin_due(box: Box) -> int:
    """Let begin what was planned for by now; returns how many prices changed. Waits for a clock that can be trusted."""
    clock = box.env.clock
    if row(box.db, f"SELECT 1 FROM {_DUE} LIMIT 1", (clock.now_us(),)) is None or clock.quality() == "unknown":
        return 0
    begun = 0
    try:
        with catalog.loading(box), box.transaction() as db:
            now = clock.now_us()
            sql = f"SELECT id, product, list, amount, staff FROM {_DUE} ORDER BY from_us, id"
            for number, product, name, amount, staff in rows(db, sql, (now,)):
                known = catalog.by_id(db, catalog.current(db), product)
                if known is not None:  # else it is no longer sold
                    _begin(box, staff, known, name, None if amount == _NONE else amount)
                    begun += 1
                db.execute_sql("UPDATE price_plan SET done_us = ? WHERE id = ?", (now, number))
    except ShopError:
        return 0  # a load is under way: in some seconds again
    box.announce("catalog")
    return begun


def page(box: Box, text: str, number: int, size: int) -> tuple[list[Product], int]:
    """(a page of the products that are sold, how many); those that a text finds, or all by their row id."""
    db, versions = box.db, catalog.current(box.db)
    if text.strip():
        found = catalog.search(db, versions, text, size)
        return (found if number == 0 else []), len(found)
    ids = [n for (n,) in rows(db, _PAGE, (versions.catalog, size, size * number))]
    total = row(db, _COUNT, (versions.catalog,)) or (0,)
    return [known for n in ids if (known := catalog.by_id(db, versions, n)) is not None], int(total[0])


def planned(box: Box, product: int, lang: str) -> list[dict[str, Any]]:
    """[{uid, list, amount, from_us, by}] of what begins later; amount None: no price on that list."""
    return [
        {"uid": uid, "list": name, "amount": _told(amount), "from_us": from_us, "by": zh if lang[:2] == "zh" else en}
        for uid, name, amount, from_us, zh, en in rows(box.db, _PLANNED, (product,))
    ]


def history(box: Box, product: int, lang: str) -> list[dict[str, Any]]:
    """[{list, amount, at_us, by}] of the newest changes one by one (loads are none of them)."""
    return [
        {"list": name, "amount": _told(amount), "at_us": at_us, "by": zh if lang[:2] == "zh" else en}
        for name, amount, at_us, zh, en in rows(box.db, _HISTORY, (product, HISTORY))
    ]


def _begin(
    box: Box, staff: int, known: Product, name: str, amount: int | None, who: Person | None = None,
    at: str | None = None,
) -> Versions:  # fmt: skip
    db, now = box.db, catalog.current(box.db)
    found = row(db, "SELECT base FROM price_base WHERE version = ?", (now.price,))
    after = Versions(now.catalog, now.price + 1)
    db.execute_sql("INSERT INTO price_base VALUES (?, ?)", (after.price, found[0] if found else now.price))
    db.execute_sql(
        "INSERT INTO price_change VALUES (?, ?, ?, ?, ?, ?)",
        (known.id, name, after.price, _NONE if amount is None else amount, box.env.clock.now_us(), staff),
    )
    catalog.flip(box, after, "")
    before = _now(box, known, name, now)
    audit.note(box, "price_set", who, lane=at, sku=known.sku, list=name, price=amount, before=before)
    return after


def _known(box: Box, product: int) -> Product:
    found = catalog.by_id(box.db, catalog.current(box.db), product)
    if found is None:
        raise ShopError("product_gone", status=404)
    return found


def _now(box: Box, known: Product, name: str, versions: Versions | None = None) -> int | None:
    if name in LISTS:
        return known.price if name == "base" else known.member_price
    return tier_prices.amount(box, versions or catalog.current(box.db), known.id, name)


def _check(box: Box, known: Product, name: str, amount: int | None) -> None:
    known_list = name in LISTS or name in tier_prices.names(box)
    if not known_list or (amount is None and name == "base") or not 0 <= (amount or 0) <= MAX_PRICE:
        raise ShopError("price_bounds", status=422)
    base = amount if name == "base" else known.price
    member = known.member_price if name == "base" else amount
    if base is not None and member is not None and member > base:
        raise ShopError("price_member_above", status=422)


def _morning(box: Box, day: str) -> int:
    """The first microsecond of a day to come at the store."""
    zone = box.config.store.zone
    today = shifts.local(box.env.clock.now_us(), zone).date()
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise ShopError("price_day", status=422) from None
    if not today < wanted <= today + timedelta(days=MAX_DAYS):
        raise ShopError("price_day", status=422)
    return int(datetime.combine(wanted, time(), ZoneInfo(zone)).timestamp()) * 1_000_000


def _told(amount: int) -> int | None:
    return None if amount == _NONE else amount
