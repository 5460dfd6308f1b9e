"""The ledger over all stores: what to pass on to a box, what a member has, what to lend, and who is overdrawn.

Headquarters never computes an entry; it sums them and passes them on. A member who was merged counts as the survivor,
whichever box booked it and when: what an offline box still books for the one is the other's, too.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.base.foreign import Foreign
from edge.base.sqlite import row, rows
from sync.hq.people import standing
from sync.hq.store import Store

# Entries of everybody else, in the order in which they came in.
_SINCE = (
    "SELECT l.event, s.name, l.entry, l.member, l.lot, l.lot_of, l.points, l.score, l.reason, "
    "COALESCE(d.at_us, e.at_us), l.rule, l.expires, l.available, l.reverses, l.reverses_of, l.came_from, l.from_of "
    "FROM ledger l JOIN source s ON s.id = l.source JOIN event e ON e.id = l.event "
    "LEFT JOIN sale d ON d.event = l.event "
    "WHERE l.event > ?1 AND l.event <= ?2 AND s.box <> ?3 AND l.mode = ?4 ORDER BY l.event, l.entry"
)
_LAST = "SELECT COALESCE(MAX(id), 0) FROM (SELECT id FROM event WHERE id > ? ORDER BY id LIMIT ?)"
_ALL_OF = "(SELECT ?1 UNION SELECT gone FROM member_alias WHERE kept = ?1)"
_SPENT = (
    "SELECT COALESCE(-SUM(l.points), 0) FROM ledger l JOIN source s ON s.id = l.source WHERE l.mode = ?2 "
    f"AND l.member IN {_ALL_OF} AND l.reason IN ('redeem', 'restore') AND s.box = ?3"
)
_LEASES = "SELECT box, points FROM lease WHERE member = ? AND mode = ?"
_LEND = (
    "INSERT INTO lease (member, mode, box, points) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (member, mode, box) DO UPDATE SET points = points + excluded.points"
)
_OVERDRAWN = (
    "SELECT COALESCE(m.kept, l.member) AS who, SUM(l.points) AS points FROM ledger l "
    "LEFT JOIN member_alias m ON m.gone = l.member WHERE l.mode = ? GROUP BY who HAVING SUM(l.points) < 0 "
    "ORDER BY points LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Delta:
    """What a box has not seen of other boxes' entries: up to which event of ours, and since when that is all."""

    entries: tuple[Foreign, ...]
    upto: int
    as_of_us: int


def since(store: Store, box: str, upto: int, mode: str = "live", limit: int = 1_000) -> Delta:
    """Entries of the events after `upto` that other boxes sent, at most those of `limit` events; then ask again."""
    db = store.db
    last = row(db, _LAST, (upto, limit))
    end = max(upto, int(last[0]) if last else 0)
    whose = row(db, "SELECT id FROM box WHERE name = ?", (box,))
    found = tuple(
        Foreign(
            name=f"{source}#{entry}", member=member, lot=lot_of or f"{source}#{lot}", points=points, score=score,
            reason=reason, at_us=at_us, rule=rule or 0, expires_on=expires, available_on=available,
            reverses=reverses_of or _name(source, reverses), came_from=from_of or _name(source, came_from),
        )
        for _, source, entry, member, lot, lot_of, points, score, reason, at_us, rule, expires, available, reverses,
        reverses_of, came_from, from_of in rows(db, _SINCE, (upto, end, whose[0] if whose else -1, mode))
    )  # fmt: skip
    return Delta(found, end, store.env.clock.now_us())


def lend(store: Store, member: str, box: str, points: int, mode: str = "live") -> int:
    """Lend a box up to so many of a member's points; returns all that was ever lent to it of them.

    Never more is out than the member has: what boxes were lent and have not spent yet, as far as we know, is taken off.
    """
    db = store.db
    with db.atomic():
        whose = row(db, "SELECT id FROM box WHERE name = ?", (box,))
        if whose is None:
            return 0
        lent = dict(rows(db, _LEASES, (member, mode)))
        out = sum(max(0, total - _spent(store, member, each, mode)) for each, total in lent.items())
        more = max(0, min(points, standing(store, member, mode)[0] - out))
        if more:
            db.execute_sql(_LEND, (member, mode, whose[0], more))
        return int(lent.get(whose[0], 0)) + more


def overdrawn(store: Store, mode: str = "live", limit: int = 100) -> list[tuple[str, int]]:
    """(uid, points) of members below zero: what was spent in two places at once, or before its goods came back."""
    return [(uid, int(points)) for uid, points in rows(store.db, _OVERDRAWN, (mode, limit))]


def _spent(store: Store, member: str, box: int, mode: str) -> int:
    found = row(store.db, _SPENT, (member, mode, box))
    return int(found[0]) if found else 0


def _name(source: str, entry: int | None) -> str | None:
    return None if entry is None else f"{source}#{entry}"
