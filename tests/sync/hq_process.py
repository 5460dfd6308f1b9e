"""Headquarters as a process of its own, for tests that kill it: python -m tests.sync.hq_process FOLDER PORT."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from tests.sync.shop import hq_config, quick_hq


def main() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    services = quick_hq(hq_config(Path(sys.argv[1]), int(sys.argv[2])))
    services.start()
    print("ready", flush=True)
    stop.wait()
    services.stop()


if __name__ == "__main__":
    main()
