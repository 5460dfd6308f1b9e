"""Who may do what: action × role, deny by default. Routes name an action; a route without one is closed."""

from __future__ import annotations

from collections.abc import Mapping

ALLOW, APPROVE, DENY = "allow", "approve", "deny"
ROLES = ("anyone", "cashier", "manager", "technician", "kiosk", "hq")

_ALL = dict.fromkeys(ROLES, ALLOW)
_STAFF = dict.fromkeys(("cashier", "manager", "technician"), ALLOW)
_KEEPERS = dict.fromkeys(("manager", "technician"), ALLOW)
_SELLERS = dict.fromkeys(("cashier", "manager"), ALLOW)
_MANAGER = {"manager": ALLOW}
_SECOND = {"cashier": APPROVE, "manager": ALLOW}

# APPROVE: possible with a second person's PIN or badge in the same dialog; that person needs ALLOW.
TABLE: dict[str, dict[str, str]] = {
    "page.open": _ALL,
    "session.open": _ALL,
    "session.close": _STAFF,
    "till.see": _STAFF,
    "catalog.see": _STAFF,
    "sale.sell": _SELLERS,
    "sale.open_price": _SELLERS,
    "sale.price": _SECOND,
    "sale.discount": _SELLERS,
    "sale.discount_over": _SECOND,
    "sale.expired": _SECOND,
    "sale.hold": _SELLERS,
    "sale.void": _SECOND,
    "sale.return": _SELLERS,
    "sale.return_blind": _SECOND,
    "sale.refund_other": _SECOND,
    "sale.account": _SECOND,
    "value.top_up": _SELLERS,
    "member.see": _SELLERS,
    "member.enrol": _SELLERS,
    "member.correct": _SELLERS,
    "member.consent": _SELLERS,
    "member.note": _SELLERS,
    "member.card": _SELLERS,
    "member.give": _SELLERS,
    "member.family": _SELLERS,
    "member.merge": _SECOND,
    "member.erase": _SECOND,
    "points.adjust": _SECOND,
    "points.transfer": _SELLERS,
    "shift.open": _SELLERS,
    "shift.close": _SELLERS,
    "shift.report": _SELLERS,
    "drawer.open": _SECOND,
    "cash.in": _SELLERS,
    "cash.out": _SECOND,
    "kiosk.answer": _STAFF,
    "receipt.see": _SELLERS,
    "receipt.reprint": _SELLERS,
    "print.resolve": _SELLERS,
    "kiosk.use": {"kiosk": ALLOW},
    "bench.use": _ALL,
    "tech.see": _KEEPERS,
    "tech.print": _KEEPERS,
    "stock.see": _STAFF,
    "stock.count": _SELLERS,
    "stock.change": _MANAGER,
    "manager.see": _MANAGER,
    "feedback.manage": _MANAGER,
    "catalog.change": _MANAGER,
    "promotion.change": _MANAGER,
    "staff.change": _MANAGER,
    "setting.change": _MANAGER,
    "member.manage": _MANAGER,
    "data.import": _MANAGER,
    "data.export": _MANAGER,
    "audit.see": _MANAGER,
}
# What a shop may set to its own taste (setting `permissions`), for cashiers; all else is as above, so that nobody
# locks himself out and no cashier is let in where only managers go.
ADJUSTABLE = (
    "sale.price", "sale.discount", "sale.discount_over", "sale.hold", "sale.void", "sale.return", "sale.return_blind",
    "sale.refund_other", "sale.account", "value.top_up", "shift.report", "drawer.open", "cash.in", "cash.out",
    "member.correct", "member.card",
    "member.give", "member.family", "member.merge", "member.erase",
)  # fmt: skip


def permission(action: str, role: str, adjusted: Mapping[str, str] | None = None) -> str:
    """ALLOW, APPROVE or DENY; whatever the table does not name is denied. adjusted: the shop's own, for cashiers."""
    if adjusted and role == "cashier" and action in adjusted and action in ADJUSTABLE:
        return adjusted[action]
    return TABLE.get(action, {}).get(role, DENY)


def may(action: str, role: str, adjusted: Mapping[str, str] | None = None) -> bool:
    """Whether the role may begin the action (alone or with approval)."""
    return permission(action, role, adjusted) != DENY
