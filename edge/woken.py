"""A loop that is woken after a sale and looks by itself now and then: what no sale waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable

from edge.box import Box

# The screen's answer goes first: the loop would share Python's lock with it.
ANSWER_S = 0.05


class Woken:
    """A supervised loop: run() blocks until stop(); look() is one turn, and all that tests call.

    every_s: how long it sleeps when nobody wakes it.
    """

    every_s: float

    def __init__(self, box: Box) -> None:
        self.box = box
        self._wake, self._stopped = threading.Event(), threading.Event()
        self.progress: Callable[[], None] = lambda: None

    def wake(self) -> None:
        """There is something to look at."""
        self._wake.set()

    def stop(self) -> None:
        """End run()."""
        self._stopped.set()
        self._wake.set()

    def run(self) -> None:
        """Look until stop()."""
        try:
            while not self._stopped.is_set():
                self._wake.clear()
                self.look()
                self.progress()
                if self._wake.wait(self.every_s):
                    self._stopped.wait(ANSWER_S)
        finally:
            self.box.close()

    def look(self) -> None:
        """Do what there is to do now."""
        raise NotImplementedError
