"""The kiosk's panel "why these": how suggestions come about, what bounds them, which rules make a price personal."""

from __future__ import annotations

from typing import Any

from edge import catalog
from edge.base.i18n import t
from edge.kiosk_state import KioskState, Panel
from edge.promo import desk
from edge.promo.describe import describe
from edge.promo.rules import Promotion
from edge.restraint import sensitive


def facts(kiosk: KioskState, lang: str) -> dict[str, Any]:
    """{said, rules}: sentences, and the rules by which a price depends on who buys."""
    box = kiosk.box
    bounds = box.rules.restraint
    said = [
        t(lang, "kiosk_why.from"),
        t(lang, "kiosk_why.caps", day=bounds.day, week=bounds.week),
        t(lang, "kiosk_why.quiet", quiet=bounds.quiet_days, rest=bounds.rest_days),
    ]
    if never := _never(kiosk, lang):
        said.append(t(lang, "kiosk_why.never", categories=t(lang, "kiosk_why.and").join(never)))
    return {"said": [*said, t(lang, "kiosk_why.price")], "rules": personal_rules(kiosk, lang)}


def personal_rules(kiosk: KioskState, lang: str) -> list[str]:
    """What can make a price another one for one person than for the next, each with its rule in plain words."""
    tiers = [tier for tier in kiosk.box.rules.tiers if tier.prices]
    promotions = [each for each in desk.active(kiosk.box) if each.when.personal or each.coupon]
    return [
        *(t(lang, "loyalty.perk_prices", tier=tier.name(lang)) for tier in tiers),
        *(_rule(kiosk, each, lang) for each in promotions),
    ]


def _rule(kiosk: KioskState, promotion: Promotion, lang: str) -> str:
    """Its name and what it says; of goods that nothing personal is shown of, the name alone."""
    box = kiosk.box
    versions = catalog.current(box.db)
    scopes = (promotion.scope, *(part.scope for part in promotion.parts))
    named = {name for scope in scopes for name in scope.categories}
    goods = (catalog.find(box, versions, (sku,)) for scope in scopes for sku in scope.skus)
    named |= {product.category for product in goods if product is not None}
    if named & sensitive(box, versions.catalog):
        return promotion.name(lang)
    return t(lang, "kiosk_why.rule", name=promotion.name(lang), rule=describe(box, promotion, lang))


def _never(kiosk: KioskState, lang: str) -> list[str]:
    versions = catalog.current(kiosk.box.db)
    kept = sensitive(kiosk.box, versions.catalog)
    return [
        each.name_zh if lang.startswith("zh") else each.name_en
        for each in catalog.categories(kiosk.box.db, versions) if each.id in kept
    ]  # fmt: skip


PANEL = Panel("why", "shield-check", facts, wide=False)
