"""A small chain for tests: boxes with a real database and journal, agents, and headquarters with its real store."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge import journal
from edge.base.config import Config, HqLink, LaneConfig, StoreIdentity, WebConfig
from edge.base.ids import new_uid
from edge.base.money import CURRENCIES
from edge.base.sqlite import open_database, row, rows
from edge.box import new_epoch
from edge.db import migrate
from edge.env import Env
from sync.agent import Agent, Timing
from sync.boxdb import BoxStore
from sync.hq import HqServices, build, provision
from sync.hq.config import HqConfig
from sync.hq.env import HqEnv
from sync.messages import Batch, encode_batch

TENANT = "demo"
QUICK = Timing(poll=0.02, ack=1.0, ack_most=3.0, beat=1.0)


class TestBox:
    """One box: sells into a real journal. ``key`` is what headquarters signs with for it."""

    __test__ = False

    def __init__(self, folder: Path, name: str = "box-1", port: int = 1, seed: int = 7) -> None:
        self.folder, self.name = folder, name
        self.env = Env(rng=random.Random(f"{name}-{seed}"))
        self.config = Config(
            folder / "tillbox.toml",
            StoreIdentity(TENANT, "S01", name, "Asia/Shanghai", "CNY", ("zh-CN", "en")),
            folder,
            WebConfig(),
            (LaneConfig("1"),),
            (),
            HqLink("127.0.0.1", port, name, f"secret-{name}", b""),
        )
        folder.mkdir(parents=True, exist_ok=True)
        self.db = open_database(self.config.database, synchronous="OFF")
        migrate(self.db)
        self.sold = row(self.db, "SELECT COUNT(*) FROM journal")[0]  # type: ignore[index]
        if row(self.db, "SELECT 1 FROM epoch") is None:
            self.open_epoch("first")

    def link(self, key: bytes, port: int) -> None:
        """Tell the box where headquarters is."""
        hq = HqLink("127.0.0.1", port, self.name, f"secret-{self.name}", key)
        self.config = Config(**{**self.config.__dict__, "hq": hq})

    def open_epoch(self, reason: str) -> None:
        with self.db.atomic():
            new_epoch(self.db, self.env, reason)

    @property
    def source(self) -> journal.Source:
        found = row(self.db, "SELECT uid FROM epoch ORDER BY n DESC LIMIT 1")
        assert found is not None
        return journal.Source(TENANT, self.name, found[0])

    def record(self, stream: str, kind: str, data: dict[str, Any], **more: Any) -> int:
        with self.db.atomic():
            return journal.append(self.db, self.env, self.source, stream, kind, data, **more)

    def sell(self, total: int = 1000, member: str | None = None, mode: str = "live", lines: int = 2) -> str:
        """One paid sale as its event; returns the sale's uid."""
        self.sold += 1
        data = sale_data(new_uid(self.env.rng), self.sold, total, member, mode, lines)
        self.record("a", "sale.completed", data, mode=mode)
        return str(data["sale"]["uid"])

    def enrol(self, name: str = "Lin Yue", phone: str = "13800005021") -> str:
        uid = new_uid(self.env.rng)
        private = {"name": name, "phone": phone}
        self.record("a", "member.enrolled", {"member": uid, "consents": ["points"]}, private=private)
        return uid

    def agent(self, timing: Timing = QUICK) -> Agent:
        agent = Agent(self.config, self.env, timing)
        agent.link._backoff.first_s, agent.link._backoff.most_s = 0.05, 0.3
        return agent

    def batch(self, first: int, last: int, stream: str = "a", session: str = "s1") -> bytes:
        """The events first..last as a batch on the wire."""
        store = BoxStore(self.db, TENANT, self.name)
        epoch = self.source.epoch
        events = store.events(epoch, stream, first - 1, last - first + 1)
        before = store.at(epoch, stream, first - 1)
        assert before is not None
        return encode_batch(Batch(epoch, stream, session, before.hash, tuple(events)))

    def pending(self) -> int:
        return sum(BoxStore(self.db, TENANT, self.name).pending().values())

    def close(self) -> None:
        self.db.close()


