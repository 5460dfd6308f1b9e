"""The till's commands about money and paper: taking it in parts, completing, voiding, printing again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from edge import accounts, audit, checkout, codes, printing, returns, storedvalue, till_coupons, till_points, voids
from edge.args import text, whole
from edge.base.i18n import t
from edge.base.money import fmt_money
from edge.basket import fresh
from edge.errors import ShopError
from edge.lane import LaneState
from edge.pricing import cash_due
from edge.sales import tenders_of
from edge.staff import Session
from edge.tenders import KINDS, MAX_AMOUNT, Tender


def pay(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{tenders}: complete the sale, or give back what a return comes to. The same basket again shows the same sale."""
    uid = text(args, "basket")
    if uid != till.basket.uid:
        done = checkout.find_sale(till.box.db, till.box, uid)
        if done is None:
            raise ShopError("basket_gone")
        till.done = done
        return
    given = args.get("tenders")
    if not isinstance(given, list):
        raise ShopError("bad_request", status=422, field="tenders")
    if till.basket.coupons and not till_coupons.looked_at_again(till):
        return
    tenders = [tender(entry, till.box.currency.code) for entry in given]
    totals = till.basket.totals(till.box.rules.tax)
    if till.basket.cut is not None or till.basket.special:
        _within_limits(till, session)
    along = _with_account(till, tenders, totals.total, _allowed(till, session, tenders, totals.total))
    till.done = checkout.complete_sale(till.box, till.basket, tenders, till.station(session), along)
    till.basket = fresh(till.box, till.lane.id)
    till.notice, till.multiplier, till.returning, till.catch = None, 1, None, ""
    till.sound("done")


def _within_limits(till: LaneState, session: Session) -> None:
    """An amount off that a cashier may give of a full cart may be too much of what is left in it when it is paid.

    Asked once for all of it, so that whoever allows it knows the sum.
    """
    basket, limits = till.basket, till.box.rules.discount_bp
    priced, over = basket.priced(), dict[int, int]()
    for line, p in zip(basket.lines, priced, strict=True):
        off = sum(amount for kind, amount in p.by_hand if kind != "basket")
        before = p.total + sum(amount for _, amount in p.by_hand)
        if line.cut is not None and line.cut.unasked and off * 10_000 > before * limits["line"]:
            over[line.n] = off
    off = sum(amount for p in priced for kind, amount in p.parts if kind == "basket" and amount > 0)
    before = off + sum(p.total for x, p in zip(basket.lines, priced, strict=True) if p.total > 0 and not x.charge)
    if basket.cut is not None and basket.cut.unasked and off * 10_000 > before * limits["basket"]:
        over[0] = off
    if not over:
        return
    name = basket.line(next(iter(over))).product.name(session.lang) if len(over) == 1 and 0 not in over else ""
    facts = {"what": "line" if name else "basket", "name": name, "amount": sum(over.values())}
    if (approver := till.ask(session, "sale.discount_over", **facts)) is None:
        return
    for n in over:
        cut = basket.cut if n == 0 else basket.line(n).cut
        assert cut is not None
        allowed = replace(cut, approver=approver.id)
        if n == 0:
            basket.take_off(allowed)
        else:
            basket.change(n, cut=allowed)


def _allowed(
    till: LaneState, session: Session, tenders: list[Tender], total: int
) -> Callable[[int], object] | None:
    """Money that a cashier may not take or give alone; what must be noted of it beside the sale."""
    if total >= 0:
        owing = sum(x.received for x in tenders if x.kind == "account")
        if owing or any(kind == "account" for kind, _, _ in till.basket.paid):
            _on_account(till, session, owing)  # another till may have been faster than a part that waits
        return None
    planned = _sums(refund_plan(till))
    other: dict[str, int] = {}
    for (kind, reference), amount in _sums(tenders).items():
        most = planned.get((kind, reference), 0) + (till.box.rules.cash_step - 1 if kind == "cash" else 0)
        if amount > most:
            other[kind] = other.get(kind, 0) + amount
    if not other:
        return None
    approver = till.ask(session, "sale.refund_other", kind=min(other), amount=sum(other.values()))
    return lambda sale: audit.note(
        till.box, "refund_other", session.person, lane=till.lane.id, approver=approver, sale=sale,
        mode=till.lane.mode, basket=till.basket.uid, kinds=" ".join(sorted(other)), amount=sum(other.values()),
    )  # fmt: skip


def _on_account(till: LaneState, session: Session, amount: int) -> None:
    """Whether the member may owe so much more than by the parts that were taken already, and who allows it."""
    member = till.basket.member
    if member is None:
        raise ShopError("tender_needs", status=422, kind="account")
    taken = sum(part for kind, part, _ in till.basket.paid if kind == "account")
    accounts.may_owe(till.box, member, taken + amount, till.lane.mode)
    if amount:
        till.ask(session, "sale.account", amount=amount)


def _with_account(
    till: LaneState, tenders: list[Tender], total: int, noted: Callable[[int], object] | None
) -> Callable[[int], object] | None:
    """noted, and where a debt is made, a look at it once the sale is written.

    Since it was allowed the member may have become another, and another till may have been faster.
    """
    basket, box, mode, member = till.basket, till.box, till.lane.mode, till.basket.member
    owing = any(kind == "account" for kind in (*(x.kind for x in tenders), *(x[0] for x in basket.paid)))
    if not owing or member is None or total < 0:
        return noted

    def along(sale: int) -> None:
        accounts.may_owe(box, member, 0, mode)
        if noted is not None:
            noted(sale)

    return along


