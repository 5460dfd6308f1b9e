"""What runs low, what is below zero and since when, what moved, and the documents behind it."""

from __future__ import annotations

import pytest

from edge import catalog, stock_lists
from edge.lots import DAY_US
from tests.edge.shop import BREAD, CATEGORIES, MILK, PRODUCTS, Hands
from tests.edge.stockroom import Room


@pytest.fixture
def till(room: Room) -> Hands:
    hands = room.shop.tills["1"]
    hands.log_in()
    return hands


# ---- what runs low


def test_what_is_below_its_level_is_listed_and_what_reaches_it_is_not(room: Room) -> None:
    room.products(milk={"low": 101_000}, wine={"low": 100_000}, bread={"low": None})
    assert [(x.product, x.qty, x.low) for x in stock_lists.low(room.box)] == [(room.id("MILK"), 100_000, 101_000)]


def test_what_runs_out_first_stands_first_and_what_nobody_buys_last(room: Room, till: Hands) -> None:
    room.products(milk={"low": 200_000}, wine={"low": 200_000}, bread={"low": 200_000}, gum={"low": 200_000})
    till.sell([MILK] * 4)
    till.sell([BREAD] * 50)
    listed = stock_lists.low(room.box)
    assert [x.product for x in listed] == [room.id(sku) for sku in ("BREAD", "MILK", "WINE", "GUM")]
    assert [(x.a_day, x.days) for x in listed][2:] == [(0, None), (0, None)]
    assert (listed[0].a_day, listed[0].days) == (25_000, 2), "50 in the two days that the shop is open, and 50 left"
    assert listed[1].days == 48


def test_a_day_s_sales_are_over_the_days_that_the_shop_has_been_open(room: Room, till: Hands) -> None:
    room.products(milk={"low": 200_000})
    till.sell([MILK] * 10)
    first = stock_lists.low(room.box)[0].a_day
    room.shop.clock.set_wall(room.shop.clock.now_us() + 8 * DAY_US)
    assert stock_lists.low(room.box)[0].a_day < first
    room.shop.clock.set_wall(room.shop.clock.now_us() + 40 * DAY_US)
    assert stock_lists.low(room.box)[0].a_day == 0, "what was sold long ago says nothing of today"


def test_goods_that_came_back_were_not_sold(room: Room, till: Hands) -> None:
    room.products(milk={"low": 200_000})
    receipt = till.sell([MILK] * 5).receipt
    till.scan(f"TBR{receipt}")
    till.do("return/take", line=1, qty=5_000)
    till.do("pay", tenders=[{"kind": "cash", "received": 6_250}])
    assert (stock_lists.low(room.box)[0].a_day, stock_lists.low(room.box)[0].days) == (0, None)


def test_below_zero_is_low_and_lasts_no_day(room: Room, till: Hands) -> None:
    room.products(milk={"low": 5_000})
    room.write_off(("MILK", 103))
    till.sell([MILK])
    (found,) = stock_lists.low(room.box)
    assert (found.qty, found.days) == (-4_000, 0)


def test_what_is_not_counted_and_what_is_sold_no_more_runs_never_low(room: Room) -> None:
    room.products(latte={"low": 5_000}, milk={"low": 200_000})
    assert [x.product for x in stock_lists.low(room.box)] == [room.id("MILK")]
    catalog.load(room.box, CATEGORIES, [p for p in PRODUCTS if p.sku != "MILK"])
    assert stock_lists.low(room.box) == []


# ---- what is below zero


def test_what_is_below_zero_is_named_since_the_move_that_brought_it_there(room: Room, till: Hands) -> None:
    room.write_off(("MILK", 98))
    till.sell([MILK] * 2)
    assert stock_lists.negatives(room.box) == []
    room.shop.clock.advance(200)
    till.sell([MILK])
    at = room.shop.one("SELECT MAX(at_us) FROM sale")
    room.shop.clock.advance(200)
    till.sell([MILK] * 3)
    (found,) = stock_lists.negatives(room.box)
    assert (found.product, found.qty, found.since_us) == (room.id("MILK"), -4_000, at)


def test_the_sale_itself_is_never_held_up_by_what_the_books_say(room: Room, till: Hands) -> None:
    room.write_off(("MILK", 100))
    assert till.sell([MILK]).total == 1_250
    assert room.there("MILK") == -1


def test_a_delivery_booked_late_takes_it_off_the_list(room: Room, till: Hands) -> None:
    room.write_off(("MILK", 100))
    till.sell([MILK])
    room.deliver(("MILK", 24))
    assert stock_lists.negatives(room.box) == [] and room.there("MILK") == 23


def test_the_longest_below_zero_stands_first(room: Room, till: Hands) -> None:
    room.write_off(("MILK", 100), ("BREAD", 100))
    till.sell([BREAD])
    room.shop.clock.advance(60)
    till.sell([MILK])
    assert [x.product for x in stock_lists.negatives(room.box)] == [room.id("BREAD"), room.id("MILK")]


# ---- one product's moves, and the documents


def test_the_last_moves_of_a_product_are_sales_and_documents_newest_first(room: Room, till: Hands) -> None:
    room.deliver(("MILK", 12, "L7", "2027-01-31"))
    till.sell([MILK] * 2)
    sale = till.view()["last_sale"]["uid"]
    room.write_off(("MILK", 1), ("WINE", 1))
    till.void(sale)
    found = stock_lists.moves(room.box, room.id("MILK"))
    assert [(x.reason, x.qty) for x in found][:4] == [
        ("void", 2_000), ("write_off", -1_000), ("sale", -2_000), ("delivery", 12_000),
    ]  # fmt: skip
    assert (found[3].doc, found[3].lot, found[3].expiry) == ("d1", "L7", "2027-01-31")
    assert len(stock_lists.moves(room.box, room.id("MILK"), 2)) == 2


def test_documents_are_listed_newest_first_with_who_and_their_lines(room: Room) -> None:
    room.deliver(("MILK", 12), ("WINE", 6), supplier="Dairy Ltd")
    room.shop.clock.advance(60)
    room.write_off(("MILK", 1), reason="expired")
    found = stock_lists.documents(room.box, "en")
    assert [(d["uid"], d["kind"], d["by"], d["lines"], d["supplier"], d["reason"]) for d in found] == [
        ("w1", "write_off", "Min Wang", 1, "", "expired"), ("d1", "delivery", "Min Wang", 2, "Dairy Ltd", ""),
    ]  # fmt: skip
    assert stock_lists.documents(room.box, "zh-CN")[0]["by"] == "王敏"
    assert [d["uid"] for d in stock_lists.documents(room.box, "en", kind="delivery")] == ["d1"]
    assert [d["uid"] for d in stock_lists.documents(room.box, "en", before_us=found[0]["at_us"])] == ["d1"]
    assert [(x["product"], x["qty"]) for x in stock_lists.lines_of(room.box, "d1")] == [
        (room.id("MILK"), 12_000), (room.id("WINE"), 6_000),
    ]  # fmt: skip
