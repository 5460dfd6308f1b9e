"""X and Z: sums over the shift's documents, numbered, once, and on from where the last one ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edge import reports
from edge.errors import ShopError
from edge.shifts import current
from tests.edge.goods import pay_as_planned, take_back
from tests.edge.shop import BREAD, MILK, WINE, Hands, Shop


def x(shop: Shop, lane: str = "1", mode: str = "live") -> dict[str, Any]:
    shift = current(shop.box, lane)
    assert shift is not None
    return reports.of_shift(shop.box, shift, mode)


def close(till: Hands, counted: int = 0) -> dict[str, Any]:
    return dict(till.do("shift/close", counted=counted)["closed"])


def test_a_fresh_shift_is_all_zero(shop: Shop, till: Hands) -> None:
    till.do("shift/open", float=500)
    found = x(shop)
    assert (found["sales"], found["gross"], found["net"], found["expected"]) == (0, 0, 0, 500)
    assert (found["tenders"], found["taxes"], found["categories"], found["discounts"]) == ({}, [], [], {})
    assert (found["first"], found["last"]) == (None, None)


def test_an_exchange_counts_on_both_sides(shop: Shop, till: Hands) -> None:
    receipt = till.sell([WINE]).receipt
    take_back(till, receipt, n1=None)
    till.scan(MILK)
    pay_as_planned(till)
    found = x(shop)
    assert (found["sales"], found["returns"], found["voids"]) == (2, 0, 0)
    assert (found["gross"], found["refunds"], found["net"]) == (8_800 + 1_250, 8_800, 1_250)
    assert found["tenders"] == {"cash": 1_250}


def test_a_void_is_neither_sold_nor_given_back(shop: Shop, till: Hands) -> None:
    till.void(till.sell([MILK]).uid)
    found = x(shop)
    assert (found["gross"], found["refunds"], found["voided"], found["net"]) == (1_250, 0, 1_250, 0)
    assert found["taxes"] == [{"group": "A", "rate": 1_300, "gross": 0, "tax": 0}]


def test_member_prices_and_cuts_by_hand_are_told_apart(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    till.scan(MILK)
    till.add("BREAD")
    till.do("line/discount", line=2, amount=50, reason="r")
    till.pay_cash()
    assert x(shop)["discounts"] == {"line": 50, "member": 100}


def test_the_first_and_the_last_receipt_are_those_of_the_shift(shop: Shop, till: Hands, other_till: Hands) -> None:
    numbers = [till.sell([BREAD]).receipt for _ in range(3)]
    other_till.sell([BREAD])
    found = x(shop)
    assert (found["first"], found["last"]) == (numbers[0], numbers[2])


def test_practice_counts_for_nothing_in_live_figures(shop: Shop, training_till: Hands) -> None:
    training_till.sell([MILK])
    assert x(shop, "3")["gross"] == 0
    assert x(shop, "3", "training")["gross"] == 1_250


def test_the_perpetual_total_goes_on_and_never_down(shop: Shop, till: Hands) -> None:
    receipt = till.sell([MILK]).receipt
    close(till)
    till.void(till.sell([WINE]).uid)
    close(till)
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    close(till)
    found = [reports.z_report(shop.box, "1", n)[0] for n in (1, 2, 3)]
    assert [z["z"] for z in found] == [1, 2, 3]
    assert [z["perpetual"] for z in found] == [1_250, 1_250 + 8_800, 1_250 + 8_800]


def test_each_lane_has_numbers_of_its_own(till: Hands, other_till: Hands) -> None:
    for hands in (till, other_till):
        hands.sell([MILK])
        assert close(hands)["z"] == 1


def test_a_shift_closes_once(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    close(till)
    with pytest.raises(ShopError, match="shift_is_closed"):
        till.do("shift/close", counted=0)
    assert shop.one("SELECT COUNT(*) FROM z_report") == 1


@pytest.mark.fault("F90")
def test_a_double_tap_closes_one_shift_and_answers_the_second(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    views = [till.do("shift/close", counted=0, id="tap") for _ in range(2)]
    assert views[0]["closed"]["z"] == views[1]["closed"]["z"] == 1
    assert shop.one("SELECT COUNT(*) FROM z_report") == 1


def test_the_head_of_the_chain_is_that_before_the_report(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    close(till)
    head = reports.z_report(shop.box, "1", 1)[0]["head"]
    (seq,) = [n for (n,) in shop.ask("SELECT seq FROM journal WHERE body LIKE '%\"shift.closed\"%'")]
    found = shop.ask("SELECT seq, hex(hash) FROM journal WHERE stream = 'a' AND seq = ?", seq - 1)
    assert [(head["seq"], head["hash"].upper())] == found
    assert head["epoch"] == shop.box.source.epoch


def test_what_is_stored_is_what_the_event_says(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    close(till, 1_000)
    stored, copies = reports.z_report(shop.box, "1", 1)
    (event,) = [json.loads(body) for (body,) in shop.ask("SELECT body FROM journal WHERE body LIKE '%shift.closed%'")]
    assert event["data"] == stored and copies == 0


@pytest.mark.parametrize(("lane", "number"), [("1", 1), ("1", 0), ("1", -1), ("9", 1)])
def test_a_report_that_was_never_made_is_unknown(shop: Shop, lane: str, number: int) -> None:
    with pytest.raises(ShopError, match="report_unknown"):
        reports.z_report(shop.box, lane, number)


def test_without_a_printer_nothing_is_queued(shop: Shop, other_till: Hands) -> None:
    other_till.sell([MILK])
    close(other_till)
    assert shop.ask("SELECT 1 FROM print_job WHERE kind = 'report'") == []
    with pytest.raises(ShopError, match="no_printer"):
        reports.reprint_z(shop.box, "2", 1, None, "u")
