"""Lots: kept where a code names them; what is past its date is not sold, and what soon will be costs less."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from drivers.base import Scan
from edge import lots
from edge.errors import ShopError
from tests.edge.shop import MILK, Hands, Shop
from tests.edge.stockroom import Counterman, Room

TODAY = date(2026, 11, 22)


def day(ahead: int) -> str:
    """YYYY-MM-DD so many days from today."""
    return (TODAY + timedelta(days=ahead)).isoformat()


def code(lot: str = "", ahead: int | None = None) -> str:
    """Milk's GS1 code with a date (AI 17) and a lot (AI 10)."""
    dated = "" if ahead is None else f"17{day(ahead)[2:].replace('-', '')}"
    return f"01{MILK.zfill(14)}{dated}{f'10{lot}' if lot else ''}"


@pytest.fixture
def room(shop: Shop) -> Room:
    shop.setting("gs1", {"on": True})
    return Room(shop)


@pytest.fixture
def till(room: Room) -> Hands:
    hands = room.shop.tills["1"]
    hands.log_in()
    return hands


def scan(till: Hands, text: str) -> dict[str, Any]:
    till.shop.clock.advance(1)
    till.till.on_scan(Scan("scanner-1", text, till.shop.clock.mono_ns(), "]C1"))
    return till.view()


# ---- what there is


def test_lots_are_listed_first_to_expire_first_and_those_without_a_date_last(room: Room) -> None:
    room.deliver(("MILK", 1, "C", ""), ("MILK", 2, "B", day(40)), ("MILK", 3, "A", day(5)), ("MILK", 4, "", day(20)))
    found = lots.of_product(room.box, room.id("MILK"))
    assert [(x.lot, x.expiry, x.qty, x.left) for x in found] == [
        ("A", day(5), 3_000, 5), ("", day(20), 4_000, 20), ("B", day(40), 2_000, 40), ("C", "", 1_000, None),
    ]  # fmt: skip


def test_a_sale_takes_from_the_lot_that_the_code_names_and_a_return_puts_it_back(room: Room, till: Hands) -> None:
    room.deliver(("MILK", 12, "L7", day(60)), ("MILK", 6, "L8", day(90)))
    scan(till, code("L7", 60))
    scan(till, code("L7", 60))
    scan(till, MILK)
    done = till.pay_cash()["done"]
    assert room.lots("MILK") == {("L7", day(60)): 10, ("L8", day(90)): 6}
    assert room.there("MILK") == 115, "what was sold without a name took from the shelf, from no lot"
    till.scan(f"TBR{done['receipt']}")
    till.do("return/take", line=1, qty=1_000)
    till.do("pay", tenders=[{"kind": "cash", "received": 1_250}])
    assert room.lots("MILK")["L7", day(60)] == 11 and room.there("MILK") == 116
    assert not room.wrong()


def test_a_void_puts_each_lot_back(room: Room, till: Hands) -> None:
    room.deliver(("MILK", 12, "L7", day(60)))
    scan(till, code("L7", 60))
    till.void(till.pay_cash()["done"]["sale"])
    assert room.lots("MILK") == {("L7", day(60)): 12} and not room.wrong()


def test_a_lot_alone_has_the_date_that_its_delivery_gave(room: Room, till: Hands) -> None:
    room.deliver(("MILK", 12, "L7", day(60)))
    scan(till, code("L7"))
    till.pay_cash()
    assert room.lots("MILK") == {("L7", day(60)): 11} and not room.wrong()


def test_of_a_lot_with_two_dates_nothing_is_guessed(room: Room) -> None:
    room.deliver(("MILK", 12, "L7", day(60)), ("MILK", 12, "L7", day(61)))
    assert lots.expiry_of(room.box, room.id("MILK"), "L7") == ""


def test_a_lot_that_was_sold_before_it_was_booked_in_is_below_zero_and_then_right(room: Room, till: Hands) -> None:
    scan(till, code("L7", 60))
    till.pay_cash()
    assert room.lots("MILK") == {("L7", day(60)): -1}
    room.deliver(("MILK", 12, "L7", day(60)))
    assert room.lots("MILK") == {("L7", day(60)): 11} and not room.wrong()


def test_a_lot_is_the_same_however_it_was_typed(room: Room, till: Hands) -> None:
    """The keyboard on the screen has no capitals."""
    room.products(milk={"flags": ("lot",)})
    screen = Counterman(room.shop)
    screen.scan(MILK)
    screen.do("line", line="1", qty=12_000, lot=" l7", expiry=day(30))
    screen.do("book", list=screen.view()["sheet"]["uid"])
    screen.desk.leave()
    till.scan(MILK)
    line = till.do("line/trace", line=1, lot="l7")["basket"]["lines"][0]
    assert (line["lot"], line["expiry"]) == ("L7", day(30))
    till.pay_cash()
    scan(till, code("l7"))
    till.pay_cash()
    assert room.lots("MILK") == {("L7", day(30)): 10}


