"""A process that sells through a lane's till, to be watched by strace: `python -m tests.bench.sell FOLDER N`.

Each sale is a card and five scans, then cash; after each the jobs thread's chores are done once, as when a customer
comes every five seconds.
"""

from __future__ import annotations

import sys
from pathlib import Path

from drivers.base import Scan
from edge.bus import Bus
from edge.jobs import Watcher
from edge.staff import StaffService
from edge.till import Till, new_command_id
from tests.bench.shop import goods, open_store

LINES = 5


def main(path: Path, sales: int) -> None:
    """Sell."""
    box, stock = open_store(path), goods()
    staff = StaffService(box)
    _, session = staff.open_session(staff.people()[0], "1", "en")
    till = Till(box, box.config.lanes[0], staff, Bus())
    watcher = Watcher(box, dict, lambda: None, lambda topic: None)

    def sell(n: int) -> None:
        for i, code in enumerate([stock.card(n), *stock.basket(n, LINES)]):
            till.on_scan(Scan("scanner-1", code, (n * 10 + i) * 1_000_000_000))
        tenders = [{"kind": "cash", "received": 100_000}]
        till.do(session, "pay", {"basket": till.basket.uid, "id": new_command_id(box), "tenders": tenders})
        assert till.done is not None
        watcher.look()
        watcher.tidy()

    for n in range(sales + 1):  # the first opens the shift
        sell(n)
    box.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
