"""An import of 1,000,000 products by `tillbox import`, while a till sells: `make bench ARGS=import` (some minutes).

Another one of a tenth comes first, into a store of its own: peak memory must be the same. `--rows N` for fewer.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from edge.base.sqlite import row
from edge.box import Box
from edge.checkout import Tender, complete_sale
from tests.bench import many
from tests.bench.bench_sale import make_basket, station
from tests.bench.process import SERVE, Process
from tests.bench.report import Row, against, bound, equal, p50, percentile, told
from tests.bench.shop import DISK, copy_store, folder, open_store

rows_wanted = 1_000_000
QUIET_SALES, EVERY_S = 200, 0.1
MEMORY_MIB, SALE_MS = 256, 300.0  # a sale is committed within 300 ms, whatever goes on (UI contract)
GROWTH = 1.3


@dataclass
class Run:
    """One import as it was watched: seconds, CPU seconds, peak MiB, and what sales took meanwhile (ms)."""

    seconds: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0
    sales: list[float] = field(default_factory=list)
    steps: set[tuple[str, int]] = field(default_factory=set)
    products: int = 0


def run(template: Path) -> list[Row]:
    """All rows of this bench."""
    with folder(DISK) as place:
        small, _ = _import(template, place / "small", max(1_000, rows_wanted // 10))
        big, quiet = _import(template, place / "big", rows_wanted)
    count = f"{rows_wanted:,}"
    return [
        told("I", f"import of {count} products", f"{big.seconds:.0f} s", f"{big.cpu:.0f} s of CPU"),
        told("I", "rows a second", f"{rows_wanted / big.seconds:,.0f}", f"{rows_wanted / big.cpu:,.0f} of CPU"),
        bound("I", "its peak memory", "MiB", big.peak, MEMORY_MIB),
        against("I", "peak memory against a tenth of the rows", "MiB", big.peak, small.peak, GROWTH),
        bound("I", f"a sale meanwhile, p99 of {len(big.sales)}", "ms", percentile(big.sales, 99), SALE_MS),
        told("I", "a sale meanwhile, p50 and the slowest", f"{p50(big.sales):.3g} and {max(big.sales):.3g} ms"),
        told("I", "a sale before it, p50 and p99", f"{p50(quiet):.3g} and {percentile(quiet, 99):.3g} ms"),
        told("I", "times that its progress moved", f"{len(big.steps)}"),
        equal("I", "products of the file in the catalogue", big.products, rows_wanted),
    ]


def _import(template: Path, place: Path, count: int) -> tuple[Run, list[float]]:
    config = copy_store(template, place)
    file = many.write_file(place / "products.csv", count)
    box, at, found = open_store(place), 0, Run()
    try:
        quiet = [_sale(box, n) for n in range(QUIET_SALES)]
        at, began = QUIET_SALES, time.monotonic()
        command = ["-c", SERVE, "--log-level", "WARNING", "import", "products", str(file), "--config", str(config)]
        with Process(command, place / "import.log") as process:
            while process.popen.poll() is None:
                _watch(found, process.pid, box)
                found.sales.append(_sale(box, at))
                at += 1
                box.env.sleep(EVERY_S * random.Random(at).uniform(0.5, 1.5))
            assert process.popen.returncode == 0, process.log.read_text()
        found.seconds = time.monotonic() - began
        sql = "SELECT COUNT(*) FROM product WHERE version = (SELECT version FROM pointer WHERE name = 'catalog') "
        found.products = (row(box.db, sql + "AND sku GLOB '3??????'") or (0,))[0]
        return found, quiet
    finally:
        box.close()


def _sale(box: Box, n: int) -> float:
    """Milliseconds that the n-th customer's payment took; the basket was filled before."""
    basket, who = make_basket(box, n), station(box)
    began = time.perf_counter()
    complete_sale(box, basket, [Tender("cash", 100_000)], who)
    return (time.perf_counter() - began) * 1000


def _watch(found: Run, pid: int, box: Box) -> None:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return  # it has just ended
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            found.peak = max(found.peak, int(line.split()[1]) / 1024)
    found.cpu = max(found.cpu, (int(times[11]) + int(times[12])) / 100)
    step = row(box.db, "SELECT step, done FROM job ORDER BY id DESC LIMIT 1")
    if step is not None:
        found.steps.add((str(step[0]), int(step[1])))
