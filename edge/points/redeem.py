"""Spending points and giving them back: the entries that a document (or a reward) writes, inside its transaction.

What is paid with points is money off: so many points are so much money, in whole steps, so that each part of a payment
can be given back exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import gcd

from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.points import lots, policy
from edge.points.entries import Record, entry
from edge.settings import Redeem

# A restored lot that has expired meanwhile is good for so long again.
GRACE_DAYS = 30
_REDEEMED = (
    "SELECT e.id, e.lot, -e.points, e.points + COALESCE((SELECT SUM(r.points) FROM ledger r WHERE r.reverses = e.id "
    "AND r.reason = 'restore'), 0) FROM ledger e WHERE e.reason IN ('redeem', 'restore') AND e.reason = 'redeem' "
    "AND e.at_us = (SELECT at_us FROM sale WHERE id = ?1) AND e.sale = ?1 AND e.n IS ?2 ORDER BY e.id DESC"
)
_MONEY = "SELECT COALESCE(SUM(amount), 0) FROM tender WHERE sale = ? AND kind = 'points' AND amount > 0"
_GONE = (
    "SELECT COALESCE(SUM(points), 0) FROM ledger WHERE reason = 'expire' AND "
    "((member = ?1 AND lot = ?2) OR (member = ?3 AND lot = ?4))"
)
_TAKEN = "SELECT COALESCE(SUM(points), 0) FROM ledger WHERE member IN (?, ?) AND reverses = ? AND reason = 'return'"
_MOVED = (
    "SELECT COALESCE(SUM(points), 0) FROM ledger WHERE reason IN ('redeem', 'restore') "
    "AND at_us = (SELECT at_us FROM sale WHERE id = ?1) AND sale = ?1"
)


def cost(rules: Redeem, amount: int) -> int:
    """Points that an amount (minor units) costs. ShopError("points_step", step) unless it is in whole steps."""
    if amount % rules.step or amount * rules.points % rules.minor:
        raise ShopError("points_step", status=422, step=step(rules))
    return amount * rules.points // rules.minor


def worth(rules: Redeem, points: int) -> int:
    """The most (minor units, in whole steps) that so many points pay."""
    least = step(rules)
    return points * rules.minor // rules.points // least * least


def step(rules: Redeem) -> int:
    """The least amount that can be paid with points: the shop's step, and what whole points pay."""
    whole = rules.minor // gcd(rules.points, rules.minor)
    return rules.step * whole // gcd(rules.step, whole)


def spend(
    box: Box, member: int, points: int, first: int, at_us: int, today: str, sale: int | None = None,
    n: int | None = None, before: Sequence[Record] = (),
) -> list[Record]:  # fmt: skip
    """Entries that take so many points of a member (row id) or the family; first is the number of the first of them.

    n: the document's line that they pay for (a reward); None: they are money. before: the document's entries so far,
    which are not written yet. ShopError: points_short, points_consent, points_unseen, points_member_day,
    points_box_day, points_lease (see policy).
    """
    spent: dict[int, int] = {}
    for e in before:
        if e[5] == "redeem":
            spent[e[2]] = spent.get(e[2], 0) - e[3]
    policy.allowance(box, member, today).check(points + sum(spent.values()), box.rules.redeem)
    able = [
        replace(lot, left=lot.left - spent[lot.id]) if lot.id in spent else lot
        for lot in lots.purse(box.db, member, today).lots
    ]
    return [
        entry(first + i, lot.member, lot.id, -part, "redeem", at_us, sale=sale, rule=lot.rule,
              expires_on=lot.expires_on, n=n)
        for i, (lot, part) in enumerate(lots.choose(able, points, today))
    ]  # fmt: skip


def left_of(box: Box, sale: int, n: int | None = None) -> int:
    """How many of the points that a document (row id) spent as money, or on its line n, are not back yet."""
    return -sum(back for *_, back in rows(box.db, _REDEEMED, (sale, n)))


