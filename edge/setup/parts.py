"""The two answers that hold more than one fact: tax groups ("A=13, B=9") and a device ("escpos-network host=…")."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import Any

from edge.setup.refusals import Refused

_GROUP = re.compile(r"([A-Za-z][A-Za-z0-9]{0,3})\s*[=:：]?\s*(\d{1,2})(?:\.(\d{1,2}))?\s*[%％]?")
_NONE = ("none", "no", "-", "无", "没有")
_TRY = ("simulated", "sim", "模拟")


@dataclass(frozen=True)
class DeviceAnswer:
    """A device of the new tillbox.toml."""

    name: str
    kind: str
    driver: str
    lane: str
    options: dict[str, Any] = field(default_factory=dict)


def tax_groups(text: str) -> dict[str, int]:
    """ "A=13, B=9.5" -> {"A": 1300, "B": 950} (basis points)."""
    found: dict[str, int] = {}
    for part in re.split(r"[,，;；]", text):
        match = _GROUP.fullmatch(part.strip())
        if match is None:
            raise Refused("tax", part=part.strip())
        name, whole, cents = match.groups()
        if name.upper() in found:
            raise Refused("tax_twice", group=name.upper())
        found[name.upper()] = int(whole) * 100 + int((cents or "0").ljust(2, "0"))
    return found


def device(kind: str, lane: str, text: str) -> DeviceAnswer | None:
    """None for "none"; else the driver and its options, still to be checked by the driver itself."""
    try:
        words = shlex.split(text)
    except ValueError:
        raise Refused("device_quotes") from None
    if not words or words[0].lower() in _NONE:
        return None
    driver = f"simulated-{kind}" if words[0].lower() in _TRY else words[0]
    options = {}
    for word in words[1:]:
        key, sign, value = word.partition("=")
        if not sign or not re.fullmatch(r"[a-z_]+", key):
            raise Refused("device_option", word=word)
        options[key] = _typed(value)
    return DeviceAnswer(f"{kind}-{lane}", kind, driver, lane, options)


def _typed(value: str) -> str | int | bool:
    if value in ("true", "false"):
        return value == "true"
    return int(value) if re.fullmatch(r"\d{1,9}", value) else value
