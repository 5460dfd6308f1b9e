"""Budget 5: the box's journal drained to headquarters, against a bare paho publisher of the same bytes.

The journal is the sample store's two years. The drain ends when headquarters has booked and acknowledged every event
and the cursor stands at the head: three processes (sync, broker, headquarters). The reference publishes the same
events, one a message, with QoS 1 and 20 in flight, and ends at the last PUBACK: nobody receives, nothing is stored.
For information also: the same batches by bare paho, the wire's own limit; and what draining costs a sale.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from edge.base.config import Config, HqLink, load
from edge.base.sqlite import open_database
from edge.checkout import Tender, complete_sale
from edge.env import Env
from sync.agent import Agent
from sync.boxdb import BoxStore
from sync.hq import provision
from sync.messages import Batch, Head, encode_batch
from sync.outbox import cut
from tests.bench.bench_sale import make_basket, station
from tests.bench.report import Row, against, at_least, percentile, table, told
from tests.bench.shop import DISK, MEMORY, fill_store, folder, open_store
from tests.broker import running_broker
from tests.sync.shop import TENANT

IN_FLIGHT = 20
USERS = {"hq": "secret-hq", "box-1": "secret-box-1"}
ROUNDS = 5  # drain and reference in turn, judged by the median of their ratios
SALES, LIMIT_SALE, LIMIT_DRAIN = 150, 1.3, 0.5


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, of this process's CPU and of headquarters' CPU."""

    wall: float
    cpu: float
    beside: float = 0.0


