"""What the cashier's screen shows, as plain data: everything computed here, nothing left to compute in the page."""

from __future__ import annotations

from typing import Any

from edge import catalog, loyalty, members, printing, shifts
from edge.base.i18n import t
from edge.base.money import fmt_qty
from edge.base.sqlite import row
from edge.basket import Basket
from edge.box import Box
from edge.catalog import Product
from edge.lane import LaneState, Sold
from edge.loyalty import Standing
from edge.members import Member
from edge.permissions import permission
from edge.pricing import cash_due, suggest_notes
from edge.sales import receipt_number, tenders_of

_SOLD = "SELECT COALESCE(SUM(shift = ? AND kind = 'sale'), 0), MAX(id) FROM sale WHERE id > ?"


def view(till: LaneState, lang: str, role: str | None) -> dict[str, Any]:
    """The whole state of a lane's screen in one language (the shape is tested in tests/edge/test_till_view.py)."""
    box, person = till.box, till.operator.person if till.operator else None
    known = members.with_standing(box.db, till.basket.member) if till.basket.member else None
    member, standing = known or (None, Standing(0, 0))
    problem, waiting = printing.pending(box, till.lane.id)
    return {
        "lane": {"id": till.lane.id, "mode": till.lane.mode},
        "store": {"name": box.rules.store_name[lang]},
        "currency": {"code": box.currency.code, "exponent": box.currency.exponent, "symbol": box.currency.symbol},
        "rev": till.rev,
        "staff": {"name": person.name(lang), "initial": person.name(lang)[:1], "role": person.role} if person else None,
        "shift": _shift(till),
        "clock": shifts.local(box.env.clock.now_us(), box.config.store.zone).strftime("%H:%M"),
        "basket": _basket(till, lang, member, standing),
        "member": _member(till, member, standing) if member else None,
        "offer": till.counter.view(till.basket, lang) if till.done is None else None,
        "calls": till.looks.calls.view(),
        "notice": _notice(till),
        "scan": {"seq": till.beep.seq, "sound": till.beep.sound, "line": till.beep.line} if till.beep else None,
        "done": _done(till),
        "closed": _closed(till),
        "last_sale": _last_sale(till),
        "print": {"job": problem[0], "state": problem[1], "reason": problem[2]} if problem else None,
        "print_queue": waiting,
        "chips": _chips(till),
        "tenders": list(box.rules.tenders),
        "shift_needed": box.rules.shift_by_hand and shifts.current(box, till.lane.id) is None,
        "can": {name: permission(f"sale.{name}", role or "anyone") for name in ("sell", "void")},
    }


def _shift(till: LaneState) -> dict[str, Any] | None:
    shift = shifts.current(till.box, till.lane.id)
    if shift is None:
        return None
    since = shifts.local(shift.opened_us, till.box.config.store.zone).strftime("%H:%M")
    return {"since": since, "sales": _sales(till, shift.id), "date": shift.business_date}


def _closed(till: LaneState) -> dict[str, Any] | None:
    c = till.closed
    if c is None:
        return None
    return {
        "sales": c.sales, "voids": c.voids, "tenders": c.tenders, "float": c.float_amount, "expected": c.expected,
        "counted": c.counted, "difference": c.difference,
    }  # fmt: skip


def _sales(till: LaneState, shift: int) -> int:
    # A shift's sales all come after those that were counted while an earlier shift was open.
    before = till.sold if till.sold.shift == shift else Sold(shift, till.sold.upto)
    found = row(till.box.db, _SOLD, (shift, before.upto))
    if found is None or found[1] is None:
        return before.sales
    till.sold = Sold(shift, found[1], before.sales + found[0])
    return till.sold.sales


