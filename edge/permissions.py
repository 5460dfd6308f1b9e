"""Who may do what: action × role, deny by default. Routes name an action; a route without one is closed."""

from __future__ import annotations

ALLOW, APPROVE, DENY = "allow", "approve", "deny"
ROLES = ("anyone", "cashier", "manager", "technician", "kiosk", "hq")

_ALL = dict.fromkeys(ROLES, ALLOW)
_STAFF = dict.fromkeys(("cashier", "manager", "technician"), ALLOW)
_KEEPERS = dict.fromkeys(("manager", "technician"), ALLOW)
_SELLERS = dict.fromkeys(("cashier", "manager"), ALLOW)

# APPROVE: possible with a second person's PIN in the same dialog; that person needs ALLOW.
TABLE: dict[str, dict[str, str]] = {
    "page.open": _ALL,
    "session.open": _ALL,
    "session.close": _STAFF,
    "till.see": _STAFF,
    "catalog.see": _STAFF,
    "sale.sell": _SELLERS,
    "shift.open": _SELLERS,
    "shift.close": _SELLERS,
    "sale.void": {"cashier": APPROVE, "manager": ALLOW},
    "kiosk.answer": _STAFF,
    "receipt.see": _SELLERS,
    "receipt.reprint": _SELLERS,
    "print.resolve": _SELLERS,
    "kiosk.use": {"kiosk": ALLOW},
    "bench.use": _ALL,
    "tech.see": _KEEPERS,
    "tech.print": _KEEPERS,
}


def permission(action: str, role: str) -> str:
    """ALLOW, APPROVE or DENY; whatever the table does not name is denied."""
    return TABLE.get(action, {}).get(role, DENY)


def may(action: str, role: str) -> bool:
    """Whether the role may begin the action (alone or with approval)."""
    return permission(action, role) != DENY
