"""A progress bar for a terminal; silence for a pipe."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

WIDTH = 24
_EVERY_S = 0.1


class Bar:
    """Call it with (done, total, words); it draws one line over itself, some times a second.

    On something that is no terminal it writes nothing until `end`. now: seconds, monotonic.
    """

    def __init__(self, out: TextIO, title: str = "", now: Callable[[], float] = time.monotonic) -> None:
        self._out, self._title, self._now = out, title, now
        self._terminal = out.isatty()
        self._started = now()
        self._drawn_at = float("-inf")
        self._last = ""

    def __call__(self, done: int, total: int, words: str = "") -> None:
        full = WIDTH if total <= 0 else min(WIDTH, WIDTH * done // total)
        self._last = f"{self._title} [{'█' * full}{'░' * (WIDTH - full)}] {done}/{total}  {words}".strip()
        moment = self._now()
        if self._terminal and (moment - self._drawn_at >= _EVERY_S or done >= total):
            self._drawn_at = moment
            self._write(f"\r{self._last}\x1b[K")

    def end(self) -> None:
        """Leave the last state standing and go to the next line."""
        if self._last:
            self._write("\n" if self._terminal else f"{self._last}\n")

    def seconds(self) -> float:
        """Since it was made."""
        return self._now() - self._started

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
