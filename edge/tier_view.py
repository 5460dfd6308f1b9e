"""A member's tier in words: what it is, how far the next one is, and what each gives. For till, kiosk and receipts."""

from __future__ import annotations

from typing import Any

from edge import tiers
from edge.base.i18n import t
from edge.box import Box
from edge.earning import Goods
from edge.loyalty import Rank, Standing, rank
from edge.settings import Rules, Tier

# What a lane keeps of its view until the rules change, by language and what it is (see lane.LaneState.fixed).
Kept = dict[tuple[str, str], tuple[Rules, str, dict[str, Any]]]


def card(box: Box, standing: Standing, lang: str, kept: Kept) -> dict[str, Any]:
    """The tier on the cashier's member card: its name, the way to the next, and in short what it gives.

    kept: where words stay that are the same until somebody changes the rules (every view asks).
    """
    rules = box.rules
    found = rank(standing, rules)
    key = (lang, found.tier.id + "=")  # no role is called so
    words = kept.get(key)
    if words is None or words[0] is not rules:
        words = kept[key] = (rules, "", {**names(found, lang), "perks": perks(found.tier, rules, lang)})
    return {
        **words[2], "score": found.score, "to_next": found.to_next, "visits_to_next": found.visits_to_next,
        "progress": found.progress, "until": found.until,
    }  # fmt: skip


def names(found: Rank, lang: str) -> dict[str, Any]:
    """The ids and names of a rung and the next one (None on top)."""
    above = found.above
    return {
        "tier": found.tier.id, "tier_name": found.tier.name(lang),
        "next": above.id if above else None, "next_name": above.name(lang) if above else None,
    }  # fmt: skip


def after(box: Box, sale: int, score: int, lang: str) -> dict[str, Any]:
    """The tier once a document is done (row id; score: the sum of all after it), for the screen that says so."""
    of = Standing(0, score)
    if not box.rules.ladder.plain:
        found = box.db.execute_sql("SELECT member FROM sale WHERE id = ?", (sale,)).fetchone()
        if found and found[0] is not None:
            tiers.placed(box, found[0], of)
    found = rank(of, box.rules)
    return {**names(found, lang), "to_next": found.to_next}


def times(multiplier: int) -> str:
    """12_500 basis points as 1.25."""
    whole, part = divmod(multiplier, 10_000)
    return f"{whole}.{part:04d}".rstrip("0").rstrip(".")


def perks(tier: Tier, rules: Rules, lang: str) -> list[str]:
    """What a tier gives beyond points for money, each in some words."""
    found = []
    if tier.multiplier > 10_000:
        found.append(t(lang, "loyalty.perk_times", times=times(tier.multiplier)))
    if tier.prices:
        found.append(t(lang, "loyalty.perk_prices", tier=tier.name(lang)))
    for key in ("gift", "birthday", "delivery"):
        if getattr(tier, key):
            found.append(t(lang, f"loyalty.perk_{key}"))
    found += [rule.name(lang) for rule in rules.earning if tier.id in rule.tiers]
    return found


def needs(tier: Tier, rules: Rules, lang: str) -> str:
    """What one needs for a tier, as a member reads it; "" for everybody's."""
    by, ways = rules.ladder.by, []
    if by != "visits" and tier.score:
        ways.append(t(lang, "loyalty.need_score", score=f"{tier.score:,}"))
    if by != "score" and tier.visits:
        ways.append(t(lang, "loyalty.need_visits", visits=tier.visits))
    joined = t(lang, "loyalty.need_or" if by == "either" else "loyalty.need_and").join(ways)
    window = rules.ladder.window
    if not joined or window == "lifetime":
        return joined
    return joined + " " + t(lang, f"loyalty.window_{window}", days=rules.ladder.days)


def table(rules: Rules, mine: Tier, lang: str) -> list[dict[str, Any]]:
    """Every tier with what one needs for it and what it gives, so that a member can read the rules."""
    return [
        {"tier": tier.id, "name": tier.name(lang), "mine": tier.id == mine.id,
         "needs": needs(tier, rules, lang) or t(lang, "loyalty.need_nothing"),
         "perks": perks(tier, rules, lang) or [t(lang, "loyalty.perk_points")]}
        for tier in rules.tiers
    ]  # fmt: skip


def earning_now(rules: Rules, lang: str) -> list[str]:
    """The names of the rules for more points that are everybody's."""
    return [rule.name(lang) for rule in rules.earning if not rule.tiers and rule.give != "none"]


def preview(box: Box, member: int, of: Standing, goods: list[Goods], paid: int) -> int:
    """Points that the open cart would earn today where the shop has rules of its own."""
    return tiers.earned(box, member, of, goods, paid, tiers.today(box)).points
