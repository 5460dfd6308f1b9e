"""From a device's section in the configuration to the device: drivers by name, options checked with clear sentences.

Third parties add a driver through the entry-point group `tillbox.drivers`: the entry's name is the driver's, its object
a DriverInfo. A name of ours cannot be taken. Libraries are imported when a device of their driver is made, not before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from drivers.base import Clock, Device
from drivers.errors import DeviceMisconfigured
from drivers.options import Option, check, suggest

GROUP = "tillbox.drivers"
PAPER_DOTS = {80: 576, 58: 384}  # paper in mm -> printable dots at 203 dpi


@dataclass(frozen=True, slots=True)
class DriverInfo:
    """A driver: the kind of its devices, its options, and how to make one: build(name, driver, clock, options)."""

    kind: str  # "scanner" | "cardreader" | "printer"
    build: Callable[[str, str, Clock, dict[str, Any]], Device]
    options: Mapping[str, Option] = field(default_factory=dict)


def create(driver: str, name: str, options: Mapping[str, Any], clock: Clock) -> Device:
    """The device `name`; nothing is opened yet. DeviceMisconfigured with a sentence when the section is wrong."""
    info = find(driver, name)
    device = info.build(name, driver, clock, check(name, driver, info.options, options))
    if not isinstance(device, Device):
        raise DeviceMisconfigured(f'device "{name}": driver "{driver}" did not make a device but {device!r}')
    return device


def names() -> list[str]:
    """All drivers there are, ours and third parties'."""
    return sorted({*BUILT_IN, *(entry.name for entry in entry_points(group=GROUP))})


def find(driver: str, device: str = "") -> DriverInfo:
    """What is known of a driver; DeviceMisconfigured, with the nearest name, when there is none."""
    if driver in BUILT_IN:
        return BUILT_IN[driver]
    for entry in entry_points(group=GROUP):
        if entry.name == driver:
            return _load(entry, device)
    raise DeviceMisconfigured(f'device "{device}": there is no driver "{driver}"{suggest(driver, names())}')


def _load(entry: EntryPoint, device: str) -> DriverInfo:
    try:
        info = entry.load()
    except (ImportError, AttributeError) as error:
        raise DeviceMisconfigured(f'device "{device}": driver "{entry.name}" cannot be loaded: {error}') from error
    if not isinstance(info, DriverInfo):
        raise DeviceMisconfigured(f'device "{device}": driver "{entry.name}" ({entry.value}) is no DriverInfo')
    return info


def _scanner(name: str, driver: str, clock: Clock, options: dict[str, Any]) -> Device:
    from drivers.simulated_input import SimulatedScanner

    return SimulatedScanner(name, driver, clock, **options)


def _cardreader(name: str, driver: str, clock: Clock, options: dict[str, Any]) -> Device:
    from drivers.simulated_input import SimulatedCardReader

    return SimulatedCardReader(name, driver, clock, **options)


def _serial(name: str, driver: str, clock: Clock, options: dict[str, Any]) -> Device:
    try:
        from drivers.scanner_serial import SerialScanner
    except ImportError as error:
        raise DeviceMisconfigured(f'device "{name}": the library pyserial is missing') from error
    return SerialScanner(name, driver, clock, **options)


def _evdev_scanner(name: str, driver: str, clock: Clock, options: dict[str, Any]) -> Device:
    from drivers.scanner_evdev import EvdevScanner

    return EvdevScanner(name, driver, clock, _wanted(name, driver, options), **options)


def _evdev_cardreader(name: str, driver: str, clock: Clock, options: dict[str, Any]) -> Device:
    from drivers.cardreader_evdev import EvdevCardReader
    from drivers.cards import prefixes

    try:
        loyalty = prefixes(options.pop("loyalty") or "")
    except ValueError as error:
        raise DeviceMisconfigured(f'device "{name}": {error}') from error
    return EvdevCardReader(name, driver, clock, _wanted(name, driver, options), loyalty, **options)


def _wanted(name: str, driver: str, options: dict[str, Any]) -> Any:
    """Which input device is meant, taken out of the options: never any, always one that is named."""
    from drivers.discovery import Wanted

    wanted = Wanted(*(options.pop(key) for key in ("path", "port", "id", "serial")))
    if wanted.id and not re.fullmatch(r"[0-9a-f]{4}:[0-9a-f]{4}", wanted.id):
        raise DeviceMisconfigured(
            f'device "{name}": id must look like "05e0:1200" (maker and model), not {wanted.id!r}'
        )
    if wanted == Wanted():
        raise DeviceMisconfigured(
            f'device "{name}": driver "{driver}" needs path, port, id or serial, so that it reads no other keyboard; '
            "`tillbox enrol` finds and writes them"
        )
    return wanted


def _simulated_printer(name: str, driver: str, clock: Clock, options: dict[str, Any]) -> Device:
    from drivers.simulated import SimulatedPrinter

    return SimulatedPrinter(name, driver, clock, **_paper(options))


