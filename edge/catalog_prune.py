"""Old catalogue and price versions go when nobody needs them: a few rows at a time, so that no sale waits.

What stays: the current versions, those of open and held carts, and what was current some minutes ago (a cart that is
begun just now is saved a moment later). Nothing personal is in them, so the freed pages are not overwritten.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import orjson
from peewee import SqliteDatabase

from edge import catalog_index
from edge.base.sqlite import Database, row, rows
from edge.box import Box

CHUNK = 500
GRACE_US = 600_000_000
# table -> (which pointer it follows, the rest of its key)
_TABLES = {
    "product_code": ("catalog", "code"), "product": ("catalog", "id"), "category": ("catalog", "id"),
    "price": ("price", "product"),
}  # fmt: skip


def needed(db: SqliteDatabase, now_us: int) -> dict[str, set[int]]:
    """ "catalog" and "price" -> the versions that somebody may still ask for."""
    keep: dict[str, set[int]] = {name: {version} for name, version in rows(db, "SELECT name, version FROM pointer")}
    for (body,) in rows(db, "SELECT body FROM basket UNION ALL SELECT body FROM held"):
        catalog, price = orjson.loads(body)["v"]
        keep["catalog"].add(catalog)
        keep["price"].add(price)
    for name, versions in keep.items():
        current = max(versions)
        flipped = row(db, "SELECT at_us FROM version_flip WHERE name = ? AND version = ?", (name, current))
        if flipped is None or 0 <= now_us - flipped[0] < GRACE_US:
            versions.add(current - 1)
    keep["price"] |= {base for at, base in rows(db, "SELECT version, base FROM price_base") if at in keep["price"]}
    return keep


def prune(box: Box, tell: Callable[[int], None] = lambda rows_: None) -> int:
    """Delete what nobody needs, the caller holding catalog.loading(); returns how many rows went.

    tell(rows so far) is called between the chunks; what it raises ends the work where it is.
    """
    keep, gone = needed(box.db, box.env.clock.now_us()), 0
    for table, (name, key) in _TABLES.items():
        for version in _versions(box.db, table):
            if version not in keep[name] and version < max(keep[name]):
                gone = _delete(box, table, key, version, gone, tell)
    with box.transaction() as db:
        for name, versions in keep.items():
            db.execute_sql("DELETE FROM version_flip WHERE name = ? AND version < ?", (name, min(versions)))
        oldest = min(keep["price"])  # a load that is still somebody's, so that all changes on top of it stay
        db.execute_sql("DELETE FROM price_base WHERE version < ?", (oldest,))
    catalog_index.drop(box.db, keep["catalog"])
    return gone


def drop(box: Box, catalog: int | None, price: int | None) -> None:
    """Delete all of a catalogue and a price version that never became current, the caller holding catalog.loading()."""
    box.db.execute_sql("DELETE FROM filling")  # an import that was cut short begins its writing anew
    for table, (name, key) in _TABLES.items():
        version = catalog if name == "catalog" else price
        if version is not None:
            _delete(box, table, key, version, 0, lambda rows_: None)


def _versions(db: SqliteDatabase, table: str) -> Iterator[int]:
    """The versions that a table has, by jumping from one to the next."""
    at = -1
    while found := row(db, f"SELECT version FROM {table} WHERE version > ? ORDER BY version LIMIT 1", (at,)):  # noqa: S608
        at = int(found[0])
        yield at


def _delete(box: Box, table: str, key: str, version: int, gone: int, tell: Callable[[int], None]) -> int:
    upto = f"SELECT {key} FROM {table} WHERE version = ? ORDER BY {key} LIMIT 1 OFFSET ?"  # noqa: S608
    with _careless(box) as db:
        more = True
        while more:
            began = time.monotonic()
            with db.immediate():
                last = row(db, upto, (version, CHUNK - 1))
                more = last is not None
                where = f"version = ? AND {key} <= ?" if last else "version = ?"
                values = (version, last[0]) if last else (version,)
                gone += db.execute_sql(f"DELETE FROM {table} WHERE {where}", values).rowcount  # noqa: S608
            if more:
                tell(gone)
                box.env.sleep(max(0.002, time.monotonic() - began))  # a sale that came meanwhile goes first
    return gone


@contextmanager
def _careless(box: Box) -> Iterator[Database]:
    """The connection that does not wait for the disk, for once without overwriting what it deletes.

    Within a transaction of the caller's, that one's.
    """
    if box.db.connection().in_transaction:
        yield box.db
        return
    box.draft.execute_sql("PRAGMA secure_delete = 0")
    try:
        yield box.draft
    finally:
        box.draft.execute_sql("PRAGMA secure_delete = 1")
