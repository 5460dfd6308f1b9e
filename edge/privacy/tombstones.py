"""Who was erased, in a file beside the database: a backup that is put back must not bring anybody back.

A line is a uid and the time; it says nothing of a person. It is on the card before an erasure is told as done.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from edge.base.config import Config
from edge.base.sqlite import give, on_disk

NAME = "tombstones"


def path_of(config: Config) -> Path:
    """Where they stand."""
    return config.data / NAME


def add(config: Config, uids: Iterable[str], at_us: int) -> None:
    """Write down those that are not there yet, and return once they are on the card."""
    there, path = set(read(config)), path_of(config)
    new = [uid for uid in uids if uid not in there]
    if not new:
        return
    fresh = not path.exists()
    with path.open("a", encoding="ascii", errors="strict") as file:
        if fresh:
            path.chmod(0o600)
        file.write("".join(f"{uid} {at_us}\n" for uid in new))
        file.flush()
        os.fsync(file.fileno())
    if fresh:
        give(path)
        on_disk(path.parent)


def read(config: Config) -> list[str]:
    """The uids of everybody who was erased here."""
    with suppress(FileNotFoundError):
        lines = path_of(config).read_text(encoding="ascii", errors="replace").splitlines()
        return [line.split(" ", 1)[0] for line in lines if line.count(" ") == 1]
    return []
