"""Products and prices, in versions: a load fills the next version in small chunks, then flips one pointer.

Chunks of 500 rows keep every write transaction at some milliseconds, so that a load never holds up a sale.
An open basket keeps the version it began with. One load at a time: who holds loading() may write versions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from peewee import SqliteDatabase

from edge import catalog_index, catalog_prune
from edge.base.ids import new_uid
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.codes import GTIN_LENGTHS, gtin14
from edge.db import bump, exclusive
from edge.errors import AlreadyRunning, ShopError

CHUNK = 500
REMEMBERED = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Product:
    """A product as one catalogue and price version has it. Prices are minor units a piece or kilogram.

    deposit is the id of the item that is charged with it (a bottle's), if any.
    """

    id: int
    sku: str
    gtin: str | None
    name_zh: str
    name_en: str
    category: str
    icon: str
    unit: str
    tax_group: str
    flags: tuple[str, ...]
    price: int
    member_price: int | None
    frequent: bool = False
    deposit: int | None = None
    brand: str = ""

    def name(self, lang: str) -> str:
        return self.name_zh if lang.startswith("zh") else self.name_en


@dataclass(frozen=True, slots=True)
class ProductRow:
    """What a load brings for one product.

    codes: further barcodes; plu: five digits of scale labels; low: thousandths below which to order; deposit: the SKU
    of the item that is charged with it.
    """

    sku: str
    name_zh: str
    name_en: str
    category: str
    unit: str
    tax_group: str
    price: int
    member_price: int | None = None
    gtin: str | None = None
    plu: str | None = None
    codes: tuple[str, ...] = ()
    icon: str = "tag"
    flags: tuple[str, ...] = ()
    initials: str = ""
    frequent: bool = False
    low: int | None = None
    deposit: str | None = None
    brand: str = ""


@dataclass(frozen=True, slots=True)
class CategoryRow:
    id: str
    name_zh: str
    name_en: str
    icon: str
    tint: str


@dataclass(frozen=True, slots=True)
class Versions:
    """The catalogue and price version that a basket began with."""

    catalog: int
    price: int


# A price version is a load, or a load (its base) with single changes on top (see prices.py).
_BASE = "(SELECT COALESCE((SELECT base FROM price_base WHERE version = ?2), ?2))"
_CHANGED = (
    "(SELECT amount FROM price_change WHERE product = p.id AND list = '{list}' AND version <= ?2 "
    f"AND version > {_BASE} ORDER BY version DESC LIMIT 1)"
)
_SELECT = (
    "SELECT p.id, p.sku, p.gtin, p.name_zh, p.name_en, p.category, p.icon, p.unit, p.tax_group, p.flags, "
    f"COALESCE({_CHANGED.format(list='base')}, b.amount), "
    f"NULLIF(COALESCE({_CHANGED.format(list='member')}, m.amount), -1), p.frequent, p.deposit, p.brand "
    f"FROM {{start}} JOIN price b ON b.version = {_BASE} AND b.product = p.id AND b.list = 'base' "
    f"LEFT JOIN price m ON m.version = {_BASE} AND m.product = p.id AND m.list = 'member' "
)
_BY_CODE = (
    _SELECT.format(start="product_code c JOIN product p ON p.version = ?1 AND p.id = c.product")
    + "WHERE c.version = ?1 AND c.code = ?3 AND p.active = 1"
)
_BY_ID = _SELECT.format(start="product p") + "WHERE p.version = ?1 AND p.id = ?3"
_TILES = _SELECT.format(start="product p") + "WHERE p.version = ?1 AND p.active = 1 ORDER BY p.frequent DESC, p.id"
_SEARCHED = "SELECT search FROM product WHERE version = ? AND id = ? AND active = 1"
# What was sold before a product was counted first is none of its moves.
_SET_STOCK = (
    "INSERT INTO stock (product, qty, since) VALUES (?, ?, (SELECT COALESCE(MAX(id), 0) FROM sale)) "
    "ON CONFLICT (product) DO UPDATE SET qty = qty + excluded.qty"
)
_SET_MOVE = (
    "INSERT INTO stock_move (product, qty, reason, at_us, staff, after_sale) "
    "VALUES (?, ?, ?, ?, ?, (SELECT COALESCE(MAX(id), 0) FROM sale))"
)
# A deposit is an item of the same version that says so; another one would be charged like goods.
_NO_DEPOSIT = (
    "SELECT p.sku, i.sku FROM product p JOIN item i ON i.id = p.deposit LEFT JOIN product d ON d.version = p.version "
    "AND d.id = p.deposit WHERE p.version = ? AND (d.id IS NULL OR d.id = p.id "
    "OR instr(' ' || d.flags || ' ', ' deposit ') = 0) LIMIT 1"
)


def _product(values: tuple[Any, ...]) -> Product:
    *facts, flags, price, member_price, frequent, deposit, brand = values
    number, sku, gtin, name_zh, name_en, category, icon, unit, tax_group = facts
    return Product(
        number, sku, gtin, name_zh, name_en, category, icon, unit, tax_group, tuple(flags.split()), price, member_price,
        bool(frequent), deposit, brand,
    )  # fmt: skip


def current(db: SqliteDatabase) -> Versions:
    """The versions that the next basket begins with."""
    found = dict(rows(db, "SELECT name, version FROM pointer"))
    return Versions(found["catalog"], found["price"])


def find(box: Box, versions: Versions, candidates: tuple[str, ...]) -> Product | None:
    """The first product that has one of the codes, tried in order.

    What was scanned lately is remembered: a version never changes once it is current.
    """
    key = (versions.catalog, versions.price, candidates)
    known = box.scanned.get(key)
    if known is not None:
        return known
    for code in candidates:
        found = row(box.db, _BY_CODE, (versions.catalog, versions.price, code))
        if found:
            if len(box.scanned) >= REMEMBERED:
                box.scanned.clear()
            return box.scanned.setdefault(key, _product(found))
    return None


def by_id(db: SqliteDatabase, versions: Versions, product: int) -> Product | None:
    """The product with this id, sellable or not (an open basket may still hold it)."""
    found = row(db, _BY_ID, (versions.catalog, versions.price, product))
    return _product(found) if found else None


def tiles(db: SqliteDatabase, versions: Versions) -> list[Product]:
    """All sellable products, the frequent first, for the grid."""
    return [_product(values) for values in rows(db, _TILES, (versions.catalog, versions.price))]


def search(db: SqliteDatabase, versions: Versions, text: str, limit: int = 50) -> list[Product]:
    """Products that a name, initials or code finds, best first (see catalog_index for what matches)."""
    text = catalog_index.folded(text)[: catalog_index.LIMIT_CHARS]
    if not text:
        return []
    ids = _indexed(db, versions, text, limit)
    if ids is None:
        ids = catalog_index.plain(db, versions.catalog, text, limit)
    return [product for n in ids if (product := by_id(db, versions, n)) is not None]


def _indexed(db: SqliteDatabase, versions: Versions, text: str, limit: int) -> list[int] | None:
    """What the version's index finds; None without one that can be read."""
    index = catalog_index.open_index(db, versions.catalog)
    if index is None:
        return None
    with closing(index):
        try:
            return catalog_index.indexed(index, text, lambda product: _searched(db, versions, product), limit)
        except sqlite3.DatabaseError:
            return None


def _searched(db: SqliteDatabase, versions: Versions, product: int) -> str | None:
    found = row(db, _SEARCHED, (versions.catalog, product))
    return str(found[0]) if found else None


def stock(db: SqliteDatabase) -> dict[int, int]:
    """Product id -> quantity on hand in thousandths."""
    return dict(rows(db, "SELECT product, qty FROM stock"))


def categories(db: SqliteDatabase, versions: Versions) -> list[CategoryRow]:
    """The categories in the store's order."""
    found = rows(
        db,
        "SELECT id, name_zh, name_en, icon, tint FROM category WHERE version = ? ORDER BY position",
        (versions.catalog,),
    )
    return [CategoryRow(*values) for values in found]


@contextmanager
def loading(box: Box) -> Iterator[None]:
    """Whoever writes catalogue or price versions holds this; ShopError("catalog_busy") when another does."""
    try:
        with exclusive(box.config.data / "catalog.lock"):
            yield
    except AlreadyRunning:
        raise ShopError("catalog_busy") from None


def load(box: Box, categories_: Sequence[CategoryRow], products: Iterable[ProductRow]) -> Versions:
    """Fill the next catalogue and price version and make it current.

    Raises ValueError on an unknown tax group, a code of two products, and a deposit that is no deposit item;
    ShopError("catalog_busy") during another load.
    """
    with loading(box):
        now = current(box.db)
        after = Versions(now.catalog + 1, now.price + 1)
        catalog_prune.drop(box, after.catalog, after.price)  # a load that was cut short
        put_categories(box, after, categories_)
        for chunk in _batched(products, CHUNK):
            with box.transaction() as db:
                for product in chunk:
                    if product.tax_group not in box.rules.tax:
                        raise ValueError(
                            f"{product.sku}: tax group {product.tax_group!r} is not one of {', '.join(box.rules.tax)}"
                        )
                    _insert(db, after, product)
        check_deposits(box.db, after)
        stamp = new_uid(box.env.rng)
        catalog_index.build(box.db, after.catalog, stamp)
        with box.transaction():
            flip(box, after, stamp)
        catalog_prune.prune(box)
    box.announce("catalog")
    return after


def put_categories(box: Box, versions: Versions, categories_: Iterable[CategoryRow]) -> None:
    """The categories of a version that is being filled, in the store's order; what it had of them goes."""
    with box.transaction() as db:
        db.execute_sql("DELETE FROM category WHERE version = ?", (versions.catalog,))
        for n, cat in enumerate(categories_):
            db.execute_sql(
                "INSERT INTO category VALUES (?, ?, ?, ?, ?, ?, ?)",
                (versions.catalog, cat.id, n, cat.name_zh, cat.name_en, cat.icon, cat.tint),
            )


def flip(box: Box, versions: Versions, stamp: str) -> None:
    """Make filled versions the current ones, inside a transaction. stamp: what their search index was built with."""
    now = current(box.db)
    for name, before, version in (("catalog", now.catalog, versions.catalog), ("price", now.price, versions.price)):
        if version != before:
            box.db.execute_sql("UPDATE pointer SET version = ? WHERE name = ?", (version, name))
            box.db.execute_sql(
                "INSERT OR REPLACE INTO version_flip VALUES (?, ?, ?, ?)",
                (name, version, box.env.clock.now_us(), stamp),
            )
    bump(box.db, "catalog")


def check_deposits(db: SqliteDatabase, versions: Versions) -> None:
    """ValueError when a product of a version is charged with something that is no deposit item of it."""
    wrong = row(db, _NO_DEPOSIT, (versions.catalog,))
    if wrong is not None:
        raise ValueError(f"{wrong[0]}: its deposit {wrong[1]} is no product of this catalogue with the flag deposit")


def _item(db: SqliteDatabase, sku: str) -> int:
    """The row id of a SKU, for ever the same."""
    db.execute_sql("INSERT INTO item (sku) VALUES (?) ON CONFLICT DO NOTHING", (sku,))
    found = row(db, "SELECT id FROM item WHERE sku = ?", (sku,))
    assert found is not None
    return int(found[0])


def keys_of(product: ProductRow) -> list[str]:
    """Every key under which a scan finds the product: each barcode padded, further ones as printed too, PLU and SKU.

    A scanner may send an EAN-13 with a leading zero as UPC-A; codes that are no barcodes stay as they are.
    """
    key = gtin14(product.gtin) if product.gtin else None
    plu = f"plu:{product.plu}" if product.plu else None
    padded = [gtin14(code) for code in product.codes if code.isdecimal() and len(code) in GTIN_LENGTHS]
    return list(dict.fromkeys(code for code in (key, plu, product.sku, *product.codes, *padded) if code))


def searched(product: ProductRow) -> str:
    """What the search looks at for a product."""
    codes = (product.sku, product.gtin, product.plu, *product.codes)
    return catalog_index.search_text(product.name_zh, product.name_en, product.initials, codes)


def _insert(db: SqliteDatabase, versions: Versions, product: ProductRow) -> None:
    item = _item(db, product.sku)
    deposit = _item(db, product.deposit) if product.deposit else None
    db.execute_sql(
        "INSERT INTO product (version, id, sku, gtin, name_zh, name_en, search, category, icon, unit, tax_group, "
        "flags, frequent, initials, deposit, low, brand) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            versions.catalog, item, product.sku, product.gtin, product.name_zh, product.name_en, searched(product),
            product.category, product.icon, product.unit, product.tax_group, " ".join(product.flags),
            int(product.frequent), product.initials, deposit, product.low, product.brand,
        ),
    )  # fmt: skip
    for code in keys_of(product):
        _claim(db, versions, code, item)
    for name, amount in (("base", product.price), ("member", product.member_price)):
        if amount is not None:
            db.execute_sql("INSERT INTO price VALUES (?, ?, ?, ?)", (versions.price, item, name, amount))


