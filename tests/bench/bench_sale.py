"""Budget 1: completing a sale against sqlite3 writing the very same rows; disk syncs and bytes of a sale.

Box and floor are two copies of one store. In every round the box completes a sale, then the floor writes the rows of
that sale; so both files grow alike and a slow moment of the machine hits both.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from edge import basket as baskets
from edge import catalog, codes, drafts, members
from edge.box import Box
from edge.checkout import Tender, complete_sale
from edge.sales import Station
from edge.staff import StaffService
from tests.bench import raw_sale
from tests.bench.report import Row, against, bound, p50, percentile, told
from tests.bench.shop import DISK, copy_store, folder, goods, open_store, raw_connection
from tests.bench.trace import CALLS, Trace, read_trace

LINES, WARM, ROUNDS, CHECKPOINT_EVERY = 5, 50, 600, 50
COUNTED = 200
HINT = "strace is missing: sudo apt-get install strace"


@dataclass
class Samples:
    """Nanoseconds a sale: wall and CPU of the selling thread."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def run(template: Path) -> list[Row]:
    """All rows of budget 1."""
    with folder(DISK) as place:
        box, raw = _paired(template, place)
        rows = [
            against("1", f"complete_sale, {LINES} lines, p50", "µs", p50(box.wall), p50(raw.wall), 1.5),
            against("1", "complete_sale, CPU a sale (mean)", "µs", _mean(box.cpu), _mean(raw.cpu), 1.5),
            told("1", "complete_sale, p99", f"{percentile(box.wall, 99):.4g} µs", f"{percentile(raw.wall, 99):.4g} µs"),
        ]
        return [*rows, *_counted(template, place)]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def make_basket(box: Box, n: int) -> baskets.Basket:
    """The n-th customer's basket: five products, a member; saved and shown as it lies open."""
    stock, basket = goods(), baskets.fresh(box, "1")
    for text in stock.basket(n, LINES):
        product = catalog.find(box, basket.versions, codes.identify(text, ()).candidates)
        assert product is not None
        basket.add(product, 1000)
    member = members.by_card(box.db, stock.card(n))
    assert member is not None
    basket.member = member.id
    basket.totals(box.rules.tax)  # the screen has shown them
    drafts.save(box, basket)
    return basket


def station(box: Box) -> Station:
    """A cashier at lane 1."""
    person = StaffService(box).people()[0]
    return Station("1", "live", person.id, person.uid, "en", "printer-1")


def _paired(template: Path, place: Path) -> tuple[Samples, Samples]:
    copy_store(template, place / "box")
    copy_store(template, place / "raw")
    box, floor = open_store(place / "box"), raw_connection(place / "raw")
    # As in the box, the open basket is saved by a connection of its own: what it writes empties the others' caches.
    reader, draft, at = raw_connection(place / "box"), raw_connection(place / "raw", "NORMAL"), station(box)
    # The shift is opened by the first sale of the day; the floor has it too.
    complete_sale(box, make_basket(box, 0), [Tender("cash", 100_000)], at)
    for table in ("shift", "journal", *(t for t in raw_sale.TABLES if t != "journal")):
        _copy_new(reader, floor, table)
    statements = raw_sale.inserts(floor)
    ours, theirs = Samples(), Samples()
    for n in range(-WARM, ROUNDS):
        basket, tenders = make_basket(box, n), [Tender("cash", 100_000)]
        draft.execute("INSERT OR REPLACE INTO basket VALUES ('1', ?, '')", (basket.uid,))
        wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
        complete_sale(box, basket, tenders, at)
        took = (time.perf_counter_ns() - wall, time.thread_time_ns() - cpu)
        rows = raw_sale.read_back(reader, basket.uid)
        wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
        raw_sale.write(floor, statements, rows)
        floor_took = (time.perf_counter_ns() - wall, time.thread_time_ns() - cpu)
        if n >= 0:
            _note(ours, took)
            _note(theirs, floor_took)
        if n % CHECKPOINT_EVERY == 0:
            for connection in (reader, floor):
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    for connection in (reader, floor, draft):
        connection.close()
    box.close()
    return ours, theirs


def _note(samples: Samples, took: tuple[int, int]) -> None:
    samples.wall.append(took[0] / 1000)
    samples.cpu.append(took[1] / 1000)


def _copy_new(source, target, table: str) -> None:  # type: ignore[no-untyped-def]
    rows = source.execute(f"SELECT * FROM {table}").fetchall()
    if rows:
        target.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def _counted(template: Path, place: Path) -> list[Row]:
    if shutil.which("strace") is None:
        return [Row("1", "disk syncs and bytes of a sale", HINT, ok=False)]
    none, some = _traced(template, place, 0), _traced(template, place, COUNTED)
    written = (some.bytes - none.bytes) / COUNTED / 1000
    log = (some.log_bytes - none.log_bytes) / COUNTED / 1000
    return [
        bound("1", "disk syncs of a sale, scan … complete", "", (some.log_syncs - none.log_syncs) / COUNTED, 1.05),
        bound("1", "bytes to the device, scan … complete, in 4 kB blocks", "kB", written, 60),
        told("1", "of it the log; the rest are checkpoints", f"{log:.3g} kB"),
    ]


def _traced(template: Path, place: Path, sales: int) -> Trace:
    path = place / f"traced-{sales}"
    copy_store(template, path)
    log = path / "strace.txt"
    watch = ["strace", "-f", "-y", "-s", "0", "-o", str(log), "-e", f"trace={CALLS}"]
    subprocess.run(
        [*watch, sys.executable, "-m", "tests.bench.sell", str(path), str(sales)], check=True, capture_output=True
    )
    return read_trace(log.read_text().splitlines())
