"""Every call of the manager's API: method, address, permission, and the function that answers.

The functions' modules are loaded when one of them is first asked for: a box on which nobody opens the manager's pages
needs no memory for them. Addresses are below /api/manager.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One call. step_up: wants the person's PIN once more; quiet: asked by pages on their own, so nobody is there."""

    method: str
    path: str
    action: str
    view: str
    step_up: bool = False
    quiet: bool = False

    @property
    def endpoint(self) -> str:
        return self.view.replace(".", "_")


TABLE = (
    Row("GET", "/me", "manager.see", "desk.me"),
    Row("POST", "/pin", "manager.see", "desk.prove"),
    Row("GET", "/today", "manager.see", "today.today", quiet=True),
    Row("GET", "/receipts", "manager.see", "receipts.search"),
    Row("GET", "/receipts/<sale>", "manager.see", "receipts.look"),
    Row("GET", "/receipts/<sale>/picture", "manager.see", "receipts.picture"),
    Row("POST", "/receipts/<sale>/print", "manager.see", "receipts.reprint"),
    Row("GET", "/shifts", "manager.see", "shifts.listed"),
    Row("GET", "/shifts/<shift>", "manager.see", "shifts.report"),
    Row("POST", "/shifts/<shift>/print", "manager.see", "shifts.print_report"),
)
