"""Is headquarters' broker reachable, and when did headquarters last say that it has everything?"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from edge.base.tls import explained
from edge.health.base import Check, Finding, House, fail, ok, warn

CONNECT_S, LATE_S = 3.0, 300.0


class BrokerCheck(Check):
    name = "broker"
    patience_s = 8.0

    def run(self, house: House) -> Iterator[Finding]:
        assert house.config is not None
        hq = house.config.hq
        if hq is None:
            yield ok("none")
            return
        try:
            with socket.create_connection((hq.host, hq.port), timeout=CONNECT_S) as plain:
                if hq.tls is not None:
                    hq.tls.context().wrap_socket(plain, server_hostname=hq.host).close()
            yield ok("secured" if hq.tls else "reached", host=hq.host, port=hq.port)
        except ssl.SSLError as error:
            yield warn("untrusted", host=hq.host, port=hq.port, why=explained(error, hq.host))
        except OSError as error:
            why = error.strerror or str(error) or type(error).__name__
            yield warn("unreachable", host=hq.host, port=hq.port, why=why)
        yield from self._sync(house)

    def _sync(self, house: House) -> Iterator[Finding]:
        found = house.sync()
        pending = sum(found["pending"].values())
        age = found["last_ack_age_s"]
        if not found["running"]:
            yield warn("not_running", n=pending)
        if found["verdict"] != "ok":
            yield fail("verdict", verdict=found["verdict"])
        elif age is None:
            yield warn("never", n=pending, why=found["error"] or "–")
        elif pending and age > LATE_S:
            yield warn("late", n=pending, minutes=int(age // 60), why=found["error"] or "–")
        else:
            yield ok("answered", n=pending, seconds=int(age))
