"""What a manager looks for when something is wrong: an event of the journal, and a row beside it to search by."""

from __future__ import annotations

from typing import Any

import orjson

from edge.box import Box
from edge.people import Person

_INSERT = (
    "INSERT INTO audit (seq, epoch, action, at_us, staff, approver, lane, sale, reason, detail) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def note(
    box: Box,
    action: str,
    who: Person | None,
    *,
    lane: str | None = None,
    approver: Person | None = None,
    reason: str = "",
    sale: int | None = None,
    mode: str = "live",
    **detail: Any,
) -> int:
    """Record who did what, where, why and who allowed it, inside the caller's transaction; returns the event's seq.

    The event is audit.<action>; detail are its further fields (texts, whole numbers, nothing personal of customers).
    """
    data = {
        "staff": who.uid if who else None, "approver": approver.uid if approver else None, "lane": lane,
        "reason": reason, **detail,
    }  # fmt: skip
    seq = box.record("a", f"audit.{action}", data, mode=mode)
    box.db.execute_sql(
        _INSERT,
        (seq, box.source.epoch, action, box.env.clock.now_us(), who.id if who else None,
         approver.id if approver else None, lane, sale, reason, orjson.dumps(detail).decode()),
    )  # fmt: skip
    return seq
