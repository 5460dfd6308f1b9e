"""All that is known of one document: lines and what came back of them, money, papers, what it belongs to, its proof."""

from __future__ import annotations

from typing import Any

from edge import proofs
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.sales import receipt_number

_HEAD = (
    "SELECT s.id, s.uid, s.kind, s.lane, s.series, s.number, s.at_us, s.business_date, s.mode, s.total, s.tax, "
    "s.saving, s.rounding, s.points, s.reason, s.original, p.name_zh, p.name_en, a.name_zh, a.name_en, h.uid, m.name "
    "FROM sale s JOIN staff p ON p.id = s.staff LEFT JOIN staff a ON a.id = s.approver JOIN shift h ON h.id = s.shift "
    "LEFT JOIN member o ON o.id = s.member LEFT JOIN member m ON m.id = COALESCE(o.merged, o.id) WHERE s.uid = ?"
)
_LINES = (
    "SELECT l.n, l.sku, l.name, l.qty, l.unit, l.unit_price, l.discount, l.total, l.rate, l.tax, x.list_price, x.note, "
    "x.lot, x.serial, x.expiry, "
    "(SELECT COALESCE(-SUM(r.qty), 0) FROM sale_line r WHERE r.original = l.sale AND r.original_n = l.n) "
    "FROM sale_line l LEFT JOIN line_extra x ON x.sale = l.sale AND x.n = l.n WHERE l.sale = ? ORDER BY l.n"
)
_TENDERS = "SELECT kind, amount, received, change, reference FROM tender WHERE sale = ? ORDER BY n"
_TAXES = "SELECT tax_group, rate, gross, tax FROM sale_tax WHERE sale = ? ORDER BY tax_group, rate"
_PAPERS = (
    "SELECT kind, copy_no, state, printer, queued_us, done_us FROM print_job WHERE sale = ? AND kind <> 'drawer' "
    "ORDER BY id"
)
_ROW = "SELECT id, uid, kind, lane, series, number, at_us, total + rounding FROM sale WHERE id = ?"
# The documents that took something back from this one, and those that it took something back from.
_LATER = "SELECT DISTINCT sale FROM sale_line WHERE original = ?"
_EARLIER = "SELECT DISTINCT original FROM sale_line WHERE sale = ? AND original IS NOT NULL"


def document(box: Box, uid: str, lang: str) -> dict[str, Any]:
    """A document as a manager looks at it (see web/api/receipts.py for the shape). ShopError("sale_unknown")."""
    found = row(box.db, _HEAD, (uid,))
    if found is None:
        raise ShopError("sale_unknown", status=404)
    number, _, kind, lane, series, n, at_us, day, mode, total, tax, saving, rounding, points, reason, *rest = found
    original, zh, en, approver_zh, approver_en, shift, member = rest
    chinese = lang.startswith("zh")
    earlier = {i for (i,) in rows(box.db, _EARLIER, (number,))} | ({original} if original else set())
    later = {i for (i,) in rows(box.db, _LATER, (number,))}
    return {
        "uid": uid, "receipt": receipt_number(box, lane, series, n), "kind": kind, "lane": lane, "at_us": at_us,
        "date": day, "mode": mode, "shift": shift, "total": total + rounding, "tax": tax, "saving": saving,
        "rounding": rounding, "points": points, "reason": reason, "by": zh if chinese else en,
        "approver": approver_zh if chinese else approver_en, "member": f"{member[:1]}**" if member else None,
        "lines": _lines(box, number),
        "tenders": [
            {"kind": kind, "amount": amount, "received": received, "change": change, "reference": reference}
            for kind, amount, received, change, reference in rows(box.db, _TENDERS, (number,))
        ],
        "taxes": [
            {"group": g, "rate": r, "gross": gross, "tax": t} for g, r, gross, t in rows(box.db, _TAXES, (number,))
        ],
        "papers": [
            {"kind": kind, "copy": copy, "state": state, "printer": printer, "queued_us": queued, "done_us": done}
            for kind, copy, state, printer, queued, done in rows(box.db, _PAPERS, (number,))
        ],
        "earlier": [_short(box, i) for i in sorted(earlier)], "later": [_short(box, i) for i in sorted(later)],
        "proofs": [proofs.of_sale(box, i) | {"uid": _short(box, i)["uid"]} for i in sorted({number} | earlier | later)],
    }  # fmt: skip


def _lines(box: Box, sale: int) -> list[dict[str, Any]]:
    names = (
        "n", "sku", "name", "qty", "unit", "unit_price", "discount", "total", "rate", "tax", "list_price", "note",
        "lot", "serial", "expiry", "back",
    )  # fmt: skip
    return [dict(zip(names, values, strict=True)) for values in rows(box.db, _LINES, (sale,))]


def _short(box: Box, sale: int) -> dict[str, Any]:
    _, uid, kind, lane, series, number, at_us, total = row(box.db, _ROW, (sale,)) or ()
    receipt = receipt_number(box, lane, series, number)
    return {"uid": uid, "receipt": receipt, "kind": kind, "at_us": at_us, "total": total}
