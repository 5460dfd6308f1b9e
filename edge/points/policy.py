"""How many points a member may spend at this box now. Headquarters knows more than a box that is alone does.

The least of what is there, what the member may spend in a day, what the box may give in a day, and where the shop wants
it, what headquarters has lent to this box. A member whom headquarters has not told of for long spends nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from edge.base.sqlite import row
from edge.box import Box
from edge.errors import ShopError
from edge.points import lots
from edge.settings import Redeem
from edge.shifts import local

_DAY_US = 86_400_000_000
# What came back counts for the day on which it was spent.
_BACK = (
    "SELECT COALESCE(SUM(r.points), 0) FROM ledger s JOIN ledger r ON r.reverses = s.id AND r.reason = 'restore' "
    "WHERE s.reason IN ('redeem', 'restore') AND s.reason = 'redeem' AND s.at_us >= ? AND s.at_us < ? "
)
_SPENT = (
    "SELECT COALESCE(-SUM(points), 0) FROM ledger s WHERE s.reason IN ('redeem', 'restore') AND s.reason = 'redeem' "
    "AND s.at_us >= ? AND s.at_us < ? "
)
_HERE = "AND NOT EXISTS (SELECT 1 FROM ledger_origin WHERE entry = s.id)"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a member may spend now, in points, and what bounds it.

    limit: the most of a payment. why: "points" (all there are), "member_day", "box_day", "lease", "unseen" or
    "consent". as_of_us: when the balance was last known to be so; waiting: points that may be spent later.
    """

    limit: int
    spendable: int
    waiting: int
    why: str
    as_of_us: int

    def check(self, points: int, rules: Redeem) -> None:
        """ShopError when so many are too many: points_<why>, with what is left and what the shop set."""
        if points > self.limit:
            raise ShopError(
                f"points_{self.why if self.why != 'points' else 'short'}", status=422, left=self.limit,
                days=rules.unseen_days,
            )  # fmt: skip


def allowance(box: Box, member: int, today: str | None = None) -> Allowance:
    """What a member (row id) may spend at this box now, by the shop's rules."""
    rules, now = box.rules.redeem, box.env.clock.now_us()
    whose = lots.owners(box.db, member)
    found = lots.purse(box.db, member, today or lots.today_of(box))
    seen = row(box.db, "SELECT as_of_us, lease, lease_until FROM points_seen WHERE member = ?", (member,))
    as_of = now if seen is None else int(seen[0])
    bounds = [(found.spendable, "points")]
    if member not in whose:
        bounds = [(0, "consent")]
    elif seen is not None and now - as_of > rules.unseen_days * _DAY_US:
        bounds.append((0, "unseen"))
    else:
        begin, end = _day(box, now)
        bounds.append((rules.member_day - sum(_spent(box, begin, end, one) for one in whose), "member_day"))
        bounds.append((rules.box_day - _spent(box, begin, end, here=True), "box_day"))
        if rules.lease:
            bounds.append((_lent(box, member, whose, seen, today or lots.today_of(box)), "lease"))
    limit, why = min(bounds, key=lambda bound: bound[0])
    return Allowance(max(0, limit), found.spendable, found.waiting, why, as_of)


def _lent(
    box: Box, member: int, whose: list[int], seen: tuple[int, int | None, str | None] | None, today: str
) -> int:
    """What is left of all that headquarters ever lent this box of the member's points; nothing where it lent nothing.

    A sum and not "since then": what was spent here and is not at headquarters yet, must count whenever it was.
    """
    if seen is None or seen[1] is None or (seen[2] is not None and seen[2] < today):
        return 0
    return seen[1] - sum(_spent(box, 0, 2**62, one, here=True) for one in whose)


def _spent(box: Box, begin: int, end: int, member: int | None = None, *, here: bool = False) -> int:
    """Points that were spent in a time, less what of them came back since; a member's or everybody's; only here or, as
    far as it is known, anywhere."""
    total = 0
    for sql, sign in ((_SPENT, 1), (_BACK, -1)):
        who = ("" if member is None else "AND s.member = ? ") + (_HERE if here else "")
        found = row(box.db, sql + who, (begin, end) if member is None else (begin, end, member))
        total += sign * (found[0] if found else 0)
    return total


def _day(box: Box, now: int) -> tuple[int, int]:
    """When the store's calendar day began and ends, in UTC microseconds."""
    zone = ZoneInfo(box.config.store.zone)
    day = local(now, box.config.store.zone).date()
    first, last = (datetime(each.year, each.month, each.day, tzinfo=zone) for each in (day, day + timedelta(days=1)))
    return int(first.timestamp()) * 1_000_000, int(last.timestamp()) * 1_000_000
