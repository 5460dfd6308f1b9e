"""Who works here, as managers keep it: added, renamed, given another role, a badge or a PIN, shut out, let in again.

Each is one transaction with its audit record. Whoever may no longer do what they did is logged out by it, at once and
on every screen: the topic "staff" is announced here and bumped for the other processes.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge import codes, pins
from edge.audit import note
from edge.base.sqlite import row, rows
from edge.db import bump
from edge.errors import ShopError
from edge.people import Person
from edge.permissions import ALLOW, permission
from edge.staff import StaffService

ROLES = ("cashier", "manager", "technician")
NAME_CHARS = 32
_BADGES = 10**8
_ENTRY = "SELECT id, uid, name_zh, name_en, role, badge, active, pin_hash <> '', lang FROM staff"
_LAST = "SELECT COUNT(*) FROM staff WHERE role = 'manager' AND active = 1 AND id <> ?"


@dataclass(frozen=True, slots=True)
class Entry:
    """A person as a manager sees them; has_pin is False until they have chosen one; lang: None for the screen's."""

    person: Person
    badge: str | None
    active: bool
    has_pin: bool
    lang: str | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Who changes something, and where: a lane's id, or the name of a page ("~manager")."""

    by: Person
    lane: str | None = None


def entries(staff: StaffService) -> list[Entry]:
    """Everybody, those who work here first."""
    return [_entry(values) for values in rows(staff.box.db, _ENTRY + " ORDER BY active DESC, role, id")]


def entry(staff: StaffService, uid: str) -> Entry:
    """One person, active or not. ShopError("staff_unknown")."""
    found = row(staff.box.db, _ENTRY + " WHERE uid = ?", (uid,))
    if found is None:
        raise ShopError("staff_unknown", status=404)
    return _entry(found)


def add(
    staff: StaffService, at: Desk, *, name_zh: str, name_en: str, role: str, pin: str | None = None,
    badge: str | None = None, lang: str | None = None,
) -> Person:  # fmt: skip
    """Somebody new. Without a PIN they come in by a code (make_code) and choose one; a name in one language will do.

    ShopError: denied, name_bad, person_known, role_bad, pin_weak_…, badge_bad, badge_taken, lang_unknown.
    """
    _may(staff, at)
    zh, en = _names(staff, name_zh, name_en, None)
    _role(role)
    _lang(staff, lang)
    if pin is not None:
        pins.check(pin)
    with staff.box.transaction() as db:
        given = _badge(staff, badge) if badge else None
        added = staff.add(name_zh=zh, name_en=en, role=role, pin=pin, badge=given, lang=lang)
        note(staff.box, "staff_added", at.by, lane=at.lane, person=added.uid, role=role)
        bump(db, "staff")
    staff.box.announce("staff")
    return added


def rename(staff: StaffService, at: Desk, uid: str, *, name_zh: str, name_en: str) -> None:
    """Another name, from the next receipt on. ShopError: denied, staff_unknown, name_bad, person_known."""
    _may(staff, at)
    person = entry(staff, uid).person
    zh, en = _names(staff, name_zh, name_en, person)
    with staff.box.transaction() as db:
        db.execute_sql("UPDATE staff SET name_zh = ?, name_en = ? WHERE id = ?", (zh, en, person.id))
        note(staff.box, "staff_renamed", at.by, lane=at.lane, person=uid)
        bump(db, "staff")
    staff.box.announce("staff")


def set_language(staff: StaffService, at: Desk, uid: str, lang: str | None) -> None:
    """The language of their screen from the next log-in on; None: that of the screen. ShopError: denied, staff_unknown,
    lang_unknown."""
    _may(staff, at)
    _lang(staff, lang)
    with staff.box.transaction() as db:
        known = entry(staff, uid)
        if known.lang == lang:
            return
        db.execute_sql("UPDATE staff SET lang = ? WHERE id = ?", (lang, known.person.id))
        note(staff.box, "language_set", at.by, lane=at.lane, person=uid, lang=lang or "")
        bump(db, "staff")
    staff.box.announce("staff")


def change_role(staff: StaffService, at: Desk, uid: str, role: str) -> None:
    """Another role; they log in anew. ShopError: denied, staff_unknown, role_bad, last_manager."""
    _may(staff, at)
    _role(role)
    with staff.box.transaction() as db:
        person = entry(staff, uid).person
        if person.role == role:
            return
        _not_the_last(staff, person)
        db.execute_sql("UPDATE staff SET role = ? WHERE id = ?", (role, person.id))
        note(staff.box, "role_changed", at.by, lane=at.lane, person=uid, role=role, before=person.role)
        staff.end_sessions(person, "role")
        bump(db, "staff")
    staff.box.announce("staff")


def set_active(staff: StaffService, at: Desk, uid: str, active: bool) -> None:
    """Shut somebody out, at once wherever they work, or let them in again. ShopError: denied, staff_unknown,
    last_manager."""
    _may(staff, at)
    with staff.box.transaction() as db:
        known = entry(staff, uid)
        if known.active == active:
            return
        if not active:
            _not_the_last(staff, known.person)
        db.execute_sql("UPDATE staff SET active = ? WHERE id = ?", (int(active), known.person.id))
        note(staff.box, "staff_let_in" if active else "staff_shut_out", at.by, lane=at.lane, person=uid)
        staff.end_sessions(known.person, "shut_out")
        staff.codes.drop(known.person.id)
        bump(db, "staff")
    staff.box.announce("staff")