def _network(name: str, driver: str, clock: Clock, options: dict[str, Any]) -> Device:
    from drivers.printer_escpos import EscposPrinter
    from drivers.printer_transport import NetworkTransport

    transport = NetworkTransport(options.pop("host"), options.pop("port"), options.pop("answers"))
    return EscposPrinter(name, driver, transport, **_paper(options))


def _usb(name: str, driver: str, clock: Clock, options: dict[str, Any]) -> Device:
    from drivers.printer_escpos import EscposPrinter
    from drivers.printer_transport import UsbTransport

    transport = UsbTransport(options.pop("path"), options.pop("answers"))
    return EscposPrinter(name, driver, transport, **_paper(options))


def _serial_printer(name: str, driver: str, clock: Clock, options: dict[str, Any]) -> Device:
    from drivers.printer_escpos import EscposPrinter
    from drivers.printer_serial import SerialTransport

    line = {key: options.pop(key) for key in ("port", "answers", "baudrate", "bytesize", "parity", "stopbits", "flow")}
    return EscposPrinter(name, driver, SerialTransport(**line), **_paper(options))


def _file(name: str, driver: str, clock: Clock, options: dict[str, Any]) -> Device:
    from drivers.printer_escpos import EscposPrinter
    from drivers.printer_transport import FileTransport

    path = options.pop("path")
    if not Path(path).parent.is_dir():
        raise DeviceMisconfigured(f'device "{name}": the folder of path "{path}" does not exist')
    return EscposPrinter(name, driver, FileTransport(path), **_paper(options))


def _paper(options: dict[str, Any]) -> dict[str, Any]:
    """The option in mm as the driver's width in dots."""
    return {**{k: v for k, v in options.items() if k != "paper_mm"}, "width": PAPER_DOTS[options["paper_mm"]]}


_MAX_CHARS = Option(int, 128, low=8, high=1024)
_DRAWERS = ("none", "pin2", "pin5")
_PAPER = {
    "paper_mm": Option(int, 80, choices=tuple(PAPER_DOTS)),
    "mode": Option(str, "raster", choices=("raster", "text")),
    "drawer": Option(str, "none", choices=_DRAWERS),
}
_ANSWERS = {"answers": Option(bool, True)}

_LINE = {
    "baudrate": Option(int, 9600, choices=(1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)),
    "bytesize": Option(int, 8, choices=(7, 8)),
    "parity": Option(str, "N", choices=("N", "E", "O")),
    "stopbits": Option(int, 1, choices=(1, 2)),
}
_KEYS = {
    "path": Option(str, None),
    "port": Option(str, None),
    "id": Option(str, None),
    "serial": Option(str, None),
    "terminator": Option(str, "line", choices=("line", "none")),
}

BUILT_IN: Mapping[str, DriverInfo] = {
    "simulated-scanner": DriverInfo("scanner", _scanner, {"max_chars": _MAX_CHARS}),
    "simulated-cardreader": DriverInfo("cardreader", _cardreader, {"max_chars": _MAX_CHARS}),
    "simulated-printer": DriverInfo(
        "printer",
        _simulated_printer,
        {**_PAPER, "drawer": Option(str, "pin2", choices=_DRAWERS), "spool": Option(str, None)},
    ),
    "serial-scanner": DriverInfo(
        "scanner",
        _serial,
        {
            "port": Option(str),
            **_LINE,
            "terminator": Option(str, "line", choices=("line", "none")),
            "idle_ms": Option(int, 100, low=20, high=2000),
            "max_chars": _MAX_CHARS,
        },
    ),
    "evdev-scanner": DriverInfo(
        "scanner",
        _evdev_scanner,
        {**_KEYS, "idle_ms": Option(int, 100, low=20, high=2000), "max_chars": _MAX_CHARS},
    ),
    "evdev-cardreader": DriverInfo(
        "cardreader",
        _evdev_cardreader,
        {
            **_KEYS,
            "loyalty": Option(str, None),
            "idle_ms": Option(int, 200, low=20, high=2000),
            "max_chars": Option(int, 256, low=8, high=1024),
        },
    ),
    "escpos-network": DriverInfo(
        "printer", _network, {"host": Option(str), "port": Option(int, 9100, low=1, high=65535), **_ANSWERS, **_PAPER}
    ),
    "escpos-usb": DriverInfo("printer", _usb, {"path": Option(str, "/dev/usb/lp0"), **_ANSWERS, **_PAPER}),
    "escpos-serial": DriverInfo(
        "printer",
        _serial_printer,
        {
            "port": Option(str),
            **_LINE,
            "flow": Option(str, "dsrdtr", choices=("dsrdtr", "rtscts", "xonxoff", "none")),
            **_ANSWERS,
            **_PAPER,
            "mode": Option(str, "text", choices=("raster", "text")),  # a picture takes 90 s at 9600 baud
        },
    ),
    "escpos-file": DriverInfo("printer", _file, {"path": Option(str), **_PAPER}),
}
