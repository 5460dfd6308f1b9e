"""What the cashier's screen shows, as plain data: everything computed here, nothing left to compute in the page."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import orjson

from edge import catalog, catalog_grid, members, printing, shifts, tier_view, tiers, till_coupons, till_points
from edge.base.sqlite import row
from edge.basket import Line
from edge.basket_view import basket_view
from edge.box import Box
from edge.catalog import Product
from edge.lane import Books, LaneState
from edge.loyalty import Standing
from edge.members import Member
from edge.permissions import TABLE, permission
from edge.returns import FIXED
from edge.sales import receipt_number
from edge.shifts import Shift

# What every view asks, at once: the newest document, whether any paper is not out yet, the lane's open shift.
_NOW = (
    "SELECT (SELECT COALESCE(MAX(id), 0) FROM sale), "
    f"EXISTS (SELECT 1 FROM {printing.OPEN_JOBS}), "
    "(SELECT COUNT(*) FROM held WHERE to_lane IS NULL OR to_lane = ?1), "
    "s.id, s.uid, s.business_date, s.opened_us FROM (SELECT 1) LEFT JOIN shift s ON s.lane = ?1 AND s.closed_us IS NULL"
)
_SOLD = "SELECT COALESCE(SUM(shift = ? AND kind = 'sale'), 0) FROM sale WHERE id > ?"
_LAST = (
    "SELECT uid, series, number, total + rounding, kind, (SELECT json_group_object(kind, amount) FROM "
    "(SELECT kind, SUM(amount) AS amount FROM tender WHERE sale = s.id GROUP BY kind)) "
    "FROM sale s WHERE lane = ? AND series = ? ORDER BY number DESC LIMIT 1"
)
_MINUTE_US = 60_000_000
# What the page shows locks for, or not at all.
_SHOWN = ("sale", "value", "points", "shift", "drawer", "cash", "stock")
_CAN = tuple(name for name in TABLE if name.partition(".")[0] in _SHOWN)


def view(till: LaneState, lang: str, role: str | None, has: str = "") -> dict[str, Any]:
    """The whole state of a lane's screen in one language (the shape is tested in tests/edge/test_till_view.py).

    has: the "fixed" of a view that the page was given before; what the shop's rules say ("shop") is left out while it
    is still the same.
    """
    box, person = till.box, till.operator.person if till.operator else None
    member, standing = _who(box, till.basket.member) if till.basket.member else (None, Standing(0, 0))
    newest, papers, aside, *opened = row(box.db, _NOW, (till.lane.id,)) or (0, 0, 0, None)
    problem, waiting = printing.pending(box, till.lane.id) if papers else (None, 0)
    shift = Shift(*opened) if opened[0] is not None else None
    books = _books(till, newest, shift.id if shift else 0)
    return {
        **_shop(till, lang, role or "anyone", has),
        "rev": till.rev,
        "staff": {"name": person.name(lang), "initial": person.name(lang)[:1], "role": person.role} if person else None,
        "shift": _shift(box, shift, books.sales) if shift else None,
        "clock": _hour(box.env.clock.now_us() // _MINUTE_US, box.config.store.zone),
        "basket": basket_view(till, lang, member, standing),
        "member": _member(till, member, standing, lang) if member else None,
        "offer": till_coupons.line(till, lang) or till.counter.view(till.basket, lang) if till.done is None else None,
        "calls": till.looks.calls.view(),
        "notice": _notice(till),
        "scan": {"seq": till.beep.seq, "sound": till.beep.sound, "line": till.beep.line} if till.beep else None,
        "done": _done(till, lang),
        "closed": _closed(till),
        "report": till.report,
        "approval": _approval(till, lang),
        "badge": held.view(lang) if role and till.ticket and (held := till.badge()) else None,
        "returning": _returning(till),
        "held": aside,
        "catch": till.catch,
        "caught": _caught(till),
        "last_sale": books.last,
        "print": {"job": problem[0], "state": problem[1], "reason": problem[2]} if problem else None,
        "print_queue": waiting,
        "chips": _chips(till),
        "shift_needed": box.rules.shift_by_hand and shift is None,
    }


def _who(box: Box, customer: int) -> tuple[Member | None, Standing]:
    known = members.with_standing(box.db, customer)
    if known is None:
        return None, Standing(0, 0)
    return known[0], tiers.placed(box, customer, known[1])


def _shop(till: LaneState, lang: str, role: str, has: str) -> dict[str, Any]:
    """What stays until somebody changes the shop's rules, unless the page has it, and a name that changes with it."""
    box, rules = till.box, till.box.rules
    kept = till.fixed.get((lang, role))
    if kept is None or kept[0] is not rules:
        shop = {
            "lane": {"id": till.lane.id, "mode": till.lane.mode},
            "store": {"name": rules.store_name[lang]},
            "currency": {"code": box.currency.code, "exponent": box.currency.exponent, "symbol": box.currency.symbol},
            "tenders": list(rules.tenders),
            "can": {name: permission(name, role, rules.permissions) for name in _CAN},
            "tares": [{"name": name, "grams": grams} for name, grams in rules.tares],
            "denominations": list(rules.denominations),
            "discount_bp": rules.discount_bp,
        }
        kept = (rules, hashlib.sha256(orjson.dumps(shop)).hexdigest()[:12], shop)
        till.fixed[lang, role] = kept
    return {"fixed": kept[1]} if kept[1] == has else {"fixed": kept[1], "shop": kept[2]}


