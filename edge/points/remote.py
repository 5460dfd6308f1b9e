"""What other boxes booked: entries of theirs that headquarters passes on, so that a purse is the same in every store.

Such an entry is a row of our ledger with a number of ours; `ledger_origin` has its name: the chain it stands in and its
number there ("/tillbox/demo/box-2/1-0a1b2c3d/a#17"). Our own entries have names, too, once they leave the box.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from edge.base.chain import source_name
from edge.base.foreign import Foreign
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.points import lots
from edge.points.entries import INSERT, Record, book, entry, next_number

_OWN = "SELECT entry FROM ledger_origin WHERE name = ?"
_SEEN = (
    "INSERT INTO points_seen (member, as_of_us, lease) SELECT id, ?2, ?3 FROM member WHERE uid = ?1 "
    "ON CONFLICT (member) DO UPDATE SET as_of_us = max(as_of_us, excluded.as_of_us), "
    "lease = COALESCE(max(lease, excluded.lease), lease, excluded.lease)"
)
# Lots of ours that somebody spent elsewhere before he knew that they had expired here.
_TOO_SOON = (
    "SELECT lot, -SUM(points), -SUM(CASE WHEN reason = 'expire' THEN points ELSE 0 END) FROM ledger g WHERE member = ? "
    "AND NOT EXISTS (SELECT 1 FROM ledger_origin WHERE entry = g.lot) GROUP BY lot "
    "HAVING SUM(points) < 0 AND SUM(CASE WHEN reason = 'expire' THEN points ELSE 0 END) < 0"
)


# What came in for somebody who had been merged here. Only the box that opened a lot moves it, so that it goes once.
_LEFT_BEHIND = (
    "SELECT o.id, g.points, g.score, o.rule_version, o.expires_on, o.at_us, o.available_on FROM "
    "(SELECT lot, SUM(points) AS points, SUM(score) AS score FROM ledger WHERE member = ? GROUP BY lot) g "
    "JOIN ledger o ON o.id = g.lot WHERE (g.points <> 0 OR g.score <> 0) "
    "AND NOT EXISTS (SELECT 1 FROM ledger_origin WHERE entry = o.id) ORDER BY o.id"
)


def take_in(
    box: Box, entries: Sequence[Foreign], as_of_us: int, leases: Sequence[tuple[str, int]] = (),
    members: Iterable[str] = (),
) -> int:  # fmt: skip
    """Book what is new of other boxes' entries, in the order in which headquarters has them; returns how many.

    as_of_us: headquarters knew all this then, of these members (uids) and of everybody who is in it. leases: (uid, all
    that was ever lent to this box of the member's points). What is here already is passed over, so that any part may
    come twice. Of members who are not known here nothing is kept. One transaction.
    """
    with box.transaction():
        new = sum(_book(box, x) for x in entries)
        whose = dict.fromkeys([*members, *(x.member for x in entries), *(uid for uid, _ in leases)])
        lent = dict(leases)
        for uid in whose:
            box.db.execute_sql(_SEEN, (uid, as_of_us, lent.get(uid)))
            _give_back(box, uid)
            _follow(box, uid)
    if new:
        box.announce("points")
    return new


def _book(box: Box, x: Foreign) -> bool:
    member = row(box.db, "SELECT id FROM member WHERE uid = ?", (x.member,))
    if member is None or _number(box, x.name) is not None:
        return False
    number = next_number(box)
    lot = number if x.lot == x.name else _number(box, x.lot)
    reverses, came_from = (_number(box, name) if name else None for name in (x.reverses, x.came_from))
    # A lot that is not here (its member came to us later) is opened by what we learn of it first.
    box.db.connection().execute(INSERT, entry(
        number, member[0], lot or number, x.points, x.reason, x.at_us, score=x.score, rule=x.rule,
        expires_on=x.expires_on, reverses=reverses, available_on=x.available_on, came_from=came_from,
    ))  # fmt: skip
    box.db.execute_sql("INSERT INTO ledger_origin (entry, name) VALUES (?, ?)", (number, x.name))
    return True


def _number(box: Box, name: str) -> int | None:
    """Our number of an entry by its name; None when we have it not."""
    known = row(box.db, _OWN, (name,))
    if known is not None:
        return int(known[0])
    chain, _, number = name.partition("#")
    if chain not in _own_chains(box) or not number.isdigit():
        return None
    found = row(
        box.db, "SELECT id FROM ledger g WHERE id = ? AND NOT EXISTS (SELECT 1 FROM ledger_origin WHERE entry = g.id)",
        (int(number),),
    )  # fmt: skip
    return int(found[0]) if found else None


def chain(box: Box) -> str:
    """The chain that our entries are named by."""
    return source_name(box.config.store.tenant, box.config.store.box, box.source.epoch, "a")


def _own_chains(box: Box) -> set[str]:
    store = box.config.store
    return {
        source_name(store.tenant, store.box, epoch, "a") for (epoch,) in rows(box.db, "SELECT uid FROM epoch")
    }  # fmt: skip


def _give_back(box: Box, uid: str) -> None:
    """Points that were spent elsewhere in good faith before their expiry here was known: they had not expired."""
    found = row(box.db, "SELECT id FROM member WHERE uid = ?", (uid,))
    if found is None:
        return
    made: list[Record] = []
    first, now = next_number(box), box.env.clock.now_us()
    for number, owed, expired in rows(box.db, _TOO_SOON, (found[0],)):
        lot = lots.one(box.db, number)
        made.append(entry(first + len(made), found[0], number, min(owed, expired), "expire", now, rule=lot.rule,
                          expires_on=lot.expires_on))  # fmt: skip
    if made:
        book(box, "expired", made, member=uid, undone=True)


def _follow(box: Box, uid: str) -> None:
    """What is left in the lots of a merged member goes to the survivor."""
    found = row(box.db, "SELECT id FROM member WHERE uid = ? AND merged IS NOT NULL", (uid,))
    if found is None:
        return
    gone, kept = int(found[0]), lots.successor(box.db, found[0])
    number, made = next_number(box), list[Record]()
    for lot, points, score, rule, expires, at_us, available in rows(box.db, _LEFT_BEHIND, (gone,)):
        facts: dict[str, Any] = {"rule": rule, "expires_on": expires, "available_on": available}
        new = number + 1
        made.append(entry(number, gone, lot, -points, "merge", at_us, score=-score, **facts))
        made.append(entry(new, kept, new, points, "merge", at_us, score=score, came_from=lot, **facts))
        number += 2
    if made:
        book(box, "moved", made, member=uid)
