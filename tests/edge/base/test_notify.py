"""The datagrams of a service: one each, to a path or to an abstract name; without systemd none."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from edge.base.notify import EVERY_S, Notifier


@pytest.mark.parametrize("abstract", [False, True])
def test_each_message_arrives_and_moving_is_said_once_a_second(tmp_path: Path, abstract: bool) -> None:
    address = f"@tillbox-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    now = [0.0]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind("\0" + address[1:] if abstract else address)
        line.setblocking(False)
        notifier = Notifier({"NOTIFY_SOCKET": address}, lambda: now[0])
        notifier.ready()
        for _ in range(5):
            notifier.moving()
        now[0] += EVERY_S
        notifier.moving()
        notifier.stopping()
        assert [line.recv(99) for _ in range(4)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_without_systemd_nothing_is_said() -> None:
    notifier = Notifier({})
    notifier.ready()
    notifier.moving()
    notifier.stopping()
