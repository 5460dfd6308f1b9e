"""How much a member may spend at a box that knows only itself, and that every refusal says what to do."""

from __future__ import annotations

import pytest

from edge.base.i18n import LANGS, t
from edge.errors import ShopError
from edge.points import policy
from tests.edge.goods import pay_as_planned, take_back
from tests.edge.points.purse import DAY_S, balance, give, open_for_points, pay, rules
from tests.edge.shop import NOW_US, WINE, Hands, Shop


@pytest.fixture(autouse=True)
def wide(shop: Shop) -> Shop:
    open_for_points(shop)
    give(shop, 50_000)
    return shop


def spend(till: Hands, points: int, member: str = "gold") -> str:
    till.attach(member)
    till.scan(WINE)
    return str(pay(till, points, "card")["done"]["receipt"])


def refused(till: Hands, points: int, member: str = "gold") -> ShopError:
    with pytest.raises(ShopError) as caught:
        spend(till, points, member)
    till.do("clear")
    till.do("member/detach")
    assert all(t(lang, f"errors.{caught.value.slug}", **caught.value.params) for lang in LANGS)
    return caught.value


def seen(shop: Shop, name: str, ago_days: int, lease: int | None = None, until: str | None = None) -> None:
    """What headquarters last said of a member."""
    shop.db.execute_sql(
        "INSERT OR REPLACE INTO points_seen VALUES (?, ?, ?, ?)",
        (shop.member(name), shop.clock.now_us() - ago_days * DAY_S * 1_000_000, lease, until),
    )


@pytest.mark.fault("F60")
def test_a_member_spends_no_more_in_a_day_than_the_shop_allows(shop: Shop, till: Hands, other_till: Hands) -> None:
    """What two stores that can't speak to each other could lose together is bounded by this."""
    rules(shop, member_day=5_000)
    spend(till, 3_000)
    error = refused(other_till, 2_001)
    assert (error.slug, error.params["left"]) == ("points_member_day", 2_000)
    spend(other_till, 2_000)
    assert refused(till, 1).params["left"] == 0
    shop.clock.advance(DAY_S)
    till.log_in()
    spend(till, 5_000)


def test_what_came_back_can_be_spent_again(shop: Shop, till: Hands) -> None:
    rules(shop, member_day=5_000)
    receipt = spend(till, 5_000)
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    spend(till, 5_000)
    till.void(shop.one("SELECT uid FROM sale ORDER BY id DESC LIMIT 1"))
    spend(till, 5_000)


@pytest.mark.fault("F60")
def test_all_together_spend_no_more_in_a_day_than_the_box_gives(shop: Shop, till: Hands) -> None:
    rules(shop, box_day=4_000)
    spend(till, 3_000)
    give(shop, 3_000, "bronze")
    error = refused(till, 1_001, "bronze")
    assert (error.slug, error.params["left"]) == ("points_box_day", 1_000)
    spend(till, 1_000, "bronze")


@pytest.mark.fault("F60")
def test_a_member_whom_headquarters_has_long_not_told_of_spends_nothing(shop: Shop, till: Hands) -> None:
    rules(shop, unseen_days=30)
    seen(shop, "gold", 31)
    assert refused(till, 1).slug == "points_unseen"
    seen(shop, "gold", 29)
    spend(till, 1_000)


@pytest.mark.fault("F60")
def test_with_leases_only_what_was_lent_is_spent(shop: Shop, till: Hands) -> None:
    rules(shop, lease=True)
    error = refused(till, 1)
    assert (error.slug, error.params["left"]) == ("points_lease", 0)
    seen(shop, "gold", 1, 2_000)
    spend(till, 1_500)
    assert refused(till, 501).params["left"] == 500
    seen(shop, "gold", 1, 2_000, "2026-11-21")
    assert refused(till, 1).params["left"] == 0


def test_the_screen_is_told_as_of_when_and_how_much(shop: Shop, till: Hands) -> None:
    rules(shop, member_day=5_000, step=100)
    seen(shop, "gold", 2)
    till.attach("gold")
    till.scan(WINE)
    found = till.till.points(None)
    assert (found["why"], found["limit"], found["most"]) == ("member_day", 5_000, {"amount": 5_000, "points": 5_000})
    assert found["as_of_us"] == NOW_US + 2_000_000 - 2 * DAY_S * 1_000_000 - 2_000_000
    assert [x["amount"] for x in found["choices"]] == [5_000, 2_000, 1_000]
    assert till.till.points(1_200)["asked"] == {"amount": 1_200, "points": 1_200}
    with pytest.raises(ShopError) as caught:
        till.till.points(1_250)
    assert caught.value.slug == "points_step"
    till.do("tender/take", tender={"kind": "points", "received": 4_000})
    assert till.till.points(None)["most"]["amount"] == 1_000
    assert till.view()["member"]["spendable"] == balance(shop) - 4_000
    with pytest.raises(ShopError):
        till.do("tender/take", tender={"kind": "points", "received": 1_100})


def test_why_nothing_can_be_paid_is_said_before_anybody_tries(shop: Shop, till: Hands) -> None:
    rules(shop, step=100, member_day=50)
    till.attach("gold")
    till.scan(WINE)
    assert till.till.points(None)["refused"][0] == "points_member_day"
    till.do("member/detach")
    till.attach("silent")
    assert till.till.points(None)["refused"][0] == "points_consent"
    till.do("member/detach")
    with pytest.raises(ShopError) as caught:
        till.till.points(None)
    assert caught.value.slug == "tender_needs"


def test_a_shop_without_the_kind_is_told_nothing_of_it(shop: Shop, till: Hands) -> None:
    shop.setting("tenders", ["cash"])
    assert "spendable" not in till.attach("gold")["member"]
    shop.setting("tenders", ["cash", "points"])
    assert till.view()["member"]["spendable"] == balance(shop)


def test_what_waits_is_no_bound_and_is_told(shop: Shop) -> None:
    give(shop, 700, "bronze", available_on="2026-12-24")
    found = policy.allowance(shop.box, shop.member("bronze"))
    assert (found.limit, found.spendable, found.waiting) == (0, 0, 700)
