"""What waits for a person, and what a manager should look at. The words of a slug are manager_today.todo_<slug>."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any

from edge import catalog, printing
from edge.base.sqlite import row, rows
from edge.box import Box

HOUR_US = 3_600_000_000
# More of it in a day, by one person, than work explains; a member more often in one hour than anybody shops.
OFTEN = {"no_sale": 4, "void": 4}
MEMBER_SALES = 4
GUESSES = 5

_PAPERS = f"SELECT lane, state, COUNT(*) FROM {printing.OPEN_JOBS} AND kind <> 'drawer' GROUP BY lane, state"
_HELD = "SELECT COUNT(*), MIN(at_us), SUM(total) FROM held"
_LOW = (
    "SELECT COUNT(*) FROM product p JOIN stock s ON s.product = p.id WHERE p.version = ? AND p.active = 1 "
    "AND p.low IS NOT NULL AND s.qty < p.low"
)
_BELOW = "SELECT COUNT(*) FROM stock WHERE qty < 0"
_NO_SALES = (
    "SELECT p.name_zh, p.name_en, COUNT(*) FROM cash_move m JOIN staff p ON p.id = m.staff "
    "WHERE m.kind = 'no_sale' AND m.at_us >= ? GROUP BY p.id HAVING COUNT(*) >= ?"
)
_VOIDS = (
    "SELECT p.name_zh, p.name_en, COUNT(*) FROM sale s JOIN staff p ON p.id = s.staff "
    "WHERE s.id > ? AND s.kind = 'void' AND s.at_us >= ? AND s.mode <> 'training' GROUP BY p.id HAVING COUNT(*) >= ?"
)
_MEMBERS = (
    "SELECT s.member, s.at_us, p.name_zh, p.name_en, m.name FROM sale s JOIN staff p ON p.id = s.staff "
    "JOIN member m ON m.id = s.member WHERE s.id > ? AND s.kind = 'sale' AND s.at_us >= ? AND s.mode <> 'training' "
    "ORDER BY s.id"
)
_GUESSED = (
    "SELECT g.who, g.fails, p.name_zh, p.name_en FROM pin_guard g LEFT JOIN staff p ON 'staff:' || p.uid = g.who "
    "WHERE g.fails >= ? AND g.who NOT LIKE 'kiosk:%' ORDER BY g.fails DESC"
)


def waiting(box: Box) -> list[dict[str, Any]]:
    """[{slug, level, count, lanes?, amount?, since_us?}]: carts put aside, papers, shelves; warnings first."""
    papers: dict[str, dict[str, int]] = defaultdict(dict)
    for lane, state, count in rows(box.db, _PAPERS):
        slug = {"uncertain": "paper_unclear", "failed": "paper_failed"}.get(state, "paper_waits")
        papers[slug][lane] = papers[slug].get(lane, 0) + count
    found: list[dict[str, Any]] = [
        {"slug": slug, "level": "info" if slug == "paper_waits" else "warn", "count": sum(lanes.values()),
         "lanes": sorted(lanes)}
        for slug, lanes in sorted(papers.items())
    ]  # fmt: skip
    held, since_us, amount = row(box.db, _HELD) or (0, None, 0)
    if held:
        found.append({"slug": "held", "level": "info", "count": held, "amount": amount, "since_us": since_us})
    low = row(box.db, _LOW, (catalog.current(box.db).catalog,)) or (0,)
    below = row(box.db, _BELOW) or (0,)
    for slug, count in (("stock_low", low[0]), ("stock_below", below[0])):
        if count:
            found.append({"slug": slug, "level": "warn", "count": count})
    return sorted(found, key=lambda each: each["level"] != "warn")


def flags(box: Box, since_us: int, after: int, lang: str) -> list[dict[str, Any]]:
    """[{slug, count, who, member?}] of what happened since an instant, in documents with row ids above after.

    A person who opens the drawer or voids often, PINs that somebody guesses, and a member who buys more often in an
    hour than anybody does (a cashier's own card at strangers' sales).
    """
    chinese = lang.startswith("zh")
    found = [
        {"slug": f"{kind}_often", "count": count, "who": zh if chinese else en}
        for kind, sql, values in (("no_sale", _NO_SALES, (since_us,)), ("void", _VOIDS, (after, since_us)))
        for zh, en, count in rows(box.db, sql, (*values, OFTEN[kind]))
    ]
    for who, fails, zh, en in rows(box.db, _GUESSED, (GUESSES,)):
        name = (zh if chinese else en) if zh is not None else who.partition(":")[2]
        found.append({"slug": "guessed_person" if zh is not None else "guessed_lane", "count": fails, "who": name})
    return found + _members(box, since_us, after, chinese)


def _members(box: Box, since_us: int, after: int, chinese: bool) -> list[dict[str, Any]]:
    recent: dict[int, deque[tuple[int, str]]] = defaultdict(deque)
    worst: dict[int, dict[str, Any]] = {}
    for member, at_us, zh, en, name in rows(box.db, _MEMBERS, (after, since_us)):
        sales = recent[member]
        sales.append((at_us, zh if chinese else en))
        while at_us - sales[0][0] > HOUR_US:
            sales.popleft()
        if len(sales) > max(MEMBER_SALES, worst.get(member, {"count": 0})["count"]):
            who, masked = ", ".join(dict.fromkeys(each for _, each in sales)), f"{(name or '?')[:1]}**"
            worst[member] = {"slug": "member_often", "count": len(sales), "who": who, "member": masked}
    return list(worst.values())
