"""The stream of a screen: the newest ends the older, few threads are held, beats come, it ends on time."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from edge import settings
from tests.web.cashier import Client
from tests.web.shop import CASHIER, MANAGER, Shop, wait
from web.stream import HEARTBEAT_S, Hub, TooManyStreams, fingerprint, states


def view(**changed: Any) -> dict[str, Any]:
    """A small view."""
    return {"rev": 1, "clock": "18:42", "basket": {"undo": None}, **changed}


def names(events: Iterator[str], count: int) -> list[str]:
    """The names of the next events."""
    return [next(events).split("\n")[0].removeprefix("event: ") for _ in range(count)]


def test_the_newest_stream_of_a_screen_ends_the_older_and_no_other() -> None:
    hub = Hub(8)
    first, other = hub.open("1"), hub.open("2")
    second = hub.open("1")
    assert (first.end, second.end, other.end) == ("taken", None, None)


def test_streams_leave_eight_threads_for_everything_else() -> None:
    hub = Hub(2)
    hub.open("1")
    hub.open("2")
    with pytest.raises(TooManyStreams):
        hub.open("3")
    assert hub.open("2").end is None, "the same screen again needs no more room"


def test_a_stream_that_left_makes_room() -> None:
    hub = Hub(1)
    hub.leave(hub.open("1"))
    assert hub.count() == 0 and hub.open("2")


def test_shutdown_ends_all_and_opens_no_more() -> None:
    hub = Hub(4)
    ticket = hub.open("1")
    hub.close()
    assert ticket.end == "closing"
    with pytest.raises(TooManyStreams):
        hub.open("2")


def test_state_first_then_only_what_changed() -> None:
    hub = Hub(4)
    ticket, seen = hub.open("1"), iter([view(), view(), view(rev=2)])

    def state() -> dict[str, Any]:
        ticket.wake()  # no waiting between
        return next(seen)

    events = states(hub, ticket, state)
    assert next(events).startswith("retry: ")
    assert names(events, 2) == ["state", "beat"]
    assert json.loads(next(events).split("data: ")[1])["rev"] == 2
    ticket.end = "closing"
    assert names(events, 1) == ["closing"]
    assert list(events) == [] and hub.count() == 0


def test_a_session_that_ended_ends_the_stream() -> None:
    hub = Hub(4)
    events = states(hub, hub.open("1"), lambda: None)
    assert names(events, 2)[1] == "locked" and list(events) == []


def test_the_undo_bar_s_count_down_is_no_change() -> None:
    def mark(**changed: Any) -> str:
        return fingerprint(view(**changed), orjson.dumps(view(**changed)).decode())

    bars = [mark(basket={"undo": {"text": "Removed", "left_ms": left}}) for left in (8000, 5000)]
    assert bars[0] == bars[1]
    assert bars[0] != mark() != mark(clock="18:43")


def test_what_a_stream_tells_once_is_no_change_when_it_is_gone() -> None:
    def mark(seen: dict[str, Any]) -> str:
        return fingerprint(seen, orjson.dumps(seen).decode())

    assert mark(view(fixed="a", shop={"can": {}})) == mark(view(fixed="a")) != mark(view(fixed="b"))


class Listener:
    """A raw stream of a lane over the real server."""

    def __init__(self, client: Client, lane: str = "1") -> None:
        cookie = client.flask.get_cookie(f"tillbox-{lane}", "127.0.0.1")
        assert cookie is not None
        self.connection = http.client.HTTPConnection(client.host, timeout=8)
        self.connection.request("GET", f"/api/till/{lane}/stream", headers={"Cookie": f"tillbox-{lane}={cookie.value}"})
        self.answer = self.connection.getresponse()

    def next(self) -> tuple[str, Any]:
        """(name, data) of the next event; ("", None) at the end."""
        name = ""
        while line := self.answer.readline().decode():
            if line.startswith("event: "):
                name = line[7:].strip()
            if line.startswith("data: "):
                return name, json.loads(line[6:])
        return "", None

    def close(self) -> None:
        """The browser is gone."""
        self.answer.close()
        self.connection.close()


@pytest.fixture
def listen(client: Client) -> Iterator[Any]:
    """listen(lane) -> an open stream; all are closed at the end, and the server has noticed."""
    opened: list[Listener] = []

    def start(lane: str = "1") -> Listener:
        opened.append(Listener(client, lane))
        return opened[-1]

    yield start
    for each in opened:
        each.close()
    client.shop.box.db.execute_sql("DELETE FROM session")
    client.shop.daemon.staff.forget()
    hub: Hub = client.shop.daemon.app.extensions["tillbox.hub"]
    for lane in "12":
        hub.notify(lane)
    wait(lambda: hub.count() == 0, 10)


def test_a_scan_is_on_the_stream_at_once_and_beats_come_between(client: Client, listen: Any) -> None:
    client.log_in(CASHIER)
    stream = listen()
    assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
    assert stream.next()[0] == "state"
    started = time.monotonic()
    client.shop.scan(client.shop.product()[0])
    name, seen = stream.next()
    assert (name, seen["basket"]["count"]) == ("state", 1) and time.monotonic() - started < 0.5
    started = time.monotonic()
    assert stream.next()[0] in ("beat", "state") and time.monotonic() - started < HEARTBEAT_S + 1


def test_the_rules_come_with_the_first_view_and_at_once_when_they_change(client: Client, listen: Any) -> None:
    client.log_in(CASHIER)
    stream, box = listen(), client.shop.box
    first = stream.next()[1]
    assert "cash" in first["shop"]["tenders"]
    client.shop.scan(client.shop.product()[0])
    seen = stream.next()[1]
    while not seen["basket"]["count"]:  # a minute may pass just now
        assert "shop" not in seen
        seen = stream.next()[1]
    assert seen["basket"]["count"] == 1 and seen["fixed"] == first["fixed"] and "shop" not in seen
    tenders = settings.values(box.db)["tenders"]
    try:
        started = time.monotonic()
        _tenders(client.shop, ["cash"])
        assert stream.next()[1]["shop"]["tenders"] == ["cash"] and time.monotonic() - started < 0.5
    finally:
        _tenders(client.shop, tenders)
    assert listen().next()[1]["shop"] == first["shop"], "a new stream knows nothing yet"


def _tenders(shop: Shop, tenders: list[str]) -> None:
    with shop.box.transaction() as db:
        settings.put(db, shop.box.env, "tenders", tenders, "test")
    shop.box.announce("setting")


@pytest.mark.fault("F91")
def test_a_second_window_takes_the_till_over(client: Client, listen: Any) -> None:
    client.log_in(CASHIER)
    first = listen()
    first.next()
    second = listen()
    assert second.next()[0] == "state"
    assert first.next()[0] == "taken" and first.next() == ("", None)


def test_a_browser_that_is_gone_gives_its_thread_back(client: Client, listen: Any) -> None:
    client.log_in(CASHIER)
    client.log_in(MANAGER, lane="2")
    hub: Hub = client.shop.daemon.app.extensions["tillbox.hub"]
    gone = listen("2")
    gone.next()
    assert hub.count() == 1
    gone.close()
    wait(lambda: hub.count() == 0, 3 * HEARTBEAT_S + 1)


def test_when_streams_are_full_the_next_is_told_so(client: Client, shop: Shop) -> None:
    client.log_in(CASHIER)
    hub: Hub = shop.daemon.app.extensions["tillbox.hub"]
    tickets = [hub.open(f"other-{n}") for n in range(hub.limit)]
    try:
        answer = client.get("/api/till/1/stream")
        assert answer.status_code == 503 and answer.json["type"] == "tillbox:too_many_screens"  # type: ignore[index]
        assert client.get("/api/till/1/state").status_code == 200, "the rest of the till still answers"
    finally:
        for ticket in tickets:
            hub.leave(ticket)


def test_streams_wake_without_a_lost_wake_up() -> None:
    hub = Hub(4)
    ticket, count = hub.open("1"), [0]
    events = states(hub, ticket, lambda: view(rev=count[0]))
    next(events), next(events)
    count[0] = 1
    threading.Timer(0.05, hub.notify, ["1"]).start()
    started = time.monotonic()
    assert '"rev":1' in next(events) and time.monotonic() - started < 1