class Watch:
    """Started when made."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def took(self, beside: float = 0.0) -> Took:
        return Took(time.perf_counter() - self.wall, time.process_time() - self.cpu, beside)


def run(template: Path) -> list[Row]:
    """All rows of budget 5."""
    with (
        folder(DISK) as place,
        running_broker(place, USERS, TENANT) as broker,
        running_broker(place / "bare", USERS, TENANT) as empty,  # nobody ever subscribed there
    ):
        shutil.copytree(template, place / "box")
        config = _config(place, broker.port)
        bodies, batches = _journal(config)
        size, events = sum(map(len, bodies)) / 1e6, len(bodies)
        wire = _publish(empty.port, batches)
        pairs = [(_drain_anew(place, config, n), _publish(empty.port, bodies)) for n in range(ROUNDS)]
        ours, theirs = sorted(pairs, key=lambda pair: pair[0].wall / pair[1].wall)[ROUNDS // 2]
        drained, bare = ours.wall, theirs.wall
        rate, limit = f"{size / drained:.3g} MB/s", f"{size / wire.wall:.3g} MB/s"
        box, hq, paho = (f"{seconds / events * 1e6:.3g} µs" for seconds in (ours.cpu, ours.beside, theirs.cpu))
        return [
            at_least("5", "journal drained and booked", "events/s", events / drained, events / bare, LIMIT_DRAIN),
            told("5", "the same, beside its batches by bare paho", rate, limit),
            told("5", "CPU an event: the box's sync | bare paho", box, paho),
            told("5", "CPU an event: headquarters, which books it", hq),
            _sale_while_draining(place, config, broker.port),
        ]


def _config(place: Path, port: int) -> Config:
    config = load(place / "box" / "tillbox.toml")
    key = bytes.fromhex(provision(place / "hq", config.store.box))
    link = HqLink("127.0.0.1", port, config.store.box, USERS["box-1"], key)
    return Config(**{**config.__dict__, "hq": link})


def _journal(config: Config) -> tuple[list[bytes], list[bytes]]:
    """The bodies of stream a, and the batches that sync makes of them."""
    db = open_database(config.database, readonly=True)
    store = BoxStore(db, config.store.tenant, config.store.box)
    (epoch,) = store.epochs()
    bodies, batches, at = [], [], store.start(epoch, "a")
    while events := cut(store.events(epoch, "a", at.seq, 256)):
        bodies += [event.body for event in events]
        batches.append(encode_batch(Batch(epoch, "a", "bench", at.hash, tuple(events))))
        at = Head(events[-1].seq, events[-1].hash)
    db.close()
    return bodies, batches


def _publish(port: int, payloads: list[bytes]) -> Took:
    """What it takes bare paho from the first publish to the last PUBACK."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="box-1", protocol=mqtt.MQTTv5)
    client.username_pw_set("box-1", USERS["box-1"])
    client.max_inflight_messages_set(IN_FLIGHT)
    left, done, ready = len(payloads), threading.Event(), threading.Event()

    def published(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            done.set()

    client.on_publish = published
    client.on_connect = lambda *_: ready.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert ready.wait(10)
    watch = Watch()
    for payload in payloads:
        client.publish(f"tb/1/{TENANT}/box-1/up/bench", payload, 1)
    assert done.wait(300)
    took = watch.took()
    client.disconnect()
    client.loop_stop()
    return took


@contextmanager
def _headquarters(data: Path, port: int, nice: int = 0) -> Iterator[int]:
    """Headquarters in a process of its own; nice: where it stands for a machine of its own."""
    command = ["nice", "-n", str(nice), sys.executable, "-m", "tests.sync.hq_process", str(data), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.5)  # its subscription
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def _drain_anew(place: Path, config: Config, n: int) -> Took:
    """Drain the whole journal to a headquarters that knows nothing yet."""
    db = open_database(config.database)
    db.execute_sql("DELETE FROM sync_cursor")
    db.execute_sql("DELETE FROM sync_state")
    db.close()
    assert config.hq is not None
    shutil.copytree(place / "hq" / "boxes", place / f"hq-{n}" / "boxes")
    with _headquarters(place / f"hq-{n}", config.hq.port) as pid:
        return _drain(config, pid)


def _drain(config: Config, hq: int) -> Took:
    """What it takes from a ready connection until the cursors stand at the heads."""
    agent = Agent(config, Env())
    while not agent.link.connected:
        agent.link.poll(0.05)
    watch, before = Watch(), _cpu(hq)
    while sum(agent.store.pending().values()):
        agent.step()
    took = watch.took(_cpu(hq) - before)
    agent.close()
    return took


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _sale_while_draining(place: Path, config: Config, port: int) -> Row:
    """p95 of a sale, with sync idle and with sync sending the whole journal again and again.

    Headquarters is elsewhere in a shop: here it yields the processors, and syncs no disk that the till waits for.
    """
    with folder(MEMORY) as away:
        shutil.copytree(place / "hq", away / "hq")
        return _beside(place, away / "hq", config, port)


def _beside(place: Path, hq: Path, config: Config, port: int) -> Row:
    command = [sys.executable, "-m", "tests.bench.bench_sync", "drain", str(place), str(port)]
    idle, draining = list[float](), list[float]()
    with _headquarters(hq, port, 15):
        for _ in range(ROUNDS):  # in turn, so that a slow moment of the machine hits both
            idle += _sell(config, None)
            draining += _sell(config, command)
    return against("5", "a sale while draining, p95", "µs", percentile(draining, 95), percentile(idle, 95), LIMIT_SALE)


def _sell(config: Config, beside: list[str] | None) -> list[float]:
    """Microseconds of each of some sales, with a process draining beside them or not."""
    box = open_store(config.path.parent)
    process = subprocess.Popen(["chrt", "--idle", "0", *beside]) if beside else None  # as the unit has it
    try:
        if process is not None:
            time.sleep(1.5)
        at, times = station(box), []
        for n in range(SALES):
            basket = make_basket(box, n)
            began = time.perf_counter()
            complete_sale(box, basket, [Tender("cash", 1_000_000)], at)
            times.append((time.perf_counter() - began) * 1e6)
            time.sleep(0.005 + 0.005 * random.random())  # noqa: S311
        return times
    finally:
        if process is not None:
            process.terminate()
            process.wait()
        box.close()


def _drain_for_ever(place: Path, port: int) -> None:
    """Send the journal from its start, over and over, until terminated."""
    agent = Agent(_config(place, port), Env())
    while True:
        agent.step()
        if agent.link.connected and not sum(agent.store.pending().values()):
            for lane in agent._lanes.values():
                agent._rewind(lane, agent.store.start(lane.window.epoch, lane.window.stream))


if __name__ == "__main__":
    if sys.argv[1:2] == ["drain"]:
        _drain_for_ever(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        with folder(DISK) as path:
            print(table(run(fill_store(path / "store"))))
