"""A progress bar on a terminal; a line now and then where there is none."""

from __future__ import annotations

import time
from typing import TextIO

WIDTH = 30


class Bar:
    """Call it with (done, total, words)."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.terminal = out, out.isatty()
        self._last = 0.0
        self._began = time.monotonic()

    def __call__(self, done: int, total: int, words: str) -> None:
        now, ended = time.monotonic(), done >= total
        if not ended and now - self._last < (0.1 if self.terminal else 5.0):
            return
        self._last = now
        share = done / total if total else 1.0
        if self.terminal:
            filled = int(WIDTH * share)
            bar = "█" * filled + "░" * (WIDTH - filled)
            self.out.write(f"\r  {bar} {share:4.0%}  {words}\x1b[K" + ("\n" if ended else ""))
        else:
            self.out.write(f"  {share:4.0%}  {words}\n")
        self.out.flush()
