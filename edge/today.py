"""How the day goes: what was sold by the hour beside a week before, each drawer, and what is done more than usual.

Days here are days of the calendar at the store, by the clock of the sale: a shift that nobody closed yesterday must not
hide what is sold today. The books go by shifts (see reports). Practice counts for nothing.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from edge import shifts
from edge.base.sqlite import row, rows
from edge.box import Box

USUAL_DAYS = 28
_QUARTER_US = 900_000_000
# Sales since an instant belong to shifts that were open then or later: their documents come after the newest one that
# there was when the first of these was opened; without one there are none.
_AFTER = (
    "SELECT COALESCE(MIN(after_sale), (SELECT MAX(id) FROM sale), 0) FROM shift "
    "WHERE closed_us IS NULL OR closed_us >= ?"
)
_WHERE = "s.id > ? AND s.at_us >= ? AND s.mode <> 'training'"
_SOLD = (
    "SELECT s.at_us / 900000000, s.kind, COUNT(*), SUM(s.total + s.rounding) FROM sale s "
    f"WHERE {_WHERE} GROUP BY 1, 2"
)
_FLOWS = (
    "SELECT s.at_us / 900000000, SUM(max(l.total, 0)), SUM(min(l.total, 0)) FROM sale s "
    f"JOIN sale_line l ON l.sale = s.id WHERE {_WHERE} AND s.kind <> 'void' GROUP BY 1"
)
_CUTS = (
    "SELECT s.at_us / 900000000, SUM(d.amount) FROM sale s JOIN line_discount d ON d.sale = s.id "
    f"WHERE {_WHERE} AND d.kind NOT LIKE 'promo:%' GROUP BY 1"
)
_TENDERS = (
    f"SELECT t.kind, SUM(t.amount) FROM sale s JOIN tender t ON t.sale = s.id WHERE {_WHERE} AND s.at_us < ? "
    "GROUP BY 1 ORDER BY 2 DESC"
)


@dataclass
class Day:
    """What was sold on one day, by quarters of an hour (0 to 95), and what is watched; in minor units, above zero."""

    quarters: dict[int, int] = field(default_factory=dict)
    sales: int = 0
    net: int = 0
    gross: int = 0
    returns: int = 0
    returned: int = 0
    voids: int = 0
    voided: int = 0
    discounts: int = 0

    def until(self, quarter: int) -> int:
        """What was sold up to the end of this quarter."""
        return sum(amount for at, amount in self.quarters.items() if at <= quarter)

    def hour(self, hour: int) -> int:
        """What was sold in this hour."""
        return sum(self.quarters.get(4 * hour + n, 0) for n in range(4))


class Days:
    """The days of a box. Those before today are counted once and remembered."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self._lock = threading.Lock()
        self._past: dict[str, Day] = {}
        self._upto: date | None = None

    def figures(self) -> dict[str, Any]:
        """Today's figures beside a week before and the usual (see web/api/today.py for the shape)."""
        box = self.box
        now = shifts.local(box.env.clock.now_us(), box.config.store.zone)
        today, past = self._since(now.date())[now.date()], self._history(now.date())
        before = past.get((now.date() - timedelta(days=7)).isoformat(), Day())
        usual = [past[day] for day in past if past[day].sales]
        return {
            "date": now.date().isoformat(), "time": now.strftime("%H:%M"), "hours": _hours(today, before, now.hour),
            "before_date": (now.date() - timedelta(days=7)).isoformat(),
            "net": today.net, "sales": today.sales, "average": today.net // today.sales if today.sales else 0,
            "before_net": before.until(_quarter(now)), "before_whole": before.net,
            "tenders": [{"kind": kind, "amount": amount} for kind, amount in self._tenders(now.date())],
            "watched": [_watched(name, today, usual) for name in _WATCHED],
        }  # fmt: skip

    def begun(self) -> tuple[int, int]:
        """(today's first microsecond, the row id that all of today's documents come after)."""
        today = shifts.local(self.box.env.clock.now_us(), self.box.config.store.zone).date()
        begins, _ = self._bounds(today)
        return begins, self._after(begins)

    def _history(self, today: date) -> dict[str, Day]:
        with self._lock:
            if self._upto != today:
                first = today - timedelta(days=USUAL_DAYS)
                days = self._since(first, today)
                self._past = {day.isoformat(): found for day, found in days.items()}
                self._upto = today
            return self._past

    def _tenders(self, day: date) -> list[tuple[str, int]]:
        begins, ends = self._bounds(day)
        return [(kind, amount) for kind, amount in rows(self.box.db, _TENDERS, (self._after(begins), begins, ends))]

    def _since(self, first: date, until: date | None = None) -> dict[date, Day]:
        """Every day from first on, and before `until`; first is among them in any case."""
        begins, _ = self._bounds(first)
        ends = self._bounds(until)[0] if until else None
        key = (self._after(begins), begins)
        days: dict[date, Day] = {first: Day()}

        def at(quarter: int) -> tuple[Day, int] | None:
            us = quarter * _QUARTER_US
            if ends is not None and us >= ends:
                return None
            local = shifts.local(us, self.box.config.store.zone)
            return days.setdefault(local.date(), Day()), _quarter(local)

        for quarter, kind, count, total in rows(self.box.db, _SOLD, key):
            if (found := at(quarter)) is not None:
                _count(*found, kind, count, total)
        for quarter, gross, back in rows(self.box.db, _FLOWS, key):
            if (found := at(quarter)) is not None:
                found[0].gross += gross
                found[0].returned -= back
        for quarter, amount in rows(self.box.db, _CUTS, key):
            if (found := at(quarter)) is not None:
                found[0].discounts += amount
        return days

    def _after(self, us: int) -> int:
        found = row(self.box.db, _AFTER, (us,))
        return int(found[0]) if found else 0

    def _bounds(self, day: date) -> tuple[int, int]:
        """The day's first microsecond, and the first of the day after."""
        zone = ZoneInfo(self.box.config.store.zone)
        begins = datetime.combine(day, time(), zone)
        ends = datetime.combine(day + timedelta(days=1), time(), zone)
        return int(begins.timestamp()) * 1_000_000, int(ends.timestamp()) * 1_000_000


