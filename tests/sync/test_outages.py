"""Outages with a real broker: it dies, forgets, lies; headquarters is killed; nothing is lost, nothing counts twice."""

from __future__ import annotations

import random
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from sync.client import Link, LinkSettings
from sync.hq.config import HqConfig
from tests.broker import Broker, running_broker
from tests.ports import free_port
from tests.sync.shop import (
    TENANT,
    TestBox,
    box_books,
    hq_books,
    hq_config,
    let_in,
    quick_hq,
    running_agent,
    running_hq,
    until,
)  # fmt: skip

USERS = {"hq": "secret-hq", "box-1": "secret-box-1", "box-2": "secret-box-2"}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with running_broker(tmp_path, USERS) as broker:
        yield broker


@pytest.fixture
def box(tmp_path: Path) -> Iterator[TestBox]:
    box = TestBox(tmp_path / "box")
    yield box
    box.close()


@pytest.fixture
def hq(tmp_path: Path, broker: Broker, box: TestBox) -> HqConfig:
    config = hq_config(tmp_path / "hq", broker.port)
    let_in(config, box)
    return config


def sell_many(box: TestBox, count: int, member: str | None = None) -> None:
    for n in range(count):
        box.sell(1000 + n, member if n % 3 else None)


@pytest.mark.fault("F30", "F35")
def test_a_broker_that_is_dead_during_the_sales_and_back_later(box: TestBox, hq: HqConfig, broker: Broker) -> None:
    member = box.enrol()
    with running_hq(hq) as services, running_agent(box) as agent:
        until(lambda: box.pending() == 0)
        broker.kill()
        until(lambda: not agent.link.connected)
        sell_many(box, 50, member)
        assert box.pending() == 50
        broker.start()
        until(lambda: box.pending() == 0)
        assert hq_books(services) == box_books(box)


@pytest.mark.fault("F35", "F36")
@pytest.mark.parametrize("empty", [False, True], ids=["keeps its sessions", "forgets everything"])
def test_a_broker_that_is_killed_again_and_again_while_the_box_drains(
    box: TestBox, hq: HqConfig, broker: Broker, empty: bool
) -> None:
    member = box.enrol()
    with box.db.atomic():
        sell_many(box, 1500, member)
    rng, kills = random.Random(3), 0
    with running_hq(hq) as services, running_agent(box):
        while box.pending() and kills < 6:
            time.sleep(rng.uniform(0.05, 0.35))
            broker.kill()
            kills += 1
            time.sleep(0.05)
            broker.restart(empty)
        until(lambda: box.pending() == 0, 60)
        assert hq_books(services) == box_books(box)
        assert kills >= 2


@contextmanager
def hq_process(config: HqConfig) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.sync.hq_process", str(config.data), str(config.broker_port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@pytest.mark.fault("F35", "F49")
def test_headquarters_is_killed_again_and_again_and_every_sale_counts_once(
    box: TestBox, hq: HqConfig, broker: Broker, soak: bool
) -> None:
    member = box.enrol()
    rng, kills = random.Random(9), 60 if soak else 6
    with running_agent(box):
        for _ in range(kills):
            with box.db.atomic():
                sell_many(box, 300, member)
            with hq_process(hq) as process:
                time.sleep(rng.uniform(0.02, 0.6))
                process.kill()
        with hq_process(hq):
            until(lambda: box.pending() == 0, 60)
    services = quick_hq(hq)
    assert hq_books(services) == box_books(box)
    found = sqlite3.connect(hq.database)
    assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert found.execute("SELECT COUNT(*) FROM dead_letter").fetchone() == (0,)
    found.close()
    services.store.release()


