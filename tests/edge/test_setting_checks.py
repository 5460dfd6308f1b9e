"""A setting that can't be is refused with a sentence before anybody has to live with it."""

from __future__ import annotations

from typing import Any

import pytest

from edge.base.i18n import LANGS, t
from edge.errors import ShopError
from edge.permissions import ADJUSTABLE, ALLOW, APPROVE, DENY, TABLE, permission
from edge.setting_checks import KEYS, check
from edge.settings import DEFAULTS
from tests.edge.shop import Hands, Shop


@pytest.mark.parametrize(
    ("name", "value", "slug"),
    [
        ("permissions", [], "setting_shape"),
        ("permissions", {"sale.void": "maybe"}, "permission_verdict"),
        ("permissions", {"sale.void": None}, "permission_verdict"),
        ("permissions", {"sale.sell": "deny"}, "permission_fixed"),
        ("permissions", {"staff.change": "allow"}, "permission_fixed"),
        ("permissions", {"no.such": "allow"}, "permission_fixed"),
        ("staff", {}, "setting_shape"),
        ("staff", {"badge_needs_pin": False, "idle_min": 5, "more": 1}, "setting_shape"),
        ("staff", {"badge_needs_pin": 1, "idle_min": 5}, "setting_switch"),
        ("staff", {"badge_needs_pin": False, "idle_min": 1}, "setting_bounds"),
        ("staff", {"badge_needs_pin": False, "idle_min": 16}, "setting_bounds"),
        ("staff", {"badge_needs_pin": False, "idle_min": True}, "setting_bounds"),
        ("alerts", {"member_sales_per_hour": 0}, "setting_bounds"),
        ("export", {"member_rows_per_day": -1}, "setting_bounds"),
        ("export", {"member_rows_per_day": 2.5}, "setting_bounds"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_and_nothing_is_stored(shop: Shop, name: str, value: Any, slug: str) -> None:
    with pytest.raises(ShopError) as raised:
        shop.setting(name, value)
    assert raised.value.slug == slug
    assert all(t(lang, f"errors.{slug}", **raised.value.params) for lang in LANGS)
    assert shop.ask("SELECT * FROM setting WHERE name = ?", name) == []


def test_what_is_shipped_is_in_bounds() -> None:
    for name in KEYS:
        check(name, DEFAULTS[name])


@pytest.mark.parametrize("action", ADJUSTABLE)
@pytest.mark.parametrize("verdict", [ALLOW, APPROVE, DENY])
def test_each_adjustable_permission_takes_each_verdict_for_cashiers_only(shop: Shop, action: str, verdict: str) -> None:
    shop.setting("permissions", {action: verdict})
    assert permission(action, "cashier", shop.box.rules.permissions) == verdict
    for role in ("manager", "technician", "kiosk", "hq", "anyone"):
        assert permission(action, role, shop.box.rules.permissions) == TABLE[action].get(role, DENY)


@pytest.mark.parametrize(("verdict", "voids", "asks"), [(ALLOW, 1, False), (APPROVE, 0, True)])
def test_the_verdict_is_what_the_till_does(shop: Shop, till: Hands, verdict: str, voids: int, asks: bool) -> None:
    shop.setting("permissions", {"sale.void": verdict})
    view = till.do("void", sale=till.sell().uid, reason="wrong item")
    assert shop.one("SELECT COUNT(*) FROM sale WHERE kind = 'void'") == voids
    assert bool(view["approval"]) == asks


def test_what_is_denied_nobody_can_allow(shop: Shop, till: Hands) -> None:
    shop.setting("permissions", {"sale.void": DENY})
    with pytest.raises(ShopError, match="denied"):
        till.do("void", sale=till.sell().uid, reason="wrong item")
    assert till.view()["approval"] is None


def test_a_key_that_a_later_release_brought_has_its_default(shop: Shop) -> None:
    shop.db.execute_sql("INSERT INTO setting VALUES ('staff', 1, '{\"idle_min\": 9}', 0, 'old release')")
    shop.box.reload_rules()
    assert (shop.box.rules.idle_min, shop.box.rules.badge_needs_pin) == (9, False)
