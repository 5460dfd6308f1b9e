"""An import that takes long: killed and carried on, given up, disturbed by another load; nothing is taken twice."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge import catalog, catalog_index, catalog_prune
from edge.base.sqlite import rows
from edge.box import Box
from edge.errors import ShopError
from edge.importer import filling, jobs, members, work
from edge.importer.stage import Stage
from edge.importer.work import Work
from tests.edge.importer.tables import workbook
from tests.edge.shop import CATEGORIES, PRODUCTS, Shop

HEAD = "sku,gtin,name_zh,category,unit,price,member_price,tax_group,stock,codes\n"
FILE = HEAD + "".join(f"N{n},,商品 {n},新类 {n % 3},pc,{n + 1}.50,{n + 1},A,{n},\n" for n in range(23))
FILE += "MILK,,纯牛奶,drink,pc,13.00,,A,7,4006381333931\n"
PEOPLE = "name,phone,card,consents\n" + "".join(f"会员{n},1390000{n:04d},,points\n" for n in range(11)) + "无号,,,\n"


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "ROWS", 4)
    monkeypatch.setattr(filling, "CHUNK", 5)
    monkeypatch.setattr(members, "CHUNK", 3)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "goods.csv"
    path.write_text(FILE)
    return path


def through(box: Box, uid: str, steps: int = 10_000) -> int:
    """So many steps, or to the end; returns how many there were."""
    with Work(box, uid) as going:
        for n in range(steps):
            if not going.step():
                return n + 1
    return steps


def whole(box: Box) -> dict[str, list[Any]]:
    """All that an import of products may touch, without ids and instants."""
    now = catalog.current(box.db)
    sku = "SELECT i.sku, {} FROM {} x JOIN item i ON i.id = x.{} {} ORDER BY 1, 2, 3"
    return {
        "product": rows(box.db, sku.format("x.name_zh, x.category, x.unit, x.initials, x.frequent, x.search", "product",
                                           "id", f"WHERE version = {now.catalog}")),
        "code": rows(box.db, sku.format("x.code, 1", "product_code", "product", f"WHERE version = {now.catalog}")),
        "price": rows(box.db, sku.format("x.list, x.amount", "price", "product", f"WHERE version = {now.price}")),
        "category": rows(box.db, f"SELECT id FROM category WHERE version = {now.catalog} ORDER BY position"),
        "stock": rows(box.db, sku.format("x.qty, 1", "stock", "product", "")),
        "moves": rows(box.db, sku.format("x.qty, x.reason", "stock_move", "product", "")),
    }  # fmt: skip


def test_an_import_killed_after_any_step_goes_on_and_takes_nothing_twice(
    new_shop: Callable[[], Shop], file: Path
) -> None:
    one = new_shop()
    steps = through(one.box, work.start(one.box, "products", file, then=work.ALL))
    expected = whole(one.box)
    assert len(expected["product"]) == 23 + 6 and ("N5", 5_000, 1) in expected["stock"] and steps > 20
    other = new_shop()
    uid, killed = work.start(other.box, "products", file, then=work.ALL), 0
    while jobs.status(other.box, uid).state in work.OPEN or jobs.status(other.box, uid).state == "interrupted":
        through(other.box, uid, 1)
        other.restart()
        killed += 1
    assert killed >= steps and whole(other.box) == expected
    assert len(rows(other.db, "SELECT 1 FROM audit WHERE action = 'catalog_imported'")) == 1


def test_a_kill_within_a_chunk_undoes_the_chunk_and_its_mark(
    shop: Shop, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = work.start(shop.box, "products", file, then=work.ALL)
    keep, calls = Work._keep, [0]

    class Killed(BaseException):
        pass

    def killing(self: Work, db: Any, at: Any, done: int, total: int) -> None:
        keep(self, db, at, done, total)
        calls[0] += 1
        if calls[0] % 2:
            raise Killed

    monkeypatch.setattr(Work, "_keep", killing)
    for _ in range(200):
        try:
            through(shop.box, uid)
            break
        except Killed:
            shop.restart()
    assert jobs.status(shop.box, uid).state == "done" and calls[0] > 20
    assert [x for x in whole(shop.box)["stock"] if x[0] == "N7"] == [("N7", 7_000, 1)]
    assert [x for x in whole(shop.box)["moves"] if x[0] == "N7"] == [("N7", 7_000, "opening")]


@pytest.mark.parametrize("at", ["step = 'check' AND done > 0", "step <> 'check' AND done > 0"], ids=["check", "load"])
def test_a_command_that_is_killed_goes_on_when_it_is_given_again(shop: Shop, tmp_path: Path, at: str) -> None:
    path = tmp_path / "many.csv"
    path.write_text(HEAD + "".join(f"N{n},,商品 {n},新,pc,1.50,,A,1,\n" for n in range(6_000)))
    shop.config.path.write_text(
        f'[store]\ntenant="demo"\nstore="S01"\nbox="box-1"\n[data]\npath="{shop.config.data}"\n[[lane]]\nid="1"\n'
    )
    command = [sys.executable, "-c", "import sys; from edge.cli import main; sys.exit(main())", "import", "products",
               str(path), "--lang", "en", "--config", str(shop.config.path)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 20
        while not rows(shop.db, f"SELECT 1 FROM job WHERE {at}") and time.monotonic() < deadline:  # noqa: S608
            time.sleep(0.005)
        assert process.poll() is None, "it was through before it could be killed"
        process.kill()
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "6000 products" in done.stdout, done.stdout
    assert shop.ask("SELECT COUNT(*), SUM(qty) FROM stock_move WHERE reason = 'opening'") == [(6_000, 6_000_000)]
    states = shop.ask("SELECT state FROM job")
    assert states == [("done",)], "the second command carried the first import on"


def test_members_are_enrolled_once_however_often_it_is_killed(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    had = shop.ask("SELECT COUNT(*) FROM member")[0][0]
    uid = work.start(shop.box, "members", path, then=work.ALL)
    for _ in range(20):
        through(shop.box, uid, 1)
        shop.restart()
    assert jobs.status(shop.box, uid).state == "done"
    assert shop.ask("SELECT COUNT(*) FROM member") == [(had + 12,)]
    assert shop.ask("SELECT COUNT(*), COUNT(DISTINCT code) FROM member_card") == [(had + 12, had + 12)]
    assert b"13900000005" not in b"".join(p.read_bytes() for p in work.folder(shop.box).iterdir()), "no number stays"


def test_a_dry_run_waits_for_a_yes_and_then_writes_the_good_rows(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "goods.xlsx"
    workbook(path, [("编码", "售价"), ("MILK", 13), ("BREAD", "abc"), ("NOSUCH", 3)])
    before = catalog.current(shop.db)
    uid = work.start(shop.box, "prices", path, who=shop.staff.people()[-1])
    through(shop.box, uid)
    found = jobs.status(shop.box, uid)
    assert (found.state, found.rows, found.good, found.refused) == ("checked", 3, 1, 2)
    assert found.encoding == "XLSX" and catalog.current(shop.db) == before
    assert list(jobs.refused_table(shop.box, uid, "en")) == [
        ["line", "column", "value", "why"],
        ["3", "售价", "abc", "this price is not understood. Write it like 12.90."],
        ["4", "编码", "NOSUCH", "the shop has no such product. Check the number, or import the product first."],
    ]
    work.go_on(shop.box, uid)
    through(shop.box, uid)
    milk = catalog.find(shop.box, catalog.current(shop.db), ("MILK",))
    assert milk is not None and (milk.price, milk.member_price) == (1_300, 1_150)
    after = catalog.current(shop.db)
    assert (after.catalog, after.price) == (before.catalog, before.price + 1), "new prices need no new catalogue"
    assert len(list(jobs.refused_table(shop.box, uid, "zh-CN"))) == 3, "they can still be asked for"
    ((staff, detail),) = shop.ask("SELECT staff, detail FROM audit WHERE action = 'catalog_imported'")
    assert staff == shop.staff.people()[-1].id and '"good":1' in detail
    with pytest.raises(ShopError, match="import_gone"):
        work.go_on(shop.box, uid)


def test_opening_stock_is_for_products_that_are_not_counted_yet(shop: Shop, tmp_path: Path) -> None:
    catalog.load(shop.box, CATEGORIES, (*PRODUCTS, catalog.ProductRow("NEW", "新", "New", "food", "pc", "A", 100)))
    path = tmp_path / "stock.csv"
    path.write_text("sku,stock\nMILK,5\nNEW,9\nNEW2,1\n")
    uid = work.start(shop.box, "stock", path, then=work.GOOD)
    through(shop.box, uid)
    counts = dict(shop.ask("SELECT i.sku, s.qty FROM stock s JOIN item i ON i.id = s.product"))
    assert (counts["MILK"], counts["NEW"]) == (100_000, 9_000)
    assert [remark.slug for _, remark in jobs.refusals(shop.box, uid)] == ["unknown_product"]
    assert [remark.slug for _, remark in jobs.refusals(shop.box, uid, notes=True)] == ["note_counted"]


@pytest.mark.parametrize("steps", [1, 4, 9, 12, 16])
def test_cancel_leaves_the_shop_as_it_was(shop: Shop, file: Path, steps: int) -> None:
    before, now = whole(shop.box), catalog.current(shop.db)
    uid = work.start(shop.box, "products", file, then=work.ALL)
    through(shop.box, uid, steps)
    assert jobs.status(shop.box, uid).state == "interrupted"
    work.cancel(shop.box, uid)
    assert jobs.status(shop.box, uid).state == "cancelled"
    assert whole(shop.box) == before and catalog.current(shop.db) == now
    for table in ("product", "product_code", "category"):
        assert shop.ask(f"SELECT MAX(version) FROM {table}") == [(now.catalog,)]
    through(shop.box, work.start(shop.box, "products", file, then=work.ALL))
    assert catalog.current(shop.db) != now


def test_one_import_at_a_time(shop: Shop, file: Path) -> None:
    uid = work.start(shop.box, "products", file)
    with pytest.raises(ShopError, match="import_open"):
        work.start(shop.box, "products", file)
    with Work(shop.box, uid) as going:
        going.step()
        assert jobs.status(shop.box, uid).state == "running"
        with pytest.raises(ShopError, match="import_busy"), Work(shop.box, uid):
            pass
        work.cancel(shop.box, uid)
        while going.step():
            pass
    assert jobs.status(shop.box, uid).state == "cancelled"


@pytest.mark.parametrize("steps", [3, 8, 11, 14])
def test_a_catalogue_that_changes_meanwhile_is_checked_against_anew(shop: Shop, file: Path, steps: int) -> None:
    uid = work.start(shop.box, "products", file, then=work.ALL)
    through(shop.box, uid, steps)
    dear = [p if p.sku != "BREAD" else catalog.ProductRow("BREAD", "新面包", "New bread", "food", "pc", "C", 1_999)
            for p in PRODUCTS]  # fmt: skip
    catalog.load(shop.box, CATEGORIES, dear)
    through(shop.box, uid)
    assert jobs.status(shop.box, uid).state == "done"
    found = {x[0]: x[1] for x in whole(shop.box)["product"]}
    assert found["BREAD"] == "新面包" and found["N3"] == "商品 3" and len(found) == 29


def test_half_written_rows_that_another_load_took_away_are_written_again(shop: Shop, file: Path) -> None:
    uid = work.start(shop.box, "products", file, then=work.ALL)
    through(shop.box, uid, 11)
    assert shop.ask("SELECT COUNT(*) FROM filling") == [(1,)]
    now = catalog.current(shop.db)
    catalog_prune.drop(shop.box, now.catalog + 1, now.price + 1)
    through(shop.box, uid)
    assert len(whole(shop.box)["product"]) == 29 and jobs.status(shop.box, uid).state == "done"


def test_a_file_that_was_changed_meanwhile_is_refused(shop: Shop, file: Path) -> None:
    uid = work.start(shop.box, "products", file, then=work.ALL)
    through(shop.box, uid, 2)
    file.write_text(FILE + "X,,新,food,pc,1,,A,,\n")
    through(shop.box, uid)
    found = jobs.status(shop.box, uid)
    assert found.state == "failed" and found.error is not None and found.error.slug == "file_changed"


def test_an_upload_goes_with_its_import_and_a_persons_file_stays(shop: Shop, file: Path) -> None:
    through(shop.box, work.start(shop.box, "products", file, then=work.ALL))
    assert file.exists()
    through(shop.box, work.start(shop.box, "products", file, then=work.ALL, own=True))
    assert not file.exists()


def test_old_stages_are_swept(shop: Shop, file: Path) -> None:
    for _ in range(work.KEPT + 3):
        through(shop.box, work.start(shop.box, "products", file, then=work.ALL))
    work.start(shop.box, "products", file)
    assert len(list(work.folder(shop.box).glob("*.stage"))) <= work.KEPT


def test_two_codes_that_change_hands_need_both_rows(shop: Shop, tmp_path: Path) -> None:
    """MILK would take BREAD's code, which BREAD gives up in a row that is refused: so both keep theirs."""
    path = tmp_path / "swap.csv"
    path.write_text("sku,gtin,price\nMILK,6901010101098,13\nBREAD,6901234567892,abc\n")
    uid = work.start(shop.box, "products", path, then=work.GOOD)
    through(shop.box, uid)
    assert [(r.line, r.slug) for _, r in jobs.refusals(shop.box, uid)] == [(2, "code_taken"), (3, "price")]


