"""Runs the checks at the same time, each in a thread that is left behind when its patience is over."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from edge.health.base import Check, Finding, House, Level, Result, fail
from edge.health.broker import BrokerCheck
from edge.health.clock import ClockCheck
from edge.health.config import ConfigCheck
from edge.health.database import DatabaseCheck
from edge.health.devices import DevicesCheck
from edge.health.disk import DiskCheck
from edge.health.fonts import FontsCheck
from edge.health.packages import PackagesCheck
from edge.health.permissions import PermissionsCheck
from edge.health.ports import PortsCheck
from edge.health.printers import PrintersCheck
from edge.health.schema import SchemaCheck
from edge.health.shop import ShopCheck

log = logging.getLogger(__name__)


def checks() -> list[Check]:
    """All checks, in the order in which they are shown."""
    return [
        ConfigCheck(), ClockCheck(), DiskCheck(), DatabaseCheck(), SchemaCheck(), PermissionsCheck(), ShopCheck(),
        DevicesCheck(), PrintersCheck(), PortsCheck(), BrokerCheck(), FontsCheck(), PackagesCheck(),
    ]  # fmt: skip


@dataclass
class Run:
    """One check under way."""

    check: Check
    thread: threading.Thread | None = None
    findings: list[Finding] = field(default_factory=list)


def run(house: House, wanted: Sequence[Check] | None = None) -> list[Result]:
    """Every check's result; without a usable configuration only of those that need none.

    A check that hangs or breaks is a finding, and keeps no other from ending.
    """
    asked = checks() if wanted is None else wanted
    runs = [Run(check) for check in asked if house.config is not None or not check.needs_config]
    began = time.monotonic()
    for each in runs:
        each.thread = threading.Thread(target=_guard, args=(each, house), name=f"check:{each.check.name}", daemon=True)
        each.thread.start()
    return [_wait(each, began) for each in runs]


def _wait(each: Run, began: float) -> Result:
    assert each.thread is not None
    each.thread.join(max(0.0, began + each.check.patience_s - time.monotonic()))
    if each.thread.is_alive():
        return Result(each.check.name, (fail("timeout", seconds=int(each.check.patience_s)),))
    return Result(each.check.name, tuple(each.findings))


def _guard(each: Run, house: House) -> None:
    try:
        each.findings.extend(each.check.run(house))
    except Exception as error:  # the thread's edge: a check that breaks is a finding, not the end of the others
        log.exception("check %s broke", each.check.name)
        each.findings.append(fail("crashed", error=f"{type(error).__name__}: {error}"))


def told(results: Sequence[Result], lang: str) -> dict[str, Any]:
    """{ok, level, counts, checks: […]} for a page or for JSON; ok is False when something failed."""
    order = list(Level)
    worst = max((result.level for result in results), key=order.index, default=Level.OK)
    counts = {level.value: sum(result.level is level for result in results) for level in Level}
    shown = [result.told(lang) for result in results]
    return {"ok": worst is not Level.FAIL, "level": worst.value, "counts": counts, "checks": shown}
