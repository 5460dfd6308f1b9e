"""The shop's rules at the manager's desk: within their bounds, all or nothing, written to the audit."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from edge import setting_book, settings
from edge.base import i18n
from edge.base.sqlite import rows
from edge.errors import ShopError
from tests.edge.shop import Shop


def change(shop: Shop, **changes: Any) -> None:
    """The manager changes rules; __ stands for a dot."""
    with shop.box.transaction():
        named = {name.replace("__", "."): value for name, value in changes.items()}
        setting_book.change(shop.box, shop.person("manager"), named, "~manager")
    shop.box.reload_rules()


def value(shop: Shop, name: str) -> Any:
    return next(found for field, found in setting_book.read(shop.box) if field.name == name)


def test_each_rule_is_within_its_own_bounds_from_the_start(shop: Shop) -> None:
    for field, found in setting_book.read(shop.box):
        assert setting_book._fits(field, found), field


def test_each_rule_has_words_in_both_languages(shop: Shop) -> None:
    for lang in i18n.LANGS:
        words = i18n.words(lang, ("manager_settings",))
        for field in setting_book.fields(shop.box):
            assert f"manager_settings.group_{field.group}" in words
            name = field.name
            if name.startswith(("tax.", "loyalty.tiers.")):
                continue  # named by what they are of
            name = name.removesuffix(".zh-CN").removesuffix(".en")
            assert f"manager_settings.r_{name.replace('.', '_')}" in words, name


def test_a_change_counts_at_once_and_is_the_next_version(shop: Shop) -> None:
    change(shop, cash__step=50, shift__by_hand=True, store_name__en="Riverside")
    rules = shop.box.rules
    assert (rules.cash_step, rules.shift_by_hand, rules.store_name["en"]) == (50, True, "Riverside")
    assert rules.store_name["zh-CN"] == "街角小店" and rules.cash_mode == "down"
    assert rows(shop.db, "SELECT MAX(version) FROM setting WHERE name = 'cash'") == [(1,)]
    change(shop, cash__step=10)
    assert rows(shop.db, "SELECT MAX(version) FROM setting WHERE name = 'cash'") == [(2,)]


def test_who_changed_what_is_written_with_what_it_was(shop: Shop) -> None:
    change(shop, cash__step=50, tenders=["cash"])
    found = [orjson.loads(detail) for (detail,) in rows(shop.db, "SELECT detail FROM audit ORDER BY id")]
    assert {"setting": "cash.step", "before": 10, "value": 50} in found
    assert {"setting": "tenders", "before": "cash, card", "value": "cash"} in found


def test_the_same_value_again_changes_and_writes_nothing(shop: Shop) -> None:
    before = rows(shop.db, "SELECT COUNT(*) FROM setting")
    change(shop, cash__step=10, permissions__sale__void="approve")
    assert rows(shop.db, "SELECT COUNT(*) FROM setting") == before
    assert rows(shop.db, "SELECT * FROM audit") == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("cash.step", 0), ("cash.step", 1_001), ("cash.step", True), ("cash.step", 1.0), ("cash.step", "10"),
     ("cash.mode", "up"), ("tenders", []), ("tenders", ["cash", "gold"]), ("tenders", ["card", "cash"]),
     ("tenders", "cash"), ("shift.by_hand", 1), ("store_name.en", ""), ("store_name.en", "x" * 41),
     ("store_name.en", "a\nb"), ("store_name.en", None), ("tax.A", 10_001), ("staff.idle_min", 16),
     ("permissions.sale.void", "always"), ("loyalty.tiers.gold.multiplier", 9_999)],
)  # fmt: skip
@pytest.mark.fault("F102")
def test_a_value_out_of_bounds_is_refused_with_its_name_and_changes_nothing(
    shop: Shop, name: str, wrong: object
) -> None:
    with pytest.raises(ShopError) as refused:
        change(shop, gs1__on=True, **{name.replace(".", "__"): wrong})
    assert refused.value.slug == "setting_wrong"
    assert not shop.box.rules.gs1 and rows(shop.db, "SELECT * FROM audit") == []


@pytest.mark.parametrize(
    "name", ["permissions.staff__change", "permissions.sale.sell", "labels", "tax.Q", "loyalty.tiers.bronze.score", ""]
)
def test_what_no_page_may_change_is_unknown(shop: Shop, name: str) -> None:
    with pytest.raises(ShopError) as refused:
        change(shop, **{name: "allow"})
    assert refused.value.slug == "setting_unknown"


def test_tiers_rise(shop: Shop) -> None:
    with pytest.raises(ShopError) as refused:
        change(shop, loyalty__tiers__silver__score=3_000)
    assert refused.value.slug == "setting_tiers"
    change(shop, loyalty__tiers__silver__score=500, loyalty__tiers__gold__multiplier=20_000)
    assert [(t.score, t.multiplier) for t in shop.box.rules.tiers] == [(0, 10_000), (500, 12_000), (3_000, 20_000)]


def test_a_cashier_s_right_counts_at_the_till_at_once(shop: Shop) -> None:
    change(shop, permissions__sale__void="deny")
    assert shop.box.rules.permissions == {"sale.void": "deny"}
    assert value(shop, "permissions.sale.void") == "deny"
    assert settings.load(shop.db).permissions == {"sale.void": "deny"}


def test_a_ladder_by_visits_is_in_nobody_s_way(shop: Shop) -> None:
    loyalty = settings.values(shop.db)["loyalty"]
    tiers = [{**tier, "score": 0, "visits": 10 * n} for n, tier in enumerate(loyalty["tiers"])]
    shop.setting("loyalty", {**loyalty, "tiers": tiers, "ladder": {"by": "visits"}})
    change(shop, cash__step=50)
    change(shop, loyalty__tiers__gold__multiplier=20_000)
    assert (shop.box.rules.cash_step, shop.box.rules.tiers[2].multiplier) == (50, 20_000)
