"""Members at the till: found, enrolled, corrected, given cards; whoever was found or enrolled is the cart's at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge import codes, member_desk, members
from edge.args import text, whole
from edge.errors import ShopError
from edge.lane import LaneState
from edge.member_desk import By, Wish
from edge.member_text import phone
from edge.members import Member
from edge.staff import Session

_LONG = 20_000  # a text is read whole and refused by its own rule, not as a broken request


def scanned(till: LaneState, code: codes.Code) -> None:
    """A member's card under a scanner or on a reader. An unknown one can be given to somebody: the notice says so."""
    member = members.by_card(till.box.db, code.text)
    if member is None:
        gone = members.holder(till.box.db, code.text) is not None
        till.tell("error", "card_blocked" if gone else "unknown_card", code=code.text)
        return
    _attach(till, member.id)
    till.notice = None


def find(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{code: a card's code or a whole phone number} or {uid}: whose the cart is. ShopError("member_unknown")."""
    found = members.by_uid(till.box.db, text(args, "uid", 64)) if "uid" in args else _named(till, text(args, "code"))
    if found is None:
        raise ShopError("member_unknown", status=404)
    _attach(till, found.id)


def detach(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """The cart is nobody's."""
    till.belongs_to(None)


def enrol(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{phone?, card?, name?, birthday?, consents: [purpose]}: a new member, whose the cart is (see member_desk)."""
    consents = args.get("consents", [])
    if not isinstance(consents, list) or not all(isinstance(purpose, str) for purpose in consents):
        raise ShopError("bad_request", status=422, field="consents")
    said = {name: text(args, name, _LONG) for name in ("phone", "card", "name", "birthday") if name in args}
    by = _by(till, session, "member.enrol")
    _attach(till, member_desk.enrol(till.box, Wish(**said, consents=tuple(consents)), by))
    till.notice = None  # of the unknown card that this began with


def correct(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{member, name?, phone?, birthday?}: what was wrong; "" takes it away."""
    said: dict[str, str] = {name: text(args, name, _LONG) for name in ("name", "phone", "birthday") if name in args}
    member = _member(till, args)
    member_desk.correct(till.box, member, _by(till, session, "member.correct", name=member.masked), said)


def consent(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{member, purpose, granted}: what the member says now."""
    granted = args.get("granted")
    if not isinstance(granted, bool):
        raise ShopError("bad_request", status=422, field="granted")
    by = _by(till, session, "member.consent")
    member_desk.consent(till.box, _member(till, args), text(args, "purpose", 32), granted, by)


def note(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{member, text}: a short note."""
    by = _by(till, session, "member.note")
    member_desk.add_note(till.box, _member(till, args), text(args, "text", _LONG), by)


def note_drop(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{member, note}: a note that is no longer needed."""
    member_desk.drop_note(till.box, _member(till, args), whole(args, "note"), _by(till, session, "member.note"))


def card(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{member, card, replace}: another card; with replace the old ones are good no more. The cart is the member's."""
    member, code = _member(till, args), text(args, "card", 64)
    by = _by(till, session, "member.card", name=member.masked)
    member_desk.give_card(till.box, member, code, by, replace=args.get("replace") is True)
    if till.basket.member is None:
        _attach(till, member.id)
    till.notice = None


def card_block(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{member, card: its reference}: a lost card."""
    member = _member(till, args)
    by = _by(till, session, "member.card", name=member.masked)
    member_desk.block_card(till.box, member, text(args, "card", 64), by)


def _attach(till: LaneState, member: int) -> None:
    till.belongs_to(member)
    till.sound("member")


def _named(till: LaneState, typed: str) -> Member | None:
    code = codes.identify(typed.strip(), ())
    if code.kind == "member":
        return members.by_card(till.box.db, code.text)
    try:
        digits = phone(typed)
    except ShopError:
        return None
    return members.by_phone(till.box, digits) if digits else None


def _member(till: LaneState, args: dict[str, Any]) -> Member:
    found = members.by_uid(till.box.db, text(args, "member", 64))
    if found is None:
        raise ShopError("member_unknown", status=404)
    return found


def _by(till: LaneState, session: Session, action: str, **facts: Any) -> By:
    approver = till.ask(session, action, **facts)
    return By("till", till.lane.mode, till.lane.id, session.person, approver)


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "member": find,
    "member/detach": detach,
    "member/enrol": enrol,
    "member/correct": correct,
    "member/consent": consent,
    "member/note": note,
    "member/note-drop": note_drop,
    "member/card": card,
    "member/card-block": card_block,
}
