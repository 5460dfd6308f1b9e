"""The stock screen of a lane: where its scans go, what a count asks, and who may do what."""

from __future__ import annotations

import pytest

from edge import codes, stock_view
from edge.errors import ShopError
from edge.stock_desk import LEASE_NS
from tests.edge.shop import APPLES_PLU, BREAD, MILK, label
from tests.edge.stockroom import Counterman, Room

# ---- where scans go


def test_while_the_page_is_open_a_scan_is_goods_that_came_in_and_not_a_sale(screen: Counterman) -> None:
    screen.scan(MILK)
    screen.scan(MILK)
    view = screen.scan(BREAD)
    assert screen.lines() == {"BREAD": 1, "MILK": 2}
    assert (view["scan"]["sound"], view["touched"]) == ("ok", "2")
    assert screen.hands.view()["basket"]["lines"] == []


def test_when_the_page_is_left_a_scan_is_a_sale_again(screen: Counterman) -> None:
    screen.desk.leave()
    screen.scan(MILK)
    assert screen.lines() == {} and screen.hands.view()["basket"]["count"] == 1


def test_a_page_that_is_gone_without_a_word_keeps_the_scanner_ten_seconds_and_no_longer(screen: Counterman) -> None:
    screen.shop.clock.advance(LEASE_NS / 1e9 + 1)
    screen.hands.scan(MILK)
    assert screen.hands.view()["basket"]["count"] == 1


def test_a_beat_of_a_page_that_was_left_does_not_take_the_scanner_back(screen: Counterman) -> None:
    screen.desk.leave()
    screen.desk.look_in(screen.session, screen.visit)
    screen.hands.scan(MILK)
    assert screen.hands.view()["basket"]["count"] == 1


def test_a_newer_page_is_not_closed_by_the_older_one_s_end(screen: Counterman) -> None:
    old, screen.visit = screen.visit, screen.desk.enter(screen.session)
    screen.desk.leave(old)
    screen.scan(MILK)
    assert screen.lines() == {"MILK": 1}


def test_the_same_code_within_a_moment_is_counted_once(screen: Counterman) -> None:
    screen.scan(MILK)
    view = screen.scan(MILK, wait_s=0.1)
    assert screen.lines() == {"MILK": 1} and view["notice"]["slug"] == "repeat_dropped"


@pytest.mark.fault("F78")
@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("5901234123457", "unknown_code"),
        ("6901234567893", "bad_check"),
        (codes.member_code(1), "no_goods"),
        (codes.staff_code(1), "no_goods"),
        ("130123456789012345", "no_goods"),
        ("x" * 200, "scan_too_long"),
    ],
)
def test_a_code_that_is_no_goods_changes_nothing_and_says_so(screen: Counterman, text: str, slug: str) -> None:
    view = screen.scan(text)
    assert view["notice"]["slug"] == slug and screen.lines() == {}
    assert screen.do("dismiss")["notice"] is None


def test_a_payment_code_is_never_shown(screen: Counterman) -> None:
    assert screen.scan("130123456789012345")["notice"]["code"] == ""


def test_a_scale_s_label_brings_its_weight_and_other_weighed_goods_ask_for_it(screen: Counterman) -> None:
    screen.scan(label(APPLES_PLU, 1_250))
    screen.scan(label(APPLES_PLU, 750))
    assert screen.lines() == {"APPLES": 2.0}
    view = screen.do("put", product=screen.shop.product("APPLES").id)
    assert (view["notice"]["slug"], view["notice"]["params"]["name"]) == ("weight", "Fuji apples")
    screen.do("put", product=screen.shop.product("APPLES").id, qty=500)
    assert screen.lines() == {"APPLES": 2.5}


def test_lot_and_date_come_from_the_code_and_each_lot_is_a_line(screen: Counterman) -> None:
    screen.shop.setting("gs1", {"on": True})
    gtin = MILK.zfill(14)
    screen.scan(f"01{gtin}1727013110L7", symbology="]C1")
    screen.scan(f"01{gtin}1727013110L7", symbology="]C1")
    view = screen.scan(MILK)
    assert [(x["qty"], x["lot"], x["expiry"]) for x in view["sheet"]["lines"]] == [
        (1_000, "", ""), (2_000, "L7", "2027-01-31"),
    ]  # fmt: skip


# ---- counting


def test_a_count_is_started_scanned_reviewed_and_booked(room: Room, screen: Counterman) -> None:
    screen.do("tab", tab="count")
    assert screen.scan(MILK)["notice"]["slug"] == "count_none"
    view = screen.do("count/start", scope="drink")
    screen.scan(MILK)
    screen.do("line", line=screen.view()["touched"], qty=97_000)
    assert screen.lines() == {"MILK": 97}
    found = stock_view.review(screen.desk, "en")
    assert [(x["sku"], x["counted"], x["book"], x["difference"]) for x in found["differing"]] == [
        ("MILK", 97_000, 100_000, -3_000)
    ]
    assert [x["sku"] for x in found["missing"]] == ["WINE"] and found["same"] == 0
    view = screen.do("count/book", count=view["count"]["uid"])
    assert view["notice"]["slug"] == "booked_count" and view["count"]["uid"] == ""
    assert room.there("MILK") == 97 and not room.wrong()


