"""The technician's desk in the running till: checks, devices, test prints and the last scans.

Device I/O and checks happen in the desk's own thread; the page asks for the state and puts wishes into its queue.
Scans stay in memory and leave with the process; cards, badges and payment codes are masked before they are kept.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Any

from drivers.base import CARD, SHOWN_CHARS, Device, Printer, Scan
from drivers.errors import DriverError, PrinterNotReady, PrinterUncertain
from edge.base.config import Config
from edge.base.document import Barcode, Cut, Document, Feed, Qr, Row, Rule, Text
from edge.base.i18n import t
from edge.codes import identify
from edge.errors import ShopError
from edge.health import runner
from edge.health.base import DeviceFact, House, Result

KEPT_SCANS, PRINT_S = 20, 10.0
LONG_DIGITS = 13  # a number this long that is no product could be somebody's card


class Desk:
    """run() works off wishes until stop(); the other methods may be called from any thread."""

    def __init__(self, house: House, printers: Mapping[str, Printer], labels: Callable[[], tuple[str, ...]]) -> None:
        self.house, self.printers, self.labels = house, printers, labels
        self._wishes: queue.Queue[tuple[str, str, str] | None] = queue.Queue()
        self._lock = threading.Lock()
        self._waiting: set[tuple[str, str]] = set()
        self._results: list[Result] = []
        self._checked_us: int | None = None
        self._prints: dict[str, dict[str, Any]] = {}
        self._scans: deque[dict[str, Any]] = deque(maxlen=KEPT_SCANS)
        self._seq = 0

    # -- wishes -------------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Run all checks soon; a second wish while one waits is the same one."""
        self._wish("check", "", "")

    def test_print(self, printer: str, lang: str) -> None:
        """Print a test paper soon. ShopError("device_unknown") when there is no such printer."""
        if printer not in self.printers:
            raise ShopError("device_unknown", status=404)
        self._wish("print", printer, lang)

    def _wish(self, what: str, name: str, lang: str) -> None:
        with self._lock:
            if (what, name) in self._waiting:
                return
            self._waiting.add((what, name))
        self._wishes.put((what, name, lang))

    def run(self) -> None:
        """Work off the wishes, one at a time, until stop()."""
        while (wish := self._wishes.get()) is not None:
            what, name, lang = wish
            try:
                if what == "check":
                    results = runner.run(self.house)
                    with self._lock:
                        self._results, self._checked_us = results, self.house.env.clock.now_us()
                else:
                    outcome, reason = self._print(name, lang)
                    with self._lock:
                        self._prints[name] = {
                            "state": outcome,
                            "reason": reason,
                            "at_us": self.house.env.clock.now_us(),
                        }
            finally:
                with self._lock:
                    self._waiting.discard((what, name))

    def stop(self) -> None:
        """End run() after the wish in hand."""
        self._wishes.put(None)

    def _print(self, name: str, lang: str) -> tuple[str, str]:
        """("printed" | "sent" | "not_ready" | "uncertain" | "failed", the printer's reason)."""
        printer, config = self.printers[name], self.house.config
        assert config is not None
        try:
            return printer.send(printer.render(test_paper(config, name, lang)), PRINT_S).value, ""
        except PrinterNotReady as error:
            return "not_ready", error.reason.value
        except PrinterUncertain:
            return "uncertain", ""
        except DriverError as error:
            return "failed", str(error)

    # -- scans --------------------------------------------------------------------------------------------------------

    def note(self, scan: Scan, lane: str | None) -> None:
        """Remember a scan, masked. Called in the device's thread once the till has taken the scan."""
        kind = "problem" if scan.problem else identify(scan.text, self.labels()).kind
        if scan.symbology == CARD and kind == "unknown":
            kind = "member"  # a contactless card's number: shown in part, like every card
        text = scan.text[:SHOWN_CHARS] if scan.problem else masked(kind, scan.text)
        with self._lock:
            self._seq += 1
            at = self.house.env.clock.now_us()
            self._scans.appendleft(
                {"seq": self._seq, "at_us": at, "device": scan.device, "lane": lane, "kind": kind, "text": text,
                 "problem": scan.problem}
            )  # fmt: skip

    # -- what the page shows ------------------------------------------------------------------------------------------

    def state(self, lang: str) -> dict[str, Any]:
        """{checks: {…}|None, checked_us, checking, devices: […], scans: […]}."""
        devices = self.house.devices()
        with self._lock:
            return {
                "checks": runner.told(self._results, lang) if self._results else None,
                "checked_us": self._checked_us,
                "checking": ("check", "") in self._waiting,
                "devices": [self._device(device) for device in devices],
                "scans": list(self._scans),
            }

    def _device(self, device: DeviceFact) -> dict[str, Any]:
        shown = {key: getattr(device, key) for key in ("name", "driver", "kind", "lane", "state", "detail", "printer")}
        if device.name in self.printers:
            shown["test"] = self._prints.get(device.name)
            shown["testing"] = ("print", device.name) in self._waiting
        return shown


