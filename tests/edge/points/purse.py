"""Hands for the tests of points: a shop that takes them, what a member has, paying with them."""

from __future__ import annotations

from typing import Any

from edge.evidence import check
from edge.points import entries, lots
from tests.edge.goods import quick_pins, widen
from tests.edge.shop import Hands, Shop

DAY_S = 86_400


def open_for_points(shop: Shop, **redeem: Any) -> Shop:
    """More goods, money of every kind and points: 100 of them are 1.00, in steps of 0.01 unless said otherwise."""
    widen(shop)
    quick_pins(shop)
    shop.setting("tenders", ["cash", "card", "stored", "account", "points"])
    rules(shop, **redeem)
    return shop


def rules(shop: Shop, **redeem: Any) -> None:
    """Other rules of spending points; what is not named is as in these tests."""
    shop.setting("redeem", {
        "points": 100, "minor": 100, "step": 1, "member_day": 10_000_000, "box_day": 10_000_000, "unseen_days": 90,
        "lease": False, "wait_days": 0, **redeem,
    })  # fmt: skip


def give(shop: Shop, points: int, name: str = "gold", expires_on: str | None = None, **more: Any) -> int:
    """A lot of its own; returns its number."""
    with shop.box.transaction():
        number = entries.next_number(shop.box)
        made = entries.entry(number, shop.member(name), number, points, "adjust", shop.clock.now_us(),
                             expires_on=expires_on, **more)  # fmt: skip
        entries.book(shop.box, "adjusted", [made])
    return number


def balance(shop: Shop, name: str = "gold") -> int:
    return int(shop.one("SELECT COALESCE(SUM(points), 0) FROM ledger WHERE member = ?", shop.member(name)))


def standing(shop: Shop, name: str = "gold") -> tuple[int, int]:
    """(points, score)"""
    sql = "SELECT COALESCE(SUM(points), 0), COALESCE(SUM(score), 0) FROM ledger WHERE member = ?"
    return shop.ask(sql, shop.member(name))[0]  # type: ignore[return-value]


def able(shop: Shop, name: str = "gold") -> int:
    return lots.spendable(shop.box, shop.member(name))


def left(shop: Shop, name: str = "gold") -> dict[int, int]:
    """What is left by lot."""
    return {lot.id: lot.left for lot in lots.of_member(shop.db, shop.member(name))}


def pay(till: Hands, points: int = 0, rest: str = "cash", **args: Any) -> dict[str, Any]:
    """Pay so much (minor units) of the cart with points and the rest with one other kind."""
    if till.view()["basket"]["age"]:
        till.do("age", ok=True)
    due = till.view()["basket"]["left"] - points
    tenders = [{"kind": "points", "received": points}] if points else []
    if due:
        tenders.append({"kind": rest, "received": due})
    return till.do("pay", tenders=tenders, **args)


def honest(shop: Shop) -> None:
    """Every row is as its event says, and what a document tells of points is what the ledger has."""
    assert list(check(shop.box)) == []
    wrong = shop.ask(
        "SELECT id FROM sale s WHERE s.points <> (SELECT COALESCE(SUM(points), 0) FROM ledger WHERE sale = s.id AND "
        "member = s.member AND reason NOT IN ('redeem', 'restore'))"
    )
    assert wrong == []
