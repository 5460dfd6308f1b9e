"""What a shift came to: the X report at any time, the Z report when it is closed.

A Z report is stored as it was, numbered without a gap on each lane, and printed again only as a copy. Its figures are
sums over the shift's documents and drawer moves; practice counts for nothing.
"""

from __future__ import annotations

from typing import Any

import orjson

from edge import journal
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.sales import receipt_number
from edge.shifts import Shift

Report = dict[str, Any]

# A shift's documents come after the newest that there was when it was opened; otherwise years would be looked through.
_OF = "s.id > (SELECT after_sale FROM shift WHERE id = ?1) AND s.shift = ?1 AND s.mode = ?2"
_KINDS = f"SELECT s.kind, COUNT(*), SUM(s.total), SUM(s.rounding) FROM sale s WHERE {_OF} GROUP BY 1"
# An exchange takes in and gives back: what was sold and what came back are told by lines, not by documents.
_FLOWS = (
    "SELECT COALESCE(SUM(max(l.total, 0)), 0), COALESCE(SUM(min(l.total, 0)), 0) FROM sale_line l "
    f"JOIN sale s ON s.id = l.sale WHERE {_OF} AND s.kind <> 'void'"
)
_TENDERS = (
    f"SELECT t.kind, SUM(t.amount) FROM tender t JOIN sale s ON s.id = t.sale WHERE {_OF} "
    "GROUP BY t.kind ORDER BY t.kind"
)
_TAXES = (
    "SELECT x.tax_group, x.rate, SUM(x.gross), SUM(x.tax) FROM sale_tax x JOIN sale s ON s.id = x.sale "
    f"WHERE {_OF} GROUP BY 1, 2 ORDER BY 1, 2"
)
_CATEGORIES = (
    f"SELECT l.category, SUM(l.total) FROM sale_line l JOIN sale s ON s.id = l.sale WHERE {_OF} "
    "GROUP BY 1 ORDER BY 2 DESC, 1"
)
_EARLIER = (
    "SELECT COALESCE(SUM(max(l.total, 0)), 0) FROM sale_line l JOIN sale s ON s.id = l.sale "
    "WHERE s.lane = ? AND s.mode = ? AND s.kind <> 'void' AND s.shift < ?"
)
_SAVING = (
    f"SELECT COALESCE(SUM(l.discount), 0) FROM sale_line l JOIN sale s ON s.id = l.sale WHERE {_OF}"
)
_DISCOUNTS = (
    "SELECT CASE WHEN d.kind LIKE 'promo:%' THEN 'promo' ELSE d.kind END, SUM(d.amount) "
    f"FROM line_discount d JOIN sale s ON s.id = d.sale WHERE {_OF} GROUP BY 1 ORDER BY 1"
)
_MOVES = "SELECT kind, COUNT(*), SUM(amount) FROM cash_move WHERE shift = ? GROUP BY kind"
_ENDS = (
    "SELECT lane, series, number FROM sale WHERE id IN ("
    f"(SELECT MIN(s.id) FROM sale s WHERE {_OF}), (SELECT MAX(s.id) FROM sale s WHERE {_OF})) ORDER BY id"
)
# Practice never hides what was really sold, nor does a shift change once its Z report stands.
_MODE = (
    "SELECT (SELECT json_extract(body, '$.mode') FROM z_report WHERE shift = ?1), "
    f"EXISTS (SELECT 1 FROM sale s WHERE {_OF})"
)


def mode_of(box: Box, shift: int, lane: str) -> str:
    """The mode a shift (row id) is reckoned in: that of its Z report, "live" once it really sold, else the lane's.

    A lane may have become another's since, for practice say. One that is no longer configured sold for real.
    """
    closed, sold = row(box.db, _MODE, (shift, "live")) or (None, 0)
    now = next((x.mode for x in box.config.lanes if x.id == lane), "live")
    return closed or ("live" if sold else now)


def of_shift(box: Box, shift: Shift, mode: str) -> Report:
    """The figures of a shift as of now, amounts in minor units (see the module's words for each)."""
    db, key = box.db, (shift.id, mode)
    kinds = {kind: (count, total, rounding) for kind, count, total, rounding in rows(db, _KINDS, key)}
    tenders = dict(rows(db, _TENDERS, key))
    moves = {kind: (count, amount) for kind, count, amount in rows(db, _MOVES, (shift.id,))}
    saving, flows = row(db, _SAVING, key) or (0,), row(db, _FLOWS, key) or (0, 0)
    discounts = dict(rows(db, _DISCOUNTS, key))
    discounts["member"] = saving[0] - sum(discounts.values())
    found = row(db, "SELECT float_amount, lane FROM shift WHERE id = ?", (shift.id,)) or (0, "")
    cash_in, cash_out = moves.get("in", (0, 0))[1], moves.get("out", (0, 0))[1]
    ends = [receipt_number(box, *number) for number in rows(db, _ENDS, key)]
    return {
        "shift": shift.uid, "lane": found[1], "business_date": shift.business_date, "opened_us": shift.opened_us,
        "at_us": box.env.clock.now_us(), "mode": mode, "float": found[0],
        **{f"{name}s": kinds.get(name, (0, 0, 0))[0] for name in ("sale", "return", "void")},
        "gross": flows[0], "refunds": -flows[1], "voided": -kinds.get("void", (0, 0, 0))[1],
        "net": sum(total for _, total, _ in kinds.values()),
        "rounding": sum(rounding for _, _, rounding in kinds.values()),
        "tenders": tenders,
        "taxes": [{"group": g, "rate": r, "gross": gross, "tax": tax} for g, r, gross, tax in rows(db, _TAXES, key)],
        "categories": [{"id": name, "total": total} for name, total in rows(db, _CATEGORIES, key)],
        "discounts": {kind: amount for kind, amount in sorted(discounts.items()) if amount},
        "no_sales": moves.get("no_sale", (0, 0))[0], "cash_in": cash_in, "cash_out": cash_out,
        "expected": found[0] + tenders.get("cash", 0) + cash_in - cash_out,
        "first": ends[0] if ends else None, "last": ends[-1] if ends else None,
    }  # fmt: skip


