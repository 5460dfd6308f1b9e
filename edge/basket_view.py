"""The open basket as the cashier's screen shows it: everything computed here, nothing left to compute in the page."""

from __future__ import annotations

from typing import Any

from edge import loyalty, promo_view, shifts, tier_view
from edge.base.i18n import t
from edge.base.money import fmt_qty
from edge.basket import Basket, Line
from edge.earning import Goods
from edge.lane import LaneState
from edge.loyalty import Standing
from edge.members import Member
from edge.pricing import Priced, cash_due, suggest_notes
from edge.till_pay import refund_plan

_TEXTS = ("note", "lot", "serial", "expiry")


def basket_view(till: LaneState, lang: str, member: Member | None, standing: Standing) -> dict[str, Any]:
    """The open basket as the screen shows it: lines, sums, what is due in each way, what can be undone."""
    box, basket, rules = till.box, till.basket, till.box.rules
    priced = basket.priced()
    totals = basket.totals(rules.tax)
    paid = sum(x[1] for x in basket.paid) if basket.paid else 0
    left = totals.total - paid
    due = cash_due(left, rules.cash_step, rules.cash_mode)
    lines, count, before, till.shown = [], 0, till.shown, {}
    for line, price in zip(basket.lines, priced, strict=True):
        known = before.get(line.n)
        if known is None or known[0] is not line or known[1] is not price or known[2] != lang:
            known = (line, price, lang, _line(line, price, lang, basket))
        till.shown[line.n] = known
        lines.append({**known[3], "selected": line.n == basket.selected})
        count += line.qty // 1000 if line.product.unit == "pc" and line.amount is None else 1
    left_ms = (basket.undo_until_ns - box.env.clock.mono_ns()) // 1_000_000
    undo = {"text": _undo_text(basket, lang), "left_ms": left_ms} if _undoable(till, left_ms) else None
    return {
        "uid": basket.uid,
        "count": count, "lines": lines, "subtotal": totals.total + totals.saving, "saving": totals.saving,
        "total": totals.total,
        "tax": totals.tax, "cash_due": due, "rounding": due - left,
        "points": _points(till, due + (_in_money(basket) if paid else 0), member, standing),
        "notes": [
            {"amount": amount, "change": amount - due, "exact": amount == due}
            for amount in suggest_notes(due, rules.notes)
        ] if basket.lines else [],
        "cut": _cut(basket), "age": _age(till), "paid": _paid(basket),
        "left": left, "refund": _refund(till) if totals.total < 0 else [],
        "undo": undo, "can_undo": bool(basket.history), "restored": basket.restored, "multiplier": till.multiplier,
        **(promo_view.told(till, basket.force, lang) if basket.force is not None else {}),
    }  # fmt: skip


def _refund(till: LaneState) -> list[dict[str, Any]]:
    """The parts that a total below zero is given back in; coins as they can be given."""
    rules = till.box.rules
    return [
        {
            "kind": x.kind, "reference": x.reference,
            "amount": cash_due(x.received, rules.cash_step, rules.cash_mode) if x.kind == "cash" else x.received,
        }
        for x in refund_plan(till)
    ]  # fmt: skip


def _cut(basket: Basket) -> dict[str, Any] | None:
    cut = basket.cut
    return {"kind": cut.kind, "value": cut.value} if cut is not None else None


def _paid(basket: Basket) -> list[dict[str, Any]]:
    return [{"kind": kind, "amount": amount, "reference": reference} for kind, amount, reference in basket.paid]


def _in_money(basket: Basket) -> int:
    """What of the parts that are paid earns points."""
    return sum(amount for kind, amount, _ in basket.paid if kind not in ("stored", "points"))


def _age(till: LaneState) -> str | None:
    """Born on this day or before, the customer may have what lies in the basket; None when nobody has to ask."""
    basket = till.basket
    if basket.age_ok or not basket.adult:
        return None
    return shifts.years_ago(till.box, 18)


def _line(line: Line, price: Priced, lang: str, basket: Basket) -> dict[str, Any]:
    product = line.product
    unusual = line.special or price.parts
    return {
        "n": line.n, "product": product.id, "name": product.name(lang), "icon": product.icon,
        "category": product.category, "qty": line.qty, "unit": product.unit, "unit_price": price.unit_price,
        "list_price": price.list_total, "saving": price.discount, "total": price.total,
        "flags": list(product.flags), "label": line.label, **(_said(line, price, lang, basket) if unusual else {}),
    }  # fmt: skip


def _said(line: Line, price: Priced, lang: str, basket: Basket) -> dict[str, Any]:
    """What only some lines have; the page shows it where it is there."""
    said: dict[str, Any] = {name: value for name in _TEXTS if (value := getattr(line, name))}
    if line.missing:
        said["missing"] = line.missing
    if line.asked is not None:
        said["asked"], said["shelf"] = line.asked.price, line.product.price
    if line.source is not None:
        said["returned"] = line.source.receipt
    if line.tied is not None:
        said["tied"] = line.tied
    if line.cut is not None:
        said["why"] = line.cut.reason
    if cuts := dict(price.by_hand):
        said["cuts"] = cuts
    if basket.force is not None and line.source is None and (promos := promo_view.of_line(basket, price, lang)):
        said["promos"] = promos
    return said


def _undoable(till: LaneState, left_ms: int) -> bool:
    return left_ms > 0 and bool(till.basket.history) and till.basket.history[-1][2] in ("remove", "clear")


def _undo_text(basket: Basket, lang: str) -> str:
    lines, _, what, _ = basket.history[-1]
    if what == "clear":
        return t(lang, "shop.undo_clear")
    gone = next(line for line in lines if line not in basket.lines)
    return t(lang, "shop.undo_remove", name=gone.product.name(lang), qty=fmt_qty(abs(gone.qty), gone.product.unit))


def _bought(line: Line) -> bool:
    return line.qty > 0 and not line.charge


def _points(till: LaneState, due: int, member: Member | None, standing: Standing) -> int:
    if member is None or till.lane.mode == "training" or not member.points_consent:
        return 0
    if not till.box.rules.earning and standing.place is None:
        return loyalty.earn(due, standing.score, till.box.rules, "2000-01-01").points
    lines = list(zip(till.basket.lines, till.basket.priced(), strict=True))
    goods = [Goods(x.product.sku, x.product.category, x.qty, p.total, x.product.brand) for x, p in lines if _bought(x)]
    passed = sum(p.total for x, p in lines if x.charge)
    return tier_view.preview(till.box, member.id, standing, goods, due - passed)
