"""The shapes of members: hits of a search, a member's page, the till's and the kiosk's commands about them."""

from __future__ import annotations

from web.api.shapes import Shape, choice, flag, instant, many, money, null_or, obj, opt, text, whole

_PURPOSE = choice("points", "offers", "birthday", "messages", "behaviour")
_UID = text(64, example="0f3c")
_PHONE = text(20_000, example="13800005021")
_NAME = text(20_000, example="林晓雯")
_BIRTHDAY = text(20_000, example="1128")
HIT = obj(
    "MemberHit", uid=_UID, name=opt(text()), masked=text(), phone=text(), tier=text(), tier_name=text(),
    points=opt(whole()), joined_us=instant(),
)  # fmt: skip
CONSENT = obj(
    "Consent", purpose=_PURPOSE, title=text(), text=text(), version=whole(1), granted=flag(),
    agreed_version=null_or(whole(1)), agreed_text=null_or(text()), at_us=null_or(instant()), channel=null_or(text()),
)  # fmt: skip
ASKED = obj("ConsentText", purpose=_PURPOSE, title=text(), text=text(), version=whole(1))
PAGE = obj(
    "MemberPage", uid=_UID, name=text(), masked=text(), initial=text(), phone=text(), whole_phone=flag(),
    same_phone=null_or(text()), birthday=null_or(text(example="11-28")), joined_us=instant(), channel=null_or(text()),
    tier=text(), tier_name=text(), points=whole(), score=whole(), next=null_or(text()), to_next=whole(),
    coupons=many(obj(name=text(), until=null_or(text(example="2026-12-31")))),
    cards=many(obj(ref=text(), shown=text(), kind=text(), state=text(), since_us=null_or(instant()))),
    consents=many(CONSENT),
    notes=many(obj(id=whole(1), text=text(), at_us=instant(), by=null_or(text()))),
    sales=many(obj(uid=_UID, receipt=text(), kind=text(), at_us=instant(), total=money(), points=whole(),
                   lines=whole(0))),
)  # fmt: skip
LINES = obj("MemberSale", lines=many(obj(name=text(), qty=whole(), unit=text(), total=money())))
WHOLE = obj("WholePhone", phone=null_or(text()))

TILL: dict[str, tuple[str, dict[str, Shape]]] = {
    "member": (
        "A member's card, code or phone number; or whom a search found.",
        {"code": opt(text(200, example="TBX000000000012")), "uid": opt(_UID)},
    ),
    "member/detach": ("Nobody's points after all.", {}),
    "member/enrol": (
        "A new member, whose the cart is at once. consents: the purposes that were agreed to.",
        {"phone": opt(_PHONE), "card": opt(text(64)), "name": opt(_NAME), "birthday": opt(_BIRTHDAY),
         "consents": many(_PURPOSE, 5)},
    ),
    "member/correct": (
        "What was wrong about a member; an empty text takes it away.",
        {"member": _UID, "name": opt(_NAME), "phone": opt(_PHONE), "birthday": opt(_BIRTHDAY)},
    ),
    "member/consent": ("What the member says now.", {"member": _UID, "purpose": _PURPOSE, "granted": flag()}),
    "member/note": ("A short note about a member.", {"member": _UID, "text": text(20_000, example="gift wrap")}),
    "member/note-drop": ("A note that is no longer needed.", {"member": _UID, "note": whole(1)}),
    "member/card": (
        "Another card for a member; replace: the old ones are good no more.",
        {"member": _UID, "card": text(64, example="TBX000000000012"), "replace": flag()},
    ),
    "member/card-block": ("A lost card.", {"member": _UID, "card": text(64, example="5c1f0e7a9b3d2468")}),
}  # fmt: skip
KIOSK: dict[str, tuple[str, dict[str, Shape]]] = {
    "join": (
        "Become a member. consents: the purposes that were agreed to.",
        {"phone": text(32, example="13800005021"), "consents": many(_PURPOSE, 5)},
    ),
}