def close_shift(
    box: Box, shift: Shift, staff: int, mode: str, counted: int | None = None, counts: dict[int, int] | None = None
) -> Report:
    """Close a shift with what was counted in its drawer; returns its Z report. Inside a transaction.

    counted None: as expected, for the demo's history. counts: pieces by denomination, if they were counted so.
    """
    report = of_shift(box, shift, mode)
    held = report["expected"] if counted is None else counted
    box.db.execute_sql(
        "UPDATE shift SET closed_us = ?, closed_by = ?, expected = ?, counted = ? WHERE id = ?",
        (report["at_us"], staff, report["expected"], held, shift.id),
    )
    whole = _numbered(box, shift, report, held, counts)
    box.record("a", "shift.closed", whole, mode=mode)
    return whole


def _numbered(box: Box, shift: Shift, report: Report, counted: int, counts: dict[int, int] | None) -> Report:
    """The report with its number, what it adds to all before it, and the end of the audit chain at that moment."""
    db, lane = box.db, report["lane"]
    before = row(db, "SELECT number, body FROM z_report WHERE lane = ? ORDER BY number DESC LIMIT 1", (lane,))
    if before is None:
        found = row(db, _EARLIER, (lane, report["mode"], shift.id))
        number, perpetual = 1, found[0] if found else 0
    else:
        number, perpetual = before[0] + 1, orjson.loads(before[1])["perpetual"]
    seq, head = journal.head(db, box.source, "a")
    whole = {
        **report, "z": number, "counted": counted, "difference": counted - report["expected"],
        "counts": {str(value): n for value, n in sorted((counts or {}).items(), reverse=True)},
        "perpetual": perpetual + report["gross"], "head": {"epoch": box.source.epoch, "seq": seq, "hash": head.hex()},
    }  # fmt: skip
    db.execute_sql(
        "INSERT INTO z_report (lane, number, shift, at_us, body) VALUES (?, ?, ?, ?, ?)",
        (lane, number, shift.id, report["at_us"], orjson.dumps(whole).decode()),
    )
    return whole


def z_report(box: Box, lane: str, number: int) -> tuple[Report, int]:
    """(a stored Z report, how many copies of it were asked for). ShopError("report_unknown")."""
    found = row(box.db, "SELECT body, copies FROM z_report WHERE lane = ? AND number = ?", (lane, number))
    if found is None:
        raise ShopError("report_unknown", status=404)
    body: Report = orjson.loads(found[0])
    return body, int(found[1])


def queue(
    box: Box, lane: str, printer: str | None, ref: str, uid: str, copy_no: int = 0, lang: str | None = None
) -> None:
    """Queue a report's paper (see print_job.ref), inside the caller's transaction; without a printer nothing."""
    if printer is not None:
        box.db.execute_sql(
            "INSERT INTO print_job (uid, printer, lane, kind, copy_no, state, queued_us, ref, lang) "
            "VALUES (?, ?, ?, 'report', ?, 'queued', ?, ?, ?) ON CONFLICT (uid) DO NOTHING",
            (uid, printer, lane, copy_no, box.env.clock.now_us(), ref, lang),
        )


def print_x(box: Box, lane: str, printer: str | None, shift: Shift, uid: str, lang: str | None = None) -> None:
    """The X report on paper. ShopError("no_printer")."""
    if printer is None:
        raise ShopError("no_printer")
    with box.transaction():
        queue(box, lane, printer, f"x:{shift.id}", uid, lang=lang)
    box.announce("print", lane=lane)


def reprint_z(box: Box, lane: str, number: int, printer: str | None, uid: str, lang: str | None = None) -> int:
    """A stored Z report again, marked as a copy; returns the copy's number. ShopError: report_unknown, no_printer.

    The same uid again queues nothing. One event.
    """
    if printer is None:
        raise ShopError("no_printer")
    with box.transaction() as db:
        _, copies = z_report(box, lane, number)
        if (found := row(db, "SELECT copy_no FROM print_job WHERE uid = ?", (uid,))) is not None:
            return int(found[0])
        db.execute_sql("UPDATE z_report SET copies = ? WHERE lane = ? AND number = ?", (copies + 1, lane, number))
        queue(box, lane, printer, f"z:{lane}:{number}", uid, copies + 1, lang)
        mode = next((x.mode for x in box.config.lanes if x.id == lane), "live")
        box.record("a", "report.reprinted", {"lane": lane, "z": number, "copy": copies + 1}, mode=mode)
    box.announce("print", lane=lane)
    return copies + 1


def again(box: Box, lane: str, printer: str, ref: str, uid: str, lang: str | None) -> None:
    """A report whose paper did not come out, inside the caller's transaction: a Z as a copy, an X anew."""
    if ref.startswith("z:"):
        of, _, number = ref[2:].rpartition(":")
        reprint_z(box, of, int(number), printer, uid, lang)
    else:
        queue(box, lane, printer, ref, uid, lang=lang)
