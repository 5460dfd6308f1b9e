"""The till's commands about the shift: opened with a float, closed with a count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge import reports, shifts, till_hold
from edge.args import text, whole
from edge.errors import ShopError
from edge.lane import LaneState
from edge.staff import Session
from edge.tenders import MAX_AMOUNT

MAX_PIECES = 100_000


def open_shift(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{float}: it is in the drawer; the lane has no open shift yet."""
    amount = _amount(args, "float")
    if shifts.current(till.box, till.lane.id) is not None:
        raise ShopError("shift_is_open")
    with till.box.transaction():
        shifts.open_shift(till.box, till.lane.id, session.person.id, till.lane.mode, amount)
    till.closed = None


def close_shift(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{counted} or {counts: {denomination: pieces}}: the drawer was counted; what it should hold is told only now.

    {held: true}: the carts that are put aside may wait for the next shift.
    """
    counts = _counts(till, args["counts"]) if args.get("counts") is not None else None
    counted = _amount(args, "counted") if counts is None else sum(value * n for value, n in counts.items())
    shift = shifts.current(till.box, till.lane.id)
    if shift is None:
        raise ShopError("shift_is_closed")
    if till.basket.paid:
        raise ShopError("basket_part_paid")
    if till.basket.lines:
        raise ShopError("basket_open")
    waiting = till_hold.count(till.box, till.lane.id)
    if waiting and args.get("held") is not True:
        raise ShopError("held_open", count=waiting)
    with till.box.transaction():
        mode = reports.mode_of(till.box, shift.id, till.lane.id)
        closed = reports.close_shift(till.box, shift, session.person.id, mode, counted, counts)
        ref = f"z:{till.lane.id}:{closed['z']}"
        reports.queue(till.box, till.lane.id, till.lane.printer, ref, f"z-{shift.uid}", lang=session.lang)
    till.closed, till.report = closed, None
    till.box.announce("print", lane=till.lane.id)


def print_again(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{z}: a Z report of this lane once more, marked as a copy."""
    till.ask(session, "shift.report")
    reports.reprint_z(till.box, till.lane.id, whole(args, "z"), till.lane.printer, text(args, "id"))


def _counts(till: LaneState, given: Any) -> dict[int, int]:
    """Pieces by denomination in minor units, as a page sends them: {"10000": 3, …}."""
    known = {str(value): value for value in till.box.rules.denominations}
    if not isinstance(given, dict) or not set(given) <= set(known):
        raise ShopError("bad_request", status=422, field="counts")
    counts = {known[name]: whole(given, name) for name in given}
    if any(not 0 <= n <= MAX_PIECES for n in counts.values()):
        raise ShopError("amount_out_of_bounds", status=422)
    return counts


def _amount(args: dict[str, Any], key: str) -> int:
    amount = whole(args, key)
    if not 0 <= amount <= MAX_AMOUNT:
        raise ShopError("amount_out_of_bounds", status=422)
    return amount


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "shift/open": open_shift,
    "shift/close": close_shift,
    "shift/reprint": print_again,
}
