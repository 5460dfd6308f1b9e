"""What a tier gives by itself: a coupon on reaching it, and one on its members' birthdays.

Each is given once: the coupon's batch says for what, and the same batch is never issued again.
"""

from __future__ import annotations

from edge import coupons, earning, tiers
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.promo import desk

DAYS = 30  # that such a coupon is good for
_BORN = (
    "SELECT m.id, m.uid, m.birthday FROM member m WHERE m.id > ? AND m.birthday IS NOT NULL AND m.state = 'active' "
    "AND (SELECT granted FROM consent WHERE member = m.id AND purpose = 'birthday' ORDER BY id DESC LIMIT 1) = 1 "
    "ORDER BY m.id LIMIT ?"
)
_CHUNK = 200
# A box that was off on somebody's birthday gives the coupon when it is back, within so many days.
LATE_DAYS = 7


def reached(box: Box, move: tiers.Move, mode: str) -> None:
    """The coupons for each rung that a member has climbed, inside the transaction that did it. Each is given once."""
    member, was, now = move
    rungs = box.rules.tiers
    gifts = [tier for tier in rungs[rungs.index(was) + 1 : rungs.index(now) + 1] if tier.gift]
    found = row(box.db, "SELECT uid FROM member WHERE id = ?", (member,)) if gifts else None
    for tier in gifts if found else ():
        _give(box, tier.gift, (member, found[0]), f"tier-{tier.id}-{found[0]}", "tier", mode)  # type: ignore[index]


def birthdays(box: Box) -> int:
    """The coupons of today's birthdays, as each night; how many were given. Waits for a clock that can be trusted."""
    if not any(tier.birthday for tier in box.rules.tiers) or not tiers.trusted(box):
        return 0
    given, after, today = 0, 0, tiers.today(box)
    while chunk := rows(box.db, _BORN, (after, _CHUNK)):
        for member, uid, birthday in chunk:
            on = earning.birthday_before(today, birthday, LATE_DAYS)
            if on and (gift := tiers.of_member(box, member).birthday):
                with box.transaction():
                    given += _give(box, gift, (member, uid), f"birthday-{on[:4]}-{uid}", "birthday", "live")
        after = chunk[-1][0]
    return given


def _give(box: Box, promotion: str, member: tuple[int, str], batch: str, reason: str, mode: str) -> bool:
    """One coupon of a promotion that runs; False when there is no such one, or it was given before."""
    stored = desk.newest(box, promotion)
    if stored is None or stored.state != "active" or not stored.promotion.coupon:
        return False
    if row(box.db, "SELECT 1 FROM coupon WHERE batch = ?", (batch,)) is not None:
        return False
    ends = tiers.day_after(tiers.today(box), DAYS)
    coupons.issue(box, promotion, 1, batch, reason, member=member, expires_on=ends, mode=mode)
    return True
