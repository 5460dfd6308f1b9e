"""A process that sells through a lane's till, for counting what it writes: `python -m tests.bench.sell FOLDER N yes|no`.

Each sale is a card and five scans, then cash; with "yes" a checkpoint follows each, the worst that the jobs thread does.
Prints what /proc/self/io counted as written to the device, and the growth of the database.
"""

from __future__ import annotations

import sys
from pathlib import Path

from drivers.base import Scan
from edge.bus import Bus
from edge.staff import StaffService
from edge.till import Till, new_command_id
from tests.bench.shop import goods, open_store

LINES = 5


def written() -> int:
    """Bytes this process has caused to be sent to the device."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def main(path: Path, sales: int, checkpoint: bool) -> None:
    """Sell, and tell."""
    box, stock = open_store(path), goods()
    staff = StaffService(box)
    _, session = staff.open_session(staff.people()[0], "1", "en")
    till = Till(box, box.config.lanes[0], staff, Bus())
    database = box.config.database

    def sell(n: int) -> None:
        for i in range(LINES):
            at_ns = (n * LINES + i) * 1_000_000_000
            till.on_scan(Scan("scanner-1", stock.codes[(n * LINES + i) % len(stock.codes)], at_ns))
            if i == 0:
                till.on_scan(Scan("cards-1", stock.card, at_ns))
        tenders = [{"kind": "cash", "received": 100_000}]
        till.do(session, "pay", {"basket": till.basket.uid, "id": new_command_id(box), "tenders": tenders})
        assert till.done is not None
        if checkpoint:
            box.db.execute_sql("PRAGMA wal_checkpoint(PASSIVE)")

    sell(0)  # opens the shift
    box.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    before, size = written(), database.stat().st_size
    for n in range(1, sales + 1):
        sell(n)
    after = written()
    box.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    print(f"bytes={after - before} growth={database.stat().st_size - size}")
    box.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "yes")
