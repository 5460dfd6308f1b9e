"""Whatever a broker does with the messages, headquarters ends with exactly the box's journal (G2, G3)."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.base.clock import FakeClock
from edge.env import Env
from sync.agent import Timing
from sync.hq import HqServices, build
from sync.hq.env import HqEnv
from tests.sync.shop import TestBox, box_books, hq_books, hq_config, let_in
from tests.sync.wire import MemoryLink, connect

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), st.integers(1, 4)),
        st.tuples(st.just("step"), st.just(0)),
        st.tuples(st.just("deliver"), st.integers(0, 30)),  # any message on its way, not only the oldest
        st.tuples(st.just("double"), st.integers(0, 30)),
        st.tuples(st.just("lose"), st.integers(0, 30)),
        st.tuples(st.just("answer"), st.integers(0, 30)),
        st.tuples(st.just("answer twice"), st.integers(0, 30)),
        st.tuples(st.just("wait"), st.integers(1, 200)),
        st.tuples(st.just("reconnect"), st.just(0)),
        st.tuples(st.just("agent dies"), st.just(0)),
        st.tuples(st.just("hq dies"), st.just(0)),
    ),
    max_size=60,
)


class World:
    """One box, its agent, headquarters, and what is on its way both ways."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.folder = FakeClock(), folder
        self.box = TestBox(folder / "box")
        self.box.env = Env(self.clock, random.Random(3))
        self.config = hq_config(folder / "hq")
        let_in(self.config, self.box)
        self.members = [self.box.enrol(), self.box.enrol("Han")]
        self.up: list[tuple[str, bytes]] = []
        self.down: list[tuple[str, bytes]] = []
        self.hq = self._hq()
        self.start_agent()

    def _hq(self) -> HqServices:
        self.clock.advance(1)
        return build(self.config, HqEnv(self.clock, random.Random(4)))

    def start_agent(self) -> None:
        self.agent = self.box.agent(Timing(poll=0, ack=5, ack_most=60, beat=20))
        self.link: MemoryLink = connect(self.agent)
        self.take()

    def take(self) -> None:
        self.up += self.link.out
        self.link.out.clear()

    def deliver(self, n: int, keep: bool = False) -> None:
        if self.up:
            message = self.up[n % len(self.up)]
            if not keep:
                self.up.remove(message)
            self.down += [(reply.topic, reply.payload) for reply in self.hq.receiver.handle(*message)]

    def answer(self, n: int, keep: bool = False) -> None:
        if self.down:
            message = self.down[n % len(self.down)]
            if not keep:
                self.down.remove(message)
            self.agent._on_message(*message)

    def do(self, what: str, n: int) -> None:
        if what == "sell":
            for i in range(n):
                self.box.sell(500 + 7 * i, self.members[i % 2], lines=1)
        elif what == "deliver":
            self.deliver(n)
        elif what == "double":
            self.deliver(n, keep=True)
        elif what == "lose" and self.up:
            self.up.pop(n % len(self.up))
        elif what == "answer":
            self.answer(n)
        elif what == "answer twice":
            self.answer(n, keep=True)
        elif what == "wait":
            self.clock.advance(n)
        elif what == "reconnect":
            self.link = connect(self.agent)
        elif what == "agent dies":
            self.agent.store.db.close()
            self.start_agent()
        elif what == "hq dies":
            self.hq.store.release()
            self.hq = self._hq()
        if what != "sell":
            self.agent.step()
        self.take()

    def heal(self) -> None:
        """From here the wire is good; time passes until all is acknowledged."""
        for _ in range(400):
            while self.up:
                self.deliver(0)
                while self.down:
                    self.answer(0)
                self.agent.step()
                self.take()
            if self.box.pending() == 0:
                return
            self.clock.advance(7)
            self.agent.step()
            self.take()
        raise AssertionError(f"{self.box.pending()} events never arrived")

    def close(self) -> None:
        self.agent.store.db.close()
        self.hq.store.release()
        self.box.close()


@pytest.mark.fault("F35", "F37", "F41", "F42", "F43")
@given(steps=STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_drops_doubles_and_disorder_end_in_equal_books(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        for step in steps:
            world.do(*step)
        world.heal()
        assert hq_books(world.hq) == box_books(world.box)
        states = {state for (state,) in world.hq.store.db.execute_sql("SELECT state FROM source").fetchall()}
        dead = world.hq.store.db.execute_sql("SELECT COUNT(*) FROM dead_letter").fetchone()[0]
        assert (states, dead) == ({"ok"}, 0)
        assert world.agent._refused == 0, world.agent.store.state()
        world.close()


def test_six_hundred_sales_in_several_batches_arrive_in_order(tmp_path: Path) -> None:
    world = World(tmp_path)
    with world.box.db.atomic():
        for n in range(600):
            world.box.sell(100 + n, world.members[0], lines=3)
    world.heal()
    assert hq_books(world.hq) == box_books(world.box)
    world.close()
