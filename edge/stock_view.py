"""What the stock screen shows, as plain data in one language: the open list or count, and lists of what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from edge import catalog, lots, shifts, stock_lists, stock_sheets, stocktake
from edge.base.money import round_div
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.permissions import permission
from edge.staff import Person
from edge.stock_desk import StockDesk, tally_key

ACTIONS = ("stock.see", "stock.count", "stock.change")
SOON_DAYS = 14  # where the store has no rule for goods that expire soon
LONGEST = 200
SUPPLIERS = 6
_NAMES = (
    "SELECT p.id, p.sku, p.name_zh, p.name_en, p.unit, s.qty FROM product p "
    "LEFT JOIN stock s ON s.product = p.id WHERE p.version = ? AND p.id IN (SELECT value FROM json_each(?))"
)
_SUMS = (
    "SELECT COUNT(*), COALESCE(SUM(CASE p.unit WHEN 'pc' THEN x.qty END), 0), "
    "COALESCE(SUM(CASE p.unit WHEN 'kg' THEN x.qty END), 0) FROM stock_list_line x "
    "LEFT JOIN product p ON p.id = x.product AND p.version = ? WHERE x.list = ?"
)
_LINES = "SELECT n, product, qty, lot, expiry, cost FROM stock_list_line WHERE list = ? ORDER BY n DESC LIMIT ?"
_TALLIES = (
    "SELECT product, qty, lot, expiry FROM stock_tally WHERE count = ? AND staff = ? ORDER BY n DESC LIMIT ?"
)
_COUNTED = "SELECT staff, COUNT(*) FROM stock_tally WHERE count = ? GROUP BY staff"
_SUPPLIERS = "SELECT supplier FROM stock_doc WHERE supplier <> '' GROUP BY supplier ORDER BY MAX(at_us) DESC LIMIT ?"


def view(desk: StockDesk, person: Person, lang: str) -> dict[str, Any]:
    """The whole state of a lane's stock screen for this person (the shape is in tests/edge/test_stock_view.py)."""
    with desk.lock:
        box, notice, beep = desk.box, desk.notice, desk.beep
        rules, undo = box.rules, desk.undo()
        shown: dict[str, Any] = {"sheet": None, "count": None}
        if desk.tab in stock_sheets.KINDS:
            shown["sheet"] = _sheet(desk, lang)
        elif desk.tab == "count":
            shown["count"] = _count(desk, person, lang)
        return {
            "rev": desk.rev,
            "tab": desk.tab,
            "store": rules.store_name[lang],
            "lane": {"id": desk.lane.id, "mode": desk.lane.mode},
            "staff": {"name": person.name(lang), "initial": person.name(lang)[:1], "role": person.role},
            "can": {name: permission(name, person.role, rules.permissions) for name in ACTIONS},
            "touched": desk.touched,
            "notice": {
                "seq": notice.seq, "level": notice.level, "slug": notice.slug, "code": notice.code,
                "params": notice.params,
            } if notice else None,
            "undo": {"what": undo.what, "left_ms": desk.left_ms(undo)} if undo else None,
            "scan": {"seq": beep.seq, "sound": beep.sound} if beep else None,
            **shown,
        }  # fmt: skip


def _sheet(desk: StockDesk, lang: str) -> dict[str, Any]:
    box = desk.box
    sheet = stock_sheets.open_sheet(box, desk.lane.id, desk.tab)
    count, pieces, kilos = row(box.db, _SUMS, (catalog.current(box.db).catalog, sheet.uid)) or (0, 0, 0)
    found = rows(box.db, _LINES, (sheet.uid, desk.shown))
    goods = named(box, lang, (x[1] for x in found))
    lines = [
        {"line": str(n), **goods[product], "qty": qty, "lot": lot, "expiry": expiry, "cost": cost}
        for n, product, qty, lot, expiry, cost in found
    ]
    suppliers = [name for (name,) in rows(box.db, _SUPPLIERS, (SUPPLIERS,))] if desk.tab == "delivery" else []
    return {
        "uid": sheet.uid, "supplier": sheet.supplier, "note": sheet.note, "reason": sheet.reason,
        "booking": sheet.booking, "lines": lines, "count": count, "pieces": pieces, "kilos": kilos,
        "suppliers": suppliers,
    }  # fmt: skip


def _count(desk: StockDesk, person: Person, lang: str) -> dict[str, Any]:
    """The open count with this person's own tallies; what the books say is not shown to who counts."""
    box, count = desk.box, stocktake.current(desk.box, desk.lane.mode)
    shelves = [
        {"id": x.id, "name": x.name_zh if lang.startswith("zh") else x.name_en}
        for x in catalog.categories(box.db, catalog.current(box.db))
    ]
    if count is None:
        return {"uid": "", "shelves": shelves, "lines": [], "count": 0}
    counted = dict(rows(box.db, _COUNTED, (count.uid,)))
    found = rows(box.db, _TALLIES, (count.uid, person.id, desk.shown))
    goods = named(box, lang, (x[0] for x in found))
    people = {x.id: x.name(lang) for x in desk.till.staff.people()}
    return {
        "uid": count.uid, "shelves": shelves, "scope": count.scope, "state": count.state,
        "by": people.get(count.staff, ""), "since": _when(box, count.at_us),
        "people": [{"name": people.get(x, ""), "lines": n, "me": x == person.id} for x, n in sorted(counted.items())],
        "lines": [
            {"line": tally_key(product, lot, expiry), **goods[product], "qty": qty, "lot": lot, "expiry": expiry}
            for product, qty, lot, expiry in found
        ],
        "count": counted.get(person.id, 0),
    }  # fmt: skip


