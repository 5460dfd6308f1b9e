"""Products, prices and opening stock from a CSV file: checked row by row, then loaded as the next version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace as changed
from pathlib import Path
from typing import Any

from edge import catalog
from edge.base.sqlite import rows
from edge.box import Box
from edge.catalog import ProductRow
from edge.codes import gtin14
from edge.importer import cells, shelves
from edge.importer.pinyin import initials
from edge.importer.reader import Column, Table, read
from edge.importer.report import CellRefused, Progress, Remark, Report

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
FIRST_TILES = 24
_COUNTED = "SELECT i.sku FROM stock s JOIN item i ON i.id = s.product"


def check(box: Box, path: Path, lang: str, icons: frozenset[str] = frozenset()) -> tuple[Report, Table]:
    """Read and check the file; report.good holds (line, product, opening stock in thousandths or None)."""
    table = read(path, COLUMNS, lang)
    report = Report(len(table.rows), notes=list(table.notes))
    checker = _Checker(box, table, report, icons)
    for line, row in table.rows:
        checker.row(line, row)
    checker.deposits()
    return report, table


def write(box: Box, report: Report, progress: Progress, *, replace: bool = False) -> int:
    """Make the good rows the next catalogue and price version; the others stay unless `replace`. Returns products."""
    now = shelves.current(box)
    merged = {} if replace else dict(now.products)
    counted = {sku for (sku,) in rows(box.db, _COUNTED)}
    counts = {}
    for _, product, stock in report.good:
        shelf = now.category(*_shelf(product))
        merged[product.sku] = changed(product, category=shelf)
        if stock is not None and product.sku not in counted:
            counts[product.sku] = stock
    if replace:
        for sku in [p.deposit for p in merged.values() if p.deposit and p.deposit not in merged]:
            merged[sku] = now.products[sku]  # the file's bottles still need their deposit
        used = {product.category for product in merged.values()}
        now.categories = [shelf for shelf in now.categories if shelf.id in used]
    if not any(product.frequent for product in merged.values()):
        # Nobody said what is sold often: the till's first screen begins with the head of the list, not empty.
        for sku in list(merged)[:FIRST_TILES]:
            merged[sku] = changed(merged[sku], frequent=True)
    catalog.load(box, now.categories, _told(list(merged.values()), progress))
    catalog.set_stock(box, counts, "opening")
    with box.transaction():
        data = {"products": len(report.good), "total": len(merged), "replace": replace, "by": "import"}
        box.record("a", "audit.catalog_imported", data)
    return len(merged)


def _told(products: list[ProductRow], progress: Progress) -> Iterator[ProductRow]:
    for n, product in enumerate(products, 1):
        yield product
        if n % catalog.CHUNK == 0 or n == len(products):
            progress(n, len(products))


def _shelf(product: ProductRow) -> tuple[str, str]:
    """The category's Chinese (or only) and English name, as the checker keeps them until the load."""
    name, _, english = product.category.partition("\0")
    return name, english


class _Row:
    """One row: cells parsed in turn, refusals noted. A column that the file lacks keeps what the product had."""

    def __init__(self, line: int, row: dict[str, str], table: Table, report: Report) -> None:
        self.line, self.row, self.table, self.report = line, row, table, report
        self.old: ProductRow | None = None
        self.good = True

    def cell(self, column: str, parse: Callable[[str], Any], empty: Any = None, field: str = "") -> Any:
        """The value; `empty` for an empty cell, the product's own for a column that is not in the file."""
        if column not in self.row and self.old is not None:
            return getattr(self.old, field or column, empty)
        text = self.row.get(column, "")
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
        if value is None and not self.row.get(column):
            self.refuse(column, "", CellRefused("needed"))
        return value

    def refuse(self, column: str, value: str, why: CellRefused) -> None:
        """Note why this row can't be taken."""
        self.good = False
        shown = self.table.columns.get(column, column)
        self.report.refusals.append(Remark(self.line, shown, value, why.slug, dict(why.params)))

    def note(self, column: str, slug: str) -> None:
        """Say something that stops nothing."""
        shown = self.table.columns.get(column, column)
        self.report.notes.append(Remark(self.line, shown, self.row.get(column, ""), slug))


