"""Headquarters put together: what the console is handed, what starts and stops, and how a box is let in."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from peewee import DatabaseError

from edge.base.config import ConfigError
from edge.base.notify import Notifier
from sync.errors import SchemaMismatch
from sync.hq.accounts import Accounts
from sync.hq.config import HqConfig, load
from sync.hq.env import HqEnv
from sync.hq.receiver import Receiver
from sync.hq.store import Store
from sync.topics import valid_name

log = logging.getLogger(__name__)


@dataclass
class HqServices:
    """Handed to the console's app factory."""

    config: HqConfig
    env: HqEnv
    store: Store
    accounts: Accounts
    receiver: Receiver
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to receive, in a thread named receiver."""
        self._thread = threading.Thread(target=self.receiver.run, args=(self._stop,), name="receiver")
        self._thread.start()

    def stop(self) -> None:
        """End the receiver; returns when its last transaction is done."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.store.release()

    def alive(self) -> bool:
        """Does the receiver's thread run, and did it look at its link lately?"""
        age = self.receiver.link.health().polled_age_s
        return self._thread is not None and self._thread.is_alive() and age is not None and age < 30


def build(config: HqConfig, env: HqEnv | None = None) -> HqServices:
    """Open the store (made when missing) and join the parts; nothing runs before start()."""
    env = env or HqEnv()
    store = Store(config.database, env)
    return HqServices(config, env, store, Accounts(store, env), Receiver(config, store, env))


def provision(data: Path, box: str) -> str:
    """Let a box in: make its key below ``data``/boxes unless it has one; returns it in hex, for the box's key_file.

    Raises ValueError for a name that can't be a box's.
    """
    if not valid_name(box):
        raise ValueError(f"{box!r} can't be a box's name: 1 to 32 letters, digits, - and _, and not hq")
    path = data / "boxes" / f"{box}.key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def set_console_password(data: Path, user: str, password: str | None = None) -> str:
    """Set the console's password, made up when none is given; returns it, to be shown once."""
    env = HqEnv()
    store = Store(data / "hq.db", env)
    chosen = password if password is not None else secrets.token_urlsafe(12)
    try:
        Accounts(store, env).set_password(user, chosen)
    finally:
        store.release()
    return chosen


def main(config_path: str | Path, web: Callable[[HqServices], Callable[[], None]] | None = None) -> int:
    """Receive (and serve, when ``web`` starts a console and returns how to stop it) until SIGTERM or SIGINT.

    Returns 0, or 1 with one line that says what is wrong.
    """
    try:
        services = build(load(Path(config_path)))
    except (ConfigError, SchemaMismatch, DatabaseError, OSError) as error:
        log.error("headquarters: %s", error)
        return 1
    stop, systemd = threading.Event(), Notifier()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    services.start()
    close: Callable[[], None] | None = None
    try:
        if web is not None:
            close = web(services)
        systemd.ready()
        while not stop.wait(1.0):
            if services.alive():
                systemd.moving()
    except OSError as error:
        log.error("headquarters' page can't be served on port %d: %s", services.config.port, error)
        return 1
    finally:
        systemd.stopping()
        if close is not None:
            close()
        services.stop()
    return 0
