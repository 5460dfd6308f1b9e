"""A cashier's screen as a bench sees it: one kept connection, commands, views."""

from __future__ import annotations

import http.client
import json
import secrets
import socket
import sqlite3
from pathlib import Path
from typing import Any

from tests.bench.shop import PIN, Goods


class Client:
    """HTTP with everything that the app asks of a page of its own."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie = port, ""
        self.wire = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.wire.connect()
        self.wire.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = {
            "Host": f"127.0.0.1:{port}", "Origin": f"http://127.0.0.1:{port}", "X-Tillbox": "1",
            "Content-Type": "application/json",
        }  # fmt: skip

    def post(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """POST JSON; AssertionError unless it went well."""
        body = json.dumps(data).encode()
        headers = {**self.headers, "Cookie": self.cookie} if self.cookie else self.headers
        self.wire.request("POST", path, body, headers)
        answer = self.wire.getresponse()
        text = answer.read()
        assert answer.status == 200, f"{path}: {answer.status} {text.decode()}"
        if given := answer.getheader("Set-Cookie"):
            self.cookie = given.split(";")[0]
        found: dict[str, Any] = json.loads(text)
        return found

    def get(self, path: str) -> dict[str, Any]:
        """GET JSON."""
        self.wire.request("GET", path, headers={**self.headers, "Cookie": self.cookie})
        answer = self.wire.getresponse()
        text = answer.read()
        assert answer.status == 200, f"{path}: {answer.status} {text.decode()}"
        found: dict[str, Any] = json.loads(text)
        return found

    def log_in(self, data: Path) -> None:
        """The first cashier of the store, at lane 1."""
        connection = sqlite3.connect(data / "box.db")
        staff = connection.execute("SELECT uid FROM staff WHERE role = 'cashier' ORDER BY id").fetchone()[0]
        connection.close()
        self.post("/api/login", {"lane": "1", "staff": staff, "pin": PIN})

    def state(self) -> dict[str, Any]:
        return self.get("/api/till/1/state")

    def do(self, command: str, basket: str, **args: object) -> dict[str, Any]:
        """One command of the till; the new view."""
        return self.post(f"/api/till/1/{command}", {"basket": basket, "id": secrets.token_hex(8), **args})

    def fill_basket(self, goods: Goods, n: int, lines: int, member: bool = True) -> str:
        """The n-th customer's goods and card; the basket's uid."""
        basket = str(self.state()["basket"]["uid"])
        for code in goods.basket(n, lines):
            self.do("scan", basket, code=code)
        if member:
            self.do("scan", basket, code=goods.card(n))
        return basket

    def pay(self, basket: str) -> dict[str, Any]:
        """Cash, exactly enough and more."""
        return self.do("pay", basket, tenders=[{"kind": "cash", "received": 100_000}])

    def close(self) -> None:
        self.wire.close()