def review(desk: StockDesk, lang: str) -> dict[str, Any]:
    """What booking the open count would do, and whom people must choose between. ShopError("count_none")."""
    box = desk.box
    with desk.lock:
        count = desk.open_count()
        found = stocktake.review(box, count)
    goods = named(box, lang, [x.product for x in found.found] + [product for product, _ in found.missing[:LONGEST]])
    people = {x.id: x.name(lang) for x in desk.till.staff.people()}
    open_, listed = [x for x in found.found if x.difference is None], found.differing
    return {
        "uid": count.uid,
        "same": len(found.found) - len(open_) - len(listed),
        "differing": [
            {**goods[x.product], "counted": x.counted, "book": x.book, "difference": x.difference, "moved": x.moved,
             "begun": x.begun}
            for x in listed[:LONGEST]
        ],
        "unsettled": [
            {**goods[x.product],
             "people": [{"id": who, "name": people.get(who, ""), "counted": n, "book": book}
                        for who, n, book in x.people]}
            for x in open_[:LONGEST]
        ],
        "missing": [{**goods[product], "book": qty} for product, qty in found.missing[:LONGEST]],
        "missing_count": len(found.missing), "differing_count": len(listed), "unsettled_count": len(open_),
    }  # fmt: skip


def listed(box: Box, which: str, lang: str) -> dict[str, Any]:
    """A list of what is wrong: low, expiring or negative; {rows, total, day_known}, the most pressing first."""
    found = {"low": _low, "expiring": _expiring, "negative": _negative}[which](box)
    goods = named(box, lang, (x["product"] for x in found[:LONGEST]))
    return {
        "rows": [{**goods[x["product"]], **x} for x in found[:LONGEST]],
        "total": len(found),
        "day_known": lots.knows_the_day(box),
    }


def _low(box: Box) -> list[dict[str, Any]]:
    return [
        {"product": x.product, "qty": x.qty, "low": x.low, "a_day": _tenths(x.a_day), "days": x.days}
        for x in stock_lists.low(box)
    ]


def _tenths(qty: int) -> int:
    """What is sold a day, to the tenth; a little is not nothing."""
    return max(100, 100 * round_div(qty, 100)) if qty else 0


def _expiring(box: Box) -> list[dict[str, Any]]:
    rules = box.rules.markdowns
    found = lots.dated(box, rules[-1][0] if rules else SOON_DAYS)
    return [
        {"product": x.product, "qty": x.qty, "lot": x.lot, "expiry": x.expiry, "left": x.left,
         "off": next((off for days, off in rules if x.left is not None and 0 <= x.left <= days), 0)}
        for x in found
    ]  # fmt: skip


def _negative(box: Box) -> list[dict[str, Any]]:
    return [
        {"product": x.product, "qty": x.qty, "since": _when(box, x.since_us) if x.since_us else ""}
        for x in stock_lists.negatives(box)
    ]


def product(box: Box, number: int, lang: str) -> dict[str, Any]:
    """One product: {product, name, sku, unit, stock, lots, moves}. KeyError when there is none."""
    return {
        **named(box, lang, (number,))[number],
        "lots": [
            {"lot": x.lot, "expiry": x.expiry, "qty": x.qty, "left": x.left} for x in lots.of_product(box, number)
        ],
        "moves": [
            {"qty": x.qty, "reason": x.reason, "when": _when(box, x.at_us), "lot": x.lot, "expiry": x.expiry}
            for x in stock_lists.moves(box, number)
        ],
    }


def named(box: Box, lang: str, products: Iterable[int]) -> dict[int, dict[str, Any]]:
    """product -> {product, name, sku, unit, stock}; stock is None for what is not counted.

    What is sold no more is named as the last catalogue that had it did.
    """
    wanted = list(dict.fromkeys(products))
    made = _named(box, lang, catalog.current(box.db).catalog, wanted)
    for product_ in wanted:
        if product_ not in made:
            last = row(box.db, "SELECT MAX(version) FROM product WHERE id = ?", (product_,))
            made |= _named(box, lang, last[0] if last and last[0] else 0, [product_])
    return made


def _named(box: Box, lang: str, version: int, products: list[int]) -> dict[int, dict[str, Any]]:
    chinese = lang.startswith("zh")
    return {
        number: {"product": number, "name": zh if chinese else en, "sku": sku, "unit": unit, "stock": stock}
        for number, sku, zh, en, unit, stock in rows(box.db, _NAMES, (version, orjson.dumps(products).decode()))
    }


def _when(box: Box, at_us: int) -> str:
    """The store's day and minute: "2026-11-22 14:05"."""
    return shifts.local(at_us, box.config.store.zone).strftime("%Y-%m-%d %H:%M")
