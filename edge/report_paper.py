"""X and Z reports on paper: the figures of edge/reports.py as a neutral Document, in the language of whoever asked.

A Z report is the stored one, whenever it is printed; an X report is as of the moment that it is printed, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable

from edge import catalog, reports, shifts
from edge.base.document import Cut, Document, Feed, Item, Row, Rule, Text
from edge.base.i18n import t
from edge.base.money import fmt_money
from edge.base.sqlite import row
from edge.box import Box
from edge.errors import ShopError
from edge.paper import copy_mark, percent, plain, shop, when
from edge.reports import Report

_SHIFT = "SELECT id, uid, business_date, opened_us, closed_us FROM shift WHERE id = ?"
_CLOSED_BY = (
    "SELECT p.name_zh, p.name_en FROM shift s JOIN staff p ON p.id = s.closed_by WHERE s.uid = ?"
)
_CHARGES = {"#deposit": "deposits", "#stored": "top_ups", "#account": "payments", "": "no_category"}
_CUTS = ("member", "promo", "line", "basket", "expiry", "reward")


def compose(box: Box, ref: str, lang: str, copy_no: int = 0, copied_us: int | None = None) -> Document:
    """The paper that a print job's ref names: "z:<lane>:<number>" or "x:<shift id>". ShopError("report_unknown")."""
    what, _, rest = ref.partition(":")
    if what == "z":
        lane, _, number = rest.rpartition(":")
        report, _ = reports.z_report(box, lane, int(number) if number.isdecimal() else 0)
    else:
        report = _now(box, int(rest) if rest.isdecimal() else 0)
    items: list[Item] = [
        *copy_mark(box, lang, copy_no, copied_us),
        *_head(box, report, lang),
        *_documents(box, report, lang),
        *_part(lang, "tenders", (_row(box, _word(lang, "kind", x), n) for x, n in report["tenders"].items())),
        *_part(lang, "taxes", _taxes(box, report, lang)),
        *_part(lang, "categories", _shelves(box, report, lang)),
        *_part(lang, "discounts", (_row(box, _cut(lang, kind), -n) for kind, n in report["discounts"].items())),
        *_part(lang, "drawer", _drawer(box, report, lang)),
        *_chain(box, report, lang),
        Feed(),
        Cut(),
    ]
    return Document(lang=lang, items=tuple(items), title=ref)


def _now(box: Box, shift: int) -> Report:
    found = row(box.db, _SHIFT, (shift,))
    if found is None:
        raise ShopError("report_unknown", status=404)
    lane = row(box.db, "SELECT lane FROM shift WHERE id = ?", (shift,)) or ("",)
    return reports.of_shift(box, shifts.Shift(*found[:4]), reports.mode_of(box, shift, lane[0]))


def _head(box: Box, report: Report, lang: str) -> list[Item]:
    z = report.get("z")
    title = t(lang, "report.x") if z is None else t(lang, "report.z", n=z)
    items: list[Item] = [shop(box, lang), Text(title, "center", 2, bold=True)]
    if report["mode"] != "live":
        items.append(Text(t(lang, f"receipt.{report['mode']}"), "center", bold=True))
    at = when(box, report["at_us"])
    items += [
        Feed(),
        Row(t(lang, "report.lane", lane=report["lane"]), report["business_date"]),
        Row(t(lang, "report.opened"), when(box, report["opened_us"])),
        Row(t(lang, "report.as_of" if z is None else "report.closed"), at),
    ]
    closed_by = row(box.db, _CLOSED_BY, (report["shift"],))
    if z is not None and closed_by is not None:
        items.append(Row(t(lang, "report.closed_by"), closed_by[0 if lang == "zh-CN" else 1]))
    if report["first"]:
        items += [
            Row(t(lang, "report.first"), report["first"]),
            Row(t(lang, "report.last"), report["last"]),
        ]
    return items


def _documents(box: Box, report: Report, lang: str) -> list[Item]:
    items: list[Item] = [Rule()]
    items += [Row(t(lang, f"report.{name}"), str(report[name])) for name in ("sales", "returns", "voids")]
    items += [
        _row(box, t(lang, "report.gross"), report["gross"]),
        _row(box, t(lang, "report.refunds"), -report["refunds"]),
        _row(box, t(lang, "report.voided"), -report["voided"]),
        Row(t(lang, "report.net"), fmt_money(report["net"], box.currency), bold=True),
    ]
    if report["rounding"]:
        items.append(_row(box, t(lang, "receipt.rounding"), report["rounding"]))
    return items


def _part(lang: str, name: str, found: Iterable[Item]) -> list[Item]:
    items = list(found)
    return [Rule(), Text(t(lang, f"report.{name}"), bold=True), *items] if items else []


def _taxes(box: Box, report: Report, lang: str) -> list[Item]:
    return [
        _row(
            box,
            t(lang, "report.tax", rate=percent(x["rate"]), group=x["group"], gross=plain(x["gross"], box.currency)),
            x["tax"],
        )
        for x in report["taxes"]
        if x["group"] != "#"  # money that passes through
    ]


def _shelves(box: Box, report: Report, lang: str) -> list[Item]:
    shelves = catalog.categories(box.db, catalog.current(box.db))
    known = {x.id: x.name_zh if lang == "zh-CN" else x.name_en for x in shelves}
    items: list[Item] = []
    for x in report["categories"]:
        name = t(lang, f"report.{_CHARGES[x['id']]}") if x["id"] in _CHARGES else known.get(x["id"], x["id"])
        items.append(_row(box, name, x["total"]))
    return items


def _drawer(box: Box, report: Report, lang: str) -> list[Item]:
    items: list[Item] = [
        _row(box, t(lang, "report.float"), report["float"]),
        _row(box, t(lang, "report.cash_sales"), report["tenders"].get("cash", 0)),
        _row(box, t(lang, "report.cash_in"), report["cash_in"]),
        _row(box, t(lang, "report.cash_out"), -report["cash_out"]),
        Row(t(lang, "report.no_sales"), str(report["no_sales"])),
        _row(box, t(lang, "report.expected"), report["expected"]),
    ]
    if "z" in report:
        items += [
            _row(box, t(lang, "report.counted"), report["counted"]),
            Row(t(lang, "report.difference"), fmt_money(report["difference"], box.currency), bold=True),
            *(Text(f"  {plain(int(value), box.currency)} × {n}") for value, n in report["counts"].items() if n),
        ]
    return items


def _chain(box: Box, report: Report, lang: str) -> list[Item]:
    """What makes a Z report provable: the total that never goes down, and the end of the audit chain."""
    if "z" not in report:
        return []
    head = report["head"]
    return [
        Rule(),
        Row(t(lang, "report.perpetual"), fmt_money(report["perpetual"], box.currency)),
        Text(t(lang, "report.head", epoch=head["epoch"], seq=head["seq"])),
        Text(head["hash"]),
    ]


def _row(box: Box, name: str, amount: int) -> Row:
    return Row(name, fmt_money(amount, box.currency))


def _word(lang: str, kind: str, name: str) -> str:
    return t(lang, f"report.{kind}_{name}")


def _cut(lang: str, kind: str) -> str:
    return t(lang, f"report.cut_{kind if kind in _CUTS else 'line'}")
