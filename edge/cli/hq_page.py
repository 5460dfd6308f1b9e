"""Headquarters' page on waitress, beside the receiver in one process."""

from __future__ import annotations

import threading
from collections.abc import Callable

from edge.cli import hq_comments
from sync.hq import HqServices
from web.hq.app import create_app
from web.server import WebServer

THREADS = 8


def serve(services: HqServices) -> Callable[[], None]:
    """The page, and the reading of comments; until the returned function is called."""
    ends = (serve_page(services), hq_comments.start(services))

    def stop() -> None:
        for end in ends:
            end()

    return stop


def serve_page(services: HqServices) -> Callable[[], None]:
    """Serve the console until the returned function is called. OSError when its port can't be used."""
    config = services.config
    server = WebServer(create_app(services), config.host, config.port, THREADS)
    thread = threading.Thread(target=server.run, name="page", daemon=True)
    thread.start()

    def stop() -> None:
        server.stop()
        thread.join(10)

    return stop