def give_badge(staff: StaffService, at: Desk, uid: str, code: str | None = None) -> str:
    """Give somebody this badge, or a new number; returns what must be printed on it. The badge before is none any more.

    New numbers are drawn, not counted on: with one badge in hand nobody must be able to work out the next.
    ShopError: denied, staff_unknown, badge_bad, badge_taken.
    """
    _may(staff, at)
    with staff.box.transaction() as db:
        known = entry(staff, uid)
        given = _badge(staff, code, known.person) if code else _new_badge(staff)
        if given != known.badge:
            db.execute_sql("UPDATE staff SET badge = ? WHERE id = ?", (given, known.person.id))
            note(staff.box, "badge_given", at.by, lane=at.lane, person=uid)
            bump(db, "staff")
    staff.box.announce("staff")
    return given


def take_badge(staff: StaffService, at: Desk, uid: str) -> None:
    """The badge lets nobody in any more (it is lost, or was given back). ShopError: denied, staff_unknown."""
    _may(staff, at)
    with staff.box.transaction() as db:
        known = entry(staff, uid)
        if known.badge is None:
            return
        db.execute_sql("UPDATE staff SET badge = NULL WHERE id = ?", (known.person.id,))
        note(staff.box, "badge_taken", at.by, lane=at.lane, person=uid)
        bump(db, "staff")
    staff.box.announce("staff")


def set_pin(staff: StaffService, at: Desk, uid: str, pin: str) -> None:
    """A PIN for somebody else, who is logged out by it. ShopError: denied, staff_unknown, pin_weak_…, pin_own."""
    _may(staff, at)
    person = _other(staff, at, uid, "pin_own")
    pins.check(pin)
    hashed = staff.pins.hash(pin)
    with staff.box.transaction() as db:
        staff.store_pin(person, hashed, at.by, at.lane, "manager")
        staff.end_sessions(person, "pin")
        bump(db, "staff")
    staff.box.announce("staff")


def make_code(staff: StaffService, at: Desk, uid: str) -> str:
    """A one-time code for somebody who forgot their PIN, or has none yet: to be told to them, and shown once.

    Good for a quarter of an hour (edge.forgotten). ShopError: denied, staff_unknown, code_own.
    """
    _may(staff, at)
    person = _other(staff, at, uid, "code_own")
    code, hashed = staff.codes.new()
    with staff.box.transaction():
        staff.codes.keep(person.id, hashed, at.by.id)
        note(staff.box, "code_made", at.by, lane=at.lane, person=uid)
    return code


def _may(staff: StaffService, at: Desk) -> None:
    if permission("staff.change", at.by.role, staff.box.rules.permissions) != ALLOW:
        raise ShopError("denied", status=403)


def _entry(values: tuple[object, ...]) -> Entry:
    *who, badge, active, has_pin, lang = values
    return Entry(Person(*who), badge, bool(active), bool(has_pin), lang)  # type: ignore[arg-type]


def _other(staff: StaffService, at: Desk, uid: str, slug: str) -> Person:
    """Somebody who works here and is not who asks: an open session must not be enough to take over its person."""
    person = staff.person(uid)
    if person.id == at.by.id:
        raise ShopError(slug, status=403)
    return person


def _role(role: str) -> None:
    if role not in ROLES:
        raise ShopError("role_bad", status=422)


def _lang(staff: StaffService, lang: str | None) -> None:
    if lang is not None and lang not in staff.box.config.store.languages:
        raise ShopError("lang_unknown", status=422)


def _not_the_last(staff: StaffService, person: Person) -> None:
    """Inside the transaction that takes a manager away."""
    found = row(staff.box.db, _LAST, (person.id,))
    if person.role == "manager" and found is not None and not found[0]:
        raise ShopError("last_manager")


def _names(staff: StaffService, name_zh: str, name_en: str, mine: Person | None) -> tuple[str, str]:
    given = [" ".join(name.split()) for name in (name_zh, name_en)]
    if not any(given) or any(len(name) > NAME_CHARS or not name.isprintable() for name in given):
        raise ShopError("name_bad", status=422, limit=NAME_CHARS)
    zh, en = given[0] or given[1], given[1] or given[0]
    for other in staff.people():
        theirs = {other.name_zh.casefold(), other.name_en.casefold()}
        if (mine is None or other.id != mine.id) and theirs & {zh.casefold(), en.casefold()}:
            raise ShopError("person_known", status=422)
    return zh, en


def _badge(staff: StaffService, text: str, mine: Person | None = None) -> str:
    """The code of a badge that is free, or is held by `mine`."""
    code = text.strip().upper()
    if not codes.is_badge(code):
        raise ShopError("badge_bad", status=422)
    found = row(staff.box.db, "SELECT id, name_zh, name_en FROM staff WHERE badge = ?", (code,))
    if found is not None and (mine is None or found[0] != mine.id):
        raise ShopError("badge_taken", status=422, name=" / ".join(dict.fromkeys(found[1:])))
    return code


def _new_badge(staff: StaffService) -> str:
    while True:
        code = codes.staff_code(staff.box.env.rng.randrange(1, _BADGES))
        if row(staff.box.db, "SELECT 1 FROM staff WHERE badge = ?", (code,)) is None:
            return code
