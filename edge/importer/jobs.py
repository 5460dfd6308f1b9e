"""What a screen or a command asks about imports: how far, and what was refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from edge.base.i18n import t
from edge.base.sqlite import row
from edge.box import Box
from edge.db import exclusive
from edge.errors import AlreadyRunning, ShopError
from edge.importer.report import ImportRefused, Remark
from edge.importer.stage import NOTE, REFUSED, Stage
from edge.importer.work import LOCK, folder

_STATUS = "SELECT kind, state, step, done, total, result FROM job WHERE uid = ? AND kind LIKE 'import.%'"


@dataclass(frozen=True, slots=True)
class Status:
    """Where an import stands. state: queued, running, interrupted (its process is gone), checked (it waits for a yes),
    done, failed, cancelled. step: check, then what is written; done of total in that step (total 0: not known).
    rows, good, refused: rows of the file, as far as it was read. error: why it failed, or None.
    """

    uid: str
    kind: str
    state: str
    step: str
    done: int
    total: int
    rows: int
    good: int
    refused: int
    notes: int
    file: str
    encoding: str
    result: dict[str, Any]
    error: ImportRefused | None


def status(box: Box, uid: str) -> Status:
    """ShopError("import_gone") when there is none."""
    found = row(box.db, _STATUS, (uid,))
    if found is None:
        raise ShopError("import_gone", status=404)
    kind, state, step, done, total, text = found
    result = orjson.loads(text)
    counts = {name: int(result.get(name, 0)) for name in ("rows", "good", "refused", "notes")}
    why = result.get("error")
    error = ImportRefused(**why) if why else None
    if state == "running" and not _alive(box):
        state = "interrupted"
    return Status(
        uid, kind.partition(".")[2], state, step, done, total, **counts, file=result.get("file", ""),
        encoding=result.get("encoding", ""), result=result, error=error,
    )  # fmt: skip


def refusals(box: Box, uid: str, *, notes: bool = False, after: tuple[int, int] = (-1, 0), limit: int = 50) -> list[
    tuple[int, Remark]
]:  # fmt: skip
    """[(id, remark)] by line, those after (line, id); with `notes` what stopped nothing."""
    stage = _stage(box, uid)
    if stage is None:
        return []
    try:
        return stage.remarks(NOTE if notes else REFUSED, after, limit)
    finally:
        stage.close()


def refusal_count(box: Box, uid: str) -> int:
    """How many cells were refused (Status.refused counts rows)."""
    stage = _stage(box, uid)
    if stage is None:
        return 0
    try:
        return stage.remark_count(REFUSED)
    finally:
        stage.close()


def refused_table(box: Box, uid: str, lang: str) -> Iterator[list[str]]:
    """The head and one row a refused cell: line, column, value, why and what to do. exports.refusals() makes a file."""
    stage = _stage(box, uid)
    try:
        yield from table_of(stage.all_remarks(REFUSED) if stage else (), lang)
    finally:
        if stage:
            stage.close()


def table_of(remarks: Iterable[Remark], lang: str) -> Iterator[list[str]]:
    """Refusals as a table."""
    yield [t(lang, f"importer.head_{name}") for name in ("line", "column", "value", "why")]
    for remark in remarks:
        yield [str(remark.line), remark.column, remark.value, remark.why(lang)]


def _stage(box: Box, uid: str) -> Stage | None:
    path = folder(box) / f"{uid}.stage"
    return Stage(path) if uid.isalnum() and path.exists() else None


def _alive(box: Box) -> bool:
    try:
        with exclusive(box.config.data / LOCK):
            return False
    except AlreadyRunning:
        return True
