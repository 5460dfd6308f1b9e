"""A till that kills itself with SIGKILL at an exact step, again and again, on one data folder.

Run as `python -m tests.e2e.dying till FOLDER` (or `sync FOLDER`), it is a server that forks: each line "N" on its input
is one life, in a fork, that dies at its N-th step: before or after a write to the database or to the printer or broker,
or before or after the screen has its answer. It answers with the place of the death, or with "alive" when the life
ended first. So hundreds of deaths need one start of Python, and the product holds no code for them.

A life of the till does what a shop does after a power cut: repeats the payment that got no answer, answers the print
question, goes on with the basket that came back, sells, prints, voids. What the screen was shown stands in
shown.ndjson; a SIGKILL loses nothing that was written there. A life of sync brings the journal to headquarters and
ends when nothing is pending.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from peewee import SqliteDatabase

from drivers import registry
from drivers.base import Printer, Scan
from drivers.simulated import SimulatedPrinter
from drivers.simulated_firmware import SimulatedTransport
from edge.base.config import load
from edge.base.document import Barcode, Cut, Document, Qr, Text
from edge.base.sqlite import Database
from edge.box import open_box
from edge.bus import Bus
from edge.env import Env
from edge.printing import Spooler
from edge.staff import StaffService
from edge.till import Till
from sync.agent import Agent, Timing
from sync.client import Link
from tests.e2e.goods import CARD, MANAGER, MILK, PINS, RICE, TEA

View = dict[str, Any]
WRITES = ("BEGIN", "INSERT", "UPDATE", "DELETE", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA wal")


class Death:
    """Counts steps and ends this process at the given one; its place goes into the file `died`."""

    def __init__(self, folder: Path, at: int) -> None:
        self.place, self.left = folder / "died", at

    def step(self, place: str) -> None:
        self.left -= 1
        if self.left == 0:
            self.place.write_text(place)
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: type, name: str, place: Callable[..., str | None]) -> None:
        """Make two steps, before and after, of each call of a method; place(*args) None: of this call none."""
        original = getattr(owner, name)

        def stepping(*args: Any, **kwargs: Any) -> Any:
            if (where := place(*args)) is None:
                return original(*args, **kwargs)
            self.step(f"before {where}")
            result = original(*args, **kwargs)
            self.step(f"after {where}")
            return result

        setattr(owner, name, stepping)

    def at_statements(self, wanted: Callable[[str], bool]) -> None:
        """Two steps for each statement (and each row of many) that goes over any connection."""
        connection = Database.connection
        Database.connection = lambda db: Watched(connection(db), self, wanted)  # type: ignore[method-assign]

    def wait_at_the_till(self) -> None:
        """Put the steps in: every write to the database, every piece to the printer, every paper."""
        self.at_statements(lambda sql: sql.startswith(WRITES))
        for name in ("begin", "commit", "rollback"):
            self.around(SqliteDatabase, name, lambda *_, name=name: name.upper())
        self.around(SimulatedTransport, "write", lambda *_: "bytes to the printer")
        self.around(SimulatedPrinter, "_store", lambda *_: "a paper")

    def wait_at_sync(self) -> None:
        """Put the steps in: every message, every answer taken, every move of a cursor."""
        self.around(Link, "publish", lambda link, topic, *_: f"a message to {topic.rsplit('/', 1)[-1]}")
        self.around(Agent, "_answer", lambda *_: "an answer")
        self.at_statements(lambda sql: "sync_cursor" in sql)


class Watched:
    """A connection whose wanted statements are steps."""

    def __init__(self, real: Any, death: Death, wanted: Callable[[str], bool]) -> None:
        self.real, self.death, self.wanted = real, death, wanted

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def execute(self, sql: str, params: Any = ()) -> Any:
        if not self.wanted(sql):
            return self.real.execute(sql, params)
        self.death.step(f"before {_short(sql)}")
        found = self.real.execute(sql, params)
        self.death.step(f"after {_short(sql)}")
        return found

    def executemany(self, sql: str, records: Any) -> None:
        for record in records:
            self.execute(sql, record)

    def rollback(self) -> None:
        self.death.step("before ROLLBACK")
        self.real.rollback()
        self.death.step("after ROLLBACK")


def _short(sql: str) -> str:
    return " ".join([word for word in sql.split() if word not in ("OR", "REPLACE", "INTO", "FROM", "IGNORE")][:2])


class Life:
    """One start of the till of lane 1, with its printer, by the product's own parts."""

    def __init__(self, folder: Path, death: Death) -> None:
        self.folder, self.death = folder, death
        config = load(folder / "tillbox.toml")
        self.box = open_box(config, Env())
        staff, (lane, *_) = StaffService(self.box), config.lanes
        self.till = Till(self.box, lane, staff, Bus())
        self.session = self.till.operator or staff.open_session(staff.people()[0], lane.id, "en")[1]
        entry = next(device for device in config.devices if device.name == lane.printer)
        printer = registry.create(entry.driver, entry.name, entry.options, self.box.env.clock)
        assert isinstance(printer, Printer)
        self.spooler = Spooler(self.box, printer)
        self.manager = next(person for person in staff.people() if person.role == "manager")

    def run(self, printed: bool) -> None:
        """`printed`: what the cashier answers when the till asks whether a receipt came out."""
        pending = self._pending()
        self.spooler.recover()
        self.show("restored", self.till.view("en", "cashier"))
        if pending is not None:
            self.pay(pending)
        while problem := self.till.view("en", "cashier")["print"]:
            self.show("asked", self.till.view("en", "cashier"))
            self.do("print/resolve", job=problem["job"], printed=printed)
        self.sell(CARD, MILK, TEA)
        self.sell(RICE)
        sale = self.till.view("en", "cashier")["last_sale"]["uid"]
        self.do("void", sale=sale, reason="test")
        self.show("voided", self.do("approve", staff=self.manager.uid, pin=PINS[MANAGER]))
        self.print()

    def _pending(self) -> str | None:
        """The payment that was sent and never answered: a screen that reloads sends it again."""
        sent, answered = "", ""
        for entry in shown(self.folder):
            sent = entry["basket"] if entry["what"] == "paying" else sent
            answered = entry["sale"] if entry["what"] == "completed" else answered
        return sent if sent != answered else None

    def sell(self, *codes: str) -> None:
        for code in codes:
            self.till.on_scan(Scan("scanner-1", code, time.monotonic_ns()))
            self.show("basket", self.till.view("en", "cashier"))
        self.pay(self.till.basket.uid)
        self.print()

    def pay(self, basket: str) -> None:
        self.show("paying", self.till.view("en", "cashier"), basket=basket)
        view = self.do("pay", basket=basket, tenders=[{"kind": "cash", "received": 10_000_000}])
        self.show("completed", view, sale=view["done"]["sale"])

    def print(self) -> None:
        while self.spooler.print_next():
            pass

    def do(self, command: str, basket: str = "", **args: Any) -> View:
        basket = basket or self.till.basket.uid
        return self.till.do(self.session, command, {"basket": basket, "id": uuid4().hex, **args})

    def show(self, what: str, view: View, **more: Any) -> None:
        """The answer reaches the screen."""
        basket = view["basket"]
        entry = {
            "what": what, "basket": basket["uid"], "lines": {str(x["product"]): x["qty"] for x in basket["lines"]},
            "member": bool(view["member"]), "done": (view["done"] or {}).get("sale"), **more,
        }  # fmt: skip
        self.death.step(f"before the screen shows {what}")
        with (self.folder / "shown.ndjson").open("a") as file:
            file.write(json.dumps(entry) + "\n")
        self.death.step(f"after the screen shows {what}")


