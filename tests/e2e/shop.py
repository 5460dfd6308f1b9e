"""A whole shop of real processes: serve, sync, headquarters, a real broker, a scanner on a real terminal line.

Lane 1 has the serial scanner and prints pictures, lane 2 has a simulated one and prints text; both printers keep their
papers in a spool folder. Any process can be killed and started again on the same data.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edge import box as boxes
from edge.base.config import load
from edge.env import Env
from sync.hq import provision, set_console_password
from tests.broker import TENANT, Broker, running_broker
from tests.e2e.books import Books
from tests.e2e.goods import People, fill
from tests.e2e.line import Line
from tests.e2e.screen import Screen
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
HQ_USER, HQ_PASSWORD = "chief", "a-long-enough-password"
PASSWORDS = {"box-1": "secret-of-the-box", "hq": "secret-of-headquarters"}

_BOX = """
[store]
tenant = "{tenant}"
store = "S01"
box = "box-1"
zone = "Asia/Shanghai"
currency = "CNY"
languages = ["zh-CN", "en"]
[data]
path = "box"
[web]
port = {web}
[[lane]]
id = "1"
mode = "{mode}"
printer = "printer-1"
[[lane]]
id = "2"
mode = "{mode}"
printer = "printer-2"
[[device]]
name = "scanner-1"
driver = "serial-scanner"
lane = "1"
port = "{line}"
[[device]]
name = "scanner-2"
driver = "simulated-scanner"
lane = "2"
[[device]]
name = "printer-1"
driver = "simulated-printer"
spool = "{spool}/1"
[[device]]
name = "printer-2"
driver = "simulated-printer"
mode = "text"
spool = "{spool}/2"
"""
_LINK = """
[hq]
host = "127.0.0.1"
port = {port}
user = "box-1"
password_file = "box-password"
key_file = "box-key"
"""
_HQ = """
[hq]
tenant = "{tenant}"
data = "hq"
port = {web}
[broker]
host = "127.0.0.1"
port = {port}
user = "hq"
password_file = "hq-password"
"""
_WHAT = {"hq": ("main_hq", "serve", "hq.toml")}


class Shop:
    """The folder, the processes, and what to ask of them. `box_port` and `hq_port`: where each finds the broker."""

    def __init__(self, folder: Path, *, box_port: int = 0, hq_port: int = 0, mode: str = "live") -> None:
        self.folder, self.web, self.console = folder, free_port(), free_port()
        self.line = Line(folder / "scanner-1")
        self.completed: list[str] = []  # sales that a screen was told are done
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        text = _BOX.format(tenant=TENANT, web=self.web, mode=mode, line=self.line.path, spool=folder / "spool")
        if box_port:
            self._link(hq_port)
            text += _LINK.format(port=box_port)
        self.config = folder / "tillbox.toml"
        self.config.write_text(text)
        self.people = self._fill()
        self.books = Books(folder / "box" / "box.db", folder / "hq" / "hq.db")

    def _link(self, hq_port: int) -> None:
        hq = self.folder / "hq"
        hq.mkdir()
        (self.folder / "box-key").write_text(provision(hq, "box-1"))
        (self.folder / "box-password").write_text(PASSWORDS["box-1"])
        (self.folder / "hq-password").write_text(PASSWORDS["hq"])
        (self.folder / "hq.toml").write_text(_HQ.format(tenant=TENANT, web=self.console, port=hq_port))
        set_console_password(hq, HQ_USER, HQ_PASSWORD)

    def _fill(self) -> People:
        config = load(self.config)
        boxes.create(config, Env())
        box = boxes.open_box(config, Env())
        try:
            return fill(box)
        finally:
            box.close()

    # processes

    def start(self, *names: str) -> None:
        """Start "hq", "serve", "sync" (or some of them) and wait until serve and hq answer."""
        for name in names:
            entry, verb, file = _WHAT.get(name, ("main", name, "tillbox.toml"))
            with (self.folder / f"{name}.log").open("ab") as log:
                self._running[name] = subprocess.Popen(
                    [*command(entry), verb, "--config", str(self.folder / file)],
                    cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                )  # fmt: skip
        for name in names:
            if name != "sync":
                self._answers(name, {"serve": self.web, "hq": self.console}[name])

    def _answers(self, name: str, port: int) -> None:
        process = self._running[name]
        until(lambda: process.poll() is not None or _listens(port), 30, f"{name} to answer")
        assert process.poll() is None, f"{name} ended: {self.log(name)}"

    def kill(self, name: str) -> None:
        """SIGKILL: nothing is finished, nothing said."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def stop(self, name: str) -> int:
        """SIGTERM; returns the exit code."""
        process = self._running.pop(name)
        process.terminate()
        return process.wait(15)

    def restart(self, name: str) -> None:
        """Start again what was killed."""
        self.start(name)

    def end(self) -> None:
        """End whatever still runs."""
        for name in list(self._running):
            self.kill(name)
        self.line.unplug()

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def freeze(self, name: str, on: bool = True) -> None:
        """SIGSTOP, SIGCONT."""
        os.kill(self.pid(name), signal.SIGSTOP if on else signal.SIGCONT)

    def log(self, name: str) -> str:
        """What a process said so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def no_trace(self) -> None:
        """No process met an error that its program did not expect."""
        for path in self.folder.glob("*.log"):
            text = path.read_text(errors="replace")
            assert "Traceback" not in text and " ERROR " not in text, f"{path.name}: {text[-4000:]}"

    def status(self) -> dict[str, Any]:
        """What `tillbox sync status --json` says."""
        asking = [*command("main"), "sync", "status", "--json", "--config", str(self.config)]
        found: dict[str, Any] = json.loads(subprocess.check_output(asking, cwd=ROOT))
        return found

    # what stands at the till

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.web}"

    def screen(self, lane: str = "1", lang: str = "zh-CN") -> Screen:
        """A logged-in cashier's screen of a lane, by HTTP."""
        screen = Screen(self.address, lane)
        screen.log_in(self.people, lang=lang)
        return screen

    def papers(self, lane: str) -> list[bytes]:
        """The whole papers that came out of the lane's printer, oldest first."""
        return [path.read_bytes() for path in sorted((self.folder / "spool" / lane).glob("*.bin"))]


def until(true: Callable[[], object], seconds: float = 20, what: str = "it") -> None:
    """Wait for what other processes bring about."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        time.sleep(0.02)


@contextmanager
def running_shop(folder: Path, *names: str, mode: str = "live") -> Iterator[tuple[Shop, Broker]]:
    """A shop with its broker and these processes ("hq", "serve", "sync"), ended with the block."""
    with running_broker(folder, PASSWORDS) as broker:
        shop = Shop(folder, box_port=broker.port, hq_port=broker.port, mode=mode)
        try:
            shop.start(*names)
            yield shop, broker
            shop.no_trace()
        finally:
            shop.end()


def command(entry: str) -> list[str]:
    """The start of a command line: `tillbox` (entry "main") or `tillbox-hq` ("main_hq")."""
    return [sys.executable, "-c", f"import sys; from edge.cli import {entry}; sys.exit({entry}())"]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
