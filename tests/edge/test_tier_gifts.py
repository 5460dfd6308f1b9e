"""Coupons that a tier gives: on reaching it, and on birthdays; each once, and only of a promotion that runs."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from edge import coupons, maintain, tier_gifts
from edge.promo import desk
from edge.settings import DEFAULTS
from tests.edge.goods import pay_as_planned, quick_pins, take_back
from tests.edge.shop import HAMPER, Hands, Shop

FIVE_OFF = {
    "uid": "gift", "names": {"zh-CN": "减 5", "en": "5 off"}, "kind": "threshold", "value": {"steps": [[100, 500]]},
    "coupon": True,
}  # fmt: skip


@pytest.fixture(autouse=True)
def promotion(shop: Shop) -> None:
    desk.put(shop.box, FIVE_OFF, None)


def tier_gives(shop: Shop, **gifts: dict[str, Any]) -> None:
    value = deepcopy(DEFAULTS["loyalty"])
    for tier in value["tiers"]:
        tier |= gifts.get(tier["id"], {})
    shop.setting("loyalty", value)


def held(shop: Shop, name: str = "bronze") -> list[tuple[str, str]]:
    return [(x.promotion, x.reason) for x in coupons.of_member(shop.box, shop.member(name))]


def born(shop: Shop, day: str, name: str = "bronze", *, agreed: bool = True) -> None:
    member = shop.member(name)
    shop.db.execute_sql("UPDATE member SET birthday = ? WHERE id = ?", (day, member))
    shop.db.execute_sql(
        "INSERT INTO consent (member, purpose, granted, text_version, at_us, channel) "
        "VALUES (?, 'birthday', ?, 1, 0, 'till')", (member, int(agreed)),
    )  # fmt: skip


def test_who_reaches_a_tier_has_its_coupon_with_the_sale_and_once(shop: Shop, till: Hands) -> None:
    quick_pins(shop)
    tier_gives(shop, silver={"gift": "gift"})
    receipt = till.sell([HAMPER], "bronze").receipt
    assert held(shop) == [("gift", "tier")]
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    till.sell([HAMPER], "bronze")
    assert held(shop) == [("gift", "tier")], "climbing twice gives once"


def test_who_climbs_two_rungs_at_once_has_both_coupons(shop: Shop, till: Hands) -> None:
    tier_gives(shop, silver={"gift": "gift"}, gold={"gift": "gift"})
    till.attach("bronze")
    till.add("HAMPER", qty=3_000)
    till.pay_cash()
    assert held(shop) == [("gift", "tier")] * 2


def test_a_promotion_that_does_not_run_gives_none_and_stops_no_sale(shop: Shop, till: Hands) -> None:
    tier_gives(shop, silver={"gift": "nothing"}, gold={"gift": "gift"})
    desk.turn(shop.box, "gift", "paused", None)
    till.attach("bronze")
    till.add("HAMPER", qty=3_000)
    till.pay_cash()
    assert held(shop) == [] and till.view()["done"]["tier"] == "gold"


@pytest.mark.parametrize(
    ("day", "given"), [("11-22", 1), ("11-21", 1), ("11-15", 1), ("11-14", 0), ("11-23", 0), ("02-29", 0)]
)
def test_a_birthday_gives_one_coupon_on_the_day_or_when_the_box_is_back(shop: Shop, day: str, given: int) -> None:
    tier_gives(shop, bronze={"birthday": "gift"})
    born(shop, day)
    assert tier_gifts.birthdays(shop.box) == given
    assert tier_gifts.birthdays(shop.box) == 0 and len(held(shop)) == given
    shop.clock.advance(86_400 * 365)
    assert tier_gifts.birthdays(shop.box) == given, "the next year again"


def test_without_consent_no_birthday_is_known(shop: Shop) -> None:
    tier_gives(shop, bronze={"birthday": "gift"})
    born(shop, "11-22", agreed=False)
    assert tier_gifts.birthdays(shop.box) == 0


@pytest.mark.fault("F21")
def test_no_birthday_by_a_clock_that_cannot_be_trusted(shop: Shop) -> None:
    tier_gives(shop, bronze={"birthday": "gift"})
    born(shop, "11-22")
    shop.clock._quality = "unknown"
    assert maintain.give_birthday_coupons(shop.box).params == {"n": 0}
    shop.clock._quality = "synced"
    assert maintain.give_birthday_coupons(shop.box).params == {"n": 1}
