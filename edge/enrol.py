"""A device's section in tillbox.toml, written for the technician: every other word of the file stays as it is."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge.base.config import load
from edge.errors import TillboxError

_HEADER = re.compile(r"\s*\[")
_DEVICE = re.compile(r"\s*\[\[\s*device\s*\]\]")
_COMMENT = re.compile(r"\s*(#.*)?$")


@dataclass(frozen=True)
class Section:
    """One [[device]]. options in the order to write; notes: comment behind a key; head: comment above."""

    name: str
    driver: str
    lane: str
    options: Mapping[str, str | int]
    notes: Mapping[str, str] = field(default_factory=dict)
    head: str = ""

    @property
    def table(self) -> dict[str, Any]:
        return {"name": self.name, "driver": self.driver, "lane": self.lane, **self.options}

    def text(self) -> str:
        """The section as it stands in the file."""
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in self.table.items()]
        noted = [
            f"{line:<36} # {self.notes[key]}" if key in self.notes else line
            for line, key in zip(lines, self.table, strict=True)
        ]
        head = [f"# {self.head}"] if self.head else []
        return "\n".join([*head, "[[device]]", *noted]) + "\n"


def free_name(taken: list[str], kind: str) -> str:
    """The first of "scanner-1", "scanner-2", … that no device has."""
    return next(name for n in range(1, len(taken) + 2) if (name := f"{kind}-{n}") not in taken)


def bind(path: Path, section: Section, replace: bool = False) -> None:
    """Write the section into the file: in the place of the device of this name with `replace`, else at the end.

    The new file is checked as a whole before it takes the old one's place. TillboxError with a sentence otherwise.
    """
    try:
        old = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TillboxError(f"{path} can't be read ({error.strerror}); make it first with `tillbox setup`") from None
    devices = tomllib.loads(old).get("device", [])
    there = next((n for n, device in enumerate(devices) if device.get("name") == section.name), None)
    if there is not None and not replace:
        raise TillboxError(f"{path} has a device {section.name!r} already; choose another --name, or give --replace")
    new = _at_the_end(old, section) if there is None else _in_place(old, there, section)
    expected = [*devices, section.table]
    if there is not None:
        expected = [section.table if n == there else device for n, device in enumerate(devices)]
    _put(path, new, expected, section)


def _at_the_end(old: str, section: Section) -> str:
    gap = "" if not old else "\n" if old.endswith("\n") else "\n\n"
    return old + gap + section.text()


def _in_place(old: str, which: int, section: Section) -> str:
    """The which-th [[device]] gives way; comments and blank lines above the next header stay."""
    lines = old.splitlines(keepends=True)
    start = [n for n, line in enumerate(lines) if _DEVICE.match(line)][which : which + 1]
    if not start:
        return old  # written in a way that is not seen here: found out by the check
    end = next((n for n in range(start[0] + 1, len(lines)) if _HEADER.match(lines[n])), len(lines))
    while _COMMENT.match(lines[end - 1]):
        end -= 1
    begin = start[0]
    if begin and lines[begin - 1].startswith("# ") and "tillbox enrol" in lines[begin - 1]:
        begin -= 1
    return "".join(lines[:begin]) + section.text() + "".join(lines[end:])


def _put(path: Path, new: str, expected: list[Any], section: Section) -> None:
    """The new file in one step, with the old one's owner and rights; never half of it."""
    by_hand = f"write this into {path} by hand:\n\n{section.text()}"
    try:
        right = tomllib.loads(new).get("device") == expected
    except tomllib.TOMLDecodeError:
        right = False
    if not right:
        raise TillboxError(f"{path} is laid out in a way that can't be changed safely; {by_hand}")
    status = path.stat()
    try:
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise TillboxError(f"{path.parent} can't be written ({error.strerror}); use sudo, or {by_hand}") from None
    draft = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(new)
            file.flush()
            os.fchmod(number, status.st_mode & 0o7777)
            if (status.st_uid, status.st_gid) != (os.getuid(), os.getgid()):
                os.fchown(number, status.st_uid, status.st_gid)
            os.fsync(number)
        load(draft)  # ConfigError names what is wrong
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
