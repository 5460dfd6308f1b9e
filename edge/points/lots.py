"""Lots: what is left of each, whose they are, and which are spent first.

Members of one family share a purse: their lots are spent together, each entry names its lot's own member. What a return
took back after it had been spent leaves a lot below zero; that is a debt of the purse, which later points fill.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from peewee import SqliteDatabase

from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.shifts import local

_NEVER = "9999-12-31"
_AGREED = "(SELECT granted FROM consent WHERE member = m.id AND purpose = 'points' ORDER BY id DESC LIMIT 1) = 1"
# Lots of somebody who was merged may still come in from another box: they are the survivor's.
_PURSE = (
    "WITH one (id) AS (SELECT m.id FROM member m WHERE "
    "(m.id = ?1 OR m.family = (SELECT family FROM member WHERE id = ?1)) "
    f"AND m.state = 'active' AND {_AGREED}) "
    "SELECT id FROM one UNION SELECT m.id FROM member m JOIN one ON m.merged = one.id ORDER BY 1"
)
_LOTS = (
    "SELECT o.id, o.member, g.points, o.rule_version, o.expires_on, o.available_on FROM "
    "(SELECT lot, SUM(points) AS points FROM ledger WHERE member = ? GROUP BY lot HAVING SUM(points) <> 0) g "
    "JOIN ledger o ON o.id = g.lot ORDER BY o.id"
)
# The sum alone, as every screen with a member asks for it: a tenth of the time that the lots take.
_SPENDABLE = (
    "SELECT COALESCE(SUM(g.points), 0) FROM (SELECT lot, SUM(points) AS points FROM ledger "
    f"WHERE member IN ({_PURSE}) GROUP BY lot) g JOIN ledger o ON o.id = g.lot WHERE g.points < 0 OR "
    "((o.expires_on IS NULL OR o.expires_on >= ?2) AND (o.available_on IS NULL OR o.available_on <= ?2))"
)
_LOT = (
    "SELECT o.id, o.member, (SELECT SUM(points) FROM ledger WHERE member = o.member AND lot = o.id), o.rule_version, "
    "o.expires_on, o.available_on FROM ledger o WHERE o.id = ?"
)
_MOVED = "SELECT id FROM ledger WHERE member = ? AND came_from = ? AND lot = id ORDER BY id LIMIT 1"


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of a lot (below zero: a debt); its number is that of the entry that opened it."""

    id: int
    member: int
    left: int
    rule: int
    expires_on: str | None
    available_on: str | None

    def expired(self, today: str) -> bool:
        """Whether its last day is past."""
        return self.expires_on is not None and self.expires_on < today

    def counts(self, today: str) -> bool:
        """Whether it is part of what may be spent: a debt always is."""
        return self.left < 0 or not (
            self.expired(today) or (self.available_on is not None and self.available_on > today)
        )


@dataclass(frozen=True, slots=True)
class Purse:
    """What a member (or a family) has, as of a day: of all points those that may be spent, and those that wait."""

    spendable: int
    waiting: int
    lots: tuple[Lot, ...]


def today_of(box: Box) -> str:
    """Today's date by the store's calendar; a shift that began yesterday has its own (see shifts)."""
    return local(box.env.clock.now_us(), box.config.store.zone).date().isoformat()


def day_after(day: str, days: int) -> str:
    """The date so many days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def owners(db: SqliteDatabase, member: int) -> list[int]:
    """Whose lots a member (row id) may spend: his own and his family's, of all who agree to points."""
    return [number for (number,) in rows(db, _PURSE, (member,))]


def of_member(db: SqliteDatabase, member: int) -> list[Lot]:
    """The lots of one member of which something is left or owed, first to expire first."""
    return _sorted(Lot(*found) for found in rows(db, _LOTS, (member,)))


def one(db: SqliteDatabase, lot: int) -> Lot:
    """A lot by its number. ShopError("points_lot") when there is none."""
    found = row(db, _LOT, (lot,))
    if found is None:
        raise ShopError("points_lot", status=404)
    return Lot(*found)


def purse(db: SqliteDatabase, member: int, today: str) -> Purse:
    """What a member may spend today, alone or with the family."""
    found = _sorted(lot for owner in owners(db, member) for lot in of_member(db, owner))
    waiting = sum(
        x.left for x in found if x.left > 0 and not x.expired(today) and not x.counts(today)
    )
    return Purse(max(0, sum(x.left for x in found if x.counts(today))), waiting, tuple(found))


def spendable(box: Box, member: int, today: str | None = None) -> int:
    """How many points a member (row id) may spend today, alone or with the family; never below zero."""
    found = row(box.db, _SPENDABLE, (member, today or today_of(box)))
    return max(0, int(found[0])) if found else 0


def choose(lots: Iterable[Lot], points: int, today: str) -> list[tuple[Lot, int]]:
    """(lot, how many of it) that so many points are taken from, first to expire first.

    ShopError("points_short", left) when there are not so many.
    """
    able = [x for x in lots if x.counts(today)]
    left = max(0, sum(x.left for x in able))
    if points > left:
        raise ShopError("points_short", status=422, left=left)
    found = []
    for lot in able:
        if (part := min(points, lot.left)) > 0:
            found.append((lot, part))
            points -= part
    return found


def home(db: SqliteDatabase, lot: Lot) -> tuple[int, Lot]:
    """(member, lot) where a lot is since its member became another's.

    The lot is still the former member's where nothing of it came along: what comes next opens one that came from it.
    """
    member, now = lot.member, lot
    while (found := row(db, "SELECT merged FROM member WHERE id = ?", (member,))) and found[0] is not None:
        member = int(found[0])
        moved = row(db, _MOVED, (member, now.id))
        if moved is not None:
            now = one(db, int(moved[0]))
    return member, now


def successor(db: SqliteDatabase, member: int) -> int:
    """Who a member (row id) is by now: himself, or whom he was merged into."""
    while (found := row(db, "SELECT merged FROM member WHERE id = ?", (member,))) and found[0] is not None:
        member = int(found[0])
    return member


def _sorted(lots: Iterable[Lot]) -> list[Lot]:
    return sorted(lots, key=lambda x: (x.expires_on or _NEVER, x.id))
