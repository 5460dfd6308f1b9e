"""X and Z reports on paper: everything a tax office and a tired manager look for, the same at each printing."""

from __future__ import annotations

from contextlib import suppress

import pytest

from drivers import escpos_reader
from edge import drawers, reports
from edge.base.document import Document
from edge.errors import ShopError
from edge.report_paper import compose
from edge.shifts import current
from tests.edge.goods import CARD, pay_as_planned, quick_pins, take_back, top_up, widen
from tests.edge.shop import BREAD, MILK, WINE, Hands, Shop
from tests.edge.test_receipts import said

COUNTS = {"10000": 1, "1000": 2}


def a_busy_shift(shop: Shop, till: Hands) -> None:
    """One of everything a report tells of."""
    widen(shop)
    quick_pins(shop)
    till.do("shift/open", float=20_000)
    till.sell([MILK, BREAD], "gold")
    till.scan(WINE)
    till.do("age", ok=True)
    till.do("line/discount", line=1, percent=500, reason="scratched")
    till.do("pay", tenders=[{"kind": "card", "received": 8_360}])
    top_up(till, 5_000)
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "stored", "received": 1_250, "reference": CARD}])
    take_back(till, till.view()["done"]["receipt"], n1=None)
    pay_as_planned(till)
    till.void(till.sell([BREAD]).uid)
    till.do("cash/in", amount=1_000, reason="change")
    till.do("cash/out", amount=300, reason="stamps")
    if till.view()["approval"]:
        till.approve()
    till.do("drawer/open", reason="stuck")
    if till.view()["approval"]:
        till.approve()


def close(till: Hands) -> None:
    till.do("shift/close", counts=COUNTS)


def lines(document: Document) -> list[str]:
    return said(document).splitlines()


def test_a_z_report_says_it_all(shop: Shop, till: Hands) -> None:
    a_busy_shift(shop, till)
    close(till)
    body, _ = reports.z_report(shop.box, "1", 1)
    assert lines(compose(shop.box, "z:1:1", "en")) == [
        "Corner shop",
        "Z REPORT 1",
        "Till 1 | 2026-11-22",
        "Opened | 2026-11-22 14:00",
        "Closed | 2026-11-22 14:00",
        "Closed by | Xiao Chen",
        "First receipt | S01-1-1-000001",
        "Last receipt | S01-1-1-000007",
        "Sales | 5",
        "Returns | 1",
        "Voids | 1",
        "Sold | ¥177.50",
        "Given back | \u2212¥12.50",
        "Voided | \u2212¥9.95",
        "Net | ¥155.05",
        "Cash rounding | \u2212¥0.05",
        "By kind of payment",
        "Card | ¥83.60",
        "Cash | ¥71.40",
        "Stored value | ¥0.00",
        "VAT included",
        "A 13% of 95.10 | ¥10.94",
        "C 6% of 9.95 | ¥0.56",
        "By category",
        "Drinks | ¥95.10",
        "Put on stored value cards | ¥50.00",
        "Food | ¥9.95",
        "Taken off",
        "Discounts on lines | \u2212¥4.40",
        "Member prices | \u2212¥1.00",
        "Drawer",
        "Float | ¥200.00",
        "Cash from receipts | ¥71.40",
        "Paid in | ¥10.00",
        "Paid out | \u2212¥3.00",
        "Opened without a sale | 1",
        "Expected | ¥278.40",
        "Counted | ¥120.00",
        "Difference | \u2212¥158.40",
        "  100.00 × 1",
        "  10.00 × 2",
        "Sold since the beginning | ¥177.50",
        f"Audit chain {shop.box.source.epoch}, event {body['head']['seq']}",
        body["head"]["hash"],
    ]


def test_an_x_report_has_no_number_no_count_and_no_chain(shop: Shop, till: Hands) -> None:
    a_busy_shift(shop, till)
    shift = current(shop.box, "1")
    assert shift is not None
    found = lines(compose(shop.box, f"x:{shift.id}", "en"))
    assert found[1] == "X REPORT" and "As of | 2026-11-22 14:00" in found
    assert "Expected | ¥278.40" in found
    assert not any(line.startswith(("Counted", "Sold since", "Audit chain", "Closed")) for line in found)


