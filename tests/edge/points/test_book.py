"""Corrections, points handed on in a family, points that expire: each an event of its own, and no score moves."""

from __future__ import annotations

import pytest

from edge import settings
from edge.errors import ShopError
from edge.points import book, lots
from tests.edge.goods import pay_as_planned, take_back
from tests.edge.points.purse import DAY_S, able, balance, give, honest, left, open_for_points, pay, rules, standing
from tests.edge.shop import BREAD, WINE, Hands, Shop


@pytest.fixture(autouse=True)
def wide(shop: Shop) -> Shop:
    return open_for_points(shop)


def family(shop: Shop, *names: str) -> None:
    for name in names:
        shop.db.execute_sql("UPDATE member SET family = 'f1' WHERE id = ?", (shop.member(name),))


# ---- corrections


def test_a_correction_has_a_reason_and_a_second_person(shop: Shop, till: Hands) -> None:
    before = standing(shop)
    till.attach("gold")
    assert till.do("points/adjust", points=120, reason="card forgotten")["approval"]["action"] == "points.adjust"
    till.approve()
    assert standing(shop) == (before[0] + 120, before[1])
    till.do("points/adjust", points=-20, reason="wrong member")
    till.approve()
    assert standing(shop) == (before[0] + 100, before[1])
    sql = (
        "SELECT a.action, s.role, p.role, a.reason FROM audit a JOIN staff s ON s.id = a.staff "
        "JOIN staff p ON p.id = a.approver WHERE a.action = 'points_adjusted'"
    )
    assert shop.ask(sql) == [
        ("points_adjusted", "cashier", "manager", "card forgotten"),
        ("points_adjusted", "cashier", "manager", "wrong member"),
    ]
    honest(shop)


@pytest.mark.parametrize(
    ("points", "reason", "slug"),
    [(0, "x", "points_bounds"), (1_000_001, "x", "points_bounds"), (5, " ", "reason_missing"),
     (-5, "x", "points_second"), (5, "a\nb", "reason_missing")],
)  # fmt: skip
def test_what_a_correction_can_not_be(shop: Shop, other_till: Hands, points: int, reason: str, slug: str) -> None:
    """A manager may give alone, but not take."""
    other_till.attach("gold")
    with pytest.raises(ShopError) as caught:
        other_till.do("points/adjust", points=points, reason=reason)
    assert caught.value.slug == slug