class _Checker:
    """Checks each row against the file's rows before it and what the shop has."""

    def __init__(self, box: Box, table: Table, report: Report, icons: frozenset[str]) -> None:
        self.table, self.report, self.icons = table, report, icons
        self.now, self.rules, self.currency = shelves.current(box), box.rules, box.currency
        self.skus: dict[str, int] = {}
        self.codes: dict[str, tuple[int, str]] = {}
        self.tax = {name: self._tax_words(name) for name in self.rules.tax}
        self.counted = {sku for (sku,) in rows(box.db, _COUNTED)}
        self.given = {row.get("sku", "") for _, row in table.rows}

    def _tax_words(self, name: str) -> tuple[str, ...]:
        """A group is named by its letter, or by its rate when no other group has it."""
        rate = self.rules.tax[name]
        if list(self.rules.tax.values()).count(rate) > 1:
            return (name.lower(),)
        percent = f"{rate / 100:g}"
        return name.lower(), f"{percent}%", percent, f"{rate / 10_000:g}" if rate else "0"

    def row(self, line: int, cells_: dict[str, str]) -> None:
        """Check one row; it is good when no cell was refused."""
        row = _Row(line, cells_, self.table, self.report)
        product = self._product(row)
        stock = row.cell("stock", lambda text: cells.quantity(text, product.unit if product else "kg"))
        if product is not None:
            self._unique(row, product)
            if row.good:
                if stock is not None and product.sku in self.counted:
                    row.note("stock", "note_counted")
                self.report.good.append((line, product, stock))

    def _product(self, row: _Row) -> ProductRow | None:
        gtin = row.cell("gtin", lambda text: cells.gtin(text, self.rules.labels))
        sku = row.cell("sku", cells.sku) or (self.now.owner.get(gtin14(gtin), gtin) if gtin else None)
        if sku is None:
            if row.good:
                row.refuse("", "", CellRefused("no_number"))
            return None
        row.old = self.now.products.get(sku)
        gtin = gtin or row.cell("gtin", str)
        zh, en = row.cell("name_zh", cells.name, ""), row.cell("name_en", cells.name, "")
        if not zh and not en and row.good:
            row.refuse("", "", CellRefused("no_name"))
        shelf = row.need("category", cells.name)
        shelf_en = "" if row.old else row.cell("category_en", cells.name, "")
        unit, group = row.need("unit", self._unit), row.need("tax_group", self._tax)
        price = row.need("price", self._money)
        member_price = row.cell("member_price", self._money)
        if price and member_price and member_price > price:
            row.refuse("member_price", row.row.get("member_price", ""), CellRefused("member_price"))
        plu = row.cell("plu", cells.plu)
        more = row.cell("codes", self._codes, ())
        flags = row.cell("flags", lambda text: cells.several(text, FLAGS, "flags"), ())
        icon = row.cell("icon", self._icon, "tag")
        letters = row.cell("initials", lambda text: cells.plain(text).lower()[:32], "")
        frequent = row.cell("frequent", cells.yes_no, False)
        low = row.cell("low", lambda text: cells.quantity(text, unit or "kg"))
        deposit = row.cell("deposit", cells.sku)
        if not row.good:
            return None
        if unit == "kg" and plu is None and gtin is None:
            row.note("unit", "note_no_plu")
        return ProductRow(
            sku, zh or en, en or zh, f"{shelf}\0{shelf_en}", unit, group, price, member_price, gtin, plu, more, icon,
            flags, letters or initials(zh), frequent, low, deposit,
        )  # fmt: skip

    def _money(self, text: str) -> int:
        return cells.money(text, self.currency)

    def _unit(self, text: str) -> str:
        if cells.plain(text) in ("斤", "市斤", "500g"):
            raise CellRefused("unit_jin")
        return cells.choice(text, UNITS, "unit")

    def _tax(self, text: str) -> str:
        return cells.choice(text, self.tax, "tax_group")

    def _codes(self, text: str) -> tuple[str, ...]:
        return tuple(cells.gtin(part, self.rules.labels) for part in text.replace(",", " ").replace(";", " ").split())

    def _icon(self, text: str) -> str:
        if self.icons and text not in self.icons:
            raise CellRefused("icon")
        return text

    def deposits(self) -> None:
        """Refuse rows whose deposit is no deposit item, and such items that lose their flag, once all are known."""
        given = {product.sku: product for _, product, _ in self.report.good}
        after = {**self.now.products, **given}
        used = {product.deposit for product in after.values() if product.deposit}
        if not used:
            return
        items = {sku for sku in used if sku in after and "deposit" in after[sku].flags}
        good, self.report.good = self.report.good, []
        for line, product, stock in good:
            if product.deposit and (product.deposit not in items or product.deposit == product.sku):
                self._refuse(line, "deposit", product.deposit, "deposit")
            elif product.sku in used and product.sku not in items:
                self._refuse(line, "flags", " ".join(product.flags), "deposit_used")
            else:
                self.report.good.append((line, product, stock))

    def _refuse(self, line: int, column: str, value: str, slug: str) -> None:
        self.report.refusals.append(Remark(line, self.table.columns.get(column, column), value, slug))

    def _unique(self, row: _Row, product: ProductRow) -> None:
        if product.sku in self.skus:
            row.refuse("sku", product.sku, CellRefused("twice", line=self.skus[product.sku]))
            return
        self.skus[product.sku] = row.line
        for code in shelves.codes_of(product):
            first, other = self.codes.setdefault(code, (row.line, product.sku))
            shown = code.removeprefix("plu:")
            column = "plu" if code.startswith("plu:") else "sku" if code == product.sku else "gtin"
            owner = self.now.owner.get(code, product.sku)
            if other != product.sku:
                row.refuse(column, shown, CellRefused("code_twice", line=first, sku=other))
            elif owner != product.sku and owner not in self.given:  # else this file may give the owner another code
                row.refuse(column, shown, CellRefused("code_taken", sku=owner))
