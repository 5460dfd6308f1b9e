"""The till's commands about the lines of the open basket: what is in it, at which price, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge import accounts, audit, catalog, codes, gs1, lots, storedvalue
from edge.args import text, whole
from edge.base.money import round_div
from edge.basket import MAX_QTY, Asked, Line
from edge.catalog import Product
from edge.errors import ShopError
from edge.lane import LaneState
from edge.pricing import Cut
from edge.staff import Session
from edge.tenders import MAX_AMOUNT

UNDO_NS = 8_000_000_000
MAX_MULTIPLIER = 9_999
NOTE_CHARS, SERIAL_CHARS = 80, 40


def put(till: LaneState, product: Product, qty: int, amount: int | None, code: str | None, **said: Any) -> Line:
    """Put something into the open basket, with the deposit that belongs to it, and let it be heard."""
    basket = till.open_basket()
    apart = not {"serial", "lot", "stored"}.isdisjoint(product.flags)  # each piece, and each card, is one of its own
    line = basket.add(product, qty, amount, code, apart=apart, **said)
    if product.deposit is not None:
        deposit = catalog.by_id(till.box.db, basket.versions, product.deposit)
        if deposit is not None:
            basket.tie(line, deposit)
    till.multiplier = 1
    till.notice = None
    asks = ("age18" in product.flags and not basket.age_ok) or line.missing
    till.sound("attention" if asks else "ok", line.n)
    return line


def add(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{product, qty?} a tile; {gross, tare} weighed goods in a container; {price} where the price is open."""
    product = catalog.by_id(till.box.db, till.open_basket().versions, whole(args, "product"))
    if product is None:
        raise ShopError("product_gone", status=404)
    said: dict[str, Any] = {}
    if "open_price" in product.flags:
        said["asked"] = Asked(_open_price(till, session, args, product))
    put(till, product, _quantity(till, product, args), None, None, **said)


