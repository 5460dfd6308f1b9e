"""Tells this process's listeners, after a commit, what moved. A listener that fails never stops the till."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)

Listener = Callable[..., None]


class Bus:
    """Topics: "till.changed", "kiosk.changed" and "stock.changed" (lane), "sale" (lane, uid, kind), "print" (lane),
    "device", "catalog", "offers", "consent", "session" (lane), "staff", "setting", "member" (gone, kept: row ids),
    "promotion"."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}

    def subscribe(self, topic: str, listener: Listener) -> None:
        """Call listener(**data) in the publishing thread for every event of the topic. Before the start only."""
        self._listeners.setdefault(topic, []).append(listener)

    def publish(self, topic: str, **data: Any) -> None:
        """Hand an event to its listeners; what one raises is logged, the others still hear it."""
        for listener in self._listeners.get(topic, ()):
            try:
                listener(**data)
            except Exception:
                log.exception("a listener of %s failed", topic)
