"""The lists that deliveries and write-offs are made from: kept over a power cut, booked once, undone for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from edge import inventory, stock_sheets
from edge.errors import ShopError
from edge.till_lines import UNDO_NS
from tests.edge.shop import BREAD, MILK, WINE, Shop
from tests.edge.stockroom import Counterman, Room


def test_a_delivery_is_scanned_counted_by_number_and_booked(room: Room, screen: Counterman) -> None:
    screen.scan(MILK)
    screen.do("line", line="1", qty=24_000, lot="L7", expiry="2027-01-31", cost=900)
    screen.scan(WINE)
    view = screen.do("head", supplier="Dairy Ltd")
    assert (view["sheet"]["count"], view["sheet"]["pieces"]) == (2, 25_000)
    view = screen.do("book", list=view["sheet"]["uid"])
    assert view["notice"]["slug"] == "booked_delivery" and view["scan"]["sound"] == "done"
    assert view["sheet"]["lines"] == [] and view["sheet"]["suppliers"] == ["Dairy Ltd"]
    assert (room.there("MILK"), room.there("WINE")) == (124, 101)
    assert room.lots("MILK") == {("L7", "2027-01-31"): 24}
    assert room.events()[0]["data"]["supplier"] == "Dairy Ltd" and not room.wrong()


def test_a_second_tap_on_book_books_nothing_else(room: Room, screen: Counterman) -> None:
    uid = screen.scan(MILK)["sheet"]["uid"]
    screen.do("book", list=uid)
    screen.scan(WINE)
    screen.do("book", list=uid)
    assert screen.lines() == {"WINE": 1} and room.there("WINE") == 100


def test_the_same_command_again_is_only_answered(screen: Counterman) -> None:
    screen.scan(MILK)
    for _ in range(2):
        screen.do("put", product=screen.shop.product("MILK").id, id="once")
    assert screen.lines() == {"MILK": 2}


def test_a_write_off_needs_its_reason(room: Room, screen: Counterman) -> None:
    screen.do("tab", tab="write_off")
    uid = screen.scan(MILK)["sheet"]["uid"]
    with pytest.raises(ShopError, match="reason_missing"):
        screen.do("book", list=uid)
    screen.do("head", reason="expired")
    screen.do("book", list=uid)
    assert room.there("MILK") == 99 and room.audited("stock_written_off")[0]["reason"] == "expired"


def test_each_lane_and_each_kind_has_a_list_of_its_own(screen: Counterman) -> None:
    other = Counterman(screen.shop, lane="2")
    screen.scan(MILK)
    screen.do("tab", tab="write_off")
    screen.scan(WINE)
    assert other.lines() == {} and screen.lines() == {"WINE": 1}
    screen.do("tab", tab="delivery")
    assert screen.lines() == {"MILK": 1}


@pytest.mark.fault("F01")
def test_a_list_outlives_a_restart(screen: Counterman) -> None:
    screen.scan(MILK)
    screen.do("line", line="1", qty=12_000)
    screen.do("head", supplier="Dairy Ltd")
    screen.shop.restart()
    again = Counterman(screen.shop)
    assert again.lines() == {"MILK": 12} and again.view()["sheet"]["supplier"] == "Dairy Ltd"


@pytest.mark.fault("F01")
def test_a_list_that_was_booked_just_before_the_power_went_is_gone(
    new_shop: Callable[[], Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Counterman(new_shop())
    uid = screen.scan(MILK)["sheet"]["uid"]
    monkeypatch.setattr(stock_sheets, "_drop", lambda box, uid: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        screen.do("book", list=uid)
    monkeypatch.undo()
    screen.shop.restart()
    again = Counterman(screen.shop)
    assert again.lines() == {} and Room(again.shop).there("MILK") == 101


@pytest.mark.fault("F01")
def test_a_list_that_is_half_booked_is_booked_to_the_end_and_not_changed_before(
    new_shop: Callable[[], Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inventory, "CHUNK", 1)
    screen = Counterman(new_shop())
    for code in (MILK, WINE, BREAD):
        uid = screen.scan(code)["sheet"]["uid"]
    real = inventory._book_chunk

    def power_cut(box: Any, paper: Any, by: Any, goods: Any, done: int) -> list[int]:
        if done == 1:
            raise SystemExit
        return real(box, paper, by, goods, done)

    monkeypatch.setattr(inventory, "_book_chunk", power_cut)
    with pytest.raises(SystemExit):
        screen.do("book", list=uid)
    monkeypatch.setattr(inventory, "_book_chunk", real)
    screen.shop.restart()
    again = Counterman(screen.shop)
    assert again.view()["sheet"]["booking"]
    for command, args in (("line", {"line": "1", "qty": 5_000}), ("remove", {"line": "1"}), ("clear", {})):
        with pytest.raises(ShopError, match="stock_booking"):
            again.do(command, **args)
    assert again.scan(MILK)["notice"]["slug"] == "stock_booking"
    again.do("book", list=uid)
    room = Room(again.shop)
    assert [room.there(sku) for sku in ("MILK", "WINE", "BREAD")] == [101, 101, 101] and not room.wrong()


@pytest.mark.fault("F102")
@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"qty": 0}, "stock_qty"),
        ({"qty": -1_000}, "stock_qty"),
        ({"qty": 1_000_000_000}, "stock_qty"),
        ({"qty": 1_500}, "whole_pieces"),
        ({"qty": True}, "bad_request"),
        ({"qty": "12"}, "bad_request"),
        ({"lot": "x" * 41}, "bad_request"),
        ({"expiry": "2027-02-30"}, "stock_date"),
        ({"expiry": "20270131"}, "stock_date"),
        ({"cost": -1}, "amount_out_of_bounds"),
    ],
)
def test_what_cannot_be_is_refused_while_it_is_typed(screen: Counterman, change: dict[str, Any], slug: str) -> None:
    screen.scan(MILK)
    with pytest.raises(ShopError, match=slug):
        screen.do("line", line="1", **change)
    assert screen.lines() == {"MILK": 1}


def test_a_line_that_is_gone_is_gone(screen: Counterman) -> None:
    screen.scan(MILK)
    for key in ("7", "", "1x"):
        with pytest.raises(ShopError, match="line_gone"):
            screen.do("remove", line=key)


def test_long_lists_are_shown_in_pages(screen: Counterman) -> None:
    screen.shop.setting("gs1", {"on": True})
    for n in range(60):
        stock_sheets.put(screen.shop.box, "1", "delivery", screen.shop.product("MILK"), 1_000, f"L{n}")
    assert (len(screen.view()["sheet"]["lines"]), screen.view()["sheet"]["count"]) == (50, 60)
    assert len(screen.do("more")["sheet"]["lines"]) == 60


# ---- taking back


def test_what_was_removed_cleared_or_changed_comes_back_for_eight_seconds(screen: Counterman) -> None:
    screen.scan(MILK)
    screen.scan(WINE)
    assert screen.view()["undo"] is None
    assert screen.do("remove", line="1")["undo"] == {"what": "removed", "left_ms": 8_000}
    screen.do("undo")
    assert screen.lines() == {"WINE": 1, "MILK": 1}
    screen.do("line", line="1", qty=9_000)
    screen.do("undo")
    assert screen.lines()["MILK"] == 1
    screen.do("head", supplier="Dairy Ltd")
    screen.do("clear")
    view = screen.do("undo")
    assert screen.lines() == {"WINE": 1, "MILK": 1} and view["undo"] is None
    assert view["sheet"]["supplier"] == "Dairy Ltd"
    screen.do("clear")
    screen.shop.clock.advance(UNDO_NS / 1e9)
    with pytest.raises(ShopError, match="nothing_to_undo"):
        screen.do("undo")


def test_what_was_booked_is_not_taken_back(screen: Counterman) -> None:
    screen.scan(MILK)
    uid = screen.do("line", line="1", qty=9_000)["sheet"]["uid"]
    screen.do("book", list=uid)
    with pytest.raises(ShopError, match="nothing_to_undo"):
        screen.do("undo")
