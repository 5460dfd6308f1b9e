"""A member's tier on the kiosk: the way to the next one, and a list that says what each tier needs and gives."""

from __future__ import annotations

from typing import Any

from edge import members, tier_view, tiers
from edge.base.i18n import t
from edge.box import Box
from edge.loyalty import Rank, rank
from edge.settings import Rules, Tier


def view(box: Box, member: int, lang: str) -> dict[str, Any]:
    """Points, score, tier, the steps of the ladder, and the rules as their member may read them."""
    rules = box.rules
    standing = tiers.placed(box, member, members.standing(box.db, member))
    found = rank(standing, rules)
    above = found.above
    kept = t(lang, "loyalty.tiers_kept", tier=found.tier.name(lang), date=found.until) if found.until else ""
    return {
        "points": standing.points, "score": found.score, **tier_view.names(found, lang), "to_next": found.to_next,
        "visits_to_next": found.visits_to_next,
        "next_times": tier_view.times(above.multiplier) if above and above.multiplier > 10_000 else None,
        **_steps(rules, found, standing.place.visits if standing.place else 0, lang),
        "kept": kept or None,
        "rules": {
            "title": t(lang, "loyalty.tiers_title"), "close": t(lang, "loyalty.tiers_close"),
            "tiers": tier_view.table(rules, found.tier, lang),
            "more": t(lang, "loyalty.tiers_earning"), "earning": tier_view.earning_now(rules, lang),
        },
    }  # fmt: skip


def _steps(rules: Rules, found: Rank, visits: int, lang: str) -> dict[str, Any]:
    """The rungs on one line from 0 to 100, by score, or by visits where only these count."""
    by_visits = rules.ladder.by == "visits"

    def worth(tier: Tier) -> int:
        return tier.visits if by_visits else tier.score

    top, now = worth(rules.tiers[-1]), visits if by_visits else found.score
    mine = rules.tiers.index(found.tier)
    return {
        "progress": min(100, 100 * max(0, now) // top) if top else 100,
        "steps": [
            {"tier": tier.id, "name": tier.name(lang), "score": worth(tier),
             "at": 100 * worth(tier) // top if top else 0, "reached": n <= mine, "now": n == mine}
            for n, tier in enumerate(rules.tiers)
        ],
    }  # fmt: skip
