"""The sample store as the benches use it: filled once, copied for each, opened here or served by its own process."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from edge import box as boxes
from edge import codes
from edge.base.clock import SystemClock
from edge.base.config import load
from edge.base.sqlite import LOG_LIMIT
from edge.box import Box
from edge.demo.data import demo_store
from edge.demo.fill import fill
from edge.env import Env

DISK, MEMORY = Path("/var/tmp"), Path("/dev/shm")  # noqa: S108 (a bench must choose what it writes to)
PIN = "271828"
TOML = """
[store]
tenant = "demo"
store = "S01"
box = "box-1"
zone = "Asia/Shanghai"
currency = "CNY"
languages = ["en", "zh-CN"]

[data]
path = "data"

[web]
port = {port}

[[lane]]
id = "1"
printer = "printer-1"

[[device]]
name = "printer-1"
driver = "simulated-printer"

[[device]]
name = "scanner-1"
lane = "1"
{scanner}
"""
SIMULATED = 'driver = "simulated-scanner"'


@dataclass(frozen=True, slots=True)
class Goods:
    """What the benches sell: codes of pieces to scan, and members' cards."""

    codes: tuple[str, ...]
    cards: tuple[str, ...]

    def basket(self, n: int, lines: int) -> list[str]:
        """What the n-th customer puts on the counter."""
        return [self.codes[(n * lines + i) % len(self.codes)] for i in range(lines)]

    def card(self, n: int) -> str:
        """The n-th customer's card."""
        return self.cards[n % len(self.cards)]


def goods() -> Goods:
    """Twenty barcodes of the sample store and the cards of all its members, rare and daily customers."""
    store = demo_store()
    pieces = [p.gtin for p in store.products if p.gtin and p.unit == "pc" and "age18" not in p.flags]
    return Goods(tuple(pieces[:20]), tuple(codes.member_code(member.number) for member in store.members))


@contextmanager
def folder(place: Path) -> Iterator[Path]:
    """A folder of its own on disk or in memory, gone afterwards."""
    with TemporaryDirectory(prefix="tillbox-bench-", dir=place) as name:
        yield Path(name)


def fill_store(path: Path, days: int = 730) -> Path:
    """The sample store with its two years, as the benches copy it."""
    write_config(path)
    config, env = load(path / "tillbox.toml"), Env()
    boxes.create(config, env)
    box = boxes.open_box(config, env)
    fill(box, days=days)
    box.close()
    return path


def write_config(path: Path, port: int = 8080, scanner: str = SIMULATED, more: str = "") -> Path:
    """Write the configuration into the folder; returns its path."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "tillbox.toml").write_text(TOML.format(port=port, scanner=scanner) + more)
    return path / "tillbox.toml"


def copy_store(template: Path, target: Path, port: int = 8080, scanner: str = SIMULATED, more: str = "") -> Path:
    """The filled store at another place, with a configuration of its own; returns the configuration's path."""
    shutil.copytree(template / "data", target / "data")
    return write_config(target, port, scanner, more)


def open_store(path: Path) -> Box:
    """The box of a folder as `tillbox serve` opens it: checkpoints are not the sale's."""
    config = load(path / "tillbox.toml")
    return boxes.open_box(config, Env(SystemClock(), random.SystemRandom()), autocheckpoint=0)


def raw_connection(path: Path, synchronous: str = "FULL") -> sqlite3.Connection:
    """sqlite3 itself with the product's settings: the floor under everything that writes."""
    connection = sqlite3.connect(path / "data" / "box.db", isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=wal", f"synchronous={synchronous}", "foreign_keys=1", "secure_delete=1",
                   "cache_size=-256", f"journal_size_limit={LOG_LIMIT}", "wal_autocheckpoint=0"):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")
    return connection
