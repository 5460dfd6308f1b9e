"""What an import found: refusals with line, column, value, why and what to do; notes that stop nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from edge.base.i18n import t
from edge.errors import TillboxError

SHOWN = 40
Progress = Callable[[int, int], None]


class ImportRefused(TillboxError):
    """The whole file can't be used: slug selects the words importer.<slug> (why, and what to do), params fill them."""

    def __init__(self, slug: str, **params: object) -> None:
        self.slug, self.params = slug, {name: _plain(value) for name, value in params.items()}
        super().__init__(self.words("en"))

    def words(self, lang: str) -> str:
        """The sentence in a language."""
        return t(lang, f"importer.{self.slug}", **self.params)


class CellRefused(Exception):
    """A cell can't be used: slug selects the words importer.no_<slug>, params fill them."""

    def __init__(self, slug: str, **params: object) -> None:
        super().__init__(slug)
        self.slug, self.params = slug, params


@dataclass(frozen=True)
class Remark:
    """A refusal or a note about one cell; column and value as the file has them ("" when it is about the row)."""

    line: int
    column: str
    value: str
    slug: str
    params: dict[str, object] = field(default_factory=dict)

    def words(self, lang: str) -> str:
        """ "line 3, price “12,9a”: …" """
        shown = self.value if len(self.value) <= SHOWN else self.value[:SHOWN] + "…"
        place = t(lang, "importer.at", line=self.line, column=self.column) if self.column else (
            t(lang, "importer.at_line", line=self.line))  # fmt: skip
        said = f" “{shown}”" if shown else ""
        return f"{place}{said}: {self.why(lang)}"

    def why(self, lang: str) -> str:
        """The reason and what to do, without the place."""
        return t(lang, f"importer.no_{self.slug}", **self.params)


@dataclass
class Report:
    """rows: data rows of the file; good: what may be written, one item a row."""

    rows: int = 0
    good: list[Any] = field(default_factory=list)
    refusals: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        return len({remark.line for remark in self.refusals})


def _plain(value: object) -> object:
    return value if isinstance(value, int | str) else str(value)
