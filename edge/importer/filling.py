"""The next catalogue and price version from the stage: the file's rows first, then what the shop has beside them.

Every chunk is a transaction of some milliseconds on the connection that does not wait for the disk, with the mark of
how far it came; a pause of the same length lets a sale go first. Nothing of it is seen before the pointer flips, and
the flip's own commit brings all of it to the disk.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

import orjson

from edge import catalog, catalog_index, catalog_prune
from edge.base.ids import new_uid
from edge.base.sqlite import Database, row, rows
from edge.box import Box
from edge.catalog import CategoryRow, ProductRow, Versions
from edge.importer.shelves import as_row
from edge.importer.stage import Stage
from edge.importer.task import Keep, Phase, Plan

CHUNK = 250
FIRST_TILES = 24
_ITEM = "INSERT INTO item (sku) VALUES (?) ON CONFLICT DO NOTHING"
_ITEMS = "SELECT sku, id FROM item WHERE sku IN (SELECT value FROM json_each(?))"
_COLUMNS = (
    "id, sku, gtin, name_zh, name_en, search, category, icon, unit, tax_group, flags, frequent, initials, deposit, "
    "low, brand"
)
_PRODUCT = f"INSERT INTO product (version, {_COLUMNS}) VALUES ({', '.join('?' * 17)})"  # noqa: S608
# ?1 the new version, ?2 the old one, ?3 and ?4 the keys after and up to which
_OLD_CODES = (
    "INSERT INTO product_code SELECT ?1, c.code, c.product FROM product_code c WHERE c.version = ?2 AND c.code > ?3 "
    "AND c.code <= ?4 AND NOT EXISTS (SELECT 1 FROM product n WHERE n.version = ?1 AND n.id = c.product)"
)
# A price version is a load (?5), or one with single changes on top: amount -1 is a price that was taken away.
_NEWEST = (
    "(SELECT c.amount FROM price_change c WHERE c.product = x.product AND c.list = x.list AND c.version > ?5 "
    "AND c.version <= ?2 ORDER BY c.version DESC LIMIT 1)"
)
_OLD_PRICES = (
    "INSERT INTO price SELECT ?1, k.product, k.list, k.amount FROM ("  # noqa: S608
    f"SELECT x.product, x.list, COALESCE({_NEWEST}, x.amount) AS amount FROM price x "
    "WHERE x.version = ?5 AND x.product > ?3 AND x.product <= ?4 UNION "
    f"SELECT x.product, x.list, {_NEWEST} FROM price_change x "
    "WHERE x.product > ?3 AND x.product <= ?4 AND x.version > ?5 AND x.version <= ?2) k "
    "WHERE k.amount >= 0 AND NOT EXISTS (SELECT 1 FROM price n WHERE n.version = ?1 AND n.product = k.product)"
)
_OLD_PRODUCTS = (
    f"INSERT INTO product (version, {_COLUMNS}, active) SELECT ?1, {_COLUMNS}, active FROM product p "  # noqa: S608
    "WHERE p.version = ?2 AND p.id > ?3 AND p.id <= ?4 "
    "AND NOT EXISTS (SELECT 1 FROM product n WHERE n.version = ?1 AND n.id = p.id)"
)
_UPTO = {
    "product_code": "SELECT code FROM product_code WHERE version = ? AND code > ? ORDER BY code LIMIT 1 OFFSET ?",
    "price": "SELECT product FROM price WHERE version = ? AND product > ? ORDER BY product LIMIT 1 OFFSET ?",
    "product": "SELECT id FROM product WHERE version = ? AND id > ? ORDER BY id LIMIT 1 OFFSET ?",
}
_LAST = {
    "product_code": "SELECT MAX(code) FROM product_code WHERE version = ?",
    "price": "SELECT MAX(product) FROM price WHERE version = ?",
    "product": "SELECT MAX(id) FROM product WHERE version = ?",
}
_FREQUENT = "SELECT 1 FROM product WHERE version = ? AND frequent = 1 LIMIT 1"
_FIRST = (
    "UPDATE product SET frequent = 1 WHERE version = ?1 AND id IN "
    "(SELECT id FROM product WHERE version = ?1 AND active = 1 ORDER BY id LIMIT ?2)"
)
_USED = "SELECT DISTINCT category FROM product WHERE version = ?"


class Filling:
    """Fills the next versions. base is what the rows were checked against."""

    def __init__(self, box: Box, stage: Stage, base: Versions, plan: Plan) -> None:
        self.box, self.stage, self.base, self.plan = box, stage, base, plan
        prices_only = plan.kind == "prices"
        self.after = Versions(base.catalog + (not prices_only), base.price + 1)
        self._lock = ExitStack()
        self.phases: tuple[tuple[str, Phase], ...] = {
            "products": (
                ("begin", self._begin), ("rows", self._rows), ("codes", self._codes), ("prices", self._prices),
                ("others", self._others), ("index", self._index), ("flip", self._flip), ("stock", self._stock),
                ("prune", self._prune),
            ),
            "prices": (
                ("begin", self._begin), ("rows", self._rows), ("prices", self._prices), ("flip", self._flip),
                ("prune", self._prune),
            ),
            "stock": (("stock", self._stock),),
        }[plan.kind]  # fmt: skip

    def hold(self) -> None:
        """No other load from now until close(). ShopError("catalog_busy") when there is one."""
        if self.plan.kind != "stock":
            self._lock.enter_context(catalog.loading(self.box))

    def close(self) -> None:
        self._lock.close()

    def stands(self) -> bool:
        """Whether the shop's versions are still those of the check, and nobody took our half-written ones away."""
        if self.plan.kind == "stock":
            return True
        begun = self.stage.get("begun", False)
        mine = row(self.box.db, "SELECT job FROM filling")
        return catalog.current(self.box.db) == self.base and (not begun or mine == (self._name(),))

    def drop(self) -> None:
        """Throw the half-written versions away."""
        if self.stage.get("begun", False) and row(self.box.db, "SELECT job FROM filling") == (self._name(),):
            catalog_prune.drop(self.box, *self._own())

    def result(self) -> dict[str, int]:
        now = catalog.current(self.box.db)
        total = row(self.box.db, "SELECT COUNT(*) FROM product WHERE version = ? AND active = 1", (now.catalog,)) or (
            0,
        )
        return {"total": int(total[0]), "replace": int(self.plan.replace)}

    def _name(self) -> str:
        return self.stage.path.stem

    def _own(self) -> tuple[int | None, int]:
        """The versions that are ours alone."""
        return (self.after.catalog if self.plan.kind == "products" else None), self.after.price

    # ---- phases

    def _begin(self, at: Any, keep: Keep) -> None:
        catalog_prune.drop(self.box, *self._own())  # a load that was cut short
        with self.box.draft.immediate() as db:
            db.execute_sql("INSERT OR REPLACE INTO filling VALUES (1, ?)", (self._name(),))
            keep(db, None, 0, 0)
        self.stage.put("begun", True)
        if self.plan.kind == "products":
            kept = self.stage.get("shelves")
            shelves = [CategoryRow(**c) for c in kept] if kept else catalog.categories(self.box.db, self.base)
            catalog.put_categories(self.box, self.after, shelves)

    def _rows(self, at: int | None, keep: Keep) -> int | None:
        chunk = self.stage.good(-1 if at is None else at, CHUNK)
        if not chunk:
            return None
        products = [as_row(body) for _, body, _, _ in chunk]
        began, last = time.monotonic(), chunk[-1][0]
        done, total = self.stage.get("written", 0) + len(chunk), self.stage.get("good", 0)
        with self.box.draft.immediate() as db:
            self._write(db, products)
            keep(db, last, done, total)
        self.stage.put("written", done)
        self._pause(began)
        return last

    def _write(self, db: Database, products: list[ProductRow]) -> None:
        connection = db.connection()
        skus = dict.fromkeys(sku for p in products for sku in (p.sku, p.deposit) if sku)
        if self.plan.kind == "products":
            connection.executemany(_ITEM, [(sku,) for sku in skus])
        items = dict(rows(db, _ITEMS, (orjson.dumps(list(skus)).decode(),)))
        new = self.after
        if self.plan.kind == "products":
            connection.executemany(_PRODUCT, [_values(new.catalog, items, p) for p in products])
            codes = [(new.catalog, code, items[p.sku]) for p in products for code in catalog.keys_of(p)]
            connection.executemany("INSERT INTO product_code VALUES (?, ?, ?)", codes)
        prices = [
            (new.price, items[p.sku], name, amount)
            for p in products for name, amount in (("base", p.price), ("member", p.member_price)) if amount is not None
        ]  # fmt: skip
        connection.executemany("INSERT INTO price VALUES (?, ?, ?, ?)", prices)

    def _codes(self, at: str | None, keep: Keep) -> str | None:
        return self._carry("product_code", _OLD_CODES, "" if at is None else at, keep)

    def _prices(self, at: int | None, keep: Keep) -> int | None:
        return self._carry("price", _OLD_PRICES, 0 if at is None else at, keep)

    def _others(self, at: int | None, keep: Keep) -> int | None:
        found = self._carry("product", _OLD_PRODUCTS, 0 if at is None else at, keep)
        if found is None:
            self._tidy()
        return found

    def _carry(self, table: str, sql: str, at: Any, keep: Keep) -> Any:
        """What the shop has beside the file, one range of keys; None when there is no more."""
        if self.plan.replace:
            return None
        new, old = (self.after.price, self.base.price) if table == "price" else (self.after.catalog, self.base.catalog)
        found = row(self.box.db, "SELECT base FROM price_base WHERE version = ?", (old,)) if table == "price" else None
        below = found[0] if found else old
        upto = row(self.box.db, _UPTO[table], (below, at, CHUNK - 1)) or row(self.box.db, _LAST[table], (below,))
        if upto is None or upto[0] is None or upto[0] <= at:
            return None
        began = time.monotonic()
        with self.box.draft.immediate() as db:
            db.execute_sql(sql, (new, old, at, upto[0], below) if table == "price" else (new, old, at, upto[0]))
            keep(db, upto[0], 0, 0)
        self._pause(began)
        return upto[0]

    def _tidy(self) -> None:
        """Nobody said what is sold often: the till's first screen begins with the head of the list, not empty. A file
        that replaces all leaves no shelf without goods."""
        new = self.after.catalog
        if row(self.box.db, _FREQUENT, (new,)) is None:
            with self.box.draft.immediate() as db:
                db.execute_sql(_FIRST, (new, FIRST_TILES))
        if self.plan.replace:
            used = {shelf for (shelf,) in rows(self.box.db, _USED, (new,))}
            kept = [shelf for shelf in catalog.categories(self.box.db, self.after) if shelf.id in used]
            catalog.put_categories(self.box, self.after, kept)

    def _index(self, at: Any, keep: Keep) -> None:
        catalog.check_deposits(self.box.db, self.after)
        stamp, total = new_uid(self.box.env.rng), self._size()

        def tell(done: int) -> None:
            keep(self.box.draft, None, done, total)

        catalog_index.build(self.box.db, self.after.catalog, stamp, tell)
        self.stage.put("stamp", stamp)
        self.stage.seal()

    def _size(self) -> int:
        """Products of the version that is being filled."""
        found = row(self.box.db, "SELECT COUNT(*) FROM product WHERE version = ?", (self.after.catalog,)) or (0,)
        return int(found[0])

    def _flip(self, at: Any, keep: Keep) -> None:
        with self.box.transaction() as db:
            catalog.flip(self.box, self.after, self.stage.get("stamp", ""))
            db.execute_sql("DELETE FROM filling")
            keep(db, None, 1, 1)
        self.box.announce("catalog")

    def _stock(self, at: int | None, keep: Keep) -> int | None:
        chunk = self.stage.good(-1 if at is None else at, CHUNK, stock=True)
        if not chunk:
            return None
        began, last = time.monotonic(), chunk[-1][0]
        with self.box.transaction() as db:
            for _, _, count, sku in chunk:
                catalog.open_stock(self.box, sku, count or 0)
            keep(db, last, 0, 0)
        self._pause(began)
        return last

    def _prune(self, at: Any, keep: Keep) -> None:
        catalog_prune.prune(self.box, lambda gone: keep(self.box.draft, None, gone, 0))

    def _pause(self, began: float) -> None:
        self.box.env.sleep(max(0.002, time.monotonic() - began))  # a sale that came meanwhile goes first


def _values(version: int, items: dict[str, int], p: ProductRow) -> tuple[Any, ...]:
    return (
        version, items[p.sku], p.sku, p.gtin, p.name_zh, p.name_en, catalog.searched(p), p.category, p.icon, p.unit,
        p.tax_group, " ".join(p.flags), int(p.frequent), p.initials, items[p.deposit] if p.deposit else None, p.low,
        p.brand,
    )  # fmt: skip
