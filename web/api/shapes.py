"""What a request or an answer looks like: JSON Schema 2020-12, made by small functions and checked by a small walk.

A shape is a plain dict of the few keywords below, so that the very thing that checks a body is printed by OpenAPI.
Whole numbers are whole: 1.0 is none, and True is not 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Shape = dict[str, Any]

MAX_WHOLE = 1_000_000_000
MAX_US = 253_402_300_799_000_000  # the last microsecond of the year 9999
ONE_LINE = "^[^\\u0000-\\u001f\\u007f\\u2028\\u2029]*$"
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None),
}  # fmt: skip
_OPTIONAL = "x-optional"


@dataclass(frozen=True, slots=True)
class Wrong:
    """What does not fit: slug is field_unknown, field_missing or field_wrong; field is its place ("lines.0.qty")."""

    slug: str
    field: str


def text(limit: int = 200, least: int = 0, *, pattern: str = ONE_LINE, lines: bool = False, example: str = "") -> Shape:
    """A text of at most limit characters, on one line unless lines."""
    shape: Shape = {"type": "string", "maxLength": limit, "examples": [example or "x" * least]}
    if least:
        shape["minLength"] = least
    if not lines:
        shape["pattern"] = pattern
    return shape


def date() -> Shape:
    """A calendar date."""
    return {"type": "string", "format": "date", "pattern": "^\\d{4}-\\d\\d-\\d\\d$", "examples": ["2026-11-21"]}


def secret(limit: int = 32) -> Shape:
    """A PIN or a code: never kept, never compared, never printed."""
    return {"type": "string", "format": "password", "writeOnly": True, "maxLength": limit, "examples": ["••••••"]}


def whole(least: int = -MAX_WHOLE, most: int = MAX_WHOLE, example: int | None = None) -> Shape:
    """A whole number within its bounds."""
    shown = example if example is not None else min(max(least, 1), most)
    return {"type": "integer", "minimum": least, "maximum": most, "examples": [shown]}


def money(least: int = -10 * MAX_WHOLE, most: int = 10 * MAX_WHOLE, example: int = 1250) -> Shape:
    """An amount in the smallest unit of the store's currency."""
    return {**whole(least, most, example), "description": "minor units"}


def instant(example: int = 1_795_224_600_000_000) -> Shape:
    """UTC microseconds since 1970."""
    return {**whole(0, MAX_US, example), "description": "UTC microseconds"}


def flag(example: bool = True) -> Shape:
    """True or false."""
    return {"type": "boolean", "examples": [example]}


def choice(*values: str) -> Shape:
    """One of these words."""
    return {"type": "string", "enum": list(values), "examples": [values[0]]}


def many(of: Shape, most: int | None = None, least: int = 0) -> Shape:
    """A list."""
    shape: Shape = {"type": "array", "items": of}
    if most is not None:
        shape["maxItems"] = most
    if least:
        shape["minItems"] = least
    return shape


def by_name(of: Shape, names: str | None = None) -> Shape:
    """An object whose keys are data: {"cash": 1250}. names: the pattern of a key."""
    shape: Shape = {"type": "object", "additionalProperties": of}
    if names:
        shape["propertyNames"] = {"pattern": names}
    return shape


def anything() -> Shape:
    """Whatever JSON there is."""
    return {}


def null_or(shape: Shape) -> Shape:
    """The shape, or null."""
    if isinstance(shape.get("type"), str) and "title" not in shape and "enum" not in shape:
        return {**shape, "type": [shape["type"], "null"]}
    return {"anyOf": [shape, {"type": "null"}]}


def opt(shape: Shape) -> Shape:
    """A field that may be left out."""
    return {**shape, _OPTIONAL: True}