def _quantity(till: LaneState, product: Product, args: dict[str, Any]) -> int:
    if args.get("gross") is not None:
        if product.unit != "kg":
            raise ShopError("whole_pieces")
        net = whole(args, "gross") - (whole(args, "tare") if args.get("tare") is not None else 0)
        if net <= 0:
            raise ShopError("tare_too_heavy", status=422)
        return net
    qty = whole(args, "qty") if args.get("qty") is not None else 1000 * till.multiplier
    if qty <= 0:
        raise ShopError("qty_out_of_bounds", limit=MAX_QTY // 1000)  # what comes back has commands of its own
    if product.unit == "kg" and args.get("qty") is None:
        raise ShopError("needs_weight")
    if product.unit == "pc" and qty % 1000:
        raise ShopError("whole_pieces")
    return qty


def _open_price(till: LaneState, session: Session, args: dict[str, Any], product: Product) -> int:
    if args.get("price") is None:
        raise ShopError("needs_price", product=product.id)
    till.ask(session, "sale.open_price")
    price = whole(args, "price")
    if not 0 < price <= MAX_AMOUNT:
        raise ShopError("amount_out_of_bounds", status=422)
    return price


def scanned(till: LaneState, product: Product, code: codes.Code, *, expired: bool = False) -> None:
    """Put in what a code names. expired: somebody allowed it although its date is past."""
    if code.kind == "label" and (code.plu or code.amount or product.unit == "kg"):
        qty, amount = weighed(till, product, code), code.amount or None
    elif product.unit == "kg" or "open_price" in product.flags:
        name = product.name(till.operator.lang if till.operator else till.box.config.store.languages[0])
        raise ShopError("needs_weight" if product.unit == "kg" else "needs_price", product=product.id, name=name)
    else:
        qty, amount = 1000 * till.multiplier, None
    if not (code.lot or code.expiry):
        put(till, product, qty, amount, code.text)
        return
    said = dated(till, product, code.lot or "", code.expiry or "", expired=expired)
    put(till, product, qty, amount, code.text, **said)
    _say_unsure(till, said)


def weighed(till: LaneState, product: Product, code: codes.Code) -> int:
    """What a scale's label says in thousandths: its weight, or what its amount pays for."""
    if not code.qty and not code.amount:
        raise ShopError("needs_weight")
    if till.multiplier > 1:
        raise ShopError("label_qty_fixed")
    if product.unit == "pc" and not code.amount:
        raise ShopError("whole_pieces")
    if not code.qty and code.amount and product.unit == "kg" and product.price:
        # Only the amount is printed: stock and receipt take the weight that it pays for.
        return min(MAX_QTY, max(1, round_div(code.amount * 1000, product.price)))
    return code.qty or 1000


def dated(till: LaneState, product: Product, lot: str, expiry: str, *, expired: bool = False) -> dict[str, Any]:
    """What is known of a lot beyond the article: its date, and the mark-down of goods that expire soon.

    The date is the code's, else that of the delivery which brought the lot. ShopError("expired_code") once it is past,
    unless somebody allowed it (expired).
    """
    expiry = expiry or lots.expiry_of(till.box, product.id, lot)
    left = lots.days_left(till.box, expiry)
    if left is not None and left < 0 and not expired:
        raise ShopError("expired_code", product=product.id, lot=lot, expiry=expiry)
    said: dict[str, Any] = {name: value for name, value in (("lot", lot), ("expiry", expiry)) if value}
    if off := markdown(till, expiry):
        said["cut"] = Cut("percent", off, "expiry", part="expiry")
    return said


def markdown(till: LaneState, expiry: str) -> int:
    """What the shop takes off goods with this expiry date, in basis points: of its rules the nearest that holds.

    Nothing while the box does not know what day it is.
    """
    left = lots.days_left(till.box, expiry)
    return 0 if left is None else next((off for days, off in till.box.rules.markdowns if left <= days), 0)


def _say_unsure(till: LaneState, said: dict[str, Any]) -> None:
    """Why nothing was refused or marked down: the cashier's own look at the date must do."""
    if said.get("expiry") and not lots.knows_the_day(till.box):
        till.tell("warn", "day_unknown", expiry=said["expiry"])


def sell_expired(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{code, reason?}: put goods in although their date is past; a cashier needs a second person."""
    code = gs1.identify(till.box, text(args, "code"), None)
    product = catalog.find(till.box, till.open_basket().versions, code.candidates)
    if product is None or not (code.lot or code.expiry):
        raise ShopError("product_gone", status=404)
    _allow_expired(till, session, product, code.lot or "", code.expiry or "", args)
    scanned(till, product, code, expired=True)


def _allow_expired(
    till: LaneState, session: Session, product: Product, lot: str, expiry: str, args: dict[str, Any]
) -> None:
    expiry = expiry or lots.expiry_of(till.box, product.id, lot)
    approver = till.ask(session, "sale.expired", name=product.name(session.lang), expiry=expiry)
    reason = _reason(args) if args.get("reason") is not None else "expired"
    _noted(till, session, "expired_sold", approver, reason, sku=product.sku, lot=lot, expiry=expiry)


def qty(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    amount = whole(args, "qty")
    if amount % 1000:
        raise ShopError("whole_pieces")
    till.basket.set_qty(whole(args, "line"), amount)


def remove(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    till.basket.remove(whole(args, "line"))
    till.basket.undo_until_ns = till.box.env.clock.mono_ns() + UNDO_NS


def clear(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    if till.basket.paid:
        raise ShopError("basket_part_paid")
    till.basket.clear()
    till.basket.undo_until_ns = till.box.env.clock.mono_ns() + UNDO_NS


def undo(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    till.basket.undo()
    till.basket.undo_until_ns = 0


def multiply(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    n = whole(args, "n")
    if not 1 <= n <= MAX_MULTIPLIER:
        raise ShopError("qty_out_of_bounds", limit=MAX_MULTIPLIER)
    till.multiplier = n


def price(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{line, price, reason}: ask another price than the shelf's. {line, price: null}: the shelf's again."""
    line = _goods(till, args)
    if args.get("price") is None:
        if "open_price" in line.product.flags:
            raise ShopError("needs_price", product=line.product.id)
        till.basket.change(line.n, asked=None)
        return
    if line.amount is not None:
        raise ShopError("label_qty_fixed")
    amount, reason = whole(args, "price"), _reason(args)
    if not 0 <= amount <= MAX_AMOUNT:
        raise ShopError("amount_out_of_bounds", status=422)
    facts = {"name": line.product.name(session.lang), "price": amount, "listed": line.product.price}
    approver = till.ask(session, "sale.price", **facts)
    _noted(till, session, "price_changed", approver, reason, line=line.n, sku=line.product.sku,
           listed=line.product.price, price=amount)  # fmt: skip
    till.basket.change(line.n, asked=Asked(amount, reason, approver.id if approver else None), cut=None)


def cut_line(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{line, percent | amount, reason}: take something off a line; {line} alone: no longer."""
    line = _goods(till, args)
    if args.get("percent") is None and args.get("amount") is None:
        till.basket.change(line.n, cut=None)
        return
    whole_line = till.basket.priced()[till.basket.lines.index(line)]
    before = whole_line.total + sum(amount for kind, amount in whole_line.by_hand if kind != "basket")
    made = _cut(till, session, args, "line", before, line.product.name(session.lang))
    till.basket.change(line.n, cut=made)


def cut_basket(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{percent | amount, reason}: take something off the whole basket; {}: no longer."""
    if args.get("percent") is None and args.get("amount") is None:
        till.basket.take_off(None)
        return
    goods = [p for line, p in zip(till.basket.lines, till.basket.priced(), strict=True) if not line.charge]
    before = sum(p.total + sum(x for kind, x in p.parts if kind == "basket") for p in goods if p.total > 0)
    if not before:
        raise ShopError("basket_empty")
    till.basket.take_off(_cut(till, session, args, "basket", before, ""))


def _cut(till: LaneState, session: Session, args: dict[str, Any], what: str, before: int, name: str) -> Cut:
    kind = "percent" if args.get("percent") is not None else "amount"
    value, reason = whole(args, kind), _reason(args)
    if not 0 < value <= (10_000 if kind == "percent" else MAX_AMOUNT):
        raise ShopError("amount_out_of_bounds", status=422)
    cut = Cut(kind, value, reason)
    off = cut.of(before)
    till.ask(session, "sale.discount")
    limit = till.box.rules.discount_bp[what]
    over = value > limit if kind == "percent" else off * 10_000 > before * limit
    approver = till.ask(session, "sale.discount_over", what=what, name=name, amount=off) if over else None
    _noted(till, session, "discount_given", approver, reason, what=what, kind=kind, value=value, amount=off)
    # Who may alone has allowed it, whoever takes the money then.
    return Cut(kind, value, reason, (approver or session.person).id if over else None)


def note(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{line, note}: a few words that the receipt repeats; "" takes them off."""
    words = text(args, "note", NOTE_CHARS).strip()
    if not words.isprintable():
        raise ShopError("bad_request", status=422, field="note")
    till.basket.change(_goods(till, args).n, note=words)


def trace(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{line, serial | lot, expired?}: which piece it is, as goods ask for that must be traced.

    A lot whose delivery gave it a date is taken by it; expired true: although that date is past (see sell_expired).
    """
    line = _goods(till, args)
    said: dict[str, Any] = {n: codes.traced(text(args, n, SERIAL_CHARS)) for n in ("serial", "lot") if args.get(n)}
    if not said or not all(value and value.isprintable() for value in said.values()):
        raise ShopError("bad_request", status=422, field="serial")
    if "serial" in said:
        if any(x.serial == said["serial"] and x.product.id == line.product.id for x in till.basket.lines if x != line):
            raise ShopError("serial_twice", status=422)
        if line.qty != 1000:
            raise ShopError("serial_one_each", status=422)
    if "lot" in said:
        if args.get("expired") is True:
            _allow_expired(till, session, line.product, said["lot"], line.expiry, args)
        known = dated(till, line.product, said["lot"], line.expiry, expired=args.get("expired") is True)
        said |= known if line.cut is None else {name: known[name] for name in known if name != "cut"}
    till.basket.change(line.n, **said)
    till.catch = ""  # what was waited for is there; the next scan is goods again
    till.sound("ok", line.n)
    _say_unsure(till, said)


def age(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{ok: true}: old enough, for this basket; {ok: false}: not, and what needs it leaves the basket."""
    if args.get("ok") is True:
        till.basket.age_ok = True
        return
    for line in [x for x in till.basket.lines if "age18" in x.product.flags]:
        till.basket.remove(line.n)
    with till.box.transaction():
        audit.note(till.box, "age_refused", session.person, lane=till.lane.id, mode=till.lane.mode)
    till.tell("info", "age_refused")


def empties(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{product, qty}: empty bottles come back; their deposit goes out."""
    product = catalog.by_id(till.box.db, till.open_basket().versions, whole(args, "product"))
    if product is None or "deposit" not in product.flags:
        raise ShopError("product_gone", status=404)
    qty = whole(args, "qty")
    if qty <= 0 or qty % 1000:
        raise ShopError("whole_pieces")
    put(till, product, -qty, None, None)


def top_up(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{card, amount}: put money on a stored-value card."""
    card, amount = text(args, "card").strip().upper(), whole(args, "amount")
    if not storedvalue.is_card(card):
        raise ShopError("value_unknown", status=404)
    if not 0 < amount <= MAX_AMOUNT:
        raise ShopError("amount_out_of_bounds", status=422)
    till.ask(session, "value.top_up")
    put(till, storedvalue.TOP_UP, 1000, None, card, asked=Asked(amount))


def pay_account(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{amount}: the member pays off what was bought on account."""
    amount, member = whole(args, "amount"), till.basket.member
    if member is None:
        raise ShopError("tender_needs", status=422, kind="account")
    if not 0 < amount <= MAX_AMOUNT:
        raise ShopError("amount_out_of_bounds", status=422)
    if any("account" in line.product.flags for line in till.basket.lines):
        raise ShopError("line_as_it_is")
    accounts.may_pay(till.box, member, amount, till.lane.mode)
    put(till, accounts.PAYMENT, 1000, None, None, asked=Asked(amount))


def _goods(till: LaneState, args: dict[str, Any]) -> Line:
    """The line that is meant, unless nothing may be said of it."""
    line = till.basket.line(whole(args, "line"))
    if line.source is not None or line.charge or line.qty < 0 or line.given:
        raise ShopError("line_as_it_is")
    return line


def _reason(args: dict[str, Any]) -> str:
    reason = text(args, "reason", NOTE_CHARS).strip()
    if not reason or not reason.isprintable():
        raise ShopError("reason_missing", status=422)
    return reason


def _noted(till: LaneState, session: Session, action: str, approver: Any, reason: str, **detail: Any) -> None:
    with till.box.transaction():
        audit.note(
            till.box, action, session.person, lane=till.lane.id, approver=approver, reason=reason, mode=till.lane.mode,
            basket=till.basket.uid, **detail,
        )  # fmt: skip


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "add": add,
    "qty": qty,
    "remove": remove,
    "clear": clear,
    "undo": undo,
    "multiply": multiply,
    "line/price": price,
    "line/discount": cut_line,
    "line/note": note,
    "line/trace": trace,
    "discount": cut_basket,
    "age": age,
    "expired/sell": sell_expired,
    "empties": empties,
    "value/top-up": top_up,
    "account/pay": pay_account,
}
