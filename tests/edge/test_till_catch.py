"""A dialog that is open may want what is scanned; all else goes into the basket as ever."""

from __future__ import annotations

from typing import Any

import pytest

from edge import codes
from edge.errors import ShopError
from tests.edge.shop import APPLES_PLU, BREAD, CARDS, GUM, MILK, WINE, Hands, Shop, label

CARD = codes.value_code(7)


def heard(view: dict[str, Any]) -> tuple[str, int]:
    """(the sound, how many lines the basket has)"""
    return view["scan"]["sound"], len(view["basket"]["lines"])


def test_a_serial_number_goes_to_the_dialog_and_not_into_the_basket(till: Hands) -> None:
    till.do("catch", what="text")
    view = till.scan("SN-0042")
    assert (view["caught"]["kind"], view["caught"]["code"]) == ("text", "SN-0042")
    assert heard(view) == ("ok", 0) and view["notice"] is None
    assert till.scan("6901234567890")["caught"]["code"] == "6901234567890"  # a wrong check digit is none of a serial's


def test_an_article_is_told_to_the_dialog_that_looks_for_one(till: Hands) -> None:
    till.do("catch", what="product")
    caught = till.scan(MILK)["caught"]
    assert (caught["name"], caught["price"], caught["unit"]) == ("Milk 1 l", 1_250, "pc")
    assert till.scan(label(APPLES_PLU, 500))["caught"]["unit"] == "kg"
    refused = till.scan("5901234123457")
    assert (refused["notice"]["slug"], heard(refused)) == ("unknown_code", ("error", 0))
    assert till.scan(CARDS["gold"])["notice"]["slug"] == "scan_not_here"
    assert till.view()["member"] is None


def test_an_item_of_the_receipt_that_lies_open_is_taken_back_by_its_scan(till: Hands) -> None:
    sold = till.sell([MILK, MILK, BREAD])
    till.scan(f"TBR{sold.receipt}")
    till.do("catch", what="return")
    view = till.scan(BREAD)
    assert [line["qty"] for line in view["basket"]["lines"]] == [-1_000]
    assert [line["taken"] for line in view["returning"]["lines"]] == [0, 1_000]
    assert view["returning"]["lines"][1]["line"] == view["basket"]["lines"][0]["n"]
    assert till.scan(BREAD)["notice"]["slug"] == "not_on_receipt"  # all of it is taken already
    assert till.scan(GUM)["notice"]["slug"] == "not_on_receipt"
    assert len(till.view()["basket"]["lines"]) == 1


def test_without_a_receipt_the_return_dialog_asks_for_one(till: Hands) -> None:
    till.do("catch", what="return")
    assert till.scan(MILK)["notice"]["slug"] == "scan_receipt"


def test_receipts_and_badges_mean_in_every_dialog_what_they_mean(till: Hands) -> None:
    sold = till.sell([MILK])
    till.do("catch", what="text")
    assert till.scan(f"TBR{sold.receipt}")["returning"]["receipt"] == sold.receipt
    assert till.scan(codes.staff_code(1))["notice"]["slug"] == "badge"
    assert till.view()["caught"] is None


def test_a_closed_dialog_catches_nothing(till: Hands) -> None:
    till.do("catch", what="text")
    till.do("catch", what="")
    view = till.scan(MILK)
    assert (heard(view), view["catch"], view["caught"]) == (("ok", 1), "", None)


def test_a_cart_that_is_paid_or_put_aside_and_a_cashier_who_leaves_let_go(till: Hands) -> None:
    till.scan(MILK)
    till.do("catch", what="product")
    assert till.do("hold")["catch"] == ""
    till.scan(MILK)
    till.do("catch", what="product")
    assert till.pay_cash()["catch"] == ""
    till.do("catch", what="product")
    assert till.session is not None
    till.till.staff.log_out(till.session)
    till.till.settle()
    assert till.view()["catch"] == ""


def test_what_nobody_can_want_is_refused(till: Hands) -> None:
    with pytest.raises(ShopError, match="bad_request"):
        till.do("catch", what="everything")


def test_a_stored_value_card_is_shown_at_any_time(till: Hands) -> None:
    view = till.scan(CARD)
    assert (view["caught"]["kind"], view["caught"]["code"], view["notice"]) == ("value", CARD, None)


def test_goods_that_need_a_price_or_a_weight_say_which(shop: Shop, till: Hands) -> None:
    """The screen opens the right dialog for them."""
    shop.db.execute_sql("UPDATE product SET flags = 'open_price' WHERE sku = 'WINE'")
    notice = till.scan(WINE)["notice"]
    assert notice["slug"] == "needs_price"
    assert notice["params"] == {"product": shop.product("WINE").id, "name": "Red wine"}
    assert till.scan("APPLES")["notice"]["params"] == {"product": shop.product("APPLES").id, "name": "Fuji apples"}


def test_what_the_screen_does_by_itself_leaves_a_question_standing(till: Hands) -> None:
    """A dialog that closes while a second person is called says so to the till: that is no other command."""
    till.scan(MILK)
    till.do("catch", what="product")
    product = till.view()["basket"]["lines"][0]["product"]
    assert till.do("return/blind", product=product, qty=1000, reason="receipt lost")["approval"]
    for command, args in (("catch", {"what": ""}), ("return/close", {}), ("notice/dismiss", {})):
        assert till.do(command, **args)["approval"]
    assert till.do("undo")["approval"] is None


def test_a_dialog_that_has_what_it_waited_for_lets_the_next_scan_be_goods(shop: Shop, till: Hands) -> None:
    shop.db.execute_sql("UPDATE product SET flags = 'serial' WHERE sku = 'GUM'")
    till.scan(GUM)
    till.do("catch", what="text")
    line = till.view()["basket"]["lines"][0]["n"]
    view = till.do("line/trace", line=line, serial=till.scan("SN-1")["caught"]["code"])
    assert view["catch"] == ""
    assert len(till.scan(MILK)["basket"]["lines"]) == 2
