"""The till's commands about goods that come back: from a receipt, or with approval without one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from edge import audit, catalog, returns
from edge.args import text, whole
from edge.base.sqlite import row
from edge.basket import CHARGES, Asked, Source
from edge.errors import ShopError
from edge.lane import LaneState
from edge.staff import Session
from edge.tenders import MAX_AMOUNT

_NAMED = "SELECT lot, serial, expiry FROM line_extra WHERE sale = ? AND n = ?"


def open_receipt(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{receipt} or {sale}: show what may still be given back of it."""
    box = till.box
    if args.get("sale"):
        found = returns.by_uid(box, text(args, "sale"))
    else:
        found = returns.find(box, text(args, "receipt"))
    till.ask(session, "sale.return", receipt=found.receipt)
    if found.mode != till.lane.mode:
        raise ShopError("receipt_unknown", status=404)  # practice is a world of its own
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
    source = replace(sold.source, fit=args.get("fit") is not False)
    product = returns.product_of(till.box, basket.versions, source)
    assert product is not None
    line = basket.add(product, -qty, None, sold.code, source=source, **_named(till, source))
    if basket.member is None:
        basket.member = returns.member_of(till.box, fresh.id)
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
    if not reason or not reason.isprintable():
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


def _named(till: LaneState, source: Source) -> dict[str, Any]:
    """Which piece or lot was sold: it goes back where it came from."""
    found = row(till.box.db, _NAMED, (source.sale, source.n)) or (None, None, None)
    return {name: value for name, value in zip(("lot", "serial", "expiry"), found, strict=True) if value}


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "return/open": open_receipt,
    "return/take": take,
    "return/blind": blind,
    "return/close": close,
}
