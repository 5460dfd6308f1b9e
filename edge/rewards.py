"""Rewards: what points buy besides money off. Goods are a line of a sale at no price, a coupon is issued at once.

A reward is a row, and each change of it an event and a row of the audit. What it costs when it is redeemed counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from edge import audit, catalog, coupons
from edge.base.ids import new_uid
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.people import Person
from edge.points import entries, lots, redeem
from edge.promo import desk

KINDS = ("goods", "coupon")
MAX_POINTS = 10_000_000
_COLUMNS = "uid, names, points, kind, gives, days, state"
_PUT = (
    "INSERT INTO reward (uid, names, points, kind, gives, days, state, at_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (uid) DO UPDATE SET names = excluded.names, points = excluded.points, kind = excluded.kind, "
    "gives = excluded.gives, days = excluded.days, state = excluded.state, at_us = excluded.at_us"
)


@dataclass(frozen=True, slots=True)
class Reward:
    """What so many points buy. gives: of goods the sku, of a coupon its promotion's uid; days: how long the coupon is
    good (None: as long as the promotion)."""

    uid: str
    names: Mapping[str, str]
    points: int
    kind: str
    gives: str
    days: int | None
    state: str = "active"

    def name(self, lang: str) -> str:
        return self.names.get(lang) or next(iter(self.names.values()))


def put(
    box: Box, names: Mapping[str, str], points: int, kind: str, gives: str, days: int | None, who: Person | None,
    at: str | None = None, uid: str = "",
) -> Reward:  # fmt: skip
    """Make a reward, or give one (uid) other terms. Inside a transaction.

    ShopError: reward_unknown, reward_ended, reward_name, reward_points, product_gone, reward_goods, promotion_unknown,
    reward_promotion.
    """
    before = find(box, uid) if uid else None
    if before is not None and before.state == "ended":
        raise ShopError("reward_ended")
    if not all(names.get(lang, "").strip() and names[lang].isprintable() for lang in ("zh-CN", "en")):
        raise ShopError("reward_name", status=422)
    if not 0 < points <= MAX_POINTS:
        raise ShopError("reward_points", status=422, limit=MAX_POINTS)
    _gives(box, kind, gives)
    said = {lang: names[lang].strip()[:60] for lang in ("zh-CN", "en")}
    reward = Reward(uid or new_uid(box.env.rng), said, points, kind, gives, days if kind == "coupon" else None)
    _write(box, reward, who, at)
    return reward


def _gives(box: Box, kind: str, gives: str) -> None:
    if kind == "goods":
        product = catalog.find(box, catalog.current(box.db), (gives,))
        if product is None or product.sku != gives:
            raise ShopError("product_gone", status=404)
        if product.unit != "pc" or product.flags or product.deposit is not None:
            raise ShopError("reward_goods", status=422)  # weighed, of open price, for grown-ups …
        return
    stored = desk.newest(box, gives)
    if stored is None:
        raise ShopError("promotion_unknown", status=404)
    if not stored.promotion.coupon or stored.state == "ended":
        raise ShopError("reward_promotion", status=422)


def end(box: Box, uid: str, who: Person | None, at: str | None = None) -> Reward:
    """It is none any more; what was redeemed stays. Inside a transaction. ShopError("reward_unknown")."""
    found = find(box, uid)
    if found.state == "ended":
        return found
    ended = Reward(found.uid, found.names, found.points, found.kind, found.gives, found.days, "ended")
    _write(box, ended, who, at)
    return ended


def _write(box: Box, reward: Reward, who: Person | None, at: str | None) -> None:
    box.db.execute_sql(_PUT, (
        reward.uid, orjson.dumps(dict(reward.names)).decode(), reward.points, reward.kind, reward.gives, reward.days,
        reward.state, box.env.clock.now_us(),
    ))  # fmt: skip
    audit.note(
        box, "reward_changed", who, lane=at, reward=reward.uid, points=reward.points, kind=reward.kind,
        gives=reward.gives, state=reward.state, days=reward.days or 0,
    )  # fmt: skip


def find(box: Box, uid: str) -> Reward:
    """A reward, ended or not. ShopError("reward_unknown")."""
    found = row(box.db, f"SELECT {_COLUMNS} FROM reward WHERE uid = ?", (uid,))
    if found is None:
        raise ShopError("reward_unknown", status=404)
    return _reward(found)


def listed(box: Box, *, ended: bool = False) -> list[Reward]:
    """The rewards, the fewest points first; those that ended only if wanted."""
    state = "" if ended else "WHERE state = 'active' "
    sql = f"SELECT {_COLUMNS} FROM reward {state}ORDER BY points, uid"  # noqa: S608 (fixed words)
    return [_reward(values) for values in rows(box.db, sql)]


def _reward(values: tuple[Any, ...]) -> Reward:
    uid, names, *rest = values
    return Reward(uid, orjson.loads(names), *rest)


def gives_name(box: Box, reward: Reward, lang: str) -> str:
    """What it gives: the product's or the promotion's name."""
    if reward.kind == "goods":
        product = catalog.find(box, catalog.current(box.db), (reward.gives,))
        return product.name(lang) if product else reward.gives
    stored = desk.newest(box, reward.gives)
    return stored.promotion.name(lang) if stored else reward.gives


def redeem_coupon(
    box: Box, reward: Reward, member: int, batch: str, channel: str, lane: str, who: Person | None, mode: str
) -> str:
    """A member (row id) gets a coupon for points, inside a transaction; its code. The same batch again gives the same.

    channel: till or kiosk. ShopError: reward_ended, reward_promotion, member_unknown, and what spending may refuse.
    """
    known = row(box.db, "SELECT code FROM coupon WHERE batch = ?", (batch,))
    if known is not None:
        return str(known[0])
    whose = row(box.db, "SELECT uid FROM member WHERE id = ? AND state = 'active'", (member,))
    if whose is None:
        raise ShopError("member_unknown", status=404)
    stored = desk.newest(box, reward.gives)
    if reward.state != "active" or stored is None or stored.state != "active":
        raise ShopError("reward_ended")
    now, today = box.env.clock.now_us(), lots.today_of(box)
    taken = redeem.spend(box, member, reward.points, entries.next_number(box), now, today)
    entries.book(
        box, "redeemed", taken, mode, member=whose[0], reward=reward.uid, promotion=reward.gives, batch=batch,
        channel=channel, lane=lane, staff=who.uid if who else None,
    )  # fmt: skip
    until = lots.day_after(today, reward.days) if reward.days else None
    return coupons.issue(
        box, reward.gives, 1, batch, "reward", member=(member, whose[0]), expires_on=until, who=who, mode=mode
    )[0]  # fmt: skip