def test_a_serial_number_is_the_same_however_it_was_typed(room: Room, till: Hands) -> None:
    room.products(milk={"flags": ("serial",)})
    till.scan(MILK)
    till.do("line/trace", line=1, serial="sn-1")
    till.scan(MILK)
    with pytest.raises(ShopError, match="serial_twice"):
        till.do("line/trace", line=2, serial="SN-1")


# ---- past its date


@pytest.mark.fault("F78")
@pytest.mark.parametrize("named", [("L7", -1), ("", -1), ("L7", None)], ids=["both", "date", "lot of a delivery"])
def test_goods_past_their_date_are_refused_at_the_till(room: Room, till: Hands, named: tuple[str, int | None]) -> None:
    room.deliver(("MILK", 12, "L7", day(-1)))
    view = scan(till, code(*named))
    assert view["notice"]["slug"] == "expired_code"
    assert view["basket"]["lines"] == []


def test_the_last_day_is_a_good_day(room: Room, till: Hands) -> None:
    assert scan(till, code("L7", 0))["basket"]["count"] == 1


def test_a_manager_may_let_it_through_and_the_audit_says_so(room: Room, till: Hands) -> None:
    room.deliver(("MILK", 12, "L7", day(-1)))
    view = till.do("expired/sell", code=code("L7", -1))
    assert view["approval"]["action"] == "sale.expired" and view["basket"]["lines"] == []
    view = till.approve()
    assert [(x["lot"], x["expiry"]) for x in view["basket"]["lines"]] == [("L7", day(-1))]
    (noted,) = room.audited("expired_sold")
    assert (noted["sku"], noted["lot"], noted["expiry"]) == ("MILK", "L7", day(-1))
    till.pay_cash()
    assert room.lots("MILK") == {("L7", day(-1)): 11}


def test_a_cashier_cannot_let_it_through_alone(room: Room, till: Hands) -> None:
    till.do("expired/sell", code=code("L7", -1))
    with pytest.raises(ShopError, match="approval_other"):
        till.approve("cashier")
    assert till.view()["basket"]["lines"] == []


def test_while_the_day_is_unknown_nothing_is_refused_and_the_cashier_is_told(
    room: Room, till: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.deliver(("MILK", 12, "L7", day(-1)), ("MILK", 12, "L8", day(1)))
    room.shop.setting("markdowns", [[3, 3_000]])
    monkeypatch.setattr(room.shop.clock, "quality", lambda: "unknown")
    view = scan(till, code("L7", -1))
    assert view["basket"]["count"] == 1 and view["notice"]["slug"] == "day_unknown"
    view = scan(till, code("L8", 1))
    assert "cuts" not in view["basket"]["lines"][1]
    assert lots.dated(room.box, 30) == []


# ---- soon past its date


@pytest.mark.parametrize(
    ("ahead", "asks"), [(8, 1_250), (7, 1_000), (4, 1_000), (3, 625), (0, 625)], ids=["8", "7", "4", "3", "today"]
)
def test_soon_expiring_goods_get_the_nearest_of_the_store_s_rules(
    room: Room, till: Hands, ahead: int, asks: int
) -> None:
    room.shop.setting("markdowns", [[7, 2_000], [3, 5_000]])
    view = scan(till, code("L7", ahead))
    assert view["basket"]["lines"][0]["total"] == asks
    till.pay_cash()
    off = room.shop.ask("SELECT kind, amount, reason FROM line_discount")
    assert off == ([("expiry", 1_250 - asks, "expiry")] if asks < 1_250 else [])


def test_the_list_of_what_expires_soon_is_what_is_still_there_of_it(room: Room, till: Hands) -> None:
    room.deliver(
        ("MILK", 12, "A", day(3)), ("MILK", 5, "B", day(-2)), ("BREAD", 4, "", day(0)), ("WINE", 6, "W", day(400))
    )
    room.write_off(("MILK", 5, "B", day(-2)), reason="expired")
    room.deliver(("GUM", 9, "G", day(-5)), uid="d2")
    soon = [(x.product, x.lot, x.qty, x.left) for x in lots.expiring(room.box, 7)]
    assert soon == [(room.id("BREAD"), "", 4_000, 0), (room.id("MILK"), "A", 12_000, 3)]
    assert [(x.product, x.lot, x.left) for x in lots.expired(room.box)] == [(room.id("GUM"), "G", -5)]


def test_a_lot_is_at_most_what_there_is_of_the_product(room: Room) -> None:
    room.deliver(("LATTE", 12, "A", day(3)))
    room.write_off(("LATTE", 8), reason="broken")
    assert [x.qty for x in lots.expiring(room.box, 7)] == [4_000]


def test_a_lot_of_something_that_is_not_counted_is_kept_nowhere(room: Room, till: Hands) -> None:
    room.products(milk={"flags": ("lot",)})
    till.add("LATTE")
    till.pay_cash()
    assert room.shop.one("SELECT COUNT(*) FROM stock_lot") == 0


def test_a_clock_that_says_another_day_changes_the_answer(room: Room) -> None:
    room.deliver(("MILK", 12, "A", day(3)))
    room.shop.clock.set_wall(room.shop.clock.now_us() + 4 * lots.DAY_US)
    assert lots.expiring(room.box, 7) == [] and [x.left for x in lots.expired(room.box)] == [-1]
