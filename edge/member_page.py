"""What staff see of members: hits of a search, one member's page, the lines of one of their documents. Plain data."""

from __future__ import annotations

from typing import Any

from edge import audit, codes, consent, coupons, loyalty, members, tier_view, tiers
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.loyalty import Standing
from edge.member_desk import By, card_ref
from edge.member_text import phone as phone_of
from edge.members import PURPOSES, Member
from edge.promo import desk
from edge.sales import receipt_number

HITS, SALES = 20, 20
_HIT = (
    f"SELECT {members.COLUMNS}, {members.STANDING}, m.joined_us FROM member m WHERE m.state = 'active' AND {{}} "
    "ORDER BY m.id DESC LIMIT ?"
)
_ABOUT = "SELECT birthday, joined_us, channel, phone_sealed IS NOT NULL, phone_claim FROM member WHERE id = ?"
_CARDS = "SELECT code, kind, state, since_us FROM member_card WHERE member = ? ORDER BY state, since_us DESC, code"
_CONSENT = (
    "SELECT granted, text_version, at_us, channel FROM consent WHERE member = ? AND purpose = ? "
    "ORDER BY id DESC LIMIT 1"
)
_NOTES = (
    "SELECT n.id, n.body, n.at_us, p.name_zh, p.name_en FROM member_note n LEFT JOIN staff p ON p.id = n.staff "
    "WHERE n.member = ? ORDER BY n.id DESC"
)
# Her own documents, and those of whoever was merged into her.
_ALL_OF = "(SELECT id FROM member WHERE id = ?1 OR merged = ?1)"
_SALES = (
    "SELECT uid, lane, series, number, kind, at_us, total + rounding, points, "
    "(SELECT COUNT(*) FROM sale_line WHERE sale = s.id) FROM sale s "
    f"WHERE member IN {_ALL_OF} AND mode <> 'training' ORDER BY id DESC LIMIT ?2"
)
_LINES = (
    "SELECT l.name, l.qty, l.unit, l.total FROM sale s JOIN sale_line l ON l.sale = s.id "
    f"WHERE s.uid = ?2 AND s.member IN {_ALL_OF} ORDER BY l.n"
)
Hit = dict[str, Any]


def search(box: Box, typed: str, lang: str, *, names: bool = False) -> list[Hit]:
    """Who a card's code, a phone number or its last four digits may mean, newest first; names: a part of a name, too.

    Each {uid, name, masked, phone, tier, tier_name, points, joined_us}.
    """
    typed = typed.strip()[:64]
    code = codes.identify(typed, ())
    if code.kind == "member" or codes.is_chip(typed):
        found = _hits(
            box, lang, "m.id = (SELECT member FROM member_card WHERE code = ? AND state = 'active')", typed.upper()
        )  # fmt: skip
        if found or code.kind == "member":
            return found
    if len(typed) == 4 and typed.isascii() and typed.isdigit():
        return _hits(box, lang, "m.phone_last4 = ?", typed)
    try:
        digits = phone_of(typed)
    except ShopError:
        digits = ""
    if digits:
        return _hits(box, lang, "m.phone_hash = ?", members.phone_hash(box, digits))
    return _hits(box, lang, "instr(lower(m.name), lower(?)) > 0", typed) if names and typed else []


def _hits(box: Box, lang: str, where: str, value: str) -> list[Hit]:
    found = []
    for values in rows(box.db, _HIT.format(where), (value, HITS)):
        member = members.from_row(values)
        tier = loyalty.standing(tiers.placed(box, member.id, Standing(values[6], values[7])), box.rules)
        found.append({
            "uid": member.uid, "name": member.name, "masked": member.masked, "phone": member.phone, "tier": tier.id,
            "tier_name": tier.name(lang), "points": values[6], "joined_us": values[8],
        })  # fmt: skip
    return found


def seen(box: Box, member: Member, by: By) -> None:
    """Somebody looks at a member who isn't the cart's: written to the audit, so that nobody is looked up for fun."""
    with box.transaction():
        audit.note(box, "member_seen", by.person, lane=by.lane, mode=by.mode, member=member.uid)


def page(box: Box, member: Member, lang: str) -> dict[str, Any]:
    """Everything about one member (the shape is web.api.member_shapes.PAGE)."""
    standing = tiers.placed(box, member.id, members.standing(box.db, member.id))
    birthday, joined_us, channel, sealed, claim = row(box.db, _ABOUT, (member.id,)) or (None, 0, None, 0, None)
    return {
        "uid": member.uid, "name": member.name, "masked": member.masked, "initial": member.initial,
        "phone": member.phone, "whole_phone": bool(sealed), "same_phone": _claimed(box, claim),
        "birthday": birthday, "joined_us": joined_us, "channel": channel,
        "points": standing.points, **tier_view.card(box, standing, lang, {}),
        "coupons": _coupons(box, member, lang),
        "cards": [
            {"ref": card_ref(code), "shown": shown_card(code), "kind": kind, "state": state, "since_us": since}
            for code, kind, state, since in rows(box.db, _CARDS, (member.id,))
        ],
        "consents": [_consent(box, member, purpose, lang) for purpose in PURPOSES],
        "notes": [
            {"id": note, "text": body, "at_us": at, "by": zh if lang.startswith("zh") else en}
            for note, body, at, zh, en in rows(box.db, _NOTES, (member.id,))
        ],
        "sales": [
            {"uid": uid, "receipt": receipt_number(box, lane, series, number), "kind": kind, "at_us": at,
             "total": total, "points": points, "lines": count}
            for uid, lane, series, number, kind, at, total, points, count in rows(box.db, _SALES, (member.id, SALES))
        ],
    }  # fmt: skip


def lines(box: Box, member: Member, sale: str) -> list[dict[str, Any]]:
    """What was bought on one of the member's documents: [{name, qty, unit, total}]. ShopError("sale_unknown")."""
    found = rows(box.db, _LINES, (member.id, sale))
    if not found:
        raise ShopError("sale_unknown", status=404)
    return [{"name": name, "qty": qty, "unit": unit, "total": total} for name, qty, unit, total in found]


def shown_card(code: str) -> str:
    """A card's number as staff see it: enough to tell one card from another, too little to print one."""
    return f"••••{code[-4:]}"


def _coupons(box: Box, member: Member, lang: str) -> list[dict[str, Any]]:
    found = []
    for coupon in coupons.of_member(box, member.id):
        stored = desk.newest(box, coupon.promotion)
        days = [day for day in (coupon.expires_on, stored.promotion.when.ends if stored else None) if day]
        found.append({"name": stored.promotion.name(lang) if stored else "", "until": min(days, default=None)})
    return found


def _claimed(box: Box, claim: str | None) -> str | None:
    """The uid of the member whose number this one typed at a kiosk: the two may be one person."""
    found = row(box.db, "SELECT uid FROM member WHERE phone_hash = ? AND state = 'active'", (claim,)) if claim else None
    return found[0] if found else None


def _consent(box: Box, member: Member, purpose: str, lang: str) -> dict[str, Any]:
    granted, version, at_us, channel = row(box.db, _CONSENT, (member.id, purpose)) or (0, None, None, None)
    now = next(each for each in consent.texts(lang) if each["purpose"] == purpose)
    return {
        **now, "granted": bool(granted), "agreed_version": version, "at_us": at_us, "channel": channel,
        "agreed_text": consent.text(lang, purpose, version) if version else None,
    }  # fmt: skip
