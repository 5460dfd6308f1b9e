"""Shifts: which business day a sale belongs to, opened with a float, closed with a count and its difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from edge.base.ids import new_uid
from edge.base.sqlite import row, rows
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


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed shift in minor units: what the drawer should hold, what was counted, their difference."""

    uid: str
    float_amount: int
    sales: int
    voids: int
    tenders: dict[str, int]
    expected: int
    counted: int

    @property
    def difference(self) -> int:
        return self.counted - self.expected


def totals(box: Box, shift: Shift, mode: str) -> tuple[int, int, dict[str, int]]:
    """(sales, voids, amount by tender kind) of a shift, voids deducted; practice money is no money."""
    counted = "SELECT kind, COUNT(*) FROM sale WHERE shift = ? AND mode = ? GROUP BY kind"
    kinds = dict(rows(box.db, counted, (shift.id, mode)))
    tenders = dict(
        rows(
            box.db,
            "SELECT t.kind, SUM(t.amount) FROM tender t JOIN sale s ON s.id = t.sale WHERE s.shift = ? AND s.mode = ? "
            "GROUP BY t.kind",
            (shift.id, mode),
        )
    )
    return kinds.get("sale", 0), kinds.get("void", 0), tenders


def close_shift(box: Box, shift: Shift, staff: int, mode: str, counted: int | None = None) -> Closed:
    """Close with what was counted in the drawer (None: as expected, for the demo's history). Inside a transaction."""
    now, (sales, voids, tenders) = box.env.clock.now_us(), totals(box, shift, mode)
    found = row(box.db, "SELECT float_amount FROM shift WHERE id = ?", (shift.id,))
    float_amount = int(found[0]) if found else 0
    expected = float_amount + tenders.get("cash", 0)
    closed = Closed(shift.uid, float_amount, sales, voids, tenders, expected, expected if counted is None else counted)
    box.db.execute_sql(
        "UPDATE shift SET closed_us = ?, closed_by = ?, expected = ?, counted = ? WHERE id = ?",
        (now, staff, closed.expected, closed.counted, shift.id),
    )
    data = {
        "shift": shift.uid, "sales": sales, "voids": voids, "tenders": tenders, "float": float_amount,
        "expected": closed.expected, "counted": closed.counted, "difference": closed.difference,
    }  # fmt: skip
    box.record("a", "shift.closed", data, mode=mode)
    return closed


def local(us: int, zone: str) -> datetime:
    """UTC microseconds as the store's wall time."""
    return datetime.fromtimestamp(us / 1_000_000, UTC).astimezone(ZoneInfo(zone))
