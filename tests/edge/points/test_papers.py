"""What receipts, reports, exports and the shop's books say of points that paid."""

from __future__ import annotations

import pytest

from edge.export_rows import TABLES
from edge.report_paper import compose as report_paper
from edge.reports import of_shift
from edge.shifts import current
from tests.edge.goods import pay_as_planned, take_back
from tests.edge.points.purse import give, honest, open_for_points, pay, rules
from tests.edge.shop import MILK, WINE, Hands, Shop
from tests.edge.test_receipts import paper, said


@pytest.fixture(autouse=True)
def wide(shop: Shop) -> Shop:
    return open_for_points(shop)


def test_a_receipt_says_what_points_paid_and_what_is_left(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    till.scan(WINE)
    done = pay(till, 2_000, "card")["done"]
    text = said(paper(shop, done["sale"]))
    for line in ("Paid with points | ¥20.00", "Points used | 2,000", "Points on this receipt | +102",
                 "Points balance | 1,102"):  # fmt: skip
        assert line in text.splitlines()
    take_back(till, done["receipt"], n1=None)
    text = said(paper(shop, pay_as_planned(till)["done"]["sale"]))
    for line in ("Returned as points | ¥20.00", "Points given back | 2,000", "Points on this receipt | \u2212102",
                 "Points balance | 3,000"):  # fmt: skip
        assert line in text.splitlines()


def test_a_receipt_without_points_says_nothing_of_them(shop: Shop, till: Hands) -> None:
    assert "Points used" not in said(paper(shop, till.sell([MILK], "gold").uid))


def test_a_report_counts_points_as_money_that_is_not_in_the_drawer(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    till.scan(WINE)
    pay(till, 2_000, "cash")
    shift = current(shop.box, "1")
    assert shift is not None
    report = of_shift(shop.box, shift, "live")
    assert report["tenders"] == {"cash": 6_800, "points": 2_000}
    assert (report["net"], report["expected"]) == (8_800, 6_800)
    assert "Points | ¥20.00" in said(report_paper(shop.box, f"x:{shift.id}", "en")).splitlines()


def test_every_entry_leaves_the_box_as_it_is(shop: Shop, till: Hands) -> None:
    rules(shop, wait_days=14)
    give(shop, 100, available_on="2027-01-01")
    till.attach("gold")
    till.scan(WINE)
    pay(till, 500, "card")
    table = TABLES["points"]
    lines = [dict(zip(table.columns, line, strict=True)) for line in table.read(shop.box)]
    assert [(x["reason"], x["points"], x["available_on"]) for x in lines[-3:]] == [
        ("adjust", 100, "2027-01-01"), ("earn", 124, "2026-12-06"), ("redeem", -500, None),
    ]  # fmt: skip
    honest(shop)
