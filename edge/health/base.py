"""What a check is, what it finds, and what it may look at."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from edge.base.config import Config
from edge.base.i18n import t
from edge.env import Env


class Level(enum.StrEnum):
    """How bad: WARN sells on and wants a look, FAIL stops something the shop needs."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """slug selects the words doctor.<check>_<slug> and, unless OK, doctor.<check>_<slug>_do: the remedy."""

    level: Level
    slug: str
    params: dict[str, Any] = field(default_factory=dict)


def ok(slug: str, **params: Any) -> Finding:
    return Finding(Level.OK, slug, params)


def warn(slug: str, **params: Any) -> Finding:
    return Finding(Level.WARN, slug, params)


def fail(slug: str, **params: Any) -> Finding:
    return Finding(Level.FAIL, slug, params)


@dataclass(frozen=True)
class DeviceFact:
    """A configured device as it is now. state: ready, starting, degraded, lost, closed or refused.

    printer: a PrinterStatus. A part of the program that stays off is one, too, of kind device and state closed.
    """

    name: str
    driver: str
    kind: str
    lane: str | None
    state: str
    detail: str = ""
    printer: str | None = None


@dataclass(frozen=True)
class House:
    """All that checks may look at. devices and sync are asked from whoever has them: the till, or doctor itself.

    config is None when the file can't be read; `trouble` says why. serving: whether the till runs.
    sync() is {pending, last_ack_age_s, connected, running, verdict, error} of the way to headquarters.
    """

    path: Path
    config: Config | None
    trouble: str
    env: Env
    devices: Callable[[], list[DeviceFact]]
    sync: Callable[[], dict[str, Any]]
    serving: Callable[[], bool]


class Check(ABC):
    """One check. MUST: end by itself or be left behind after `patience_s`; write nothing; MAY give several findings."""

    name: ClassVar[str]
    patience_s: ClassVar[float] = 5.0
    needs_config: ClassVar[bool] = True

    @abstractmethod
    def run(self, house: House) -> Iterator[Finding]:
        """Look, and say what was found."""


@dataclass(frozen=True)
class Result:
    """A check with its findings; its level is that of its worst finding."""

    check: str
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        order = list(Level)
        return max((finding.level for finding in self.findings), key=order.index, default=Level.OK)

    def told(self, lang: str) -> dict[str, Any]:
        """{check, name, why, level, findings: [{level, slug, text, remedy}]} in a language."""
        return {
            "check": self.check,
            "name": t(lang, f"doctor.{self.check}_name"),
            "why": t(lang, f"doctor.{self.check}_why"),
            "level": self.level.value,
            "findings": [self._finding(lang, finding) for finding in self.findings],
        }

    def _finding(self, lang: str, finding: Finding) -> dict[str, Any]:
        place = "check" if finding.slug in ("timeout", "crashed") else self.check
        words = f"{place}_{finding.slug}"
        remedy = "" if finding.level is Level.OK else t(lang, f"doctor.{words}_do", **finding.params)
        text = t(lang, f"doctor.{words}", **finding.params)
        return {"level": finding.level.value, "slug": finding.slug, "text": text, "remedy": remedy}
