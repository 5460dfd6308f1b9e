"""A whole shop for the tests of the screens: the real daemon on a free port, simulated devices, the sample store."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from edge import basket as baskets
from edge import box as boxes
from edge import catalog
from edge.base.config import load
from edge.box import Box
from edge.daemon import Daemon
from edge.demo.data import demo_store
from edge.demo.fill import fill
from edge.env import Env
from edge.kiosk import Guard
from edge.till import Till

CASHIER, SECOND, MANAGER, TECHNICIAN = "Xiao Chen", "Yu Zhao", "Min Wang", "Qiang Li"
_TOML = """
[store]
tenant = "demo"
store = "S01"
box = "box-1"
zone = "Asia/Shanghai"
currency = "CNY"
languages = ["zh-CN", "en"]

[data]
path = "."

[web]
port = {port}
threads = 16
"""
_LANE = """
[[lane]]
id = "{lane}"
mode = "{mode}"
printer = "printer-{lane}"

[[device]]
name = "scanner-{lane}"
driver = "simulated-scanner"
lane = "{lane}"

[[device]]
name = "reader-{lane}"
driver = "simulated-cardreader"
lane = "{lane}"

[[device]]
name = "printer-{lane}"
driver = "simulated-printer"
"""
_KIOSK = """
[[lane]]
id = "k1"
kind = "kiosk"
mode = "{mode}"

[[device]]
name = "reader-k1"
driver = "simulated-cardreader"
lane = "k1"

[[device]]
name = "scanner-k1"
driver = "simulated-scanner"
lane = "k1"
"""


class Shop:
    """tillbox serve in this process: two lanes, each with a scanner, a card reader and a printer."""

    def __init__(self, folder: Path, port: int, mode: str = "demo", days: int = 40) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "tillbox.toml"
        lanes = "".join(_LANE.format(lane=lane, mode=mode) for lane in "12")
        path.write_text(_TOML.format(port=port) + lanes + _KIOSK.format(mode=mode))
        self.config, self.env, self.address = load(path), Env(), f"http://127.0.0.1:{port}"
        boxes.create(self.config, self.env)
        box = boxes.open_box(self.config, self.env)
        fill(box, days=days)
        box.close()
        self.daemon = Daemon(self.config, self.env)
        self._papers: dict[str, set[int]] = {}

    def start(self) -> None:
        """Bring devices, printing and the web up."""
        self.daemon.start()

    def stop(self) -> None:
        """Take all of it down."""
        self.daemon.stop()

    def restart(self) -> None:
        """The tills' memory is gone and comes back from the database (the e2e tests kill the process itself)."""
        daemon = self.daemon
        for till in daemon.tills.values():
            Till.__init__(till, daemon.box, till.lane, daemon.staff, daemon.bus, till.looks)
        daemon.app.extensions["tillbox.hub"].restart()

    @property
    def box(self) -> Box:
        """The box behind the screens."""
        return self.daemon.box

    def tidy(self) -> None:
        """Empty carts, no notices, every device well, nobody logged in, no PIN guessed wrong."""
        for device in self.daemon.devices.values():
            for name, on in device.faults().items():  # type: ignore[attr-defined]
                if on:
                    device.set_fault(name, False)  # type: ignore[attr-defined]
        self.box.db.execute_sql("DELETE FROM session")
        self.daemon.staff.forget()
        self.box.db.execute_sql("DELETE FROM pin_guard")
        self.box.db.execute_sql("DELETE FROM offer_shown")
        self.box.db.execute_sql("UPDATE print_job SET state = 'dropped' WHERE state IN ('uncertain', 'failed')")
        self.box.db.execute_sql("DELETE FROM offer_decline")
        for kiosk in self.daemon.kiosks.values():
            kiosk.guard = Guard()
            kiosk.calls.clear()
            kiosk.do("leave", {})
        for till in self.daemon.tills.values():
            with till.lock:
                till.operator = till.notice = till.done = till.beep = None
                till.multiplier, till.basket = 1, baskets.fresh(self.box, till.lane.id)

    def product(self, n: int = 0) -> tuple[str, str, int]:
        """(code, English name, price) of the nth frequent product that is sold by the piece at one price."""
        versions = catalog.current(self.box.db)
        plain = [
            p for p in catalog.tiles(self.box.db, versions)
            if p.gtin and p.unit == "pc" and p.frequent and p.member_price is None and not p.flags
        ]  # fmt: skip
        return plain[n].gtin, plain[n].name_en, plain[n].price

    def card(self, tier_from: int = 0) -> str:
        """The code of a member's card whose score is at least tier_from."""
        found = self.box.db.execute_sql(
            "SELECT c.code FROM member_card c JOIN ledger l ON l.member = c.member "
            "GROUP BY c.code HAVING SUM(l.score) >= ? ORDER BY SUM(l.score) LIMIT 1",
            (tier_from,),
        ).fetchone()
        return str(found[0])

    def scan(self, code: str, lane: str = "1") -> None:
        """The lane's scanner reads a code."""
        self.daemon.devices[f"scanner-{lane}"].inject(code)  # type: ignore[attr-defined]

    def swipe(self, code: str, lane: str = "1") -> None:
        """The lane's card reader reads a card."""
        self.daemon.devices[f"reader-{lane}"].inject(code)  # type: ignore[attr-defined]

    def printer(self, fault: str, on: bool = True, lane: str = "1") -> None:
        """Switch a fault of the lane's printer."""
        self.daemon.devices[f"printer-{lane}"].set_fault(fault, on)  # type: ignore[attr-defined]

    def papers(self, lane: str = "1") -> int:
        """How many papers of the lane's printer were seen by now; it keeps only the last 50 itself."""
        seen = self._papers.setdefault(lane, set())
        seen.update(p.at_ns for p in self.daemon.devices[f"printer-{lane}"].papers() if p.data)  # type: ignore[attr-defined]
        return len(seen)

    def pin(self, name: str) -> str:
        """The PIN of a staff member by English name."""
        return next(person.pin for person in demo_store().staff if person.name_en == name)

    def uid(self, name: str) -> str:
        """The uid of a staff member by English name."""
        return next(person.uid for person in self.daemon.staff.people() if person.name_en == name)

    def sales(self) -> int:
        """How many documents the shop has."""
        return int(self.box.db.execute_sql("SELECT COUNT(*) FROM sale").fetchone()[0])


def wait(until: Callable[[], object], seconds: float = 5.0) -> None:
    """Look until it is true; AssertionError when it is not in time."""
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
