"""Whoever changes the books behind the till's back is found out, and the first thing that was changed is named."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from edge import cli
from edge.base.i18n import LANGS, t
from edge.evidence import Checked, Finding, check
from edge.inventory import By, Entry, deliver
from tests.edge.goods import CARD, COLA, pay_as_planned, quick_pins, take_back, top_up, widen
from tests.edge.shop import BREAD, MILK, WINE, Hands, Shop


@pytest.fixture
def books(shop: Shop, till: Hands) -> Shop:
    """A shop where a bit of everything was done."""
    widen(shop)
    quick_pins(shop)
    till.do("shift/open", float=10_000)
    till.sell([MILK, BREAD], "gold")
    till.add(COLA, 2_000)
    till.do("line/discount", line=1, percent=500, reason="dented")
    till.do("line/note", line=1, note="for the party")
    till.pay_cash()
    top_up(till, 5_000)
    till.attach("gold")
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "stored", "received": 1_150, "reference": CARD}])
    take_back(till, till.view()["done"]["receipt"], n1=None)
    pay_as_planned(till)
    till.void(till.sell([WINE]).uid)
    till.do("cash/in", amount=700, reason="change")
    deliver(shop.box, "d1", [Entry(shop.product("MILK").id, 6_000), Entry(shop.product("GUM").id, 2_000, "L1")],
            By(shop.person("manager")), supplier="Dairy")  # fmt: skip
    till.do("shift/close", counted=20_000)
    training = shop.tills["3"]
    training.log_in()
    training.sell([MILK])
    return shop


def found(shop: Shop) -> list[tuple[str, dict[str, Any]]]:
    return [(x.slug, x.params) for x in check(shop.box)]


def first(shop: Shop) -> tuple[str, dict[str, Any]]:
    return found(shop)[0]


def change(shop: Shop, sql: str, *params: Any) -> None:
    shop.db.execute_sql("PRAGMA foreign_keys = 0")
    assert shop.db.execute_sql(sql, params).rowcount > 0, "nothing was there to change"


def test_books_that_nobody_touched_are_whole(books: Shop) -> None:
    checked = Checked()
    assert list(check(books.box, checked)) == []
    assert checked.events == books.one("SELECT COUNT(*) FROM journal")
    assert checked.rows > 20


def test_a_restored_or_renumbered_box_is_still_proved(books: Shop) -> None:
    """Each epoch has chains of its own."""
    from edge.box import new_epoch

    with books.box.transaction() as db:
        new_epoch(db, books.env, "regressed")
    books.restart()
    books.tills["1"].log_in()
    books.tills["1"].sell([MILK])
    assert found(books) == []
    change(books, "UPDATE sale SET total = total + 1 WHERE id = (SELECT MIN(id) FROM sale WHERE lane = '1')")
    assert first(books)[0] == "sale_changed"


ANOTHER_LINE = (
    "INSERT INTO sale_line SELECT sale, 9, product, sku, code, name, qty, unit, unit_price, discount, total, "
    "tax_group, rate, tax, original_n, category, original FROM sale_line WHERE sale = {2} AND n = 1"
)
ANOTHER_ENTRY = (
    "INSERT INTO ledger SELECT 99999, member, 99999, 10000, 0, 'earn', NULL, rule_version, expires_on, at_us, "
    "NULL, NULL, NULL, NULL FROM ledger WHERE sale = {1}"
)
# 1: milk, bread; 2: cola with a discount; 3: top-up; 4: milk by stored value; 5: its return; 6, 7: voided wine.
TAMPERED = [
    ("UPDATE sale SET total = 1 WHERE id = {2}", "sale_changed", {"field": "total"}),
    ("UPDATE sale SET number = 99 WHERE id = {2}", "sale_changed", {"field": "receipt", "row": "S01-1-1-000099"}),
    ("UPDATE sale SET at_us = at_us + 1000000 WHERE id = {2}", "sale_changed", {"field": "at"}),
    ("UPDATE sale SET staff = 2 WHERE id = {2}", "sale_changed", {"field": "staff"}),
    ("UPDATE sale SET approver = 1, reason = 'x' WHERE id = {7}", "sale_changed", {"field": "approver"}),
    ("UPDATE sale SET mode = 'training' WHERE id = {2}", "sale_changed", {"field": "mode"}),
    ("UPDATE sale SET member = 1 WHERE id = {2}", "sale_changed", {"field": "member"}),
    ("UPDATE sale_line SET qty = 1000 WHERE n = 1 AND sale = {2}", "line_changed", {"n": 1, "field": "qty"}),
    ("UPDATE sale_line SET name = 'Tea' WHERE n = 1 AND sale = {2}", "line_changed", {"field": "name", "row": "Tea"}),
    ("DELETE FROM sale_line WHERE n = 2 AND sale = {2}", "line_gone", {"n": 2}),
    (ANOTHER_LINE, "line_untold", {"n": 9}),
    ("UPDATE line_extra SET note = 'x' WHERE sale = {2}", "line_changed", {"field": "note", "event": "for the party"}),
    ("UPDATE line_discount SET amount = 1 WHERE sale = {2}", "cut_changed", {}),
    ("DELETE FROM line_discount WHERE sale = {2}", "cut_changed", {"row": "-"}),
    ("UPDATE sale_tax SET tax = tax + 1 WHERE sale = {2} AND tax_group = 'A'", "tax_changed", {}),
    ("UPDATE tender SET kind = 'card' WHERE sale = {2}", "tender_changed", {}),
    ("UPDATE tender SET amount = 1, received = 1 WHERE sale = {2}", "tender_changed", {}),
    ("UPDATE sale_line SET original = {1} WHERE sale = {5}", "original_changed", {}),
    ("DELETE FROM sale WHERE id = {2}", "row_gone", {"what": "S01-1-1-000002"}),
    ("UPDATE ledger SET points = points + 5000 WHERE sale = {1}", "entry_changed", {"field": "points"}),
    ("UPDATE ledger SET member = 1 WHERE sale = {1}", "entry_changed", {"field": "member"}),
    ("UPDATE ledger SET sale = {2} WHERE sale = {1}", "entry_changed", {"field": "sale"}),
    ("DELETE FROM ledger WHERE sale = {1}", "entry_gone", {"what": "S01-1-1-000001"}),
    (ANOTHER_ENTRY, "entry_untold", {"n": 99999}),
    ("UPDATE value_ledger SET amount = 999999 WHERE sale = {3}", "value_changed", {"what": "S01-1-1-000003"}),
    ("DELETE FROM value_ledger WHERE sale = {4}", "value_changed", {"row": "-"}),
    ("INSERT INTO value_ledger (card, amount, reason, at_us) VALUES (1, 5000, 'top_up', 0)", "value_untold", {}),
    ("UPDATE stock_move SET qty = 1 WHERE doc = 'd1' AND lot IS NULL", "move_changed", {"what": "MILK", "doc": "d1"}),
    ("UPDATE stock_move SET lot = 'L2' WHERE doc = 'd1' AND lot = 'L1'", "move_changed", {"what": "GUM"}),
    ("DELETE FROM stock_move WHERE doc = 'd1' AND lot = 'L1'", "move_gone", {"what": "GUM"}),
    ("INSERT INTO stock_move (product, qty, reason, at_us, doc) VALUES (1, -3000, 'theft', 0, 'd9')", "move_untold",
     {"doc": "d9"}),
    ("UPDATE stock_move SET qty = qty - 5000 WHERE doc IS NULL AND product = 1", "stock_sum", {"what": "MILK"}),
    ("UPDATE stock SET qty = qty - 5000 WHERE product = 1", "stock_sum", {"what": "MILK"}),
    ("UPDATE z_report SET body = replace(body, '\"counted\":20000', '\"counted\":30000')", "report_changed",
     {"field": "counted"}),
    ("DELETE FROM z_report", "report_gone", {"lane": "1", "n": 1}),
    ("INSERT INTO z_report SELECT lane, 2, 99, at_us, body, 0 FROM z_report", "report_untold", {"n": 2}),
    ("UPDATE shift SET counted = 1 WHERE closed_us IS NOT NULL AND lane = '1'", "count_changed", {"n": 1}),
    ("UPDATE cash_move SET amount = 900 WHERE kind = 'in'", "cash_untold", {"amount": 900}),
    ("DELETE FROM cash_move", "cash_gone", {"amount": 700}),
    ("UPDATE audit SET staff = 2 WHERE action = 'cash_in'", "note_changed", {"what": "cash_in"}),
    ("UPDATE audit SET detail = replace(detail, '700', '70') WHERE action = 'cash_in'", "note_changed", {}),
    ("DELETE FROM audit WHERE action = 'cash_in'", "note_gone", {"what": "cash_in"}),
    ("INSERT INTO audit (seq, epoch, action, at_us, detail) VALUES (1, 'x', 'void', 0, '{{}}')", "note_untold", {}),
]  # fmt: skip


@pytest.mark.fault("F119")
@pytest.mark.parametrize(("sql", "slug", "params"), TAMPERED, ids=[sql[:60] for sql, _, _ in TAMPERED])
def test_a_changed_row_is_named(books: Shop, sql: str, slug: str, params: dict[str, Any]) -> None:
    sales = [None, *(number for (number,) in books.ask("SELECT id FROM sale WHERE lane = '1' ORDER BY number"))]
    change(books, sql.format(*sales))
    told, facts = first(books)
    assert told == slug, facts
    assert {name: facts[name] for name in params} == params
    for lang in LANGS:
        assert t(lang, f"evidence.{slug}", **facts)


@pytest.mark.fault("F119")
@pytest.mark.parametrize(
    ("sql", "slug", "params"),
    [
        ("UPDATE journal SET body = replace(body, '\"qty\":2000', '\"qty\":1') WHERE stream = 'a' AND seq = {seq}",
         "event_changed", {"what": "sale.completed S01-1-1-000002"}),
        ("UPDATE journal SET body = 'nonsense' WHERE stream = 'a' AND seq = {seq}", "event_changed", {"what": "?"}),
        ("DELETE FROM journal WHERE stream = 'a' AND seq = {seq}", "event_missing", {"what": "S01-1-1-000002"}),
        ("DELETE FROM journal WHERE stream = 'a' AND seq >= {seq}", "sale_untold", {"what": "S01-1-1-000002"}),
        ("UPDATE journal SET seq = 9999 WHERE stream = 'a' AND seq = {seq}", "event_missing", {}),
        ("UPDATE journal SET hash = zeroblob(32) WHERE stream = 'a' AND seq = {seq}", "event_changed", {}),
        ("UPDATE journal SET body = replace(body, 'Dairy', 'Dealer') WHERE stream = 'b'", "event_changed",
         {"what": "stock.delivered"}),
    ],
)  # fmt: skip
def test_a_changed_event_is_named(books: Shop, sql: str, slug: str, params: dict[str, Any]) -> None:
    seq = books.one("SELECT seq FROM sale WHERE lane = '1' AND number = 2")
    change(books, sql.format(seq=seq))
    told, facts = first(books)
    assert told == slug, facts
    assert {name: facts[name] for name in params} == params
    for lang in LANGS:
        assert t(lang, f"evidence.{slug}", **facts)


@pytest.mark.fault("F119")
def test_two_events_that_changed_places_are_found(books: Shop) -> None:
    seq = books.one("SELECT seq FROM sale WHERE lane = '1' AND number = 2")
    for was, becomes in ((seq, 99_999), (seq + 1, seq), (99_999, seq + 1)):
        change(books, "UPDATE journal SET seq = ? WHERE stream = 'a' AND seq = ?", becomes, was)
    told, facts = first(books)
    assert (told, facts["seq"]) == ("event_changed", seq)

@pytest.mark.fault("F119")
def test_an_end_that_was_cut_off_is_known_by_headquarters_answer(books: Shop) -> None:
    """A new sale without its event is untold; cut both off and only what headquarters has tells of them."""
    epoch = books.box.source.epoch
    seq, value = books.ask("SELECT seq, hash FROM journal WHERE stream = 'b' ORDER BY seq DESC LIMIT 1")[0]
    books.db.execute_sql("INSERT INTO sync_cursor VALUES ('b', ?, ?, ?, 0, 'hq')", (epoch, seq, value))
    assert found(books) == []
    change(books, "DELETE FROM journal WHERE stream = 'b' AND seq = ?", seq)
    change(books, "DELETE FROM stock_move WHERE doc = 'd1'")
    assert ("head_changed", {"stream": "b", "seq": seq, "epoch": epoch}) in found(books)


def test_what_was_changed_first_comes_first_and_each_thing_once(books: Shop) -> None:
    change(books, "UPDATE sale SET total = 1 WHERE number = 5 AND lane = '1'")
    change(books, "UPDATE sale SET tax = 1 WHERE number = 2 AND lane = '1'")
    told = found(books)
    assert [slug for slug, _ in told] == ["sale_changed", "sale_changed"]
    assert [facts["what"] for _, facts in told] == ["S01-1-1-000002", "S01-1-1-000005"]


def test_the_points_of_a_changed_event_are_not_told_of_twice(books: Shop) -> None:
    seq = books.one("SELECT seq FROM sale WHERE lane = '1' AND number = 1")
    change(books, "UPDATE journal SET body = replace(body, 'gold', 'bronze') WHERE stream = 'a' AND seq = ?", seq)
    assert [slug for slug, _ in found(books)] == ["event_changed"]


# -- the command -------------------------------------------------------------------------------------------------------


def command(shop: Shop, *more: str) -> int:
    shop.close()
    return cli.main(["audit", "verify", "--config", str(shop.config.path), *more])


@pytest.fixture
def configured(books: Shop) -> Shop:
    """The shop with the file that a command reads."""
    books.config.path.write_text(
        '[store]\ntenant = "demo"\nstore = "S01"\nbox = "box-1"\nzone = "Asia/Shanghai"\ncurrency = "CNY"\n'
        f'languages = ["zh-CN", "en"]\n[data]\npath = "{books.folder}"\n'
        '[[lane]]\nid = "1"\n[[lane]]\nid = "3"\nmode = "training"\n'
    )
    return books


@pytest.mark.parametrize(("lang", "word"), [("en", "The books are whole"), ("zh-CN", "账目完整")])
def test_the_command_is_content(configured: Shop, capsys: pytest.CaptureFixture[str], lang: str, word: str) -> None:
    assert command(configured, "--lang", lang) == 0
    assert capsys.readouterr().out.startswith(word)


def test_the_command_names_the_first_and_stops(configured: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    change(configured, "UPDATE sale SET total = 1 WHERE number IN (2, 3) AND lane = '1'")
    assert command(configured, "--lang", "en") == 1
    out = capsys.readouterr().out
    assert "Receipt S01-1-1-000002 was changed: total is 1, was" in out
    assert "S01-1-1-000003" not in out and "--all" in out


def test_the_command_names_all_if_asked(configured: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    change(configured, "UPDATE sale SET total = 1 WHERE number IN (2, 3) AND lane = '1'")
    assert command(configured, "--lang", "en", "--all") == 1
    out = capsys.readouterr().out
    assert "S01-1-1-000002" in out and "S01-1-1-000003" in out and "2 places were changed" in out


def test_what_can_not_be_checked_is_not_called_changed(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(shop) == 2  # no configuration there
    assert "tillbox audit verify:" in capsys.readouterr().err


def test_its_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["audit", "verify", "--help"])
    out = " ".join(capsys.readouterr().out.split())
    assert "exit code: 0" in out and "--all" in out


def test_a_finding_has_words(books: Shop) -> None:
    """Each slug that the code knows stands in both languages (the params are filled by the tests above)."""
    assert Finding("event_changed").params == {}
    change(books, "DELETE FROM journal WHERE stream = 'a' AND seq BETWEEN 3 AND 5")
    slug, facts = first(books)
    assert (slug, facts["first"], facts["last"]) == ("events_missing", 3, 5)
    assert "3" in t("en", "evidence.events_missing", **facts)
    assert orjson.dumps(facts)
