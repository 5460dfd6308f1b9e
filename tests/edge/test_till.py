"""A lane's till: what a scan or a tap does to the basket, and what it never does."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest
from peewee import OperationalError

from drivers.base import Scan
from edge import basket as baskets
from edge import checkout, codes
from edge.errors import ShopError
from tests.edge.shop import BREAD, CARDS, GUM, MILK, WINE, Hands, Shop, label


def refused(slug: str, hands: Hands, command: str, **args: Any) -> ShopError:
    before = hands.till.basket.uid, hands.till.basket.lines, hands.till.basket.member
    with pytest.raises(ShopError) as caught:
        hands.do(command, **args)
    assert caught.value.slug == slug
    assert (hands.till.basket.uid, hands.till.basket.lines, hands.till.basket.member) == before
    return caught.value


def heard(view: dict[str, Any]) -> tuple[str, str | None]:
    """(sound, notice) of a view."""
    return view["scan"]["sound"], view["notice"]["slug"] if view["notice"] else None


def lines(view: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(line["name"], line["qty"], line["total"]) for line in view["basket"]["lines"]]


# -- scans ------------------------------------------------------------------------------------------------------------


def test_a_scanned_product_is_a_line_and_sounds_good(till: Hands) -> None:
    view = till.scan(MILK)
    assert lines(view) == [("Milk 1 l", 1_000, 1_250)]
    assert heard(view) == ("ok", None)
    assert view["scan"]["line"] == 1


def test_the_same_again_counts_up(till: Hands) -> None:
    till.scan(MILK)
    assert lines(till.scan(MILK)) == [("Milk 1 l", 2_000, 2_500)]


def test_goods_for_adults_ask_for_attention(till: Hands) -> None:
    view = till.scan(WINE)
    assert heard(view) == ("attention", None)
    assert view["basket"]["lines"][0]["flags"] == ["age18"]


def test_a_multiplier_counts_for_one_scan(till: Hands) -> None:
    assert till.do("multiply", n=6)["basket"]["multiplier"] == 6
    assert lines(till.scan(MILK)) == [("Milk 1 l", 6_000, 7_500)]
    assert till.view()["basket"]["multiplier"] == 1
    assert lines(till.scan(MILK)) == [("Milk 1 l", 7_000, 8_750)]


@pytest.mark.fault("F102")
@pytest.mark.parametrize("n", [0, -1, 10_000, 10**9])
def test_a_multiplier_out_of_bounds_is_refused(till: Hands, n: int) -> None:
    refused("qty_out_of_bounds", till, "multiply", n=n)


@pytest.mark.fault("F79")
def test_a_scale_label_sells_what_was_weighed(till: Hands) -> None:
    assert lines(till.scan(label(grams=1_250))) == [("Fuji apples", 1_250, 1_600)]


@pytest.mark.fault("F79")
def test_a_priced_label_costs_what_it_says_and_weighs_what_that_buys(till: Hands) -> None:
    """The label has no weight: the shelf and the receipt take the one that the price stands for."""
    view = till.scan(label(amount=1_599, template="22PPPPPAAAAAC"))
    assert lines(view) == [("Fuji apples", 1_249, 1_599)]


@pytest.mark.fault("F79")
def test_a_label_with_both_counts_as_it_stands(till: Hands) -> None:
    view = till.scan(label(grams=1_250, amount=1_500, template="28PPPPPWWWWWAAAAAC"))
    assert lines(view) == [("Fuji apples", 1_250, 1_500)]


@pytest.mark.fault("F79")
@pytest.mark.parametrize(
    "text", [label(grams=0), label(amount=0, template="22PPPPPAAAAAC"), label(template="28PPPPPWWWWWAAAAAC")]
)
def test_a_label_without_weight_and_price_sells_nothing(till: Hands, text: str) -> None:
    view = till.scan(text)
    assert lines(view) == []
    assert heard(view) == ("error", "needs_weight")


def test_a_weighed_product_without_its_label_asks_for_it(shop: Shop, till: Hands) -> None:
    assert heard(till.scan("APPLES")) == ("error", "needs_weight")
    refused("needs_weight", till, "add", product=shop.product("APPLES").id)


@pytest.mark.fault("F77")
def test_an_unknown_code_is_said_to_be_and_shown(till: Hands) -> None:
    till.scan(MILK)
    view = till.scan("5901234123457")
    assert heard(view) == ("error", "unknown_code")
    assert view["notice"]["code"] == "5901234123457"
    assert len(lines(view)) == 1


@pytest.mark.fault("F78")
def test_a_wrong_check_digit_never_sells(till: Hands) -> None:
    view = till.scan("6901234567890")
    assert heard(view) == ("error", "bad_check")
    assert lines(view) == []


@pytest.mark.fault("F77")
def test_a_label_of_a_product_nobody_knows_is_unknown(till: Hands) -> None:
    assert heard(till.scan(label("99999", grams=500))) == ("error", "unknown_code")


def test_a_good_scan_takes_the_notice_away(till: Hands) -> None:
    till.scan("5901234123457")
    assert till.scan(MILK)["notice"] is None


@pytest.mark.fault("F74")
@pytest.mark.parametrize("problem", ["too_long", "control", "incomplete"])
def test_what_the_scanner_could_not_read_is_refused_with_the_reason(till: Hands, problem: str) -> None:
    view = till.scan("690", problem=problem)
    assert heard(view) == ("error", f"scan_{problem}")
    assert lines(view) == []


@pytest.mark.fault("F74")
@pytest.mark.parametrize(
    ("code", "slug"),
    [
        ("9" * 4096, "scan_too_long"),
        ("9" * 129, "scan_too_long"),
        ("690\x1bp\x0012", "scan_control"),
        ("\x0f\x12", "scan_control"),
        ("690\u202e21", "scan_control"),
    ],
)
def test_a_typed_code_is_refused_like_a_scanned_one(till: Hands, code: str, slug: str) -> None:
    view = till.do("scan", code=code)
    assert heard(view) == ("error", slug)
    assert view["notice"]["code"].isprintable() and len(view["notice"]["code"]) <= 32
    assert lines(view) == []


@pytest.mark.fault("F75")
@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; DROP TABLE sale;--", "=HYPERLINK(1)", "https://x.example"]
)
def test_a_square_code_is_text_and_nothing_else(shop: Shop, till: Hands, text: str) -> None:
    assert heard(till.scan(text)) == ("error", "unknown_code")
    assert shop.one("SELECT COUNT(*) FROM sale") == 2


# -- payment codes ----------------------------------------------------------------------------------------------------

PAYMENTS = ["130123456789012345", "2812345678901234567", "6212345678901234567"]


@pytest.mark.parametrize("secret", PAYMENTS)
def test_a_payment_code_is_named_masked_and_kept_nowhere(
    shop: Shop, till: Hands, caplog: pytest.LogCaptureFixture, secret: str
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "peewee")  # as edge.base.log.setup does: it would log every statement
    till.scan(MILK)
    view = till.scan(secret)
    assert heard(view) == ("attention", "payment_code")
    assert view["notice"]["code"] == f"{secret[:2]}…{secret[-4:]}"
    till.do("scan", code=secret)
    with pytest.raises(ShopError):
        till.do("member", code=secret)
    till.till.search(secret, "en")
    till.pay_cash()
    assert secret.encode() not in shop.bytes_at_rest()
    assert secret not in caplog.text
    assert secret not in repr(till.view())


def test_an_alipay_code_that_passes_for_a_label_of_no_product_is_still_masked(till: Hands) -> None:
    secret = label("77777", grams=1_250, amount=1_600, template="28PPPPPWWWWWAAAAAC")
    view = till.scan(secret)
    assert heard(view) == ("attention", "payment_code")
    assert secret not in repr(view)


# -- double scans, two scanners ---------------------------------------------------------------------------------------


@pytest.mark.fault("F72")
def test_a_bouncing_trigger_counts_once_and_says_so(till: Hands) -> None:
    till.scan(MILK)
    view = till.scan(MILK, wait_s=0.2)
    assert lines(view) == [("Milk 1 l", 1_000, 1_250)]
    assert heard(view) == ("attention", "repeat_dropped")
    assert lines(till.scan(MILK, wait_s=0.401)) == [("Milk 1 l", 2_000, 2_500)]


@pytest.mark.fault("F72")
def test_a_trigger_held_down_counts_once_however_long(till: Hands) -> None:
    for _ in range(50):
        till.scan(MILK, wait_s=0.02)
    assert till.view()["basket"]["count"] == 1


def test_another_code_or_another_device_is_no_repeat(till: Hands) -> None:
    till.scan(MILK, "scanner-1")
    till.scan(GUM, "scanner-1", wait_s=0.02)
    till.scan(GUM, "scanner-2", wait_s=0.02)
    assert till.view()["basket"]["count"] == 3


def test_the_window_is_the_stores_choice(shop: Shop, till: Hands) -> None:
    shop.setting("scan", {"repeat_window_ms": 0})
    till.scan(MILK)
    assert till.scan(MILK, wait_s=0.02)["basket"]["count"] == 2


@pytest.mark.fault("F72", "F71")
def test_two_scanners_at_two_lanes_never_cross(shop: Shop, till: Hands, other_till: Hands) -> None:
    """A storm on both at once, from threads of their own, as devices are."""

    def storm(hands: Hands, code: str, device: str) -> None:
        for n in range(60):
            hands.till.on_scan(Scan(device, code, n * 1_000_000_000))
        shop.box.close()

    threads = [
        threading.Thread(target=storm, args=(till, MILK, "scanner-1")),
        threading.Thread(target=storm, args=(other_till, WINE, "scanner-2")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lines(till.view()) == [("Milk 1 l", 60_000, 75_000)]
    assert lines(other_till.view()) == [("Red wine", 60_000, 528_000)]


def test_scans_need_somebody_at_the_till(shop: Shop) -> None:
    view = shop.tills["1"].scan(MILK)
    assert heard(view) == ("error", "log_in_first")
    assert lines(view) == []


@pytest.mark.fault("F111")
def test_after_log_out_nothing_is_sold(shop: Shop, till: Hands) -> None:
    session = till.session
    assert session is not None
    till.scan(MILK)
    shop.staff.log_out(session)
    assert heard(till.scan(WINE)) == ("error", "log_in_first")
    assert len(lines(till.view())) == 1


def test_a_badge_says_whose_it_is(till: Hands) -> None:
    assert till.scan(codes.staff_code(1))["notice"]["params"] == {"name": "Xiao Chen"}
    assert heard(till.scan(codes.staff_code(2))) == ("error", "unknown_badge")


def test_a_receipts_barcode_is_known_but_not_used_here(till: Hands) -> None:
    assert heard(till.scan("TBRS01-1-1-000001")) == ("attention", "receipt_code")


# -- members ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "tier"), [("bronze", "bronze"), ("silver", "silver"), ("gold", "gold")])
def test_a_members_card_shows_the_member(till: Hands, name: str, tier: str) -> None:
    view = till.attach(name)
    assert (view["member"]["name"], view["member"]["tier"]) == (f"{name.title()} Li", tier)
    assert heard(view) == ("member", None)


def test_a_card_nobody_has_is_said_to_be(till: Hands) -> None:
    view = till.scan(codes.member_code(77))
    assert heard(view) == ("error", "unknown_card")
    assert view["member"] is None


@pytest.mark.parametrize("code", [CARDS["gold"], CARDS["gold"].lower(), "13800000003", "138 0000 0003"])
def test_a_member_is_found_by_card_or_phone(till: Hands, code: str) -> None:
    assert till.do("member", code=code)["member"]["name"] == "Gold Li"


@pytest.mark.parametrize("code", ["", "13800000099", "138", "gold", MILK, "TBX000000000099", "1" * 16])
def test_whoever_is_no_member_is_not_found(till: Hands, code: str) -> None:
    assert refused("member_unknown", till, "member", code=code).status == 404


@pytest.mark.fault("F100")
def test_the_wrong_member_can_be_taken_off_before_paying(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    till.scan(MILK)
    view = till.do("member/detach")
    assert (view["member"], view["basket"]["total"], view["basket"]["points"]) == (None, 1_250, 0)
    till.pay_cash()
    assert shop.ask("SELECT member, points FROM sale WHERE lane = '1'") == [(None, 0)]


@pytest.mark.fault("F100")
def test_another_card_takes_the_place_of_the_first(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    till.sell([MILK], "bronze")
    assert shop.ask("SELECT member FROM sale WHERE lane = '1'") == [(shop.member("bronze"),)]


# -- the screen's commands --------------------------------------------------------------------------------------------


def test_a_tile_adds_its_product(till: Hands) -> None:
    assert lines(till.add("BREAD")) == [("Wholemeal bread", 1_000, 995)]
    assert lines(till.add("BREAD", 2_000)) == [("Wholemeal bread", 3_000, 2_985)]


@pytest.mark.parametrize(
    ("qty", "slug"), [(500, "whole_pieces"), (0, "qty_out_of_bounds"), (-1_000, "qty_out_of_bounds")]
)
@pytest.mark.fault("F102")
def test_pieces_are_whole_and_positive(shop: Shop, till: Hands, qty: int, slug: str) -> None:
    refused(slug, till, "add", product=shop.product("MILK").id, qty=qty)
    till.scan(MILK)
    refused(slug, till, "qty", line=1, qty=qty)


def test_a_product_that_is_gone_is_said_to_be(till: Hands) -> None:
    refused("product_gone", till, "add", product=999)


def test_remove_offers_to_take_it_back_for_eight_seconds(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    till.scan(WINE)
    undo = till.do("remove", line=1)["basket"]["undo"]
    assert "Milk 1 l" in undo["text"]
    assert undo["left_ms"] == 8_000
    shop.clock.advance(8.1)
    assert till.view()["basket"]["undo"] is None
    assert lines(till.do("undo")) == [("Milk 1 l", 1_000, 1_250), ("Red wine", 1_000, 8_800)]


def test_clear_can_be_taken_back_too(till: Hands) -> None:
    till.scan(MILK)
    assert till.do("clear")["basket"]["undo"]["text"]
    assert lines(till.do("undo")) == [("Milk 1 l", 1_000, 1_250)]


def test_there_is_nothing_to_take_back_in_a_new_basket(till: Hands) -> None:
    refused("nothing_to_undo", till, "undo")
    till.sell()
    refused("nothing_to_undo", till, "undo")


def test_a_dismissed_notice_and_finished_sale_are_gone(till: Hands) -> None:
    till.scan(MILK)
    assert till.pay_cash()["done"] is not None
    view = till.do("notice/dismiss")
    assert (view["done"], view["notice"]) == (None, None)


def test_the_next_customers_first_scan_closes_the_finished_sale(till: Hands) -> None:
    till.sell()
    assert till.scan(MILK)["done"] is None


# -- bad commands -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "args", "field"),
    [
        ("scan", {}, "code"),
        ("scan", {"code": 5}, "code"),
        ("scan", {"code": "9" * 6_000}, "code"),
        ("scan", {"code": "\ud800"}, "code"),
        ("add", {}, "product"),
        ("add", {"product": "1"}, "product"),
        ("add", {"product": True}, "product"),
        ("add", {"product": 10**12}, "product"),
        ("qty", {"line": 1}, "qty"),
        ("qty", {"line": None, "qty": 1_000}, "line"),
        ("qty", {"line": 1, "qty": 1.5}, "qty"),
        ("multiply", {"n": "3"}, "n"),
        ("member", {"code": None}, "code"),
        ("pay", {"tenders": 5}, "tenders"),
        ("pay", {"tenders": {"kind": "cash"}}, "tenders"),
        ("pay", {"tenders": ["cash"]}, "tenders"),
        ("pay", {"tenders": [{"kind": "cash"}]}, "received"),
        ("pay", {"tenders": [{"received": 1}]}, "kind"),
        ("pay", {"tenders": [{"kind": "cash", "received": "10"}]}, "received"),
        ("void", {"sale": "x"}, "staff"),
        ("void", {"sale": "x", "staff": "x", "pin": "1" * 17, "reason": "r"}, "pin"),
        ("void", {"sale": "x", "staff": "\ud800", "pin": "123456", "reason": "r"}, "staff"),
        ("reprint", {"sale": "\ud800"}, "sale"),
        ("print/resolve", {"job": "1"}, "job"),
        ("multiply", {"n": 2, "id": 7}, "id"),
        ("multiply", {"n": 2, "id": ""}, "id"),
        ("multiply", {"n": 2, "id": "x" * 201}, "id"),
    ],
)
def test_a_command_of_the_wrong_shape_is_refused_by_field(
    till: Hands, command: str, args: dict[str, Any], field: str
) -> None:
    till.scan(MILK)
    error = refused("bad_request", till, command, **args)
    assert (error.status, error.params) == (422, {"field": field})


def test_an_unknown_command_is_refused(till: Hands) -> None:
    assert refused("unknown_command", till, "give_away").status == 404


@pytest.mark.fault("F91")
def test_a_page_that_shows_an_old_basket_changes_nothing(till: Hands) -> None:
    old = till.scan(MILK)["basket"]["uid"]
    till.pay_cash()
    till.scan(WINE)
    for command, args in (("clear", {}), ("scan", {"code": MILK}), ("qty", {"line": 1, "qty": 9_000}), ("undo", {})):
        refused("basket_gone", till, command, basket=old, **args)


# -- once is once -----------------------------------------------------------------------------------------------------


@pytest.mark.fault("F90")
@pytest.mark.parametrize("filled", [False, True])
def test_a_double_tap_counts_once(till: Hands, filled: bool) -> None:
    if filled:
        till.scan(MILK)
    for _ in range(2):
        view = till.add("BREAD", id="tap", basket=till.till.basket.uid)
    assert [line for line in lines(view) if line[0] == "Wholemeal bread"] == [("Wholemeal bread", 1_000, 995)]


@pytest.mark.fault("F90")
def test_the_first_tap_of_a_basket_is_remembered_over_a_restart(shop: Shop, till: Hands) -> None:
    uid = till.add("BREAD", id="tap")["basket"]["uid"]
    shop.restart()
    assert lines(shop.tills["1"].add("BREAD", id="tap", basket=uid)) == [("Wholemeal bread", 1_000, 995)]


@pytest.mark.fault("F90")
def test_a_double_tap_on_pay_is_one_sale_and_shows_it(shop: Shop, till: Hands) -> None:
    uid = till.scan(MILK)["basket"]["uid"]
    first = till.pay_cash(2_000, basket=uid, id="tap")["done"]
    again = till.pay_cash(2_000, basket=uid, id="tap")["done"]
    other = till.pay_cash(2_000, basket=uid, id="other tab")["done"]
    assert first == again == other
    assert shop.numbers() == [1]


def test_pay_for_a_basket_that_never_was_is_refused(till: Hands) -> None:
    refused("basket_gone", till, "pay", basket="nobody", tenders=[{"kind": "cash", "received": 1}])


def test_a_tap_that_failed_may_be_repeated_under_its_own_name(
    shop: Shop, till: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.scan(MILK)

    def broken(*args: Any) -> Any:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(checkout, "record_document", broken)
        with pytest.raises(OperationalError):
            till.pay_cash(id="tap")
    refused("tender_short", till, "pay", id="tap", tenders=[{"kind": "cash", "received": 0}])
    assert till.pay_cash(id="tap")["done"]["receipt"] == "S01-1-1-000001"


@pytest.mark.fault("F90", "F91")
def test_taps_from_two_tabs_at_once_are_one_sale(shop: Shop, till: Hands) -> None:
    uid, receipts = till.scan(MILK)["basket"]["uid"], []

    def tap(n: int) -> None:
        view = till.do("pay", basket=uid, id=f"tab-{n}", tenders=[{"kind": "cash", "received": 2_000}])
        receipts.append(view["done"]["receipt"])
        shop.box.close()

    threads = [threading.Thread(target=tap, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert receipts == ["S01-1-1-000001"] * 6
    assert shop.numbers() == [1]


# -- catalogue versions -----------------------------------------------------------------------------------------------


@pytest.mark.fault("F53")
def test_an_open_basket_keeps_the_prices_it_began_with(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    shop.prices(milk=2_000, bread=3_000)
    assert lines(till.scan(BREAD)) == [("Milk 1 l", 1_000, 1_250), ("Wholemeal bread", 1_000, 995)]
    done = till.pay_cash()["done"]
    assert shop.one("SELECT catalog_version FROM sale WHERE uid = ?", done["sale"]) == 1
    assert lines(till.scan(MILK)) == [("Milk 1 l", 1_000, 2_000)]


def test_an_empty_basket_takes_the_new_prices_and_forgets_what_had_the_old(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    till.do("clear")
    shop.prices(milk=2_000)
    assert lines(till.scan(MILK)) == [("Milk 1 l", 1_000, 2_000)]
    till.do("undo")
    refused("nothing_to_undo", till, "undo")


# -- telling others ---------------------------------------------------------------------------------------------------


def test_every_change_raises_the_revision_and_is_told(shop: Shop, till: Hands) -> None:
    told: list[str] = []
    shop.bus.subscribe("till.changed", lambda lane: told.append(lane))
    before = till.view()["rev"]
    till.scan(MILK)
    till.do("qty", line=1, qty=3_000)
    till.pay_cash()
    assert till.view()["rev"] == before + 3
    assert told == ["1", "1", "1"]


def test_a_basket_survives_that_its_draft_cannot_be_written(
    shop: Shop, till: Hands, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The draft is a convenience for after a crash: selling goes on without it, then it is written again."""

    def locked(*args: Any) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(baskets, "save", locked)
        assert heard(till.scan(MILK)) == ("ok", None)
    assert "could not be kept" in caplog.text
    assert lines(till.scan(WINE)) == [("Milk 1 l", 1_000, 1_250), ("Red wine", 1_000, 8_800)]
    shop.restart()
    assert len(lines(shop.tills["1"].view())) == 2
