"""A till left alone locks itself; its cart stays. What counts as use is a person's tap or a code at its scanner."""

from __future__ import annotations

from collections.abc import Callable

from edge.base.clock import Clock
from edge.people import Session


class Idle:
    """When each session was last used, in memory: writing it down at each scan would wear the card.

    Nothing that a page does by itself (a stream, a reload) is use, so that no screen can keep itself open.
    """

    def __init__(self, clock: Clock, limit_ns: Callable[[], int]) -> None:
        self.clock, self.limit_ns = clock, limit_ns
        self._seen: dict[str, int] = {}

    def touch(self, session: Session) -> None:
        """The session was used by a person or a scan."""
        self._seen[session.token_hash] = self.clock.mono_ns()

    def expired(self, session: Session) -> bool:
        """Whether nobody used it for too long. A session unknown here (after a restart) counts from now."""
        now = self.clock.mono_ns()
        return now - self._seen.setdefault(session.token_hash, now) > self.limit_ns()

    def forget(self, session: Session) -> None:
        """The session has ended."""
        self._seen.pop(session.token_hash, None)
