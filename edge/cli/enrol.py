"""`tillbox enrol`: "scan this code with the scanner you want here" binds the device to a lane by its socket."""

from __future__ import annotations

import argparse
import sys
import termios
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from drivers import registry
from drivers.base import Clock
from drivers.discovery import InputInfo, Wanted, find, input_devices
from drivers.enrolment import Heard, Listener, sample_code
from drivers.errors import DriverError
from drivers.input_source import EvdevSource, Open
from drivers.text_safe import clean
from edge import enrol
from edge.base.config import Config, DeviceConfig, load
from edge.base.i18n import t
from edge.env import Env
from edge.errors import TillboxError

KINDS = {"scanner": "evdev-scanner", "cardreader": "evdev-cardreader"}
SECONDS = 120
_IDENTITY = ("path", "port", "id", "serial")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tillbox enrol`, beside --config."""
    parser.add_argument("--lane", required=True, help="where its scans belong")
    parser.add_argument("--kind", choices=tuple(KINDS), default="scanner")
    parser.add_argument("--name", help="what to call it (default: scanner-1 or the next that is free)")
    parser.add_argument("--replace", action="store_true", help="put it in the place of the device of this name")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long to wait (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="only list the devices that could be it")


def run(
    args: argparse.Namespace,
    lang: str,
    env: Env | None = None,
    devices: Callable[[], list[InputInfo]] = input_devices,
    open_source: Open = EvdevSource,
) -> int:
    """Show a code, wait for it, write the section. devices, open_source: the kernel's; tests give others."""
    env, config = env or Env(), load(args.config)
    taken = [device.name for device in config.devices]
    name = args.name or enrol.free_name(taken, args.kind)
    _possible(config, args.lane, name, args.replace)
    if args.list:
        return _list(config, devices(), lang)
    shown = _ask(args.kind, args.lane, env, lang)
    print(t(lang, "enrol.wait", seconds=args.seconds))
    listener = Listener(env.clock, lambda info: not _claimed(config, info, name), devices, open_source)
    try:
        heard = _wait(listener, shown, args.seconds, lang)
    finally:
        _forget_typed()
    if heard is None:
        if listener.refused:
            raise TillboxError(t(lang, "enrol.refused", devices=_names(listener.refused)))
        raise TillboxError(t(lang, "enrol.nothing"))
    section = section_for(heard, name, args.kind, args.lane, devices(), env.clock)
    enrol.bind(args.config, section, args.replace)
    print(t(lang, "enrol.bound", name=name, lane=args.lane, path=args.config) + "\n")
    print(section.text())
    print(t(lang, "enrol.next"))
    return 0


def _ask(kind: str, lane: str, env: Env, lang: str) -> str | None:
    """Say what to do; the code to scan, None where any card will do."""
    if kind == "cardreader":
        print(t(lang, "enrol.swipe", lane=lane))
        return None
    shown = sample_code(env.rng)
    print(t(lang, "enrol.scan_this", lane=lane))
    print("\n".join(bars(shown)))
    print(f"  {shown}\n")
    return shown


def _possible(config: Config, lane: str, name: str, replace: bool) -> None:
    """What can't work is said before anybody scans."""
    lanes = [entry.id for entry in config.lanes]
    if lane not in lanes:
        raise TillboxError(f"{config.path} has no lane {lane!r}; its lanes are {', '.join(lanes)}")
    if name in [device.name for device in config.devices] and not replace:
        raise TillboxError(f"{config.path} has a device {name!r} already; choose another --name, or give --replace")


def _list(config: Config, devices: list[InputInfo], lang: str) -> int:
    typing = [info for info in devices if info.types]
    for info in typing:
        used = _claimed(config, info, "")
        print(f"{info.id}  {info.port or '-'}  {clean(info.name)}  {info.node}" + (f"  = {used}" if used else ""))
    if not typing:
        print(t(lang, "enrol.none"))
    return 0


def _claimed(config: Config, info: InputInfo, but: str) -> str | None:
    """The configured device that this is, unless it is the one to replace."""
    for device in config.devices:
        if device.driver in KINDS.values() and device.name != but and _is(device, info):
            return device.name
    return None


def _is(device: DeviceConfig, info: InputInfo) -> bool:
    try:
        find(Wanted(*(device.options.get(key) for key in _IDENTITY)), [info])
    except DriverError:
        return False
    return True


def _wait(listener: Listener, shown: str | None, seconds: float, lang: str) -> Heard | None:
    """The first time that the code comes right; a scanner that is set wrong is told so."""
    for heard in listener.listen(shown, seconds):
        if heard.verdict == "ok":
            return heard
        print(t(lang, f"enrol.{heard.verdict}", device=clean(heard.info.name)))
    return None


def section_for(heard: Heard, name: str, kind: str, lane: str, devices: list[InputInfo], clock: Clock) -> enrol.Section:
    """What to write so that this device, and no other, is found again. Checked as `tillbox serve` will check it."""
    info, notes = heard.info, {}
    options: dict[str, str | int] = {}
    if info.port:
        options["port"] = info.port
        notes["port"] = "the socket it is plugged into: in another one it is not read"
    options["id"] = info.id
    notes["id"] = f"maker and model ({clean(info.name)}): nothing else is read there"
    if info.serial and not info.port:
        options["serial"] = info.serial
    options["terminator"] = "line" if heard.ended else "none"
    notes["terminator"] = "it ends a code with Enter or Tab" if heard.ended else "it ends a code with a pause"
    try:
        find(Wanted(*(options.get(key) for key in _IDENTITY)), devices)  # type: ignore[arg-type]
        registry.create(KINDS[kind], name, options, clock).close()
    except DriverError as error:
        raise TillboxError(str(error)) from None
    day = datetime.fromtimestamp(clock.now_us() / 1e6, UTC).date()
    return enrol.Section(name, KINDS[kind], lane, options, notes, f"bound by `tillbox enrol` on {day}")


def bars(code: str) -> Iterator[str]:
    """The code as CODE128 for a terminal: two bars to a character, black on white, with quiet zones."""
    from barcode import Code128

    modules = "0" * 10 + Code128(code).build()[0] + "0" * 10
    modules += "0" * (len(modules) % 2)
    blocks = {"00": " ", "10": "▌", "01": "▐", "11": "█"}
    row = "".join(blocks[modules[n : n + 2]] for n in range(0, len(modules), 2))
    for line in (" " * len(row), *[row] * 6, " " * len(row)):
        yield f"\x1b[30;107m{line}\x1b[0m"


def _forget_typed() -> None:
    """The scanner also typed into this terminal; a shell must not run it."""
    stdin: Any = sys.stdin
    if stdin is not None and stdin.isatty():
        termios.tcflush(stdin, termios.TCIFLUSH)


def _names(devices: list[InputInfo]) -> str:
    return ", ".join(f"{info.node} ({clean(info.name)})" for info in devices)
