"""What is done with a whole member at the manager's desk: given as a file, erased, merged, put into a family."""

from __future__ import annotations

from typing import Any

from edge import family, member_page, members, merging
from edge.errors import ShopError
from edge.member_desk import By
from edge.members import Member
from edge.privacy import erase, give
from web.api.exports import READY, offer
from web.api.frame import Call, speaks
from web.api.privacy_shapes import FAMILY, PREVIEW
from web.api.shapes import body, choice, flag, obj, text
from web.auth import MANAGER
from web.privacy import family_of, preview_of

WAIT_S = 1.0
_GONE = "404 member_unknown"
_UID = text(64, example="0f3c")
_CHANNEL = "desk"


@speaks(
    READY, body=body("AskMember", form=choice(*give.FORMS)), status=201, atomic=False,
    refusals=("403 pin_again", "403 export_cap", _GONE),
)  # fmt: skip
def export(call: Call) -> Any:
    """All that the shop knows of a member, as a file to be fetched once; it is written down."""
    made = give.take(call.box, _known(call).id, call.body["form"], call.lang, call.person, MANAGER)
    return offer(call, made)


@speaks(
    obj("Erased", state=choice("erasing", "erased")), atomic=False,
    refusals=("403 pin_again", _GONE, "409 member_owes", "409 member_paying"),
)  # fmt: skip
def erase_all(call: Call) -> Any:
    """Take all that is known of a member out, for good. erasing: the log is cut as soon as nothing reads it."""
    member = _known(call)
    uid = erase.erase(call.box, member.id, call.person, channel=_CHANNEL, lane=MANAGER)
    erase.finish(call.box, WAIT_S)
    return {"state": erase.state_of(call.box, uid)}


@speaks(PREVIEW, refusals=(_GONE, "409 member_same", "409 member_paying"))
def preview(call: Call) -> Any:
    """What merging the second member into the first would give; that it was looked at is written to the audit."""
    second = _known(call, "gone")
    shown = preview_of(call.box, _known(call), second, call.lang)
    member_page.seen(call.box, second, By(_CHANNEL, lane=MANAGER, person=call.person))
    return shown


@speaks(
    obj("Merged", member=_UID), body=body("MergeMembers", gone=_UID), atomic=False,
    refusals=("403 pin_again", _GONE, "409 member_same", "409 member_paying"),
)  # fmt: skip
def merge(call: Call) -> Any:
    """The second member is the first from now on."""
    kept, gone = _known(call), _by_uid(call, call.body["gone"])
    merging.merge(call.box, gone.id, kept.id, call.person, channel=_CHANNEL, lane=MANAGER)
    return {"member": kept.uid}


@speaks(FAMILY, refusals=(_GONE,))
def shared(call: Call) -> Any:
    """Who shares a purse with the member."""
    return family_of(call.box, _known(call), call.lang)


@speaks(
    FAMILY, body=body("JoinFamily", other=_UID, agreed=flag()),
    refusals=(_GONE, "409 family_points", "409 family_other", "409 family_full", "422 family_agreed"),
)  # fmt: skip
def join(call: Call) -> Any:
    """The member and another share a purse; both were told what that means."""
    member, other = _known(call), _by_uid(call, call.body["other"])
    family.join(call.box, member.id, other.id, call.body["agreed"], family.By(_CHANNEL, call.person, MANAGER))
    return family_of(call.box, member, call.lang)


@speaks(FAMILY, refusals=(_GONE, "409 family_none"))
def leave(call: Call) -> Any:
    """The member leaves the family, with what is left of the own points."""
    member = _known(call)
    family.leave(call.box, member.id, family.By(_CHANNEL, call.person, MANAGER))
    return family_of(call.box, member, call.lang)


def _known(call: Call, name: str = "member") -> Member:
    return _by_uid(call, call.path[name])


def _by_uid(call: Call, uid: str) -> Member:
    found = members.by_uid(call.box.db, uid)
    if found is None:
        raise ShopError("member_unknown", status=404)
    return found
