"""Rewards: goods and coupons for points, each point taken once and given back with what it bought."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edge import coupons, rewards
from edge.errors import ShopError
from edge.points import book, lots
from tests.edge.goods import pay_as_planned, take_back
from tests.edge.points.purse import open_for_points
from tests.edge.promo.forms import launch
from tests.edge.shop import GUM, HAMPER, MILK, Hands, Shop


def offer(shop: Shop, points: int = 300, kind: str = "goods", gives: str = "GUM", **more: Any) -> str:
    names = {"zh-CN": "小礼物", "en": "A small gift"}
    with shop.box.transaction():
        made = rewards.put(shop.box, names, points, kind, gives, more.get("days"), shop.person("manager"))
    return made.uid


def coupon_offer(shop: Shop, points: int = 300, days: int | None = 30) -> str:
    launch(shop, "threshold", value={"steps": [[2_000, 500]]}, coupon=True)
    return offer(shop, points, "coupon", "P", days=days)


def spendable(shop: Shop, name: str = "gold") -> int:
    return lots.spendable(shop.box, shop.member(name))


def newest(shop: Shop) -> Any:
    return json.loads(shop.one("SELECT body FROM journal WHERE stream = 'a' ORDER BY seq DESC LIMIT 1"))


def refused(till: Hands, slug: str, command: str = "reward", **args: Any) -> None:
    with pytest.raises(ShopError, match=slug):
        till.do(command, **args)


# ---- goods


def test_goods_for_points_cost_no_money_and_the_points_go_with_the_sale(shop: Shop, till: Hands) -> None:
    uid, before = offer(shop), spendable(shop)
    till.attach("gold")
    view = till.do("reward", reward=uid)
    line = view["basket"]["lines"][0]
    assert (line["total"], line["cuts"]) == (0, {"reward": 333})
    assert spendable(shop) == before
    view = till.do("pay", tenders=[])
    assert view["done"]["total"] == 0 and spendable(shop) == before - 300
    told = newest(shop)["data"]
    assert told["sale"]["lines"][0]["discounts"] == [{"kind": "reward", "amount": 333, "reason": uid}]
    assert [(x["points"], x["reason"], x["n"]) for x in told["ledger"]] == [(-300, "redeem", 1)]
    assert shop.one("SELECT qty FROM stock s JOIN item i ON i.id = s.product WHERE sku = 'GUM'") == 99_000


def test_beside_bought_goods_only_the_reward_is_free_and_earns_nothing(shop: Shop, till: Hands) -> None:
    uid, before = offer(shop), spendable(shop)
    till.attach("gold")
    till.do("reward", reward=uid)
    till.scan(GUM)
    view = till.do("reward", reward=uid)
    assert [x["total"] for x in view["basket"]["lines"]] == [0, 333, 0]
    till.pay_cash()
    done = till.till.done
    assert done is not None and done.points == 4  # of ¥3.33, half as much again for gold
    assert spendable(shop) == before - 600 + 4


def test_a_reward_has_no_price_quantity_or_discount_to_change(shop: Shop, till: Hands) -> None:
    uid = offer(shop)
    till.attach("gold")
    till.do("reward", reward=uid)
    for command, args in (
        ("qty", {"qty": 2000}), ("line/price", {"price": 100, "reason": "x"}),
        ("line/discount", {"percent": 100, "reason": "x"}), ("line/discount", {}),
    ):  # fmt: skip
        refused(till, "line_as_it_is", command, line=1, **args)


def test_promotions_do_not_count_a_reward(shop: Shop, till: Hands) -> None:
    launch(shop, "n_for_m", scope={"skus": ["GUM"]}, value={"buy": 2, "pay": 1})
    uid = offer(shop)
    till.attach("gold")
    till.do("reward", reward=uid)
    assert till.scan(GUM)["basket"]["total"] == 333


def test_without_a_member_or_enough_points_there_is_no_reward(shop: Shop, till: Hands) -> None:
    uid = offer(shop, points=1_600)
    refused(till, "reward_member", reward=uid)
    till.attach("bronze")
    refused(till, "points_short", reward=uid)
    till.attach("silent")
    refused(till, "points_consent", reward=uid)
    till.attach("gold")
    till.do("reward", reward=uid)
    left = spendable(shop)
    assert left < 2 * 1_600 * 2
    while (left := left - 1_600) >= 1_600:
        till.do("reward", reward=uid)
    refused(till, "points_short", reward=uid)


def test_the_points_are_looked_at_again_when_the_cart_is_paid(shop: Shop, till: Hands) -> None:
    uid = offer(shop, points=2_000)
    till.attach("gold")
    till.do("reward", reward=uid)
    member, manager = shop.member("gold"), shop.person("manager")
    with shop.box.transaction():
        book.adjust(shop.box, member, -(spendable(shop) - 100), "test", shop.person("cashier"), manager)
    before = shop.one("SELECT COUNT(*) FROM sale")
    refused(till, "points_short", "pay", tenders=[])
    assert shop.one("SELECT COUNT(*) FROM sale") == before and spendable(shop) == 100


def test_nobody_elses_points_pay_when_the_member_leaves_the_cart(shop: Shop, till: Hands) -> None:
    uid = offer(shop)
    till.attach("gold")
    till.do("reward", reward=uid)
    till.do("member/detach")
    refused(till, "reward_member", "pay", tenders=[])


def test_money_and_rewards_never_take_the_same_points_twice(shop: Shop, till: Hands) -> None:
    shop.setting("tenders", ["cash", "points"])
    member = shop.member("gold")
    with shop.box.transaction():
        book.adjust(
            shop.box, member, -(spendable(shop) - 1_250), "test", shop.person("cashier"), shop.person("manager")
        )  # fmt: skip
    uid = offer(shop, points=300)
    till.attach("gold")
    till.scan(MILK)
    till.do("reward", reward=uid)
    due = till.view()["basket"]["total"]
    pay = {"kind": "points", "received": 1_000}
    refused(till, "points_short", "pay", tenders=[pay, {"kind": "cash", "received": due - 1_000}])
    pay["received"] = 900
    till.do("pay", tenders=[pay, {"kind": "cash", "received": due - 900}])
    spent = shop.one("SELECT SUM(points) FROM ledger WHERE reason = 'redeem' AND member = ?", member)
    assert spent == -1_200


def test_a_returned_reward_gives_its_points_back_and_no_money(shop: Shop, till: Hands) -> None:
    uid, before = offer(shop), spendable(shop)
    till.attach("gold")
    till.do("reward", reward=uid)
    till.scan(MILK)
    till.pay_cash()
    done = till.till.done
    assert done is not None
    after = spendable(shop)
    view = take_back(till, done.receipt, n1=1000)
    assert view["basket"]["total"] == 0
    pay_as_planned(till)
    assert spendable(shop) == after + 300
    take_back(till, done.receipt, n2=1000)
    pay_as_planned(till)
    assert spendable(shop) == before


def test_a_voided_sale_gives_the_points_of_its_rewards_back(shop: Shop, till: Hands) -> None:
    uid, before = offer(shop), spendable(shop)
    till.attach("gold")
    till.do("reward", reward=uid)
    till.do("reward", reward=uid)
    till.do("pay", tenders=[])
    assert spendable(shop) == before - 600
    till.void(till.till.done.uid)  # type: ignore[union-attr]
    assert spendable(shop) == before


def test_a_reward_in_the_cart_outlives_a_crash(shop: Shop, till: Hands) -> None:
    uid, before = offer(shop), spendable(shop)
    till.attach("gold")
    till.do("reward", reward=uid)
    shop.restart()
    again = shop.tills["1"]
    again.log_in()
    assert again.view()["basket"]["lines"][0]["total"] == 0
    again.do("pay", tenders=[])
    assert spendable(shop) == before - 300


def test_what_ended_meanwhile_is_not_given_away(shop: Shop, till: Hands) -> None:
    uid = offer(shop)
    till.attach("gold")
    till.do("reward", reward=uid)
    with shop.box.transaction():
        rewards.end(shop.box, uid, shop.person("manager"))
    refused(till, "reward_ended", "pay", tenders=[])
    refused(till, "reward_ended", reward=uid)


# ---- coupons


def test_a_coupon_for_points_is_the_members_at_once_and_offered_beside_the_cart(shop: Shop, till: Hands) -> None:
    uid, before = coupon_offer(shop), spendable(shop)
    till.attach("gold")
    till.scan(MILK)
    till.scan(MILK)
    view = till.do("reward", reward=uid)
    assert view["notice"]["slug"] == "reward_coupon" and spendable(shop) == before - 300
    code = view["offer"]["coupon"]
    found = coupons.look(shop.box, code)
    assert (found.member, found.expires_on, found.reason) == (shop.member("gold"), "2026-12-22", "reward")
    assert till.do("coupon", code=code)["basket"]["total"] == 1_800
    assert [x["type"] for x in events(shop)][-2:] == ["points.redeemed", "coupon.issued"]


def events(shop: Shop) -> list[Any]:
    found = shop.ask("SELECT body FROM journal WHERE stream = 'a' ORDER BY seq")
    told = [json.loads(body) for (body,) in found]
    return [x for x in told if x["type"].startswith(("points.", "coupon."))]


@pytest.mark.fault("F116")
def test_the_same_request_twice_takes_the_points_once(shop: Shop, till: Hands) -> None:
    uid, before = coupon_offer(shop), spendable(shop)
    reward, member = rewards.find(shop.box, uid), shop.member("gold")
    codes = []
    for _ in range(2):
        with shop.box.transaction():
            codes.append(rewards.redeem_coupon(shop.box, reward, member, "b1", "till", "1", None, "live"))
    assert codes[0] == codes[1] and spendable(shop) == before - 300
    assert shop.one("SELECT COUNT(*) FROM coupon") == 1


def test_a_coupon_that_can_t_be_paid_is_not_issued(shop: Shop, till: Hands) -> None:
    uid = coupon_offer(shop, points=1_000_000)
    till.attach("gold")
    refused(till, "points_short", reward=uid)
    assert shop.one("SELECT COUNT(*) FROM coupon") == 0


def test_the_screen_lists_what_can_be_had_and_what_lacks(shop: Shop, till: Hands) -> None:
    offer(shop, points=300)
    offer(shop, points=1_000_000)
    till.attach("gold")
    found = till.till.rewards("en")
    assert [(x["points"], x["short"] > 0) for x in found["rewards"]] == [(300, False), (1_000_000, True)]
    assert found["left"] == spendable(shop)


# ---- what may be one


@pytest.mark.parametrize("sku", ["WINE", "APPLES"])
def test_goods_that_ask_for_something_are_no_reward(shop: Shop, sku: str) -> None:
    with pytest.raises(ShopError, match="reward_goods"):
        offer(shop, gives=sku)
    with pytest.raises(ShopError, match="product_gone"):
        offer(shop, gives="NOTHING")


def test_only_a_promotion_that_needs_coupons_gives_one(shop: Shop) -> None:
    launch(shop, "percent", value={"bp": 500})
    with pytest.raises(ShopError, match="reward_promotion"):
        offer(shop, kind="coupon", gives="P")


# ---- beside money off for points


def test_points_of_a_reward_in_the_cart_are_not_offered_as_money(shop: Shop, till: Hands) -> None:
    """Once the terminal has the rest, it is too late to find that the points do not do for both."""
    open_for_points(shop)
    uid, have = offer(shop), spendable(shop)
    till.attach("gold")
    till.scan(HAMPER)
    till.do("reward", reward=uid)
    most = till.till.points(None)["most"]["points"]
    assert most == have - 300 and till.view()["member"]["spendable"] == most
    refused(till, "points_short", "tender/take", tender={"kind": "points", "received": most + 1})
    till.do("tender/take", tender={"kind": "points", "received": most})
    till.do("tender/take", tender={"kind": "card", "received": till.view()["basket"]["left"], "reference": "1"})
    assert till.do("pay", tenders=[])["done"]
    assert spendable(shop) == (100_000 - most) * 3 // 200


def test_points_that_paid_a_part_of_the_cart_buy_no_reward(shop: Shop, till: Hands) -> None:
    open_for_points(shop)
    goods, coupon, have = offer(shop), coupon_offer(shop), spendable(shop)
    till.attach("gold")
    till.scan(HAMPER)
    till.do("tender/take", tender={"kind": "points", "received": have - 299})
    refused(till, "points_short", reward=goods)
    refused(till, "points_short", reward=coupon)
    assert {x["short"] for x in till.till.rewards("en")["rewards"]} == {1}


def test_a_reward_that_ends_in_a_cart_hides_no_screen(shop: Shop, till: Hands) -> None:
    open_for_points(shop)
    uid, other = offer(shop), offer(shop)
    till.attach("gold")
    till.do("reward", reward=uid)
    with shop.box.transaction():
        rewards.end(shop.box, uid, shop.person("manager"))
    assert till.view()["member"]["spendable"] == till.till.rewards("en")["left"] == spendable(shop) - 300
    till.do("reward", reward=other)
    refused(till, "reward_ended", "pay", tenders=[])