def _shift(box: Box, shift: Shift, sales: int) -> dict[str, Any]:
    since = _hour(shift.opened_us // _MINUTE_US, box.config.store.zone)
    return {"since": since, "sales": sales, "date": shift.business_date}


@lru_cache(maxsize=16)
def _hour(minute: int, zone: str) -> str:
    return shifts.local(minute * _MINUTE_US, zone).strftime("%H:%M")


def _approval(till: LaneState, lang: str) -> dict[str, Any] | None:
    pending = till.desk.waiting(till.box.env.clock.mono_ns())
    if pending is None:
        return None
    people = [{"uid": p.uid, "name": p.name(lang), "initial": p.name(lang)[:1], "role": p.role} for p in pending.people]
    return {"action": pending.action, "facts": pending.facts, "people": people, "picked": pending.picked}


def _returning(till: LaneState) -> dict[str, Any] | None:
    found = till.returning
    if found is None:
        return None
    taken = {(x.source.sale, x.source.n): x for x in till.basket.lines if x.source is not None}
    return {
        "sale": found.uid, "receipt": found.receipt, "date": found.business_date, "total": found.total,
        "lines": [
            {"n": x.source.n, "name": x.name, "unit": x.unit, "qty": x.source.qty, "left": x.source.left,
             "total": x.source.total, "back": x.source.part(x.source.total, x.source.left) if x.source.left else 0,
             **_there(taken.get((found.id, x.source.n)))}
            for x in found.lines if x.category not in FIXED
        ],
    }  # fmt: skip


def _there(line: Line | None) -> dict[str, Any]:
    """How much of a receipt's line lies in the basket, and as which line."""
    return {"taken": -line.qty, "line": line.n} if line is not None else {"taken": 0, "line": None}


def _caught(till: LaneState) -> dict[str, Any] | None:
    c = till.caught
    return {"seq": c.seq, "kind": c.kind, "code": c.code, **c.facts} if c is not None else None


def _closed(till: LaneState) -> dict[str, Any] | None:
    c = till.closed
    if c is None:
        return None
    return {
        "z": c["z"], "sales": c["sales"], "voids": c["voids"], "tenders": c["tenders"], "float": c["float"],
        "expected": c["expected"], "counted": c["counted"], "difference": c["difference"],
    }  # fmt: skip


def _books(till: LaneState, newest: int, shift: int) -> Books:
    before = till.books
    if (newest, shift) != (before.upto, before.shift):
        # A shift's sales all come after those that were counted while an earlier shift was open.
        found = row(till.box.db, _SOLD, (shift, before.upto))
        sales = (before.sales if before.shift == shift else 0) + (found[0] if found else 0)
        till.books = Books(newest, shift, sales, _last_sale(till))
    return till.books


def _member(till: LaneState, member: Member, standing: Standing, lang: str) -> dict[str, Any]:
    able = till_points.spendable(till, member, standing)
    return {
        "uid": member.uid, "name": member.name, "initial": member.initial, "phone": member.phone,
        "points": standing.points, **({} if able is None else {"spendable": able}),
        **tier_view.card(till.box, standing, lang, till.fixed),
    }  # fmt: skip


def _notice(till: LaneState) -> dict[str, Any] | None:
    n = till.notice
    return {"seq": n.seq, "level": n.level, "slug": n.slug, "code": n.code, "params": n.params} if n else None


def _done(till: LaneState, lang: str) -> dict[str, Any] | None:
    done = till.done
    if done is None:
        return None
    nobody = {"tier": None, "tier_name": None, "next": None, "next_name": None, "to_next": 0}
    return {
        "sale": done.uid, "receipt": done.receipt, "total": done.total, "received": done.received,
        "change": done.change,
        "points": done.points, "member": done.member,
        **(nobody if done.member is None else tier_view.after(till.box, done.sale, done.score, lang)),
        "print": printing.state_of(till.box, done.uid),
        **({"moved": done.moved, "left": done.left} if done.moved else {}),
    }  # fmt: skip


def _last_sale(till: LaneState) -> dict[str, Any] | None:
    box = till.box
    found = row(box.db, _LAST, (till.lane.id, 0 if till.lane.mode == "training" else box.series))
    if found is None:
        return None
    uid, series, number, total, kind, tenders = found
    voided = kind == "void"
    receipt = receipt_number(box, till.lane.id, series, number)
    return {
        "uid": uid, "receipt": receipt, "total": total, "voided": voided, "void_allowed": kind == "sale",
        "tenders": orjson.loads(tenders),
    }  # fmt: skip


def _chips(till: LaneState) -> dict[str, Any]:
    scanner, name = till.looks.scanner(till.lane.id)
    return {
        "sync": till.looks.sync(),
        "printer": {"state": till.looks.printer(till.lane.id) if till.lane.printer else "none"},
        "scanner": {"state": scanner, "name": name},
    }


def catalog_view(box: Box, lang: str) -> dict[str, Any]:
    """Categories and tiles of the current catalogue (of a large one those of catalog_grid)."""
    versions = catalog.current(box.db)
    products = catalog_grid.grid(box.db, versions)
    stock = catalog_grid.stock_of(box.db, products)
    return {
        "version": versions.catalog,
        "categories": [
            {"id": c.id, "name": c.name_zh if lang.startswith("zh") else c.name_en, "icon": c.icon, "tint": c.tint}
            for c in catalog.categories(box.db, versions)
        ],
        "products": [_tile(product, stock, lang) for product in products],
    }


def search_view(box: Box, query: str, lang: str) -> list[dict[str, Any]]:
    """Tiles of the products that match."""
    products = catalog.search(box.db, catalog.current(box.db), query)
    stock = catalog_grid.stock_of(box.db, products)
    return [_tile(product, stock, lang) for product in products]


def _tile(product: Product, stock: dict[int, int], lang: str) -> dict[str, Any]:
    return {
        "id": product.id, "name": product.name(lang), "price": product.price, "member_price": product.member_price,
        "unit": product.unit, "icon": product.icon, "category": product.category,
        "stock": stock[product.id] // 1000 if product.id in stock else None,
        "flags": list(product.flags), "frequent": product.frequent,
    }  # fmt: skip
