"""Somebody at a kiosk wants a person: seen on every till of this box until one says "coming"."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from edge.box import Box
from edge.errors import ShopError

CALLING, COMING = "calling", "coming"


class Calls:
    """The open calls by lane. In memory: after a restart the customer presses again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, str] = {}
        self.on_change: Callable[[], None] = lambda: None

    def call(self, box: Box, lane: str, mode: str) -> None:
        """Somebody presses the bell; pressing again changes nothing."""
        with self._lock:
            if self._open.get(lane) == CALLING:
                return
            self._open[lane] = CALLING
        with box.transaction():
            box.record("c", "staff.called", {"lane": lane}, mode=mode)
        self.on_change()

    def answer(self, box: Box, lane: str, staff_uid: str, mode: str) -> None:
        """A person at a till goes there. ShopError("call_gone") when another did already."""
        with self._lock:
            if self._open.get(lane) != CALLING:
                raise ShopError("call_gone")
            self._open[lane] = COMING
        with box.transaction():
            box.record("c", "staff.answered", {"lane": lane, "staff": staff_uid}, mode=mode)
        self.on_change()

    def forget(self, lane: str) -> None:
        """The customer who was answered has left; an unanswered call stays."""
        with self._lock:
            if self._open.get(lane) == COMING:
                del self._open[lane]

    def clear(self) -> None:
        """Nobody calls any more (a shop that opens anew)."""
        with self._lock:
            self._open.clear()

    def state(self, lane: str) -> str | None:
        """ "calling", "coming" or None, for the kiosk's own screen."""
        with self._lock:
            return self._open.get(lane)

    def view(self) -> list[dict[str, Any]]:
        """[{lane}] of the unanswered, for the tills."""
        with self._lock:
            return [{"lane": lane} for lane, state in self._open.items() if state == CALLING]
