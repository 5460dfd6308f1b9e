"""Child processes of the demo: started in order, watched, restarted, ended in reverse."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
RESTART_S = 2.0


def _die_with_parent() -> None:
    # Between fork and exec: if the terminal is closed with force, no till stays behind holding the port.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process and its log file."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    died_at: float = 0.0
    wait_s: float = RESTART_S

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches it only through us."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
                preexec_fn=_die_with_parent, env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip

    def ended(self) -> int | None:
        """The exit code, or None while it runs."""
        return self.process.poll() if self.process else None

    def stop(self, patience_s: float = 10.0) -> None:
        """SIGTERM, then after a while SIGKILL."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """The last line of its log."""
        try:
            lines = self.log.read_text(errors="replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1] if lines else ""


class Family:
    """The children of one demo."""

    def __init__(self, say: Callable[[str, str], None]) -> None:
        self.children: list[Child] = []
        self._say = say

    def start(self, name: str, command: list[str], log: Path) -> Child:
        """Start another child, after those before it."""
        child = Child(name, command, log)
        child.start()
        self.children.append(child)
        return child

    def watch(self) -> None:
        """Start again what has died, less often each time; say(name, last words) each time."""
        now = time.monotonic()
        for child in self.children:
            if child.ended() is not None and now - child.died_at > child.wait_s:
                # What dies at every start is tried less and less often.
                child.wait_s = RESTART_S if now - child.died_at > 60 else min(60.0, 2 * child.wait_s)
                child.died_at = now
                self._say(child.name, child.last_words())
                child.start()

    def stop(self) -> None:
        """End all, the last started first."""
        for child in reversed(self.children):
            child.stop()


def wait_for_port(host: str, port: int, child: Child, patience_s: float = 30.0) -> bool:
    """Whether something answers at the port before the child ends or patience does."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline and child.ended() is None:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex((host, port)) == 0:
                return True
        time.sleep(0.05)
    return False


def port_free(host: str, port: int) -> bool:
    """Whether nobody listens at the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def any_free_port(host: str) -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
