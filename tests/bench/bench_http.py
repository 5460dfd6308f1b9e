"""Budget 2: paying by HTTP on the real process against bare Flask on waitress with a raw commit of the same rows."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from edge.checkout import Tender, complete_sale
from tests.bench.bench_sale import make_basket, station
from tests.bench.client import Client
from tests.bench.process import Process, until
from tests.bench.report import Row, against, p50, percentile, told
from tests.bench.shop import DISK, MEMORY, Goods, copy_store, folder, goods, open_store
from tests.ports import free_port

LINES, WARM, ROUNDS = 5, 20, 200


@dataclass
class Samples:
    """Milliseconds a request: as the client waits, and on a processor in the threads of the web."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def run(template: Path) -> list[Row]:
    """All rows of budget 2."""
    rows: list[Row] = []
    for place, name in ((MEMORY, "tmpfs"), (DISK, "disk")):
        box, floor = _paired(template, place)
        if place is MEMORY:
            rows += [
                against("2", f"HTTP sale ({name}), p50", "ms", p50(box.wall), p50(floor.wall), 1.5),
                against("2", f"HTTP sale ({name}), CPU (p50)", "ms", p50(box.cpu), p50(floor.cpu), 1.5),
            ]
        else:
            rows.append(told("2", f"HTTP sale ({name}), p50", f"{p50(box.wall):.4g} ms", f"{p50(floor.wall):.4g} ms"))
        rows.append(_spread(name, box.wall, floor.wall))
    return rows


def _spread(name: str, box: list[float], floor: list[float]) -> Row:
    """p99 over p50. On a machine that is busy otherwise the floor's own spread is above 3: then that is the limit."""
    ours, theirs = percentile(box, 99) / p50(box), percentile(floor, 99) / p50(floor)
    limit = max(3.0, theirs)
    shown = f"≤ {limit:.3g} ×" + (" (the floor's)" if limit > 3 else "")
    what = f"HTTP sale ({name}), p99 over p50"
    return Row(
        "2",
        what,
        f"{percentile(box, 99):.4g} ms",
        f"{percentile(floor, 99):.4g} ms",
        f"{ours:.2f}",
        shown,
        ours <= limit,
    )


def _paired(template: Path, place: Path) -> tuple[Samples, Samples]:
    with folder(place) as path:
        port, floor_port = free_port(), free_port()
        config = copy_store(template, path / "box", port)
        _prepare_floor(template, path / "raw")
        command = ["-m", "tests.bench.serving", str(config), str(path / "threads.json")]
        floor_command = ["-m", "tests.bench.floor_http", str(path / "raw"), str(floor_port)]
        with Process(command, path / "box.log") as box, Process(floor_command, path / "raw.log") as floor:
            box.wait_for(port)
            floor.wait_for(floor_port)
            return _rounds(box, Client(port), floor, Client(floor_port), path)


def _prepare_floor(template: Path, path: Path) -> None:
    """A store with one sale of the same kind, whose rows the floor then writes again and again."""
    copy_store(template, path)
    box = open_store(path)
    complete_sale(box, make_basket(box, 0), [Tender("cash", 100_000)], station(box))
    box.close()


def _rounds(box: Process, till: Client, floor: Process, bare: Client, path: Path) -> tuple[Samples, Samples]:
    till.log_in(path / "box" / "data")
    names, stock = box.threads(path / "threads.json"), goods()
    web = {number for number, name in names.items() if "waitress" in name or "web" in name}
    ours, theirs = Samples(), Samples()
    for n in range(-WARM, ROUNDS):
        first, second = _pay(box, web, till, stock, n), _floor(floor, bare, n + WARM + 1)
        if n >= 0:
            ours.wall.append(first[0])
            ours.cpu.append(first[1])
            theirs.wall.append(second[0])
            theirs.cpu.append(second[1])
        if n % 50 == 0:
            bare.get("/checkpoint")
    till.close()
    bare.close()
    return ours, theirs


def _pay(box: Process, web: set[int], till: Client, stock: Goods, n: int) -> tuple[float, float]:
    basket = till.fill_basket(stock, n, LINES)
    # The printer's thread works on by itself after a sale; the next one begins when the paper is out, as in a shop.
    until(lambda: till.state()["print_queue"] == 0, 10, "the paper", 0.02)
    cpu, began = box.cpu_ns(web.__contains__), time.perf_counter_ns()
    view = till.pay(basket)
    wall = time.perf_counter_ns() - began
    time.sleep(0.002)  # the threads finish what follows the answer
    cpu = box.cpu_ns(web.__contains__) - cpu
    assert view["done"]["sale"] == basket
    until(lambda: till.state()["print_queue"] == 0, 10, "the paper", 0.02)
    return wall / 1e6, cpu / 1e6


def _floor(floor: Process, bare: Client, n: int) -> tuple[float, float]:
    asked = {"n": n, "id": secrets.token_hex(13), "basket": "x", "tenders": [{"kind": "cash", "received": 100_000}]}
    cpu, began = floor.cpu_ns(), time.perf_counter_ns()
    bare.post("/sale", asked)
    wall = time.perf_counter_ns() - began
    time.sleep(0.002)
    return wall / 1e6, (floor.cpu_ns() - cpu) / 1e6
