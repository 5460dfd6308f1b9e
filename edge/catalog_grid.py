"""What the till's grid shows: everything of a small shop; of a large one the frequent, and the head of each category.

The rest is found by the search. A browser with tens of thousands of tiles would be no help to anybody.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from peewee import SqliteDatabase

from edge import catalog
from edge.base.sqlite import row, rows
from edge.catalog import Product, Versions

MANY = 2_000
FREQUENT, EACH = 300, 60
_MANY = "SELECT 1 FROM product WHERE version = ? AND active = 1 LIMIT 1 OFFSET ?"
_HEAD = (
    "SELECT id FROM (SELECT id, frequent, ROW_NUMBER() OVER (PARTITION BY frequent ORDER BY id) AS often, "
    "ROW_NUMBER() OVER (PARTITION BY category ORDER BY frequent DESC, id) AS place "
    "FROM product WHERE version = ?1 AND active = 1) WHERE (frequent = 1 AND often <= ?2) OR place <= ?3 "
    "ORDER BY frequent DESC, id"
)


def grid(db: SqliteDatabase, versions: Versions) -> list[Product]:
    """The products of the grid, the frequent first."""
    if row(db, _MANY, (versions.catalog, MANY)) is None:
        return catalog.tiles(db, versions)
    found = (catalog.by_id(db, versions, n) for (n,) in rows(db, _HEAD, (versions.catalog, FREQUENT, EACH)))
    return [product for product in found if product is not None]


def stock_of(db: SqliteDatabase, products: Iterable[Product]) -> dict[int, int]:
    """Product id -> quantity on hand in thousandths, of these products that are counted."""
    ids = orjson.dumps([product.id for product in products]).decode()
    return dict(rows(db, "SELECT product, qty FROM stock WHERE product IN (SELECT value FROM json_each(?))", (ids,)))