def _claim(db: SqliteDatabase, versions: Versions, code: str, product: int) -> None:
    other = row(
        db,
        "SELECT i.id, i.sku FROM product_code c JOIN item i ON i.id = c.product WHERE c.version = ? AND c.code = ?",
        (versions.catalog, code),
    )
    if other is None:
        db.execute_sql("INSERT INTO product_code VALUES (?, ?, ?)", (versions.catalog, code, product))
    elif other[0] != product:
        mine = row(db, "SELECT sku FROM item WHERE id = ?", (product,))
        raise ValueError(f"code {code} is already that of {other[1]}; {mine[0] if mine else product} can't have it too")


def set_stock(box: Box, counts: dict[str, int], reason: str, staff: int | None = None) -> None:
    """Bring the stock of SKUs to the counts (thousandths) by moves; unknown SKUs raise ValueError.

    This is for opening stock; what people do later are documents (see inventory).
    """
    for chunk in _batched(counts.items(), CHUNK):
        with box.transaction():
            for sku, count in chunk:
                _count(box, sku, count, reason, staff)


def open_stock(box: Box, sku: str, count: int) -> bool:
    """The first count of a product, inside a transaction; False, and nothing happens, when it is counted already."""
    if row(box.db, "SELECT 1 FROM stock s JOIN item i ON i.id = s.product WHERE i.sku = ?", (sku,)):
        return False
    _count(box, sku, count, "opening", None)
    return True


def _count(box: Box, sku: str, count: int, reason: str, staff: int | None) -> None:
    db = box.db
    found = row(db, "SELECT id FROM item WHERE sku = ?", (sku,))
    if found is None:
        raise ValueError(f"no product has the SKU {sku!r}")
    had = row(db, "SELECT qty FROM stock WHERE product = ?", found)
    delta = count - (had[0] if had else 0)
    db.execute_sql(_SET_STOCK, (found[0], delta))
    db.execute_sql(_SET_MOVE, (found[0], delta, reason, box.env.clock.now_us(), staff))


def _batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