def _basket(till: LaneState, lang: str, member: Member | None, standing: Standing) -> dict[str, Any]:
    box, basket, rules = till.box, till.basket, till.box.rules
    priced = basket.priced()
    totals = basket.totals(rules.tax)
    due = cash_due(totals.total, rules.cash_step, rules.cash_mode)
    lines = []
    for line, price in zip(basket.lines, priced, strict=True):
        product = line.product
        lines.append({
            "n": line.n, "product": product.id, "name": product.name(lang), "icon": product.icon,
            "category": product.category, "qty": line.qty, "unit": product.unit, "unit_price": price.unit_price,
            "list_price": price.list_total, "saving": price.discount, "total": price.total,
            "flags": list(product.flags), "label": line.label, "selected": line.n == basket.selected,
        })  # fmt: skip
    left = (basket.undo_until_ns - box.env.clock.mono_ns()) // 1_000_000
    undo = {"text": _undo_text(basket, lang), "left_ms": left} if _undoable(till, left) else None
    return {
        "uid": basket.uid,
        "count": sum(x.qty // 1000 if x.product.unit == "pc" and x.amount is None else 1 for x in basket.lines),
        "lines": lines, "subtotal": totals.total + totals.saving, "saving": totals.saving, "total": totals.total,
        "tax": totals.tax, "cash_due": due, "rounding": due - totals.total,
        "points": _points(till, due, member, standing),
        "notes": [
            {"amount": amount, "change": amount - due, "exact": amount == due}
            for amount in suggest_notes(due, rules.notes)
        ] if basket.lines else [],
        "undo": undo, "can_undo": bool(basket.history), "restored": basket.restored, "multiplier": till.multiplier,
    }  # fmt: skip


def _undoable(till: LaneState, left_ms: int) -> bool:
    return left_ms > 0 and bool(till.basket.history) and till.basket.history[-1][1] in ("remove", "clear")


def _undo_text(basket: Basket, lang: str) -> str:
    lines, what = basket.history[-1]
    if what == "clear":
        return t(lang, "shop.undo_clear")
    gone = next(line for line in lines if line not in basket.lines)
    return t(lang, "shop.undo_remove", name=gone.product.name(lang), qty=fmt_qty(gone.qty, gone.product.unit))


def _points(till: LaneState, due: int, member: Member | None, standing: Standing) -> int:
    if member is None or till.lane.mode == "training" or not member.points_consent:
        return 0
    return loyalty.earn(due, standing.score, till.box.rules, "2000-01-01").points


def _member(till: LaneState, member: Member, standing: Standing) -> dict[str, Any]:
    tiers = till.box.rules.tiers
    above = loyalty.next_tier(standing.score, tiers)
    return {
        "uid": member.uid, "name": member.name, "initial": member.initial, "phone": member.phone,
        "tier": loyalty.tier_of(standing.score, tiers).id, "points": standing.points, "score": standing.score,
        "next": above.id if above else None, "to_next": above.score - standing.score if above else 0,
        "progress": loyalty.progress(standing.score, tiers),
    }  # fmt: skip


def _notice(till: LaneState) -> dict[str, Any] | None:
    n = till.notice
    return {"seq": n.seq, "level": n.level, "slug": n.slug, "code": n.code, "params": n.params} if n else None


def _done(till: LaneState) -> dict[str, Any] | None:
    done = till.done
    if done is None:
        return None
    tiers, member = till.box.rules.tiers, done.member is not None
    above = loyalty.next_tier(done.score, tiers)
    return {
        "sale": done.uid, "receipt": done.receipt, "total": done.total, "received": done.received,
        "change": done.change,
        "points": done.points, "member": done.member,
        "tier": loyalty.tier_of(done.score, tiers).id if member else None,
        "next": above.id if member and above else None,
        "to_next": above.score - done.score if above else 0, "print": printing.state_of(till.box, done.uid),
    }  # fmt: skip


def _last_sale(till: LaneState) -> dict[str, Any] | None:
    box = till.box
    found = row(
        box.db,
        "SELECT uid, series, number, total + rounding, kind, original FROM sale WHERE lane = ? AND series = ? "
        "ORDER BY number DESC LIMIT 1",
        (till.lane.id, 0 if till.lane.mode == "training" else box.series),
    )
    if found is None:
        return None
    voided = found[4] == "void"
    receipt = receipt_number(box, till.lane.id, found[1], found[2])
    return {
        "uid": found[0], "receipt": receipt, "total": found[3], "voided": voided, "void_allowed": not voided,
        "tenders": dict(tenders_of(box.db, found[0])),
    }  # fmt: skip


def _chips(till: LaneState) -> dict[str, Any]:
    scanner, name = till.looks.scanner(till.lane.id)
    return {
        "sync": till.looks.sync(),
        "printer": {"state": till.looks.printer(till.lane.id) if till.lane.printer else "none"},
        "scanner": {"state": scanner, "name": name},
    }


def catalog_view(box: Box, lang: str) -> dict[str, Any]:
    """Categories and tiles of the current catalogue."""
    versions, stock = catalog.current(box.db), catalog.stock(box.db)
    return {
        "version": versions.catalog,
        "categories": [
            {"id": c.id, "name": c.name_zh if lang.startswith("zh") else c.name_en, "icon": c.icon, "tint": c.tint}
            for c in catalog.categories(box.db, versions)
        ],
        "products": [_tile(product, stock, lang) for product in catalog.tiles(box.db, versions)],
    }


def search_view(box: Box, query: str, lang: str) -> list[dict[str, Any]]:
    """Tiles of the products that match."""
    stock = catalog.stock(box.db)
    return [_tile(product, stock, lang) for product in catalog.search(box.db, catalog.current(box.db), query)]


def _tile(product: Product, stock: dict[int, int], lang: str) -> dict[str, Any]:
    return {
        "id": product.id, "name": product.name(lang), "price": product.price, "member_price": product.member_price,
        "unit": product.unit, "icon": product.icon, "category": product.category,
        "stock": stock[product.id] // 1000 if product.id in stock else None,
        "flags": list(product.flags), "frequent": product.frequent,
    }  # fmt: skip
