"""Every route of the manager's desk with the roles that may use it, written out: a new one without a row here fails."""

from __future__ import annotations

from edge.permissions import ROLES

ANYONE, MANAGER = set(ROLES), {"manager"}
MANAGED = {
    "manager.login_page": ANYONE,
    "manager.home": MANAGER,
    "manager.page": MANAGER,
    "manager.desk_me": MANAGER,
    "manager.desk_prove": MANAGER,
    "manager.today_today": MANAGER,
    "manager.receipts_search": MANAGER,
    "manager.receipts_look": MANAGER,
    "manager.receipts_picture": MANAGER,
    "manager.receipts_reprint": MANAGER,
    "manager.shifts_listed": MANAGER,
    "manager.shifts_report": MANAGER,
    "manager.shifts_print_report": MANAGER,
    "manager.products_search": MANAGER,
    "manager.products_look": MANAGER,
    "manager.products_change": MANAGER,
    "manager.products_drop": MANAGER,
    "manager.stock_listed": MANAGER,
    "manager.stock_lacks": MANAGER,
    "manager.stock_look": MANAGER,
    "manager.staff_listed": MANAGER,
    "manager.staff_add": MANAGER,
    "manager.staff_rename": MANAGER,
    "manager.staff_language": MANAGER,
    "manager.staff_role": MANAGER,
    "manager.staff_active": MANAGER,
    "manager.staff_badge": MANAGER,
    "manager.staff_unbadge": MANAGER,
    "manager.staff_pin": MANAGER,
    "manager.staff_code": MANAGER,
    **dict.fromkeys(
        (f"manager.members_{name}" for name in
         ("search", "look", "lines", "correct", "consent", "note", "note_drop", "block", "phone")),
        MANAGER,
    ),
    **dict.fromkeys(
        (f"manager.rights_{name}" for name in
         ("export", "erase_all", "preview", "merge", "shared", "join", "leave")),
        MANAGER,
    ),
    "manager.rules_read": MANAGER,
    "manager.rules_change": MANAGER,
    "manager.imports_listed": MANAGER,
    "manager.imports_start": MANAGER,
    "manager.imports_begin": MANAGER,
    "manager.imports_piece": MANAGER,
    "manager.imports_look": MANAGER,
    "manager.imports_refused": MANAGER,
    "manager.imports_load": MANAGER,
    "manager.imports_cancel": MANAGER,
    "manager.exports_listed": MANAGER,
    "manager.exports_ask": MANAGER,
    "manager.exports_fetch": MANAGER,
}
