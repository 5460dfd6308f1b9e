"""Does the till answer on its port, or is the port free for it?"""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator

from edge.base.config import WebConfig
from edge.health.base import Check, Finding, House, fail, ok, warn

ANSWER_S = 3.0


class PortsCheck(Check):
    name = "ports"

    def run(self, house: House) -> Iterator[Finding]:
        assert house.config is not None
        web = house.config.web
        params = {"host": web.host, "port": web.port}
        if house.serving():
            why = _answer(web)
            yield ok("answers", **params) if why is None else fail("mute", why=why, **params)
        elif _free(web):
            yield warn("stopped", **params)
        else:
            yield fail("taken", **params)
        if web.host not in ("127.0.0.1", "localhost", "::1"):
            yield warn("open", **params)


def _answer(web: WebConfig) -> str | None:
    """None when the till answered, else why not."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(web.host, web.host)  # noqa: S104 (compared, not bound)
    connection = http.client.HTTPConnection(host, web.port, timeout=ANSWER_S)
    try:
        connection.request(
            "GET", "/static/logo.svg", headers={"Host": web.trusted_hosts[0] if web.trusted_hosts else host}
        )
        status = connection.getresponse().status
        return None if status < 500 else f"HTTP {status}"
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()


def _free(web: WebConfig) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in web.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((web.host, web.port))
        except OSError:
            return False
    return True
