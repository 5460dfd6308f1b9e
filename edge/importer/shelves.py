"""What is sold now, looked up product by product, so that a file with ten changed prices changes ten prices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from edge import catalog
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.catalog import CategoryRow, ProductRow, Versions
from edge.codes import GTIN_LENGTHS, gtin14
from edge.importer.report import CellRefused
from edge.importer.stage import Stage

MAX_SHELVES = 500
BY_HEART = 5_000
# Words that name one of the usual shelves, with the icon and tint of the till's grid.
_USUAL = {
    "drink": (("饮品", "饮料", "drinks", "beverages"), "cup-soda", "drink"),
    "dairy": (("乳蛋", "乳品", "奶制品", "dairy & eggs"), "milk", "dairy"),
    "bake": (("烘焙", "面包", "bakery", "bread"), "croissant", "bake"),
    "fruit": (("果蔬", "水果", "蔬菜", "fresh", "fruit & vegetables"), "apple", "fruit"),
    "snack": (("零食", "snacks"), "cookie", "snack"),
    "meal": (("速食", "方便食品", "meals"), "soup", "snack"),
    "home": (("日用", "日用品", "household"), "spray-can", "home"),
    "care": (("母婴健康", "个护", "personal care"), "heart-pulse", "home"),
    "alcohol": (("酒类", "酒", "wine & beer"), "wine", "drink"),
}
_TINTS = ("drink", "dairy", "bake", "fruit", "snack", "home")
_OLD = (
    "SELECT p.id, p.initials, p.low, d.sku FROM item i JOIN product p ON p.version = ? AND p.id = i.id "
    "LEFT JOIN item d ON d.id = p.deposit WHERE i.sku = ?"
)
_OWNER = "SELECT i.sku FROM product_code c JOIN item i ON i.id = c.product WHERE c.version = ? AND c.code = ?"
_FEW = (
    "SELECT c.code, i.sku FROM product_code c JOIN item i ON i.id = c.product WHERE c.version = ? ORDER BY c.code "
    "LIMIT ?"
)
_OWN = "SELECT product, code FROM product_code WHERE version = ? AND code > ? ORDER BY code LIMIT 2000"


class Shelves:
    """The categories in the store's order, with those that a file brings."""

    def __init__(self, categories: Iterable[CategoryRow]) -> None:
        self.categories = list(categories)
        self._known: dict[tuple[str, str], str] = {}

    def category(self, name: str, name_en: str) -> str:
        """The id of the category with this id or name; a new one is put last. CellRefused("shelves") past the limit."""
        key = name.strip().lower(), name_en.strip().lower()
        if key not in self._known:
            self._known[key] = self._find(key[0]) or self._new(name.strip(), name_en.strip())
        return self._known[key]

    def _find(self, wanted: str) -> str | None:
        for shelf in self.categories:
            if wanted in (shelf.id.lower(), shelf.name_zh.lower(), shelf.name_en.lower()):
                return shelf.id
        return None

    def _new(self, name: str, name_en: str) -> str:
        wanted = name.lower()
        for key, (words, icon, tint) in _USUAL.items():
            if wanted == key or wanted in words:
                if all(shelf.id != key for shelf in self.categories):
                    hanzi, english = words[0], next(word for word in words if word.isascii())
                    self.categories.append(CategoryRow(key, hanzi, english.capitalize(), icon, tint))
                return key
        if len(self.categories) >= MAX_SHELVES:
            raise CellRefused("shelves", limit=MAX_SHELVES)
        tint = _TINTS[len(self.categories) % len(_TINTS)]
        self.categories.append(CategoryRow(name, name, name_en or name, "package", tint))
        return name

    def kept(self) -> list[dict[str, str]]:
        """As JSON can hold them."""
        return [asdict(shelf) for shelf in self.categories]


class Shop:
    """Today's catalogue and prices, one look at a time."""

    def __init__(self, box: Box, versions: Versions, stage: Stage) -> None:
        self.db, self.versions, self.stage = box.db, versions, stage
        # A small shop that gets a large file is known by heart, instead of being asked three times a row.
        few = rows(box.db, _FEW, (versions.catalog, BY_HEART + 1))
        self._owners: dict[str, str] | None = dict(few) if len(few) <= BY_HEART else None
        self._skus = frozenset(self._owners.values()) if self._owners is not None else frozenset()
        self.knows_codes = bool(stage.get("own_codes", False))

    def learn_codes(self) -> None:
        """Copy who has which codes into the stage, by product: a file may keep codes that it does not name."""
        after = ""
        while chunk := rows(self.db, _OWN, (self.versions.catalog, after)):
            after = chunk[-1][1]
            with self.stage.db.immediate() as stage:
                stage.connection().executemany("INSERT OR IGNORE INTO own_code VALUES (?, ?)", chunk)
        self.stage.put("own_codes", True)
        self.knows_codes = True

    def product(self, sku: str) -> ProductRow | None:
        """What the shop has under a SKU; plu and further codes only after learn_codes()."""
        if self._owners is not None and sku not in self._skus:
            return None
        found = row(self.db, _OLD, (self.versions.catalog, sku))
        known = catalog.by_id(self.db, self.versions, found[0]) if found else None
        if found is None or known is None:
            return None
        number, letters, low, deposit = found
        plu, codes = self._codes(number, known.sku, known.gtin)
        return ProductRow(
            known.sku, known.name_zh, known.name_en, known.category, known.unit, known.tax_group, known.price,
            known.member_price, known.gtin, plu, codes, known.icon, known.flags, letters, known.frequent, low, deposit,
            known.brand,
        )  # fmt: skip

    def owner(self, code: str) -> str | None:
        """The SKU of who has a code."""
        if self._owners is not None:
            return self._owners.get(code)
        found = row(self.db, _OWNER, (self.versions.catalog, code))
        return str(found[0]) if found else None

    def _codes(self, product: int, sku: str, gtin: str | None) -> tuple[str | None, tuple[str, ...]]:
        if not self.knows_codes:
            return None, ()
        found = [code for (code,) in rows(self.stage.db, "SELECT code FROM own_code WHERE product = ?", (product,))]
        return further_codes(found, sku, gtin)


def further_codes(codes: Iterable[str], sku: str, gtin: str | None) -> tuple[str | None, tuple[str, ...]]:
    """(PLU, further barcodes) of all keys under which a product is found: not its own, nor padded forms of others."""
    found = list(codes)
    plu = next((code[4:] for code in found if code.startswith("plu:")), None)
    own = {gtin14(gtin) if gtin else "", gtin or "", sku}
    padded = {gtin14(code) for code in found if code.isdecimal() and len(code) in GTIN_LENGTHS and len(code) < 14}
    return plu, tuple(c for c in found if c not in own and c not in padded and not c.startswith("plu:"))


def as_row(body: dict[str, object]) -> ProductRow:
    """A product as the stage keeps it."""
    return ProductRow(**{**body, "codes": tuple(body["codes"]), "flags": tuple(body["flags"])})  # type: ignore[arg-type]


def now(box: Box) -> Versions:
    """The versions that a check is against."""
    return catalog.current(box.db)
