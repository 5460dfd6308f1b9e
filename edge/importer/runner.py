"""Carries on the imports that a screen began, each in a process of its own: the till keeps its memory and its turns.

The till only looks: for what is queued, and after a start for what a power cut interrupted. A command's own imports are
left to whoever gave the command.
"""

from __future__ import annotations

import logging
import os
import subprocess
import threading
from collections.abc import Callable, Sequence

from edge.base.sqlite import row
from edge.box import Box

log = logging.getLogger(__name__)

LOOK_S, AGAIN_S = 1.0, 30.0
END_S = 5.0
_NEXT = (
    "SELECT uid FROM job WHERE kind LIKE 'import.%' AND state IN ('queued', 'running') AND json_extract(args, '$.own')"
)


class Runner:
    """command: what carries on the open import, as `tillbox import resume` does."""

    def __init__(self, box: Box, command: Sequence[str]) -> None:
        self.box, self.command = box, list(command)
        self._stopped = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._again_s, self._begun = 0.0, ""
        self.progress: Callable[[], None] = lambda: None

    def stop(self) -> None:
        """End run(); what is under way goes on after the next start."""
        self._stopped.set()

    def run(self) -> None:
        """Look until stop()."""
        try:
            while not self._stopped.wait(LOOK_S):
                self.progress()
                self.look()
        finally:
            self._end()
            self.box.close()

    def look(self) -> None:
        """One look: begin what waits, notice what has ended."""
        if self._child is not None:
            code = self._child.poll()
            if code is None:
                return
            self._child = None
            self._again_s = AGAIN_S if code and self._next() == self._begun else 0.0  # broke off: not at once again
            if self._again_s:
                log.warning("an import broke off (%s); once more in %d s", code, AGAIN_S)
        self._again_s = max(0.0, self._again_s - LOOK_S)
        waits = "" if self._again_s else self._next()
        if waits:
            self._begun = waits
            kept = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
            self._child = subprocess.Popen(self.command, env=kept, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def _next(self) -> str:
        found = row(self.box.db, _NEXT)
        return str(found[0]) if found else ""

    def _end(self) -> None:
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(END_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None
