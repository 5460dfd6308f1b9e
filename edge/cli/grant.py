"""`tillbox grant`: opens to the service the devices and printers of its configuration, and closes what left it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from drivers import registry
from drivers.errors import DriverError
from edge import grants
from edge.base.config import DeviceConfig, load
from edge.base.i18n import t
from edge.errors import TillboxError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tillbox grant`, beside --config."""
    parser.add_argument("--root", type=Path, default=Path("/"), help="lay the files below this folder, start nothing")


def run(args: argparse.Namespace, lang: str) -> int:
    """Write what changed and let udev and systemd know. Exit code 1 when a printer stays unreachable."""
    devices = [_whole(entry) for entry in load(args.config).devices]
    text, names = grants.addresses(devices)
    here = args.root == Path("/")
    if here and os.geteuid() != 0:
        raise TillboxError(t(lang, "grant.root"))
    ruled = _put(args.root / grants.RULES, grants.rules(devices), lang)
    reached = _put(args.root / grants.DROP_IN, text, lang)
    if here and ruled:
        _tell("udevadm", "control", "--reload")
        _tell("udevadm", "trigger", "--action=change", *(f"--subsystem-match={s}" for s in ("input", "tty", "usbmisc")))
        _tell("udevadm", "settle", "--timeout=10")
    if here and reached:
        _tell("systemctl", "daemon-reload")
        _tell("systemctl", "try-restart", "tillbox.service")
    for name in names:
        print(t(lang, "grant.name", host=name), file=sys.stderr)
    print(t(lang, "grant.done" if ruled or reached else "grant.same"))
    return 1 if names else 0


def _whole(entry: DeviceConfig) -> DeviceConfig:
    """The entry with its driver's defaults, so that /dev/usb/lp0 is meant where nothing is said."""
    try:
        options = registry.find(entry.driver, entry.name).options
    except DriverError:
        return entry
    return replace(entry, options={name: o.default for name, o in options.items()} | dict(entry.options))


def _put(path: Path, text: str, lang: str) -> bool:
    """Write a file that is not like this yet; whether it was written."""
    try:
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.new")
        new.write_text(text, encoding="utf-8")
        new.chmod(0o644)
        new.replace(path)
    except OSError as error:
        raise TillboxError(t(lang, "grant.closed", path=path, why=error.strerror)) from None
    print(f"  {path}")
    return True


def _tell(*command: str) -> None:
    """A machine without udev or systemd (an image, a container) reads the files when it starts."""
    try:
        subprocess.run(command, check=False, capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  {command[0]}: {error}", file=sys.stderr)
