"""What each kind of import is made of: a check of one row, and phases that write what was good, a little at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from edge.base.sqlite import Database
from edge.box import Box
from edge.importer.reader import Column, Row
from edge.importer.report import CellRefused, Remark
from edge.importer.stage import Stage

# keep(db, at, done, total): note in the phase's own transaction on db how far it has come.
Keep = Callable[[Database, Any, int, int], None]
# (at, keep) -> the next at, or None when the phase is over. at is None at first; JSON can hold it.
Phase = Callable[[Any, Keep], Any]


@dataclass(frozen=True)
class Plan:
    """What was asked for: kind, replace (products only), and the mode of the lane that events are written under."""

    kind: str
    replace: bool = False
    mode: str = "live"


class Task(Protocol):
    """One import. phases run in order after the check, each until it returns None.

    irrevocable: the phase from which on nothing can be taken back ("": never).
    """

    columns: tuple[Column, ...]
    phases: tuple[tuple[str, Phase], ...]
    irrevocable: str

    def begin(self, named: dict[str, str]) -> None:
        """named: our columns -> as the file calls them."""

    def check(self, row: Row) -> None:
        """Put the row into the stage as good or refused, inside the stage's transaction."""

    def settle(self) -> None:
        """After the last row: what only the whole file can tell."""

    def stands(self) -> bool:
        """Whether the shop is still what the rows were checked against, and what is half written is still there."""

    def hold(self) -> None:
        """Before the first phase of this process: nobody else writes what it writes. ShopError("catalog_busy")."""

    def close(self) -> None:
        """Let others write again."""

    def drop(self) -> None:
        """Take back what is half written."""

    def result(self) -> dict[str, int]:
        """What came of it, for words and the audit."""


class Marked:
    """One row of a file while it is checked: refusals and notes are collected, and written with it."""

    def __init__(self, row: Row, named: dict[str, str]) -> None:
        self.line, self.cells, self.named = row.line, row.cells, named
        self.refusals: list[Remark] = []
        self.notes: list[Remark] = []
        if row.extra:
            self.notes.append(Remark(row.line, "", row.extra, "extra_cells"))

    @property
    def good(self) -> bool:
        return not self.refusals

    def refuse(self, column: str, value: str, why: CellRefused) -> None:
        """Say why this row can't be taken."""
        self.refusals.append(Remark(self.line, self.named.get(column, column), value, why.slug, dict(why.params)))

    def note(self, column: str, slug: str) -> None:
        """Say something that stops nothing."""
        self.notes.append(Remark(self.line, self.named.get(column, column), self.cells.get(column, ""), slug))


Made = Callable[[Box, Stage, Plan], Task]
