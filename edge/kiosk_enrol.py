"""Joining at the kiosk, without staff: a phone number, a word on each purpose, and a member number to take along.

Nobody proves here that the number is theirs. So it opens nothing: no member is ever found by phone at a kiosk, points
are redeemed there only by card or code, and a number that another member has is not taken over. That member and the new
one stay two; the till says so, and staff who know the person merge them. The visitor is told the same either way:
otherwise anybody could learn who is a member by typing numbers.
"""

from __future__ import annotations

from typing import Any

from edge import member_text, members, qr
from edge.args import text
from edge.base.sqlite import row
from edge.errors import ShopError
from edge.kiosk_state import Command, KioskState
from edge.members import PURPOSES

# So many may join at one kiosk within the time, in seconds: a queue of customers is slower, a prankster is not.
LIMITS = ((6, 600), (60, 86_400))
_NEWEST = (
    "SELECT COUNT(*) FROM (SELECT channel, joined_us FROM member ORDER BY id DESC LIMIT 200) "
    "WHERE channel = 'kiosk' AND joined_us > ?"
)


def join(kiosk: KioskState, args: dict[str, Any]) -> None:
    """{phone, consents: [purpose]}: a new member, who is shown their number and code.

    ShopError: join_wait, member_training, phone_wrong, member_nothing, bad_request.
    """
    if kiosk.visit.member is not None:
        return  # a second tap on the same button
    consents = args.get("consents")
    if not isinstance(consents, list) or not all(purpose in PURPOSES for purpose in consents):
        raise ShopError("bad_request", status=422, field="consents")
    if kiosk.lane.mode == "training":
        raise ShopError("member_training")
    phone = member_text.phone(text(args, "phone", 32))
    if not phone:
        raise ShopError("member_nothing", status=422)
    box = kiosk.box
    with box.transaction() as db:
        for most, seconds in LIMITS:
            found = row(db, _NEWEST, (box.env.clock.now_us() - seconds * 1_000_000,))
            if found is not None and found[0] >= most:
                raise ShopError("join_wait", status=429)
        member = members.enrol(
            box, name="", card="", phone=phone, consents=tuple(dict.fromkeys(consents)), channel="kiosk",
            mode=kiosk.lane.mode, claimed=members.by_phone(box, phone) is not None,
            who={"staff": None, "lane": kiosk.lane.id},
        )  # fmt: skip
        code = members.numbers_of(db, member)[0]
    kiosk.sign_in(member)
    kiosk.visit.kept["joined"] = code


def joined(kiosk: KioskState) -> dict[str, Any] | None:
    """What a new member is shown until they leave: {number, code, side, path} (see qr.path); None for all others."""
    code = kiosk.visit.kept.get("joined")
    if not code:
        return None
    side, drawn = qr.path(code)
    return {"number": " ".join((code[3:7], code[7:11], code[11:])), "code": code, "side": side, "path": drawn}


COMMANDS = {"join": Command(join, member=False)}
