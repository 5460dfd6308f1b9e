"""A wire on which every MQTT message arrives twice, in both directions.

It stands as a TCP proxy before the broker, reads the stream packet by packet, and sends each PUBLISH two times. So the
doubles are exact and reach the very places where a real network, a reconnecting client or a bridge would make them.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PUBLISH = 3


class Doubler:
    """Listens on `port`. doubled counts the extra messages by direction: "up" (to the broker), "down"."""

    def __init__(self, broker_port: int) -> None:
        self._broker_port = broker_port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self.doubled = {"up": 0, "down": 0}
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._run(self._accept)

    def close(self) -> None:
        """Hang up every line and end all threads."""
        self._door.shutdown(socket.SHUT_RDWR)
        for line in self._open:
            _hang_up(line)
        for thread in self._threads:
            thread.join(5)
        for line in (self._door, *self._open):
            line.close()

    def _run(self, what: object, *args: object) -> None:
        thread = threading.Thread(target=what, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            try:
                broker = socket.create_connection(("127.0.0.1", self._broker_port))
            except OSError:
                client.close()
                continue
            self._open += [client, broker]
            self._run(self._carry, client, broker, "up")
            self._run(self._carry, broker, client, "down")

    def _carry(self, source: socket.socket, target: socket.socket, direction: str) -> None:
        try:
            for packet in _packets(source):
                twice = packet[0] >> 4 == PUBLISH
                target.sendall(packet * 2 if twice else packet)
                self.doubled[direction] += twice
        except OSError:
            pass
        finally:
            _hang_up(source)
            _hang_up(target)


def _packets(source: socket.socket) -> Iterator[bytes]:
    """Whole control packets of one connection: fixed header, length in groups of seven bits, the rest."""
    buffer = b""
    while chunk := source.recv(65536):
        buffer += chunk
        while len(packet := _first(buffer)):
            yield packet
            buffer = buffer[len(packet) :]


def _first(buffer: bytes) -> bytes:
    length = 0
    for at, byte in enumerate(buffer[1:5]):
        length |= (byte & 0x7F) << 7 * at
        if byte < 0x80:
            end = at + 2 + length
            return buffer[:end] if len(buffer) >= end else b""
    return b""


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it was already
        line.shutdown(socket.SHUT_RDWR)


@contextmanager
def doubling(broker_port: int) -> Iterator[Doubler]:
    """A doubler before the broker, closed with the block."""
    doubler = Doubler(broker_port)
    try:
        yield doubler
    finally:
        doubler.close()