def obj(name: str = "", more: dict[str, Shape] | None = None, /, **fields: Shape) -> Shape:
    """An object with at least these fields (answers may grow); a name makes it a component of the OpenAPI document.

    more: fields whose names are no Python names.
    """
    fields |= more or {}
    shape: Shape = {"type": "object"}
    if name:
        shape["title"] = name
    shape["properties"] = {key: {k: v for k, v in each.items() if k != _OPTIONAL} for key, each in fields.items()}
    required = [key for key, each in fields.items() if _OPTIONAL not in each]
    if required:
        shape["required"] = required
    return shape


def body(name: str = "", more: dict[str, Shape] | None = None, /, **fields: Shape) -> Shape:
    """An object with these fields and no others: what a request brings."""
    return {**obj(name, more, **fields), "additionalProperties": False}


def page_of(row: Shape, name: str) -> Shape:
    """One page of a table: rows, how many there are on the whole, and which page of how many this is."""
    return obj(name, rows=many(row), total=whole(0), page=whole(0, example=0), pages=whole(0))


def wrong(shape: Shape, value: Any, field: str = "") -> Wrong | None:
    """The first thing in value that does not fit the shape, or None."""
    if "anyOf" in shape:
        return None if any(wrong(each, value) is None for each in shape["anyOf"]) else Wrong("field_wrong", field)
    if not _fits_type(shape, value) or not _in_bounds(shape, value):
        return Wrong("field_wrong", field)
    if isinstance(value, dict):
        return _wrong_field(shape, value, field)
    if isinstance(value, list) and "items" in shape:
        return next((w for n, each in enumerate(value) if (w := wrong(shape["items"], each, _at(field, n)))), None)
    return None


def _at(field: str, name: object) -> str:
    return f"{field}.{name}" if field else str(name)


def _fits_type(shape: Shape, value: Any) -> bool:
    kinds = shape.get("type")
    if kinds is None:
        return True
    names = [kinds] if isinstance(kinds, str) else kinds
    return any(isinstance(value, _TYPES[n]) and (n != "integer" or not isinstance(value, bool)) for n in names)


def _in_bounds(shape: Shape, value: Any) -> bool:
    if "enum" in shape and value not in shape["enum"]:
        return False
    if isinstance(value, str):
        pattern = shape.get("pattern")
        return shape.get("minLength", 0) <= len(value) <= shape.get("maxLength", len(value)) and (
            pattern is None or re.fullmatch(pattern, value) is not None
        )
    if isinstance(value, int) and not isinstance(value, bool):
        return bool(shape.get("minimum", value) <= value <= shape.get("maximum", value))
    if isinstance(value, list):
        return bool(shape.get("minItems", 0) <= len(value) <= shape.get("maxItems", len(value)))
    return True


def _wrong_field(shape: Shape, value: dict[str, Any], field: str) -> Wrong | None:
    known, others = shape.get("properties", {}), shape.get("additionalProperties", True)
    names = shape.get("propertyNames", {}).get("pattern")
    for name in shape.get("required", ()):
        if name not in value:
            return Wrong("field_missing", _at(field, name))
    for name, each in value.items():
        if name not in known and (others is False or (names and not re.fullmatch(names, name))):
            return Wrong("field_unknown", _at(field, name[:64]))
        inner = known.get(name, others)
        if isinstance(inner, dict) and (found := wrong(inner, each, _at(field, name))):
            return found
    return None


def example(shape: Shape) -> Any:
    """A value that fits, made of the examples of its parts."""
    if "examples" in shape:
        return shape["examples"][0]
    if "anyOf" in shape:
        return example(shape["anyOf"][0])
    kind = shape.get("type")
    if kind == "array" or (isinstance(kind, list) and "array" in kind):
        return [example(shape["items"])]
    if kind == "object" or (isinstance(kind, list) and "object" in kind):
        return {name: example(each) for name, each in shape.get("properties", {}).items()}
    return None


def secrets(shape: Shape) -> Iterator[str]:
    """The names of top fields that hold secrets."""
    for name, each in shape.get("properties", {}).items():
        if each.get("format") == "password":
            yield name


OK = obj("Done", ok=flag())
