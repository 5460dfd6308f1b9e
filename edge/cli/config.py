"""`tillbox config`: the configuration as the till understood it, defaults filled in, secrets masked."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from drivers import registry
from drivers.errors import DriverError
from drivers.options import check
from edge.base.config import Config, DeviceConfig, load
from edge.setup.plan import quote, sample

_SECRET = ("password", "secret", "token", "pin", "key")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tillbox config`, beside --config."""
    parser.add_argument("--sample", action="store_true", help="print a commented tillbox.toml to begin with instead")


def run(args: argparse.Namespace, lang: str) -> int:
    """Print it as TOML. A device whose options are wrong is shown with the driver's sentence as a comment."""
    if args.sample:
        print(sample(), end="")
        return 0
    print("\n".join(lines(load(args.config))))
    return 0


def lines(config: Config) -> Iterator[str]:
    """The effective configuration, line by line."""
    yield f"# {config.path}, with every default filled in and secrets masked"
    yield from _section("[store]", asdict(config.store))
    yield from _section("[data]", {"path": str(config.data)})
    yield from _section("[web]", asdict(config.web))
    for lane in config.lanes:
        yield from _section("[[lane]]", asdict(lane))
    for device in config.devices:
        yield from _device(device)
    if config.hq is None:
        yield "\n# no [hq]: a shop without headquarters"
        return
    link = asdict(config.hq)
    link["key"] = f"(masked; sha256 begins with {hashlib.sha256(config.hq.key).hexdigest()[:8]})"
    tls = config.hq.tls
    yield from _section("[hq]", link | {"tls": tls is not None} | (vars(tls) if tls else {}))


def _section(head: str, table: dict[str, Any]) -> Iterator[str]:
    yield f"\n{head}"
    for key, value in table.items():
        if value is None:
            yield f"# {key} is not set"
        else:
            yield f"{key} = {_shown(key, value)}"


def _shown(key: str, value: Any) -> str:
    if isinstance(value, Path):  # where a secret lies is none
        return quote(str(value))
    if any(word in key.lower().split("_") for word in _SECRET) and not str(value).startswith("("):
        return quote("•" * 8)
    return quote(list(value) if isinstance(value, tuple) else value)


def _device(device: DeviceConfig) -> Iterator[str]:
    facts: dict[str, Any] = {"name": device.name, "driver": device.driver, "lane": device.lane}
    try:
        options = check(device.name, device.driver, registry.find(device.driver, device.name).options, device.options)
    except DriverError as error:
        yield f"\n# REFUSED: {error}"
        options = device.options
    yield from _section("[[device]]", facts | options)
