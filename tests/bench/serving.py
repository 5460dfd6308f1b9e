"""`tillbox serve` with a window for the bench: SIGUSR1 makes it write which of its threads is which.

`python -m tests.bench.serving CONFIG THREADS_FILE`
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path

from edge.cli import main


def show_threads(path: Path) -> None:
    """At SIGUSR1: {thread's name: its number in /proc}."""

    def write(*_: object) -> None:
        found = {str(thread.native_id): thread.name for thread in threading.enumerate()}
        part = path.with_suffix(".part")
        part.write_text(json.dumps(found))
        part.rename(path)

    signal.signal(signal.SIGUSR1, write)


if __name__ == "__main__":
    show_threads(Path(sys.argv[2]))
    sys.exit(main(["--log-level", "WARNING", "serve", "--config", sys.argv[1]]))
