"""Where promotions are kept and changed, and which of them are in force for a basket.

Each change is a new version of the whole rule, an event and a row of the audit. What is active is parsed once and kept
on the box until somebody changes it: a shop without promotions asks for nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from edge import audit, lots, shifts, tiers
from edge.base.ids import new_uid
from edge.base.sqlite import row, rows
from edge.basket import Basket
from edge.box import Box
from edge.db import bump
from edge.errors import ShopError
from edge.people import Person
from edge.promo.cart import Force
from edge.promo.rules import Promotion, read
from edge.promo.when import Customer, counts

log = logging.getLogger(__name__)

STATES = ("active", "paused", "ended")
_NEWEST = "SELECT uid, MAX(version), state, body, at_us, by_whom FROM promotion GROUP BY uid"
_ONE = "SELECT uid, version, state, body, at_us, by_whom FROM promotion WHERE uid = ? ORDER BY version DESC"
_PERSON = (
    "SELECT m.birthday, (SELECT granted FROM consent WHERE member = m.id AND purpose = 'birthday' ORDER BY id DESC "
    "LIMIT 1) FROM member m WHERE m.id = ? AND m.state = 'active'"
)
_SEGMENTS = "SELECT segment FROM member_segment WHERE member = ?"
_BOUGHT = (
    "SELECT 1 FROM sale s WHERE s.member IN (SELECT id FROM member WHERE id = ?1 OR merged = ?1) "
    "AND s.kind = 'sale' AND s.mode <> 'training' "
    "AND NOT EXISTS (SELECT 1 FROM sale v WHERE v.original = s.id AND v.kind = 'void') LIMIT 1"
)
_USED = "SELECT COALESCE(SUM(times), 0) FROM promo_use WHERE promotion = ?"
_BY_MEMBER = (
    "SELECT promotion, SUM(times), SUM(CASE business_date WHEN ?2 THEN times ELSE 0 END) FROM promo_use "
    "WHERE member = ?1 GROUP BY promotion"
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A version of a promotion as it is kept. body: its JSON form; by: the uid of who wrote it."""

    promotion: Promotion
    version: int
    state: str
    body: dict[str, Any]
    at_us: int
    by: str


def put(box: Box, body: dict[str, Any], who: Person | None, at: str | None = None) -> str:
    """Keep a promotion's form as its next version; returns its uid (made here where the form has none).

    A new one is active, one that was paused stays so. at: the lane. One transaction of its own, or part of the
    caller's. ShopError: promotion_field (with the field), promotion_ended.
    """
    body = body if not isinstance(body, dict) or body.get("uid") else {**body, "uid": new_uid(box.env.rng)}
    uid = read(body).uid
    with box.transaction():
        before = newest(box, uid)
        if before is not None and before.state == "ended":
            raise ShopError("promotion_ended", status=409)
        _write(box, uid, body, before, before.state if before else "active", who, at)
    _tell(box)
    return uid


def turn(box: Box, uid: str, state: str, who: Person | None, at: str | None = None) -> None:
    """Pause a promotion ("paused"), let it go on ("active") or end it for good ("ended"); the same again does nothing.

    ShopError: promotion_unknown, promotion_ended.
    """
    if state not in STATES:
        raise ShopError("bad_request", status=422, field="state")
    with box.transaction():
        before = newest(box, uid)
        if before is None:
            raise ShopError("promotion_unknown", status=404)
        if before.state == state:
            return
        if before.state == "ended":
            raise ShopError("promotion_ended", status=409)
        _write(box, uid, before.body, before, state, who, at)
    _tell(box)


def _write(
    box: Box, uid: str, body: dict[str, Any], before: Stored | None, state: str, who: Person | None, at: str | None
) -> None:
    version = before.version + 1 if before else 1
    box.db.execute_sql(
        "INSERT INTO promotion VALUES (?, ?, ?, ?, ?, ?)",
        (uid, version, state, orjson.dumps(body).decode(), box.env.clock.now_us(), who.uid if who else ""),
    )
    said: dict[str, Any] = {"promotion": uid, "version": version, "state": state}
    box.record("a", "promotion.changed", {**said, "body": body, "staff": who.uid if who else None})
    audit.note(box, "promotion_changed", who, lane=at, **said)
    bump(box.db, "promotion")


def _tell(box: Box) -> None:
    forget(box)
    box.announce("promotion")


def forget(box: Box) -> None:
    """Somebody changed promotions: read them again when they are asked for next."""
    box.promotions = None


def everything(box: Box) -> list[Stored]:
    """The newest version of every promotion, ended ones too, by uid; what this release can't read is left out."""
    found = []
    for values in rows(box.db, _NEWEST):
        try:
            found.append(_stored(values))
        except ShopError as error:
            log.warning("promotion %s can't be read (%s) and does not count", values[0], error.params.get("field"))
    return found


def versions(box: Box, uid: str) -> list[Stored]:
    """All versions of a promotion, the newest first."""
    return [_stored(values) for values in rows(box.db, _ONE, (uid,))]


def newest(box: Box, uid: str) -> Stored | None:
    """A promotion as it is now."""
    found = row(box.db, _ONE + " LIMIT 1", (uid,))
    return _stored(found) if found else None


