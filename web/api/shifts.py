"""Shifts: those open and those closed, the X and the Z report of each, on the screen and on paper."""

from __future__ import annotations

from typing import Any

from edge import catalog, reports, shift_book
from edge.base.sqlite import row
from edge.catalog import CategoryRow
from edge.errors import ShopError
from web.api import till_shapes
from web.api.frame import Call, speaks
from web.api.receipts import job, printer_of
from web.api.shapes import body, by_name, choice, date, instant, many, money, null_or, obj, opt, page_of, text, whole

_N = null_or(money())
ROW = obj(
    "ShiftRow", {"float": money()}, uid=text(example="0f3c"), lane=text(example="1"), date=date(), opened_us=instant(),
    opened_by=text(example="Xiao Chen"), closed_us=null_or(instant()), closed_by=null_or(text()), expected=_N,
    counted=_N, difference=_N, z=null_or(whole(1)), copies=null_or(whole(0)), net=_N, sales=null_or(whole(0)),
)  # fmt: skip
REPORT = obj(
    "ShiftBook", {"float": money()},
    **{name: shape for name, shape in till_shapes.REPORT["properties"].items() if name not in ("float", "categories")},
    categories=many(obj(id=text(example="drink"), total=money(), name=null_or(text(example="Drinks")))),
    z=opt(whole(1)), counted=opt(money()), difference=opt(money()), counts=opt(by_name(whole(0))),
    perpetual=opt(money()), head=opt(obj(epoch=text(), seq=whole(0), hash=text())), copies=opt(whole(0)),
)  # fmt: skip


@speaks(
    page_of(ROW, "Shifts"),
    query={"lane": text(32, example="1"), "day": date(), "page": whole(0, 100_000, 0)},
)
def listed(call: Call) -> Any:
    """Shifts, the open ones first and then the newest; of one lane or day if asked so."""
    page = call.query.get("page", 0)
    rows, total = shift_book.listed(
        call.box, call.lang, lane=call.query.get("lane", ""), day=call.query.get("day", ""), page=page
    )
    return {"rows": rows, "total": total, "page": page, "pages": -(-total // shift_book.PAGE)}


@speaks(REPORT, refusals=("404 shift_unknown",))
def report(call: Call) -> Any:
    """The X report of an open shift as of now, the Z report of a closed one as it was stored."""
    box = call.box
    known = {each.id: each for each in catalog.categories(box.db, catalog.current(box.db))}
    found = shift_book.report(box, call.path["shift"])
    categories = [{**each, "name": _name(known.get(each["id"]), call.lang)} for each in found["categories"]]
    return {**found, "categories": categories}


def _name(category: CategoryRow | None, lang: str) -> str | None:
    if category is None:
        return None
    return category.name_zh if lang.startswith("zh") else category.name_en


@speaks(
    obj("ReportQueued", kind=choice("x", "z"), copy=whole(0, example=1)),
    body=body("PrintReport", lane=text(32, example="1")),
    refusals=("404 shift_unknown", "404 device_unknown", "409 no_printer"),
)
def print_report(call: Call) -> Any:
    """The report on paper at the printer of a lane: X as of now, or Z once more, marked as a copy."""
    shift, lane, is_open = shift_book.find(call.box, call.path["shift"])
    at = call.body["lane"]
    printer, uid = printer_of(call, at), job(call)
    if is_open:
        reports.print_x(call.box, at, printer, shift, uid)
        return {"kind": "x", "copy": 0}
    found = row(call.box.db, "SELECT number FROM z_report WHERE shift = ?", (shift.id,))
    if found is None:
        raise ShopError("shift_unknown", status=404)
    return {"kind": "z", "copy": reports.reprint_z(call.box, lane, found[0], printer, uid)}
