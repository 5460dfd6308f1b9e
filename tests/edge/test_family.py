"""Families share one purse: each agrees, anyone may leave, earnings and tiers stay each one's own."""

from __future__ import annotations

import pytest

from edge import evidence, family, members, merging
from edge.consent import set_consent
from edge.errors import ShopError
from edge.family import By
from edge.points import lots
from edge.privacy import erase
from tests.edge.privacy_desk import uid_of
from tests.edge.shop import CARDS, MILK, Hands, Shop


def desk(shop: Shop) -> By:
    return By("till", shop.person("cashier"), "1")


def join(shop: Shop, one: str, other: str, agreed: bool = True) -> None:
    family.join(shop.box, shop.member(one), shop.member(other), agreed, desk(shop))


def names(shop: Shop, one: str) -> list[str]:
    found = family.of(shop.box, shop.member(one))
    return [] if found is None else [member.name.split()[0].lower() for member, _ in found.members]


def test_two_share_a_purse_and_a_third_joins_it(shop: Shop) -> None:
    join(shop, "bronze", "silver")
    assert names(shop, "silver") == ["bronze", "silver"]
    join(shop, "gold", "bronze")
    for one in ("bronze", "silver", "gold"):
        assert names(shop, one) == ["bronze", "silver", "gold"]
        found = family.of(shop.box, shop.member(one))
        assert found is not None and found.purse == 4_000
    assert [points for _, points in found.members] == [0, 1_000, 3_000]


def test_what_one_earned_another_can_spend_and_the_tier_stays(shop: Shop, till: Hands) -> None:
    shop.setting("tenders", ["cash", "points"])
    join(shop, "bronze", "silver")
    till.attach("bronze")
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "points", "received": 500}, {"kind": "cash", "received": 650}])
    assert members.standing(shop.db, shop.member("silver")) == members.Standing(500, 1_000)
    assert members.standing(shop.db, shop.member("bronze")) == members.Standing(6, 6)
    assert not list(evidence.check(shop.box))


def test_nobody_joins_who_was_not_asked(shop: Shop) -> None:
    with pytest.raises(ShopError, match="family_agreed"):
        join(shop, "bronze", "silver", agreed=False)
    assert names(shop, "bronze") == []


def test_only_who_agrees_to_points_can_share_them(shop: Shop) -> None:
    for one, other in (("silent", "silver"), ("silver", "silent")):
        with pytest.raises(ShopError, match="family_points"):
            join(shop, one, other)


def test_who_takes_the_consent_back_leaves_and_takes_her_points_along(shop: Shop) -> None:
    join(shop, "bronze", "silver")
    join(shop, "gold", "silver")
    with shop.box.transaction():
        set_consent(shop.box, shop.member("gold"), "points", False, "kiosk")
    assert names(shop, "silver") == ["bronze", "silver"] and names(shop, "gold") == []
    assert lots.spendable(shop.box, shop.member("bronze")) == 1_000
    assert members.standing(shop.db, shop.member("gold")).points == 3_000


def test_who_stays_alone_is_in_no_family(shop: Shop) -> None:
    join(shop, "bronze", "silver")
    family.leave(shop.box, shop.member("silver"), desk(shop))
    assert names(shop, "silver") == names(shop, "bronze") == []
    with pytest.raises(ShopError, match="family_none"):
        family.leave(shop.box, shop.member("bronze"), desk(shop))
    join(shop, "bronze", "gold")


def test_nobody_is_in_two_families_or_with_herself(shop: Shop) -> None:
    join(shop, "bronze", "silver")
    with pytest.raises(ShopError, match="family_other"):
        join(shop, "bronze", "gold")
    with pytest.raises(ShopError, match="member_same"):
        join(shop, "gold", "gold")


def test_a_family_has_its_bounds(shop: Shop) -> None:
    with shop.box.transaction():
        for n in range(family.MOST):
            members.enrol(shop.box, name=f"M{n}", card=f"X{n}")
    added = [number for (number,) in shop.ask("SELECT id FROM member WHERE name LIKE 'M%' ORDER BY id")]
    for one in added[1:]:
        family.join(shop.box, one, added[0], True, desk(shop))
    with pytest.raises(ShopError, match="family_full"):
        family.join(shop.box, shop.member("gold"), added[0], True, desk(shop))


def test_an_erased_member_leaves_and_so_does_who_stays_alone(shop: Shop) -> None:
    join(shop, "bronze", "silver")
    erase.erase(shop.box, shop.member("silver"), None, channel="kiosk")
    assert shop.one("SELECT COUNT(*) FROM member WHERE family IS NOT NULL") == 0
    assert lots.spendable(shop.box, shop.member("bronze")) == 0


def test_two_of_a_family_who_are_one_person_are_no_family(shop: Shop) -> None:
    join(shop, "bronze", "silver")
    merging.merge(shop.box, shop.member("bronze"), shop.member("silver"), None, channel="manager")
    assert names(shop, "silver") == []


def test_who_is_merged_into_somebody_brings_the_family_unless_points_are_refused(shop: Shop) -> None:
    join(shop, "bronze", "gold")
    merging.merge(shop.box, shop.member("bronze"), shop.member("silver"), None, channel="manager")
    assert names(shop, "gold") == ["silver", "gold"]
    merging.merge(shop.box, shop.member("silent"), shop.member("silver"), None, channel="manager")
    assert names(shop, "gold") == [] and names(shop, "silver") == []


def test_joining_and_leaving_are_events_that_name_nobody(shop: Shop) -> None:
    join(shop, "bronze", "silver")
    told = shop.ask("SELECT body, private FROM journal WHERE body LIKE '%\"family.joined\"%' ORDER BY id")
    assert len(told) == 2 and all(private is None for _, private in told)
    assert uid_of(shop, shop.member("bronze")) in told[1][0] and '"text_version":1' in told[1][0]
    assert len(shop.ask("SELECT id FROM audit WHERE action = 'family_joined'")) == 2
    assert CARDS["bronze"] not in told[1][0]
