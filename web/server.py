"""Waitress with an orderly end: what is being answered is finished, then every line is hung up.

Waitress itself ends by an exception in its loop; closed from another thread it leaves a loop that reads closed files.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from web.context import MAX_PIECE

LOOK_S = 0.2
FLUSH_S = 2.0


class WebServer:
    """One app at one address. Listens from the start on (OSError when it can't); answers while run() runs."""

    def __init__(self, app: Flask, host: str, port: int, threads: int) -> None:
        self._sockets: dict[int, Any] = {}
        self._ending = threading.Event()
        self.progress: Callable[[], None] = lambda: None  # called at each turn of the loop
        self._server = create_server(
            app, map=self._sockets, host=host, port=port, threads=threads, ident=None,
            clear_untrusted_proxy_headers=True, max_request_body_size=MAX_PIECE + 1, max_request_header_size=16384,
        )  # fmt: skip

    def run(self) -> None:
        """Serve until stop(), in this thread. Endless answers (streams) must be ended by their app before."""
        while not self._ending.is_set():
            self.progress()
            wasyncore.loop(timeout=LOOK_S, use_poll=True, map=self._sockets, count=1)
        self._server.task_dispatcher.shutdown()
        until = time.monotonic() + FLUSH_S
        while time.monotonic() < until and any(getattr(s, "total_outbufs_len", 0) for s in self._sockets.values()):
            wasyncore.loop(timeout=LOOK_S, use_poll=True, map=self._sockets, count=1)
        wasyncore.close_all(self._sockets)

    def stop(self) -> None:
        """End run() soon; from any thread."""
        self._ending.set()
