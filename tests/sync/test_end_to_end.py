"""From the journal to headquarters' books over a real broker, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.status import status
from tests.broker import Broker, running_broker
from tests.sync.shop import TestBox, box_books, hq_books, hq_config, let_in, running_agent, running_hq, until

USERS = {"hq": "secret-hq", "box-1": "secret-box-1", "box-2": "secret-box-2"}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with running_broker(tmp_path, USERS) as broker:
        yield broker


def test_what_the_till_sold_is_at_headquarters_once_and_acknowledged(tmp_path: Path, broker: Broker) -> None:
    box, config = TestBox(tmp_path / "box"), hq_config(tmp_path / "hq", broker.port)
    let_in(config, box)
    member = box.enrol()
    for n in range(40):
        box.sell(1000 + n, member if n % 2 else None)
    box.record("b", "box.started", {"boot": "b1"})
    with running_hq(config) as hq, running_agent(box):
        until(lambda: box.pending() == 0)
        box.sell(777, member)
        until(lambda: box.pending() == 0, what="a live sale")
        assert hq_books(hq) == box_books(box)
        now = status(box.db, box.config)
        assert now["connected"] is False  # the agent of this test holds no lock: it is no process of its own
        assert now["pending"] == {"a": 0, "b": 0, "c": 0}
        assert now["last_ack_age_s"] < 20
    box.close()
