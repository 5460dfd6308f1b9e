"""Shifts: which business day a sale belongs to, opened with a float, closed with a count and its difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from edge.base.ids import new_uid
from edge.base.sqlite import row
from edge.box import Box
from edge.errors import ShopError


@dataclass(slots=True)
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


def begin(box: Box, lane: str, staff: int, mode: str) -> Shift:
    """Open a lane's shift for the sale that finds none, without a float. Inside a transaction.

    ShopError("shift_needed") where the store wants every shift opened by hand. The business date is the local date at
    opening and stays through midnight (fault F28).
    """
    if box.rules.shift_by_hand:
        raise ShopError("shift_needed")
    return open_shift(box, lane, staff, mode)


def open_shift(box: Box, lane: str, staff: int, mode: str, float_amount: int = 0) -> Shift:
    """Open a shift on a lane that has none; one event. Inside a transaction."""
    now = box.env.clock.now_us()
    uid = new_uid(box.env.rng)
    day = local(now, box.config.store.zone).date().isoformat()
    box.db.execute_sql(
        "INSERT INTO shift (uid, lane, business_date, opened_us, opened_by, float_amount, after_sale) "
        "VALUES (?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(id), 0) FROM sale))",
        (uid, lane, day, now, staff, float_amount),
    )
    data = {"shift": uid, "lane": lane, "business_date": day, "float": float_amount}
    box.record("a", "shift.opened", data, mode=mode)
    shift = current(box, lane)
    assert shift is not None
    return shift


def days_left(box: Box, expiry: str) -> int:
    """Days from today, by the store's calendar, to a date (YYYY-MM-DD); below zero when it is past."""
    today = local(box.env.clock.now_us(), box.config.store.zone).date()
    return (date.fromisoformat(expiry) - today).days


def years_ago(box: Box, years: int) -> str:
    """Today's date so many years ago, by the store's calendar; born on 29 February counts from 1 March."""
    today = local(box.env.clock.now_us(), box.config.store.zone).date()
    try:
        return today.replace(year=today.year - years).isoformat()
    except ValueError:
        return today.replace(year=today.year - years, day=28).isoformat()


def local(us: int, zone: str) -> datetime:
    """UTC microseconds as the store's wall time."""
    return datetime.fromtimestamp(us / 1_000_000, UTC).astimezone(ZoneInfo(zone))