def test_a_stage_that_lost_its_newest_rows_reads_them_again(shop: Shop, file: Path) -> None:
    """A power cut during the check: the stage is older than the mark on the screen."""
    uid = work.start(shop.box, "products", file, then=work.ALL)
    through(shop.box, uid, 2)
    stage = work.folder(shop.box) / f"{uid}.stage"
    kept = stage.read_bytes()
    through(shop.box, uid, 1)
    Stage(stage).drop()
    stage.write_bytes(kept)
    through(shop.box, uid)
    assert jobs.status(shop.box, uid).state == "done" and len(whole(shop.box)["product"]) == 29


def test_single_changes_on_top_of_a_load_are_kept_and_end_in_the_next_version(shop: Shop, file: Path) -> None:
    now = catalog.current(shop.db)
    (bread,), (wine,) = shop.ask("SELECT id FROM item WHERE sku IN ('BREAD', 'WINE') ORDER BY sku")
    changes = [(bread, "base", 1, 1_099), (bread, "member", 1, 999), (wine, "base", 1, 9_000), (wine, "base", 2, 9_500)]
    with shop.box.transaction() as db:
        for n in (1, 2):
            db.execute_sql("INSERT INTO price_base VALUES (?, ?)", (now.price + n, now.price))
        for product, name, n, amount in changes:
            values = (product, name, now.price + n, amount, 0, None)
            db.execute_sql("INSERT INTO price_change VALUES (?, ?, ?, ?, ?, ?)", values)
        catalog.flip(shop.box, catalog.Versions(now.catalog, now.price + 2), "")
    through(shop.box, work.start(shop.box, "products", file, then=work.ALL))
    found = {x[:2]: x[2] for x in whole(shop.box)["price"]}
    assert (found["BREAD", "base"], found["BREAD", "member"], found["WINE", "base"]) == (1_099, 999, 9_500)
    assert found["GUM", "base"] == 333 and catalog.current(shop.db).price == now.price + 3


def test_what_root_imports_the_till_can_still_read(shop: Shop, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A technician runs the command with sudo; stage and index lie in folders of their own."""
    given: list[str] = []
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("os.chown", lambda path, uid, gid: given.append(Path(path).name))
    monkeypatch.setattr("os.fchown", lambda *_: None)
    monkeypatch.setattr(catalog_index, "FROM", 5)
    uid = work.start(shop.box, "products", file, then=work.ALL)
    through(shop.box, uid)
    assert {"import", f"{uid}.stage", "search"} <= set(given) and any(name.endswith(".part") for name in given)
