"""Deliveries, write-offs and corrections: booked once, told in one event, and the stock is the sum of its moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from edge import catalog, inventory, journal
from edge.errors import ShopError
from edge.inventory import MAX_LINES, By, Entry
from tests.edge.shop import CATEGORIES, MILK, PRODUCTS, Hands, Shop
from tests.edge.stockroom import Room


def test_a_delivery_adds_to_the_shelf_and_is_told_with_supplier_lot_date_and_cost(room: Room) -> None:
    done = room.deliver(("MILK", 12, "L7", "2027-01-31", 900), ("APPLES", 8.5), supplier="Dairy Ltd", note="two broken")
    assert (done.lines, done.again, done.started) == (2, False, ())
    assert (room.there("MILK"), room.there("APPLES")) == (112, 108.5)
    assert room.lots("MILK") == {("L7", "2027-01-31"): 12}
    (event,) = room.events()
    assert (event["type"], event["mode"]) == ("stock.delivered", "live")
    data = event["data"]
    assert (data["doc"], data["part"], data["parts"], data["lane"]) == ("d1", 1, 1, "1")
    assert (data["supplier"], data["note"], data["staff"]) == ("Dairy Ltd", "two broken", room.by.person.uid)
    assert data["lines"] == [
        {"n": 1, "sku": "MILK", "qty": 12_000, "lot": "L7", "expiry": "2027-01-31", "cost": 900},
        {"n": 2, "sku": "APPLES", "qty": 8_500},
    ]
    assert not room.wrong()


def test_the_same_document_again_changes_nothing(room: Room) -> None:
    room.deliver(("MILK", 12))
    again = room.deliver(("MILK", 12))
    assert again.again and again.lines == 1
    assert room.there("MILK") == 112 and len(room.events()) == 1


@pytest.mark.parametrize("changed", [(("MILK", 13),), (("MILK", 12), ("WINE", 1)), (("MILK", 12, "L1"),)])
def test_other_lines_under_the_same_number_are_refused(room: Room, changed: tuple[tuple[object, ...], ...]) -> None:
    room.deliver(("MILK", 12))
    with pytest.raises(ShopError, match="bad_request"):
        room.deliver(*changed)
    assert room.there("MILK") == 112


@pytest.mark.parametrize("reason", inventory.REASONS)
def test_a_write_off_takes_away_with_its_reason_and_the_audit_knows_who(room: Room, reason: str) -> None:
    room.write_off(("MILK", 3), ("WINE", 1), reason=reason, note="fell down")
    assert (room.there("MILK"), room.there("WINE")) == (97, 99)
    (event,) = room.events()
    assert event["type"] == "stock.written_off" and event["data"]["reason"] == reason
    assert [line["qty"] for line in event["data"]["lines"]] == [-3_000, -1_000]
    (audit,) = room.audited("stock_written_off")
    assert (audit["staff"], audit["lane"], audit["reason"]) == (room.by.person.id, "1", reason)
    assert (audit["doc"], audit["lines"], audit["value"]) == ("w1", 2, -(3 * 1_250 + 8_800))


def test_a_correction_goes_either_way_and_needs_words(room: Room) -> None:
    room.correct(("MILK", -2), ("WINE", 5))
    assert (room.there("MILK"), room.there("WINE")) == (98, 105)
    assert room.events()[0]["type"] == "stock.corrected"
    assert room.audited("stock_corrected")[0]["reason"] == "found behind the shelf"
    with pytest.raises(ShopError, match="reason_missing"):
        room.correct(("MILK", 1), uid="c2", reason="  ")


def test_a_delivery_needs_no_audit(room: Room) -> None:
    room.deliver(("MILK", 12))
    assert room.shop.one("SELECT COUNT(*) FROM audit") == 0


def test_the_stock_may_go_below_zero(room: Room) -> None:
    room.write_off(("MILK", 130), reason="theft")
    assert room.there("MILK") == -30
    assert not room.wrong()


def test_what_was_never_counted_begins_with_its_first_delivery(room: Room) -> None:
    till = room.shop.tills["1"]
    till.log_in()
    till.sell(["LATTE", "LATTE"])
    assert room.there("LATTE") is None, "a sale alone counts nothing"
    done = room.deliver(("LATTE", 10))
    assert done.started == (room.id("LATTE"),)
    till.sell(["LATTE"])
    assert room.there("LATTE") == 9
    assert not room.wrong()


@pytest.mark.parametrize("kind", ["write_off", "correct"])
def test_what_is_not_counted_can_be_neither_written_off_nor_corrected(room: Room, kind: str) -> None:
    with pytest.raises(ShopError, match="stock_not_counted") as refused:
        getattr(room, kind)(("MILK", 1), ("LATTE", 1))
    assert refused.value.params["n"] == 2
    assert room.there("LATTE") is None and room.there("MILK") == 100


def test_in_training_a_delivery_is_only_practice(room: Room) -> None:
    room.deliver(("MILK", 12), ("LATTE", 5), by=By(room.by.person, "3", "training"))
    assert room.there("MILK") == 100 and room.there("LATTE") is None
    assert room.events()[0]["mode"] == "training"
    assert not room.wrong()


def test_what_is_sold_no_more_can_still_be_written_off(room: Room) -> None:
    gum = room.id("GUM")
    catalog.load(room.box, CATEGORIES, [p for p in PRODUCTS if p.sku != "GUM"])
    inventory.write_off(room.box, "w1", [Entry(gum, 2_000)], room.by, reason="expired")
    assert room.events()[0]["data"]["lines"][0]["sku"] == "GUM"
    assert room.audited("stock_written_off")[0]["value"] == -666


# ---- what people type


@pytest.mark.fault("F102")
@pytest.mark.parametrize("qty", [0, -1_000, 100_000_001_000, 10**18])
def test_an_impossible_quantity_is_refused_and_nothing_is_booked(room: Room, qty: int) -> None:
    with pytest.raises(ShopError, match="stock_qty") as refused:
        inventory.deliver(room.box, "d1", [room.entry("WINE", 1), Entry(room.id("MILK"), qty)], room.by)
    assert refused.value.params["n"] == 2
    assert room.there("WINE") == 100 and room.events() == []


@pytest.mark.fault("F102")
@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"qty": 1_500}, "whole_pieces"),
        ({"expiry": "2027-02-30"}, "stock_date"),
        ({"expiry": "27-02-03"}, "stock_date"),
        ({"expiry": "soon"}, "stock_date"),
        ({"expiry": "1027-02-03"}, "stock_date"),
        ({"cost": -1}, "amount_out_of_bounds"),
        ({"cost": 10**12}, "amount_out_of_bounds"),
        ({"lot": "x" * 41}, "bad_request"),
        ({"lot": "a\nb"}, "bad_request"),
        ({"product": 999_999}, "product_gone"),
        ({"product": 0}, "product_gone"),
        ({"product": -1}, "product_gone"),
    ],
)
def test_a_line_that_cannot_be_is_refused_by_its_number(room: Room, change: dict[str, object], slug: str) -> None:
    given = {"product": room.id("MILK"), "qty": 1_000, **change}
    with pytest.raises(ShopError, match=slug) as refused:
        inventory.deliver(room.box, "d1", [Entry(**given)], room.by)  # type: ignore[arg-type]
    assert refused.value.params["n"] == 1
    assert room.events() == [] and room.shop.one("SELECT COUNT(*) FROM stock_doc") == 0


@pytest.mark.parametrize(
    ("kind", "more", "slug"),
    [
        ("deliver", {"uid": ""}, "bad_request"),
        ("deliver", {"supplier": "x" * 81}, "bad_request"),
        ("deliver", {"note": "a\x00b"}, "bad_request"),
        ("deliver", {"note": "half \ud83d"}, "bad_request"),
        ("write_off", {"reason": ""}, "reason_missing"),
        ("write_off", {"reason": "because"}, "reason_missing"),
    ],
)
def test_words_that_cannot_be_are_refused(room: Room, kind: str, more: dict[str, str], slug: str) -> None:
    with pytest.raises(ShopError, match=slug):
        getattr(room, kind)(("MILK", 1), **more)
    assert room.events() == []


def test_an_empty_document_and_an_endless_one_are_refused(room: Room) -> None:
    with pytest.raises(ShopError, match="stock_empty"):
        room.deliver()
    with pytest.raises(ShopError, match="stock_too_long"):
        inventory.deliver(room.box, "d1", [room.entry("MILK", 1)] * (MAX_LINES + 1), room.by)
    assert room.there("MILK") == 100


# ---- long ones


def test_a_long_delivery_is_booked_in_parts_that_add_up(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "CHUNK", 4)
    room.deliver(*[("MILK", 1)] * 10)
    assert room.there("MILK") == 110
    assert [(e["data"]["part"], e["data"]["parts"], len(e["data"]["lines"])) for e in room.events()] == [
        (1, 3, 4), (2, 3, 4), (3, 3, 2),
    ]  # fmt: skip
    assert [line["n"] for e in room.events() for line in e["data"]["lines"]] == list(range(1, 11))
    assert room.deliver(*[("MILK", 1)] * 10).again
    assert room.there("MILK") == 110 and not room.wrong()


@pytest.mark.fault("F01")
@pytest.mark.parametrize("died_after", [1, 2])
def test_a_crash_between_the_parts_is_made_good_by_booking_again(
    new_shop: Callable[[], Shop], monkeypatch: pytest.MonkeyPatch, died_after: int
) -> None:
    monkeypatch.setattr(inventory, "CHUNK", 4)
    room = Room(new_shop())
    pauses = 0

    def power_cut(seconds: float) -> None:
        nonlocal pauses
        pauses += 1
        if pauses == died_after:
            raise SystemExit

    room.box.env = replace(room.box.env, sleep=power_cut)
    with pytest.raises(SystemExit):
        room.deliver(*[("MILK", 1)] * 10)
    assert room.there("MILK") == 100 + 4 * died_after and not room.wrong()
    room.shop.restart()
    again = Room(room.shop)
    assert not again.deliver(*[("MILK", 1)] * 10).again
    assert again.there("MILK") == 110 and not again.wrong()
    assert [e["data"]["part"] for e in again.events()] == [1, 2, 3]
    assert list(journal.verify(again.box.db, again.box.source)) == []


def test_a_sale_between_the_parts_goes_through_and_both_count(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "CHUNK", 4)
    till = room.shop.tills["1"]
    till.log_in()
    room.box.env = replace(room.box.env, sleep=lambda seconds: till.sell([MILK]) and None)
    room.deliver(*[("MILK", 1)] * 10)
    assert room.there("MILK") == 108 and not room.wrong()


# ---- goods that come back


def sold(till: Hands, *codes: str) -> str:
    return till.sell(codes).receipt


def test_goods_that_come_back_unfit_are_written_off_in_the_same_transaction(room: Room) -> None:
    till = room.shop.tills["1"]
    till.log_in()
    receipt = sold(till, MILK, MILK, MILK)
    till.scan(f"TBR{receipt}")
    till.do("return/take", line=1, qty=2_000, fit=False)
    view = till.do("pay", tenders=[{"kind": "cash", "received": 2_500}])
    assert view["done"] is not None
    assert room.there("MILK") == 97, "two came back and went into the bin"
    moves = "SELECT qty, reason, note, doc FROM stock_move WHERE doc IS NOT NULL"
    assert room.shop.ask(moves) == [(-2_000, "write_off", "unfit", view["done"]["sale"])]
    event = room.shop.one("SELECT body FROM journal WHERE body LIKE '%\"type\":\"sale.returned\"%'")
    assert '"fit":false' in event
    assert room.events() == [], "the sale's own event says it; HQ must not take it off twice"
    assert not room.wrong()


def test_goods_that_come_back_fit_are_sold_again(room: Room) -> None:
    till = room.shop.tills["1"]
    till.log_in()
    receipt = sold(till, MILK, MILK, MILK)
    till.scan(f"TBR{receipt}")
    till.do("return/take", line=1, qty=2_000)
    till.do("pay", tenders=[{"kind": "cash", "received": 2_500}])
    assert room.there("MILK") == 99
    assert '"fit"' not in room.shop.one("SELECT body FROM journal WHERE body LIKE '%\"type\":\"sale.returned\"%'")
    assert not room.wrong()


def test_unfit_goods_that_are_not_counted_move_nothing(room: Room) -> None:
    till = room.shop.tills["1"]
    till.log_in()
    receipt = sold(till, "LATTE")
    till.scan(f"TBR{receipt}")
    till.do("return/take", line=1, fit=False)
    till.do("pay", tenders=[{"kind": "cash", "received": 1_800}])
    assert room.there("LATTE") is None and not room.wrong()
