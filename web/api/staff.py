"""Who works here: added, renamed, given a role, a badge, a PIN or a code for a new one, shut out and let in again.

What would let somebody in under another's name wants the PIN of whoever asks once more. PINs are hashed before the
transaction, so that no sale waits for them: these calls keep their answer after it.
"""

from __future__ import annotations

from typing import Any

from edge import pins, staff_admin
from edge.forgotten import CODE_S
from edge.staff_admin import Desk, Entry
from web.api.frame import Call, speaks
from web.api.shapes import body, choice, flag, many, null_or, obj, opt, secret, text, whole
from web.auth import MANAGER

_ROLE = choice(*staff_admin.ROLES)
_NAME = text(64, example="Min Wang")
_LANG = null_or(choice("zh-CN", "en"))
PERSON = obj(
    "StaffMember", uid=text(example="0f3c"), name_zh=text(example="王敏"), name_en=text(example="Min Wang"),
    name=text(example="Min Wang"), role=text(example="manager"), active=flag(), badge=flag(), pin=flag(), lang=_LANG,
    me=flag(),
)  # fmt: skip
_GONE = "404 staff_unknown"


@speaks(obj("Staff", people=many(PERSON), roles=many(_ROLE), pin=obj(least=whole(1), most=whole(1))))
def listed(call: Call) -> Any:
    """Everybody, those who work here first."""
    people = [_told(call, entry) for entry in staff_admin.entries(call.given.staff)]
    return {"people": people, "roles": list(staff_admin.ROLES), "pin": {"least": pins.LEAST, "most": pins.MOST}}


@speaks(
    PERSON,
    body=body("AddStaff", name_zh=_NAME, name_en=_NAME, role=_ROLE, pin=opt(secret(16)), lang=opt(_LANG)),
    status=201,
    atomic=False,
    refusals=("403 pin_again", "422 name_bad", "422 person_known"),
)
def add(call: Call) -> Any:
    """Somebody new. Without a PIN they come in by a code and choose one."""
    said = call.body
    person = staff_admin.add(
        call.given.staff, _desk(call), name_zh=said["name_zh"], name_en=said["name_en"], role=said["role"],
        pin=said.get("pin"), lang=said.get("lang"),
    )  # fmt: skip
    return _one(call, person.uid)


@speaks(PERSON, body=body("RenameStaff", name_zh=_NAME, name_en=_NAME), refusals=(_GONE, "422 person_known"))
def rename(call: Call) -> Any:
    """Another name, from the next receipt on."""
    names = {"name_zh": call.body["name_zh"], "name_en": call.body["name_en"]}
    staff_admin.rename(call.given.staff, _desk(call), call.path["person"], **names)
    return _one(call)


@speaks(PERSON, body=body("StaffLanguage", lang=_LANG), refusals=(_GONE,))
def language(call: Call) -> Any:
    """The language of their screen from the next log-in on; null: that of the screen."""
    staff_admin.set_language(call.given.staff, _desk(call), call.path["person"], call.body["lang"])
    return _one(call)


@speaks(PERSON, body=body("StaffRole", role=_ROLE), refusals=(_GONE, "403 pin_again", "409 last_manager"))
def role(call: Call) -> Any:
    """Another role; they are logged out and log in anew."""
    staff_admin.change_role(call.given.staff, _desk(call), call.path["person"], call.body["role"])
    return _one(call)


@speaks(PERSON, body=body("StaffActive", active=flag()), refusals=(_GONE, "409 last_manager"))
def active(call: Call) -> Any:
    """Shut somebody out, at once wherever they work, or let them in again."""
    staff_admin.set_active(call.given.staff, _desk(call), call.path["person"], call.body["active"])
    return _one(call)


@speaks(
    obj("Badge", badge=null_or(secret(64)), person=PERSON),
    body=body("GiveBadge", code=opt(text(64, example="TBS000000001001"))),
    refusals=(_GONE, "403 pin_again", "422 badge_bad", "422 badge_taken"),
)
def badge(call: Call) -> Any:
    """Give somebody this badge, or a new number (shown once); the one before is none any more."""
    given = staff_admin.give_badge(call.given.staff, _desk(call), call.path["person"], call.body.get("code") or None)
    return {"badge": given, "person": _one(call)}


@speaks(PERSON, refusals=(_GONE,))
def unbadge(call: Call) -> Any:
    """The badge lets nobody in any more."""
    staff_admin.take_badge(call.given.staff, _desk(call), call.path["person"])
    return _one(call)


@speaks(
    PERSON,
    body=body("StaffPin", pin=secret(16)),
    atomic=False,
    refusals=(_GONE, "403 pin_again", "403 pin_own"),
)
def pin(call: Call) -> Any:
    """A PIN for somebody else, who is logged out by it."""
    staff_admin.set_pin(call.given.staff, _desk(call), call.path["person"], call.body["pin"])
    return _one(call)


@speaks(
    obj("StaffCode", code=null_or(secret(16)), minutes=whole(1, example=15)),
    atomic=False,
    refusals=(_GONE, "403 pin_again", "403 code_own"),
)
def code(call: Call) -> Any:
    """A one-time code for somebody who forgot their PIN or has none yet: shown once, to be told to them."""
    made = staff_admin.make_code(call.given.staff, _desk(call), call.path["person"])
    return {"code": made, "minutes": CODE_S // 60}


def _desk(call: Call) -> Desk:
    return Desk(call.person, MANAGER)


def _one(call: Call, uid: str = "") -> dict[str, Any]:
    return _told(call, staff_admin.entry(call.given.staff, uid or call.path["person"]))


def _told(call: Call, entry: Entry) -> dict[str, Any]:
    person = entry.person
    return {
        "uid": person.uid, "name_zh": person.name_zh, "name_en": person.name_en, "name": person.name(call.lang),
        "role": person.role, "active": entry.active, "badge": entry.badge is not None, "pin": entry.has_pin,
        "lang": entry.lang, "me": person.uid == call.person.uid,
    }  # fmt: skip
