"""Who may do what: whatever is not written down is denied."""

from __future__ import annotations

import pytest

from edge.permissions import ALLOW, APPROVE, DENY, ROLES, TABLE, may, permission


@pytest.mark.parametrize(
    ("action", "allowed", "approve"),
    [
        ("page.open", set(ROLES), set()),
        ("session.open", set(ROLES), set()),
        ("till.see", {"cashier", "manager", "technician"}, set()),
        ("sale.sell", {"cashier", "manager"}, set()),
        ("sale.void", {"manager"}, {"cashier"}),
        ("receipt.reprint", {"cashier", "manager"}, set()),
        ("print.resolve", {"cashier", "manager"}, set()),
    ],
)
def test_an_action_is_for(action: str, allowed: set[str], approve: set[str]) -> None:
    for role in ROLES:
        expected = ALLOW if role in allowed else APPROVE if role in approve else DENY
        assert permission(action, role) == expected, role
        assert may(action, role) == (expected != DENY)


@pytest.mark.parametrize("role", [*ROLES, "", "admin"])
def test_an_unknown_action_is_nobodys(role: str) -> None:
    assert permission("sale.give_away", role) == DENY


@pytest.mark.parametrize("action", TABLE)
def test_an_unknown_role_may_nothing(action: str) -> None:
    assert permission(action, "admin") == DENY
    assert permission(action, "") == DENY


def test_the_table_holds_only_known_roles_and_answers() -> None:
    for entries in TABLE.values():
        assert set(entries) <= set(ROLES)
        assert set(entries.values()) <= {ALLOW, APPROVE, DENY}


def test_what_needs_approval_can_be_approved_by_somebody() -> None:
    for action, entries in TABLE.items():
        if APPROVE in entries.values():
            assert ALLOW in entries.values(), action
