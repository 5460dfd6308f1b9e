"""Named threads that are restarted when they die: five times in sixty seconds, then their part is degraded.

A degraded part is shown and logged once; the till goes on selling without it. A thread that hangs can't be restarted:
it is named by stuck(), and the watchdog is no longer fed.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from edge.base.clock import Clock

log = logging.getLogger(__name__)

BUDGET, WINDOW_S = 5, 60.0
# How long a loop may take over one turn. With the 15 s of the unit's watchdog, a till that hangs is back after 30 s.
PATIENCE_S = 15.0


@dataclass
class Part:
    """One supervised loop: run() blocks until stop() was called; deaths are the times it died, in seconds.

    A loop that called beat() once has to go on: it is stuck when its last beat is older than patience_s. One that never
    did is not judged. A vital part that stays off is as bad as a stuck one.
    """

    name: str
    run: Callable[[], None]
    stop: Callable[[], None]
    patience_s: float
    vital: bool
    clock: Clock
    thread: threading.Thread | None = None
    deaths: deque[float] = field(default_factory=deque)
    degraded: bool = False
    beaten_ns: int | None = None
    named: bool = False

    def beat(self) -> None:
        """The loop made progress; from its own thread, as often as it likes."""
        self.beaten_ns = self.clock.mono_ns()

    def stuck(self) -> bool:
        """Has it stopped moving?"""
        if self.degraded:
            return self.vital
        if self.beaten_ns is None or self.thread is None or not self.thread.is_alive():
            return False
        return self.clock.mono_ns() - self.beaten_ns > self.patience_s * 1e9


class Supervisor:
    """Starts parts in order, restarts the dead, stops in reverse."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.parts, self.stopping = clock, list[Part](), threading.Event()
        self._named: dict[str, Part] = {}

    def start(
        self,
        name: str,
        run: Callable[[], None],
        stop: Callable[[], None],
        *,
        listen: Callable[[Callable[[], None]], None] = lambda beat: None,
        patience_s: float | None = None,
        vital: bool = False,
    ) -> None:
        """Run a loop in a thread of its own from now on. listen is handed the part's beat() before that.

        patience_s: how long one turn of it may take (default: PATIENCE_S).
        """
        part = Part(name, run, stop, PATIENCE_S if patience_s is None else patience_s, vital, self.clock)
        listen(part.beat)
        self.parts.append(part)
        self._named[name] = part
        self._launch(part)

    def tick(self) -> None:
        """Restart what has died, within its budget. Called about once a second by the main thread."""
        for part in self.parts:
            if part.degraded or self.stopping.is_set() or (part.thread and part.thread.is_alive()):
                continue
            now = self.clock.mono_ns() / 1e9
            part.deaths.append(now)
            while part.deaths and now - part.deaths[0] > WINDOW_S:
                part.deaths.popleft()
            if len(part.deaths) > BUDGET:
                part.degraded = True
                log.error("%s died %d times in %d s and stays off; restart tillbox", part.name, BUDGET, WINDOW_S)
            else:
                self._launch(part)

    def degraded(self) -> list[str]:
        """The names of the parts that stay off."""
        return [part.name for part in self.parts if part.degraded]

    def is_off(self, name: str) -> bool:
        """Whether the part of that name stays off."""
        part = self._named.get(name)
        return part is not None and part.degraded

    def stuck(self) -> list[str]:
        """The names of the parts that hang; each is logged once."""
        names = [part.name for part in self.parts if part.stuck()]
        for part in self.parts:
            if part.name in names and not part.named:
                log.error(
                    "%s hangs (%.0f s without a turn); the watchdog starts tillbox anew", part.name, part.patience_s
                )
            part.named = part.name in names
        return names

    def stop(self, patience_s: float = 5.0) -> None:
        """Stop all parts in reverse order and wait for their threads."""
        self.stopping.set()
        for part in reversed(self.parts):
            part.stop()
        for part in reversed(self.parts):
            if part.thread is not None:
                part.thread.join(patience_s)
                if part.thread.is_alive():
                    log.warning("%s did not stop in %.0f s", part.name, patience_s)

    def _launch(self, part: Part) -> None:
        part.beaten_ns = None
        part.thread = threading.Thread(target=self._guard, args=(part,), name=part.name, daemon=True)
        part.thread.start()

    def _guard(self, part: Part) -> None:
        try:
            part.run()
        except Exception:
            log.exception("%s died", part.name)
