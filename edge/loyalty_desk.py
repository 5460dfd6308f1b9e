"""The setting of tiers and points at the manager's desk: all of it read and written at once, in its full form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from edge import audit, loyalty_rules, settings, tier_view
from edge.base.i18n import t
from edge.box import Box
from edge.errors import ShopError
from edge.loyalty_rules import EarnRule, Tier
from edge.people import Person
from edge.settings import Rules

_GOODS = ("skus", "categories", "brands")
_LISTS = (*_GOODS, "tiers", "weekdays", "month_days")


def read(box: Box) -> dict[str, Any]:
    """The setting with every key it may have (see loyalty_rules)."""
    now = settings.values(box.db)["loyalty"]
    return {
        **now, "ladder": asdict(loyalty_rules.ladder(now)),
        "tiers": [_named(asdict(tier)) for tier in loyalty_rules.tiers(now)],
        "earn": [_named({key: sorted(value) if key in _LISTS else value for key, value in asdict(rule).items()})
                 for rule in loyalty_rules.earn_rules(now)],
    }  # fmt: skip


def change(box: Box, who: Person, value: Mapping[str, Any], at: str | None = None) -> None:
    """Store it as the next version; announces "setting". Inside a transaction.

    Keys that are left out keep what they are. ShopError: those of loyalty_rules.check; tier_order also for rungs that
    are not given from below.
    """
    before = settings.values(box.db)["loyalty"]
    unknown = set(value) - set(before)
    if unknown:
        raise ShopError("loyalty_shape", status=422, where=min(unknown)[:40])
    then = {**before, **value}
    loyalty_rules.check(then)
    for below, above in zip(then["tiers"], then["tiers"][1:], strict=False):
        if (above["score"], above.get("visits", 0)) < (below["score"], below.get("visits", 0)):
            raise ShopError("tier_order", status=422, tier=above["id"])
    if then == before:
        return
    settings.put(box.db, box.env, "loyalty", then, who.uid)
    for name in sorted(key for key in then if then[key] != before[key]):
        audit.note(
            box, "setting_changed", who, lane=at, setting=f"loyalty.{name}", before=_plain(before[name]),
            value=_plain(then[name]),
        )  # fmt: skip
    box.announce("setting")


def says_tier(tier: Tier, rules: Rules, lang: str) -> dict[str, str]:
    """What a tier needs and gives, as a manager's list says it."""
    comma = t(lang, "loyalty.comma")
    return {
        "name": tier.name(lang), "needs": tier_view.needs(tier, rules, lang) or t(lang, "loyalty.need_nothing"),
        "gives": comma.join(tier_view.perks(tier, rules, lang) or [t(lang, "loyalty.perk_points")]),
    }  # fmt: skip


def says_rule(rule: EarnRule, rules: Rules, lang: str) -> dict[str, str]:
    """What an earn rule gives, and where, when and for whom."""
    comma = t(lang, "loyalty.comma")
    gives = {
        "times": t(lang, "loyalty.perk_times", times=tier_view.times(rule.value)),
        "plus": t(lang, "loyalty.gives_plus", n=rule.value), "none": t(lang, "loyalty.gives_none"),
    }[rule.give]  # fmt: skip
    names = {tier.id: tier.name(lang) for tier in rules.tiers}
    where = [*sorted(rule.skus), *sorted(rule.categories), *sorted(rule.brands)]
    when = [t(lang, f"loyalty.weekday_{day}") for day in sorted(rule.weekdays)]
    when += [t(lang, "loyalty.month_day", day=day) for day in sorted(rule.month_days)]
    if rule.birthday is not None:
        when.append(t(lang, "loyalty.around_birthday", days=rule.birthday))
    if rule.begins or rule.ends:
        when.append(t(lang, "loyalty.from_to", begins=rule.begins or "…", ends=rule.ends or "…"))
    whom = [names[tier] for tier in names if tier in rule.tiers]
    return {
        "name": rule.name(lang), "gives": gives, "goods": comma.join(where) or t(lang, "loyalty.all_goods"),
        "when": comma.join(when) or t(lang, "loyalty.always"),
        "whom": comma.join(whom) or t(lang, "loyalty.need_nothing"),
    }  # fmt: skip


def _named(facts: dict[str, Any]) -> dict[str, Any]:
    zh, en = facts.pop("name_zh"), facts.pop("name_en")
    return {**facts, "name": {"zh-CN": zh or facts["id"], "en": en or facts["id"]}}


def _plain(value: Any) -> str | int:
    if isinstance(value, int):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))[:4_000]
