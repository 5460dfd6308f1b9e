"""The till's commands about rewards: goods for points go into the cart, a coupon for points is the member's at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge import catalog, reward_lines, rewards, till_points
from edge.args import text
from edge.errors import ShopError
from edge.lane import LaneState
from edge.points import policy
from edge.rewards import Reward
from edge.staff import Session


def take(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{reward}: the member takes it. Goods are paid with points when the cart is, a coupon is paid now."""
    member = till.basket.member
    if member is None:
        raise ShopError("reward_member")
    found = rewards.find(till.box, text(args, "reward", 64))
    if found.state != "active":
        raise ShopError("reward_ended")
    policy.allowance(till.box, member).check(found.points + till_points.promised(till), till.box.rules.redeem)
    if found.kind == "goods":
        _goods(till, found)
    else:
        _coupon(till, session, found, member, text(args, "id"))


def _goods(till: LaneState, found: Reward) -> None:
    basket = till.open_basket()
    product = catalog.find(till.box, basket.versions, (found.gives,))
    if product is None:
        raise ShopError("product_gone", status=404)
    line = basket.add(product, 1000, apart=True, cut=reward_lines.cut_of(found))
    till.multiplier, till.notice = 1, None
    till.sound("ok", line.n)


def _coupon(till: LaneState, session: Session, found: Reward, member: int, key: str) -> None:
    if till.lane.mode == "training":
        raise ShopError("reward_training")
    batch = f"till:{till.lane.id}:{till.basket.uid}:{key}"[:128]
    with till.box.transaction():
        rewards.redeem_coupon(
            till.box, found, member, batch, "till", till.lane.id, session.person, till.lane.mode
        )  # fmt: skip
    till.wallet = ("", None, ())  # it is offered beside this very cart
    till.tell("info", "reward_coupon", name=found.name(session.lang), points=found.points)
    till.sound("ok")


def listed(till: LaneState, lang: str) -> dict[str, Any]:
    """What the cart's member may take, for the screen: {left, as_of_us, rewards: [{uid, name, kind, points, short}]}.

    left: points that may be spent now, less what the cart costs already; short: how many are lacking.
    ShopError("reward_member").
    """
    if till.basket.member is None:
        raise ShopError("reward_member")
    found = policy.allowance(till.box, till.basket.member)
    left = max(0, found.limit - till_points.promised(till))
    return {
        "left": left, "as_of_us": found.as_of_us,
        "rewards": [
            {"uid": x.uid, "name": x.name(lang), "kind": x.kind, "points": x.points, "short": max(0, x.points - left)}
            for x in rewards.listed(till.box)
        ],
    }  # fmt: skip


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {"reward": take}
