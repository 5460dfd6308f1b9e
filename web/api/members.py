"""Members at the manager's desk: found by phone, card or name, looked at, corrected. What is done is the till's."""

from __future__ import annotations

from typing import Any

from edge import member_desk, member_page, members
from edge.errors import ShopError
from edge.member_desk import By
from edge.members import PURPOSES, Member
from web.api.frame import Call, speaks
from web.api.member_shapes import HIT, LINES, PAGE, WHOLE
from web.api.shapes import body, choice, flag, many, obj, opt, text
from web.auth import MANAGER

_GONE = "404 member_unknown"
_FREE = text(20_000, example="林晓雯")


@speaks(obj("Members", rows=many(HIT)), query={"q": text(64, example="5021")})
def search(call: Call) -> Any:
    """Whom a card, a phone number, its last four digits or a part of a name may mean; twenty at most, newest first."""
    return {"rows": member_page.search(call.box, call.query.get("q", ""), call.lang, names=True)}


@speaks(PAGE, refusals=(_GONE,))
def look(call: Call) -> Any:
    """Everything about one member; that it was looked at is written to the audit."""
    member = _known(call)
    member_page.seen(call.box, member, _by(call))
    return member_page.page(call.box, member, call.lang)


@speaks(LINES, refusals=(_GONE, "404 sale_unknown"))
def lines(call: Call) -> Any:
    """What was bought on one of the member's documents."""
    return {"lines": member_page.lines(call.box, _known(call), call.path["sale"])}


@speaks(
    PAGE,
    body=body("CorrectMember", name=opt(_FREE), phone=opt(_FREE), birthday=opt(_FREE)),
    refusals=(_GONE, "409 member_known", "409 birthday_consent", "422 phone_wrong", "422 name_long"),
)
def correct(call: Call) -> Any:
    """Another name, phone number or birthday (month and day); an empty text takes it away."""
    member_desk.correct(call.box, _known(call), _by(call), dict(call.body))
    return _page(call)


@speaks(PAGE, body=body("MemberConsent", purpose=choice(*PURPOSES), granted=flag()), refusals=(_GONE,))
def consent(call: Call) -> Any:
    """What the member says now about a purpose."""
    member_desk.consent(call.box, _known(call), call.body["purpose"], call.body["granted"], _by(call))
    return _page(call)


@speaks(PAGE, body=body("MemberNote", text=_FREE), refusals=(_GONE, "409 notes_many", "422 note_long"))
def note(call: Call) -> Any:
    """A short note for whoever serves the member next."""
    member_desk.add_note(call.box, _known(call), call.body["text"], _by(call))
    return _page(call)


@speaks(PAGE, refusals=(_GONE, "404 note_gone"))
def note_drop(call: Call) -> Any:
    """A note that is no longer needed."""
    member_desk.drop_note(call.box, _known(call), call.path["note"], _by(call))
    return _page(call)


@speaks(PAGE, refusals=(_GONE, "404 card_gone"))
def block(call: Call) -> Any:
    """A lost card is good no more."""
    member_desk.block_card(call.box, _known(call), call.path["card"], _by(call))
    return _page(call)


@speaks(WHOLE, refusals=(_GONE, "403 pin_again"))
def phone(call: Call) -> Any:
    """The whole phone number, to call the member; written to the audit. null where it isn't kept or can't be read."""
    return {"phone": member_desk.whole_phone(call.box, _known(call), _by(call))}


def _by(call: Call) -> By:
    return By("desk", lane=MANAGER, person=call.person)


def _known(call: Call) -> Member:
    found = members.by_uid(call.box.db, call.path["member"])
    if found is None:
        raise ShopError("member_unknown", status=404)
    return found


def _page(call: Call) -> dict[str, Any]:
    return member_page.page(call.box, _known(call), call.lang)