def masked(kind: str, text: str) -> str:
    """A code as the page may show it: goods whole, everything that could be a person's or a payment's in part."""
    goods = kind in ("product", "label") or (kind == "bad_check" and text.isdigit())
    short = kind == "unknown" and sum(char.isdigit() for char in text) < LONG_DIGITS and len(text) <= SHOWN_CHARS
    if goods or short:
        return text[:SHOWN_CHARS]
    return f"{text[:3]}••••{text[-2:]}" if len(text) > 7 else "••••"


def live_facts(
    config: Config,
    devices: Mapping[str, Device],
    faulty: Mapping[str, str],
    status: Callable[[str], str],
    off: Collection[str] = (),
) -> list[DeviceFact]:
    """The configured devices as the running till has them; status(name) is what a printer said last.

    off: the supervisor's parts that stay off. A device whose part is among them is closed; the other parts follow.
    """
    facts, parts = [], dict.fromkeys(off)
    for entry in config.devices:
        device = devices.get(entry.name)
        if device is None:
            why = faulty.get(entry.name, "")
            facts.append(DeviceFact(entry.name, entry.driver, _kind(entry.driver), entry.lane, "refused", why))
            continue
        part = f"{'printer' if isinstance(device, Printer) else 'input'}:{entry.name}"
        if part in parts:
            del parts[part]
            said = "offline" if isinstance(device, Printer) else None
            facts.append(DeviceFact(entry.name, entry.driver, device.kind, entry.lane, "closed", printer=said))
            continue
        printer = status(entry.name) if isinstance(device, Printer) else None
        state = ("lost" if printer == "offline" else "ready") if printer else device.state.value
        facts.append(DeviceFact(entry.name, entry.driver, device.kind, entry.lane, state, device.detail, printer))
    return facts + [DeviceFact(part, "tillbox", "device", None, "closed") for part in parts]


def _kind(driver: str) -> str:
    """What a driver that could not be made would have been, as far as its name tells."""
    return next((kind for kind in ("scanner", "cardreader") if kind in driver), "printer")


def test_paper(config: Config, printer: str, lang: str) -> Document:
    """A paper that shows whether both scripts, the whole width, a barcode and a QR code come out."""
    store = config.store
    items = (
        Text(t(lang, "tech.paper_title"), align="center", size=2, bold=True),
        Text(t(lang, "tech.paper_no_sale"), align="center"),
        Rule(),
        Row(t(lang, "tech.paper_box"), f"{store.store} · {store.box}"),
        Row(t(lang, "tech.paper_printer"), printer),
        Text("中文：燕麦奶 农夫山泉 ￥12.90"),
        Text("English: Oat milk ABC abc 0123456789"),
        Text("1234567890" * 5),
        Rule(),
        Barcode(f"TEST-{store.store}"),
        Qr(f"tillbox test {store.store} {printer}"),
        Feed(2),
        Cut(),
    )
    return Document(lang, items, t(lang, "tech.paper_title"))
