"""Goods on account: what a member owes, by tenders of that kind, and what was paid of it. Off unless a shop takes it.

The debt is a sum over documents: nothing here is stored twice. A payment is a line without tax, of which nothing is
taken off and for which nobody earns points.
"""

from __future__ import annotations

from edge.base.sqlite import row
from edge.box import Box
from edge.catalog import Product
from edge.errors import ShopError

PAYMENT = Product(
    -1, "#ACCOUNT", None, "挂账还款", "Account payment", "", "receipt-text", "pc", "#", ("account",), 0, None
)  # fmt: skip

# Her own documents, and those of whoever was merged into her.
_HERS = "s.member IN (SELECT id FROM member WHERE id = ?1 OR merged = ?1)"
_OWED = (
    f"SELECT COALESCE((SELECT SUM(t.amount) FROM tender t JOIN sale s ON s.id = t.sale WHERE {_HERS} "
    "AND t.kind = 'account' AND s.mode = ?2 AND s.id <= ?3), 0) - COALESCE((SELECT SUM(l.total) FROM sale_line l "
    f"JOIN sale s ON s.id = l.sale WHERE {_HERS} AND l.product = -1 AND s.mode = ?2 AND s.id <= ?3), 0)"
)
_ALL = 2**62


def owed(box: Box, member: int, mode: str = "live", upto: int = _ALL) -> int:
    """What the member owes, in minor units; below zero when more was paid. upto: as it was after that document."""
    found = row(box.db, _OWED, (member, mode, upto))
    return int(found[0]) if found else 0


def may_owe(box: Box, member: int, amount: int, mode: str) -> None:
    """ShopError("account_limit", left) when the debt would go over the shop's limit."""
    left = box.rules.account_limit - owed(box, member, mode)
    if amount > left:
        raise ShopError("account_limit", status=422, left=max(0, left))


def may_pay(box: Box, member: int | None, amount: int, mode: str) -> None:
    """ShopError("account_overpaid", owed) when more would be paid than is owed; tender_needs without a customer."""
    if member is None:
        raise ShopError("tender_needs", status=422, kind="account")
    debt = owed(box, member, mode)
    if amount > debt:
        raise ShopError("account_overpaid", status=422, owed=max(0, debt))
