"""A member's points on the kiosk: what may be spent today, what that is worth, and whose purse it is."""

from __future__ import annotations

from typing import Any

from edge.base.i18n import t
from edge.base.money import fmt_money
from edge.box import Box
from edge.points import lots, redeem


def view(box: Box, member: int, lang: str) -> dict[str, Any]:
    """{points, notes}: points to spend, and what is to be said of them, each a few words."""
    found, rules = lots.purse(box.db, member, lots.today_of(box)), box.rules
    notes = []
    if "points" in rules.tenders and (worth := redeem.worth(rules.redeem, found.spendable)):
        notes.append(t(lang, "kiosk.points_worth", amount=fmt_money(worth, box.currency)))
    if len(lots.owners(box.db, member)) > 1:
        notes.append(t(lang, "kiosk.points_family"))
    if found.waiting:
        notes.append(t(lang, "kiosk.points_waiting", n=f"{found.waiting:,}"))
    return {"points": found.spendable, "notes": notes}
