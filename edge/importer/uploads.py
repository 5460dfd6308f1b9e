"""A file that a screen sends for an import, piece by piece, so that neither memory nor one long request holds it.

Each piece goes to the end of a file beside the stages. A piece that comes twice changes nothing; what was begun and
never used goes when the next one is begun.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from edge.base.ids import new_uid
from edge.base.sqlite import give
from edge.box import Box
from edge.errors import ShopError
from edge.importer import work
from edge.people import Person

MAX_BYTES = 200_000_000
# Beside the file there will be its stage, and what it writes in the database.
ROOM, SPARE = 4, 200_000_000
_NAME = re.compile(r"[0-9A-Za-z]{8,64}")


def begin(box: Box, size: int) -> str:
    """Make place for a file of that many bytes; returns its name here. What was sent before and not used goes.

    ShopError: upload_empty, upload_large, upload_no_room, import_open.
    """
    if size <= 0:
        raise ShopError("upload_empty", status=422)
    if size > MAX_BYTES:
        raise ShopError("upload_large", status=413, mb=MAX_BYTES // 1_000_000)
    place = work.folder(box)
    with box.transaction():  # nobody starts an import of one of these meanwhile
        if work.unfinished(box) is not None:
            raise ShopError("import_open")
        if not place.exists():
            place.mkdir(mode=0o700)
            give(place)
        for old in place.glob("*.upload"):
            old.unlink(missing_ok=True)
    if shutil.disk_usage(place).free < size * ROOM + SPARE:
        raise ShopError("upload_no_room")
    name = new_uid(box.env.rng)
    path = _path(box, name)
    path.touch(mode=0o600)
    give(path)
    return name


def put(box: Box, name: str, at: int, piece: bytes) -> int:
    """Write a piece that begins at byte `at`; returns how many bytes there are now. ShopError: upload_gone, upload_gap
    (something before it is missing), upload_large."""
    path = _found(box, name)
    size = path.stat().st_size
    if at > size:
        raise ShopError("upload_gap", at=size)
    if at + len(piece) > MAX_BYTES:
        raise ShopError("upload_large", status=413, mb=MAX_BYTES // 1_000_000)
    with path.open("r+b") as file:
        file.seek(at)
        file.write(piece)
    return max(size, at + len(piece))


def start(box: Box, name: str, size: int, kind: str, called: str, who: Person) -> str:
    """Begin the import of a file that came whole; returns the import's uid. called: what the file's owner calls it.

    ShopError: upload_gone, upload_gap, import_open.
    """
    path = _found(box, name)
    there = path.stat().st_size
    if there != size:
        raise ShopError("upload_gap", at=there)
    return work.start(box, kind, path, who=who, name=called, own=True)


def _found(box: Box, name: str) -> Path:
    path = _path(box, name)
    if not _NAME.fullmatch(name) or not path.is_file():
        raise ShopError("upload_gone", status=404)
    return path


def _path(box: Box, name: str) -> Path:
    return work.folder(box) / f"{name}.upload"