def test_two_people_who_disagree_are_settled_by_a_choice(room: Room, screen: Counterman) -> None:
    screen.do("tab", tab="count")
    uid = screen.do("count/start", scope="")["count"]["uid"]
    other = Counterman(room.shop, "cashier", "2")
    assert other.view()["tab"] == "count", "what a cashier may"
    for person, pieces in ((screen, 97), (other, 60)):
        person.scan(MILK)
        person.do("line", line=person.view()["touched"], qty=pieces * 1000)
    (open_,) = stock_view.review(screen.desk, "en")["unsettled"]
    assert {x["name"]: x["counted"] for x in open_["people"]} == {"Min Wang": 97_000, "Xiao Chen": 60_000}
    assert [x["me"] for x in screen.view()["count"]["people"]].count(True) == 1
    choice = {str(open_["product"]): next(x["id"] for x in open_["people"] if x["name"] == "Xiao Chen")}
    screen.do("count/book", count=uid, choices=choice)
    assert room.there("MILK") == 60


def test_a_tally_is_taken_off_and_comes_back(screen: Counterman) -> None:
    screen.do("tab", tab="count")
    screen.do("count/start", scope="")
    screen.scan(MILK)
    key = screen.view()["touched"]
    screen.do("line", line=key, qty=5_000)
    screen.do("undo")
    assert screen.lines() == {"MILK": 1}
    screen.do("remove", line=key)
    assert screen.lines() == {}
    screen.do("undo")
    assert screen.lines() == {"MILK": 1}


def test_a_count_that_is_dropped_books_nothing(room: Room, screen: Counterman) -> None:
    screen.do("tab", tab="count")
    uid = screen.do("count/start", scope="*")["count"]["uid"]
    screen.scan(MILK)
    assert screen.do("count/drop", count=uid)["notice"]["slug"] == "count_dropped"
    assert room.there("MILK") == 100


@pytest.mark.fault("F77")
@pytest.mark.parametrize(
    "choices", [[], "sum", {"x": 1}, {"1": "both"}, {"1": True}, {"1": None}, {"9999999999": 1}, {"١": 1}]
)
def test_choices_that_are_none_are_refused(screen: Counterman, choices: object) -> None:
    screen.do("tab", tab="count")
    uid = screen.do("count/start", scope="")["count"]["uid"]
    with pytest.raises(ShopError, match="bad_request"):
        screen.do("count/book", count=uid, choices=choices)
    assert screen.view()["count"]["uid"] == uid


@pytest.mark.fault("F77")
@pytest.mark.parametrize("key", ["", "x", "1", "1:", "-1::", "99999999999::", "١::"])
def test_a_line_of_a_count_that_is_none_is_refused(screen: Counterman, key: str) -> None:
    screen.do("tab", tab="count")
    screen.do("count/start", scope="")
    with pytest.raises(ShopError, match="bad_request"):
        screen.do("line", line=key, qty=1_000)


# ---- who may


def test_a_cashier_counts_and_does_nothing_else(room: Room) -> None:
    cashier = Counterman(room.shop, "cashier")
    assert cashier.view()["can"] == {"stock.see": "allow", "stock.count": "allow", "stock.change": "deny"}
    for tab in ("delivery", "write_off"):
        with pytest.raises(ShopError, match="denied"):
            cashier.do("tab", tab=tab)
    cashier.desk.tab = "delivery"  # a manager at the same lane left it so
    assert cashier.scan(MILK)["notice"]["slug"] == "denied"
    for command, args in (("line", {"line": "1", "qty": 1_000}), ("remove", {"line": "1"})):
        with pytest.raises(ShopError, match="denied"):
            cashier.do(command, **args)
    assert cashier.lines() == {}


def test_on_a_list_that_only_tells_a_scan_asks_what_there_is(screen: Counterman) -> None:
    screen.do("tab", tab="low")
    view = screen.scan(MILK)
    assert (view["notice"]["slug"], view["notice"]["params"]["product"]) == ("there", screen.shop.product("MILK").id)
    told = stock_view.product(screen.shop.box, screen.shop.product("MILK").id, "en")
    assert (told["name"], told["stock"], told["lots"]) == ("Milk 1 l", 100_000, [])
    assert told["moves"][0]["reason"] == "count"
    with pytest.raises(KeyError):
        stock_view.product(screen.shop.box, 999_999, "en")


@pytest.mark.fault("F77")
def test_commands_that_cannot_be_are_refused(screen: Counterman) -> None:
    for command, args, slug in (
        ("nosuch", {}, "unknown_command"), ("tab", {"tab": "secret"}, "bad_request"), ("tab", {}, "bad_request"),
        ("put", {"product": 999_999}, "product_gone"), ("scan", {"code": "x" * 129}, "bad_request"),
        ("head", {"supplier": "a\x00b"}, "bad_request"), ("head", {"supplier": "half \ud83d"}, "bad_request"),
        ("count/book", {"count": "nosuch"}, "count_gone"), ("clear", {"id": ""}, "bad_request"),
    ):  # fmt: skip
        with pytest.raises(ShopError, match=slug):
            screen.do(command, **args)
