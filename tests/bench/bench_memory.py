"""Budget 4: the memory of `tillbox serve` and `tillbox sync` at rest, what they must not load, and the first sale."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

from sync.hq import provision
from tests.bench.client import Client
from tests.bench.process import SERVE, Process, listens, together, until
from tests.bench.report import Row, bound, equal, p50, told
from tests.bench.shop import DISK, copy_store, folder, goods
from tests.broker import running_broker
from tests.ports import free_port

REST_S, STARTS = 6.0, 5
BANNED = ("numpy", "pandas")
LINK = """
[hq]
host = "127.0.0.1"
port = {port}
user = "box-1"
password_file = "box-password"
key_file = "box-key"
"""


def run(template: Path) -> list[Row]:
    """All rows of budget 4."""
    with folder(DISK) as path:
        password = secrets.token_urlsafe(16)
        with running_broker(path, {"box-1": password, "hq": secrets.token_urlsafe(16)}) as broker:
            port = free_port()
            config = copy_store(template, path / "box", port, more=LINK.format(port=broker.port))
            (path / "box" / "box-password").write_text(password)
            (path / "box" / "box-key").write_text(provision(path / "hq", "box-1"))
            return [*_at_rest(config, path, port), *_first_sale(config, path, port)]


def _at_rest(config: Path, path: Path, port: int) -> list[Row]:
    with _serve(config, path) as serve, _start("sync", config, path) as sync:
        serve.wait_for(port)
        client = Client(port)
        client.log_in(config.parent / "data")
        client.pay(client.fill_basket(goods(), 0, 5))
        time.sleep(REST_S)
        both = together([serve, sync]) / 2**20
        each = ", ".join(f"{name} {together([p]) / 2**20:.1f}" for name, p in (("serve", serve), ("sync", sync)))
        found = [name for name in BANNED if serve.loaded(name) or sync.loaded(name)]
        client.close()
    return [
        bound("4", "serve + sync at rest after a sale, PSS", "MiB", both, 80),
        told("4", "each alone", each),
        equal("4", f"loaded of {', '.join(BANNED)}", found, []),
    ]


def _first_sale(config: Path, path: Path, port: int) -> list[Row]:
    """From the start of the process to a paid sale, by somebody who was logged in before (a box that restarts)."""
    cookie, took = _cookie(config, path, port), []
    for n in range(STARTS):
        began = time.perf_counter()
        with _serve(config, path) as serve:
            until(lambda: listens(port), 20, "the web", 0.002)
            client = Client(port)
            client.cookie = cookie
            client.pay(client.fill_basket(goods(), n, 1, member=False))
            took.append(time.perf_counter() - began)
            client.close()
            assert serve.popen.poll() is None
    return [
        bound("4", "from the start to the first sale (median)", "s", p50(took), 1.3),
        told("4", "the slowest and fastest", f"{max(took):.2f} and {min(took):.2f} s"),
    ]


def _cookie(config: Path, path: Path, port: int) -> str:
    with _serve(config, path) as serve:
        serve.wait_for(port)
        client = Client(port)
        client.log_in(config.parent / "data")
        client.close()
        return client.cookie


def _serve(config: Path, path: Path) -> Process:
    return _start("serve", config, path)


def _start(command: str, config: Path, path: Path) -> Process:
    return Process(["-c", SERVE, "--log-level", "WARNING", command, "--config", str(config)], path / f"{command}.log")
