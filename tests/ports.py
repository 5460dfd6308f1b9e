"""Ports for tests: nobody else takes one between its choice and its use, though tests run side by side."""

from __future__ import annotations

import itertools
import os
import socket
from pathlib import Path

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST = 10_000
# Two hundred places where runs begin, told apart by process: a run's workers are processes of their own.
_turn = itertools.count(os.getpid() % 200 * 100)


def ephemeral_from() -> int:
    """The first port that the kernel gives to whoever asks for any (an outgoing connection, a bind to 0)."""
    return int(_RANGE.read_text().split()[0])


def free_port() -> int:
    """A port nobody listens on, and never the same twice soon.

    From below the kernel's own: one that was asked for by a bind to 0 can be given to any connection of any other
    test before its server has started.
    """
    width = ephemeral_from() - _FIRST
    for turn in _turn:
        port = _FIRST + turn % width
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue  # taken: the next
            return port
    raise AssertionError("the ports never end")
