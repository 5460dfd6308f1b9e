"""One document, its lines, tax, tenders, points and stored value, held to what its event says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edge.base.clock import iso
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.sales import receipt_number

Fault = tuple[str, dict[str, Any]]

_SALE = (
    "SELECT s.kind, s.lane, s.series, s.number, h.uid, s.business_date, s.at_us, s.mode, s.currency, s.exponent, "
    "p.uid, q.uid, s.reason, m.uid, o.uid, s.total, s.tax, s.rounding, s.saving, s.points, s.score, s.points_after, "
    "s.tier FROM sale s JOIN shift h ON h.id = s.shift JOIN staff p ON p.id = s.staff "
    "LEFT JOIN staff q ON q.id = s.approver LEFT JOIN member m ON m.id = s.member "
    "LEFT JOIN sale o ON o.id = s.original WHERE s.id = ?"
)
_SAID = (
    "kind", "lane", "receipt", "shift", "business_date", "at", "mode", "currency", "exponent", "staff", "approver",
    "reason", "member", "original", "total", "tax", "rounding", "saving", "points_earned", "score_earned",
    "points_after", "tier_before",
)  # fmt: skip
_LINES = (
    "SELECT l.n, l.sku, l.code, l.name, l.qty, l.unit, l.unit_price, l.discount, l.total, l.tax_group, l.rate, l.tax, "
    "l.original_n, l.category, x.list_price, x.note, x.lot, x.serial, x.expiry FROM sale_line l "
    "LEFT JOIN line_extra x ON x.sale = l.sale AND x.n = l.n WHERE l.sale = ? ORDER BY l.n"
)
_LINE = (
    "n", "sku", "code", "name", "qty", "unit", "unit_price", "discount", "total", "group", "rate", "tax", "original_n",
    "category", "list_price", "note", "lot", "serial", "expiry",
)  # fmt: skip
# What only some documents have beside their lines, and where the event says it.
_ORIGINALS = (
    "SELECT l.n, o.uid FROM sale_line l JOIN sale o ON o.id = l.original WHERE l.sale = ? ORDER BY l.n"
)
_CUTS = "SELECT n, kind, amount, reason FROM line_discount WHERE sale = ? ORDER BY n, kind"
_SHARES = "SELECT n, points, score FROM line_points WHERE sale = ? ORDER BY n"
_TAXES = "SELECT tax_group, rate, gross, tax FROM sale_tax WHERE sale = ? ORDER BY tax_group, rate"
_TENDERS = "SELECT kind, amount, received, change, reference FROM tender WHERE sale = ? ORDER BY n"
_ENTRY = (
    "SELECT g.id, m.uid, g.lot, g.points, g.score, g.reason, g.rule_version, g.expires_on, g.reverses, "
    "g.available_on, g.came_from, g.n, g.sale "
    "FROM ledger g JOIN member m ON m.id = g.member WHERE g.id = ?"
)
_ENTRY_SAID = ("id", "member", "lot", "points", "score", "reason", "rule", "expires", "reverses")
_ENTRY_MAY = ("available", "from", "n")
_VALUE = (
    "SELECT e.id, c.code, e.amount, e.reason FROM value_ledger e JOIN value_card c ON c.id = e.card "
    "WHERE e.sale = ? ORDER BY e.id"
)


def compare(box: Box, sale: int, data: dict[str, Any], told: set[int], value: set[int]) -> Iterator[Fault]:
    """What the rows of a document (row id) say otherwise than its event; told and value take the entries' ids."""
    said, receipt = data["sale"], data["sale"]["receipt"]
    found = row(box.db, _SALE, (sale,))
    if found is None:
        yield "row_gone", {"what": receipt}  # its shift, its cashier or its currency is gone
        return
    kind, lane, series, number, shift, date, at_us, *rest = found
    has = (kind, lane, receipt_number(box, lane, series, number), shift, date, iso(at_us), *rest)
    yield from _fields("sale_changed", {"what": receipt}, _SAID, has, tuple(said[name] for name in _SAID))
    yield from _lines(box, sale, receipt, said["lines"])
    lines = said["lines"]
    for slug, sql, wanted in (
        ("cut_changed", _CUTS, sorted((x["n"], c["kind"], c["amount"], c["reason"]) for x in lines
                                      for c in x.get("discounts", ()))),
        ("share_changed", _SHARES, [(x["n"], x["points"], x["score"]) for x in data.get("shares", ())]),
        ("original_changed", _ORIGINALS, [(x["n"], x["original"]) for x in lines if "original" in x]),
        ("tax_changed", _TAXES, sorted((x["group"], x["rate"], x["gross"], x["tax"]) for x in said["taxes"])),
        ("tender_changed", _TENDERS, [(x["kind"], x["amount"], x["received"], x["change"], x["reference"])
                                      for x in said["tenders"]]),
    ):  # fmt: skip
        if said["kind"] == "void" and slug == "original_changed":
            continue  # all lines of a void are of one document, which its head names
        if (there := rows(box.db, sql, (sale,))) != wanted:
            yield slug, {"what": receipt, "row": _first(there, wanted), "event": _first(wanted, there)}
    yield from entries(box, data["ledger"], sale, told, receipt)
    yield from _value(box, sale, receipt, data.get("value", []), value)