def shown(folder: Path) -> list[dict[str, Any]]:
    """Everything that screens were shown, in order."""
    path = folder / "shown.ndjson"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def till(folder: Path, death: Death, at: int) -> None:
    """A life of the till."""
    death.wait_at_the_till()
    Life(folder, death).run(printed=at % 2 == 0)


def sync(folder: Path, death: Death, at: int) -> None:
    """A life of the sync process, until headquarters has everything."""
    death.wait_at_sync()
    agent = Agent(load(folder / "tillbox.toml"), Env(), Timing(poll=0.02, ack=2.0))
    deadline = time.monotonic() + 20
    while sum(agent.store.pending().values()):
        assert time.monotonic() < deadline, "headquarters never answered"
        agent.step()
    agent.close()


def serve(live: Callable[[Path, Death, int], None], folder: Path) -> int:
    """Fork a life for each line of the input."""
    warm = registry.create("simulated-printer", "warm", {"mode": "text"}, Env().clock)
    assert isinstance(warm, Printer)  # so that no life has to load the library of the printer again
    warm.render(Document("en", (Text("warm"), Barcode("1"), Qr("1"), Cut()), ""))
    for line in sys.stdin:
        (folder / "died").unlink(missing_ok=True)
        pid = os.fork()
        if pid == 0:
            _live(live, folder, int(line))
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        died = (folder / "died").read_text() if code == -signal.SIGKILL else {0: "alive"}.get(code, "failed")
        print(died, flush=True)
    return 0


def _live(live: Callable[[Path, Death, int], None], folder: Path, at: int) -> None:
    """One life, in the fork; never returns."""
    try:
        live(folder, Death(folder, at), at)
    except BaseException:  # of a fork: nothing of the server above may run in it
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(serve({"till": till, "sync": sync}[sys.argv[1]], Path(sys.argv[2])))
