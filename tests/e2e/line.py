"""The scanner's end of a serial line: a real terminal (pty) behind a device name that can be unplugged."""

from __future__ import annotations

import os
import tty
from pathlib import Path


class Line:
    """Plugged in when made; `path` is the device file of tillbox.toml."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ends: tuple[int, ...] = ()
        self.plug()

    def plug(self) -> None:
        """Put a scanner on the line."""
        main, other = os.openpty()
        tty.setraw(other)
        self._ends = (main, other)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(other))

    def unplug(self) -> None:
        """Pull it out: whoever reads sees the line hang up."""
        self.path.unlink(missing_ok=True)
        for end in self._ends:
            os.close(end)
        self._ends = ()

    def send(self, data: bytes) -> None:
        """Bytes as they come from the device."""
        while data:
            data = data[os.write(self._ends[0], data) :]

    def scan(self, code: str) -> None:
        """One code with its carriage return."""
        self.send(code.encode() + b"\r")
