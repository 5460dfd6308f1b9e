"""What is sold now, read back as rows, so that a file with ten changed prices changes ten prices."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from edge import catalog
from edge.base.sqlite import rows
from edge.box import Box
from edge.catalog import CategoryRow, ProductRow
from edge.codes import gtin14

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
# What the till needs not know of a product.
_MORE = (
    "SELECT p.id, p.initials, p.low, i.sku FROM product p LEFT JOIN item i ON i.id = p.deposit WHERE p.version = ?"
)
_TINTS = ("drink", "dairy", "bake", "fruit", "snack", "home")


@dataclass
class Shelves:
    """The catalogue as it stands: products by SKU, who owns a code, categories in the store's order."""

    products: dict[str, ProductRow]
    owner: dict[str, str]
    categories: list[CategoryRow]

    def category(self, name: str, name_en: str) -> str:
        """The id of the category with this id or name; a new one is put last."""
        wanted = name.strip().lower()
        for shelf in self.categories:
            if wanted in (shelf.id.lower(), shelf.name_zh.lower(), shelf.name_en.lower()):
                return shelf.id
        for key, (words, icon, tint) in _USUAL.items():
            if wanted == key or wanted in words:
                if all(shelf.id != key for shelf in self.categories):
                    hanzi, english = words[0], next(word for word in words if word.isascii())
                    self.categories.append(CategoryRow(key, hanzi, english.capitalize(), icon, tint))
                return key
        tint = _TINTS[len(self.categories) % len(_TINTS)]
        self.categories.append(
            CategoryRow(name.strip(), name.strip(), name_en.strip() or name.strip(), "package", tint)
        )
        return name.strip()


def codes_of(product: ProductRow) -> list[str]:
    """Every key under which a scan finds the product."""
    padded = [gtin14(code) for code in (product.gtin, *product.codes) if code and code.isdigit() and len(code) <= 14]
    return [*padded, *([f"plu:{product.plu}"] if product.plu else []), product.sku]


def current(box: Box) -> Shelves:
    """Today's catalogue and prices. A code's own padded forms are not listed among its further codes."""
    versions = catalog.current(box.db)
    further: dict[int, list[str]] = defaultdict(list)
    for product, code in rows(box.db, "SELECT product, code FROM product_code WHERE version = ?", (versions.catalog,)):
        further[product].append(code)
    more = {product: rest for product, *rest in rows(box.db, _MORE, (versions.catalog,))}
    found: dict[str, ProductRow] = {}
    for p in catalog.tiles(box.db, versions):
        plu = next((code[4:] for code in further[p.id] if code.startswith("plu:")), None)
        own = {gtin14(p.gtin) if p.gtin else "", p.gtin or "", p.sku, f"plu:{plu}"}
        codes = tuple(code for code in further[p.id] if code not in own)
        initials, low, deposit = more[p.id]
        found[p.sku] = ProductRow(
            p.sku, p.name_zh, p.name_en, p.category, p.unit, p.tax_group, p.price, p.member_price, p.gtin, plu, codes,
            p.icon, p.flags, initials, p.frequent, low, deposit,
        )  # fmt: skip
    owner = {code: sku for sku, product in found.items() for code in codes_of(product)}
    return Shelves(found, owner, catalog.categories(box.db, versions))
