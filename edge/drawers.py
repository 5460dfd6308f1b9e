"""The lanes and their drawers as of now: who works there, since when the shift is open, what the drawer should hold."""

from __future__ import annotations

from typing import Any

from edge import reports, shifts
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.staff import StaffService

_OPEN = (
    "SELECT s.id, s.uid, s.lane, s.business_date, s.opened_us, s.float_amount, p.name_zh, p.name_en FROM shift s "
    "JOIN staff p ON p.id = s.opened_by WHERE s.closed_us IS NULL ORDER BY s.lane"
)
_SOLD = (
    "SELECT COALESCE(SUM(s.kind = 'sale'), 0), COALESCE(SUM(s.total + s.rounding), 0), MAX(s.at_us) FROM sale s "
    "WHERE s.id > (SELECT after_sale FROM shift WHERE id = ?1) AND s.shift = ?1 AND s.mode = ?2"
)
_CASH = (
    "SELECT COALESCE(SUM(t.amount), 0) FROM sale s JOIN tender t ON t.sale = s.id "
    "WHERE s.id > (SELECT after_sale FROM shift WHERE id = ?1) AND s.shift = ?1 AND s.mode = ?2 AND t.kind = 'cash'"
)
_MOVED = (
    "SELECT COALESCE(SUM(CASE kind WHEN 'in' THEN amount WHEN 'out' THEN -amount ELSE 0 END), 0) FROM cash_move "
    "WHERE shift = ?"
)


def lanes(box: Box, staff: StaffService, lang: str) -> list[dict[str, Any]]:
    """Every selling lane, and any lane of earlier days whose shift is still open.

    Each {lane, mode, known, operator, shift: None or {uid, date, since_us, by, old, sales, net, expected, last_us}};
    amounts in minor units, what is expected in the drawer among them.
    """
    opened = {found[2]: found for found in rows(box.db, _OPEN)}
    configured = {lane.id: lane.mode for lane in box.config.lanes if lane.kind == "till"}
    found = []
    for lane in [*configured, *(lane for lane in opened if lane not in configured)]:
        mode, at = configured.get(lane, "live"), staff.working_at(lane)
        found.append({
            "lane": lane, "mode": mode, "known": lane in configured, "operator": at.person.name(lang) if at else None,
            "shift": _shift(box, opened[lane], lang) if lane in opened else None,
        })  # fmt: skip
    return found


def _shift(box: Box, found: tuple[Any, ...], lang: str) -> dict[str, Any]:
    number, uid, lane, day, opened_us, float_amount, zh, en = found
    mode = reports.mode_of(box, number, lane)
    sales, net, last_us = row(box.db, _SOLD, (number, mode)) or (0, 0, None)
    cash, moved = (row(box.db, _CASH, (number, mode)) or (0,))[0], (row(box.db, _MOVED, (number,)) or (0,))[0]
    today = shifts.local(box.env.clock.now_us(), box.config.store.zone).date().isoformat()
    return {
        "uid": uid, "date": day, "since_us": opened_us, "by": zh if lang.startswith("zh") else en, "old": day < today,
        "sales": sales, "net": net, "expected": float_amount + cash + moved, "last_us": last_us,
    }  # fmt: skip
