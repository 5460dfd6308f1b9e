"""Products, prices and opening stock from a table: each row checked against the file's others and what the shop has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge import catalog
from edge.base.sqlite import row as one
from edge.box import Box
from edge.catalog import CategoryRow, ProductRow, Versions
from edge.codes import gtin14
from edge.importer import cells, settle
from edge.importer.filling import Filling
from edge.importer.pinyin import initials
from edge.importer.reader import Column, Row
from edge.importer.report import CellRefused
from edge.importer.shelves import Shelves, Shop
from edge.importer.stage import NOTE, REFUSED, Stage
from edge.importer.task import Marked, Plan
from edge.resources import icon_names

COLUMNS = (
    Column("sku", ("编码", "货号", "商品编码", "code", "item"), False, ("20001", "40001", "60001")),
    Column(
        "gtin", ("barcode", "ean", "upc", "条码", "条形码", "商品条码"), False, ("6901234567892", "", "6923450657713")
    ),
    Column("name_zh", ("name", "名称", "品名", "商品名称", "中文名"), False, ("纯牛奶 1L", "红富士苹果", "干红葡萄酒")),
    Column("name_en", ("english_name", "英文名", "英文名称"), False, ("Milk 1 l", "Fuji apples", "Red wine")),
    Column("initials", ("pinyin", "拼音", "首字母"), False, ("", "", "")),
    Column("category", ("类别", "分类", "部门"), False, ("乳蛋", "果蔬", "酒类")),
    Column("category_en", ("英文类别",), False, ("Dairy & eggs", "Fresh", "Wine & beer")),
    Column("unit", ("单位",), False, ("pc", "kg", "pc")),
    Column("price", ("售价", "价格", "单价", "零售价"), False, ("12.50", "12.80", "88.00")),
    Column("member_price", ("会员价",), False, ("11.50", "", "")),
    Column("tax_group", ("tax", "税组", "税率"), False, ("A", "B", "A")),
    Column("plu", ("称重码", "秤码"), False, ("", "10101", "")),
    Column("codes", ("more_codes", "其他条码", "附加码"), False, ("", "", "")),
    Column("flags", ("标记",), False, ("", "", "age18")),
    Column("stock", ("库存", "期初库存", "opening_stock"), False, ("24", "60", "12")),
    Column("frequent", ("常用", "favourite"), False, ("1", "1", "")),
    Column("low", ("最低库存", "补货线", "reorder"), False, ("6", "", "3")),
    Column("deposit", ("押金", "押金编码"), False, ("", "", "")),
    Column("brand", ("品牌", "厂牌", "牌子"), False, ("", "", "")),
    Column("icon", ("图标",), False, ("milk", "apple", "wine")),
)
UNITS = {
    "pc": ("pcs", "piece", "each", "ea", "件", "个", "瓶", "袋", "盒", "包", "罐", "支", "只", "条", "提", "箱", "份"),
    "kg": ("kilogram", "公斤", "千克"),
}
FLAGS: dict[str, tuple[str, ...]] = {
    "age18": ("18", "18+", "成人"), "gift": ("礼品",), "baby": ("母婴",), "health": ("健康", "药品"),
    "deposit": ("押金",), "serial": ("序列号",), "lot": ("批号", "批次"), "open_price": ("开放价",),
}  # fmt: skip

# What each kind of file may bring: prices and opening stock are for products that the shop has.
KINDS: dict[str, tuple[Column, ...]] = {
    "products": COLUMNS,
    "prices": tuple(c for c in COLUMNS if c.name in ("sku", "gtin", "price", "member_price")),
    "stock": tuple(c for c in COLUMNS if c.name in ("sku", "gtin", "stock")),
}
_COUNTED = "SELECT 1 FROM stock s JOIN item i ON i.id = s.product WHERE i.sku = ?"


class Marks(Marked):
    """A row whose cells keep, where the file lacks a column, what the product had."""

    old: ProductRow | None = None

    def cell(self, column: str, parse: Callable[[str], Any], empty: Any = None, field: str = "") -> Any:
        """The value; `empty` for an empty cell, the product's own for a column that is not in the file."""
        text = self.cells.get(column)
        if text is None and self.old is not None:
            return getattr(self.old, field or column, empty)
        if not text:
            return empty
        try:
            return parse(text)
        except CellRefused as refused:
            self.refuse(column, text, refused)
            return None

    def need(self, column: str, parse: Callable[[str], Any]) -> Any:
        """The value of a cell that may not be empty."""
        value = self.cell(column, parse)
        if value is None and not self.cells.get(column):
            self.refuse(column, "", CellRefused("needed"))
        return value