def _quarter(at: datetime) -> int:
    return 4 * at.hour + at.minute // 15


def _count(day: Day, quarter: int, kind: str, count: int, total: int) -> None:
    day.net += total
    day.quarters[quarter] = day.quarters.get(quarter, 0) + total
    if kind == "sale":
        day.sales += count
    elif kind == "return":
        day.returns += count
    else:
        day.voids += count
        day.voided -= total


def _hours(today: Day, before: Day, now: int) -> list[dict[str, Any]]:
    """From the first hour in which anything was sold to the last, today's only as far as it has come."""
    sold = [quarter // 4 for day in (today, before) for quarter, amount in day.quarters.items() if amount]
    first, last = min([*sold, now]), max([*sold, now])
    return [
        {"hour": hour, "today": today.hour(hour) if hour <= now else None, "before": before.hour(hour)}
        for hour in range(first, last + 1)
    ]


# What tells on a till: (how often, for how much) of a day.
_WATCHED: dict[str, tuple[str | None, str]] = {
    "voids": ("voids", "voided"), "returns": ("returns", "returned"), "discounts": (None, "discounts"),
}  # fmt: skip
_MUCH = 3


def _watched(name: str, today: Day, usual: list[Day]) -> dict[str, Any]:
    """A day's amount, its share of what was sold, and the usual share, in basis points."""
    times, amount = _WATCHED[name]
    sold, sold_usual = today.gross, sum(day.gross for day in usual)
    mine, theirs = getattr(today, amount), sum(getattr(day, amount) for day in usual)
    share = 10_000 * mine // sold if sold else 0
    common = 10_000 * theirs // sold_usual if sold_usual else None
    count = getattr(today, times) if times else None
    return {
        "name": name, "count": count, "amount": mine, "share_bp": share, "usual_bp": common,
        "unusual": common is not None and share > max(_MUCH * common, 100) and (count is None or count >= _MUCH),
    }  # fmt: skip
