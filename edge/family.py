"""Families: members who share one purse of points. Who earned what stays theirs; each agrees to it, and may leave.

Only members who agree to points can be in one. When that is taken back they leave, and a family of one is none.
"""

from __future__ import annotations

from dataclasses import dataclass

from peewee import SqliteDatabase

from edge import audit, members
from edge.base.ids import new_uid
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.members import Member
from edge.people import Person
from edge.points import lots

MOST = 8
TEXT_VERSION = 1  # of privacy.family_text, which is read to whoever joins
_OF = "SELECT id FROM member WHERE family = ? AND state = 'active' ORDER BY id"


@dataclass(frozen=True, slots=True)
class Family:
    """Who shares a purse (with the points that each of them brought and has left), and what may be spent of it now."""

    members: tuple[tuple[Member, int], ...]
    purse: int


@dataclass(frozen=True, slots=True)
class By:
    """Where and by whom: channel (till, manager, kiosk, hq); who: nobody at a kiosk; approver: allowed it besides."""

    channel: str
    who: Person | None = None
    lane: str | None = None
    approver: Person | None = None
    mode: str = "live"


def of(box: Box, member: int) -> Family | None:
    """The family of a member (row id), herself among them; None when she is in none."""
    name = name_of(box.db, member)
    if name is None:
        return None
    found = [x for (number,) in rows(box.db, _OF, (name,)) if (x := members.with_standing(box.db, number))]
    return Family(tuple((one, standing.points) for one, standing in found), lots.spendable(box, member))


def join(box: Box, member: int, other: int, agreed: bool, by: By) -> None:
    """The member (row id) and `other` share a purse from now on: other's family, or a new one of the two.

    agreed: both were told what that means (privacy.family_text) and said yes. ShopError: family_agreed, member_same,
    member_gone, family_points (one of them does not agree to points), family_other (already in another), family_full.
    """
    if not agreed:
        raise ShopError("family_agreed", status=422)
    if member == other:
        raise ShopError("member_same")
    with box.transaction() as db:
        for one in (member, other):
            _may_share(box, one)
        mine, theirs = name_of(db, member), name_of(db, other)
        if mine is not None:
            raise ShopError("family_other")
        name = theirs or new_uid(box.env.rng)
        if theirs is None:
            _enter(box, other, name, by)
        elif len(rows(db, _OF, (name,))) >= MOST:
            raise ShopError("family_full", most=MOST)
        _enter(box, member, name, by)
    box.announce("member", gone=[], kept=None)


def leave(box: Box, member: int, by: By) -> None:
    """The member (row id) takes what is hers with her; who stays alone is in no family. ShopError("family_none")."""
    with box.transaction() as db:
        name = name_of(db, member)
        if name is None:
            raise ShopError("family_none")
        _go(box, member, name, by)
        settle(box, name, by)
    box.announce("member", gone=[], kept=None)


def settle(box: Box, name: str | None, by: By) -> None:
    """After one of a family was erased, merged or took back a consent: who may not be in it leaves, inside the caller's
    transaction; a family of one is none."""
    if name is None:
        return
    there = [number for (number,) in rows(box.db, _OF, (name,))]
    agreed = [number for number in there if members.has_consent(box.db, number, "points")]
    for number in there:
        if number not in agreed or len(agreed) == 1:
            _go(box, number, name, by)


def name_of(db: SqliteDatabase, member: int) -> str | None:
    """The random name of a member's family (row id), or None."""
    found = row(db, "SELECT family FROM member WHERE id = ?", (member,))
    return str(found[0]) if found and found[0] is not None else None


def _may_share(box: Box, member: int) -> None:
    state = row(box.db, "SELECT state FROM member WHERE id = ?", (member,))
    if state is None or state[0] != "active":
        raise ShopError("member_gone", status=404)
    if not members.has_consent(box.db, member, "points"):
        raise ShopError("family_points")


def _enter(box: Box, member: int, name: str, by: By) -> None:
    box.db.execute_sql("UPDATE member SET family = ? WHERE id = ?", (name, member))
    _record(box, "joined", member, name, by, text_version=TEXT_VERSION)


def _go(box: Box, member: int, name: str, by: By) -> None:
    box.db.execute_sql("UPDATE member SET family = NULL WHERE id = ?", (member,))
    _record(box, "left", member, name, by)


def _record(box: Box, what: str, member: int, name: str, by: By, **more: int) -> None:
    found = row(box.db, "SELECT uid FROM member WHERE id = ?", (member,))
    assert found is not None
    data = {"member": found[0], "family": name, "channel": by.channel, **more}
    box.record("a", f"family.{what}", data, mode=by.mode)
    if by.who is not None:
        audit.note(
            box, f"family_{what}", by.who, lane=by.lane, approver=by.approver, mode=by.mode, member=found[0],
            family=name,
        )  # fmt: skip