def _sums(tenders: Sequence[Tender]) -> dict[tuple[str, str | None], int]:
    """What goes to each kind, and of stored value to each card."""
    found: dict[tuple[str, str | None], int] = {}
    for x in tenders:
        key = (x.kind, x.reference if x.kind == "stored" else None)
        found[key] = found.get(key, 0) + x.received
    return found


def refund_plan(till: LaneState) -> list[Tender]:
    """How a total below zero is given back: to the card, the stored value or the account that paid, the rest in coins.

    [] where nothing is given back. An account is the sale's member's: another's is not planned, nobody's is coins.
    """
    back = -till.basket.totals(till.box.rules.tax).total
    plan: list[Tender] = []
    if back <= 0:
        return plan
    for origin, kind, part, reference in returns.ways_back(till.box, till.basket.lines, till.basket.priced(), back):
        owner = returns.member_of(till.box, origin) if kind == "account" else None
        if (kind not in till.box.rules.tenders and kind != "points") or (kind == "account" and owner is None):
            continue  # (who was erased had paid all off)
        back -= part
        if kind != "account" or owner == till.basket.member:
            plan.append(Tender(kind, part, reference if kind == "stored" else None))
    coins = cash_due(back, till.box.rules.cash_step, till.box.rules.cash_mode)
    return [*plan, Tender("cash", coins)] if back else plan


def take_part(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{tender}: a part that is paid already, such as what the terminal approved; it is kept until the rest is there."""
    part = tender(args.get("tender"), till.box.currency.code)
    total = till.basket.totals(till.box.rules.tax).total
    if part.kind == "cash" or part.kind not in till.box.rules.tenders or part.kind not in KINDS:
        raise ShopError("tender_kind", status=422)
    if not 0 < part.received <= total - sum(amount for _, amount, _ in till.basket.paid):
        raise ShopError("card_too_much", status=422)
    if part.kind == "stored":
        left = storedvalue.balance(till.box, part.reference or "")
        taken = sum(a for kind, a, ref in till.basket.paid if (kind, ref) == ("stored", part.reference))
        if part.received > left - taken:
            raise ShopError("value_short", status=422, missing=part.received - left + taken)
    if part.kind == "account":
        _on_account(till, session, part.received)
    if part.kind == "points":
        till_points.may_take(till, part.received)
    till.basket.paid = (*till.basket.paid, (part.kind, part.received, part.reference))
    till.sound("ok")


def drop_part(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{n}: a part is given back (the cashier has reversed it at the terminal)."""
    n = whole(args, "n")
    if not 0 <= n < len(till.basket.paid):
        raise ShopError("line_gone")
    kind, amount, _ = till.basket.paid[n]
    if kind == "card":
        with till.box.transaction():
            audit.note(
                till.box, "part_reversed", session.person, lane=till.lane.id, amount=amount, kind=kind,
                basket=till.basket.uid, mode=till.lane.mode,
            )  # fmt: skip
    till.basket.paid = till.basket.paid[:n] + till.basket.paid[n + 1 :]


def void(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{sale, reason}: undo the lane's last sale, with a second person."""
    reason = text(args, "reason", 80).strip()
    if not reason:
        raise ShopError("reason_missing", status=422)
    sale = text(args, "sale")
    found = checkout.find_sale(till.box.db, till.box, sale)
    if found is None:
        raise ShopError("sale_unknown", status=404)
    approver = till.ask(session, "sale.void", receipt=found.receipt, amount=found.total) or session.person
    approval = voids.Approval(approver.id, approver.uid, reason)
    done = voids.void_sale(till.box, sale, text(args, "id"), till.station(session), approval)
    till.done = None
    back = _sentence(session.lang, [
        t(session.lang, f"till.void_back_{kind}", amount=fmt_money(-amount, till.box.currency))
        for kind, amount in sorted(tenders_of(till.box.db, done.uid), key=lambda x: list(KINDS).index(x[0])) if amount
    ])  # fmt: skip
    till.tell("info", "voided" if back else "voided_free", receipt=done.receipt, **({"back": back} if back else {}))


def _sentence(lang: str, parts: list[str]) -> str:
    return reduce(lambda first, then: t(lang, "till.void_back_then", first=first, then=then), parts) if parts else ""


def reprint(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{sale}: its receipt again, marked as a copy."""
    if till.lane.printer is None:
        raise ShopError("no_printer")
    printing.reprint(till.box, text(args, "sale"), text(args, "id"), till.lane.printer, till.lane.id)


def resolve(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{job, printed}: a person answers for a paper whose end nobody knows."""
    printed = args.get("printed") is True
    printing.resolve(till.box, whole(args, "job"), till.lane.id, printed, text(args, "id"))


def dismiss(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """What was said was read."""
    till.notice = till.done = till.closed = till.report = None
    till.basket.restored = False


def tender(entry: Any, currency: str) -> Tender:
    """{kind, received, reference?, currency?} as a page sends it; money of another currency is refused."""
    if not isinstance(entry, dict):
        raise ShopError("bad_request", status=422, field="tenders")
    if entry.get("currency") not in (None, currency):
        raise ShopError("tender_currency", status=422, currency=text(entry, "currency", 8), ours=currency)
    kind, reference = text(entry, "kind", 16), text(entry, "reference", 40).strip() if entry.get("reference") else None
    if reference is not None and not codes.safe_reference(reference) and kind != "stored":
        raise ShopError("reference_looks_like_card", status=422)
    received = whole(entry, "received")
    if received > MAX_AMOUNT:
        raise ShopError("amount_out_of_bounds", status=422)
    return Tender(kind, received, reference.upper() if kind == "stored" and reference else reference)


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "pay": pay,
    "tender/take": take_part,
    "tender/drop": drop_part,
    "void": void,
    "reprint": reprint,
    "print/resolve": resolve,
    "notice/dismiss": dismiss,
}