def test_in_chinese_no_english_word_is_left(shop: Shop, till: Hands) -> None:
    a_busy_shift(shop, till)
    close(till)
    found = lines(compose(shop.box, "z:1:1", "zh-CN"))
    assert found[:2] == ["街角小店", "Z 报表 1"]
    assert "结班人 | 陈晓" in found and "饮料 | ¥95.10" in found and "储值充值 | ¥50.00" in found
    words = [line.split(" | ")[0] for line in found[:-2]]
    assert not [word for word in words if any("a" <= letter <= "z" for letter in word)]


def test_a_z_report_is_the_same_whenever_it_is_printed(shop: Shop, till: Hands) -> None:
    a_busy_shift(shop, till)
    close(till)
    before = compose(shop.box, "z:1:1", "en")
    till.sell([WINE, BREAD])
    shop.prices(milk=9_999)
    assert compose(shop.box, "z:1:1", "en") == before


def test_a_shift_without_a_sale_closes_with_a_short_paper(shop: Shop, till: Hands) -> None:
    till.do("shift/open", float=500)
    till.do("shift/close", counted=500)
    found = lines(compose(shop.box, "z:1:1", "en"))
    assert "Net | ¥0.00" in found and "Difference | ¥0.00" in found
    assert not any(line.startswith(("First", "VAT", "By", "Taken off")) for line in found)


def test_practice_says_so(shop: Shop, training_till: Hands) -> None:
    training_till.sell([MILK])
    shift = current(shop.box, "3")
    assert shift is not None
    assert "TRAINING · not a valid receipt" in lines(compose(shop.box, f"x:{shift.id}", "en"))


@pytest.mark.parametrize("ref", ["z:1:1", "z:1:x", "z:", "x:99", "x:", "y", ""])
def test_what_is_no_report(shop: Shop, ref: str) -> None:
    with pytest.raises(ShopError, match="report_unknown"):
        compose(shop.box, ref, "en")


# -- through the printer -----------------------------------------------------------------------------------------------


def papers(shop: Shop) -> list[str]:
    """What came out, as text, one paper each."""
    spooler = shop.spooler()
    while spooler.print_next():
        pass
    assert shop.printer is not None
    return [escpos_reader.text(paper.data) for paper in shop.printer.papers()]


def test_closing_prints_the_z_report_once_in_the_language_of_whoever_closed(shop: Shop) -> None:
    till = shop.tills["1"]
    till.log_in(lang="zh-CN")
    till.do("shift/open", float=500)
    till.do("shift/close", counted=500, id="twice")
    till.do("shift/close", counted=500, id="twice")
    found = papers(shop)
    assert len(found) == 1 and "Z 报表 1" in found[0] and "COPY" not in found[0]


