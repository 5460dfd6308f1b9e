"""Till, kiosk and paper together: they share one count, and a "no" or "off" on one is a "no" on all at once."""

from __future__ import annotations

from typing import Any

import pytest

from edge import kiosk_why, restraint
from edge.base.i18n import LANGS
from edge.catalog import ProductRow
from edge.consent import set_consent
from edge.kiosk_view import view
from edge.promo import desk as promotions
from edge.promo import rules
from edge.recommend.suggest import Suggester
from tests.edge.shop import BREAD, CARDS, MILK, Hands, Shop
from tests.edge.test_kiosk import Desk, desk, regular  # noqa: F401 (fixtures)


def caps(shop: Shop, **changed: int) -> None:
    now = {"day": 6, "week": 20, "lane_day": 2, "quiet_days": 90, "rest_days": 7, "receipt": True}
    shop.setting("restraint", {**now, **changed})


def names(shown: dict[str, Any]) -> list[str]:
    return [offer["name"] for offer in shown["offers"]]


def suggested(till: Hands) -> Any:
    """What the till suggests once the member's first goods are scanned."""
    till.attach("bronze")
    return till.scan(BREAD)["offer"]


def test_what_the_kiosk_showed_counts_at_the_till(desk: Desk, till: Hands, regular: int) -> None:  # noqa: F811
    caps(desk.shop, day=3)
    assert len(desk.scan(CARDS["bronze"])["offers"]) == 3
    shown = {row[0] for row in desk.shop.ask("SELECT what FROM offer_shown")}
    found = suggested(till)
    assert found is None or f"product:{found['product']}" in shown
    assert desk.shop.one("SELECT COUNT(*) FROM offer_shown") == 3


@pytest.mark.parametrize("day", [0, 1, 2])
def test_the_kiosk_shows_no_more_than_is_left(desk: Desk, regular: int, day: int) -> None:  # noqa: F811
    caps(desk.shop, day=day)
    assert len(desk.scan(CARDS["bronze"])["offers"]) == day
    desk.tap("leave")
    assert len(desk.scan(CARDS["bronze"])["offers"]) == day, "the same again is nothing more"


def test_a_no_at_the_kiosk_silences_the_open_till_at_once(desk: Desk, till: Hands, regular: int) -> None:  # noqa: F811
    assert suggested(till) is not None
    offers = desk.scan(CARDS["bronze"])["offers"]
    other = next(o["product"] for o in offers if o["product"] != till.view()["offer"]["product"])
    desk.tap("offer/decline", product=other)
    assert till.view()["offer"] is None, "another product, but nothing comes unasked now"
    desk.tap("offer/undo", product=other)
    assert till.view()["offer"] is None or till.view()["offer"]["product"] != other


def test_off_at_the_kiosk_silences_till_and_other_kiosk_at_once(desk: Desk, till: Hands, regular: int) -> None:  # noqa: F811
    """S18."""
    second = Desk(desk.shop)
    assert suggested(till) is not None
    assert desk.scan(CARDS["bronze"])["offers"] and second.scan(CARDS["bronze"])["offers"]
    desk.tap("offers/off")
    assert till.view()["offer"] is None
    shown = view(second.kiosk)
    assert shown["offers"] == [] and shown["offers_on"] is False
    assert not any(restraint.offer(desk.shop.box, regular, surface, "x", "o") for surface in restraint.SURFACES)


def test_refusing_offers_keeps_points_and_member_price(desk: Desk, till: Hands, regular: int) -> None:  # noqa: F811
    """S18."""
    with desk.shop.box.transaction():
        set_consent(desk.shop.box, regular, "offers", False, "till")
    till.attach("bronze")
    seen = till.scan(MILK)["basket"]
    assert seen["points"] > 0 and seen["total"] == 1_150


def test_a_category_that_the_shop_calls_sensitive_is_offered_nowhere(desk: Desk, till: Hands, regular: int) -> None:  # noqa: F811
    assert any("奶" in name for name in names(desk.scan(CARDS["bronze"])))
    desk.shop.setting("sensitive", ["drink"])
    assert not any("奶" in name for name in names(view(desk.kiosk))), "at once, on the open screen"
    drinks = [s for s in Suggester(desk.shop.box).offers(regular) if s.product.category == "drink"]
    found = suggested(till)
    assert not drinks and (found is None or found["category"] != "drink")


# ---- a price that depends on who buys has a rule that the person can read


@pytest.mark.parametrize("who", ["bronze", "silver", "gold", "silent"])
def test_without_a_rule_every_member_pays_the_same(till: Hands, who: str) -> None:
    till.attach(who)
    till.scan(MILK)
    assert till.scan(BREAD)["basket"]["total"] == 1_150 + 995


PERSONAL: dict[str, Any] = {
    "uid": "gold-5", "names": {"zh-CN": "金卡九五折", "en": "Gold: 5% off"}, "kind": "percent", "value": {"bp": 500},
    "when": {"tiers": ["gold"]},
}  # fmt: skip


def test_a_personal_rule_is_named_at_the_kiosk_in_both_languages(desk: Desk, till: Hands) -> None:  # noqa: F811
    promotions.put(desk.shop.box, PERSONAL, None)
    promotions.put(desk.shop.box, {**PERSONAL, "uid": "all", "when": {}}, None)
    desk.scan(CARDS["gold"])
    told = {
        "zh-CN": "金卡九五折：全部商品：减 5%。金卡会员专享。",
        "en": "Gold: 5% off: 5% off everything. For members on Gold.",
    }
    for lang, rule in told.items():
        desk.tap("language", lang=lang)
        shown = desk.tap("panel", name="why")["panel"]["facts"]
        assert shown["rules"] == [rule], "and no other: everybody has the second"


def test_a_personal_rule_about_sensitive_goods_is_named_and_no_more(desk: Desk, till: Hands) -> None:  # noqa: F811
    desk.shop.setting("sensitive", ["drink"])
    promotions.put(desk.shop.box, {**PERSONAL, "scope": {"skus": ["WINE"]}}, None)
    desk.scan(CARDS["gold"])
    desk.tap("language", lang="en")
    assert desk.tap("panel", name="why")["panel"]["facts"]["rules"] == ["Gold: 5% off"]


@pytest.mark.parametrize("names", [{}, {"en": "Gold"}, {"zh-CN": "金卡", "en": " "}])
def test_a_rule_without_words_in_both_languages_is_none(names: dict[str, str]) -> None:
    with pytest.raises(Exception, match="promotion_field"):
        rules.read({**PERSONAL, "names": names})


@pytest.mark.parametrize("lang", LANGS)
def test_why_these_tells_the_caps_and_what_is_never_suggested(desk: Desk, lang: str) -> None:  # noqa: F811
    caps(desk.shop, day=4, week=9, quiet_days=30, rest_days=5)
    desk.shop.setting("sensitive", ["drink"])
    desk.scan(CARDS["gold"])
    said = " ".join(kiosk_why.facts(desk.kiosk, lang)["said"])
    assert all(str(n) in said for n in (4, 9, 30, 5)) and ("饮料" if lang == "zh-CN" else "Drinks") in said


def test_the_product_knows_one_price_and_one_for_members() -> None:
    """No column, file or screen could give one member another price than the next but by a promotion."""
    prices = {name for name in ProductRow.__dataclass_fields__ if "price" in name}
    assert prices == {"price", "member_price"}
