"""What leaves the box: complete, without secrets, written down, and the goods can be imported again as they were."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from edge import catalog, exports, storedvalue
from edge.base.i18n import LANGS
from edge.cli import main
from edge.errors import ShopError
from edge.export_rows import TABLES
from edge.importer import jobs, work
from edge.importer.pinyin import initials
from edge.importer.work import Work
from tests.edge.shop import CATEGORIES, MILK, PRODUCTS, Hands, Shop


def table(shop: Shop, kind: str, lang: str = "en") -> list[dict[str, str]]:
    """An export as its reader sees it."""
    found = exports.export(shop.box, kind, "csv", lang, shop.person("manager"))
    return list(csv.DictReader(io.StringIO(b"".join(found.blocks).decode("utf-8-sig"), newline="")))


def imported(shop: Shop, kind: str, path: Path) -> jobs.Status:
    uid = work.start(shop.box, kind, path, then=work.ALL, replace=kind == "products")
    with Work(shop.box, uid) as going:
        while going.step():
            pass
    found = jobs.status(shop.box, uid)
    assert found.state == "done", (found, [r.words("en") for _, r in jobs.refusals(shop.box, uid)])
    return found


def goods(shop: Shop) -> dict[str, Any]:
    now = catalog.current(shop.db)
    codes = shop.ask("SELECT product, code FROM product_code WHERE version = ? ORDER BY 1, 2", now.catalog)
    facts = shop.ask(
        "SELECT id, sku, gtin, name_zh, name_en, search, category, icon, unit, tax_group, flags, frequent, initials, "
        "deposit, low FROM product WHERE version = ? ORDER BY id", now.catalog,
    )  # fmt: skip
    prices = shop.ask("SELECT product, list, amount FROM price WHERE version = ? ORDER BY 1, 2", now.price)
    return {"codes": codes, "facts": facts, "prices": prices}


@pytest.fixture
def sold(shop: Shop, till: Hands) -> Shop:
    """A shop that sold milk to the gold member."""
    till.sell((MILK, MILK), member="gold")
    return shop


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("lang", LANGS)
def test_products_go_out_and_come_in_as_they_were(shop: Shop, tmp_path: Path, form: str, lang: str) -> None:
    rows = (
        *PRODUCTS,
        catalog.ProductRow("COLA", "可乐", "Cola", "drink", "pc", "A", 500, 450, codes=("4006381333931", "40170725"),
                           low=12_000, deposit="GLASS", flags=("lot",)),
        catalog.ProductRow("GLASS", "押金", "Bottle deposit", "drink", "pc", "Z", 100, flags=("deposit",)),
        catalog.ProductRow("0012", "=1+1", "+cmd|' /C calc'!A0", "food", "kg", "B", 1, plu="00042", initials="@x"),
        catalog.ProductRow("-7", "O'Brien, \"x\"; =y", "'quoted'", "food", "pc", "A", 99_999_999, icon="wine"),
    )  # fmt: skip
    rows = tuple(replace(p, initials=p.initials or initials(p.name_zh)) for p in rows)
    catalog.load(shop.box, CATEGORIES, rows)
    before = goods(shop)
    path = tmp_path / f"out.{form}"
    found = exports.export(shop.box, "products", form, lang, shop.person("manager"))
    path.write_bytes(b"".join(found.blocks))
    assert imported(shop, "products", path).good == len(rows) == found.rows
    after = goods(shop)
    for what, found_before in before.items():
        assert after[what] == found_before


names = st.text(st.sampled_from("=+-@＝'\";,|! 牛奶MilkA1(0)"), min_size=1, max_size=12).filter(lambda s: s.strip())


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(names, names, st.integers(1, 10_000)), min_size=1, max_size=6))
def test_whatever_a_name_holds_it_comes_back(shop: Shop, tmp_path: Path, products: list[tuple[str, str, int]]) -> None:
    tidy = [(" ".join(zh.split()), " ".join(en.split()), price) for zh, en, price in products]
    rows = [catalog.ProductRow(f"P{n}", zh, en, "food", "pc", "A", price) for n, (zh, en, price) in enumerate(tidy)]
    catalog.load(shop.box, CATEGORIES, rows)
    for form in ("csv", "xlsx"):
        path = tmp_path / f"out.{form}"
        found = exports.export(shop.box, "products", form, "en", shop.person("manager"))
        path.write_bytes(b"".join(found.blocks))
        imported(shop, "products", path)
        now = catalog.current(shop.db).catalog
        names_now = shop.ask("SELECT name_zh, name_en FROM product WHERE version = ? ORDER BY id", now)
        assert names_now == [(zh, en) for zh, en, _ in tidy]


def test_prices_go_out_and_come_in(shop: Shop, tmp_path: Path) -> None:
    before = goods(shop)["prices"]
    path = tmp_path / "out.csv"
    path.write_bytes(b"".join(exports.export(shop.box, "prices", "csv", "zh-CN", shop.person("manager")).blocks))
    imported(shop, "prices", path)
    assert goods(shop)["prices"] == before


def test_each_table_has_its_rows_and_its_heads(sold: Shop) -> None:
    for kind in exports.KINDS:
        for lang in LANGS:
            found = exports.export(sold.box, kind, "xlsx", lang, sold.person("manager"))
            book = load_workbook(io.BytesIO(b"".join(found.blocks)))
            sheet = book[book.sheetnames[0]]
            lines = list(sheet.iter_rows(values_only=True))
            assert len(lines[0]) == len(set(lines[0])) == len(TABLES[kind].columns) and all(lines[0]), lines[0]
            assert len(lines) - 1 >= found.rows > 0 or kind == "audit", kind
    sale = table(sold, "sales")[-1]
    assert (sale["total"], sale["kind"], sale["cashier"]) == ("23.00", "sale", "陈晓")
    line = table(sold, "lines")[-1]
    assert (line["receipt"], line["qty"], line["total"]) == (sale["receipt"], "2", "23.00")
    assert table(sold, "tenders")[-1]["amount"] == "23.00"
    entry = table(sold, "points")[-1]
    assert entry["receipt"] == sale["receipt"] and entry["member"] == sale["member"]
    assert table(sold, "moves")[0]["qty"] == "100"


def test_no_secret_leaves(sold: Shop) -> None:
    secrets = [value for pair in sold.ask("SELECT pin_hash, badge FROM staff") for value in pair if value]
    secrets += [value for (value,) in sold.ask("SELECT phone_hash FROM member WHERE phone_hash IS NOT NULL")]
    for kind in exports.KINDS:
        text = b"".join(exports.export(sold.box, kind, "csv", "en", sold.person("manager")).blocks).decode()
        assert not [secret for secret in secrets if secret in text], kind
        assert "1380000" not in text, "a phone number whole"


def test_a_card_of_stored_value_does_not_stand_in_the_lines(sold: Shop) -> None:
    (sale,) = sold.ask("SELECT MAX(id) FROM sale")[0]
    with sold.box.transaction() as db:
        db.execute_sql(
            "INSERT INTO sale_line (sale, n, product, sku, code, name, qty, unit, unit_price, discount, total, "
            "tax_group, rate, tax) VALUES (?, 9, 0, ?, 'TBV000000000017', 'x', 1000, 'pc', 100, 0, 100, '#', 0, 0)",
            (sale, storedvalue.TOP_UP.sku),
        )
        db.execute_sql("INSERT INTO line_extra (sale, n, serial) VALUES (?, 9, 'TBV000000000017')", (sale,))
    text = b"".join(exports.export(sold.box, "lines", "csv", "en", sold.person("manager")).blocks)
    assert b"#VALUE" in text and b"TBV0000" not in text


@pytest.mark.fault("F125")
def test_who_may_not_gets_nothing_and_who_may_is_written_down(shop: Shop) -> None:
    with pytest.raises(ShopError, match="denied"):
        exports.export(shop.box, "members", "csv", "en", shop.person("cashier"))
    assert shop.ask("SELECT COUNT(*) FROM audit WHERE action = 'exported'") == [(0,)]
    exports.export(shop.box, "members", "csv", "en", shop.person("manager"), lane="1")
    ((staff, lane, detail),) = shop.ask("SELECT staff, lane, detail FROM audit WHERE action = 'exported'")
    assert (staff, lane) == (shop.person("manager").id, "1")
    assert '"what":"members"' in detail and '"rows":4' in detail and '"personal":1' in detail
    with pytest.raises(ShopError, match="export_unknown"):
        exports.export(shop.box, "secrets", "csv", "en", shop.person("manager"))


@pytest.mark.fault("F125")
def test_more_members_than_a_day_allows_stay_in_the_box(shop: Shop) -> None:
    shop.box.rules = type(shop.box.rules)(**{**vars(shop.box.rules), "member_rows_per_day": 3})
    with pytest.raises(ShopError, match="export_cap"):
        exports.export(shop.box, "members", "csv", "en", shop.person("manager"))
    assert shop.ask("SELECT COUNT(*) FROM audit WHERE action = 'export_refused'") == [(1,)]


def test_the_command_writes_the_file_whole_and_for_its_owner_alone(
    sold: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sold.config.path.write_text(
        f'[store]\ntenant="demo"\nstore="S01"\nbox="box-1"\n[data]\npath="{sold.config.data}"\n[[lane]]\nid="1"\n'
    )
    options = ["--config", str(sold.config.path), "--lang", "en"]
    for form in ("csv", "xlsx"):
        path = tmp_path / f"members.{form}"
        assert main(["export", "members", str(path), *options]) == 0
        assert "personal data" in capsys.readouterr().out
        assert path.stat().st_mode & 0o777 == 0o600 and path.stat().st_size > 300
    assert main(["export", "members", str(tmp_path / "members.pdf"), *options]) == 1
    assert {p.name for p in tmp_path.glob("members*")} == {"members.csv", "members.xlsx"}
    assert sold.ask("SELECT staff, COUNT(*) FROM audit WHERE action = 'exported'") == [(None, 2)]


def test_refusals_are_a_file_that_is_safe_to_open(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("sku,price\nMILK,=cmd|' /C calc'!A0\nBREAD,+1\n")
    uid = work.start(shop.box, "prices", path)
    with Work(shop.box, uid) as going:
        while going.step():
            pass
    data = b"".join(exports.refusals(shop.box, jobs.refused_table(shop.box, uid, "zh-CN"), "csv", "zh-CN"))
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert lines[0] == ["行", "列", "内容", "原因"] and lines[1][2] == "'=cmd|' /C calc'!A0" and lines[2][2] == "'+1"
    book = load_workbook(
        io.BytesIO(b"".join(exports.refusals(shop.box, jobs.refused_table(shop.box, uid, "en"), "xlsx", "en")))
    )
    assert book.active["C2"].data_type == "s" and book.active["C2"].value == "=cmd|' /C calc'!A0"
