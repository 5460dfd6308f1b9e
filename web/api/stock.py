"""Stock, to look at: what there is of each product, and what runs low, expires or is below zero.

What changes stock is done at a lane's own stock screen.
"""

from __future__ import annotations

from typing import Any

from werkzeug.exceptions import NotFound

from edge import catalog, prices, stock_view
from web.api.frame import Call, speaks
from web.api.shapes import choice, flag, many, null_or, obj, opt, page_of, text, whole

PAGE = 50
_GOODS = {
    "product": whole(1), "name": text(example="Milk 1 l"), "sku": text(example="MILK"), "unit": choice("pc", "kg"),
    "stock": null_or(whole(example=12_000)),
}  # fmt: skip
ROW = obj("StockOnHand", **_GOODS, category=text(example="Dairy"))
_LACK = obj(
    "StockLack", **_GOODS, qty=whole(example=1000), low=opt(whole(0)), a_day=opt(whole(0)), days=opt(null_or(whole())),
    lot=opt(text()), expiry=opt(text(example="2026-11-30")), left=opt(null_or(whole())), off=opt(whole(0)),
    since=opt(text()),
)  # fmt: skip
LACKS = obj("StockLacks", rows=many(_LACK), total=whole(0), day_known=flag())
PRODUCT = obj(
    "StockOf", **_GOODS,
    lots=many(obj(lot=text(), expiry=text(example="2026-11-30"), qty=whole(), left=null_or(whole()))),
    moves=many(obj(qty=whole(), reason=text(example="sale"), when=text(example="14:05"), lot=text(), expiry=text())),
)  # fmt: skip


@speaks(page_of(ROW, "Stock"), query={"q": text(64, example="milk"), "page": whole(0, 1_000_000, 0)})
def listed(call: Call) -> Any:
    """What there is of each product: those that a text finds, or all in pages; null: it is not counted."""
    page, box = call.query.get("page", 0), call.box
    found, total = prices.page(box, call.query.get("q", ""), page, PAGE)
    goods = stock_view.named(box, call.lang, [product.id for product in found])
    chinese = call.lang.startswith("zh")
    names = {
        each.id: each.name_zh if chinese else each.name_en
        for each in catalog.categories(box.db, catalog.current(box.db))
    }
    rows = [{**goods[product.id], "category": names.get(product.category, product.category)} for product in found]
    return {"rows": rows, "total": total, "page": page, "pages": -(-total // PAGE)}


@speaks(LACKS)
def lacks(call: Call) -> Any:
    """What runs low, expires soon or is below zero, the most pressing first."""
    which = call.path["which"]
    if which not in ("low", "expiring", "negative"):
        raise NotFound
    return stock_view.listed(call.box, which, call.lang)


@speaks(PRODUCT, refusals=("404 not_found",))
def look(call: Call) -> Any:
    """What there is of a product, in which lots, and what moved last."""
    try:
        return stock_view.product(call.box, call.path["product"], call.lang)
    except (KeyError, OverflowError):
        raise NotFound from None