@pytest.mark.fault("F41")
def test_every_message_doubled_by_the_wire_counts_once(
    box: TestBox, hq: HqConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Link.publish

    def stammering(link: Link, topic: str, payload: bytes, retain: bool = False) -> None:
        for _ in range(2):
            honest(link, topic, payload, retain)

    monkeypatch.setattr(Link, "publish", stammering)
    member = box.enrol()
    with running_hq(hq) as services, running_agent(box):
        sell_many(box, 60, member)
        until(lambda: box.pending() == 0)
        assert hq_books(services) == box_books(box)


@pytest.mark.fault("F50")
def test_headquarters_restored_from_an_older_copy_gets_everything_again(
    box: TestBox, hq: HqConfig, broker: Broker, tmp_path: Path
) -> None:
    sell_many(box, 20)
    with running_agent(box):
        with running_hq(hq):
            until(lambda: box.pending() == 0)
        copy = sqlite3.connect(tmp_path / "copy.db")
        live = sqlite3.connect(hq.database)
        live.backup(copy)
        live.close()
        copy.close()
        with running_hq(hq):
            sell_many(box, 20)
            until(lambda: box.pending() == 0)
        for suffix in ("", "-wal", "-shm"):
            (hq.data / f"hq.db{suffix}").unlink(missing_ok=True)
        (tmp_path / "copy.db").rename(hq.database)
        with running_hq(hq) as services:
            until(lambda: hq_books(services) == box_books(box))
            until(lambda: box.pending() == 0)


@pytest.mark.fault("F38", "F40")
def test_a_revoked_password_stops_sync_with_a_reason_and_costs_no_sale(
    box: TestBox, hq: HqConfig, broker: Broker
) -> None:
    passwords = broker.folder / "passwords"
    kept = passwords.read_text()
    passwords.write_text("".join(line for line in kept.splitlines(True) if not line.startswith("box-1")))
    broker.restart()
    with running_hq(hq) as services, running_agent(box) as agent:
        sell_many(box, 5)
        until(lambda: "refuses box-1" in (agent.link.error or ""))
        assert box.pending() == 5
        passwords.write_text(kept)
        broker.restart()
        until(lambda: box.pending() == 0)
        assert hq_books(services) == box_books(box)


@pytest.mark.fault("F38")
def test_access_rules_taken_away_lose_nothing(box: TestBox, hq: HqConfig, broker: Broker) -> None:
    rules = broker.folder / "acl"
    kept = rules.read_text()
    rules.write_text("".join(line for line in kept.splitlines(True) if "pattern write" not in line))
    broker.restart()
    with running_hq(hq) as services, running_agent(box) as agent:
        until(lambda: agent.link.connected)
        sell_many(box, 5)
        until(lambda: "refused a message" in (agent.link.error or ""))
        assert box.pending() == 5
        rules.write_text(kept)
        broker.restart()
        until(lambda: box.pending() == 0)
        assert hq_books(services) == box_books(box)


@pytest.mark.fault("F31")
def test_a_portal_that_answers_in_http_is_no_broker(box: TestBox) -> None:
    port = free_port()
    server = socket.create_server(("127.0.0.1", port))
    server.settimeout(10)
    box.link(b"k" * 32, port)

    def portal() -> None:
        for _ in range(2):
            connection, _ = server.accept()
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            connection.close()

    thread = threading.Thread(target=portal)
    thread.start()
    with running_agent(box) as agent:
        box.sell()
        thread.join()
        assert not agent.link.connected and box.pending() == 1
    server.close()


@pytest.mark.fault("F32")
def test_a_broker_s_name_that_nobody_knows_is_an_outage_like_any_other(box: TestBox) -> None:
    link = Link(
        LinkSettings("broker.invalid", 1883, "box-1", "x"), random.Random(1), time.monotonic_ns, print, print  # type: ignore[arg-type]
    )
    link.poll(0.1)
    assert link.waiting() and link.error is not None and "broker.invalid" in link.error


def stranger(user: str, port: int) -> mqtt.Client:
    """A client with a box's own credentials and other intentions."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=user, protocol=mqtt.MQTTv5)
    client.username_pw_set(user, USERS[user])
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 0
    client.connect("127.0.0.1", port, properties=properties)
    client.loop_start()
    until(client.is_connected)
    return client


@pytest.mark.fault("F114")
def test_a_box_can_neither_speak_for_another_nor_listen_to_it(hq: HqConfig, box: TestBox, broker: Broker) -> None:
    box.sell()
    client = stranger("box-2", broker.port)
    heard: list[str] = []
    codes: list[bool] = []
    client.on_message = lambda _c, _d, message: heard.append(message.topic)
    client.on_publish = lambda _c, _d, _m, code, _p: codes.append(code.is_failure)
    for topic in (f"tb/1/{TENANT}/+/dn/#", f"tb/1/{TENANT}/+/up/#", "#", f"tb/1/{TENANT}/box-1/dn/ack"):
        client.subscribe(topic, 1)
    with running_hq(hq) as services:
        until(lambda: services.receiver.link.connected)
        for topic in (f"tb/1/{TENANT}/box-1/up/a", f"tb/1/{TENANT}/box-1/up/state", f"tb/1/{TENANT}/hq/state"):
            client.publish(topic, box.batch(1, 1), 1)
        until(lambda: len(codes) == 3)
        assert codes == [True, True, True]
        with running_agent(box):
            until(lambda: box.pending() == 0)
        assert len(hq_books(services).sales) == 1
    client.disconnect()
    client.loop_stop()
    allowed = {f"tb/1/{TENANT}/hq/state", f"tb/1/{TENANT}/box-2/up/state"}
    assert set(heard) <= allowed


@pytest.mark.fault("F46")
def test_a_huge_message_does_not_reach_headquarters_and_the_next_ones_do(
    hq: HqConfig, box: TestBox, broker: Broker, tmp_path: Path
) -> None:
    other = TestBox(tmp_path / "other", "box-2")
    let_in(hq, other)
    client = stranger("box-2", broker.port)
    with running_hq(hq) as services, running_agent(box):
        client.publish(f"tb/1/{TENANT}/box-2/up/a", b"x" * 50_000_000, 1)
        client.publish(f"tb/1/{TENANT}/box-2/up/a", b"x" * 1_500_000, 1)
        box.sell()
        until(lambda: box.pending() == 0)
        assert hq_books(services) == box_books(box)
    client.disconnect()
    client.loop_stop()
    other.close()


def test_without_name_and_password_nobody_gets_in(broker: Broker) -> None:
    refused = threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5, reconnect_on_failure=False)
    client.on_connect = lambda _c, _d, _f, code, _p: refused.set() if code.is_failure else None
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    assert refused.wait(5)
    client.loop_stop()


@pytest.mark.fault("F55")
def test_an_answer_of_an_earlier_term_of_headquarters_is_late_and_ignored(
    box: TestBox, hq: HqConfig, tmp_path: Path
) -> None:
    sell_many(box, 3)
    with running_agent(box) as agent:
        with running_hq(hq) as first:
            until(lambda: box.pending() == 0)
            term = first.receiver.term
        with running_hq(hq) as second:
            box.sell()
            until(lambda: box.pending() == 0)
            assert second.receiver.term > term
            assert agent._counter[0] == second.receiver.term


@pytest.mark.fault("F33")
def test_a_half_open_connection_is_noticed_within_two_keepalives(broker: Broker) -> None:
    settings = LinkSettings("127.0.0.1", broker.port, "box-1", USERS["box-1"], keepalive_s=1)
    link = Link(settings, random.Random(1), time.monotonic_ns, lambda *_: None, lambda: None)

    def polled(connected: bool) -> bool:
        link.poll(0.05)
        return link.connected is connected

    until(lambda: polled(True))
    age = link.health().answer_age_s
    assert age is not None and age < 1
    broker.freeze()
    before = time.monotonic()
    until(lambda: polled(False), 5)
    assert time.monotonic() - before < 2 * settings.keepalive_s + 1
    assert link.error
    link.close()


@pytest.mark.fault("F33")
def test_a_frozen_broker_holds_nobody_up(box: TestBox, hq: HqConfig, broker: Broker) -> None:
    with running_hq(hq) as services, running_agent(box):
        until(lambda: box.pending() == 0)
        broker.freeze()
        before = time.monotonic()
        sell_many(box, 20)
        assert time.monotonic() - before < 5
        time.sleep(1.5)
        assert box.pending() == 20
        broker.thaw()
        until(lambda: box.pending() == 0, 30)
        assert hq_books(services) == box_books(box)
