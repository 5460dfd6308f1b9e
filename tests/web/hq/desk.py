"""A console over a headquarters that knows a few boxes, members and days of sales; no broker is needed for it."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from edge import journal
from edge.base.clock import FakeClock
from edge.base.ids import new_uid
from edge.env import Env
from sync import topics
from sync.boxdb import BoxStore
from sync.hq import HqServices, build
from sync.hq.accounts import Accounts
from sync.hq.env import HqEnv
from sync.messages import State
from tests.ports import free_port
from tests.sync.shop import TENANT, TestBox, hq_config, let_in, sale_data
from web.hq.app import create_app
from web.server import WebServer

USER, PASSWORD = "hq", "correct horse battery"
NOW = datetime(2026, 11, 22, 10, 42, 7, tzinfo=UTC)  # 18:42:07 in Shanghai
NAMES = ("林悦", "韩梅梅", "李雷", "王小明", "陈静", "Anna Berg", "赵磊", "<b>孙</b>&amp;")


class Desk:
    """Headquarters filled by its own receiver, and a client of its console."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(int(NOW.timestamp() * 1e6))
        self.config = hq_config(folder / "hq")
        self.hq: HqServices = build(self.config, HqEnv(self.clock, random.Random(2)))
        self.hq.accounts = Accounts(self.hq.store, self.hq.env, PasswordHasher(1, 1024, 1))  # quick: it is a test
        self.hq.accounts.set_password(USER, PASSWORD)
        self.app: Flask = create_app(self.hq)
        self.client: FlaskClient = self.app.test_client()
        self.boxes: list[TestBox] = []
        self.folder = folder

    def box(self, name: str) -> TestBox:
        box = TestBox(self.folder / name, name)
        box.env = Env(self.clock, random.Random(name))
        let_in(self.config, box)
        self.boxes.append(box)
        return box

    def sell(self, box: TestBox, total: int, member: str | None = None, mode: str = "live", **more: Any) -> str:
        """A sale at the clock's time (more: kind, business_date …), not yet brought to headquarters."""
        box.sold += 1
        data = sale_data(new_uid(box.env.rng), box.sold, total, member, mode, 3)
        now = datetime.fromtimestamp(self.clock.now_us() / 1e6, UTC)
        local = now + timedelta(hours=8)
        data["sale"] |= {"at": now.isoformat(), "business_date": local.date().isoformat(), **more}
        with box.db.atomic():
            journal.append(box.db, box.env, box.source, "a", "sale.completed", data, mode=mode)
        return str(data["sale"]["uid"])

    def bring(self, box: TestBox, *streams: str) -> None:
        """All that is new of a box's streams (of stream a, if none is named) reaches headquarters."""
        store, epoch = BoxStore(box.db, TENANT, box.name), box.source.epoch
        for stream in streams or ("a",):
            known = self.hq.store.source(TENANT, box.name, epoch, stream).upto
            last = store.head(epoch, stream).seq
            for first in range(known + 1, last + 1, 100):
                payload = box.batch(first, min(last, first + 99), stream)
                self.hq.receiver.handle(topics.up(TENANT, box.name, stream), payload)

    def birth(self, box: TestBox, online: bool = True, **more: Any) -> None:
        store, epoch = BoxStore(box.db, TENANT, box.name), box.source.epoch
        heads = {stream: store.head(epoch, stream) for stream in topics.STREAMS}
        state = State(online, "s1", epoch, heads, **more)
        self.hq.receiver.handle(topics.up(TENANT, box.name, "state"), state.encode())

    def fill(self) -> None:
        """Two boxes, members of all tiers, two weeks of sales, one void, one box with troubles."""
        one, two = self.box("box-1"), self.box("box-2")
        with one.db.atomic(), two.db.atomic():
            self._history(one, two)
        for box in (one, two):
            self.birth(box)
            self.bring(box)
            self.birth(box)

    def _history(self, one: TestBox, two: TestBox) -> None:
        rng = random.Random(8)
        start = self.clock.now_us()
        for box in (one, two):
            for name in NAMES[:: 1 if box is one else 3]:
                box.enrol(name, f"138{rng.randrange(10**8):08d}")
        members = [uid for box in (one, two) for uid in self._members(box)]
        for day in range(13, -1, -1):
            for n in range(rng.randrange(5, 16) if day else 9):
                self.clock.set_wall(start - day * 86_400_000_000 - (9 - n) * 250_000_000)
                member = rng.choice(members[: 3 + n]) if rng.random() < 0.6 else None
                self.sell(rng.choice((one, two)), rng.randrange(300, 30_000), member)
        self.clock.set_wall(start - 60_000_000)
        self.sell(one, -1250, kind="void")
        self.clock.set_wall(start - 4_000_000)
        self.sell(one, 6710, members[0])
        self.clock.set_wall(start)

    def _members(self, box: TestBox) -> list[str]:
        import json

        found = box.db.execute_sql("SELECT body FROM journal WHERE private IS NOT NULL").fetchall()
        return [json.loads(body)["data"]["member"] for (body,) in found]

    def post(self, path: str, origin: str | None = "http://localhost", **form: str) -> Any:
        headers = {} if origin is None else {"Origin": origin}
        return self.client.post(path, data=form or {"x": "1"}, headers=headers)

    def log_in(self, lang: str = "en") -> None:
        answer = self.post("/login", user=USER, password=PASSWORD, lang=lang)
        assert answer.status_code == 302, answer.text

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers, buffered=True)

    @contextmanager
    def served(self) -> Iterator[str]:
        """The console on a real port, for a real browser."""
        port = free_port()
        server = WebServer(self.app, "127.0.0.1", port, 4)
        thread = threading.Thread(target=server.run, name="page")
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.stop()
            thread.join()

    def close(self) -> None:
        self.hq.store.release()
        for box in self.boxes:
            box.close()
