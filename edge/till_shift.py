"""The till's commands about the shift: opened with a float, closed with a count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge import checkout, shifts
from edge.args import whole
from edge.errors import ShopError
from edge.lane import LaneState
from edge.staff import Session


def open_shift(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """The float is in the drawer; the lane has no open shift yet."""
    amount = _amount(args, "float")
    if shifts.current(till.box, till.lane.id) is not None:
        raise ShopError("shift_is_open")
    with till.box.transaction():
        shifts.open_shift(till.box, till.lane.id, session.person.id, till.lane.mode, amount)
    till.closed = None


def close_shift(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """The drawer was counted; what it should hold is told only now."""
    counted = _amount(args, "counted")
    shift = shifts.current(till.box, till.lane.id)
    if shift is None:
        raise ShopError("shift_is_closed")
    if till.basket.lines:
        raise ShopError("basket_open")
    with till.box.transaction():
        till.closed = shifts.close_shift(till.box, shift, session.person.id, till.lane.mode, counted)


def _amount(args: dict[str, Any], key: str) -> int:
    amount = whole(args, key)
    if not 0 <= amount <= checkout.MAX_AMOUNT:
        raise ShopError("amount_out_of_bounds", status=422)
    return amount


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "shift/open": open_shift,
    "shift/close": close_shift,
}
