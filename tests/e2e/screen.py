"""A cashier's screen without a browser: the same requests, cookie and header."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any
from uuid import uuid4

from tests.e2e.goods import CASHIER, PINS, People

View = dict[str, Any]


class Refused(Exception):
    """The till's answer was a problem: its slug and HTTP status."""

    def __init__(self, slug: str, status: int, title: str) -> None:
        super().__init__(f"{status} {slug}: {title}")
        self.slug, self.status, self.title = slug, status, title


class Screen:
    """One lane's screen. Every command gives the new view; a refusal raises Refused, no answer raises OSError."""

    def __init__(self, address: str, lane: str) -> None:
        self.address, self.lane, self.cookie = address, lane, ""
        # No proxy of the environment may stand between the test and the till.
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def log_in(self, people: People, who: str = CASHIER, lang: str = "zh-CN") -> None:
        self.post("/api/lang", {"lang": lang})
        self.post("/api/login", {"lane": self.lane, "staff": people.staff[who], "pin": PINS[who]})

    def get(self, path: str) -> bytes:
        return self._call(urllib.request.Request(self.address + path))

    def post(self, path: str, body: dict[str, Any]) -> View:
        request = urllib.request.Request(
            self.address + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "X-Tillbox": "1", "Origin": self.address},
            method="POST",
        )
        answer: View = json.loads(self._call(request))
        return answer

    def _call(self, request: urllib.request.Request) -> bytes:
        if self.cookie:
            request.add_header("Cookie", self.cookie)
        try:
            with self._open(request, timeout=20) as answer:
                self._keep(answer.headers.get_all("Set-Cookie") or [])
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                problem = json.loads(error.read())
            raise Refused(problem["type"].removeprefix("tillbox:"), error.code, problem["title"]) from None

    def _keep(self, cookies: list[str]) -> None:
        kept = dict(part.split("=", 1) for part in self.cookie.split("; ") if part)
        kept |= dict(cookie.split(";")[0].split("=", 1) for cookie in cookies)
        self.cookie = "; ".join(f"{name}={value}" for name, value in kept.items())

    # the till

    def view(self) -> View:
        view: View = json.loads(self.get(f"/api/till/{self.lane}/state"))
        return view

    def do(self, command: str, *, basket: str | None = None, id: str | None = None, **args: Any) -> View:
        """One press of one button, about the open basket."""
        basket = self.view()["basket"]["uid"] if basket is None else basket
        return self.post(f"/api/till/{self.lane}/{command}", {"basket": basket, "id": id or uuid4().hex, **args})

    def scan(self, *codes: str) -> View:
        """Codes typed into the field; for scanners see Line and the bench."""
        view: View = {}
        for code in codes:
            view = self.do("scan", code=code)
        return view

    def pay(self, received: int = 10_000, basket: str | None = None, id: str | None = None) -> View:
        return self.do("pay", basket=basket, id=id, tenders=[{"kind": "cash", "received": received}])

    def sell(self, *codes: str, received: int = 10_000) -> str:
        """A whole sale; returns its uid once the till said that it is completed."""
        self.scan(*codes)
        return str(self.pay(received)["done"]["sale"])

    def wait(self, true: Any, seconds: float = 10) -> View:
        """The first view for which true(view) holds."""
        deadline = time.monotonic() + seconds
        while not true(view := self.view()):
            assert time.monotonic() < deadline, f"the screen never showed it: {view}"
            time.sleep(0.02)
        return view
