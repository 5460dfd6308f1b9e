"""The shapes of the stock screen's routes, for the OpenAPI document: what a command takes, what a view shows.

The commands' arguments are checked by the desk itself (edge/stock_desk.py).
"""

from __future__ import annotations

from web.api.shapes import (
    Shape,
    anything,
    by_name,
    choice,
    flag,
    many,
    money,
    null_or,
    obj,
    opt,
    text,
    whole,
)

_QTY = {**whole(-100_000_000, 100_000_000, 12_000), "description": "thousandths"}
_LOT = text(40, example="L7")
_DAY = {**text(10, example="2027-01-31"), "description": "a calendar date, or nothing"}
_WORDS = text(80, example="Dairy Ltd")
_REASON = text(80, example="broken")
_LINE = {**text(200, example="1"), "description": "as the view names it"}
_WHO = whole(1, example=2)
_WHEN = text(example="2026-11-22 14:05")
_TAB = choice("delivery", "write_off", "count", "low", "expiring", "negative")

# command -> (what it does, its fields beyond id)
STOCK: dict[str, tuple[str, dict[str, Shape]]] = {
    "tab": ("What the screen shows, and where scans go.", {"tab": _TAB}),
    "scan": ("A code that was typed: as if it had been scanned.", {"code": text(128, example="6901234567892")}),
    "dismiss": ("The notice was read.", {}),
    "more": ("Show more lines of the list.", {}),
    "put": ("Goods that were found by name; weighed ones with their weight.", {"product": whole(1), "qty": opt(_QTY)}),
    "line": (
        "What a line says from now on; of a count only its quantity.",
        {"line": _LINE, "qty": opt(_QTY), "lot": opt(_LOT), "expiry": opt(_DAY), "cost": opt(money(0, example=900))},
    ),
    "remove": ("Take a line off; of a count, as if it had not been counted.", {"line": _LINE}),
    "undo": ("The last change of the lines is taken back, for eight seconds.", {}),
    "head": (
        "What is written on the list.",
        {"supplier": opt(_WORDS), "note": opt(_WORDS), "reason": opt(_REASON)},
    ),
    "clear": ("Begin the list anew; nothing is booked.", {}),
    "book": ("Book the list that the screen shows.", {"list": text(64, example="d1")}),
    "count/start": (
        "Begin a count: of what is scanned (nothing), of everything (*), or of a category.",
        {"scope": text(64, example="drink")},
    ),
    "count/book": (
        "End the count and book its differences.",
        {"count": text(64, example="c1"), "choices": opt(null_or(by_name(anything())))},
    ),
    "count/drop": ("End the count and book nothing.", {"count": text(64, example="c1")}),
}  # fmt: skip


def command(title: str, fields: dict[str, Shape]) -> Shape:
    """The body of a command of the stock screen."""
    own = {**text(64, example="c1"), "description": "The command's own; the header Idempotency-Key says the same."}
    return obj(title, {"id": opt(own), **fields})


_GOODS: dict[str, Shape] = {
    "product": whole(1),
    "name": text(example="Milk 1 l"),
    "sku": text(example="MILK"),
    "unit": choice("pc", "kg"),
    "stock": null_or(_QTY),
}
_SHELF = obj(id=text(example="drink"), name=text(example="Drinks"))
_SHEET = obj(
    "StockSheet", uid=text(), supplier=text(), note=text(), reason=text(), booking=flag(False),
    lines=many(obj("StockSheetLine", _GOODS, line=_LINE, qty=_QTY, lot=_LOT, expiry=_DAY, cost=null_or(money(0)))),
    count=whole(0), pieces=_QTY, kilos=_QTY, suppliers=many(_WORDS),
)  # fmt: skip
_COUNT = obj(
    "StockCount", uid=text(), shelves=many(_SHELF), count=whole(0),
    lines=many(obj("StockTally", _GOODS, line=_LINE, qty=_QTY, lot=_LOT, expiry=_DAY)),
    scope=opt(text()), state=opt(choice("open", "booking")), by=opt(text()), since=opt(_WHEN),
    people=opt(many(obj(name=text(), lines=whole(0), me=flag()))),
)  # fmt: skip
VIEW = obj(
    "StockView", rev=whole(0), tab=_TAB, store=text(), lane=obj(id=text(), mode=text()),
    staff=obj(name=text(), initial=text(), role=text()), can=by_name(choice("allow", "approve", "deny")),
    touched=_LINE, undo=null_or(obj(what=choice("removed", "cleared", "changed"), left_ms=whole(0))),
    notice=null_or(obj(seq=whole(0), level=text(), slug=text(), code=text(), params=by_name(anything()))),
    scan=null_or(obj(seq=whole(0), sound=text())), sheet=null_or(_SHEET), count=null_or(_COUNT), visit=opt(whole(0)),
)  # fmt: skip
_FOUND: dict[str, Shape] = {**_GOODS, "counted": _QTY, "book": _QTY}
REVIEW = obj(
    "StockReview", uid=text(), same=whole(0),
    differing=many(obj("StockDifference", _FOUND, difference=_QTY, moved=flag(), begun=flag())),
    unsettled=many(obj("StockUnsettled", _GOODS, people=many(obj(id=_WHO, name=text(), counted=_QTY, book=_QTY)))),
    missing=many(obj("StockMissing", _GOODS, book=_QTY)),
    missing_count=whole(0), differing_count=whole(0), unsettled_count=whole(0),
)  # fmt: skip
LISTED = obj(
    "StockList", total=whole(0), day_known=flag(),
    rows=many(obj(
        "StockRow", _GOODS, qty=_QTY, low=opt(_QTY), a_day=opt(_QTY), days=opt(null_or(whole(0))), lot=opt(_LOT),
        expiry=opt(_DAY), left=opt(null_or(whole())), off=opt(whole(0, 10_000)), since=opt(text()),
    )),
)  # fmt: skip
_KNOWN_LOT = obj("StockLot", lot=_LOT, expiry=_DAY, qty=_QTY, left=null_or(whole()))
_MOVE = obj("StockMove", qty=_QTY, reason=text(example="sale"), when=_WHEN, lot=_LOT, expiry=_DAY)
PRODUCT = obj("StockProduct", _GOODS, lots=many(_KNOWN_LOT), moves=many(_MOVE))
