"""A disk that forgets: an NBD server that keeps what was written apart until it is flushed, and drops it at a cut."""

from __future__ import annotations

import os
import random
import socket
import struct
import threading
import time
from pathlib import Path

SECTOR = 512
READ, WRITE, END, FLUSH, FUA = 0, 1, 2, 3, 1
# has flags, takes flushes, takes writes that must be durable at once
FLAGS = 1 | 4 | 8
FLUSH_S = 0.03  # as a slow card: what comes before a flush is in danger for so long


class Disk:
    """The disk, its server and its cache. One connection at a time. To cut: `off`, kill the machine, `cut`."""

    def __init__(self, path: Path, at: Path) -> None:
        self._file = os.open(path, os.O_RDWR)
        self._size = os.fstat(self._file).st_size
        self._kept: dict[int, bytes] = {}  # sector -> bytes not flushed yet
        self._on, self._idle = True, threading.Event()
        self._idle.set()
        self.address = at
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(at))
        self._listener.listen(1)
        self.flushes = 0
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def endangered(self) -> int:
        """How many sectors wait for a flush."""
        return len(self._kept)

    def off(self) -> None:
        """The power goes: nothing is answered any more, not even what is being flushed."""
        self._on = False

    def cut(self, keep: float, chance: random.Random) -> int:
        """Drop the unflushed sectors, but each one kept with probability `keep`; how many were lost."""
        assert self._idle.wait(10), "the machine still runs"
        self._on, lost = True, 0
        for sector, data in self._kept.items():
            if chance.random() < keep:
                os.pwrite(self._file, data, sector * SECTOR)
            else:
                lost += 1
        self._kept.clear()
        return lost

    def _serve(self) -> None:
        while True:
            line, _ = self._listener.accept()
            self._idle.clear()
            try:
                self._greet(line)
                while self._request(line):
                    pass
            except (OSError, EOFError):
                pass  # the machine lost its power
            finally:
                line.close()
                self._idle.set()

    def _greet(self, line: socket.socket) -> None:
        """The newer handshake: options until one of them opens the export."""
        line.sendall(b"NBDMAGICIHAVEOPT" + struct.pack(">H", 3))
        _exactly(line, 4)
        while True:
            _, option, length = struct.unpack(">8sII", _exactly(line, 16))
            _exactly(line, length)
            if option == 1:  # export by name
                line.sendall(struct.pack(">QH", self._size, FLAGS))
                return
            if option in (6, 7):  # info, go
                info = struct.pack(">HQH", 0, self._size, FLAGS)
                _reply(line, option, 3, info)
                _reply(line, option, 1)
                if option == 7:
                    return
            else:
                _reply(line, option, 2**31 + 1)

    def _request(self, line: socket.socket) -> bool:
        _, flags, kind, handle, start, length = struct.unpack(">IHHQQI", _exactly(line, 28))
        data, error = b"", 0
        if kind == FLUSH:
            time.sleep(FLUSH_S)
        if not self._on:
            return False
        if kind == READ:
            data = self._read(start, length)
        elif kind == WRITE:
            self._write(start, _exactly(line, length))
            if flags & FUA:
                self._flush(start // SECTOR, (start + length) // SECTOR)
        elif kind == FLUSH:
            self._flush(0, self._size // SECTOR)
            self.flushes += 1
        elif kind == END:
            return False
        else:
            error = 22
        line.sendall(struct.pack(">IIQ", 0x67446698, error, handle) + data)
        return True

    def _read(self, start: int, length: int) -> bytes:
        data = bytearray(os.pread(self._file, length, start))
        if self._kept:
            for at in range(0, length, SECTOR):
                if newer := self._kept.get((start + at) // SECTOR):
                    data[at : at + SECTOR] = newer
        return bytes(data)

    def _write(self, start: int, data: bytes) -> None:
        for at in range(0, len(data), SECTOR):
            self._kept[(start + at) // SECTOR] = data[at : at + SECTOR]

    def _flush(self, first: int, end: int) -> None:
        for sector in [sector for sector in self._kept if first <= sector < end]:
            os.pwrite(self._file, self._kept.pop(sector), sector * SECTOR)


def _reply(line: socket.socket, option: int, kind: int, data: bytes = b"") -> None:
    line.sendall(struct.pack(">QIII", 0x3E889045565A9, option, kind, len(data)) + data)


def _exactly(line: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        more = line.recv(length - len(data))
        if not more:
            raise EOFError
        data += more
    return bytes(data)
