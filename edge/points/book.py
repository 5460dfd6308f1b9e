"""What moves points without a document: a correction with its reason, points handed on in a family, points expiring."""

from __future__ import annotations

from collections.abc import Iterator

from edge import audit
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.people import Person
from edge.points import entries, lots
from edge.points.entries import Record, entry
from edge.points.lots import Lot

MAX_POINTS = 1_000_000
# Members that have a lot of which the last day may be past; whether anything is left of it is seen lot by lot.
_DUE = "SELECT DISTINCT member FROM ledger WHERE expires_on < ? AND lot = id AND member > ? ORDER BY member LIMIT 100"
_ELSEWHERE = "SELECT 1 FROM ledger_origin WHERE entry = ?"
_FAMILY = "SELECT 1 FROM member a JOIN member b ON b.family = a.family WHERE a.id = ? AND b.id = ? AND a.id <> b.id"


def adjust(
    box: Box, member: int, points: int, reason: str, who: Person, approver: Person | None = None, *,
    lane: str | None = None, mode: str = "live",
) -> None:  # fmt: skip
    """Give a member (row id) points, or take some, with a reason and the names of those who answer for it.

    Taking needs a second person. No score moves. Inside a transaction. ShopError: reason_missing, points_bounds,
    points_second, points_consent, points_short (left).
    """
    if not reason.strip():
        raise ShopError("reason_missing", status=422)
    if not points or abs(points) > MAX_POINTS:
        raise ShopError("points_bounds", status=422, most=MAX_POINTS)
    if points < 0 and (approver is None or approver.id == who.id):
        raise ShopError("points_second", status=403)
    if member not in lots.owners(box.db, member):
        raise ShopError("points_consent", status=422)
    first, now, today = entries.next_number(box), box.env.clock.now_us(), lots.today_of(box)
    rules = box.rules
    if points > 0:
        until = None if rules.lot_days is None else lots.day_after(today, rules.lot_days)
        found = [entry(first, member, first, points, "adjust", now, rule=rules.rule_version, expires_on=until)]
    else:
        found = _taken(lots.of_member(box.db, member), -points, "adjust", first, now, today)
    uid = entries.uids_of(box, found)[member]
    audit.note(box, "points_adjusted", who, lane=lane, approver=approver, reason=reason.strip(), mode=mode,
               member=uid, points=points)  # fmt: skip
    entries.book(box, "adjusted", found, mode, staff=who.uid, approver=approver.uid if approver else None,
                 reason=reason.strip(), member=uid)  # fmt: skip


def transfer(
    box: Box, giver: int, taker: int, points: int, who: Person, *, lane: str | None = None, mode: str = "live"
) -> None:
    """Hand points on within a family (row ids): each lot keeps its last day. No score moves. Inside a transaction.

    ShopError: points_bounds, points_family, points_consent, points_short (left).
    """
    db = box.db
    if not 0 < points <= MAX_POINTS:
        raise ShopError("points_bounds", status=422, most=MAX_POINTS)
    if row(db, _FAMILY, (giver, taker)) is None:
        raise ShopError("points_family", status=422)
    if not {giver, taker} <= set(lots.owners(db, giver)):
        raise ShopError("points_consent", status=422)
    first, now, today = entries.next_number(box), box.env.clock.now_us(), lots.today_of(box)
    out = _taken(lots.of_member(db, giver), points, "transfer", first, now, today)
    into = [
        entry(first + len(out) + i, taker, first + len(out) + i, -e[3], "transfer", now, rule=e[7], expires_on=e[8],
              came_from=e[2])
        for i, e in enumerate(out)
    ]  # fmt: skip
    uids = entries.uids_of(box, [*out, *into])
    audit.note(box, "points_transferred", who, lane=lane, mode=mode, member=uids[giver], to=uids[taker], points=points)
    entries.book(box, "transferred", [*out, *into], mode, staff=who.uid, member=uids[giver], to=uids[taker])


def _taken(found: list[Lot], points: int, reason: str, first: int, now: int, today: str) -> list[Record]:
    return [
        entry(first + i, lot.member, lot.id, -part, reason, now, rule=lot.rule, expires_on=lot.expires_on)
        for i, (lot, part) in enumerate(lots.choose(found, points, today))
    ]


def expire(box: Box) -> int:
    """Let points expire whose last day is past; returns how many. A member a transaction: no sale waits for all.

    Nothing where the clock can't be trusted: what expired by mistake, nobody would believe. Debts are filled first.
    """
    if box.env.clock.quality() != "synced":
        return 0
    today, gone = lots.today_of(box), 0
    for member in _due(box, today):
        with box.transaction():
            gone += _expire(box, member, today)
    return gone


def _due(box: Box, today: str) -> Iterator[int]:
    after = 0
    while found := rows(box.db, _DUE, (today, after)):
        for (member,) in found:
            yield member
        after = found[-1][0]


def _expire(box: Box, member: int, today: str) -> int:
    # Lots of another box expire there: once, and not what was spent there meanwhile.
    found = [lot for lot in lots.of_member(box.db, member) if row(box.db, _ELSEWHERE, (lot.id,)) is None]
    if not any(lot.left > 0 and lot.expired(today) for lot in found):
        return 0
    first, now = entries.next_number(box), box.env.clock.now_us()
    left = {lot.id: lot.left for lot in found}
    made = list(_filled(found, left, first, now))
    for lot in found:
        if left[lot.id] > 0 and lot.expired(today):
            made.append(entry(first + len(made), member, lot.id, -left[lot.id], "expire", now, rule=lot.rule,
                              expires_on=lot.expires_on))  # fmt: skip
    entries.book(box, "expired", made, member=entries.uids_of(box, made)[member], date=today)
    return -sum(e[3] for e in made if e[5] == "expire")


def _filled(found: list[Lot], left: dict[int, int], first: int, now: int) -> Iterator[Record]:
    """Entries that fill what lots owe from the earliest that have something; left is brought up to date."""
    for debt in (lot for lot in found if lot.left < 0):
        for lot in found:
            part = min(left[lot.id], -left[debt.id])
            if part <= 0:
                continue
            for each, points in ((lot, -part), (debt, part)):
                left[each.id] += points
                yield entry(first, each.member, each.id, points, "fill", now, rule=each.rule,
                            expires_on=each.expires_on)  # fmt: skip
                first += 1
