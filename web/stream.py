"""Server-sent events: each open stream holds a thread, so they are few and end together.

A closed browser is noticed only at the second write after it, hence the heartbeat of three seconds. The newest stream
of a screen ends the older one (which says so, and the page offers to take over). Measured: with heartbeats of 15 s,
16 reloads froze the next request for 30 s.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import orjson

HEARTBEAT_S = 3.0
RECONNECT_MS = 1500


class TooManyStreams(Exception):
    """All threads that streams may hold are taken."""


class Ticket:
    """One open stream: its screen, and why it should end."""

    def __init__(self, screen: str) -> None:
        self.screen = screen
        self.end: str | None = None
        # Not an Event: this wakes its thread in C, and a scan is on the screen the sooner.
        self._woken: SimpleQueue[None] = SimpleQueue()

    def wake(self) -> None:
        """Something changed."""
        if self._woken.empty():
            self._woken.put(None)

    def wait(self, seconds: float) -> None:
        """Until something changes, or so long."""
        with suppress(Empty):
            self._woken.get(timeout=seconds)

    def settle(self) -> None:
        """Whatever changed before now is about to be looked at."""
        with suppress(Empty):
            while True:
                self._woken.get_nowait()


class Hub:
    """The streams of the app: at most `limit`, one a screen."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._open: list[Ticket] = []
        self._closed = False

    def open(self, screen: str) -> Ticket:
        """A ticket for a new stream; the older stream of the same screen is told to end ("taken").

        Raises TooManyStreams at the limit and after close().
        """
        with self._lock:
            older = [ticket for ticket in self._open if ticket.screen == screen and ticket.end is None]
            if self._closed or len(self._open) - len(older) >= self.limit:
                raise TooManyStreams
            for ticket in older:
                self._finish(ticket, "taken")
            ticket = Ticket(screen)
            self._open.append(ticket)
            return ticket

    def leave(self, ticket: Ticket) -> None:
        """The stream of ticket has ended."""
        with self._lock:
            if ticket in self._open:
                self._open.remove(ticket)

    def notify(self, screen: str) -> None:
        """Something on this screen changed; its stream sends the new state."""
        with self._lock:
            for ticket in self._open:
                if ticket.screen == screen:
                    ticket.wake()

    def close(self) -> None:
        """End every stream, and open no more."""
        self._closed = True
        self.restart()

    def restart(self) -> None:
        """End every stream; the pages come back by themselves."""
        with self._lock:
            for ticket in self._open:
                self._finish(ticket, "closing")

    def count(self) -> int:
        """How many streams hold a thread now."""
        with self._lock:
            return len(self._open)

    @staticmethod
    def _finish(ticket: Ticket, why: str) -> None:
        ticket.end = ticket.end or why
        ticket.wake()


def states(hub: Hub, ticket: Ticket, state: Callable[[], dict[str, Any] | None]) -> Iterator[str]:
    """The events of one stream: the state now and at every change, a beat each HEARTBEAT_S, then the reason it ends.

    state() is asked again at each beat too, so a change that nobody announced still shows; None means that the
    session is gone, and the page goes to the log-in.
    """
    last = None
    try:
        yield f"retry: {RECONNECT_MS}\n\n"
        while ticket.end is None:
            ticket.settle()
            now = state()
            if now is None:
                yield _event("locked", "{}")
                return
            data = orjson.dumps(now).decode()
            mark = fingerprint(now, data)
            yield _event("state", data) if mark != last else _event("beat", "{}")
            last = mark
            ticket.wait(HEARTBEAT_S)
        yield _event(ticket.end, "{}")
    finally:
        hub.leave(ticket)


def fingerprint(view: dict[str, Any], data: str) -> str:
    """What decides whether a view is worth sending again.

    All of it but the running count-down of the undo bar, and what a stream tells once ("shop", named by "fixed").
    """
    if "shop" in view:
        data = orjson.dumps({name: part for name, part in view.items() if name != "shop"}).decode()
    undo = view["basket"]["undo"] if "basket" in view else None  # a kiosk has none
    return data.replace(f'"left_ms":{undo["left_ms"]}', "", 1) if undo else data


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"
