"""Finding a document again: by its number, an amount, a day, the end of a card's reference, or what was bought."""

from __future__ import annotations

import re
from typing import Any

from edge.base.sqlite import rows
from edge.box import Box
from edge.codes import RECEIPT_PREFIX
from edge.sales import receipt_number

LIMIT = 30
_SELECT = (
    "SELECT s.id, s.uid, s.kind, s.lane, s.series, s.number, s.at_us, s.business_date, s.total + s.rounding, "
    "p.name_zh, p.name_en, (SELECT COUNT(*) FROM sale_line WHERE sale = s.id), "
    "(SELECT group_concat(DISTINCT kind) FROM tender WHERE sale = s.id), "
    "EXISTS (SELECT 1 FROM sale v WHERE v.original = s.id AND v.kind = 'void'), s.mode "
    "FROM sale s JOIN staff p ON p.id = s.staff WHERE "
)
_NEWEST = " ORDER BY s.id DESC LIMIT ? OFFSET ?"


def search(box: Box, text: str, lang: str, limit: int = LIMIT, page: int = 0) -> list[dict[str, Any]]:
    """Documents of this box that the text may mean, newest first; the newest of all for an empty text. A page of them.

    Each {uid, receipt, kind, lane, at_us, date, total, by, lines, tenders: [kind], voided, mode}; total in minor units.
    """
    text = text.strip()[:64].removeprefix(RECEIPT_PREFIX)
    if not text:
        return _found(box, "1", (), lang, limit, page)
    return _found(box, *_meaning(box, text), lang, limit, page)


def count(box: Box, text: str) -> int:
    """How many documents the text may mean."""
    text = text.strip()[:64].removeprefix(RECEIPT_PREFIX)
    where, values = _meaning(box, text) if text else ("1", ())
    return int(rows(box.db, f"SELECT COUNT(*) FROM sale s WHERE {where}", values)[0][0])


def _meaning(box: Box, text: str) -> tuple[str, tuple[Any, ...]]:
    """The condition that a text stands for, and its values."""
    if number := re.fullmatch(r"(.+)-([^-]+)-([0-9]{1,12})-([0-9]{1,12})", text):
        if number[1] != box.config.store.store:
            return "0", ()
        return "s.lane = ? AND s.series = ? AND s.number = ?", (number[2], int(number[3]), int(number[4]))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return "s.business_date = ?", (text,)
    digits = box.currency.exponent
    if digits and re.fullmatch(rf"\d{{1,8}}[.,]\d{{{digits}}}", text, re.ASCII):
        amount = int(re.sub(r"\D", "", text))
        return "abs(s.total + s.rounding) = ?", (amount,)
    if re.fullmatch("[0-9]{1,9}", text):
        scaled = int(text) * 10**digits
        known = "s.id IN (SELECT sale FROM tender WHERE reference LIKE ?)"
        return f"(s.number = ? OR abs(s.total + s.rounding) = ? OR {known})", (int(text), scaled, f"%{text}")
    return "s.id IN (SELECT sale FROM sale_line WHERE name LIKE ? ESCAPE '\\' OR sku = ? OR code = ?)", (
        "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%", text, text,
    )  # fmt: skip


def _found(
    box: Box, where: str, values: tuple[Any, ...], lang: str, limit: int, page: int
) -> list[dict[str, Any]]:
    return [
        {
            "uid": uid, "receipt": receipt_number(box, lane, series, number), "kind": kind, "lane": lane,
            "at_us": at_us, "date": date, "total": total, "by": zh if lang.startswith("zh") else en, "lines": lines,
            "tenders": sorted((tenders or "").split(",")) if tenders else [], "voided": bool(voided), "mode": mode,
        }
        for _, uid, kind, lane, series, number, at_us, date, total, zh, en, lines, tenders, voided, mode
        in rows(box.db, _SELECT + where + _NEWEST, (*values, limit, limit * page))
    ]  # fmt: skip
