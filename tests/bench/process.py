"""Processes under a bench: started, watched from outside through /proc, ended."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]
SERVE = "import sys; from edge.cli import main; sys.exit(main())"


class Process:
    """One child; a context manager that ends it."""

    def __init__(self, command: list[str], log: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            self.popen = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )

    @property
    def pid(self) -> int:
        return self.popen.pid

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.popen.send_signal(signal.SIGTERM)
        try:
            self.popen.wait(10)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()

    def wait_for(self, port: int) -> None:
        """Until something answers at the port; AssertionError with the process's last words otherwise."""
        until(lambda: listens(port) or self.popen.poll() is not None, 20, "an answer")
        assert self.popen.poll() is None, self.log.read_text()

    def cpu_ns(self, wanted: Callable[[int], bool] = lambda thread: True) -> int:
        """Time on a processor of all threads (or the wanted ones) so far, in nanoseconds."""
        total = 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            if wanted(int(task.name)):
                try:
                    total += int((task / "schedstat").read_text().split()[0])
                except OSError:
                    continue  # the thread has ended meanwhile
        return total

    def memory(self) -> tuple[int, dict[str, int]]:
        """(bytes of its own, path and place of a file -> bytes of it that lie in memory)."""
        own, files, place = 0, dict[str, int](), ""
        for line in Path(f"/proc/{self.pid}/smaps").read_text().splitlines():
            first, *rest = line.split()
            if not first.endswith(":"):
                place = f"{rest[4]} {rest[1]}" if len(rest) > 4 else ""
            elif first == "Rss:":
                files[place] = files.get(place, 0) + int(rest[0]) * 1024
            elif first == "Anonymous:":
                own += int(rest[0]) * 1024
                files[place] -= int(rest[0]) * 1024
        return own, files

    def loaded(self, name: str) -> bool:
        """Whether a library whose path holds /name/ is in its memory."""
        return f"/{name}/" in Path(f"/proc/{self.pid}/maps").read_text()

    def threads(self, answer: Path) -> dict[int, str]:
        """Number -> name of its threads (of a process that runs tests.bench.serving)."""
        answer.unlink(missing_ok=True)
        os.kill(self.pid, signal.SIGUSR1)
        until(answer.exists, 5, "the list of threads")
        return {int(number): name for number, name in json.loads(answer.read_text()).items()}


def together(processes: list[Process]) -> int:
    """Bytes that the processes hold between them: each one's own, and every shared page of a file once.

    It is their PSS on a machine where nobody else runs Python (others, the bench itself too, would take a share off).
    """
    found = [process.memory() for process in processes]
    files: dict[str, int] = {}
    for _, parts in found:
        for place, size in parts.items():
            files[place] = max(files.get(place, 0), size)
    return sum(own for own, _ in found) + sum(files.values())


def listens(port: int) -> bool:
    """Whether something answers there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], bool], seconds: float, what: str, step: float = 0.005) -> None:
    """Wait for something; AssertionError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(step)
