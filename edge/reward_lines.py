"""Rewards that are goods: lines of a cart at no price, and the points that a document takes for them or gives back.

A line's cut of the part "reward" makes it one; its reason is the reward's uid. The points are entries of the sale's own
event, each naming the line that it pays for, so that this line given back gives back just these.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge import rewards
from edge.base.sqlite import rows
from edge.basket import REWARD, Line
from edge.box import Box
from edge.errors import ShopError
from edge.points import redeem
from edge.points.entries import Record
from edge.pricing import Cut, Priced

_PAID_FOR = (
    "SELECT DISTINCT n FROM ledger WHERE at_us = (SELECT at_us FROM sale WHERE id = ?1) AND sale = ?1 "
    "AND reason IN ('redeem', 'restore') AND reason = 'redeem' AND n IS NOT NULL ORDER BY n"
)


def cut_of(reward: rewards.Reward) -> Cut:
    """What makes a line a reward: all of its price comes off."""
    return Cut("percent", 10_000, reward.uid, part=REWARD)


def points_of(box: Box, lines: Sequence[Line]) -> int:
    """What the rewards among a cart's lines cost. It refuses nothing: the sale does, not the screen that asks this."""
    taken = [line.cut.reason for line in lines if line.given and line.cut]
    costs = {x.uid: x.points for x in rewards.listed(box, ended=True)} if taken else {}
    return sum(costs.get(uid, 0) for uid in taken)


def _cost(box: Box, line: Line) -> int:
    assert line.cut is not None
    reward = rewards.find(box, line.cut.reason)
    if reward.state != "active":
        raise ShopError("reward_ended")
    return reward.points


def entries(
    box: Box, lines: Sequence[Line], priced: Sequence[Priced], member: int | None, before: Sequence[Record], first: int,
    now: int, today: str, sale: int,
) -> list[Record]:  # fmt: skip
    """Entries that take the points for a document's rewards and give back those of rewards that it takes back.

    Inside its transaction, before it is written; before: its entries so far, first the next one's number. ShopError:
    reward_member, reward_ended, reward_unknown, and what spending may refuse (see redeem.spend).
    """
    found: list[Record] = []
    for n, (line, p) in enumerate(zip(lines, priced, strict=True), 1):
        at = first + len(found)
        if line.given:
            if member is None:
                raise ShopError("reward_member")
            cost, so_far = _cost(box, line), [*before, *found]
            found += redeem.spend(box, member, cost, at, now, today, sale, n, so_far)
        elif line.source is not None and any(kind == REWARD for kind, _ in p.parts):
            left = redeem.left_of(box, line.source.sale, line.source.n)
            found += redeem.restore(box, line.source.sale, left, at, now, today, sale, line.source.n)
    return found


def of_void(box: Box, original: int, first: int, now: int, today: str, sale: int) -> list[Record]:
    """Entries that give back the points of all rewards of a voided sale (row id)."""
    found: list[Record] = []
    for (n,) in rows(box.db, _PAID_FOR, (original,)):
        left = redeem.left_of(box, original, n)
        found += redeem.restore(box, original, left, first + len(found), now, today, sale, n)
    return found
