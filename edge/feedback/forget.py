"""What was typed is kept for twelve months, and goes at once with a member who wants to be forgotten."""

from __future__ import annotations

import json

from edge.base.sqlite import row, rows
from edge.box import Box

KEPT_US = 365 * 86_400_000_000
_TURN = 100


def forget_old(box: Box) -> int:
    """Erase texts older than twelve months from table and journal, a hundred at most; returns how many went.

    Only while the clock can be trusted: a wrong one would erase what is young.
    """
    if box.env.clock.quality() == "unknown":
        return 0
    limit = box.env.clock.now_us() - KEPT_US
    found = rows(box.db, "SELECT id, events FROM feedback WHERE text IS NOT NULL AND at_us < ? LIMIT ?", (limit, _TURN))
    _erase(box, found)
    return len(found)


def forget_member(box: Box, member: int) -> int:
    """Erase what a member typed, and that it was them, inside the caller's transaction; returns how many went."""
    found = rows(box.db, "SELECT id, events FROM feedback WHERE member = ?", (member,))
    for number, events in found:
        _blank(box, number, events)
        box.db.execute_sql("UPDATE feedback SET member = NULL, sale = NULL, staff = NULL WHERE id = ?", (number,))
    box.db.execute_sql("DELETE FROM feedback_ask WHERE member = ?", (member,))
    return len(found)


def _erase(box: Box, found: list[tuple[int, str]]) -> None:
    if found:
        with box.transaction():
            for number, events in found:
                _blank(box, number, events)


def _blank(box: Box, number: int, events: str) -> None:
    """The themes stay, with their words gone: they are quotations."""
    box.db.execute_sql("UPDATE feedback SET text = NULL WHERE id = ?", (number,))
    box.db.execute_sql("UPDATE feedback_theme SET words = '[]' WHERE feedback = ?", (number,))
    for place in json.loads(events):
        epoch, _, seq = place.rpartition("/")
        key = (epoch, int(seq))
        if row(
            box.db, "SELECT 1 FROM journal WHERE epoch = ? AND stream = 'c' AND seq = ? AND private IS NOT NULL", key
        ):
            box.db.execute_sql(
                "UPDATE journal SET private = NULL, salt = NULL WHERE epoch = ? AND stream = 'c' AND seq = ?", key
            )
