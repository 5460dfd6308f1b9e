"""Shifts: which business day a sale belongs to. Opening with a counted float and closing come with the next slice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from edge.base.ids import new_uid
from edge.base.sqlite import row
from edge.box import Box


@dataclass(frozen=True, slots=True)
class Shift:
    id: int
    uid: str
    business_date: str
    opened_us: int


_OPEN = "SELECT id, uid, business_date, opened_us FROM shift WHERE lane = ? AND closed_us IS NULL"


def current(box: Box, lane: str) -> Shift | None:
    """The lane's open shift."""
    found = row(box.db, _OPEN, (lane,))
    return Shift(*found) if found else None


def ensure_open(box: Box, lane: str, staff: int, mode: str) -> Shift:
    """The lane's open shift, opened with no float where there is none. Inside a transaction.

    The business date is the local date at opening and stays through midnight (fault F28).
    """
    shift = current(box, lane)
    return shift if shift is not None else open_shift(box, lane, staff, mode)


def open_shift(box: Box, lane: str, staff: int, mode: str, float_amount: int = 0) -> Shift:
    """Open a shift on a lane that has none; one event. Inside a transaction."""
    now = box.env.clock.now_us()
    uid = new_uid(box.env.rng)
    date = local(now, box.config.store.zone).date().isoformat()
    box.db.execute_sql(
        "INSERT INTO shift (uid, lane, business_date, opened_us, opened_by, float_amount) VALUES (?, ?, ?, ?, ?, ?)",
        (uid, lane, date, now, staff, float_amount),
    )
    data = {"shift": uid, "lane": lane, "business_date": date, "float": float_amount}
    box.record("a", "shift.opened", data, mode=mode)
    shift = current(box, lane)
    assert shift is not None
    return shift


def close_shift(box: Box, shift: Shift, staff: int, mode: str) -> None:
    """Close without a count (the demo's history; the counted close comes with the next slice). Inside a transaction."""
    now = box.env.clock.now_us()
    box.db.execute_sql("UPDATE shift SET closed_us = ?, closed_by = ? WHERE id = ?", (now, staff, shift.id))
    box.record("a", "shift.closed", {"shift": shift.uid}, mode=mode)


def local(us: int, zone: str) -> datetime:
    """UTC microseconds as the store's wall time."""
    return datetime.fromtimestamp(us / 1_000_000, UTC).astimezone(ZoneInfo(zone))