def _lines(box: Box, sale: int, receipt: str, said: list[dict[str, Any]]) -> Iterator[Fault]:
    there = rows(box.db, _LINES, (sale,))
    for i, line in enumerate(said):
        what = {"what": receipt, "n": line["n"]}
        if i >= len(there):
            yield "line_gone", what
            continue
        told = {"category": "", **line}  # the first release did not say it, and its lines have none
        yield from _fields("line_changed", what, _LINE, there[i], tuple(told.get(name) for name in _LINE))
    if len(there) > len(said):
        yield "line_untold", {"what": receipt, "n": there[len(said)][0]}


def entries(
    box: Box, said: list[dict[str, Any]], sale: int | None, told: set[int], receipt: str = "-"
) -> Iterator[Fault]:
    """The points' entries that an event tells of."""
    for entry in said:
        told.add(entry["id"])
        found = row(box.db, _ENTRY, (entry["id"],))
        what = {"what": receipt, "n": entry["id"]}
        if found is None:
            yield "entry_gone", what
            continue
        said_of = (*(entry[name] for name in _ENTRY_SAID), *(entry.get(name) for name in _ENTRY_MAY))
        yield from _fields("entry_changed", what, _ENTRY_SAID + _ENTRY_MAY, found[:-1], said_of)
        if found[-1] != sale:
            yield "entry_changed", {**what, "field": "sale", "row": found[-1], "event": sale}


def _value(
    box: Box, sale: int, receipt: str, said: list[dict[str, Any]], told: set[int]
) -> Iterator[Fault]:
    if not said:
        return
    there = rows(box.db, _VALUE, (sale,))
    told.update(x[0] for x in there)
    has, wanted = [x[1:] for x in there], [(x["card"], x["amount"], x["reason"]) for x in said]
    if has != wanted:
        yield "value_changed", {"what": receipt, "row": _first(has, wanted), "event": _first(wanted, has)}


def _fields(
    slug: str, what: dict[str, Any], names: tuple[str, ...], has: tuple[Any, ...], said: tuple[Any, ...]
) -> Iterator[Fault]:
    """The first field that differs, with both values."""
    for name, mine, event in zip(names, has, said, strict=True):
        if mine != event:
            yield slug, {**what, "field": name, "row": _shown(mine), "event": _shown(event)}
            return


def _first(these: list[tuple[Any, ...]], others: list[tuple[Any, ...]]) -> str:
    """The first that is not among the others, in words."""
    found = next((x for x in these if x not in others), these[-1] if these else ())
    return " ".join(_shown(value) for value in found) or "-"


def _shown(value: Any) -> str:
    return "-" if value is None else str(value)
