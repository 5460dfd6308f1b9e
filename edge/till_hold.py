"""The till's commands about carts that are put aside: held, taken up again (here or at another lane), handed over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge import drafts
from edge.args import text
from edge.base.sqlite import row, rows
from edge.basket import fresh
from edge.box import Box
from edge.errors import ShopError
from edge.lane import LaneState
from edge.staff import Session

MAX_HELD = 50
_LIST = (
    "SELECT h.uid, h.lane, h.to_lane, h.title, h.total, h.lines, h.at_us, s.name_zh, s.name_en FROM held h "
    "JOIN staff s ON s.id = h.staff WHERE h.to_lane IS NULL OR h.to_lane = ? ORDER BY h.at_us"
)


def hold(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{title?, lane?}: put the open basket aside, for any lane or for one; the till is free for the next customer."""
    basket, box = till.basket, till.box
    if not basket.lines:
        raise ShopError("basket_empty")
    if basket.paid:
        raise ShopError("basket_part_paid")
    till.ask(session, "sale.hold")
    to_lane, title = _for_whom(box, args)
    if count(box, None) >= MAX_HELD:
        raise ShopError("held_too_many", limit=MAX_HELD)
    total = basket.totals(box.rules.tax).total
    with box.transaction() as db:
        db.execute_sql(
            "INSERT INTO held VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (basket.uid, till.lane.id, to_lane, title, drafts.encode(basket), total, len(basket.lines),
             session.person.id, box.env.clock.now_us()),
        )  # fmt: skip
        db.execute_sql("DELETE FROM basket WHERE lane = ? AND uid = ?", (till.lane.id, basket.uid))
    till.basket = fresh(box, till.lane.id)
    till.returning, till.notice, till.multiplier, till.catch = None, None, 1, ""
    till.sound("ok")
    box.announce("held")


def change(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{held, title?, lane?}: name a cart that this lane put aside, or hand it over; only what is given changes."""
    box, uid = till.box, text(args, "held", 64)
    to_lane, title = _for_whom(box, args)
    with box.transaction() as db:
        found = row(db, "SELECT title, to_lane FROM held WHERE uid = ? AND lane = ?", (uid, till.lane.id))
        if found is None:
            raise ShopError("held_gone", status=404)
        new = (title if "title" in args else found[0], to_lane if "lane" in args else found[1], uid)
        db.execute_sql("UPDATE held SET title = ?, to_lane = ? WHERE uid = ?", new)
    till.sound("ok")
    box.announce("held")


def _for_whom(box: Box, args: dict[str, Any]) -> tuple[str | None, str]:
    """(the lane that a cart is for, or None; its title)"""
    to_lane = text(args, "lane", 32) if args.get("lane") else None
    if to_lane is not None and not any(x.id == to_lane and x.kind == "till" for x in box.config.lanes):
        raise ShopError("lane_unknown", status=404)
    title = text(args, "title", 40).strip() if args.get("title") else ""
    if not title.isprintable():
        raise ShopError("bad_request", status=422, field="title")
    return to_lane, title


def recall(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{held}: take a cart up again, at the prices it was begun with."""
    box, uid = till.box, text(args, "held", 64)
    if till.basket.lines:
        raise ShopError("basket_open")
    if till.basket.paid:
        raise ShopError("basket_part_paid")
    with box.transaction() as db:
        found = row(db, "SELECT body, to_lane FROM held WHERE uid = ?", (uid,))
        if found is None or found[1] not in (None, till.lane.id):
            raise ShopError("held_gone", status=404)
        basket = drafts.decode(box, till.lane.id, uid, found[0])
        db.execute_sql("DELETE FROM held WHERE uid = ?", (uid,))
        db.execute_sql(
            "INSERT INTO basket VALUES (?, ?, ?) ON CONFLICT (lane) DO UPDATE SET uid = excluded.uid, "
            "body = excluded.body",
            (till.lane.id, uid, found[0]),
        )
    till.open_basket()
    till.basket = basket
    till.sound("ok")
    box.announce("held")


def waiting(box: Box, lane: str, lang: str) -> list[dict[str, Any]]:
    """The carts that this lane may take up, oldest first: {uid, lane, title, total, lines, at_us, by}."""
    return [
        {"uid": uid, "lane": from_lane, "title": title, "total": total, "lines": lines, "at_us": at_us,
         "by": zh if lang.startswith("zh") else en, "mine": to_lane == lane}
        for uid, from_lane, to_lane, title, total, lines, at_us, zh, en in rows(box.db, _LIST, (lane,))
    ]  # fmt: skip


def count(box: Box, lane: str | None) -> int:
    """How many carts are put aside for this lane or for any (None: all of them)."""
    sql = "SELECT COUNT(*) FROM held" + (" WHERE to_lane IS NULL OR to_lane = ?" if lane is not None else "")
    found = row(box.db, sql, (lane,) if lane is not None else ())
    return int(found[0]) if found else 0


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "hold": hold,
    "held/change": change,
    "recall": recall,
}
