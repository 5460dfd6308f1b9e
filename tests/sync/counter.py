"""Headquarters behind its seam, and a box that tells it what the test wants; no broker between them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from edge.base.chain import chain_hash
from edge.base.sqlite import rows
from sync import topics
from sync.boxdb import BoxStore
from sync.hq import HqServices
from sync.messages import Answer, State, verify_answer
from tests.sync.shop import TENANT, TestBox, hq_config, let_in, quick_hq

UP = topics.up(TENANT, "box-1", "a")
STATE = topics.up(TENANT, "box-1", "state")


class Counter:
    """Headquarters behind its seam: hand it a message, get its answer."""

    def __init__(self, folder: Path) -> None:
        self.config = hq_config(folder / "hq")
        self.box = TestBox(folder / "box")
        let_in(self.config, self.box)
        self.hq: HqServices = quick_hq(self.config)

    def give(self, payload: bytes, topic: str = UP) -> Answer | None:
        replies = self.hq.receiver.handle(topic, payload)
        if not replies:
            return None
        assert self.box.config.hq is not None
        return verify_answer(replies[0].payload, replies[0].topic, self.box.config.hq.key)

    def give_events(self, first: int, last: int) -> Answer:
        answer = self.give(self.box.batch(first, last))
        assert answer is not None
        return answer

    def upto(self, answer: Answer | None) -> int:
        assert answer is not None
        return answer.upto["a"].seq

    def all(self, sql: str) -> list[tuple[Any, ...]]:
        return rows(self.hq.store.db, sql)

    def state(self, session: str = "s1", **more: Any) -> Answer | None:
        source = self.box.source
        store = BoxStore(self.box.db, TENANT, "box-1")
        heads = {stream: store.head(source.epoch, stream) for stream in topics.STREAMS}
        return self.give(State(True, session, source.epoch, heads, **more).encode(), STATE)

    def rewrite(self, seq: int, **changes: Any) -> None:
        """Let the box's own journal hold something else from seq on (its chain stays whole)."""
        source = self.box.source
        previous = BoxStore(self.box.db, TENANT, "box-1").at(source.epoch, "a", seq - 1)
        assert previous is not None
        before = previous.hash
        for n, body in rows(self.box.db, "SELECT seq, body FROM journal WHERE stream = 'a' AND seq >= ?", (seq,)):
            if n == seq:
                body = changes["raw"] if "raw" in changes else json.dumps({**json.loads(body), **changes})
            before = chain_hash(before, "a", n, body.encode(), None)
            self.box.db.execute_sql("UPDATE journal SET body = ?, hash = ? WHERE seq = ?", (body, before, n))

    def close(self) -> None:
        self.hq.store.release()
        self.box.close()
