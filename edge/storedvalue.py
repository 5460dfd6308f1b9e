"""Stored value: what the shop owes to whoever holds the card. A liability ledger of its own, not sales and not points.

A top-up is a line without tax, of which nothing is taken off and for which nobody earns points; paying with the card is
a tender. Both are entries of the sale's own transaction, so that no balance can be spent twice at this box.
"""

from __future__ import annotations

from collections.abc import Iterable

from edge import codes
from edge.base.sqlite import row
from edge.box import Box
from edge.catalog import Product
from edge.errors import ShopError

# No row of the catalogue: it is there whatever is loaded. Its tax group is the store's zero rate, else without tax.
TOP_UP = Product(
    0, "#VALUE", None, "储值充值", "Stored value", "", "wallet", "pc", "#", ("stored", "open_price"), 0, None
)  # fmt: skip
MAX_BALANCE = 10_000_000

_CARD = (
    "SELECT c.id, c.state, (SELECT COALESCE(SUM(amount), 0) FROM value_ledger WHERE card = c.id) "
    "FROM value_card c WHERE c.code = ?"
)
_AFTER = (
    "SELECT (SELECT SUM(amount) FROM value_ledger WHERE card = c.id AND id <= m.id) "
    "FROM value_card c JOIN value_ledger m ON m.card = c.id WHERE c.code = ? AND m.sale = ? ORDER BY m.id DESC LIMIT 1"
)
_OPEN = "INSERT INTO value_card (code, opened_us) VALUES (?, ?) ON CONFLICT DO NOTHING"
_ENTER = "INSERT INTO value_ledger (card, amount, reason, sale, at_us) VALUES (?, ?, ?, ?, ?)"


def is_card(code: str) -> bool:
    """Whether a code is that of a stored-value card."""
    return codes.identify(code, ()).kind == "value"


def balance(box: Box, code: str) -> int:
    """What is on an active card, in minor units. ShopError: value_unknown, value_blocked."""
    return _card(box, code)[1]


def balance_after(box: Box, code: str, sale: int) -> int | None:
    """What was on a card once a document (row id) was booked; None when that did nothing to it."""
    found = row(box.db, _AFTER, (code.upper(), sale))
    return None if found is None else int(found[0])


# What a document does to a card: its code, what is put on it (below zero: taken off it), why (top_up, paid, refunded).
Move = tuple[str, int, str]


def paid(code: str, amount: int) -> Move:
    """The move of a payment by card (minor units); below zero it is given back."""
    return code.upper(), -amount, "paid" if amount > 0 else "refunded"


def book(box: Box, moves: Iterable[Move], sale: int, at_us: int) -> None:
    """Enter a document's moves, once its row is there, inside its transaction. A top-up opens a new card.

    ShopError: value_unknown, value_blocked, value_short (missing: minor units), value_too_much.
    """
    for code, amount, reason in moves:
        if reason == "top_up":
            box.db.execute_sql(_OPEN, (code, at_us))
        card, now = _card(box, code)
        if now + amount < 0:
            raise ShopError("value_short", status=422, missing=-amount - now)
        if reason == "top_up" and now + amount > MAX_BALANCE:
            raise ShopError("value_too_much", status=422, limit=MAX_BALANCE)
        box.db.execute_sql(_ENTER, (card, amount, reason, sale, at_us))


def _card(box: Box, code: str) -> tuple[int, int]:
    found = row(box.db, _CARD, (code.upper(),))
    if found is None:
        raise ShopError("value_unknown", status=404)
    if found[1] != "active":
        raise ShopError("value_blocked")
    return int(found[0]), int(found[2])
