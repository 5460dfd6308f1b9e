"""A CSV file as spreadsheets write it: UTF-8 with or without BOM, GB18030; comma, semicolon or tab; any line ends."""

from __future__ import annotations

import csv
import difflib
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.base.i18n import t
from edge.importer.report import ImportRefused, Remark

MAX_BYTES = 64_000_000
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Column:
    """A column's name in the file's head, with other names that mean it; example and about stand in the template."""

    name: str
    also: tuple[str, ...] = ()
    needed: bool = False
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """columns: ours -> as the file calls them; rows: (line number, ours -> cell). encoding for the report."""

    columns: dict[str, str]
    rows: tuple[tuple[int, dict[str, str]], ...]
    encoding: str
    notes: tuple[Remark, ...] = ()


def read(path: Path, columns: Sequence[Column], lang: str) -> Table:
    """The file's cells, stripped. ImportRefused when it is no table with the needed columns."""
    text, encoding = _decode(path, lang)
    delimiter = _delimiter(text)
    if not text.strip():
        raise ImportRefused(t(lang, "importer.file_empty", path=path))
    head, *rest = _lines(text, delimiter, path, lang)
    heads, notes = _heads(head[1], columns, path, lang)
    rows = []
    for line, cells in rest:
        if any(cell.strip() for cell in cells):
            named = {ours: cells[n].strip() if n < len(cells) else "" for n, ours in heads.items()}
            rows.append((line, named))
            if extra := [cell for cell in cells[len(head[1]) :] if cell.strip()]:
                notes.append(Remark(line, "", extra[0], "extra_cells"))
    if not rows:
        raise ImportRefused(t(lang, "importer.file_no_rows", path=path))
    return Table({ours: head[1][n].strip() for n, ours in heads.items()}, tuple(rows), encoding, tuple(notes))


def template(columns: Sequence[Column]) -> str:
    """An example file with every column, as a spreadsheet opens it (with BOM)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    for n in range(max(len(column.examples) for column in columns)):
        writer.writerow([column.examples[n] if n < len(column.examples) else "" for column in columns])
    return "\ufeff" + out.getvalue()


def _decode(path: Path, lang: str) -> tuple[str, str]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ImportRefused(t(lang, "importer.file_large", path=path, mb=MAX_BYTES // 1_000_000))
        data = path.read_bytes()
    except OSError as error:
        raise ImportRefused(t(lang, "importer.file_unreadable", path=path, why=error.strerror)) from None
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise ImportRefused(t(lang, "importer.file_workbook", path=path))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, "UTF-8" if encoding == "utf-8-sig" else "GB18030"
    raise ImportRefused(t(lang, "importer.file_no_text", path=path))


def _delimiter(text: str) -> str:
    """The one that the head has most often."""
    head = text.split("\n", 1)[0]
    return max(DELIMITERS, key=head.count)


def _lines(text: str, delimiter: str, path: Path, lang: str) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells); the number is that of the row's first line, as an editor counts."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    first = 1
    try:
        for cells in reader:
            yield first, cells
            first = reader.line_num + 1
    except csv.Error as error:
        raise ImportRefused(t(lang, "importer.file_quotes", path=path, line=first, why=error)) from None


def _plain(name: str) -> str:
    """A head's name without case, width, spaces, remarks in parentheses and a mark of being needed."""
    folded = unicodedata.normalize("NFKC", name).strip().lower().rstrip("*").partition("(")[0].strip()
    return folded.replace(" ", "_")


def _heads(cells: list[str], columns: Sequence[Column], path: Path, lang: str) -> tuple[dict[int, str], list[Remark]]:
    known = {_plain(name): column.name for column in columns for name in (column.name, *column.also)}
    found: dict[int, str] = {}
    notes = []
    for n, cell in enumerate(cells):
        ours = known.get(_plain(cell))
        if ours is None:
            near = difflib.get_close_matches(_plain(cell), known, n=1)
            if cell.strip():
                slug, params = ("column_near", {"near": near[0]}) if near else ("column_unknown", {})
                notes.append(Remark(1, cell.strip(), "", slug, dict(params)))
        elif ours in found.values():
            raise ImportRefused(t(lang, "importer.column_twice", path=path, column=cell.strip()))
        else:
            found[n] = ours
    missing = [column.name for column in columns if column.needed and column.name not in found.values()]
    if missing:
        raise ImportRefused(t(lang, "importer.column_missing", path=path, columns=", ".join(missing)))
    return found, notes
