"""A lane's till and its scanners: what each code does to the basket, and what it never does."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest

from drivers.base import Scan
from edge import codes
from edge.errors import ShopError
from tests.edge.shop import CARDS, GUM, MILK, WINE, Hands, Shop, label


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


def test_a_receipts_barcode_opens_what_may_be_returned(till: Hands) -> None:
    done = till.sell()
    view = till.scan(f"TBR{done.receipt}")
    assert heard(view) == ("ok", None)
    assert (view["returning"]["receipt"], len(view["returning"]["lines"])) == (done.receipt, 1)
    assert heard(till.scan("TBRS01-1-1-000099")) == ("error", "receipt_unknown")


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


def test_pieces_are_not_sold_by_weight_and_a_label_counts_once(shop: Shop, till: Hands) -> None:
    shop.box.db.execute_sql("UPDATE product SET unit = 'pc' WHERE sku = 'APPLES'")
    assert till.scan(label(grams=350))["notice"]["slug"] == "whole_pieces"
    shop.box.db.execute_sql("UPDATE product SET unit = 'kg' WHERE sku = 'APPLES'")
    till.do("multiply", n=12)
    assert till.scan(label(grams=350))["notice"]["slug"] == "label_qty_fixed"
    assert till.view()["basket"]["lines"] == []