def _stored(values: tuple[Any, ...]) -> Stored:
    uid, version, state, text, at_us, by = values
    body: dict[str, Any] = orjson.loads(text)
    return Stored(read(body), version, state, body, at_us, by)


def active(box: Box) -> tuple[Promotion, ...]:
    """Those that are neither paused nor ended, by uid; read once until they change."""
    known: tuple[Promotion, ...] | None = box.promotions
    if known is None:
        known = tuple(stored.promotion for stored in everything(box) if stored.state == "active")
        box.promotions = known
    return known


def uses(box: Box, uid: str) -> int:
    """How often a promotion was used in all, less what was given back in full."""
    found = row(box.db, _USED, (uid,))
    return int(found[0]) if found else 0


def in_force(box: Box, lane: str, began_us: int, member: int | None, coupons: Collection[str]) -> Force | None:
    """What is in force for a basket of a lane that began at an instant; None where the shop has no promotions.

    member: row id; coupons: the promotion's uid of each coupon in the basket; each is good for one use, unless the
    rule says how many a basket may have. Days, hours and members are those of the beginning; which rules there are and
    how often they were used, of now.
    """
    rules = active(box)
    if not rules:
        return None
    zone = box.config.store.zone
    moment = shifts.local(began_us, zone) if lots.knows_the_day(box) else None
    who = customer(box, member) if member is not None and any(p.when.personal for p in rules) else None
    found = tuple(
        p for p in rules
        if (not p.coupon or p.uid in coupons) and counts(p.when, moment, box.config.store.store, who)
    )  # fmt: skip
    room = room_of(box, found, member, business_date(box, lane))
    for p in found:
        if p.coupon and p.limits.basket is None:
            room[p.uid] = min(room.get(p.uid, len(coupons)), sum(uid == p.uid for uid in coupons))
    return Force(found, room, rules, (began_us, member, coupons))


def settle(box: Box, lane: str, basket: Basket) -> None:
    """Look what is in force for an open basket, where anything of what that hangs on has changed.

    A basket keeps the moment at which its first line was put in, as it keeps that moment's prices.
    """
    rules = active(box)
    if not rules or not (basket.lines or basket.coupons):
        basket.began_us = basket.force = None
        return
    if basket.began_us is None:
        basket.began_us = box.env.clock.now_us()
    key = (basket.began_us, basket.member, tuple(promotion for _, promotion in basket.coupons))
    if basket.force is None or basket.force.rules is not rules or basket.force.key != key:
        basket.force = in_force(box, lane, *key)


def customer(box: Box, member: int) -> Customer | None:
    """What rules may know of a member; None when there is no such active member."""
    found = row(box.db, _PERSON, (member,))
    if found is None:
        return None
    birthday = _month_day(found[0]) if found[0] and found[1] else None
    segments = frozenset(segment for (segment,) in rows(box.db, _SEGMENTS, (member,)))
    first = not has_bought(box, member)
    return Customer(member, tiers.of_member(box, member).id, segments, birthday, first)


def has_bought(box: Box, member: int) -> bool:
    """Whether a member (row id), or anybody who was merged into her, bought something before."""
    return row(box.db, _BOUGHT, (member,)) is not None


def _month_day(text: str) -> tuple[int, int] | None:
    month, _, day = text[-5:].partition("-")
    return (int(month), int(day)) if month.isdecimal() and day.isdecimal() else None


def business_date(box: Box, lane: str) -> str:
    """The date that the lane's next sale is booked on."""
    shift = shifts.current(box, lane)
    return shift.business_date if shift else _today(box).date().isoformat()


def _today(box: Box) -> datetime:
    return shifts.local(box.env.clock.now_us(), box.config.store.zone)


def room_of(box: Box, promotions: tuple[Promotion, ...], member: int | None, day: str) -> dict[str, int]:
    """How often each may still be used, by uid, where it is bounded by more than the basket."""
    room: dict[str, int] = {}
    bounded = [p for p in promotions if p.limits.member or p.limits.day or p.limits.total]
    mine: dict[str, tuple[int, int]] = {}
    if member is not None and bounded:
        mine = {uid: (all_, today) for uid, all_, today in rows(box.db, _BY_MEMBER, (member, day))}
    for p in bounded:
        all_, today = mine.get(p.uid, (0, 0))
        left = [] if p.limits.total is None else [p.limits.total - uses(box, p.uid)]
        left += [most - used for most, used in ((p.limits.member, all_), (p.limits.day, today)) if most is not None]
        nobody = member is None and (p.limits.member is not None or p.limits.day is not None)
        room[p.uid] = 0 if nobody else max(0, min(left))
    return room


def sort(box: Box, member: int, segment: str, belongs: bool, who: Person | None) -> None:
    """Put a member into a segment or take her out; an event. Inside a transaction. ShopError("member_unknown")."""
    found = row(box.db, "SELECT uid FROM member WHERE id = ?", (member,))
    if found is None:
        raise ShopError("member_unknown", status=404)
    if belongs:
        box.db.execute_sql(
            "INSERT INTO member_segment VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (member, segment, box.env.clock.now_us()),
        )
    else:
        box.db.execute_sql("DELETE FROM member_segment WHERE member = ? AND segment = ?", (member, segment))
    data = {"member": found[0], "segment": segment, "belongs": belongs, "staff": who.uid if who else None}
    box.record("a", "member.sorted", data)
