"""What needs a second person: refused at first, kept as it was asked, and done once somebody who may allows it.

The second person types their PIN at the same screen or holds their badge under the scanner; either way the very command
that was asked for is run again, with their name on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from edge.errors import ShopError
from edge.people import Person, Session
from edge.permissions import ALLOW, DENY, permission
from edge.settings import Rules

# Longer than it takes to call a colleague; after that somebody else may stand at the till.
WAIT_NS = 120_000_000_000


class ApprovalNeeded(Exception):
    """The command is possible with a second person. facts fill the words of the question."""

    def __init__(self, action: str, facts: dict[str, Any]) -> None:
        super().__init__(action)
        self.action, self.facts = action, facts


@dataclass(slots=True)
class Pending:
    """A command that waits for a second person; people are those who may allow it.

    given: who allowed what else of it already, by action. picked: who held a badge under the scanner, where the shop
    wants the PIN, too.
    """

    action: str
    facts: dict[str, Any]
    command: str
    args: dict[str, Any]
    session: Session
    since_ns: int
    people: list[Person]
    given: dict[str, Person]
    picked: str | None = None


@dataclass
class Desk:
    """What a lane waits for, and while it runs again, who allowed which action. Under the lane's lock."""

    pending: Pending | None = None
    granted: dict[str, Person] = field(default_factory=dict)

    def ask(self, rules: Rules, session: Session, action: str, **facts: Any) -> Person | None:
        """The second person who allowed it, None when the first may alone.

        Raises ShopError("denied") or ApprovalNeeded.
        """
        verdict = permission(action, session.person.role, rules.permissions)
        if verdict == ALLOW:
            return None
        if verdict == DENY:
            raise ShopError("denied", status=403)
        if action in self.granted:
            return self.granted[action]
        raise ApprovalNeeded(action, facts)

    def waiting(self, now_ns: int) -> Pending | None:
        """What waits, unless it has waited too long."""
        if self.pending is not None and now_ns - self.pending.since_ns > WAIT_NS:
            self.pending = None
        return self.pending
