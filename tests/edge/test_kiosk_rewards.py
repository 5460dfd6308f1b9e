"""The kiosk's panel of coupons and rewards: what a member sees there, and a coupon for points and four digits."""

from __future__ import annotations

from typing import Any

import pytest

from edge import coupons, rewards
from edge.errors import ShopError
from edge.guard import FREE_TRIES
from tests.edge.promo.forms import launch
from tests.edge.shop import CARDS, MILK, Hands, Shop
from tests.edge.test_coupons import coupon
from tests.edge.test_kiosk import Desk
from tests.edge.test_rewards import coupon_offer, offer, spendable


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


def digits(shop: Shop, name: str = "gold") -> str:
    found: str = shop.one("SELECT phone_last4 FROM member WHERE id = ?", shop.member(name))
    return found


def wrong(shop: Shop) -> str:
    return "0000" if digits(shop) != "0000" else "1111"


def opened(desk: Desk, name: str = "gold") -> dict[str, Any]:
    desk.scan(CARDS[name])
    facts: dict[str, Any] = desk.tap("panel", name="rewards")["panel"]["facts"]
    return facts


def asked(view: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = view["panel"]["facts"]["asked"]
    return found


def test_there_is_no_button_where_there_is_nothing_to_see(shop: Shop, desk: Desk) -> None:
    assert "rewards" not in [x["panel"] for x in desk.scan(CARDS["gold"])["actions"]]
    offer(shop)
    actions = desk.scan(CARDS["silver"])["actions"]
    assert {"panel": "rewards", "icon": "ticket", "badge": ""} in actions


def test_a_member_sees_own_open_coupons_and_nobody_elses(shop: Shop, desk: Desk) -> None:
    launch(shop, "threshold", value={"steps": [[2_000, 500]]}, coupon=True)
    mine = coupon(shop, member="gold", expires_on="2026-12-31")
    coupon(shop, member="silver")
    coupon(shop)
    facts = opened(desk)
    assert [(x["code"], x["until"]) for x in facts["coupons"]] == [(mine, "2026-12-31")]
    assert facts["coupons"][0]["says"].startswith("买全部商品，满 ¥20.00 减 ¥5.00。")
    assert facts["coupons"][0]["side"] >= 21 and facts["coupons"][0]["path"].startswith("M0 0h7v1h-7z")
    assert desk.scan(CARDS["silver"])["panel"] is None  # another member: another visit


def test_a_coupon_for_points_takes_a_choice_four_digits_and_a_tap(shop: Shop, desk: Desk, till: Hands) -> None:
    uid, before = coupon_offer(shop), spendable(shop)
    facts = opened(desk)  # the first tap
    assert (facts["left"], facts["rewards"][0]["short"]) == (before, 0) and facts["as_of"].startswith("2026-11-22")
    question = asked(desk.tap("reward/choose", reward=uid))  # the second
    assert (question["points"], question["coupon"]) == (300, None) and spendable(shop) == before
    answer = asked(desk.tap("reward/take", digits=digits(shop)))  # the third, after four digits
    assert spendable(shop) == before - 300
    found = coupons.look(shop.box, answer["coupon"]["code"])
    assert (found.member, found.state) == (shop.member("gold"), "open")
    assert desk.tap("reward/back")["panel"]["facts"]["coupons"][0]["code"] == found.code
    till.attach("gold")
    till.scan(MILK)
    assert till.scan(MILK)["offer"]["coupon"] == found.code


@pytest.mark.fault("F123")
def test_wrong_digits_are_counted_over_visits_and_restarts(shop: Shop, desk: Desk) -> None:
    uid, before = coupon_offer(shop), spendable(shop)
    for n in range(1, FREE_TRIES + 1):
        opened(desk)
        desk.tap("reward/choose", reward=uid)
        answer = asked(desk.tap("reward/take", digits=wrong(shop)))
        assert answer["wrong"] == ("digits" if n < FREE_TRIES else "wait") and answer["coupon"] is None
        desk.tap("leave")
    again = Desk(shop)
    opened(again)
    again.tap("reward/choose", reward=uid)
    answer = asked(again.tap("reward/take", digits=digits(shop)))  # the right ones wait, too
    assert answer["wrong"] == "wait" and 0 < answer["wait_s"] <= 60 and spendable(shop) == before
    assert shop.one("SELECT COUNT(*) FROM audit WHERE action = 'kiosk_digits'") == 1
    shop.clock.advance(61)
    opened(again)
    again.tap("reward/choose", reward=uid)
    assert asked(again.tap("reward/take", digits=digits(shop)))["coupon"] is not None


@pytest.mark.parametrize("typed", ["", "12", "abcd", "00000"])
def test_what_is_not_the_four_digits_is_wrong(shop: Shop, desk: Desk, typed: str) -> None:
    uid = coupon_offer(shop)
    opened(desk)
    desk.tap("reward/choose", reward=uid)
    assert asked(desk.tap("reward/take", digits=typed))["wrong"] == "digits"


@pytest.mark.parametrize("typed", ["\ud800", None, 1234, "1" * 9])
def test_what_the_screen_can_not_have_sent_is_refused(shop: Shop, desk: Desk, typed: Any) -> None:
    uid = coupon_offer(shop)
    opened(desk)
    with pytest.raises(ShopError, match="bad_request"):
        desk.tap("reward/choose", reward="\ud800")
    desk.tap("reward/choose", reward=uid)
    with pytest.raises(ShopError, match="bad_request"):
        desk.tap("reward/take", digits=typed)


@pytest.mark.parametrize("points", [None, 900])
def test_what_was_ended_or_costs_more_by_now_is_not_taken_at_the_old_terms(
    shop: Shop, desk: Desk, points: int | None
) -> None:
    uid, before = coupon_offer(shop), spendable(shop)
    opened(desk)
    desk.tap("reward/choose", reward=uid)
    with shop.box.transaction():
        if points is None:
            rewards.end(shop.box, uid, None)
        else:
            found = rewards.find(shop.box, uid)
            rewards.put(shop.box, found.names, points, found.kind, found.gives, found.days, None, uid=uid)
    with pytest.raises(ShopError, match="reward_ended"):
        desk.tap("reward/take", digits=digits(shop))
    assert spendable(shop) == before and desk.tap("stay")["panel"]["facts"]["asked"] is None


@pytest.mark.fault("F116")
def test_a_second_tap_takes_nothing_more(shop: Shop, desk: Desk) -> None:
    uid, before = coupon_offer(shop), spendable(shop)
    opened(desk)
    desk.tap("reward/choose", reward=uid)
    desk.tap("reward/take", digits=digits(shop))
    with pytest.raises(ShopError, match="offer_gone"):
        desk.tap("reward/take", digits=digits(shop))
    assert spendable(shop) == before - 300


def test_goods_are_for_the_till_and_too_few_points_for_nothing(shop: Shop, desk: Desk) -> None:
    goods, dear = offer(shop), coupon_offer(shop, points=1_000_000)
    facts = opened(desk)
    assert [(x["kind"], x["short"] > 0) for x in facts["rewards"]] == [("goods", False), ("coupon", True)]
    with pytest.raises(ShopError, match="reward_at_till"):
        desk.tap("reward/choose", reward=goods)
    with pytest.raises(ShopError, match="points_short"):
        desk.tap("reward/choose", reward=dear)
    with pytest.raises(ShopError, match="offer_gone"):
        desk.tap("reward/take", digits=digits(shop))


def test_nothing_of_it_is_left_after_the_visit(shop: Shop, desk: Desk) -> None:
    uid = coupon_offer(shop)
    opened(desk)
    desk.tap("reward/choose", reward=uid)
    desk.tap("leave")
    with pytest.raises(ShopError, match="not_signed_in"):
        desk.tap("reward/take", digits=digits(shop))
    assert opened(desk)["asked"] is None


def test_without_a_phone_points_are_redeemed_at_the_till(shop: Shop, desk: Desk) -> None:
    uid = coupon_offer(shop)
    shop.db.execute_sql("UPDATE member SET phone_last4 = NULL")
    opened(desk)
    desk.tap("reward/choose", reward=uid)
    with pytest.raises(ShopError, match="reward_no_phone"):
        desk.tap("reward/take", digits="")
