"""`tillbox demo`, as somebody starts it who has never seen it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge.base.i18n import t
from tests.e2e.books import Books
from tests.e2e.screen import Screen
from tests.e2e.shop import ROOT, until
from tests.ports import free_port


class Demo:
    """One run of the command; `said` is what the terminal shows so far."""

    def __init__(self, folder: Path, port: int, hq_port: int, *more: str, path: str = "") -> None:
        self.folder, self.port, self.hq_port = folder, port, hq_port
        self.out = folder.parent / f"terminal-{port}.txt"
        command = [*_PYTHON, "demo", "--days", "20", "--folder", str(folder), "--port", str(port)]
        command += ["--hq-port", str(hq_port), "--lang", "en", *more]
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
                env={**os.environ, "PATH": path or os.environ["PATH"]},
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.out.read_text()

    def ready(self) -> None:
        """It has said what to try first, or has ended."""
        until(lambda: "Ctrl-C" in self.said or self.process.poll() is not None, 90, "the welcome")
        assert self.process.poll() is None, self.said

    def ctrl_c(self) -> int:
        """What the terminal sends; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)

    def children(self) -> dict[int, str]:
        """pid -> command line of every process below it."""
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:  # it has just ended
                    continue
        below, new = {}, [self.process.pid]
        while new:
            new = [pid for pid, parent in parents.items() if parent in new]
            below |= {pid: _command(pid) for pid in new}
        return below


_PYTHON = [sys.executable, "-c", "import sys; from edge.cli import main; sys.exit(main())"]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


@pytest.fixture
def started() -> Iterator[list[Demo]]:
    """Ends what a test leaves running."""
    demos: list[Demo] = []
    yield demos
    for demo in demos:
        if demo.process.poll() is None:
            demo.ctrl_c()


def get(url: str) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as answer:
        return str(answer.read().decode())


def sell(demo: Demo) -> str:
    """The first thing to try, without a browser: log in as it says, tap three products on the bench, pay."""
    page = get(f"http://127.0.0.1:{demo.port}/login/1")
    name, pin = re.search(r"Cashier (.+) PIN (\d+) ·", demo.said).groups()  # type: ignore[union-attr]
    screen = Screen(f"http://127.0.0.1:{demo.port}", "1")
    screen.post("/api/lang", {"lang": "en"})
    page = screen.get("/login/1").decode()
    uid = re.search(rf'data-uid="(\w+)" data-name="{name}"', page)
    assert uid, page
    screen.post("/api/login", {"lane": "1", "staff": uid[1], "pin": pin})
    codes = re.findall(r"&#34;code&#34;: &#34;(69\d{11})&#34;", get(f"http://127.0.0.1:{demo.port}/bench"))[:3]
    for code in codes:
        screen.post("/api/bench/scan", {"device": "scanner-1", "code": code})
    screen.wait(lambda view: len(view["basket"]["lines"]) == 3)
    done = screen.pay(100_000)["done"]
    screen.wait(lambda view: view["done"]["print"] == "printed")
    return str(done["sale"])


def test_it_comes_up_sells_reaches_headquarters_and_ctrl_c_ends_all_of_it(tmp_path: Path, started: list[Demo]) -> None:
    folder = tmp_path / "shop"
    demo = Demo(folder, free_port(), free_port())
    started.append(demo)
    demo.ready()
    for words in (
        f":{demo.port}/till/1",
        f":{demo.port}/till/2",
        f":{demo.port}/bench",
        f":{demo.hq_port}/",
        "password",
    ):
        assert words in demo.said
    assert "scan" in get(f"http://127.0.0.1:{demo.port}/bench")
    assert get(f"http://127.0.0.1:{demo.hq_port}/")
    uid = sell(demo)
    books = Books(folder / "box" / "box.db", folder / "hq" / "hq.db")
    until(lambda: uid in books.hq().documents, 60, "headquarters")
    until(books.agree, 60, "the history to be at headquarters")

    family = demo.children()
    assert {word for word in ("mosquitto", "main_hq", "serve", "sync") if word in " ".join(family.values())} == {
        "mosquitto", "main_hq", "serve", "sync",
    }  # fmt: skip
    assert demo.ctrl_c() == 0
    assert not [line for pid, line in family.items() if _command(pid) == line]

    sales = len(books.box().documents)
    again = Demo(folder, free_port(), free_port())  # the same folder, other ports: nothing is filled anew
    started.append(again)
    again.ready()
    assert "Preparing" not in again.said
    assert len(books.box().documents) == sales
    again_uid = sell(again)
    until(lambda: again_uid in books.hq().documents, 60, "headquarters")
    assert again.ctrl_c() == 0


def test_a_port_in_use_gets_a_sentence(tmp_path: Path, started: list[Demo]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as holder:
        taken = holder.getsockname()[1]
        for ports, option in (((taken, free_port()), "--port"), ((free_port(), taken), "--hq-port")):
            demo = Demo(tmp_path / "shop", *ports)
            started.append(demo)
            assert demo.process.wait(30) == 1
            assert demo.said == f"tillbox: {t('en', 'cli.demo_port', port=taken, option=option)}\n"
    assert not (tmp_path / "shop").exists()


def test_a_second_demo_in_the_same_folder_gets_a_sentence(tmp_path: Path, started: list[Demo]) -> None:
    first = Demo(tmp_path / "shop", free_port(), free_port())
    started.append(first)
    first.ready()
    second = Demo(tmp_path / "shop", free_port(), free_port())
    started.append(second)
    assert second.process.wait(30) == 1
    assert second.said.startswith("tillbox: another tillbox process holds")
    assert "Traceback" not in second.said
    assert sell(first)


def test_ctrl_c_while_it_fills_the_store_leaves_nothing_half_done(tmp_path: Path, started: list[Demo]) -> None:
    folder = tmp_path / "shop"
    demo = Demo(folder, free_port(), free_port(), "--days", "400")
    started.append(demo)
    until(lambda: "Preparing" in demo.said, 30, "the fill to begin")
    time.sleep(0.3)
    assert demo.ctrl_c() == 130
    assert "Traceback" not in demo.said
    again = Demo(folder, free_port(), free_port())
    started.append(again)
    again.ready()
    assert "Preparing" in again.said
    assert sell(again)


def test_a_terminal_closed_by_force_leaves_no_process_behind(tmp_path: Path, started: list[Demo]) -> None:
    demo = Demo(tmp_path / "shop", free_port(), free_port())
    started.append(demo)
    demo.ready()
    family = demo.children()
    assert len(family) == 4
    demo.process.kill()
    demo.process.wait()
    until(lambda: not [line for pid, line in family.items() if _command(pid) == line], 15, "the children to end")


def test_without_a_broker_it_sells_and_says_so(
    tmp_path: Path, started: list[Demo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "_PYTHON", [
        sys.executable, "-c",
        "import sys; from edge.cli import demo, main; demo.BROKER_PATH = '/nowhere'; sys.exit(main())",
    ])  # fmt: skip
    demo = Demo(tmp_path / "shop", free_port(), free_port())
    started.append(demo)
    demo.ready()
    assert t("en", "cli.demo_no_broker").strip() in demo.said
    assert f":{demo.hq_port}" not in demo.said
    assert len(demo.children()) == 1
    sell(demo)
    screen = get(f"http://127.0.0.1:{demo.port}/api/bench/state")
    assert '"sync": {"state": "none"' in screen or '"sync":{"state":"none"' in screen
