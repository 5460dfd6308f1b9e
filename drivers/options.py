"""What a device's section may say: each option's kind and bounds, checked with a sentence that helps."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from drivers.errors import DeviceMisconfigured

REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `kind` is str, int or bool; low/high bound an int, choices name the only values."""

    kind: type[str] | type[int] | type[bool]
    default: Any = REQUIRED
    low: int | None = None
    high: int | None = None
    choices: tuple[Any, ...] = ()

    def check(self, where: str, value: Any) -> Any:
        """The value, or DeviceMisconfigured with what is expected at `where`."""
        if type(value) is not self.kind:  # not isinstance: true is no number here
            raise DeviceMisconfigured(f"{where} must be {_KINDS[self.kind]}, not {value!r}")
        if isinstance(value, str) and not value.strip():
            raise DeviceMisconfigured(f"{where} is empty")
        if self.choices and value not in self.choices:
            allowed = ", ".join(repr(c) for c in self.choices)
            raise DeviceMisconfigured(f"{where} must be one of {allowed}, not {value!r}")
        low, high = self.low, self.high
        if isinstance(value, int) and low is not None and high is not None and not low <= value <= high:
            raise DeviceMisconfigured(f"{where} must be between {low} and {high}, not {value}")
        return value


_KINDS = {str: "a text in quotes", int: "a whole number", bool: "true or false"}


def check(device: str, driver: str, schema: Mapping[str, Option], given: Mapping[str, Any]) -> dict[str, Any]:
    """All options of a device with defaults filled in; unknown, missing or wrong ones raise DeviceMisconfigured."""
    for key in given:
        if key not in schema:
            raise DeviceMisconfigured(
                f'device "{device}": driver "{driver}" has no option "{key}"{suggest(key, schema)}'
            )
    checked = {}
    for key, option in schema.items():
        if key in given:
            checked[key] = option.check(f'device "{device}": {key}', given[key])
        elif option.default is REQUIRED:
            raise DeviceMisconfigured(f'device "{device}": driver "{driver}" needs the option "{key}"')
        else:
            checked[key] = option.default
    return checked


def suggest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: the nearest known one, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; known are: {', '.join(names)}" if names else "; it takes none"
