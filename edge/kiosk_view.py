"""What a kiosk shows, as plain data: names and numbers masked, offers with a reason that anybody may read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from edge import catalog, loyalty, members, shifts
from edge.base.i18n import t
from edge.base.money import fmt_money
from edge.base.said import TOPICS
from edge.base.sqlite import row
from edge.feedback import given
from edge.kiosk import ASK_S, LEAVE_S, MODES, PATIENCE, Kiosk, Visit
from edge.recommend import reasons
from edge.recommend.suggest import Suggestion


def view(kiosk: Kiosk) -> dict[str, Any]:
    """The whole state of a kiosk's screen, in the language of the visit."""
    with kiosk.lock:
        visit, offers = kiosk.shown()
        box, lang = kiosk.box, visit.lang
        local = shifts.local(box.env.clock.now_us(), box.config.store.zone)
        member = members.by_id(box.db, visit.member) if visit.member else None
        patience = PATIENCE if "patient" in visit.modes else 1
        return {
            "lane": kiosk.lane.id, "rev": kiosk.rev, "lang": lang, "mode": kiosk.lane.mode,
            "store": t(lang, "kiosk.desk", store=box.rules.store_name[lang]), "date": _date(local, lang),
            "modes": {mode: mode in visit.modes for mode in MODES},
            "member": _member(kiosk, member, local, lang) if member else None,
            "offers": [_offer(kiosk, s, visit, lang) for s in offers] if member else [],
            "offers_on": member is not None and members.has_consent(box.db, member.id, "offers"),
            "feedback": {
                "score": visit.score, "topics": list(visit.topics), "choices": list(TOPICS), "text": visit.text,
                "linked": given.linked(box, visit.member) is not None, "ask": visit.ask[1] if visit.ask else None,
                "answered": visit.answered,
            },
            "call": kiosk.calls.state(kiosk.lane.id), "notice": visit.notice or None,
            "idle": {"touches": visit.touches, "ask_s": ASK_S * patience, "leave_s": LEAVE_S * patience},
        }  # fmt: skip


def _date(local: datetime, lang: str) -> str:
    return t(
        lang, "kiosk.date", month=t(lang, f"kiosk.month_{local.month}"), day=local.day,
        weekday=t(lang, f"kiosk.weekday_{local.weekday()}"), time=local.strftime("%H:%M"),
    )  # fmt: skip


def _member(kiosk: Kiosk, member: members.Member, local: datetime, lang: str) -> dict[str, Any]:
    box, tiers = kiosk.box, kiosk.box.rules.tiers
    standing = members.standing(box.db, member.id)
    now, above, top = loyalty.tier_of(standing.score, tiers), loyalty.next_tier(standing.score, tiers), tiers[-1].score
    joined = row(box.db, "SELECT joined_us FROM member WHERE id = ?", (member.id,))
    year = shifts.local(joined[0], box.config.store.zone).year if joined else local.year
    part = "night" if local.hour < 5 or local.hour >= 23 else (
        "morning" if local.hour < 12 else "afternoon" if local.hour < 18 else "evening")  # fmt: skip
    return {
        "greeting": t(lang, f"kiosk.greeting_{part}", name=member.masked), "phone": member.phone,
        "since": t(lang, "kiosk.member_since", year=year),
        "points": standing.points, "score": standing.score, "tier": now.id,
        "next": above.id if above else None, "to_next": above.score - standing.score if above else 0,
        "next_times": f"{above.multiplier / 10_000:g}" if above and above.multiplier > 10_000 else None,
        "progress": min(100, 100 * max(0, standing.score) // top) if top else 100,
        "steps": [
            {"tier": tier.id, "score": tier.score, "at": 100 * tier.score // top if top else 0,
             "reached": standing.score >= tier.score, "now": tier.id == now.id}
            for tier in tiers
        ],
    }  # fmt: skip


def _offer(kiosk: Kiosk, suggestion: Suggestion, visit: Visit, lang: str) -> dict[str, Any]:
    product, currency = suggestion.product, kiosk.box.currency
    cheaper = product.member_price is not None and product.member_price < product.price
    price = product.member_price if cheaper and product.member_price is not None else product.price
    tint = row(
        kiosk.box.db, "SELECT tint FROM category WHERE version = ? AND id = ?",
        (catalog.current(kiosk.box.db).catalog, product.category),
    )  # fmt: skip
    return {
        "product": product.id, "name": product.name(lang), "icon": product.icon, "tint": tint[0] if tint else "",
        "price": fmt_money(price, currency), "was": fmt_money(product.price, currency) if cheaper else None,
        "unit": product.unit, "reason": reasons.at_kiosk(suggestion, lang),
        "declined": product.id in visit.declined,
    }  # fmt: skip
