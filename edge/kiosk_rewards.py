"""The kiosk's panel of a member's coupons and of what points buy.

A coupon for points is redeemed here: the reward, the last four digits of the member's phone, and a tap. A card or a
printed code may be in anybody's hand, the digits are not on it; wrong ones are counted per member over all screens and
restarts. Goods are handed over at a till, so the panel only says that they are there.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from edge import audit, coupons, qr, rewards, shifts
from edge.args import text
from edge.base.ids import new_uid
from edge.base.sqlite import row
from edge.codes import coupon_words
from edge.coupons import Issued
from edge.errors import ShopError
from edge.guard import Guard
from edge.kiosk_state import Command, KioskState, Panel
from edge.points import policy
from edge.promo import desk
from edge.promo.describe import describe
from edge.rewards import Reward

NAME = "rewards"
_WHO = "SELECT uid, phone_last4 FROM member WHERE id = ?"
_MOST = 6  # coupons that are shown; the till knows all of them


@dataclass(slots=True)
class _Asked:
    """What the member is about to take: batch makes the same tap again the same coupon. done: the coupon's code."""

    reward: Reward
    batch: str
    done: str = ""
    wrong: str = ""
    wait_s: int = 0


def _choose(kiosk: KioskState, args: dict[str, Any]) -> None:
    """{reward}: show what it costs before anything happens. ShopError: reward_unknown, reward_ended, reward_at_till."""
    found = rewards.find(kiosk.box, text(args, "reward", 64))
    if found.state != "active":
        raise ShopError("reward_ended")
    if found.kind != "coupon" or "joined" in kiosk.visit.kept:  # who has just joined has shown no card yet
        raise ShopError("reward_at_till")
    policy.allowance(kiosk.box, kiosk.member()).check(found.points, kiosk.box.rules.redeem)
    kiosk.visit.kept[NAME] = _Asked(found, f"kiosk:{kiosk.visit.uid}:{new_uid(kiosk.box.env.rng)}")


def _leave(kiosk: KioskState, args: dict[str, Any]) -> None:
    """Back to the list."""
    kiosk.visit.kept.pop(NAME, None)


def _take(kiosk: KioskState, args: dict[str, Any]) -> None:
    """{digits}: the last four of the phone; then the points are gone and the coupon is there."""
    asked = kiosk.visit.kept.get(NAME)
    if not isinstance(asked, _Asked) or asked.done:
        raise ShopError("offer_gone")
    if kiosk.lane.mode == "training":
        raise ShopError("reward_training")
    if rewards.find(kiosk.box, asked.reward.uid) != asked.reward:  # the manager changed it since it was shown
        kiosk.visit.kept.pop(NAME)
        raise ShopError("reward_ended")
    if not _proved(kiosk, asked, text(args, "digits", 8)):
        return
    with kiosk.box.transaction():
        asked.done = rewards.redeem_coupon(
            kiosk.box, asked.reward, kiosk.member(), asked.batch, "kiosk", kiosk.lane.id, None, kiosk.lane.mode
        )  # fmt: skip
    kiosk.tell_tills()


def _proved(kiosk: KioskState, asked: _Asked, digits: str) -> bool:
    """Whether the digits are the phone's. ShopError("reward_no_phone") where there is none to ask for."""
    uid, last4 = row(kiosk.box.db, _WHO, (kiosk.member(),)) or ("", None)
    if not last4:
        raise ShopError("reward_no_phone")
    guard, key = Guard(kiosk.box), f"kiosk:{uid}"
    asked.wrong, asked.wait_s = "", guard.wait_s(key)
    if asked.wait_s:
        asked.wrong = "wait"
        return False
    good = hmac.compare_digest(digits.encode(), str(last4).encode())
    with kiosk.box.transaction():
        waits = guard.note(good, key)
        if waits:
            audit.note(kiosk.box, "kiosk_digits", None, lane=kiosk.lane.id, mode=kiosk.lane.mode, member=uid)
    if not good:
        asked.wrong, asked.wait_s = ("wait", waits[key]) if waits else ("digits", 0)
    return good


def facts(kiosk: KioskState, lang: str) -> dict[str, Any]:
    """{coupons, more, rewards, left, as_of, asked}; asked: the reward that is about to be taken, or was (coupon)."""
    box, member = kiosk.box, kiosk.member()
    mine, allowed = coupons.of_member(box, member), policy.allowance(box, member)
    asked = kiosk.visit.kept.get(NAME)
    return {
        "coupons": [_coupon(kiosk, found, lang) for found in mine[:_MOST]], "more": len(mine[_MOST:]),
        "left": allowed.limit,
        "as_of": shifts.local(allowed.as_of_us, box.config.store.zone).strftime("%Y-%m-%d %H:%M"),
        "rewards": [
            {"uid": x.uid, "name": x.name(lang), "kind": x.kind, "points": x.points,
             "short": max(0, x.points - allowed.limit)}
            for x in rewards.listed(box)
        ],
        "asked": _asked(kiosk, asked, lang) if isinstance(asked, _Asked) else None,
    }  # fmt: skip


def _asked(kiosk: KioskState, asked: _Asked, lang: str) -> dict[str, Any]:
    stored = desk.newest(kiosk.box, asked.reward.gives)
    done = coupons.look(kiosk.box, asked.done) if asked.done else None
    return {
        "name": asked.reward.name(lang), "points": asked.reward.points,
        "says": describe(kiosk.box, stored.promotion, lang) if stored else "",
        "wrong": asked.wrong or None, "wait_s": asked.wait_s,
        "coupon": _coupon(kiosk, done, lang) if done else None,
    }  # fmt: skip


def _coupon(kiosk: KioskState, found: Issued, lang: str) -> dict[str, Any]:
    stored = desk.newest(kiosk.box, found.promotion)
    days = [day for day in (found.expires_on, stored.promotion.when.ends if stored else None) if day]
    side, drawn = qr.path(found.code)
    return {
        "code": found.code, "words": coupon_words(found.code), "until": min(days, default=None),
        "name": stored.promotion.name(lang) if stored else "",
        "says": describe(kiosk.box, stored.promotion, lang) if stored else "", "side": side, "path": drawn,
    }  # fmt: skip


def _badge(kiosk: KioskState, lang: str) -> str | None:
    """How many coupons are open; no button where there is nothing to see."""
    count = len(coupons.of_member(kiosk.box, kiosk.member()))
    return str(count) if count else "" if rewards.listed(kiosk.box) else None


PANEL = Panel(NAME, "ticket", facts, _badge)
COMMANDS = {"reward/choose": Command(_choose), "reward/back": Command(_leave), "reward/take": Command(_take)}