def test_a_correction_takes_no_more_than_there_is(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    till.do("points/adjust", points=-3_001, reason="wrong member")
    with pytest.raises(ShopError) as caught:
        till.approve()
    assert (caught.value.slug, caught.value.params["left"]) == ("points_short", 3_000)
    till.do("member/detach")
    till.attach("silent")
    till.do("points/adjust", points=5, reason="goodwill")
    with pytest.raises(ShopError) as caught:
        till.approve()
    assert caught.value.slug == "points_consent"


def test_practice_corrects_nothing(training_till: Hands) -> None:
    training_till.attach("gold")
    with pytest.raises(ShopError) as caught:
        training_till.do("points/adjust", points=5, reason="x")
    assert caught.value.slug == "points_training"


# ---- families


def test_a_family_spends_from_one_purse(shop: Shop, till: Hands) -> None:
    """Earnings stay the earner's; each entry names the member whose lot it is."""
    family(shop, "gold", "bronze")
    early = give(shop, 400, "gold", expires_on="2026-12-01")
    own = give(shop, 300, "bronze", expires_on="2026-12-31")
    assert able(shop, "bronze") == able(shop) == 3_700
    till.attach("bronze")
    till.scan(WINE)
    receipt = pay(till, 500, "card")["done"]["receipt"]
    assert shop.ask("SELECT member, lot, points FROM ledger WHERE reason = 'redeem' ORDER BY id") == [
        (shop.member("gold"), early, -400), (shop.member("bronze"), own, -100),
    ]  # fmt: skip
    assert standing(shop, "bronze") == (300 - 100 + 83, 83)
    assert shop.one("SELECT points_after FROM sale ORDER BY id DESC LIMIT 1") == 283
    honest(shop)
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    assert (balance(shop), standing(shop, "bronze")) == (3_400, (300, 0))
    till.attach("bronze")
    till.scan(WINE)
    pay(till, 500, "card")
    till.void(shop.one("SELECT uid FROM sale ORDER BY id DESC LIMIT 1"))
    assert (balance(shop), standing(shop, "bronze")) == (3_400, (300, 0))
    honest(shop)


def test_a_debt_of_one_is_the_familys(shop: Shop, till: Hands) -> None:
    family(shop, "gold", "bronze")
    till.attach("bronze")
    till.scan(WINE)
    receipt = pay(till, rest="card")["done"]["receipt"]
    with shop.box.transaction():
        book.transfer(shop.box, shop.member("bronze"), shop.member("gold"), 88, shop.person("manager"))
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    assert (balance(shop, "bronze"), balance(shop), able(shop)) == (-88, 3_088, 3_000)


def test_whoever_has_not_agreed_to_points_shares_none(shop: Shop) -> None:
    family(shop, "gold", "silent")
    give(shop, 500, "silent")
    assert able(shop) == 3_000
    assert lots.owners(shop.db, shop.member("gold")) == [shop.member("gold")]


def test_points_are_handed_on_with_their_last_day(shop: Shop, till: Hands) -> None:
    family(shop, "gold", "bronze")
    early = give(shop, 100, expires_on="2026-12-01")
    till.attach("gold")
    before = standing(shop), standing(shop, "bronze")
    uid = shop.one("SELECT uid FROM member WHERE id = ?", shop.member("bronze"))
    till.do("points/transfer", to=uid, points=150)
    assert (standing(shop), standing(shop, "bronze")) == (
        (before[0][0] - 150, before[0][1]), (before[1][0] + 150, before[1][1]),
    )  # fmt: skip
    got = {lot.left: lot.expires_on for lot in lots.of_member(shop.db, shop.member("bronze"))}
    assert got[100] == "2026-12-01" and early not in left(shop)
    honest(shop)


def test_points_are_handed_on_within_a_family_only(shop: Shop, till: Hands) -> None:
    uid = shop.one("SELECT uid FROM member WHERE id = ?", shop.member("bronze"))
    till.attach("gold")
    with pytest.raises(ShopError) as caught:
        till.do("points/transfer", to=uid, points=5)
    assert caught.value.slug == "points_family"
    family(shop, "gold", "bronze")
    for points, slug in ((0, "points_bounds"), (3_001, "points_short")):
        with pytest.raises(ShopError) as caught:
            till.do("points/transfer", to=uid, points=points)
        assert caught.value.slug == slug


# ---- merged members


def merge(shop: Shop, old: str, new: str) -> None:
    """As merging does it: each lot goes on at the other member (see the design)."""
    from edge.points import entries

    b, a = shop.member(old), shop.member(new)
    with shop.box.transaction():
        made = []
        for lot in lots.of_member(shop.db, b):
            first = entries.next_number(shop.box) + len(made)
            made.append(entries.entry(first, b, lot.id, -lot.left, "merge", shop.clock.now_us()))
            made.append(entries.entry(first + 1, a, first + 1, lot.left, "merge", shop.clock.now_us(),
                                      expires_on=lot.expires_on, came_from=lot.id))  # fmt: skip
        entries.book(shop.box, "transferred", made)
        shop.db.execute_sql("UPDATE member SET state = 'merged', merged = ? WHERE id = ?", (a, b))


@pytest.mark.fault("F63")
def test_a_return_finds_points_where_the_member_is_by_now(shop: Shop, till: Hands) -> None:
    give(shop, 1_000, "bronze")
    till.attach("bronze")
    till.scan(WINE)
    till.scan(BREAD)
    receipt = pay(till, 1_000, "card")["done"]["receipt"]
    assert balance(shop, "bronze") == 87
    b = shop.member("bronze")
    merge(shop, "bronze", "silver")
    before = standing(shop, "silver")
    for lines in ({"n2": None}, {"n1": None}):
        take_back(till, receipt, **lines)
        pay_as_planned(till)
    assert balance(shop, "silver") == before[0] - 87 + 1_000
    assert shop.one("SELECT SUM(points) FROM ledger WHERE member = ?", b) == 0
    assert shop.one("SELECT member FROM sale ORDER BY id DESC LIMIT 1") == shop.member("silver")
    honest(shop)


# ---- the end of points


def test_points_expire_the_day_after_their_last(shop: Shop) -> None:
    give(shop, 300, "bronze", expires_on="2026-11-22")
    assert book.expire(shop.box) == 0 and able(shop, "bronze") == 300
    shop.clock.advance(DAY_S)
    assert able(shop, "bronze") == 0  # before any nightly run
    assert book.expire(shop.box) == 300 and balance(shop, "bronze") == 0
    assert book.expire(shop.box) == 0
    honest(shop)


@pytest.mark.fault("F20")
def test_nothing_expires_while_the_time_is_not_sure(shop: Shop) -> None:
    give(shop, 300, "bronze", expires_on="2026-11-01")
    shop.clock._quality = "holdover"
    assert book.expire(shop.box) == 0
    shop.clock._quality = "synced"
    assert book.expire(shop.box) == 300


def test_debts_are_filled_before_anything_expires(shop: Shop, till: Hands) -> None:
    till.attach("bronze")
    till.scan(WINE)
    receipt = pay(till, rest="card")["done"]["receipt"]
    till.attach("bronze")
    till.scan(BREAD)
    pay(till, 80, "card")
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    assert balance(shop, "bronze") == 9 - 80
    give(shop, 50, "bronze", expires_on="2026-11-22")
    give(shop, 100, "bronze", expires_on="2026-11-22")
    shop.clock.advance(DAY_S)
    before = balance(shop, "bronze")
    assert before == 79
    assert book.expire(shop.box) == 70
    assert balance(shop, "bronze") == 9 and all(n > 0 for n in left(shop, "bronze").values())
    assert shop.one("SELECT SUM(points) FROM ledger WHERE reason = 'fill'") == 0
    honest(shop)


def test_what_has_expired_is_not_taken_back_a_second_time(shop: Shop, till: Hands) -> None:
    """A return restores the sums as they were before the sale: no debt of points that nobody ever spent."""
    shop.setting("loyalty", {**settings.values(shop.db)["loyalty"], "lot_days": 5})
    till.attach("bronze")
    till.scan(WINE)
    till.scan(BREAD)
    receipt = pay(till, rest="card")["done"]["receipt"]
    till.attach("bronze")
    till.scan(BREAD)
    pay(till, 60, "card")
    take_back(till, receipt, n2=None)
    pay_as_planned(till)
    shop.clock.advance(6 * DAY_S)
    assert book.expire(shop.box) == 97 - 60 - 10 + 9  # with what the second sale had earned
    assert balance(shop, "bronze") == 0
    till.log_in()
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    assert standing(shop, "bronze") == (-60, 9)  # what was spent of it is owed, and no more
    honest(shop)


# ---- points that wait


def test_points_wait_until_the_return_period_is_over(shop: Shop, till: Hands) -> None:
    rules(shop, wait_days=14)
    till.attach("bronze")
    till.scan(WINE)
    receipt = pay(till, rest="card")["done"]["receipt"]
    assert (balance(shop, "bronze"), able(shop, "bronze")) == (88, 0)
    assert shop.one("SELECT available_on FROM ledger ORDER BY id DESC LIMIT 1") == "2026-12-06"
    shop.clock.advance(14 * DAY_S)
    assert able(shop, "bronze") == 88
    till.log_in()
    take_back(till, receipt, n1=None)
    pay_as_planned(till)
    assert (balance(shop, "bronze"), left(shop, "bronze")) == (0, {})
    honest(shop)
