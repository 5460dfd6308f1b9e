"""Keeping promotions: versions, states, and what is in force for a basket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from edge.base.sqlite import rows
from edge.errors import ShopError
from edge.promo import desk
from edge.promo.desk import Force
from tests.edge.shop import NOW_US, Shop

NONE: frozenset[str] = frozenset()


def tenth(uid: str = "TENTH", **more: Any) -> dict[str, Any]:
    """Ten percent off everything."""
    return {"uid": uid, "names": {"zh-CN": "九折", "en": "Tenth off"}, "kind": "percent", "value": {"bp": 1000}, **more}


def force(shop: Shop, member: int | None = None, coupons: frozenset[str] = NONE, began_us: int = NOW_US) -> list[str]:
    found = desk.in_force(shop.box, "1", began_us, member, coupons)
    return [p.uid for p in found.promotions] if found else []


def found(shop: Shop, member: int | None = None) -> Force:
    force = desk.in_force(shop.box, "1", NOW_US, member, NONE)
    assert force is not None
    return force


def test_a_shop_without_promotions_asks_the_database_once(shop: Shop) -> None:
    assert force(shop) == []
    asked = list[str]()
    shop.db.connection().set_trace_callback(asked.append)
    assert force(shop) == []
    assert asked == []


def test_each_change_is_a_version_an_event_and_a_row_of_the_audit(shop: Shop) -> None:
    manager = shop.person("manager")
    uid = desk.put(shop.box, {**tenth(), "uid": None}, manager, "1")
    desk.put(shop.box, {**tenth(uid), "value": {"bp": 2000}}, manager, "1")
    desk.turn(shop.box, uid, "paused", manager, "1")
    assert [(x.version, x.state, x.promotion.value["bp"]) for x in desk.versions(shop.box, uid)] == [
        (3, "paused", 2000), (2, "active", 2000), (1, "active", 1000),
    ]  # fmt: skip
    assert desk.versions(shop.box, uid)[0].by == manager.uid
    events = shop.one("SELECT COUNT(*) FROM journal WHERE stream = 'a' AND body LIKE '%promotion.changed%'")
    assert events == 3
    assert rows(shop.db, "SELECT COUNT(*), MIN(lane) FROM audit WHERE action = 'promotion_changed'") == [(3, "1")]


def test_paused_is_out_until_it_goes_on_and_ended_for_good(shop: Shop) -> None:
    desk.put(shop.box, tenth(), None)
    assert force(shop) == ["TENTH"]
    desk.turn(shop.box, "TENTH", "paused", None)
    assert force(shop) == []
    desk.put(shop.box, tenth(priority=1), None)  # may be corrected meanwhile
    assert force(shop) == []
    desk.turn(shop.box, "TENTH", "active", None)
    assert force(shop) == ["TENTH"]
    desk.turn(shop.box, "TENTH", "ended", None)
    assert force(shop) == []
    for again in (lambda: desk.put(shop.box, tenth(), None), lambda: desk.turn(shop.box, "TENTH", "active", None)):
        with pytest.raises(ShopError, match="promotion_ended"):
            again()


@pytest.mark.parametrize(("wrong", "field"), [
    ({"kind": "free"}, "kind"), ({"value": {}}, "value.bp"), ({"value": {"bp": 0}}, "value.bp"),
    ({"value": {"bp": 1000, "of": 1}}, "value.of"), ({"names": {"en": "x"}}, "names"), ({"extra": 1}, "extra"),
    ({"when": {"begins": "2026-13-01"}}, "when.begins"), ({"scope": {"skus": "MILK"}}, "scope.skus"),
    ({"when": {"begins": "2026-02-01", "ends": "2026-01-01"}}, "when.ends"), ({"priority": 1.5}, "priority"),
    ({"uid": "a b"}, "uid"),
])  # fmt: skip
def test_a_rule_that_cannot_be_read_is_refused_by_its_field(shop: Shop, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ShopError) as refused:
        desk.put(shop.box, {**tenth(), **wrong}, None)
    assert refused.value.params == {"field": field}
    assert shop.one("SELECT COUNT(*) FROM promotion") == 0


def test_what_another_release_wrote_does_not_stop_the_till(shop: Shop) -> None:
    desk.put(shop.box, tenth(), None)
    shop.db.execute_sql("INSERT INTO promotion VALUES ('NEW', 1, 'active', '{\"kind\":\"lottery\"}', 0, '')")
    desk.forget(shop.box)
    assert force(shop) == ["TENTH"]


def test_a_coupon_promotion_waits_for_its_coupon(shop: Shop) -> None:
    desk.put(shop.box, tenth(coupon=True), None)
    assert force(shop) == []
    assert force(shop, coupons=frozenset({"TENTH"})) == ["TENTH"]


def test_for_a_tier(shop: Shop) -> None:
    desk.put(shop.box, tenth(when={"tiers": ["gold"]}), None)
    assert force(shop) == []
    assert force(shop, shop.member("silver")) == []
    assert force(shop, shop.member("gold")) == ["TENTH"]


def test_for_a_segment(shop: Shop) -> None:
    desk.put(shop.box, tenth(when={"segments": ["tea"]}), None)
    gold = shop.member("gold")
    with shop.box.transaction():
        desk.sort(shop.box, gold, "tea", True, None)
        desk.sort(shop.box, gold, "tea", True, None)
    assert force(shop, gold) == ["TENTH"]
    with shop.box.transaction():
        desk.sort(shop.box, gold, "tea", False, None)
    assert force(shop, gold) == []


def test_the_first_purchase_is_the_first_that_stands(shop: Shop) -> None:
    desk.put(shop.box, tenth(when={"first": True}), None)
    bronze = shop.member("bronze")
    assert force(shop) == []
    assert force(shop, bronze) == ["TENTH"]
    till = shop.tills["1"]
    till.log_in()
    done = till.sell(member="bronze")
    assert force(shop, bronze) == []
    till.void(done.uid)
    assert force(shop, bronze) == ["TENTH"]


@pytest.mark.parametrize(("agreed", "counted"), [(True, ["TENTH"]), (False, [])])
def test_a_birthday_counts_only_where_she_agreed_to_that(shop: Shop, agreed: bool, counted: list[str]) -> None:
    desk.put(shop.box, tenth(when={"birthday": 7}), None)
    gold = shop.member("gold")
    shop.db.execute_sql("UPDATE member SET birthday = '11-28' WHERE id = ?", (gold,))
    shop.db.execute_sql(
        "INSERT INTO consent (member, purpose, granted, text_version, at_us, channel) "
        "VALUES (?, 'birthday', ?, 1, 0, 'till')",
        (gold, int(agreed)),
    )
    assert force(shop, gold) == counted


def test_while_nobody_knows_the_day_nothing_that_hangs_on_it_counts(shop: Shop, monkeypatch: Any) -> None:
    desk.put(shop.box, tenth(when={"begins": "2026-01-01"}), None)
    desk.put(shop.box, tenth("ALWAYS"), None)
    known: Callable[[], str] = lambda: "unknown"  # noqa: E731
    monkeypatch.setattr(shop.clock, "quality", known)
    assert force(shop) == ["ALWAYS"]


def test_limits_leave_room_for_what_was_not_used_yet(shop: Shop) -> None:
    desk.put(shop.box, tenth(limits={"total": 5, "member": 3, "day": 2}), None)
    gold = shop.member("gold")
    assert found(shop, gold).room == {"TENTH": 2}
    day = desk.business_date(shop.box, "1")
    shop.db.execute_sql("INSERT INTO promo_use VALUES ('TENTH', 1, 1, ?, 1, ?)", (gold, day))
    assert found(shop, gold).room == {"TENTH": 1}
    shop.db.execute_sql("INSERT INTO promo_use VALUES ('TENTH', 2, 2, ?, 1, '2026-01-01')", (gold,))
    assert found(shop, gold).room == {"TENTH": 1}
    shop.db.execute_sql("UPDATE promo_use SET times = 4 WHERE sale = 2")
    assert found(shop, gold).room == {"TENTH": 0}
    assert found(shop).room == {"TENTH": 0}  # nobody: it can't be counted whose it is
