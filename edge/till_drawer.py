"""The till's commands about the drawer: money in and out without a sale, opened for neither, and what the shift has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge import audit, reports, shifts
from edge.args import text, whole
from edge.base.sqlite import row
from edge.errors import ShopError
from edge.lane import LaneState
from edge.staff import Person, Session
from edge.tenders import MAX_AMOUNT

_MOVE = (
    "INSERT INTO cash_move (uid, shift, kind, amount, reason, staff, approver, at_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


def pay_in(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{amount, reason}: money goes into the drawer without a sale."""
    _move(till, session, args, "in", till.ask(session, "cash.in"))


def pay_out(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{amount, reason}: money is taken out of the drawer, by somebody who may."""
    amount = _amount(args)
    _move(till, session, args, "out", till.ask(session, "cash.out", amount=amount, reason=_reason(args)))


def open_drawer(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{reason}: the drawer opens though nothing is sold."""
    if till.lane.printer is None:
        raise ShopError("no_printer")
    approver = till.ask(session, "drawer.open", reason=_reason(args))
    _move(till, session, {**args, "amount": 0}, "no_sale", approver)


def _move(till: LaneState, session: Session, args: dict[str, Any], kind: str, approver: Person | None) -> None:
    box, uid, reason = till.box, text(args, "id"), _reason(args)
    amount = _amount(args) if kind != "no_sale" else 0
    with box.transaction() as db:
        if row(db, "SELECT 1 FROM cash_move WHERE uid = ?", (uid,)):
            return
        shift = shifts.current(box, till.lane.id) or shifts.begin(
            box, till.lane.id, session.person.id, till.lane.mode
        )
        now = box.env.clock.now_us()
        db.execute_sql(
            _MOVE,
            (uid, shift.id, kind, amount, reason, session.person.id, approver.id if approver else None, now),
        )
        audit.note(
            box, "no_sale" if kind == "no_sale" else f"cash_{kind}", session.person, lane=till.lane.id,
            approver=approver, reason=reason, mode=till.lane.mode, shift=shift.uid, amount=amount,
        )  # fmt: skip
        if till.lane.printer:
            db.execute_sql(
                "INSERT INTO print_job (uid, printer, lane, kind, copy_no, state, queued_us) "
                "VALUES (?, ?, ?, 'drawer', 0, 'queued', ?)",
                (f"{uid}-drawer", till.lane.printer, till.lane.id, now),
            )
    till.sound("ok")
    box.announce("print", lane=till.lane.id)


def report(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{print?}: the X report of the open shift, on the screen and if wanted on paper."""
    till.ask(session, "shift.report")
    shift = shifts.current(till.box, till.lane.id)
    if shift is None:
        raise ShopError("shift_is_closed")
    till.report = reports.of_shift(till.box, shift, reports.mode_of(till.box, shift.id, till.lane.id))
    if args.get("print") is True:
        reports.print_x(till.box, till.lane.id, till.lane.printer, shift, text(args, "id"), session.lang)


def _amount(args: dict[str, Any]) -> int:
    amount = whole(args, "amount")
    if not 0 < amount <= MAX_AMOUNT:
        raise ShopError("amount_out_of_bounds", status=422)
    return amount


def _reason(args: dict[str, Any]) -> str:
    reason = text(args, "reason", 80).strip()
    if not reason or not reason.isprintable():
        raise ShopError("reason_missing", status=422)
    return reason


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "cash/in": pay_in,
    "cash/out": pay_out,
    "drawer/open": open_drawer,
    "shift/report": report,
}
