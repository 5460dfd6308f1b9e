"""A real mosquitto for tests: its own folder, port, users and the access rules that the product ships."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sync.broker import write_config
from tests.ports import free_port

TENANT = "demo"


@dataclass
class Broker:
    """A running broker; the same port and folder through kill and restart."""

    host: str
    port: int
    folder: Path
    config: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen(
                [_program(), "-c", str(self.config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                probe.settimeout(0.5)
                if probe.connect_ex((self.host, self.port)) == 0:
                    return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"mosquitto did not start: {(self.folder / 'mosquitto.log').read_text()}")

    def kill(self) -> None:
        """SIGKILL: what it had not saved is lost."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """SIGTERM, and wait."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def restart(self, empty: bool = False) -> None:
        """Start again, with the sessions it saved or, ``empty``, with none."""
        self.stop()
        if empty:
            (self.folder / "mosquitto.db").unlink(missing_ok=True)
        self.start()

    def freeze(self) -> None:
        """SIGSTOP: the connections stay open and nothing answers."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def running_broker(tmp_path: Path, users: Mapping[str, str], tenant: str = TENANT) -> Iterator[Broker]:
    """A broker with these users and passwords (name it "hq" for headquarters' own), ended with the block."""
    folder = tmp_path / "broker"
    port = free_port()
    broker = Broker("127.0.0.1", port, folder, write_config(folder, port, users, tenant))
    broker.start()
    try:
        yield broker
    finally:
        if broker.process is not None:
            broker.process.send_signal(signal.SIGCONT)
        broker.stop()


def _program() -> str:
    found = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        raise RuntimeError("mosquitto is missing: sudo apt-get install mosquitto")
    return found
