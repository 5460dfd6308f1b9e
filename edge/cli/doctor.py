"""`tillbox doctor`: all checks on the terminal, whether the till runs or not. Exit code 1 when something failed."""

from __future__ import annotations

import argparse
import json
import logging
import threading
import time
from pathlib import Path
from typing import Any

from drivers import registry
from drivers.base import Device, DeviceState, InputDevice, Printer
from drivers.errors import DriverError
from edge.base.config import Config, ConfigError, DeviceConfig, load
from edge.base.i18n import LANGS, t
from edge.base.sqlite import open_database, rows
from edge.env import Env
from edge.health import runner
from edge.health.base import DeviceFact, House
from sync.status import lock_held
from sync.status import status as sync_status

MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}
OPEN_S, ASK_S = 1.5, 8.0
# The newest word of each device since the till started, from the till's own journal.
_STATES = (
    "SELECT json_extract(body, '$.data.device'), json_extract(body, '$.data.state') FROM journal WHERE stream = 'b' "
    "AND id > COALESCE((SELECT MAX(id) FROM journal WHERE stream = 'b' AND json_extract(body, '$.type') = "
    "'box.started'), 0) AND json_extract(body, '$.type') = 'device.state' ORDER BY id"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tillbox doctor`, beside --config."""
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--lang", choices=LANGS, default=None)


def run(args: argparse.Namespace, lang: str) -> int:
    """Run every check and show it."""
    lang = args.lang or lang
    logging.getLogger("drivers").setLevel("ERROR")  # what is found is said below, once
    found = runner.told(runner.run(house(args.config, Env())), lang)
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for check in found["checks"]:
            _show(check, lang)
        print(t(lang, "doctor.sum", **found["counts"]))
    return 0 if found["ok"] else 1


def house(path: Path, env: Env) -> House:
    """What the checks may look at from outside of the till."""
    config, trouble = None, ""
    try:
        config = load(path)
    except ConfigError as error:
        trouble = str(error)
    facts = _Once(lambda: [] if config is None else _devices(config, env))
    return House(
        path, config, trouble, env, facts, lambda: _sync(config, env),
        lambda: config is not None and lock_held(config.data / "serve.lock"),
    )  # fmt: skip


class _Once:
    """Asks the devices once, whichever check comes first; the others wait for the same answer."""

    def __init__(self, ask: Any) -> None:
        self._ask, self._lock, self._facts = ask, threading.Lock(), list[DeviceFact]()
        self._asked = False

    def __call__(self) -> list[DeviceFact]:
        with self._lock:
            if not self._asked:
                self._facts, self._asked = self._ask(), True
            return self._facts


def _sync(config: Config | None, env: Env) -> dict[str, Any]:
    assert config is not None
    db = open_database(config.database, readonly=True)
    try:
        return sync_status(db, config, env.clock)
    finally:
        db.close()


def _devices(config: Config, env: Env) -> list[DeviceFact]:
    """Each configured device: as the running till last saw it, or opened here and now."""
    if lock_held(config.data / "serve.lock"):
        seen = _seen(config)
        return [_from_till(entry, seen, env) for entry in config.devices]
    probes = [_Probe(entry, env) for entry in config.devices]
    deadline = time.monotonic() + ASK_S
    return [probe.fact(deadline) for probe in probes]


def _seen(config: Config) -> dict[str, str]:
    db = open_database(config.database, readonly=True)
    try:
        return dict(rows(db, _STATES))
    finally:
        db.close()


def _from_till(entry: DeviceConfig, seen: dict[str, str], env: Env) -> DeviceFact:
    """The till holds its devices, so they can't be opened a second time: what it wrote of them, and the device file."""
    kind, why = _kind(entry, env)
    if why:
        return DeviceFact(entry.name, entry.driver, kind, entry.lane, "refused", why)
    place = next((str(entry.options[key]) for key in ("port", "path") if isinstance(entry.options.get(key), str)), "")
    state = seen.get(entry.name, "ready")
    if place.startswith("/dev/") and not Path(place).exists():
        return DeviceFact(entry.name, entry.driver, kind, entry.lane, "lost", place, "offline")
    return DeviceFact(entry.name, entry.driver, kind, entry.lane, state, place, "unknown")


def _kind(entry: DeviceConfig, env: Env) -> tuple[str, str]:
    """(kind, why it can't be made)."""
    try:
        kind = registry.find(entry.driver, entry.name).kind
    except DriverError as error:
        return "device", str(error)
    try:
        registry.create(entry.driver, entry.name, entry.options, env.clock).close()
    except DriverError as error:
        return kind, str(error)
    return kind, ""


class _Probe:
    """Opens one device in a thread of its own, which is left behind if the device never answers."""

    def __init__(self, entry: DeviceConfig, env: Env) -> None:
        self.entry = entry
        self.device: Device | None = None
        self.kind, self.why, self.status = "device", "", "unknown"
        try:
            self.kind = registry.find(entry.driver, entry.name).kind
            self.device = registry.create(entry.driver, entry.name, entry.options, env.clock)
        except DriverError as error:
            self.why = str(error)
            return
        self.thread = threading.Thread(target=self._ask, name=f"probe:{entry.name}", daemon=True)
        self.thread.start()

    def _ask(self) -> None:
        device = self.device
        try:
            if isinstance(device, Printer):
                self.status = device.status().value
            elif isinstance(device, InputDevice):
                device.run(lambda scan: None)
        except DriverError as error:
            self.why = str(error)

    def fact(self, deadline: float) -> DeviceFact:
        """What is known when the device answered or its time was over; it is closed then."""
        entry, device = self.entry, self.device
        if device is None:
            return DeviceFact(entry.name, entry.driver, self.kind, entry.lane, "refused", self.why)
        if isinstance(device, Printer):
            self.thread.join(max(0.0, deadline - time.monotonic()))
            state = "lost" if self.status == "offline" else "ready"
        else:
            until = min(deadline, time.monotonic() + OPEN_S)
            while device.state is DeviceState.STARTING and self.thread.is_alive() and time.monotonic() < until:
                time.sleep(0.02)
            state = "refused" if self.why else device.state.value
        detail = self.why or device.detail
        device.close()
        self.thread.join(1.0)
        printer = self.status if isinstance(device, Printer) else None
        return DeviceFact(entry.name, entry.driver, self.kind, entry.lane, state, detail, printer)


def _show(check: dict[str, Any], lang: str) -> None:
    print(f"{MARKS[check['level']]} {check['name']}")
    for finding in check["findings"]:
        if finding["level"] == "ok":
            print(f"    {finding['text']}")
        else:
            print(f"  {MARKS[finding['level']]} {finding['text']}")
            print(f"    → {finding['remedy']}")
    if check["level"] != "ok":
        print(f"    {t(lang, 'doctor.why')} {check['why']}")
