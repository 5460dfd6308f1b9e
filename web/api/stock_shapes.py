"""The shapes of a lane's stock screen, for the OpenAPI document; the desk itself checks its commands' arguments."""

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

_QTY = {**whole(-9_999_000, 9_999_000, 1000), "description": "thousandths"}
_KEY = text(64, example="12")
_GOODS = {"product": whole(1), "name": text(), "sku": text(), "unit": choice("pc", "kg"), "stock": null_or(whole())}

# command -> (what it does, its fields beyond id)
COMMANDS: dict[str, tuple[str, dict[str, Shape]]] = {
    "tab": ("What the screen shows, and where scans go.", {"tab": text(16, example="delivery")}),
    "scan": ("A code typed, as if it had been scanned.", {"code": text(20480)}),
    "dismiss": ("What was said was read.", {}),
    "more": ("Show more lines.", {}),
    "put": ("A product of the grid, weighed goods with their weight.", {"product": whole(1), "qty": opt(_QTY)}),
    "line": (
        "What a line says from now on.",
        {"line": _KEY, "qty": opt(_QTY), "lot": opt(text(40)), "expiry": opt(text(10)), "cost": opt(null_or(money(0)))},
    ),
    "remove": ("Take a line off.", {"line": _KEY}),
    "undo": ("The last change is taken back.", {}),
    "head": (
        "What is written on the list.",
        {"supplier": opt(text(80)), "note": opt(text(200)), "reason": opt(text(40))},
    ),
    "clear": ("Empty the list.", {}),
    "book": ("Book the list that the screen shows, once.", {"list": text(64, example="0f3c")}),
    "count/start": ("Begin a count of what is counted, of a category, or of everything (*).", {"scope": text(64)}),
    "count/book": (
        "End the count and book it; choices say who is right where people differ.",
        {"count": text(64, example="0f3c"), "choices": opt(null_or(by_name(anything(), "^\\d+$")))},
    ),
    "count/drop": ("End the count and book nothing.", {"count": text(64, example="0f3c")}),
}
VIEW = obj(
    "StockView", rev=whole(0), tab=text(), store=text(), lane=obj(id=text(), mode=text()),
    staff=obj(name=text(), initial=text(), role=text()), can=by_name(choice("allow", "approve", "deny")),
    touched=text(), notice=null_or(obj()), undo=null_or(obj(what=text(), left_ms=whole())), sheet=null_or(obj()),
    count=null_or(obj()),
)  # fmt: skip
LIST = obj("StockList", rows=many(obj(product=whole(1))), total=whole(0), day_known=flag())
PRODUCT = obj(
    "StockProduct", **_GOODS,
    lots=many(obj(lot=text(), expiry=text(example="2026-11-30"), qty=whole(), left=null_or(whole()))),
    moves=many(obj(qty=whole(), reason=text(), when=text(), lot=null_or(text()), expiry=null_or(text()))),
)  # fmt: skip
REVIEW = obj("StockReview", uid=text(), same=whole(0), differing=many(obj()), unsettled=many(obj()))