def test_a_lane_that_was_turned_to_practice_still_tells_what_its_shift_sold(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    shift = current(shop.box, "1")
    assert shift is not None
    shop.turn("1", "training")
    shop.tills["1"].sell([BREAD])
    paper = said(compose(shop.box, f"x:{shift.id}", "en"))
    assert "¥12.50" in paper and "¥9.95" not in paper and "training" not in paper.lower()
    assert shop.tills["1"].do("shift/report")["report"]["net"] == 1_250
    assert drawers.lanes(shop.box, shop.staff, "en")[0]["shift"]["expected"] == 1_250
    assert shop.tills["1"].do("shift/close", counted=1_250)["closed"]["difference"] == 0


def test_a_shift_that_practised_is_no_sale_once_its_lane_sells(shop: Shop, training_till: Hands) -> None:
    training_till.sell([BREAD])
    shop.turn("3", "live")
    shop.tills["3"].sell([MILK])
    assert shop.tills["3"].do("shift/close", counted=1_250)["closed"]["difference"] == 0


def test_an_x_report_is_printed_when_it_is_wanted_on_paper(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    papers(shop)
    till.do("shift/report")
    assert len(papers(shop)) == 1
    till.do("shift/report", print=True)
    assert "X REPORT" in papers(shop)[-1]


@pytest.mark.fault("F03")
def test_a_z_report_again_is_a_numbered_copy(shop: Shop, till: Hands) -> None:
    till.do("shift/open", float=500)
    till.do("shift/close", counted=500)
    original = papers(shop)[-1]
    for n, uid in ((1, "again-1"), (1, "again-1"), (2, "again-2")):
        assert reports.reprint_z(shop.box, "1", 1, "printer-1", uid, "en") == n
    found = papers(shop)
    assert len(found) == 3
    assert found[1].splitlines()[0].strip() == "COPY 1" and found[2].splitlines()[0].strip() == "COPY 2"
    assert found[1].splitlines()[2:] == original.splitlines()
    assert shop.one("SELECT COUNT(*) FROM journal WHERE body LIKE '%\"report.reprinted\"%'") == 2


@pytest.mark.fault("F03")
@pytest.mark.parametrize(("printed", "then"), [(True, 0), (False, 1)])
def test_a_report_whose_paper_is_uncertain_is_asked_about(
    shop: Shop, till: Hands, printed: bool, then: int
) -> None:
    till.do("shift/open", float=500)
    till.do("shift/close", counted=500)
    shop.db.execute_sql("UPDATE print_job SET state = 'sending' WHERE kind = 'report'")
    shop.spooler().recover()
    job = shop.one("SELECT id FROM print_job WHERE kind = 'report'")
    till.do("print/resolve", job=job, printed=printed)
    found = papers(shop)
    assert len(found) == then and all("COPY 1" in paper for paper in found)


def test_an_uncertain_x_report_is_made_anew(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    papers(shop)
    till.do("shift/report", print=True)
    shop.db.execute_sql("UPDATE print_job SET state = 'uncertain' WHERE kind = 'report'")
    till.do("print/resolve", job=shop.one("SELECT id FROM print_job WHERE kind = 'report'"), printed=False)
    assert "X REPORT" in papers(shop)[-1]


HOSTILE = ["\x1bp\x00\x19\x19", "\x1dV\x00", "\x10\x14\x01\x00\x01", "a\nb\rc", "\u202eevil", "<b>x</b>", "=1+1"]


@pytest.mark.fault("F117")
@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_word_on_any_paper_opens_the_drawer_or_cuts(shop: Shop, till: Hands, hostile: str) -> None:
    """Names of goods, shelves and people, notes, reasons, references: all reach paper as text and nothing else."""
    widen(shop)
    shop.db.execute_sql("UPDATE product SET name_en = ? WHERE sku = 'MILK'", (hostile,))
    shop.db.execute_sql("UPDATE category SET name_en = ?", (hostile,))
    shop.db.execute_sql("UPDATE staff SET name_en = ?", (hostile,))
    till.log_in()
    till.do("shift/open", float=0)
    papers(shop)
    assert shop.printer is not None
    kicks = shop.printer.kicks
    till.scan(MILK)
    for command, args in (("line/note", {"note": hostile}), ("line/discount", {"percent": 100, "reason": hostile})):
        with suppress(ShopError):
            till.do(command, line=1, **args)
    card = {"kind": "card", "received": till.view()["basket"]["total"]}
    try:
        till.do("pay", tenders=[{**card, "reference": hostile}])
    except ShopError:
        till.do("pay", tenders=[card])
    till.void(till.view()["done"]["sale"], reason="".join(x for x in hostile if x.isprintable()) or "x")
    till.do("shift/report", print=True)
    till.do("shift/close", counted=0)
    before = len(shop.printer.papers())
    found = papers(shop)[before:]
    assert len(found) == 4 and shop.printer.kicks == kicks
    assert not any(ord(letter) < 32 and letter != "\n" for paper in found for letter in paper)


def test_a_shelf_or_a_cut_that_has_no_words_still_has_its_line(shop: Shop, till: Hands) -> None:
    """A category that is gone from the catalogue keeps its id on the report; a new kind of cut is a discount."""
    a_busy_shift(shop, till)
    shop.db.execute_sql("DELETE FROM category")
    shop.db.execute_sql("UPDATE line_discount SET kind = 'new'")
    close(till)
    found = lines(compose(shop.box, "z:1:1", "en"))
    assert any(line.startswith("drink | ") for line in found)
    assert any(line.startswith("Discounts on lines | ") for line in found)