def sale_data(uid: str, n: int, total: int, member: str | None, mode: str, lines: int) -> dict[str, Any]:
    """A sale.completed like the till's."""
    shares = [total // lines] * lines
    shares[0] += total - sum(shares)
    points = total // 100 if member else 0
    return {
        "sale": {
            "uid": uid, "receipt": f"S01-1-1-{n:06d}", "kind": "sale", "lane": "1", "shift": "shift-1",
            "business_date": "2026-11-22", "at": "2026-11-22T05:00:00.000000Z", "mode": mode, "currency": "CNY",
            "exponent": 2, "staff": "staff-1", "approver": None, "reason": None, "member": member, "original": None,
            "total": total, "tax": total * 13 // 113, "rounding": 0, "saving": 0,
            "lines": [
                {"n": i, "sku": f"P{i:04d}", "code": "6901234567892", "name": "纯牛奶 250ml", "qty": 1000, "unit": "pc",
                 "unit_price": share, "discount": 0, "total": share, "group": "A", "rate": 1300,
                 "tax": share * 13 // 113, "original_n": None}
                for i, share in enumerate(shares, 1)
            ],
            "tenders": [{"kind": "cash", "amount": total, "received": total, "change": 0}],
            "taxes": [{"group": "A", "rate": 1300, "gross": total, "tax": total * 13 // 113}],
            "points_earned": points, "score_earned": points, "points_after": points if member else None,
            "tier_before": "bronze" if member else None,
        },
        "ledger": [
            {"id": n, "member": member, "lot": n, "points": points, "score": points, "reason": "earn", "rule": 1,
             "expires": "2028-11-22", "reverses": None}
        ] if member else [],
    }  # fmt: skip


def hq_config(folder: Path, port: int = 1) -> HqConfig:
    """Headquarters of the test chain; the store lies in the folder."""
    return HqConfig(
        folder / "hq.toml", TENANT, folder, "127.0.0.1", 8090, ZoneInfo("Asia/Shanghai"), CURRENCIES["CNY"],
        ("127.0.0.1", "localhost"), "127.0.0.1", port, "hq", "secret-hq",
    )  # fmt: skip


def let_in(config: HqConfig, box: TestBox) -> None:
    """Provision a box at headquarters and tell it where that is."""
    box.link(bytes.fromhex(provision(config.data, box.name)), config.broker_port)


def quick_hq(config: HqConfig) -> HqServices:
    """Headquarters built, with short waits between connections."""
    services = build(config, HqEnv(rng=random.Random(1)))
    services.receiver.link._backoff.first_s, services.receiver.link._backoff.most_s = 0.05, 0.3
    return services


@contextmanager
def running_hq(config: HqConfig) -> Iterator[HqServices]:
    services = quick_hq(config)
    services.start()
    try:
        yield services
    finally:
        services.stop()


@contextmanager
def running_agent(box: TestBox, timing: Timing = QUICK) -> Iterator[Agent]:
    agent, stop = box.agent(timing), threading.Event()
    thread = threading.Thread(target=agent.run, args=(stop,), name="agent")
    thread.start()
    try:
        yield agent
    finally:
        stop.set()
        thread.join()


def until(true: Callable[[], bool], seconds: float = 20, what: str = "") -> None:
    """Wait for something that other threads or processes bring about."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what or true}"
        time.sleep(0.02)


@dataclass(frozen=True)
class Books:
    """What must be equal on both sides."""

    sales: frozenset[str]
    total: int
    points: dict[str, int]


def box_books(*boxes: TestBox) -> Books:
    """From the journals of the boxes."""
    import json

    sales, total, points = set(), 0, dict[str, int]()
    for box in boxes:
        for (body,) in rows(box.db, "SELECT body FROM journal WHERE stream = 'a'"):
            event = json.loads(body)
            if event["type"] == "sale.completed":
                sales.add(event["data"]["sale"]["uid"])
                total += event["data"]["sale"]["total"]
                for entry in event["data"]["ledger"]:
                    points[entry["member"]] = points.get(entry["member"], 0) + entry["points"]
    return Books(frozenset(sales), total, points)


def hq_books(services: HqServices) -> Books:
    """From headquarters' tables."""
    db = services.store.db
    sales = rows(db, "SELECT uid, total FROM sale")
    points = dict(rows(db, "SELECT member, SUM(points) FROM ledger GROUP BY member"))
    services.store.release()
    return Books(frozenset(uid for uid, _ in sales), sum(total for _, total in sales), points)
