"""The open basket: what lies in it, what can be undone, and that it survives the machine."""

from __future__ import annotations

import json

import pytest

from edge import basket as baskets
from edge.basket import MAX_LINES, MAX_QTY, Basket
from edge.errors import ShopError
from tests.edge.shop import BREAD, MILK, WINE, Hands, Shop, label


@pytest.fixture
def basket(shop: Shop) -> Basket:
    return baskets.fresh(shop.box, "1")


def refused(slug: str, call, *args) -> ShopError:  # type: ignore[no-untyped-def]
    with pytest.raises(ShopError) as caught:
        call(*args)
    assert caught.value.slug == slug
    return caught.value


def test_pieces_of_a_product_count_up_its_line(shop: Shop, basket: Basket) -> None:
    first, again = basket.add(shop.product("MILK"), 1_000), basket.add(shop.product("MILK"), 2_000)
    assert (first.n, again.n, again.qty, len(basket.lines)) == (1, 1, 3_000, 1)


def test_each_weighed_bag_is_a_line_of_its_own(shop: Shop, basket: Basket) -> None:
    apples = shop.product("APPLES")
    assert [basket.add(apples, 1_250).n, basket.add(apples, 1_250).n] == [1, 2]


def test_a_priced_label_never_joins_a_line_of_pieces(shop: Shop, basket: Basket) -> None:
    milk = shop.product("MILK")
    assert [basket.add(milk, 1_000).n, basket.add(milk, 1_000, 999, "x").n, basket.add(milk, 1_000).n] == [1, 2, 1]


def test_a_labels_quantity_is_the_scales(shop: Shop, basket: Basket) -> None:
    refused("label_qty_fixed", basket.set_qty, basket.add(shop.product("APPLES"), 1_250).n, 2_000)
    refused("label_qty_fixed", basket.set_qty, basket.add(shop.product("MILK"), 1_000, 999).n, 2_000)


@pytest.mark.fault("F102")
@pytest.mark.parametrize("qty", [0, -1_000, MAX_QTY + 1, 10**12, -(10**12)])
def test_a_quantity_out_of_bounds_is_refused_and_nothing_changes(shop: Shop, basket: Basket, qty: int) -> None:
    basket.add(shop.product("MILK"), 1_000)
    before = basket.lines
    assert refused("qty_out_of_bounds", basket.set_qty, 1, qty).params == {"limit": 9_999}
    refused("qty_out_of_bounds", basket.add, shop.product("WINE"), qty)
    assert basket.lines == before


@pytest.mark.fault("F102")
def test_counting_up_stops_at_the_same_bound(shop: Shop, basket: Basket) -> None:
    basket.add(shop.product("MILK"), MAX_QTY)
    refused("qty_out_of_bounds", basket.add, shop.product("MILK"), 1_000)


def test_a_sale_has_at_most_five_hundred_lines(shop: Shop, basket: Basket) -> None:
    for _ in range(MAX_LINES):
        basket.add(shop.product("APPLES"), 100)
    refused("too_many_lines", basket.add, shop.product("APPLES"), 100)
    assert len(basket.lines) == MAX_LINES


def test_a_line_that_is_gone_is_said_to_be(shop: Shop, basket: Basket) -> None:
    basket.add(shop.product("MILK"), 1_000)
    basket.remove(1)
    refused("line_gone", basket.remove, 1)
    refused("line_gone", basket.set_qty, 1, 1_000)
    assert basket.add(shop.product("MILK"), 1_000).n == 2, "a number is not given to another line"


def test_every_change_of_the_lines_can_be_undone_in_turn(shop: Shop, basket: Basket) -> None:
    states = [basket.lines]
    for change in (
        lambda: basket.add(shop.product("MILK"), 1_000),
        lambda: basket.add(shop.product("WINE"), 1_000),
        lambda: basket.set_qty(1, 5_000),
        lambda: basket.remove(2),
        basket.clear,
    ):
        change()
        states.append(basket.lines)
    for state in states[-2::-1]:
        basket.undo()
        assert basket.lines == state
    refused("nothing_to_undo", basket.undo)


def test_undo_remembers_twenty_changes(shop: Shop, basket: Basket) -> None:
    for _ in range(30):
        basket.add(shop.product("MILK"), 1_000)
    for _ in range(20):
        basket.undo()
    refused("nothing_to_undo", basket.undo)
    assert basket.lines[0].qty == 10_000


