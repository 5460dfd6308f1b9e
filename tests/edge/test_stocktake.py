"""Counting the shelves: sales go on, several people count, and only what differs is booked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from edge import inventory, stocktake
from edge.errors import ShopError
from edge.inventory import By
from edge.stocktake import SUM, Count, Found
from tests.edge.shop import MILK, Hands, Shop
from tests.edge.stockroom import Room


@pytest.fixture
def till(room: Room) -> Hands:
    hands = room.shop.tills["2"]
    hands.log_in()
    return hands


class Counter:
    """Somebody who counts."""

    def __init__(self, room: Room, role: str = "manager", scope: str = "") -> None:
        self.room, self.by = room, By(room.shop.person(role), "1", "live")
        self.count = stocktake.current(room.box, "live") or stocktake.start(room.box, self.by, scope)

    def scan(self, sku: str = "MILK", pieces: float = 1, lot: str = "", expiry: str = "") -> None:
        """One more, as by the scanner."""
        self.type(sku, pieces, lot, expiry, more=True)

    def type(self, sku: str, pieces: float, lot: str = "", expiry: str = "", more: bool = False) -> None:
        qty = round(pieces * 1000)
        stocktake.tally(self.room.box, self.count, self.by, self.room.id(sku), qty, lot, expiry, more=more)

    def review(self, **choices: str | int) -> dict[str, Found]:
        """What would come of it, by SKU."""
        names = {self.room.id(sku): sku for sku in ("MILK", "WINE", "BREAD", "GUM", "APPLES", "LATTE", "HAMPER")}
        chosen = {self.room.id(sku.upper()): who for sku, who in choices.items()}
        return {names[x.product]: x for x in stocktake.review(self.room.box, self.count, chosen).found}

    def drop(self) -> None:
        stocktake.drop(self.room.box, self.count, self.by)

    def book(self, **choices: str | int) -> stocktake.Review:
        chosen = {self.room.id(sku.upper()): who for sku, who in choices.items()}
        return stocktake.book(self.room.box, self.count, self.by, chosen)


@pytest.fixture
def counter(room: Room) -> Counter:
    return Counter(room)


def test_what_was_counted_differently_is_booked_and_what_agrees_is_not(room: Room, counter: Counter) -> None:
    counter.type("MILK", 97)
    counter.type("WINE", 100)
    counter.type("BREAD", 104)
    result = counter.book()
    assert [(x.product, x.difference) for x in result.differing] == [
        (room.id("MILK"), -3_000), (room.id("BREAD"), 4_000),
    ]  # fmt: skip
    assert (room.there("MILK"), room.there("WINE"), room.there("BREAD")) == (97, 100, 104)
    (event,) = room.events()
    assert event["type"] == "stock.counted" and event["data"]["products"] == 3
    assert event["data"]["lines"] == [
        {"n": 1, "sku": "MILK", "qty": -3_000, "counted": 97_000, "book": 100_000},
        {"n": 2, "sku": "BREAD", "qty": 4_000, "counted": 104_000, "book": 100_000},
    ]
    (audit,) = room.audited("stock_counted")
    assert (audit["staff"], audit["lines"], audit["value"]) == (counter.by.person.id, 2, -3 * 1_250 + 4 * 995)
    assert not room.wrong()


def test_every_scan_is_one_more_and_a_typed_number_stands_for_itself(room: Room, counter: Counter) -> None:
    for _ in range(3):
        counter.scan("MILK")
    assert counter.review()["MILK"].counted == 3_000
    counter.type("MILK", 20)
    counter.scan("MILK", -1)
    assert counter.review()["MILK"].counted == 19_000


def test_sales_before_between_and_after_change_nothing_of_the_difference(
    room: Room, counter: Counter, till: Hands
) -> None:
    till.sell([MILK])
    counter.type("MILK", 98)  # 99 on the books: one is missing
    till.sell([MILK] * 5)
    room.deliver(("MILK", 24))
    counter.book()
    assert room.there("MILK") == 99 - 1 - 5 + 24
    assert not room.wrong()


def test_what_is_sold_while_it_is_counted_is_marked_for_a_second_look(
    room: Room, counter: Counter, till: Hands
) -> None:
    counter.scan("MILK", 60)
    till.sell([MILK])
    counter.scan("MILK", 39)
    counter.type("WINE", 100)
    found = counter.review()
    assert found["MILK"].moved and not found["WINE"].moved
    assert found["MILK"].difference == 0


def test_a_count_of_everything_lists_what_nobody_counted(room: Room) -> None:
    counter = Counter(room, scope="*")
    counter.type("MILK", 100)
    missing = {product for product, _ in stocktake.review(room.box, counter.count).missing}
    assert missing == {room.id(sku) for sku in ("WINE", "BREAD", "GUM", "APPLES", "HAMPER")}
    counter.book()
    assert room.there("WINE") == 100, "not counted is not gone"


def test_a_count_of_one_category_misses_only_what_is_of_it(room: Room) -> None:
    counter = Counter(room, scope="drink")
    counter.type("MILK", 100)
    counter.type("BREAD", 99)  # found among the drinks: counted all the same
    assert stocktake.review(room.box, counter.count).missing == ((room.id("WINE"), 100_000),)
    counter.book()
    assert room.there("BREAD") == 99


def test_a_count_of_a_category_that_is_none_is_refused(room: Room) -> None:
    with pytest.raises(ShopError, match="category_unknown"):
        Counter(room, scope="shoes")


def test_there_is_one_count_at_a_time_and_training_has_its_own(room: Room, counter: Counter) -> None:
    with pytest.raises(ShopError, match="count_open"):
        stocktake.start(room.box, counter.by)
    practice = stocktake.start(room.box, By(counter.by.person, "3", "training"))
    stocktake.tally(room.box, practice, counter.by, room.id("MILK"), 5_000)
    stocktake.tally(room.box, practice, counter.by, room.id("LATTE"), 5_000)
    stocktake.book(room.box, practice, By(counter.by.person, "3", "training"))
    assert room.there("MILK") == 100 and room.there("LATTE") is None
    assert room.events()[-1]["mode"] == "training"


# ---- two people


@pytest.fixture
def second(counter: Counter) -> Counter:
    return Counter(counter.room, "cashier")


def test_two_who_found_the_same_difference_count_once(
    room: Room, counter: Counter, second: Counter, till: Hands
) -> None:
    counter.type("MILK", 98)
    till.sell([MILK] * 3)
    second.type("MILK", 95)
    found = counter.review()["MILK"]
    assert len(found.people) == 2 and found.difference == -2_000
    result = counter.book()
    assert [x.product for x in result.twice] == [room.id("MILK")]
    assert room.there("MILK") == 95 and not room.wrong()


def test_two_who_disagree_are_left_alone_until_somebody_says_who_is_right(
    room: Room, counter: Counter, second: Counter
) -> None:
    counter.type("MILK", 98)
    second.type("MILK", 40)
    counter.type("WINE", 99)
    assert counter.review()["MILK"].difference is None
    assert counter.review(milk=second.by.person.id)["MILK"].difference == -60_000
    assert counter.review(milk=SUM)["MILK"].difference == 38_000
    assert counter.review(milk=12345)["MILK"].difference is None, "nobody of that number counted"
    counter.book()
    assert (room.there("MILK"), room.there("WINE")) == (100, 99), "what they agree on is booked"


@pytest.mark.parametrize(("who", "there"), [("counter", 98), ("second", 40), ("both", 138)])
def test_whoever_is_right_is_booked(
    room: Room, counter: Counter, second: Counter, who: str, there: float
) -> None:
    counter.type("MILK", 98)
    second.type("MILK", 40)
    right = {"counter": counter.by.person.id, "second": second.by.person.id, "both": SUM}[who]
    counter.book(milk=right)
    assert room.there("MILK") == there and not room.wrong()


# ---- lots


def test_a_lot_that_was_counted_is_put_right_and_the_rest_has_no_name(room: Room, counter: Counter) -> None:
    room.deliver(("MILK", 10, "L7", "2027-01-31"), ("MILK", 5, "L8", "2027-03-31"))
    counter.type("MILK", 8, "L7", "2027-01-31")
    counter.type("MILK", 104)
    counter.book()
    assert room.there("MILK") == 112
    assert room.lots("MILK") == {("L7", "2027-01-31"): 8, ("L8", "2027-03-31"): 5}
    assert [(x["qty"], x.get("lot")) for x in room.events("stock.counted")[0]["data"]["lines"]] == [
        (-2_000, "L7"), (-1_000, None),
    ]  # fmt: skip
    assert not room.wrong()


def test_two_parts_of_a_lot_are_one(room: Room, counter: Counter, second: Counter) -> None:
    room.deliver(("MILK", 10, "L7", "2027-01-31"))
    counter.type("MILK", 4, "L7", "2027-01-31")
    second.type("MILK", 5, "L7", "2027-01-31")
    second.type("MILK", 100)
    counter.book(milk=SUM)
    assert room.lots("MILK") == {("L7", "2027-01-31"): 9} and room.there("MILK") == 109
    assert not room.wrong()


# ---- what was not counted before, and ends


def test_what_was_never_counted_begins_with_the_count_and_loses_no_sale(
    room: Room, counter: Counter, till: Hands
) -> None:
    counter.type("LATTE", 10)
    till.sell(["LATTE", "LATTE"])
    assert counter.review()["LATTE"].begun
    counter.book()
    assert room.there("LATTE") == 8 and not room.wrong()


def test_a_count_that_is_dropped_leaves_the_books_as_they_were(room: Room, counter: Counter, till: Hands) -> None:
    counter.type("MILK", 50)
    counter.type("LATTE", 10)
    till.sell(["LATTE"])
    counter.drop()
    assert room.there("MILK") == 100 and room.there("LATTE") is None
    assert room.audited("stock_count_dropped")[0]["products"] == 2
    assert not room.wrong() and stocktake.current(room.box, "live") is None
    for late in (counter.scan, counter.drop):
        with pytest.raises(ShopError, match="count_gone"):
            late()
    with pytest.raises(ShopError, match="count_gone"):
        counter.book()


def test_a_lot_sold_of_what_is_counted_no_more_after_all_is_forgotten_with_it(
    room: Room, counter: Counter, till: Hands
) -> None:
    room.shop.setting("gs1", {"on": True})
    room.products(latte={"gtin": "4006381333931"})
    counter.type("LATTE", 10)
    till.scan("010400638133393117270131")
    till.pay_cash()
    assert room.lots("LATTE") == {("", "2027-01-31"): -1}
    counter.drop()
    assert room.lots("LATTE") == {} and not room.wrong()


def test_booking_again_says_what_was_found_and_books_nothing(room: Room, counter: Counter) -> None:
    counter.type("MILK", 97)
    first = counter.book()
    again = counter.book()
    assert again.found == first.found
    assert room.there("MILK") == 97 and len(room.events()) == 1


def test_a_tally_after_the_end_is_refused(room: Room, counter: Counter) -> None:
    counter.type("MILK", 97)
    counter.book()
    with pytest.raises(ShopError, match="count_gone"):
        counter.scan("MILK")


def test_a_tally_that_was_a_mistake_is_as_if_it_never_was(room: Room, counter: Counter) -> None:
    counter.type("MILK", 1)
    stocktake.forget(room.box, counter.count, counter.by.person.id, room.id("MILK"))
    assert counter.review() == {}
    counter.book()
    assert room.there("MILK") == 100
    assert room.events()[0]["data"]["lines"] == [], "that somebody looked is told all the same"


@pytest.mark.fault("F01")
def test_a_crash_while_a_count_is_booked_is_made_good_by_booking_again(
    new_shop: Callable[[], Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(Room(new_shop()))
    counter.type("MILK", 97)
    real = inventory.book

    def power_cut(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        raise SystemExit

    monkeypatch.setattr(inventory, "book", power_cut)
    with pytest.raises(SystemExit):
        counter.book()
    monkeypatch.setattr(inventory, "book", real)
    counter.room.shop.restart()
    again = Counter(Room(counter.room.shop))
    assert again.count.uid == counter.count.uid and again.count.state == "booking"
    with pytest.raises(ShopError, match="count_gone"):
        again.type("WINE", 1)
    again.book()
    assert again.room.there("MILK") == 97 and not again.room.wrong()
    assert len(again.room.events()) == 1


# ---- what people type


@pytest.mark.fault("F102")
@pytest.mark.parametrize(
    ("sku", "pieces", "more", "slug"),
    [
        ("MILK", -1, False, "stock_qty"),
        ("MILK", -1, True, "stock_qty"),
        ("MILK", 100_001, False, "stock_qty"),
        ("MILK", 1.5, False, "whole_pieces"),
    ],
)
def test_a_number_that_cannot_be_is_refused(
    room: Room, counter: Counter, sku: str, pieces: float, more: bool, slug: str
) -> None:
    with pytest.raises(ShopError, match=slug):
        counter.type(sku, pieces, more=more)
    assert counter.review() == {}


@pytest.mark.fault("F102")
def test_a_tally_goes_neither_below_zero_nor_beyond_all_bounds(room: Room, counter: Counter) -> None:
    counter.type("MILK", 2)
    for pieces in (-3, 100_000):
        with pytest.raises(ShopError, match="stock_qty"):
            counter.scan("MILK", pieces)
    counter.scan("MILK", -2)
    assert counter.review()["MILK"].counted == 0, "counted, and found none"


@pytest.mark.fault("F77")
@pytest.mark.parametrize(("lot", "expiry", "slug"), [("x" * 41, "", "bad_request"), ("", "2027-13-01", "stock_date")])
def test_words_that_cannot_be_are_refused(
    room: Room, counter: Counter, lot: str, expiry: str, slug: str
) -> None:
    with pytest.raises(ShopError, match=slug):
        counter.type("MILK", 1, lot, expiry)
    with pytest.raises(ShopError, match="product_gone"):
        stocktake.tally(room.box, counter.count, counter.by, 999_999, 1_000)


def test_weighed_goods_are_counted_in_grams(room: Room, counter: Counter) -> None:
    counter.scan("APPLES", 40.25)
    counter.scan("APPLES", 58.5)
    counter.book()
    assert room.there("APPLES") == 98.75


def test_a_count_that_does_not_exist_is_gone(room: Room, counter: Counter) -> None:
    ghost = Count("nosuch", "live", "", 1, 0, "open")
    with pytest.raises(ShopError, match="count_gone"):
        stocktake.tally(room.box, ghost, counter.by, room.id("MILK"), 1_000)
