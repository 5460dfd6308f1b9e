"""What was typed is kept for as long as the shop says (setting retention, twelve months). Erasure: edge/privacy."""

from __future__ import annotations

import json

from edge import settings
from edge.base.sqlite import row, rows
from edge.box import Box

_DAY_US = 86_400_000_000
_TURN = 100


def forget_old(box: Box) -> int:
    """Erase texts that are old enough from table and journal, a hundred at most; returns how many went.

    Only while the clock can be trusted: a wrong one would erase what is young.
    """
    if box.env.clock.quality() != "synced":
        return 0
    days = settings.values(box.db)["retention"]["feedback_days"]
    limit = box.env.clock.now_us() - days * _DAY_US
    found = rows(box.db, "SELECT id, events FROM feedback WHERE text IS NOT NULL AND at_us < ? LIMIT ?", (limit, _TURN))
    _erase(box, found)
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
