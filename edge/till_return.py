"""The till's commands about goods that come back: from a receipt, or with approval without one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from edge import audit, catalog, returns
from edge.args import text, whole
from edge.base.sqlite import row
from edge.basket import CHARGES, Asked
from edge.catalog import Product
from edge.errors import ShopError
from edge.lane import LaneState
from edge.staff import Session
from edge.tenders import MAX_AMOUNT

_SKU = "SELECT sku FROM sale_line WHERE sale = ? AND n = ?"


def open_receipt(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{receipt} or {sale}: show what may still be given back of it."""
    box = till.box
    if args.get("sale"):
        found = returns.by_uid(box, text(args, "sale"))
    else:
        found = returns.find(box, text(args, "receipt"))
    till.ask(session, "sale.return", receipt=found.receipt)
    if found.state != "open":
        raise ShopError(f"receipt_{found.state}", receipt=found.receipt)
    till.returning = found
    till.notice = None
    till.sound("ok")


def take(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{line, qty?, fit?}: put one line of the open receipt into the basket, all that is left unless qty says less.

    fit false: it is no longer good and does not go back on the shelf.
    """
    found = till.returning
    if found is None:
        raise ShopError("receipt_unknown", status=404)
    fresh = returns.by_uid(till.box, found.uid)  # another till may have been faster
    sold = next((x for x in fresh.lines if x.source.n == whole(args, "line")), None)
    if sold is None or sold.category in returns.FIXED:
        raise ShopError("line_gone")
    if any(x.source and (x.source.sale, x.source.n) == (fresh.id, sold.source.n) for x in till.basket.lines):
        raise ShopError("return_there")
    qty = sold.source.left if args.get("qty") is None else whole(args, "qty")
    if not 0 < qty <= sold.source.left:
        raise ShopError("return_too_many", left=sold.source.left // 1000)
    if sold.unit == "pc" and qty % 1000:
        raise ShopError("whole_pieces")
    basket = till.open_basket()
    line = basket.add(
        _product(till, sold), -qty, None, sold.code, source=replace(sold.source, fit=args.get("fit") is not False)
    )
    if basket.member is None:
        basket.member = fresh.member
    till.returning = returns.by_uid(till.box, fresh.uid)
    till.sound("ok", line.n)


def blind(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{product, qty, price, reason}: without a receipt, for at most today's price, with a second person."""
    product = catalog.by_id(till.box.db, till.open_basket().versions, whole(args, "product"))
    if product is None or product.flags and not CHARGES.isdisjoint(product.flags):
        raise ShopError("product_gone", status=404)
    qty, reason = whole(args, "qty"), text(args, "reason", 80).strip()
    price = whole(args, "price") if args.get("price") is not None else product.price
    if qty <= 0 or (product.unit == "pc" and qty % 1000):
        raise ShopError("whole_pieces")
    if not reason:
        raise ShopError("reason_missing", status=422)
    if not 0 <= price <= min(product.price or MAX_AMOUNT, MAX_AMOUNT):
        raise ShopError("return_price", status=422, limit=product.price)
    name = product.name(session.lang)
    approver = till.ask(session, "sale.return_blind", name=name, price=price, qty=qty)
    with till.box.transaction():
        audit.note(
            till.box, "return_without_receipt", session.person, lane=till.lane.id, approver=approver, reason=reason,
            mode=till.lane.mode, basket=till.basket.uid, sku=product.sku, qty=qty, price=price,
        )  # fmt: skip
    asked = Asked(price, reason, approver.id if approver else None)
    line = till.basket.add(product, -qty, back=True, asked=asked)
    till.catch = ""
    till.sound("ok", line.n)


def close(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """The receipt is put away; what was taken from it stays in the basket."""
    till.returning = None


def _product(till: LaneState, sold: returns.Sold) -> Product:
    """The product as today's catalogue has it, or what the receipt knows of one that is sold no more."""
    versions = till.basket.versions
    found = catalog.by_id(till.box.db, versions, sold.product)
    if found is not None:
        return replace(found, name_zh=sold.name, name_en=sold.name) if found.unit != sold.unit else found
    sku = row(till.box.db, _SKU, (sold.source.sale, sold.source.n))
    return Product(
        sold.product, sku[0] if sku else "", None, sold.name, sold.name, sold.category, "tag", sold.unit,
        sold.source.group, (), sold.source.unit_price, None,
    )  # fmt: skip


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "return/open": open_receipt,
    "return/take": take,
    "return/blind": blind,
    "return/close": close,
}
