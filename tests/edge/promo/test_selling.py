"""Promotions on their way through the cart, the receipt, the event, and back with what is returned."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edge import merging, receipts
from edge.base.document import Row
from edge.errors import ShopError
from edge.promo import desk
from tests.edge.goods import COLA, pay_as_planned, take_back, widen
from tests.edge.promo.forms import form, launch
from tests.edge.shop import BREAD, GUM, MILK, Hands, Shop

MILKS = {"skus": ["MILK"]}
TWO_FOR_ONE = {"buy": 2, "pay": 1}


def totals(till: Hands) -> tuple[int, int]:
    """(saving, total) on the screen."""
    basket = till.view()["basket"]
    return basket["saving"], basket["total"]


def parts(shop: Shop) -> list[tuple[Any, ...]]:
    return shop.ask("SELECT sale, n, kind, amount, reason FROM line_discount ORDER BY sale, n, kind")


def used(shop: Shop, uid: str = "P") -> int:
    return desk.uses(shop.box, uid)


def test_a_promotion_comes_off_in_cart_sale_receipt_and_event(shop: Shop, till: Hands) -> None:
    launch(shop, "n_for_m", scope=MILKS, value=TWO_FOR_ONE)
    for code in (MILK, MILK, BREAD):
        till.scan(code)
    assert totals(till) == (1250, 2245)
    till.pay_cash()
    done = till.till.done
    assert done is not None
    assert parts(shop) == [(done.sale, 1, "promo:P", 1250, "Offer P")]
    told = json.loads(shop.one("SELECT body FROM journal WHERE stream = 'a' ORDER BY seq DESC LIMIT 1"))
    line = told["data"]["sale"]["lines"][0]
    assert line["discounts"] == [{"kind": "promo:P", "amount": 1250, "reason": "Offer P"}]
    paper = [(x.left, x.right) for x in receipts.compose(shop.box, done.sale).items if isinstance(x, Row)]
    assert ("  Offer P", "-12.50") in [(a, b.replace("\u2212", "-")) for a, b in paper]
    assert used(shop) == 1


def test_the_receipt_names_it_in_its_own_language(shop: Shop) -> None:
    launch(shop, "percent", value={"bp": 1000})
    till = shop.tills["1"]
    till.log_in(lang="zh-CN")
    done = till.sell()
    assert parts(shop) == [(done.sale, 1, "promo:P", 125, "促销 P")]


def test_the_better_of_members_price_and_promotion(shop: Shop, till: Hands) -> None:
    """Milk is 12.50, for members 11.50."""
    launch(shop, "percent", value={"bp": 500}, scope=MILKS)
    till.scan(MILK)
    assert totals(till) == (63, 1187)
    till.attach("gold")
    assert totals(till) == (100, 1150)
    assert "promos" not in till.view()["basket"]["lines"][0]
    launch(shop, "percent", "Q", value={"bp": 1000}, scope=MILKS)
    till.scan(BREAD)
    assert totals(till) == (125, 1125 + 995)


def test_pieces_that_no_promotion_takes_keep_the_members_price(shop: Shop, till: Hands) -> None:
    launch(shop, "n_for_m", scope=MILKS, value=TWO_FOR_ONE)
    till.attach("gold")
    till.add("MILK", 3000)
    assert totals(till) == (1250 + 100, 1250 + 1150)


def test_what_a_person_takes_off_comes_off_what_is_left(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 2000}, scope=MILKS)
    till.scan(MILK)
    till.do("line/discount", line=1, percent=1000, reason="damaged")
    assert totals(till) == (250 + 100, 900)
    till.do("discount", percent=1000, reason="loyal")
    assert totals(till) == (250 + 100 + 90, 810)
    till.pay_cash()
    assert [x[2:4] for x in parts(shop)] == [("basket", 90), ("line", 100), ("promo:P", 250)]


def test_a_price_that_somebody_asked_stands_as_it_is(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 2000})
    till.scan(MILK)
    till.do("line/price", line=1, price=1000, reason="damaged")
    till.approve()
    assert totals(till) == (0, 1000)


def test_deposits_and_stored_value_are_no_goods_on_offer(shop: Shop, till: Hands) -> None:
    widen(shop)
    launch(shop, "percent", value={"bp": 5000})
    till.add(COLA)
    assert [x["total"] for x in till.view()["basket"]["lines"]] == [175, 50]


def test_all_of_a_promoted_line_back_is_all_that_was_paid(shop: Shop, till: Hands) -> None:
    launch(shop, "n_for_m", scope=MILKS, value={"buy": 3, "pay": 2})
    done = till.sell([MILK, MILK, MILK, BREAD])
    assert (done.total, used(shop)) == (2_500 + 990, 1)
    take_back(till, done.receipt, n1=1000)
    pay_as_planned(till)
    assert till.till.done is not None and till.till.done.total == -830  # 8.33 in coins
    assert used(shop) == 1
    take_back(till, done.receipt, n1=2000)
    pay_as_planned(till)
    assert shop.ask("SELECT SUM(total), SUM(discount) FROM sale_line WHERE original IS NOT NULL") == [(-2_500, -1_250)]
    assert shop.one("SELECT SUM(amount) FROM line_discount") == 0
    assert used(shop) == 0  # nothing is left of what it was used on, though the bread stays


def test_a_void_gives_the_use_back(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000}, limits={"total": 1})
    done = till.sell()
    assert used(shop) == 1
    till.scan(MILK)
    assert totals(till) == (0, 1250)
    till.do("clear")
    till.void(done.uid)
    assert used(shop) == 0
    till.scan(MILK)
    assert totals(till) == (125, 1125)


def test_an_exchange_takes_back_at_what_was_paid_and_sells_under_the_offer(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000}, scope=MILKS)
    done = till.sell([MILK])
    launch(shop, "percent", value={"bp": 2000}, scope={"skus": ["BREAD"]})
    take_back(till, done.receipt, n1=None)
    till.scan(BREAD)
    assert [x["total"] for x in till.view()["basket"]["lines"]] == [-1125, 796]
    pay_as_planned(till)
    assert used(shop) == 1  # the milk's is back, the bread's is new


def test_an_open_cart_keeps_the_hour_at_which_it_began(shop: Shop, till: Hands) -> None:
    """It is 14:00; the hour ends at 14:10."""
    launch(shop, "percent", value={"bp": 1000}, when={"hours": [[840, 850]]})
    till.scan(MILK)
    shop.clock.advance(15 * 60)
    till.log_in()
    till.scan(MILK)
    assert totals(till) == (250, 2250)
    till.pay_cash()
    till.scan(MILK)
    assert totals(till) == (0, 1250)


def test_a_cart_comes_back_after_a_crash_as_it_was(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000}, when={"hours": [[840, 850]]})
    till.scan(MILK)
    shop.clock.advance(15 * 60)
    shop.restart()
    till = shop.tills["1"]
    till.log_in()
    assert totals(till) == (125, 1125)
    assert till.pay_cash()["done"]["total"] == 1120  # in coins


def test_a_cart_that_was_put_aside_is_taken_up_as_it_was(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000}, when={"hours": [[840, 850]]})
    till.scan(MILK)
    uid = till.till.basket.uid
    till.do("hold")
    shop.clock.advance(15 * 60)
    till.log_in()
    till.do("recall", held=uid)
    assert totals(till) == (125, 1125)


def test_a_pause_counts_from_the_carts_next_change(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000})
    till.scan(MILK)
    desk.turn(shop.box, "P", "paused", None)
    assert totals(till) == (125, 1125)  # as it was shown
    till.scan(BREAD)
    assert totals(till) == (0, 2245)


def test_what_was_shown_is_what_is_paid(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000})
    till.scan(MILK)
    desk.turn(shop.box, "P", "ended", None)
    assert till.pay_cash()["done"]["total"] == 1120


def test_of_two_tills_that_want_the_last_one_one_gets_it(shop: Shop, till: Hands, other_till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000}, limits={"total": 1})
    till.scan(MILK)
    other_till.scan(MILK)
    assert (totals(till), totals(other_till)) == ((125, 1125), (125, 1125))
    till.pay_cash()
    with pytest.raises(ShopError) as refused:
        other_till.pay_cash()
    assert (refused.value.slug, refused.value.params) == ("promotion_used_up", {"name": "Offer P"})
    assert totals(other_till) == (0, 1250)  # seen before it is paid
    other_till.pay_cash()
    assert used(shop) == 1


@pytest.mark.parametrize(("limits", "savings"), [
    ({"basket": 1}, [400, 400, 400]), ({"member": 2}, [400, 400, 0]), ({"day": 1}, [400, 0, 0]),
    ({"total": 1}, [400, 0, 0]),
])  # fmt: skip
def test_limits(shop: Shop, till: Hands, limits: dict[str, int], savings: list[int]) -> None:
    bundle = [{"scope": {"skus": ["BREAD"]}, "count": 1}, {"scope": {"skus": ["GUM"]}, "count": 1}]
    launch(shop, "bundle", value={"price": 928}, parts=bundle, limits=limits)
    saved = []
    for _ in savings:
        till.attach("gold")
        for code in (BREAD, GUM):
            till.add({BREAD: "BREAD", GUM: "GUM"}[code], 1000 if limits != {"basket": 1} else 2000)
        saved.append(totals(till)[0])
        till.pay_cash()
    assert saved == savings


def test_the_day_after_the_days_limit_has_room_again(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000}, scope={"skus": ["BREAD"]}, limits={"day": 1})
    till.sell([BREAD], member="gold")
    till.do("shift/close", counted=till.do("shift/report")["report"]["expected"])
    shop.clock.advance(86_400)
    till.log_in()
    till.attach("gold")
    till.scan(BREAD)
    assert totals(till)[0] == 100


def test_practice_uses_nothing_up(shop: Shop, training_till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000}, limits={"total": 1})
    training_till.scan(MILK)
    assert totals(training_till) == (125, 1125)
    training_till.pay_cash()
    assert used(shop) == 0


def test_a_coupon_in_the_cart_brings_its_promotion(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000}, coupon=True)
    till.scan(MILK)
    assert totals(till)[0] == 0
    till.till.basket.coupons = (("CP1", "P"),)
    till.scan(MILK)
    assert totals(till)[0] == 250
    shop.restart()
    assert totals(shop.tills["1"])[0] == 250


def test_reports_tell_promotions_from_what_people_gave(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000}, scope=MILKS)
    launch(shop, "percent", "Q", value={"bp": 1000}, scope={"skus": ["BREAD"]})
    till.sell([MILK, BREAD])
    assert till.do("shift/report")["report"]["discounts"] == {"promo": 225}


def test_a_member_attached_or_taken_off_changes_what_counts_at_once(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 2000}, when={"tiers": ["gold"]})
    till.scan(MILK)
    assert totals(till)[0] == 0
    till.attach("gold")
    assert totals(till)[0] == 250
    till.do("member/detach")
    assert totals(till)[0] == 0


def test_weighed_goods(shop: Shop, till: Hands) -> None:
    launch(shop, "price", value={"price": 1000}, scope={"skus": ["APPLES"]})
    till.add("APPLES", 1250)
    assert totals(till) == (350, 1250)  # 2.80 a kilo
    assert form("price", "P")["uid"] == "P"


def test_a_first_purchase_is_one_at_two_tills_too(shop: Shop, till: Hands, other_till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000}, when={"first": True})
    for each in (till, other_till):
        each.attach("bronze")
        each.scan(BREAD)
    assert (totals(till), totals(other_till)) == ((100, 895), (100, 895))
    till.pay_cash()
    with pytest.raises(ShopError, match="promotion_used_up"):
        other_till.pay_cash()
    assert totals(other_till) == (0, 995)  # seen before it is paid
    other_till.pay_cash()


def test_a_new_card_for_an_old_customer_makes_no_first_purchase(shop: Shop, till: Hands) -> None:
    launch(shop, "percent", value={"bp": 1000}, when={"first": True})
    merging.merge(shop.box, shop.member("gold"), shop.member("bronze"), shop.person("manager"), channel="till")
    till.attach("bronze")
    till.scan(BREAD)
    assert totals(till) == (0, 995)
