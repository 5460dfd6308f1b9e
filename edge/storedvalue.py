"""Stored value: what the shop owes to whoever holds the card. A liability ledger of its own, not sales and not points.

A top-up is a line without tax, of which nothing is taken off and for which nobody earns points; paying with the card is
a tender. Both are entries of the sale's own transaction, so that no balance can be spent twice at this box.
"""

from __future__ import annotations

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


def is_card(code: str) -> bool:
    """Whether a code is that of a stored-value card."""
    return codes.identify(code, ()).kind == "value"


def balance(box: Box, code: str) -> int:
    """What is on an active card, in minor units. ShopError: value_unknown, value_blocked."""
    return _card(box, code)[1]


def top_up(box: Box, code: str, amount: int, sale: int, at_us: int) -> None:
    """Put money on a card; a new card is opened by it. Inside the sale's transaction."""
    db = box.db
    db.execute_sql("INSERT INTO value_card (code, opened_us) VALUES (?, ?) ON CONFLICT DO NOTHING", (code, at_us))
    card, now = _card(box, code)
    if now + amount > MAX_BALANCE:
        raise ShopError("value_too_much", status=422, limit=MAX_BALANCE)
    _enter(box, card, amount, "top_up" if amount > 0 else "paid_out", sale, at_us)


def pay(box: Box, code: str, amount: int, sale: int, at_us: int) -> int:
    """Take money off a card (below zero: put it back); returns what is left. Inside the sale's transaction.

    ShopError: value_unknown, value_blocked, value_short (missing: minor units).
    """
    card, now = _card(box, code)
    if amount > now:
        raise ShopError("value_short", status=422, missing=amount - now)
    _enter(box, card, -amount, "paid" if amount > 0 else "refunded", sale, at_us)
    return now - amount


def _card(box: Box, code: str) -> tuple[int, int]:
    found = row(box.db, _CARD, (code.upper(),))
    if found is None:
        raise ShopError("value_unknown", status=404)
    if found[1] != "active":
        raise ShopError("value_blocked")
    return int(found[0]), int(found[2])


def _enter(box: Box, card: int, amount: int, reason: str, sale: int, at_us: int) -> None:
    box.db.execute_sql(
        "INSERT INTO value_ledger (card, amount, reason, sale, at_us) VALUES (?, ?, ?, ?, ?)",
        (card, amount, reason, sale, at_us),
    )