def paid_by(box: Box, sale: int) -> tuple[int, int] | None:
    """(what of a payment with points is not back yet, the least part of it that whole points are), in minor units.

    None where no entry of the ledger stands behind it: practice.
    """
    found = rows(box.db, _REDEEMED, (sale, None))
    money = row(box.db, _MONEY, (sale,))
    spent, amount = sum(x[2] for x in found), int(money[0]) if money else 0
    if not spent or not amount:
        return None
    return -sum(x[3] for x in found) * amount // spent, amount // gcd(amount, spent)


def points_for(box: Box, sale: int, amount: int) -> int:
    """Points that stand behind so much of a document's payment with points. ShopError("points_back") for a wrong part.

    """
    known = paid_by(box, sale)
    if known is None or amount > known[0] or amount % known[1]:
        raise ShopError("points_back", status=422, left=known[0] if known else 0)
    return left_of(box, sale) * amount // known[0]


def restore(
    box: Box, origin: int, points: int, first: int, at_us: int, today: str, sale: int | None, n: int | None = None
) -> list[Record]:
    """Entries that give points back which a document (row id) had spent, into the lots that they came from.

    Last spent, first back. A lot that has expired meanwhile is replaced by one that is good for GRACE_DAYS; one whose
    member became another's is found there. ShopError("points_back") when more is given back than was spent.
    """
    found: list[Record] = []
    for number, lot, _, back in rows(box.db, _REDEEMED, (origin, n)):
        part = min(points, -back)
        if part <= 0:
            continue
        points -= part
        member, now = lots.home(box.db, lots.one(box.db, lot))
        own, until = first + len(found), now.expires_on
        if now.member == member and not now.expired(today):
            found.append(entry(own, member, now.id, part, "restore", at_us, sale=sale, rule=now.rule, expires_on=until,
                               reverses=number, n=n))  # fmt: skip
            continue
        if now.expired(today):
            until = lots.day_after(today, GRACE_DAYS)
        found.append(entry(own, member, own, part, "restore", at_us, sale=sale, rule=now.rule, expires_on=until,
                           reverses=number, came_from=now.id, n=n))  # fmt: skip
    if points:
        raise ShopError("points_back", status=422, left=0)
    return found


def not_expired(box: Box, earned: int, points: int, before: int = 0) -> int:
    """How many of so many points, which an earning entry (row id) loses to a return, have not expired already.

    before: what it had to lose to earlier returns. What has expired is gone, and counts first: taken a second time, it
    would be a debt of points that nobody ever spent.
    """
    opened = row(box.db, "SELECT lot, member FROM ledger WHERE id = ?", (earned,))
    assert opened is not None
    lot, member = opened
    now, there = lots.home(box.db, lots.one(box.db, lot))
    gone = row(box.db, _GONE, (member, lot, now, there.id))
    if gone is None or not gone[0]:
        return points
    taken = row(box.db, _TAKEN, (member, now, earned))
    return max(0, min(points, max(0, before + points + gone[0]) + (taken[0] if taken else 0)))


def take_back(
    box: Box, number: int, earned: int, points: int, score: int, reason: str, at_us: int, sale: int | None
) -> Record:
    """The entry that takes points and score of an earning entry (row id) back, out of the lot where they are now.

    The lot may go below zero: what was spent is owed.
    """
    found = row(box.db, "SELECT lot, rule_version FROM ledger WHERE id = ?", (earned,))
    assert found is not None
    member, lot = lots.home(box.db, lots.one(box.db, found[0]))
    came_from = None if lot.member == member else lot.id
    return entry(number, member, lot.id if came_from is None else number, -points, reason, at_us, score=-score,
                 sale=sale, rule=found[1], expires_on=lot.expires_on, reverses=earned, came_from=came_from)  # fmt: skip


def moved_by(box: Box, sale: int) -> int:
    """Points that a document (row id) gave back (above zero) or spent (below), of whomever."""
    found = row(box.db, _MOVED, (sale,))
    return int(found[0]) if found else 0
