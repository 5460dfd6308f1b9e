"""What is done with a whole member at the till: told on paper, erased, merged with a second one, put into a family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge import family, members, merging
from edge.args import text
from edge.errors import ShopError
from edge.lane import LaneState
from edge.members import Member
from edge.people import Person
from edge.privacy import erase, give
from edge.staff import Session

# How long the cashier waits for the log to be cut before the screen says that it goes on in the background.
WAIT_S = 0.3


def print_all(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{member}: all that the shop knows of a member, on this lane's printer."""
    member = _member(till, args)
    till.ask(session, "member.give", name=member.masked)
    give.on_paper(
        till.box, member.id, text(args, "id"), session.lang, session.person, lane=till.lane.id,
        printer=till.lane.printer, channel="till",
    )  # fmt: skip
    till.sound("ok")


def erase_all(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{member}: take all that is known of a member out, for good. The notice says whether it is done already."""
    member, approver = _whole(till, session, args, "member.erase")
    erase.erase(
        till.box, member.id, session.person, channel="till", lane=till.lane.id, approver=approver,
        mode=till.lane.mode,
    )  # fmt: skip
    if till.basket.member == member.id:
        till.basket.member = None
    till.tell("info", "member_erased" if erase.finish(till.box, WAIT_S) else "member_erasing")


def merge(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{member, gone}: the second member is the first from now on."""
    gone = _known(till, text(args, "gone", 64))
    member, approver = _whole(till, session, args, "member.merge")
    merging.merge(
        till.box, gone.id, member.id, session.person, channel="till", lane=till.lane.id, approver=approver,
        mode=till.lane.mode,
    )  # fmt: skip
    if till.basket.member == gone.id:
        till.basket.member = member.id
    till.sound("member")


def join(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{member, other, agreed}: the two share a purse; both were told and agreed."""
    other = _known(till, text(args, "other", 64))
    member, approver = _whole(till, session, args, "member.family")
    family.join(till.box, member.id, other.id, args.get("agreed") is True, _by(till, session, approver))
    till.sound("ok")


def leave(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{member}: out of the family, with what is left of the member's own points."""
    member, approver = _whole(till, session, args, "member.family")
    family.leave(till.box, member.id, _by(till, session, approver))
    till.sound("ok")


def _by(till: LaneState, session: Session, approver: Person | None) -> family.By:
    return family.By("till", session.person, till.lane.id, approver, till.lane.mode)


def _whole(till: LaneState, session: Session, args: dict[str, Any], action: str) -> tuple[Member, Person | None]:
    """(the member, who allowed it besides). ShopError("member_training"): practice changes no member."""
    if till.lane.mode == "training":
        raise ShopError("member_training")
    member = _member(till, args)
    return member, till.ask(session, action, name=member.masked)


def _member(till: LaneState, args: dict[str, Any]) -> Member:
    return _known(till, text(args, "member", 64))


def _known(till: LaneState, uid: str) -> Member:
    found = members.by_uid(till.box.db, uid)
    if found is None:
        raise ShopError("member_unknown", status=404)
    return found


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "member/print": print_all,
    "member/erase": erase_all,
    "member/merge": merge,
    "family/join": join,
    "family/leave": leave,
}
