"""The shifts of a box: those open now and those closed, and closing one that somebody forgot."""

from __future__ import annotations

from typing import Any

import orjson

from edge import reports
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.reports import Report
from edge.shifts import Shift

PAGE = 50
_FROM = (
    "FROM shift s JOIN staff o ON o.id = s.opened_by LEFT JOIN staff c ON c.id = s.closed_by "
    "LEFT JOIN z_report z ON z.shift = s.id"
)
_COLUMNS = (
    "s.uid, s.lane, s.business_date, s.opened_us, o.name_zh, o.name_en, s.closed_us, c.name_zh, c.name_en, "
    "s.float_amount, s.expected, s.counted, z.number, z.copies, z.body"
)
_ONE = "SELECT id, uid, business_date, opened_us, lane, closed_us FROM shift WHERE uid = ?"


def listed(box: Box, lang: str, *, lane: str = "", day: str = "", page: int = 0) -> tuple[list[dict[str, Any]], int]:
    """(a page of shifts, the open ones first and then the newest; how many there are on the whole).

    Each {uid, lane, date, opened_us, opened_by, closed_us, closed_by, float, expected, counted, difference, z, copies,
    net, sales}; what is told only at the close is None for an open one.
    """
    where, values = "1", list[Any]()
    for column, value in (("s.lane", lane), ("s.business_date", day)):
        if value:
            where, values = f"{where} AND {column} = ?", [*values, value]
    total = row(box.db, f"SELECT COUNT(*) FROM shift s WHERE {where}", tuple(values)) or (0,)
    sql = f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY s.closed_us IS NOT NULL, s.id DESC LIMIT ? OFFSET ?"
    found = rows(box.db, sql, (*values, PAGE, PAGE * page))
    return [_told(values, lang) for values in found], int(total[0])


def _told(found: tuple[Any, ...], lang: str) -> dict[str, Any]:
    uid, lane, day, opened_us, zh, en, closed_us, closed_zh, closed_en, float_, *rest = found
    expected, counted, z, copies, body = rest
    chinese = lang.startswith("zh")
    closed = orjson.loads(body) if body else {}
    return {
        "uid": uid, "lane": lane, "date": day, "opened_us": opened_us, "opened_by": zh if chinese else en,
        "closed_us": closed_us, "closed_by": closed_zh if chinese else closed_en, "float": float_,
        "expected": expected, "counted": counted,
        "difference": counted - expected if counted is not None and expected is not None else None,
        "z": z, "copies": copies, "net": closed.get("net"), "sales": closed.get("sales"),
    }  # fmt: skip


def find(box: Box, uid: str) -> tuple[Shift, str, bool]:
    """(the shift, its lane, whether it is open). ShopError("shift_unknown")."""
    found = row(box.db, _ONE, (uid,))
    if found is None:
        raise ShopError("shift_unknown", status=404)
    return Shift(*found[:4]), found[4], found[5] is None


def report(box: Box, uid: str) -> Report:
    """The X report of an open shift as of now, the Z report of a closed one as it was stored."""
    shift, lane, is_open = find(box, uid)
    if is_open:
        return reports.of_shift(box, shift, reports.mode_of(box, shift.id, lane))
    found = row(box.db, "SELECT number FROM z_report WHERE shift = ?", (shift.id,))
    if found is None:  # closed before this release, or by the sample shop's first years
        return reports.of_shift(box, shift, reports.mode_of(box, shift.id, lane))
    body, copies = reports.z_report(box, lane, found[0])
    return {**body, "copies": copies}
