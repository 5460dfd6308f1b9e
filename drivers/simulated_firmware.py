"""The inside of the simulated printer: takes bytes like a real one, answers, cuts papers, and can fail.

What it knows of ESC/POS comes from escpos_tokens; it shares no code with what makes or sends the jobs.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from drivers.escpos_events import events, is_cut, is_print
from drivers.escpos_tokens import Token, next_token
from drivers.printer_transport import Transport

PRINTER_FAULTS = ("no_paper", "paper_low", "cover_open", "offline", "silent", "cut_power_mid_job")
_ANSWER = 0x12  # the fixed bits of every answer to DLE EOT


@dataclass(frozen=True, slots=True)
class Paper:
    """One piece of paper: when it came out (monotonic), its bytes, the drawer kicks in them; `whole` unless torn."""

    at_ns: int
    data: bytes
    kicks: int
    whole: bool = True


class Firmware:
    """The printer's own memory and mechanics. It outlives connections; every call from any thread."""

    def __init__(self, mono_ns: Callable[[], int], on_paper: Callable[[Paper], None], keep: int = 50) -> None:
        self._mono_ns = mono_ns
        self._on_paper = on_paper
        self._lock = threading.RLock()
        self._faults = dict.fromkeys(PRINTER_FAULTS, False)
        self._received = b""  # the beginning of a command
        self._waiting: deque[tuple[Token, bytes]] = deque()  # whole commands, not yet obeyed
        self._paper = bytearray()
        self._printed = False
        self._dead = False
        self._papers: deque[Paper] = deque(maxlen=keep)
        self._replies: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.kicks = 0

    def faults(self) -> dict[str, bool]:
        """Every fault it can have, and whether it has it now."""
        return dict(self._faults)

    def set_fault(self, name: str, on: bool) -> None:
        """Switch a fault; with paper back and the cover closed it goes on where it stopped."""
        if name not in self._faults:
            raise KeyError(name)
        with self._lock:
            self._faults[name] = on
            self._obey()

    def papers(self) -> list[Paper]:
        """The last papers, oldest first."""
        with self._lock:
            return list(self._papers)

    def connect(self) -> None:
        """A new connection: answers to the old one are gone."""
        self._dead = False
        self.check_cable()
        self._replies = queue.SimpleQueue()

    def disconnect(self) -> None:
        """The connection ends; half a command stays in the memory, as in a real one, unless nothing was printed."""
        with self._lock:
            if not self._printed and not self._waiting:
                self._paper.clear()

    def check_cable(self) -> None:
        """OSError while it is switched off, and after a power cut until it is connected anew."""
        if self._dead:
            raise ConnectionResetError(104, "Connection reset by peer")
        if self._faults["offline"]:
            raise ConnectionRefusedError(111, "Connection refused")

    def receive(self, data: bytes) -> int:
        """Bytes from the cable; how many it took. OSError when it is off."""
        with self._lock:
            self.check_cable()
            if self._faults["cut_power_mid_job"] and len(data) > 16:
                data = data[: len(data) // 2]
                self._take(data)
                self._lose_power()
            else:
                self._take(data)
            return len(data)

    def reply(self, wait_s: float) -> bytes:
        """What it says next; b"" after `wait_s` seconds."""
        try:
            return self._replies.get(timeout=wait_s)
        except queue.Empty:
            return b""

    def _take(self, data: bytes) -> None:
        """Split into commands; real-time ones are obeyed at once, the others in order."""
        if self._received and len(data) == 3 and data.startswith(b"\x10\x04"):
            self._say(self._status(data[2]))  # real-time: answered even where it counts as data of a picture
        pos, received = 0, self._received + data
        while pos < len(received) and (token := next_token(received, pos)) is not None:
            raw = received[pos : token.end]
            if token.name == "DLE EOT":
                self._say(self._status(token.args[0]))
            else:
                self._waiting.append((token, raw))
            pos = token.end
        self._received = received[pos:]
        self._obey()

    def _obey(self) -> None:
        while self._waiting and not (self._faults["no_paper"] or self._faults["cover_open"]):
            token, raw = self._waiting.popleft()
            if token.name == "GS r":
                self._say(0x00)
            elif token.name not in ("GS a", "NUL"):
                self._print(token, raw)

    def _print(self, token: Token, raw: bytes) -> None:
        self._paper += raw
        self._printed = self._printed or is_print(token)
        if token.name == "ESC p":
            self.kicks += 1
        if is_cut(token):
            self._finish(whole=True)

    def _finish(self, whole: bool) -> None:
        """The paper comes out, if there is anything on it."""
        data = bytes(self._paper)
        self._paper.clear()
        if self._printed:
            self._printed = False
            kicks = sum(event.kind == "kick" for event in events(data))
            paper = Paper(self._mono_ns(), data, kicks, whole)
            self._papers.append(paper)
            self._on_paper(paper)

    def _lose_power(self) -> None:
        """Memory is gone; what had been printed of the paper hangs out of the printer."""
        self._finish(whole=False)
        self._received = b""
        self._waiting.clear()
        self._dead = True

    def _status(self, query: int) -> int:
        faults = self._faults
        if query == 2:
            return _ANSWER | (0x04 if faults["cover_open"] else 0) | (0x20 if faults["no_paper"] else 0)
        if query == 4:
            return _ANSWER | (0x60 if faults["no_paper"] else 0) | (0x0C if faults["paper_low"] else 0)
        return _ANSWER | (0x08 if faults["cover_open"] or faults["no_paper"] else 0)

    def _say(self, byte: int) -> None:
        if not self._faults["silent"]:
            self._replies.put(bytes([byte]))


class SimulatedTransport(Transport):
    """The cable between the real printer driver and the Firmware."""

    where = "simulated printer"
    outlives = False

    def __init__(self, firmware: Firmware) -> None:
        super().__init__()
        self._firmware = firmware

    def open(self, until: float) -> None:
        """See Transport.open."""
        self._firmware.connect()

    def write(self, data: bytes, until: float) -> int:
        """See Transport.write."""
        return 0 if self._slice(until) is None else self._firmware.receive(data)

    def read(self, until: float) -> bytes:
        """See Transport.read."""
        while (wait := self._slice(until)) is not None:
            self._firmware.check_cable()
            if data := self._firmware.reply(wait):
                return data
        return b""

    def close(self) -> None:
        """See Transport.close."""
        self._firmware.disconnect()
