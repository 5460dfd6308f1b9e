"""Named threads that are restarted when they die: five times in sixty seconds, then their part is degraded.

A degraded part is shown and logged once; the till goes on selling without it.
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


@dataclass
class Part:
    """One supervised loop: run() blocks until stop() was called; deaths are the times it died, in seconds."""

    name: str
    run: Callable[[], None]
    stop: Callable[[], None]
    thread: threading.Thread | None = None
    deaths: deque[float] = field(default_factory=deque)
    degraded: bool = False


class Supervisor:
    """Starts parts in order, restarts the dead, stops in reverse."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.parts, self.stopping = clock, list[Part](), threading.Event()

    def start(self, name: str, run: Callable[[], None], stop: Callable[[], None]) -> None:
        """Run a loop in a thread of its own from now on."""
        part = Part(name, run, stop)
        self.parts.append(part)
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
        part.thread = threading.Thread(target=self._guard, args=(part,), name=part.name, daemon=True)
        part.thread.start()

    def _guard(self, part: Part) -> None:
        try:
            part.run()
        except Exception:
            log.exception("%s died", part.name)
