"""What a kiosk shows, as plain data: names and numbers masked, offers with a reason that anybody may read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from edge import catalog, kiosk_enrol, kiosk_feedback, kiosk_panels, kiosk_points, kiosk_tier, members, shifts
from edge.base.i18n import t
from edge.base.money import fmt_money
from edge.base.sqlite import row
from edge.kiosk import ASK_S, LEAVE_S, MODES, PATIENCE, Kiosk
from edge.kiosk_state import Visit
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
            "lane": kiosk.lane.id, "rev": kiosk.rev, "visit": visit.uid, "lang": lang, "mode": kiosk.lane.mode,
            "store": t(lang, "kiosk.desk", store=box.rules.store_name[lang]), "date": _date(local, lang),
            "modes": {mode: mode in visit.modes for mode in MODES},
            "member": _member(kiosk, member, local, lang) if member else None,
            "offers": [_offer(kiosk, s, visit, lang) for s in offers] if member else [],
            "offers_on": member is not None and members.has_consent(box.db, member.id, "offers"),
            "joined": kiosk_enrol.joined(kiosk), "feedback": kiosk_feedback.shown(kiosk),
            "actions": kiosk_panels.buttons(kiosk, lang), "panel": kiosk_panels.shown(kiosk, lang),
            "call": kiosk.calls.state(kiosk.lane.id), "notice": visit.notice or None,
            "idle": {"touches": visit.touches, "ask_s": ASK_S * patience, "leave_s": LEAVE_S * patience},
        }  # fmt: skip


def _date(local: datetime, lang: str) -> str:
    return t(
        lang, "kiosk.date", month=t(lang, f"kiosk.month_{local.month}"), day=local.day,
        weekday=t(lang, f"kiosk.weekday_{local.weekday()}"), time=local.strftime("%H:%M"),
    )  # fmt: skip


def _member(kiosk: Kiosk, member: members.Member, local: datetime, lang: str) -> dict[str, Any]:
    box = kiosk.box
    joined = row(box.db, "SELECT joined_us FROM member WHERE id = ?", (member.id,))
    year = shifts.local(joined[0], box.config.store.zone).year if joined else local.year
    part = "night" if local.hour < 5 or local.hour >= 23 else (
        "morning" if local.hour < 12 else "afternoon" if local.hour < 18 else "evening")  # fmt: skip
    named = t(lang, f"kiosk.greeting_{part}", name=member.masked)
    return {
        "greeting": named if member.name else t(lang, f"member.hello_{part}"), "phone": member.covered,
        "since": t(lang, "kiosk.member_since", year=year), **kiosk_tier.view(box, member.id, lang),
        **kiosk_points.view(box, member.id, lang),
    }


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