def test_a_member_brings_the_members_prices(shop: Shop, basket: Basket) -> None:
    basket.add(shop.product("MILK"), 3_000)
    assert basket.totals(shop.box.rules.tax).total == 3_750
    basket.member = shop.member("bronze")
    totals = basket.totals(shop.box.rules.tax)
    assert (totals.total, totals.saving) == (3_450, 300)


# -- over a restart ---------------------------------------------------------------------------------------------------


def shown(view: dict) -> list[tuple]:  # type: ignore[type-arg]
    return [(x["n"], x["name"], x["qty"], x["unit_price"], x["total"], x["label"]) for x in view["basket"]["lines"]]


@pytest.mark.fault("F01", "F105")
def test_an_unfinished_basket_comes_back_and_says_so(shop: Shop, till: Hands) -> None:
    till.do("multiply", n=2)
    till.scan(MILK)
    till.scan(label(grams=1_250))
    till.scan(label(amount=1_599, template="22PPPPPAAAAAC"))
    before = till.attach("gold")
    shop.restart()
    after = shop.tills["1"].view()
    assert after["basket"]["restored"]
    assert shown(after) == shown(before)
    assert after["basket"]["uid"] == before["basket"]["uid"]
    assert (after["member"], after["basket"]["total"]) == (before["member"], before["basket"]["total"])


def test_the_next_scan_ends_the_word_restored(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    shop.restart()
    assert not shop.tills["1"].scan(BREAD)["basket"]["restored"]


@pytest.mark.fault("F105")
def test_after_a_reboot_it_is_there_too(shop: Shop, till: Hands) -> None:
    before = till.scan(MILK)
    shop.reboot()
    after = shop.tills["1"].view()
    assert shown(after) == shown(before)
    assert after["staff"] is None, "but someone has to log in first"


@pytest.mark.fault("F02")
def test_a_basket_whose_sale_is_complete_never_comes_back(shop: Shop, till: Hands) -> None:
    paid = till.scan(MILK)["basket"]["uid"]
    draft = shop.ask("SELECT * FROM basket WHERE lane = '1'")[0]
    till.pay_cash()
    # The power went between the sale's commit and the next draft, and an old draft lay in the file.
    shop.db.execute_sql("DELETE FROM basket WHERE lane = '1'")
    shop.db.execute_sql("INSERT INTO basket VALUES (?, ?, ?)", draft)
    shop.restart()
    after = shop.tills["1"].view()["basket"]
    assert after["uid"] != paid
    assert (after["lines"], after["restored"]) == ([], False)


def test_an_emptied_basket_does_not_come_back(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    till.do("clear")
    shop.restart()
    assert not shop.tills["1"].view()["basket"]["restored"]


@pytest.mark.fault("F53")
def test_a_restored_basket_keeps_the_prices_it_began_with(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    shop.prices(milk=9_999)
    shop.restart()
    till = shop.tills["1"]
    assert till.view()["basket"]["lines"][0]["unit_price"] == 1_250
    assert till.scan(WINE)["basket"]["total"] == 1_250 + 8_800


def test_a_line_without_its_product_is_left_out_and_named(
    shop: Shop, till: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    till.scan(MILK)
    till.scan(BREAD)
    body = json.loads(shop.db.execute_sql("SELECT body FROM basket WHERE lane = '1'").fetchone()[0])
    body["l"][0][1], body["l"][0][4] = 999_999, "69910371"
    shop.db.execute_sql("UPDATE basket SET body = ? WHERE lane = '1'", (json.dumps(body),))
    shop.restart()
    assert len(shop.tills["1"].view()["basket"]["lines"]) == 1
    assert [r.message for r in caplog.records if r.levelname == "WARNING"] == [
        "lane 1: no product for 69910371 in its cart any more; left out"
    ]


def test_each_lane_has_a_basket_of_its_own(shop: Shop, till: Hands, other_till: Hands) -> None:
    till.scan(MILK)
    other_till.scan(WINE)
    shop.restart()
    assert shown(shop.tills["1"].view())[0][1] == "Milk 1 l"
    assert shown(shop.tills["2"].view())[0][1] == "Red wine"


def test_a_number_is_not_given_twice_after_a_restart(shop: Shop, till: Hands) -> None:
    till.scan(MILK)
    till.scan(WINE)
    shop.restart()
    assert shop.tills["1"].scan(BREAD)["basket"]["lines"][-1]["n"] == 3
