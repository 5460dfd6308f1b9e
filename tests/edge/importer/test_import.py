"""`tillbox import`: what a shopkeeper's files bring, and how a bad one is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge import catalog, members
from edge.base.sqlite import rows
from edge.box import Box
from edge.cli import main
from edge.codes import member_code, staff_code
from edge.importer import products as product_import
from edge.importer import reader
from edge.importer.report import ImportRefused
from tests.edge.shop import BREAD, CARDS, MILK, Shop

Importing = Callable[..., tuple[int, str]]
HEAD = "sku,gtin,name_zh,name_en,category,unit,price,tax_group\n"


@pytest.fixture
def box(shop: Shop) -> Box:
    return shop.box


@pytest.fixture
def importing(shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Importing]:
    """importing("products", text or bytes, options…) -> (exit code, what was said), in English."""
    shop.config.path.write_text(
        f'[store]\ntenant="demo"\nstore="S01"\nbox="box-1"\n[data]\npath="{shop.config.data}"\n[[lane]]\nid="1"\n'
    )

    def run(kind: str, data: str | bytes, *options: str) -> tuple[int, str]:
        file = tmp_path / "file.csv"
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
        code = main(["import", kind, str(file), "--config", str(shop.config.path), "--lang", "en", *options])
        said = capsys.readouterr()
        return code, said.out + said.err

    yield run


def found(shop: Shop, code: str) -> catalog.Product | None:
    return catalog.find(shop.box, catalog.current(shop.db), (code,))


# ---- products


def test_a_file_of_prices_changes_prices_and_nothing_else(shop: Shop, importing: Importing) -> None:
    before = {p.sku: p for p in catalog.tiles(shop.db, catalog.current(shop.db))}
    basket = catalog.current(shop.db)
    code, said = importing("products", "sku,price\nMILK,13.00\nBREAD,10.5\n")
    assert code == 0, said
    after = {p.sku: p for p in catalog.tiles(shop.db, catalog.current(shop.db))}
    assert (after["MILK"].price, after["BREAD"].price, after["MILK"].member_price) == (1300, 1050, 1150)
    for sku, p in after.items():
        old = before[sku]
        assert (p.id, p.name_zh, p.name_en, p.gtin, p.unit, p.flags, p.category, p.frequent) == (
            old.id, old.name_zh, old.name_en, old.gtin, old.unit, old.flags, old.category, old.frequent)  # fmt: skip
    assert [p.sku for p in catalog.search(shop.db, catalog.current(shop.db), "cnn")] == ["MILK"], "initials stay"
    found_old = catalog.find(shop.box, basket, ("0" + MILK,))
    assert found_old is not None and found_old.price == 1250, "an open basket keeps its prices"


def test_new_products_with_all_columns(shop: Shop, importing: Importing) -> None:
    text = (
        reader.template(product_import.COLUMNS).replace("6901234567892", "").replace("6923450657713", "4006381333931")
    )
    code, said = importing("products", text.replace("10101", "10202"))
    assert code == 0, said
    wine = found(shop, "04006381333931")
    assert wine is not None and wine.flags == ("age18",) and wine.price == 8800
    assert found(shop, "plu:10202") is not None and found(shop, "0" + MILK) is not None, "the others are still sold"
    assert dict(rows(shop.db, "SELECT i.sku, s.qty FROM stock s JOIN item i ON i.id = s.product"))["60001"] == 12_000
    assert [p.sku for p in catalog.search(shop.db, catalog.current(shop.db), "hfspg")] == ["40001"]
    names = {c.id: (c.name_zh, c.name_en) for c in catalog.categories(shop.db, catalog.current(shop.db))}
    assert names["alcohol"] == ("酒类", "Wine & beer") and "food" in names


def test_replace_sells_only_what_the_file_has(shop: Shop, importing: Importing) -> None:
    assert importing("products", "sku,price\nMILK,13.00\n", "--replace")[0] == 0
    assert [p.sku for p in catalog.tiles(shop.db, catalog.current(shop.db))] == ["MILK"]


def test_a_refused_row_keeps_everything_out_unless_skipped(shop: Shop, importing: Importing) -> None:
    text = "sku,price\nMILK,13.00\nBREAD,abc\n"
    before = catalog.current(shop.db)
    code, said = importing("products", text)
    assert code == 1 and "line 3, price “abc”: this price is not understood. Write it like 12.90." in said
    assert "--skip-refused" in said and catalog.current(shop.db) == before
    assert importing("products", text, "--dry-run")[0] == 1 and catalog.current(shop.db) == before
    code, said = importing("products", text, "--skip-refused")
    milk, bread = found(shop, "MILK"), found(shop, "BREAD")
    assert code == 0 and milk and bread and (milk.price, bread.price) == (1300, 995)


def test_a_dry_run_writes_nothing(shop: Shop, importing: Importing) -> None:
    before = shop.ask("SELECT COUNT(*) FROM journal"), catalog.current(shop.db)
    code, said = importing("products", "sku,price\nMILK,13.00\n", "--dry-run")
    assert code == 0 and "1 of 1 rows" in said
    assert (shop.ask("SELECT COUNT(*) FROM journal"), catalog.current(shop.db)) == before


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        ("N1,6901234567893,奶,,x,pc,1,A", "should be 2"),
        ("N1,,奶,,x,pc,1,Q", "Write one of: A, B, C, Z"),
        ("N1,,奶,,x,斤,1,A", "double the price"),
        ("N1,,奶,,x,pc,,A", "price: this cell can't be empty"),
        ("N1,,,,x,pc,1,A", "write name_zh or name_en"),
        (",,奶,,x,pc,1,A", "write at least one"),
        (f"N1,{MILK},奶,,x,pc,1,A", "product MILK of the shop has this code"),
        ("TBX000000000198,,奶,,x,pc,1,A", "member card"),
        ("N1,,奶" + "奶" * 70 + ",,x,pc,1,A", "at most 60"),
        (f"N1,{BREAD},奶,,x,pc,1,A\nBREAD,,面包,,x,pc,1,A\nBREAD,,面包,,x,pc,1,A", "the same sku as in line 3"),
        ("N1,4006381333931,奶,,x,pc,1,A\nN2,4006381333931,茶,,x,pc,1,A", "the same code as in line 2 (N1)"),
    ],
)
def test_refusals_say_what_to_do(importing: Importing, row: str, hint: str) -> None:
    code, said = importing("products", HEAD + row + "\n")
    assert code == 1 and hint in said and "Nothing was written" in said, said


def test_two_products_may_swap_their_codes_in_one_file(shop: Shop, importing: Importing) -> None:
    code, said = importing("products", f"sku,gtin,price\nMILK,{BREAD},13\nBREAD,{MILK},9\n")
    milk = found(shop, "0" + BREAD)
    assert code == 0 and milk is not None and milk.sku == "MILK", said


def test_five_thousand_products(shop: Shop, importing: Importing) -> None:
    text = HEAD + "".join(f"N{n},,商品 {n},Item {n},food,pc,{n % 90 + 1}.50,A\n" for n in range(5_000))
    code, said = importing("products", text)
    assert code == 0 and "5006" in said, said[-300:]


def test_when_nothing_is_marked_frequent_the_first_screen_has_the_head_of_the_list(
    shop: Shop, importing: Importing
) -> None:
    text = HEAD + "".join(f"N{n},,商品,,food,pc,1.50,A\n" for n in range(40))
    assert importing("products", text, "--replace")[0] == 0
    tiles = catalog.tiles(shop.db, catalog.current(shop.db))
    assert [p.sku for p in tiles if p.frequent] == [f"N{n}" for n in range(24)]


# ---- the file itself


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "f.csv"
    text = delimiter.join(("编码", "名称", "售价*")) + "\r\n" + delimiter.join(("1", "纯牛奶", "3")) + "\r\n"
    path.write_bytes(text.encode(encoding))
    table, found = reader.read(path, product_import.COLUMNS)
    assert found == [(2, {"sku": "1", "name_zh": "纯牛奶", "price": "3"}, "")]
    assert reader.encoding_words(table.encoding) == {"gb18030": "GB18030", "utf-16": "UTF-16"}.get(encoding, "UTF-8")


@pytest.mark.parametrize(
    ("data", "hint"),
    [(b"", "empty"), (b"sku,price\n", "no rows"), (b"PK\x03\x04rest", "save it as .xlsx again"),
     (b"\xff\x00\x80\xff" * 9, "Save it as"),
     (b"sku,sku\n1,2\n", "twice"), (b'sku,price\n"1,2\n', "quotation marks")],
)  # fmt: skip
def test_files_that_are_no_table(tmp_path: Path, data: bytes, hint: str) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    with pytest.raises(ImportRefused, match=hint):
        reader.read(path, product_import.COLUMNS)


def test_a_cell_with_a_line_break_keeps_the_count_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text('sku,name\n1,"two\nlines"\n\n2,x\n')
    assert [row.line for row in reader.read(path, product_import.COLUMNS)[1]] == [2, 5]


def test_unknown_columns_are_named_and_stop_nothing(importing: Importing) -> None:
    code, said = importing("products", "sku,price,membr_price,colour\nMILK,13,12,red\n")
    assert code == 0 and "Did you mean member_price" in said and "colour" in said


# ---- staff


def test_staff_with_badges_and_weak_pins(shop: Shop, importing: Importing) -> None:
    head = "姓名,英文名,职务,PIN,工牌\n"
    code, said = importing(
        "staff", head + "赵雨,Yu Zhao,收银员,660742,1002\n钱,Qian,boss,123456,\n王敏,,店长,314159,\n"
    )
    assert code == 1 and "123456" not in said and "row of digits" in said and "cashier, manager, technician" in said
    assert "of this name is here already" in said
    code, said = importing("staff", head + "赵雨,Yu Zhao,收银员,660742,1002\n")
    assert code == 0 and "Delete the file" in said, said
    zhao = next(person for person in shop.staff.people() if person.name_en == "Yu Zhao")
    assert zhao.role == "cashier" and shop.ask("SELECT badge FROM staff WHERE uid = ?", zhao.uid) == [
        (staff_code(1002),)
    ]
    shop.staff.log_in("1", zhao.uid, "660742", "en")
    assert b"660742" not in shop.bytes_at_rest()


# ---- members


def test_members_with_consents_and_cards(shop: Shop, importing: Importing) -> None:
    text = (
        "name,phone,card,birthday,consents\n林晓雯,+86 138 0000 5021,4200001,1988-11-28,points offers birthday\n"
        "王,,,11-29,\n"
    )
    code, said = importing("members", text)
    assert code == 0 and "no consent at all" in said, said
    lin = members.by_card(shop.db, member_code(4200001))
    assert lin is not None and lin.name == "林晓雯" and lin.points_consent
    assert members.by_phone(shop.box, "13800005021") == lin
    assert shop.ask("SELECT birthday FROM member WHERE id = ?", lin.id) == [("11-28",)], "the year is not kept"
    (wang,) = shop.ask("SELECT id FROM member WHERE name = '王'")
    assert shop.one("SELECT birthday FROM member WHERE id = ?", wang[0]) is None, "nor a day without the consent to it"
    assert b"11-29" not in shop.bytes_at_rest()
    assert not members.has_consent(shop.db, wang[0], "points")
    assert shop.ask("SELECT COUNT(*) FROM member_card WHERE member = ?", wang[0]) == [(1,)]
    assert b"13800005021" not in (shop.config.data / "box.db").read_bytes()


def test_bank_cards_never_reach_the_box_nor_the_terminal(shop: Shop, importing: Importing) -> None:
    code, said = importing("members", "name,card,consents\n林,4111111111111111,points\n")
    assert code == 1 and "4111111111111111" not in said and "bank cards are never stored" in said
    assert b"4111111111111111" not in shop.bytes_at_rest()


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        ("林,123,,,points", "7 to 15 digits"),
        ("林,1.38E+10,,,points", "Make the column text"),
        (f"林,,{CARDS['gold']},,points", "a member has this card"),
        ("林,,TBX000000000999,,points", "TBX code"),
        ("林,,,30-02,points", "month-day"),
        ("林,,,,everything", "points, offers"),
        (",,,,points", "can't be empty"),
        ("林,13800009999,,,points\n王,138-0000-9999,,,points", "the same phone number as in line 2"),
    ],
)
def test_member_refusals_say_what_to_do(importing: Importing, row: str, hint: str) -> None:
    code, said = importing("members", f"name,phone,card,birthday,consents\n{row}\n")
    assert code == 1 and hint in said, said


def test_two_imports_at_once_are_refused(shop: Shop, importing: Importing) -> None:
    from edge.db import exclusive

    with exclusive(shop.config.data / "import.lock"):
        code, said = importing("products", "sku,price\nMILK,13.00\n")
    assert code == 1 and "Another import is under way" in said


@pytest.mark.parametrize("kind", ["products", "prices", "stock", "members"])
def test_each_template_is_understood(importing: Importing, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", kind, "--template"])
    template = capsys.readouterr().out
    assert template.startswith("\ufeff") and len(template.splitlines()) > 2
    _, said = importing(kind, template, "--dry-run")
    assert "3 rows" in said or "2 rows" in said, said
    assert "can't be empty" not in said and "not used" not in said, said


# ---- levels and deposits

BOTTLES = (
    "sku,name_en,category,unit,price,tax_group,flags,low,deposit\n"
    "COLA,Cola in a bottle,drink,pc,5.00,A,,12,GLASS\n"
    "GLASS,Bottle deposit,drink,pc,1.00,Z,deposit,,\n"
    "NUTS,Loose nuts,food,kg,38.00,B,,1.500,\n"
)
_ROWS = "SELECT p.sku, p.low, d.sku FROM product p LEFT JOIN item d ON d.id = p.deposit WHERE p.version = ? ORDER BY 1"


def levels(shop: Shop) -> list[tuple[object, ...]]:
    return [x for x in shop.ask(_ROWS, catalog.current(shop.db).catalog) if x[1] is not None or x[2]]


def test_a_level_and_a_deposit_come_with_the_file_and_stay_when_prices_change(shop: Shop, importing: Importing) -> None:
    code, said = importing("products", BOTTLES)
    assert code == 0, said
    assert levels(shop) == [("COLA", 12_000, "GLASS"), ("NUTS", 1_500, None)]
    assert importing("products", "sku,price\nCOLA,5.50\nMILK,13.00\n")[0] == 0
    assert levels(shop) == [("COLA", 12_000, "GLASS"), ("NUTS", 1_500, None)]
    assert importing("products", "sku,low,deposit\nCOLA,6,\n")[0] == 0
    assert levels(shop) == [("COLA", 6_000, None), ("NUTS", 1_500, None)]


def test_what_is_charged_with_a_deposit_is_sold_with_it(shop: Shop, importing: Importing) -> None:
    assert importing("products", BOTTLES)[0] == 0
    hands = shop.tills["1"]
    hands.log_in()
    view = hands.add("COLA", 2_000)
    assert [(x["name"], x["qty"], x["total"]) for x in view["basket"]["lines"]] == [
        ("Cola in a bottle", 2_000, 1_000), ("Bottle deposit", 2_000, 200),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("COLA,Cola,drink,pc,5.00,A,,,NOSUCH", "deposit “NOSUCH”: no product with this sku has the flag deposit"),
        ("COLA,Cola,drink,pc,5.00,A,,,MILK", "deposit “MILK”"),
        ("COLA,Cola,drink,pc,5.00,A,deposit,,COLA", "deposit “COLA”"),
        ("COLA,Cola,drink,pc,5.00,A,,-1,", "low “-1”: opening stock can't be negative"),
        ("COLA,Cola,drink,pc,5.00,A,,1.5,", "low “1.5”: goods sold by piece"),
        ("COLA,Cola,drink,pc,5.00,A,,many,", "low “many”: write a quantity"),
        ("COLA,Cola,drink,pc,5.00,A,serial lots,,", "flags “serial lots”: there is no such flag"),
    ],
)
def test_a_level_or_deposit_that_cannot_be_is_refused(shop: Shop, importing: Importing, row: str, said: str) -> None:
    before = catalog.current(shop.db)
    code, told = importing("products", BOTTLES.splitlines()[0] + f"\n{row}\n")
    assert code == 1 and said in told, told
    assert catalog.current(shop.db) == before


def test_a_deposit_that_others_are_charged_with_keeps_its_flag(shop: Shop, importing: Importing) -> None:
    assert importing("products", BOTTLES)[0] == 0
    code, told = importing("products", "sku,flags\nGLASS,gift\n")
    assert code == 1 and "other products are charged with this deposit" in told
    assert importing("products", "sku,price\nCOLA,5.50\n", "--replace")[0] == 0
    assert {p.sku for p in catalog.tiles(shop.db, catalog.current(shop.db))} == {"COLA", "GLASS"}, "its deposit stays"
