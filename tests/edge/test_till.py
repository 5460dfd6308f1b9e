"""A lane's till: what a scan or a tap does to the basket, and what it never does."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from peewee import OperationalError

from edge import checkout, drafts
from edge.errors import ShopError
from tests.edge.shop import BREAD, MILK, PINS, WINE, Hands, Shop


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
        ("void", {"sale": "x"}, "reason"),
        ("void", {"sale": "\ud800", "reason": "r"}, "sale"),
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
def test_a_double_tap_is_answered_when_the_first_one_took_the_cart_away(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    held = {"id": "h1", "basket": till.till.basket.uid}
    assert till.do("hold", **held)["held"] == till.do("hold", **held)["held"] == 1
    back = {"id": "r1", "basket": till.till.basket.uid, "held": shop.one("SELECT uid FROM held")}
    assert till.do("recall", **back)["basket"]["count"] == till.do("recall", **back)["basket"]["count"] == 1
    shop.setting("permissions", {"sale.hold": "approve"})
    till.do("hold")
    allow = {"id": "a1", "staff": shop.person("manager").uid, "pin": PINS["manager"]}
    assert till.do("approve", **allow)["held"] == till.do("approve", **allow)["held"] == 1


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
        patched.setattr(drafts, "save", locked)
        assert heard(till.scan(MILK)) == ("ok", None)
    assert "could not be kept" in caplog.text
    assert lines(till.scan(WINE)) == [("Milk 1 l", 1_000, 1_250), ("Red wine", 1_000, 8_800)]
    shop.restart()
    assert len(lines(shop.tills["1"].view())) == 2
