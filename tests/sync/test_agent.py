"""The box's side: it believes only headquarters' signature, only what can be true, and keeps everything until then."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.base.clock import FakeClock
from edge.db import exclusive
from edge.env import Env
from sync import agent as agent_module
from sync import topics
from sync.agent import Agent, Timing
from sync.messages import Answer, Head, decode_batch, decode_state, sign_answer
from sync.outbox import WINDOW
from sync.status import LOCK, status
from tests.sync.shop import TENANT, TestBox
from tests.sync.wire import MemoryLink, connect

KEY = b"k" * 32
ACK = topics.down(TENANT, "box-1", "ack")
HQ = topics.hq_state(TENANT)


class Desk:
    """A box with its agent on a wire in memory, and a headquarters that says what the test wants."""

    def __init__(self, folder: Path, sales: int = 0) -> None:
        self.clock = FakeClock()
        self.box = TestBox(folder)
        self.box.env = Env(self.clock, random.Random(1))
        self.box.link(KEY, 1)
        for _ in range(sales):
            self.box.sell()
        self.n = 0
        self.start()

    def start(self) -> None:
        self.agent: Agent = self.box.agent(Timing(poll=0, ack=10, ack_most=120, beat=30))
        self.link: MemoryLink = connect(self.agent)
        self.agent.step()

    def sent(self) -> list[tuple[int, int]]:
        """(first, last) of the batches sent since the last look."""
        batches = [decode_batch(data) for topic, data in self.link.out if topic.endswith("/up/a")]
        self.link.out.clear()
        return [(batch.first, batch.last) for batch in batches]

    def say(self, upto: int, hash: bytes | None = None, key: bytes = KEY, topic: str = ACK, **more: Any) -> None:
        """An answer about stream a; the hash is the true one unless given."""
        self.n += 1
        epoch = self.box.source.epoch
        at = self.agent.store.at(epoch, "a", upto)
        head = Head(upto, hash or (at.hash if at else b"?" * 32))
        fields = {"term": 1, "n": self.n, "upto": {"a": head}, **more}
        self.hear(sign_answer(Answer(epoch, "hq-1", **fields), topic, key))

    def hear(self, payload: bytes, topic: str = ACK) -> None:
        self.agent._on_message(topic, payload)
        self.agent.step()

    def cursor(self) -> int:
        found = self.agent.store.cursors().get("a")
        return found[1].seq if found else 0

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.agent.step()

    def close(self) -> None:
        self.agent.close()
        self.box.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, sales=5)
    yield desk
    desk.close()


def test_a_signed_answer_moves_the_cursor(desk: Desk) -> None:
    assert desk.sent() == [(1, 5)]
    desk.say(3)
    assert desk.cursor() == 3
    desk.say(5)
    assert (desk.cursor(), desk.box.pending()) == (5, 0)


@pytest.mark.fault("F39")
def test_without_an_answer_nothing_moves_and_it_is_sent_again_ever_more_patiently(desk: Desk) -> None:
    assert desk.sent() == [(1, 5)]
    times, at = [], 0
    for second in range(1, 700):
        desk.wait(1)
        if desk.sent():
            times.append(second - at)
            at = second
    assert len(times) >= 5 and times[0] >= 7 and times[-1] > times[0] * 3
    assert desk.cursor() == 0
    assert "does not answer" in desk.agent.store.state()["error"]


@pytest.mark.fault("F114", "F115")
def test_a_forged_a_foreign_and_a_cut_answer_move_nothing(desk: Desk) -> None:
    desk.say(5, key=b"x" * 32)
    desk.say(5, topic=topics.down(TENANT, "box-2", "ack"))
    for payload in (b"", b"\xff" * 100, b"x" * 50_000_000, b"0" * 64 + b"\n{}"):
        desk.hear(payload)
    assert desk.cursor() == 0
    assert desk.agent.store.state()["refused"] == "6"


@pytest.mark.fault("F48")
def test_after_a_poisonous_answer_the_next_one_counts(desk: Desk) -> None:
    desk.hear(b"[" * 10_000)
    desk.say(5)
    assert desk.cursor() == 5


@pytest.mark.fault("F51")
def test_an_answer_for_more_than_was_ever_sent_is_refused_and_the_data_kept(desk: Desk) -> None:
    desk.say(6)
    assert desk.cursor() == 0 and desk.box.pending() == 5
    desk.box.sell()  # in the journal, and after the reconnection not sent yet
    desk.link.connected = False
    desk.box.sell()
    desk.say(7)
    assert desk.cursor() == 0
    assert "only" in desk.agent.store.state()["refused_why"]


@pytest.mark.fault("F51")
def test_an_answer_with_a_head_that_is_not_ours_is_refused(desk: Desk) -> None:
    desk.say(5, hash=b"h" * 32)
    assert desk.cursor() == 0
    assert "not ours" in desk.agent.store.state()["refused_why"]


@pytest.mark.fault("F116")
def test_an_old_answer_replayed_changes_nothing(desk: Desk) -> None:
    desk.say(5)
    desk.say(5, n=0, resend={"a": 1})
    desk.say(5, term=0, n=99, resend={"a": 1})
    assert desk.cursor() == 5
    assert desk.sent() == [(1, 5)]


@pytest.mark.fault("F116")
def test_a_replay_after_a_restart_changes_nothing_either(desk: Desk) -> None:
    desk.say(5, term=7)
    desk.agent.close()
    desk.start()
    desk.say(5, term=7, n=1, resend={"a": 1})
    assert desk.cursor() == 5


@pytest.mark.fault("F37")
def test_what_headquarters_misses_is_sent_again_from_there(desk: Desk) -> None:
    desk.sent()
    desk.say(2, resend={"a": 3})
    assert desk.sent() == [(3, 5)]
    assert desk.cursor() == 2


@pytest.mark.fault("F50")
def test_headquarters_restored_from_a_backup_gets_its_past_back(desk: Desk) -> None:
    desk.say(5)
    desk.sent()
    desk.say(1, resend={"a": 2})
    assert desk.sent() == [(2, 5)]
    assert desk.box.pending() == 4  # the till may say that these are not at headquarters


@pytest.mark.fault("F51")
def test_what_was_never_sent_can_not_be_asked_for_again(desk: Desk) -> None:
    desk.sent()
    desk.say(0, resend={"a": 9})
    assert desk.sent() == []


def test_only_a_window_of_batches_is_on_its_way(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with desk.box.db.atomic():
        for _ in range(1500):
            desk.box.sell(1000, lines=8)
    desk.agent.step()
    batches = desk.sent()
    assert len(batches) == WINDOW
    assert all(a[1] + 1 == b[0] for a, b in zip(batches, batches[1:], strict=False))
    desk.say(batches[2][1])
    assert len(desk.sent()) == 3
    desk.wait(200)
    assert len(desk.sent()) == 1  # after a time-out one batch asks whether anybody is there
    desk.close()


def test_sales_go_out_before_health_and_telemetry(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.box.record("c", "page.seen", {})
    desk.box.record("b", "box.started", {})
    desk.box.sell()
    desk.link.out.clear()
    desk.agent.step()
    assert [topic[-4:] for topic, _ in desk.link.out] == ["up/a", "up/b", "up/c"]
    desk.close()


@pytest.mark.fault("F36")
def test_a_new_connection_is_born_with_heads_and_sends_what_is_unacknowledged(desk: Desk) -> None:
    desk.say(2)
    desk.link = connect(desk.agent)
    desk.agent.step()
    state = decode_state(desk.link.out[0][1])
    assert state.online and state.heads["a"].seq == 5 and state.acked == {"a": 2, "b": 0, "c": 0}
    assert desk.sent() == [(3, 5)]


@pytest.mark.fault("F49")
def test_while_headquarters_is_away_only_a_probe_goes_out_and_at_its_return_everything(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hear(b"offline 5", HQ)
    with desk.box.db.atomic():
        for _ in range(1500):
            desk.box.sell(1000, lines=8)
    desk.agent.step()
    assert len(desk.sent()) <= 1
    for _ in range(20):
        desk.wait(60)
    assert len(desk.sent()) <= 20
    desk.hear(b"online 6", HQ)
    assert len(desk.sent()) == WINDOW
    desk.close()


def test_a_hint_that_is_none_is_ignored(desk: Desk) -> None:
    for payload in (b"", b"\xff\xff", b"online -1", b"online " + b"9" * 1_000_000):
        desk.hear(payload, HQ)
    assert desk.cursor() == 0


def test_a_finished_epoch_is_followed_by_the_next(desk: Desk) -> None:
    desk.say(5)
    desk.box.open_epoch("restored")
    desk.box.sell()
    desk.sent()
    desk.wait(1)
    assert desk.sent() == [(1, 1)]
    desk.say(1)
    assert desk.box.pending() == 0


def test_an_epoch_is_finished_before_the_next_begins(desk: Desk) -> None:
    desk.sent()
    desk.box.open_epoch("restored")
    desk.box.sell()
    desk.wait(1)
    assert desk.sent() == []
    assert desk.box.pending() == 6


@pytest.mark.fault("F68")
def test_an_old_image_confesses_and_goes_on_in_its_new_epoch(desk: Desk) -> None:
    desk.say(9, hash=b"h" * 32)  # headquarters knows more of this epoch than the journal holds
    states = [decode_state(data) for topic, data in desk.link.out if topic.endswith("state")]
    assert states[-1].behind and len(states) == 2
    desk.say(9, hash=b"h" * 32, verdict="regressed")
    assert desk.agent.store.state()["verdict"] == "regressed"
    assert status(desk.box.db, desk.box.config, desk.clock)["verdict"] == "regressed"
    desk.box.open_epoch("regressed")
    desk.box.sell()
    desk.say(9, hash=b"h" * 32, verdict="regressed", n=50)
    desk.sent()
    old = desk.box.db.execute_sql("SELECT uid FROM epoch ORDER BY n").fetchone()[0]
    desk.hear(sign_answer(Answer(old, "hq-1", 2, 1, "regressed"), ACK, KEY))
    assert desk.sent() == [(1, 1)]
    desk.say(1, term=3)
    assert desk.agent.store.state()["verdict"] == "ok"


def test_status_tells_pending_and_the_age_of_the_last_answer(desk: Desk) -> None:
    before = status(desk.box.db, desk.box.config, desk.clock)
    assert before["pending"] == {"a": 5, "b": 0, "c": 0}
    assert before["last_ack_age_s"] is None and not before["running"]
    assert before["error"] == "the sync process is not running"
    desk.say(5)
    desk.clock.advance(12)
    with exclusive(desk.box.config.data / LOCK):
        after = status(desk.box.db, desk.box.config, desk.clock)
    assert after["pending"]["a"] == 0 and after["last_ack_age_s"] == 12
    assert after["connected"] and after["running"] and after["error"] is None
    assert not status(desk.box.db, desk.box.config, desk.clock)["running"]


def test_an_idle_box_says_now_and_then_that_it_lives(desk: Desk) -> None:
    desk.say(5)
    desk.link.out.clear()
    for _ in range(10):
        desk.wait(10)
    assert 3 <= sum(topic.endswith("state") for topic, _ in desk.link.out) <= 4


def test_a_schema_of_another_release_is_refused_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    box = TestBox(tmp_path)
    box.db.execute_sql("UPDATE schema_info SET version = 99, min_reader = 99")
    box.close()
    for name, text in (("password", "secret"), ("key", "ab" * 32)):
        (tmp_path / name).write_text(text)
    path = tmp_path / "tillbox.toml"
    path.write_text(
        '[store]\ntenant="demo"\nstore="S01"\nbox="box-1"\n[data]\npath="."\n[[lane]]\nid="1"\n'
        '[hq]\nhost="127.0.0.1"\nport=1\nuser="box-1"\npassword_file="password"\nkey_file="key"\n'
    )
    assert agent_module.main(path) == 1
    assert len(caplog.records) == 1 and "newer tillbox" in caplog.text


def test_two_sync_processes_on_one_box_are_one_too_many(tmp_path: Path) -> None:
    from edge.errors import AlreadyRunning

    with exclusive(tmp_path / LOCK), pytest.raises(AlreadyRunning), exclusive(tmp_path / LOCK):
        pass
