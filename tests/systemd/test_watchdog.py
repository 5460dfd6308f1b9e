"""What the services tell systemd: ready when they are, moving while they move, and nothing when a loop hangs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.systemd import plugin

ROOT = Path(__file__).parents[2]
# The same command with less patience: fifteen seconds are too long for a test.
IMPATIENT = """
import sys
from edge import supervisor
supervisor.PATIENCE_S = 2.0
from edge.cli import main, main_hq
sys.exit((main_hq if sys.argv[1] == "hq" else main)(sys.argv[2:]))
"""


class Ear:
    """systemd's end of the socket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.bind(str(path))

    def hears(self, seconds: float) -> str | None:
        """The next message, or None."""
        self.line.settimeout(seconds)
        try:
            return self.line.recv(256).decode()
        except TimeoutError:
            return None

    def silence(self, seconds: float, within: float) -> bool:
        """Whether nothing is said for so long, at the latest after `within` seconds."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if self.hears(seconds) is None:
                return True
        return False


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    made = Ear(tmp_path / "notify")
    yield made
    made.line.close()


@contextmanager
def running(ear: Ear, *command: str, plugins: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    path = os.pathsep.join(map(str, filter(None, (plugins, ROOT))))
    environ = os.environ | {"NOTIFY_SOCKET": str(ear.path), "PYTHONPATH": path}
    process = subprocess.Popen([sys.executable, "-c", IMPATIENT, *command], env=environ, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


@pytest.fixture
def box(tmp_path: Path) -> Callable[[], tuple[Path, int, Path]]:
    """Makes a box with its database: (configuration, port, the file that makes its scanner hang)."""

    def make() -> tuple[Path, int, Path]:
        from edge import box as boxes
        from edge.base.config import load
        from edge.env import Env

        path, port, hang = tmp_path / "tillbox.toml", free_port(), tmp_path / "hang"
        plugin.write(tmp_path / "plugins")
        path.write_text(plugin.config(tmp_path / "data", port, hang))
        boxes.create(load(path), Env())
        return path, port, hang

    return make


def test_the_till_is_ready_when_its_pages_answer_moves_and_goes_silent_when_a_loop_hangs(
    ear: Ear, box: Callable[[], tuple[Path, int, Path]], tmp_path: Path
) -> None:
    path, port, hang = box()
    with running(ear, "till", "serve", "--config", str(path), plugins=tmp_path / "plugins") as process:
        assert ear.hears(60) == "READY=1"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            assert answer.status == 200
        assert [ear.hears(5) for _ in range(3)] == ["WATCHDOG=1"] * 3
        hang.touch()
        assert ear.silence(3, within=15), "the watchdog is fed while a scanner's loop hangs"
        assert process.poll() is None
        hang.unlink()
        assert ear.hears(5) == "WATCHDOG=1", "a loop that goes on is forgiven"
        process.terminate()
        said = [ear.hears(10)]
        while said[-1] == "WATCHDOG=1":
            said.append(ear.hears(10))
        assert said[-1] == "STOPPING=1"
        assert process.wait(15) == 0


def test_a_box_without_headquarters_has_a_sync_that_lives(ear: Ear, box: Callable[[], tuple[Path, int, Path]]) -> None:
    """It has nothing to do; if it ended or kept silent, systemd would start it again and again."""
    path, _, _ = box()
    with running(ear, "till", "sync", "--config", str(path)):
        assert [ear.hears(30) for _ in range(3)] == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]


def test_sync_lives_without_a_broker(ear: Ear, box: Callable[[], tuple[Path, int, Path]], tmp_path: Path) -> None:
    path, _, _ = box()
    for name, text in (("password", "secret"), ("key", "ab" * 32)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    link = f'\n[hq]\nhost = "127.0.0.1"\nport = {free_port()}\nuser = "box-1"\npassword_file = "password"\n'
    path.write_text(path.read_text() + link + 'key_file = "key"\n')
    with running(ear, "till", "sync", "--config", str(path)):
        assert [ear.hears(30) for _ in range(4)] == ["READY=1"] + ["WATCHDOG=1"] * 3


def test_headquarters_lives_without_a_broker(ear: Ear, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret")
    (tmp_path / "password").chmod(0o600)
    path = tmp_path / "hq.toml"
    path.write_text(
        f'[hq]\ntenant = "demo"\ndata = "{tmp_path}/hq"\nport = {free_port()}\n[broker]\nhost = "127.0.0.1"\n'
        f'port = {free_port()}\nuser = "hq"\npassword_file = "password"\n'
    )
    with running(ear, "hq", "serve", "--config", str(path)):
        assert [ear.hears(30) for _ in range(3)] == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
