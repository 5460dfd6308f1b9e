"""Headquarters' page on waitress, beside the receiver in one process."""

from __future__ import annotations

import threading
from collections.abc import Callable

from waitress.server import create_server

from sync.hq import HqServices
from web.hq.app import create_app

THREADS = 8


def serve_page(services: HqServices) -> Callable[[], None]:
    """Serve the console until the returned function is called. OSError when its port can't be used."""
    config = services.config
    server = create_server(
        create_app(services), host=config.host, port=config.port, threads=THREADS, ident=None,
        clear_untrusted_proxy_headers=True, max_request_body_size=65536, max_request_header_size=16384,
    )  # fmt: skip
    thread = threading.Thread(target=server.run, name="page", daemon=True)
    thread.start()

    def stop() -> None:
        server.close()
        thread.join(5)

    return stop
