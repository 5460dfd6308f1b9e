"""Bring a shop's journal to a real headquarters over a real broker, and read what it holds then."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from edge.base.config import HqLink
from edge.base.sqlite import row, rows
from sync.agent import Agent
from sync.boxdb import BoxStore
from sync.hq import provision
from tests.broker import running_broker
from tests.journey.shop import Shop
from tests.sync.shop import QUICK, hq_config, running_hq, until


@dataclass(frozen=True)
class Held:
    """What headquarters' own tables say; standings: card -> (points, score)."""

    sales: int
    lines: int
    turnover: int
    points: int
    standings: dict[str, tuple[int, int]]
    dead: int
    seconds: float


def drain(shop: Shop, folder: Path) -> Held:
    """The whole way: journal, sync agent, mosquitto, receiver, headquarters' tables."""
    box, began = shop.box, time.monotonic()
    with running_broker(folder, {"hq": "secret-hq", "box-1": "secret-box-1"}) as broker:
        config = hq_config(folder / "hq", broker.port)
        key = bytes.fromhex(provision(config.data, "box-1"))
        link = HqLink(broker.host, broker.port, "box-1", "secret-box-1", key)
        agent, stop = Agent(replace(box.config, hq=link), box.env, QUICK), threading.Event()
        thread = threading.Thread(target=agent.run, args=(stop,), name="agent")
        with running_hq(config) as hq:
            thread.start()
            try:
                store = BoxStore(box.db, "demo", "box-1")
                until(lambda: sum(store.pending().values()) == 0, 60, what="everything acknowledged")
            finally:
                stop.set()
                thread.join()
            db = hq.store.db
            found = row(db, "SELECT COUNT(*), SUM(lines), SUM(total), SUM(points) FROM sale")
            members = rows(db, "SELECT member, SUM(points), SUM(score) FROM ledger GROUP BY member")
            dead = row(db, "SELECT COUNT(*) FROM dead_letter")
            hq.store.release()
    assert found is not None
    assert dead is not None
    cards = dict(rows(box.db, "SELECT m.uid, c.code FROM member m JOIN member_card c ON c.member = m.id"))
    standings = {cards[uid]: (points, score) for uid, points, score in members}
    return Held(*found, standings, dead[0], time.monotonic() - began)
