"""Coupons at the till: each is good once, for its promotion, for whose it is; and what a return does to one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edge import codes, coupons, evidence
from edge.errors import ShopError
from edge.promo import desk
from tests.edge.goods import pay_as_planned, take_back
from tests.edge.promo.forms import launch
from tests.edge.shop import BREAD, CARDS, GUM, MILK, Hands, Shop

FIVE_OFF = {"value": {"steps": [[2_000, 500]]}, "coupon": True}


def start(shop: Shop, uid: str = "P", kind: str = "threshold", **more: Any) -> None:
    launch(shop, kind, uid, **{**FIVE_OFF, **more})


def coupon(shop: Shop, uid: str = "P", member: str | None = None, **more: Any) -> str:
    """One coupon of a promotion, for whoever shows it or for a member."""
    whose = None
    if member:
        number = shop.member(member)
        whose = number, shop.one("SELECT uid FROM member WHERE id = ?", number)
    with shop.box.transaction():
        batch = f"b{shop.env.rng.getrandbits(64):x}"
        return coupons.issue(shop.box, uid, more.pop("count", 1), batch, "test", member=whose, **more)[0]


def state(shop: Shop, code: str) -> str:
    return coupons.look(shop.box, code).state


def told(shop: Shop) -> Any:
    """What the newest event says of coupons."""
    body = shop.one("SELECT body FROM journal WHERE stream = 'a' ORDER BY seq DESC LIMIT 1")
    return json.loads(body)["data"].get("coupons")


def shown(till: Hands, *scans: str) -> dict[str, Any]:
    for code in scans:
        till.scan(code)
    return till.view()


def refused(till: Hands, code: str) -> tuple[str, dict[str, Any]]:
    notice = till.scan(code)["notice"]
    assert notice["level"] == "error"
    return notice["slug"], notice["params"]


# ---- using one


def test_a_coupon_takes_off_what_its_promotion_gives_and_is_used_up(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop)
    view = shown(till, MILK, MILK, code)
    assert view["basket"]["total"] == 2_000
    assert view["notice"]["slug"] == "coupon_in" and view["notice"]["params"]["amount"] == "¥5.00"
    assert view["offer"] == {
        "coupon": code, "name": "Offer P", "until": None, "shown": True, "off": 500, "more": 0,
    }  # fmt: skip
    till.pay_cash()
    assert state(shop, code) == "used"
    assert told(shop) == [{"code": code, "promotion": "P", "state": "used"}]


def test_a_coupon_may_be_typed_in_groups(shop: Shop, till: Hands) -> None:
    start(shop)
    shown(till, MILK, MILK)
    assert till.do("scan", code=codes.coupon_words(coupon(shop)).lower())["basket"]["total"] == 2_000


def test_without_its_coupon_the_promotion_takes_nothing_off(shop: Shop, till: Hands) -> None:
    start(shop)
    coupon(shop)
    assert shown(till, MILK, MILK)["basket"]["total"] == 2_500


def test_a_coupon_that_takes_nothing_off_says_so_and_stays_good(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop)
    view = shown(till, MILK, code)
    assert view["notice"]["slug"] == "coupon_waits" and view["offer"]["off"] == 0
    till.pay_cash()
    assert state(shop, code) == "open" and told(shop) is None


def test_a_coupon_shown_before_the_goods_waits_for_them(shop: Shop, till: Hands) -> None:
    start(shop)
    view = shown(till, coupon(shop), MILK, MILK)
    assert view["basket"]["total"] == 2_000


def test_a_coupon_can_be_taken_out_and_that_undone(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop)
    shown(till, MILK, MILK, code)
    assert till.do("coupon/drop", code=code)["basket"]["total"] == 2_500
    assert till.do("undo")["basket"]["total"] == 2_000
    assert till.do("undo")["basket"]["total"] == 2_500


def test_two_coupons_for_one_promotion_are_two_uses_and_no_more_is_used_up(shop: Shop, till: Hands) -> None:
    start(shop, kind="n_for_m", value={"buy": 2, "pay": 1}, scope={"skus": ["GUM"]})
    first, second, third = (coupon(shop) for _ in range(3))
    shown(till, GUM, first)
    for _ in range(4):
        till.scan(GUM)
    assert till.view()["basket"]["saving"] == 333  # of five pieces: one coupon, one use
    view = shown(till, second, third)
    assert view["basket"]["saving"] == 666 and view["offer"]["more"] == 2
    till.pay_cash()
    assert sorted(state(shop, x) for x in (first, second, third)) == ["open", "used", "used"]


# ---- refusals


def test_a_used_coupon_says_where_and_when(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop)
    shown(till, MILK, MILK, code)
    till.pay_cash()
    slug, params = refused(till, code)
    assert slug == "coupon_used" and params["receipt"] == "S01-1-1-000001" and params["at"].startswith("2026-11-22 1")


def test_what_is_past_withdrawn_or_not_known_is_refused(shop: Shop, till: Hands) -> None:
    start(shop)
    assert refused(till, coupon(shop, expires_on="2026-11-21")) == ("coupon_expired", {"day": "2026-11-21"})
    assert shown(till, coupon(shop, expires_on="2026-11-22"))["notice"]["slug"] == "coupon_waits"
    gone = coupon(shop)
    with shop.box.transaction():
        coupons.void(shop.box, gone, shop.person("manager"), "lost", "desk")
    assert refused(till, gone) == ("coupon_void", {})
    assert refused(till, codes.coupon_code(7))[0] == "coupon_unknown"


def test_a_coupon_counts_while_its_promotion_does(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop)
    desk.turn(shop.box, "P", "paused", None)
    assert refused(till, code)[0] == "coupon_paused"
    start(shop, "later", when={"begins": "2026-12-01"})
    assert refused(till, coupon(shop, "later")) == ("coupon_not_yet", {"day": "2026-12-01"})
    start(shop, "over", when={"ends": "2026-11-01"})
    assert refused(till, coupon(shop, "over")) == ("coupon_expired", {"day": "2026-11-01"})


def test_a_members_coupon_is_for_that_member_alone(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop, member="silver")
    shown(till, MILK, MILK)
    assert refused(till, code)[0] == "coupon_needs_member"
    till.attach("gold")
    assert refused(till, code)[0] == "coupon_not_yours"
    till.attach("silver")
    assert till.scan(code)["basket"]["total"] == 2_300 - 500
    assert till.attach("gold")["offer"] is None  # it leaves the cart with the member whose it is
    till.pay_cash()
    assert state(shop, code) == "open"


def test_the_same_coupon_twice_is_one_coupon(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop)
    shown(till, MILK, MILK, code)
    assert refused(till, code)[0] == "coupon_twice"


def test_a_coupon_that_lies_in_another_cart_is_taken_out_there_first(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop)
    shown(till, MILK, MILK, code)
    other = shop.tills["2"]
    other.log_in()
    assert refused(other, code) == ("coupon_elsewhere", {"lane": "1"})
    till.do("hold")
    assert refused(other, code)[0] == "coupon_aside"


def test_a_training_till_takes_no_coupon(shop: Shop) -> None:
    start(shop)
    practice = shop.tills["3"]
    practice.log_in()
    assert refused(practice, coupon(shop))[0] == "coupon_training"


# ---- once, whatever happens


@pytest.mark.fault("F116")
def test_a_used_coupon_is_used_at_every_till_and_after_a_restart(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop)
    shown(till, MILK, MILK, code)
    till.pay_cash()
    other = shop.tills["2"]
    other.log_in()
    assert refused(other, code)[0] == "coupon_used"
    shop.restart()
    again = shop.tills["1"]
    again.log_in()
    assert refused(again, code)[0] == "coupon_used"


@pytest.mark.fault("F116")
def test_the_same_grant_again_makes_no_second_coupon(shop: Shop) -> None:
    start(shop)
    with shop.box.transaction():
        first = coupons.issue(shop.box, "P", 3, "batch", "gift")
    with shop.box.transaction():
        assert coupons.issue(shop.box, "P", 3, "batch", "gift") == first
    assert shop.one("SELECT COUNT(*) FROM coupon") == 3
    assert shop.one("SELECT COUNT(*) FROM journal WHERE body LIKE '%coupon.issued%'") == 1


@pytest.mark.fault("F116")
def test_of_two_tills_with_one_coupon_one_wins_and_the_other_sees_it_before_money_moves(
    shop: Shop, till: Hands
) -> None:
    start(shop)
    code, other = coupon(shop), shop.tills["2"]
    other.log_in()
    shown(till, MILK, MILK, code)
    coupons.put_in(other.till.open_basket(), code, "P")  # scanned at the very same moment
    assert shown(other, MILK, MILK)["basket"]["total"] == 2_000
    till.pay_cash()
    view = other.pay_cash()
    assert view["done"] is None and view["notice"]["slug"] == "coupon_used"
    assert view["basket"]["total"] == 2_500 and view["offer"] is None
    assert other.pay_cash()["done"] is not None
    assert shop.one("SELECT COUNT(*) FROM coupon WHERE state = 'used'") == 1


@pytest.mark.fault("F116")
def test_even_a_cart_that_nobody_looked_at_again_can_t_use_it_twice(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop)
    shown(till, MILK, MILK, code)
    till.pay_cash()
    shown(till, MILK, MILK)
    coupons.put_in(till.till.basket, code, "P")
    desk.settle(shop.box, "1", till.till.basket)
    with pytest.raises(ShopError, match="coupon_used"), shop.box.transaction():
        coupons.of_basket(shop.box, till.till.basket)


def test_a_crash_between_scan_and_payment_loses_no_coupon(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop)
    shown(till, MILK, MILK, code)
    shop.restart()
    back = shop.tills["1"]
    back.log_in()
    assert back.view()["basket"]["total"] == 2_000 and back.view()["offer"]["coupon"] == code
    back.pay_cash()
    assert state(shop, code) == "used"


@pytest.mark.fault("F119")
@pytest.mark.parametrize(
    ("sql", "slug"),
    [
        ("UPDATE coupon SET state = 'open', used_sale = NULL WHERE state = 'used'", "coupon_changed"),
        ("UPDATE coupon SET state = 'open' WHERE state = 'void'", "coupon_changed"),
        ("INSERT INTO coupon VALUES ('CPX', 'P', 99, NULL, 'open', 0, NULL, NULL, 'b', 'x')", "coupon_untold"),
    ],
)
def test_a_coupon_that_somebody_made_good_again_in_the_file_is_named(
    shop: Shop, till: Hands, sql: str, slug: str
) -> None:
    start(shop)
    used, gone = coupon(shop), coupon(shop)
    shown(till, MILK, MILK, used)
    till.pay_cash()
    with shop.box.transaction():
        coupons.void(shop.box, gone, shop.person("manager"), "lost", "desk")
    assert list(evidence.check(shop.box)) == []
    shop.db.execute_sql(sql)
    assert [fault.slug for fault in evidence.check(shop.box)] == [slug]


# ---- given back


def test_all_that_it_was_used_on_comes_back_and_the_coupon_is_good_again(shop: Shop, till: Hands) -> None:
    start(shop, scope={"skus": ["MILK"]})
    code = coupon(shop)
    shown(till, MILK, MILK, BREAD, code)
    till.pay_cash()
    receipt = till.till.done.receipt  # type: ignore[union-attr]
    take_back(till, receipt, n1=1000)
    pay_as_planned(till)
    assert state(shop, code) == "used" and told(shop) is None
    take_back(till, receipt, n1=1000)
    pay_as_planned(till)
    assert state(shop, code) == "open"  # though the bread stays sold
    assert told(shop) == [{"code": code, "promotion": "P", "state": "open"}]
    assert shown(till, MILK, MILK, code)["basket"]["total"] == 2_000


def test_a_void_makes_its_coupons_good_again(shop: Shop, till: Hands) -> None:
    start(shop)
    code = coupon(shop)
    shown(till, MILK, MILK, code)
    till.pay_cash()
    till.void(till.till.done.uid)  # type: ignore[union-attr]
    assert state(shop, code) == "open"
    assert told(shop) == [{"code": code, "promotion": "P", "state": "open"}]


# ---- the one line above the cart


def test_a_members_coupon_is_offered_when_it_would_take_something_off_and_one_tap_uses_it(
    shop: Shop, till: Hands
) -> None:
    start(shop)
    code = coupon(shop, member="silver", expires_on="2026-12-31")
    till.attach("silver")
    assert (till.scan(MILK)["offer"] or {}).get("coupon") is None
    offer = till.scan(MILK)["offer"]
    assert offer == {
        "coupon": code, "name": "Offer P", "until": "2026-12-31", "shown": False, "off": 500, "more": 0,
    }  # fmt: skip
    view = till.do("coupon", code=code)
    assert view["basket"]["total"] == 1_800 and view["offer"]["shown"]


def test_the_first_to_expire_is_offered_first_and_none_after_not_this_time(shop: Shop, till: Hands) -> None:
    start(shop)
    coupon(shop, member="silver")
    soon = coupon(shop, member="silver", expires_on="2026-11-30")
    till.attach("silver")
    shown(till, MILK, MILK)
    assert till.view()["offer"]["coupon"] == soon
    assert "coupon" not in (till.do("coupon/later")["offer"] or {})
    assert "coupon" not in (till.scan(MILK)["offer"] or {})
    till.pay_cash()
    till.attach("silver")
    assert shown(till, MILK, MILK)["offer"]["coupon"] == soon  # the next visit is another day


def test_a_coupon_that_saves_nothing_beside_a_better_promotion_is_not_offered(shop: Shop, till: Hands) -> None:
    start(shop, kind="percent", value={"bp": 500})
    launch(shop, "percent", "better", value={"bp": 1_000})
    coupon(shop, member="silver")
    till.attach("silver")
    assert "coupon" not in (shown(till, BREAD, BREAD)["offer"] or {})


# ---- issuing


def test_a_batch_has_its_bounds_and_its_event_fits_a_message(shop: Shop) -> None:
    start(shop)
    for count in (0, coupons.MAX_BATCH + 1):
        with pytest.raises(ShopError, match="coupon_count"), shop.box.transaction():
            coupons.issue(shop.box, "P", count, "b", "print")
    with shop.box.transaction():
        made = coupons.issue(shop.box, "P", 1_200, "b", "print")
    assert len(set(made)) == 1_200
    sizes = shop.ask("SELECT length(body) FROM journal WHERE body LIKE '%coupon.issued%'")
    assert len(sizes) == 3 and max(n for (n,) in sizes) < 64_000


def test_a_card_of_a_member_is_no_coupon(shop: Shop) -> None:
    with pytest.raises(ShopError, match="coupon_unknown"):
        coupons.look(shop.box, CARDS["silver"])