class Products:
    """The task of the kinds products, prices and stock (see task.Task)."""

    def __init__(self, box: Box, stage: Stage, plan: Plan) -> None:
        self.box, self.stage, self.plan = box, stage, plan
        self.columns = KINDS[plan.kind]
        self.irrevocable = "prune" if plan.kind == "prices" else "stock"
        self.rules, self.currency, self.icons = box.rules, box.currency, icon_names()
        now = catalog.current(box.db)
        known = stage.get("base")
        self.base = Versions(*known) if known else now
        if not known:
            stage.put("base", (now.catalog, now.price))
        self.shop = Shop(box, self.base, stage)
        kept = stage.get("shelves")
        self.shelves = Shelves([CategoryRow(**c) for c in kept] if kept else catalog.categories(box.db, self.base))
        self._shelved = len(self.shelves.categories)
        self.tax = {name: self._tax_words(name) for name in self.rules.tax}
        self.filling = Filling(box, stage, self.base, plan)
        self.phases = self.filling.phases
        self.named: dict[str, str] = {}
        self._said: dict[tuple[str, str], str] = {}

    def begin(self, named: dict[str, str]) -> None:
        self.named = named
        keeps = self.plan.kind == "products" and not {"plu", "codes"} <= named.keys()
        if keeps and not self.shop.knows_codes:
            self.shop.learn_codes()

    def check(self, row: Row) -> None:
        mark = Marks(row, self.named)
        product = self._product(mark)
        stock = mark.cell("stock", lambda text: cells.quantity(text, product.unit if product else "kg"))
        if product is not None:
            if self.plan.kind == "stock" and not mark.cells.get("stock"):
                mark.refuse("stock", "", CellRefused("needed"))
            self._unique(mark, product)
            if mark.good:
                if stock is not None and one(self.box.db, _COUNTED, (product.sku,)):
                    mark.note("stock", "note_counted")
                    stock = None
                self.stage.add(row.line, product, sku=product.sku, stock=stock, deposit=product.deposit)
        self.stage.remark(REFUSED, mark.refusals)
        self.stage.remark(NOTE, mark.notes)
        if len(self.shelves.categories) != self._shelved:
            self._shelved = len(self.shelves.categories)
            self.stage.put("shelves", self.shelves.kept())

    def settle(self) -> None:
        settle.clashes(self.stage, self.named, replace=self.plan.replace)
        if self.plan.kind == "products":
            settle.deposits(self.box, self.shop, self.stage, self.named, replace=self.plan.replace)

    def stands(self) -> bool:
        return self.filling.stands()

    def drop(self) -> None:
        self.filling.drop()

    def hold(self) -> None:
        self.filling.hold()

    def close(self) -> None:
        self.filling.close()

    def result(self) -> dict[str, int]:
        return self.filling.result()

    # ---- one row

    def _product(self, mark: Marks) -> ProductRow | None:
        gtin = mark.cell("gtin", lambda text: cells.gtin(text, self.rules.labels))
        sku = mark.cell("sku", cells.sku) or (self._owner(gtin) if gtin else None)
        if sku is None:
            if mark.good:
                mark.refuse("", "", CellRefused("no_number"))
            return None
        mark.old = self.shop.product(sku)
        if self.plan.kind != "products":
            if mark.old is None:
                mark.refuse("sku" if mark.cells.get("sku") else "gtin", mark.cells.get("sku") or gtin or "",
                            CellRefused("unknown_product"))  # fmt: skip
                return None
            gtin = mark.old.gtin
        else:
            gtin = gtin or mark.cell("gtin", str)
        return self._described(mark, sku, gtin)

    def _owner(self, gtin: str) -> str | None:
        """Who has the barcode; a new product without a number of its own is known by it."""
        return self.shop.owner(gtin14(gtin)) or (gtin if self.plan.kind == "products" else None)

    def _described(self, mark: Marks, sku: str, gtin: str | None) -> ProductRow | None:
        zh, en = mark.cell("name_zh", cells.name, ""), mark.cell("name_en", cells.name, "")
        if not zh and not en and mark.good:
            mark.refuse("", "", CellRefused("no_name"))
        shelf = mark.need("category", lambda text: self._shelf(mark, text))
        unit, group = mark.need("unit", self._unit), mark.need("tax_group", self._tax)
        price = mark.need("price", self._money)
        member_price = mark.cell("member_price", self._money)
        if price and member_price and member_price > price:
            mark.refuse("member_price", mark.cells.get("member_price", ""), CellRefused("member_price"))
        plu = mark.cell("plu", cells.plu)
        more = mark.cell("codes", self._codes, ())
        flags = mark.cell("flags", lambda text: cells.several(text, FLAGS, "flags"), ())
        icon = mark.cell("icon", self._icon, "tag")
        letters = mark.cell("initials", lambda text: cells.plain(text).lower()[:32], "")
        frequent = mark.cell("frequent", cells.yes_no, False)
        low = mark.cell("low", lambda text: cells.quantity(text, unit or "kg"))
        deposit = mark.cell("deposit", cells.sku)
        brand = mark.cell("brand", cells.name, "")
        if not mark.good:
            return None
        if unit == "kg" and plu is None and gtin is None:
            mark.note("unit", "note_no_plu")
        return ProductRow(
            sku, zh or en, en or zh, shelf, unit, group, price, member_price, gtin, plu, more, icon,
            flags, letters or initials(zh), frequent, low, deposit, brand,
        )  # fmt: skip

    def _shelf(self, mark: Marks, text: str) -> str:
        english = mark.cells.get("category_en", "")
        return self.shelves.category(cells.name(text), cells.name(english) if english and not mark.old else "")

    def _money(self, text: str) -> int:
        return cells.money(text, self.currency)

    def _unit(self, text: str) -> str:
        if cells.plain(text) in ("斤", "市斤", "500g"):
            raise CellRefused("unit_jin")
        return self._once("unit", text, lambda: cells.choice(text, UNITS, "unit"))

    def _tax(self, text: str) -> str:
        return self._once("tax", text, lambda: cells.choice(text, self.tax, "tax_group"))

    def _once(self, what: str, text: str, find: Callable[[], str]) -> str:
        """The same few words stand in every row."""
        if (what, text) not in self._said:
            self._said[what, text] = find()
        return self._said[what, text]

    def _tax_words(self, name: str) -> tuple[str, ...]:
        """A group is named by its letter, or by its rate when no other group has it."""
        rate = self.rules.tax[name]
        if list(self.rules.tax.values()).count(rate) > 1:
            return (name.lower(),)
        percent = f"{rate / 100:g}"
        return name.lower(), f"{percent}%", percent, f"{rate / 10_000:g}" if rate else "0"

    def _codes(self, text: str) -> tuple[str, ...]:
        return tuple(cells.gtin(part, self.rules.labels) for part in text.replace(",", " ").replace(";", " ").split())

    def _icon(self, text: str) -> str:
        if self.icons and text not in self.icons:
            raise CellRefused("icon")
        return text

    def _unique(self, mark: Marks, product: ProductRow) -> None:
        for code in (product.sku, *catalog.keys_of(product)) if self.plan.kind == "products" else (product.sku,):
            first = self.stage.claim(code, mark.line, product.sku)
            if first is not None and first[0] != mark.line:
                column, shown = settle.place_of(code, product.sku)
                why = CellRefused("code_twice", line=first[0], sku=first[1])
                if first[1] == product.sku:
                    column, shown, why = "sku", product.sku, CellRefused("twice", line=first[0])
                mark.refuse(column, shown, why)
                return
            owner = self.shop.owner(code)
            if owner is not None and owner != product.sku:  # settled when the whole file is known
                self.stage.clash(mark.line, code, owner)
