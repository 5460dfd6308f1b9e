"""The cable to a printer: opened anew for each job, every wait bounded. Three kinds, and a base for the simulated one.

Times called `until` are instants of time.monotonic(). All calls come from one thread, `cancel` from any.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path

BLOCK = 16384  # bytes handed over at once
SLICE_S = 0.2  # how late a cancel may be noticed
LINGER_S = 1.0  # for a printer without answers to take the rest


class Transport(ABC):
    """Bytes to a printer and, where `answers`, back.

    MUST: raise only OSError; keep `until`; after `close` a new `open` works, whatever happened before.
    """

    answers: bool = True
    where: str = ""
    outlives: bool = True  # a printer that may still wait for the rest of what a process that is dead was sending

    def __init__(self) -> None:
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Every wait, now and later, ends within 0.2 s as if its time had come."""
        self._cancelled.set()

    @abstractmethod
    def open(self, until: float) -> None:
        """Connect. OSError when the printer is not there or busy."""

    @abstractmethod
    def write(self, data: bytes, until: float) -> int:
        """Hand over a beginning of `data`; how many bytes, 0 when the time is up. OSError: the cable is gone."""

    @abstractmethod
    def read(self, until: float) -> bytes:
        """What the printer says next; b"" when the time is up. OSError: the cable is gone."""

    @abstractmethod
    def close(self) -> None:
        """Let go; never raises."""

    def flush(self) -> None:  # noqa: B027 - most cables have nothing to flush
        """After the last byte of a job: make sure that it has left, as far as the cable can."""

    def _slice(self, until: float) -> float | None:
        """Seconds to wait in one go, or None when the time is up."""
        left = until - time.monotonic()
        return None if left <= 0 or self._cancelled.is_set() else min(left, SLICE_S)


class NetworkTransport(Transport):
    """TCP (port 9100 as a rule), IPv4 or IPv6. Give `host` as an address: a name may wait for a name server."""

    def __init__(self, host: str, port: int = 9100, answers: bool = True) -> None:
        super().__init__()
        self.answers = answers
        self.where = f"{host} port {port}"
        self._address = (host, port)
        self._socket: socket.socket | None = None

    def open(self, until: float) -> None:
        """See Transport.open."""
        self._socket = socket.create_connection(self._address, timeout=max(0.1, until - time.monotonic()))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: bytes, until: float) -> int:
        """See Transport.write."""
        line = self._line()
        while (wait := self._slice(until)) is not None:
            line.settimeout(wait)
            with contextlib.suppress(TimeoutError):
                return line.send(data[:BLOCK])
        return 0

    def read(self, until: float) -> bytes:
        """See Transport.read."""
        line = self._line()
        while (wait := self._slice(until)) is not None:
            line.settimeout(wait)
            with contextlib.suppress(TimeoutError):
                data = line.recv(256)
                if not data:
                    raise ConnectionResetError("the printer closed the connection")
                return data
        return b""

    def flush(self) -> None:
        """Without answers: end in order. Closing over unread bytes would reset the line and lose the job's end."""
        if self.answers:
            return
        with contextlib.suppress(OSError):
            self._line().shutdown(socket.SHUT_WR)
            until = time.monotonic() + LINGER_S
            while self.read(until):
                pass

    def close(self) -> None:
        """See Transport.close."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None

    def _line(self) -> socket.socket:
        if self._socket is None:
            raise OSError("not connected")
        return self._socket


class UsbTransport(Transport):
    """A printer's device file, such as /dev/usb/lp0; with `answers` it is opened for reading too."""

    def __init__(self, path: str, answers: bool = True) -> None:
        super().__init__()
        self.answers = answers
        self.where = path
        self._fd = -1

    def open(self, until: float) -> None:
        """See Transport.open."""
        flags = os.O_RDWR if self.answers else os.O_WRONLY
        self._fd = os.open(self.where, flags | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)

    def write(self, data: bytes, until: float) -> int:
        """See Transport.write."""
        while (wait := self._slice(until)) is not None:
            if self._ready(select.POLLOUT, wait):
                with contextlib.suppress(BlockingIOError):
                    return os.write(self._fd, data[:BLOCK])
        return 0

    def read(self, until: float) -> bytes:
        """See Transport.read. Some printers are "ready" with nothing: that is no end, and no reason to spin."""
        while (wait := self._slice(until)) is not None:
            if self._ready(select.POLLIN, wait):
                with contextlib.suppress(BlockingIOError):
                    data = os.read(self._fd, 256)
                    if data:
                        return data
                self._cancelled.wait(min(wait, 0.02))
        return b""

    def close(self) -> None:
        """See Transport.close."""
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.close(self._fd)
            self._fd = -1

    def _ready(self, what: int, wait: float) -> bool:
        poll = select.poll()
        poll.register(self._fd, what)
        return bool(poll.poll(wait * 1000))


class FileTransport(Transport):
    """A plain file that every job is added to. It never answers."""

    answers = False
    outlives = False

    def __init__(self, path: str) -> None:
        super().__init__()
        self.where = path
        self._fd = -1

    def open(self, until: float) -> None:
        """See Transport.open."""
        self._fd = os.open(Path(self.where), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)

    def write(self, data: bytes, until: float) -> int:
        """See Transport.write."""
        return os.write(self._fd, data)

    def read(self, until: float) -> bytes:
        """See Transport.read."""
        return b""

    def flush(self) -> None:
        """On the disk, not only in memory."""
        os.fsync(self._fd)

    def close(self) -> None:
        """See Transport.close."""
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.close(self._fd)
            self._fd = -1
