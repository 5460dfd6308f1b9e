"""A table as spreadsheets save it, read row by row, so that memory does not grow with the file.

CSV (UTF-8 with or without BOM, UTF-16, GB18030; comma, semicolon or tab; any line ends) or a workbook (XLSX).
"""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from edge.importer import sheets
from edge.importer.report import ImportRefused, Remark
from edge.tables import plain

MAX_BYTES = 512_000_000
DELIMITERS = ",;\t"
BLOCK = 1 << 20
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True)
class Column:
    """A column's name in the file's head, with other names that mean it; example and about stand in the template."""

    name: str
    also: tuple[str, ...] = ()
    needed: bool = False
    examples: tuple[str, ...] = ()


class Row(NamedTuple):
    """line: as an editor (or the sheet) counts; cells: ours -> text, stripped; extra: a cell beyond the head, or ""."""

    line: int
    cells: dict[str, str]
    extra: str = ""


@dataclass(frozen=True)
class Table:
    """columns: ours -> as the file calls them; notes: about the head; encoding for the report.

    place() tells how far reading came: (bytes, of bytes), or (row, 0) in a workbook.
    """

    columns: dict[str, str]
    rows: Iterator[Row]
    encoding: str
    notes: tuple[Remark, ...]
    place: Callable[[], tuple[int, int]]


@contextmanager
def opened(path: Path, columns: Sequence[Column]) -> Iterator[Table]:
    """The table of a file, for one walk. ImportRefused, then or on the way, when it is none with the needed columns."""
    kind = _kind(path)
    if kind == "XLSX":
        at = [0]
        with closing(sheets.rows(path)) as lines:
            yield _table(path, _counted(lines, at), columns, kind, lambda: (at[0], 0))
        return
    with path.open("rb") as file:
        size = path.stat().st_size
        text = io.TextIOWrapper(file, kind, newline="")
        delimiter = _delimiter(path, kind)
        yield _table(path, _lines(text, delimiter, path), columns, kind, lambda: (min(file.tell(), size), size))


def read(path: Path, columns: Sequence[Column]) -> tuple[Table, list[Row]]:
    """A small table whole, for lists that nobody has by the thousand."""
    with opened(path, columns) as table:
        return table, list(table.rows)


def template(columns: Sequence[Column]) -> str:
    """An example file with every column, as a spreadsheet opens it (with BOM)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    for n in range(max(len(column.examples) for column in columns)):
        writer.writerow([column.examples[n] if n < len(column.examples) else "" for column in columns])
    return "\ufeff" + out.getvalue()


def encoding_words(encoding: str) -> str:
    """An encoding as people call it."""
    return {"utf-8-sig": "UTF-8", "gb18030": "GB18030"}.get(encoding, encoding.upper()[:6])


def _table(
    path: Path, lines: Iterator[tuple[int, list[str]]], columns: Sequence[Column], kind: str,
    place: Callable[[], tuple[int, int]],
) -> Table:  # fmt: skip
    head = next(lines, None)
    if head is None or not any(cell.strip() for cell in head[1]):
        raise ImportRefused("file_empty", path=path)
    names, notes = _heads(head, columns, path)
    called = {ours: head[1][n].strip() for n, ours in names.items()}
    return Table(called, _rows(path, lines, names, len(head[1])), kind, tuple(notes), place)


def _rows(path: Path, lines: Iterator[tuple[int, list[str]]], names: dict[int, str], width: int) -> Iterator[Row]:
    found = False
    for line, cells in lines:
        if any(cell.strip() for cell in cells):
            found = True
            named = {ours: cells[n].strip() if n < len(cells) else "" for n, ours in names.items()}
            yield Row(line, named, next((cell for cell in cells[width:] if cell.strip()), ""))
    if not found:
        raise ImportRefused("file_no_rows", path=path)


def _counted(lines: Iterator[tuple[int, list[str]]], at: list[int]) -> Iterator[tuple[int, list[str]]]:
    for line, cells in lines:
        at[0] = line
        yield line, cells


def _kind(path: Path) -> str:
    """ "XLSX", or the encoding of a text."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ImportRefused("file_large", path=path, mb=MAX_BYTES // 1_000_000)
        with path.open("rb") as file:
            start = file.read(4)
            if start == b"PK\x03\x04":
                return "XLSX"
            if start == b"\xd0\xcf\x11\xe0":
                raise ImportRefused("file_workbook", path=path)
            for encoding in (_UTF16.get(start[:2], "utf-8-sig"), "gb18030"):
                if _decodes(file, encoding):
                    return "utf-16" if encoding.startswith("utf-16") else encoding
    except OSError as error:
        raise ImportRefused("file_unreadable", path=path, why=error.strerror) from None
    raise ImportRefused("file_no_text", path=path)


def _decodes(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(BLOCK):
            if "\0" in decoder.decode(block):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(path: Path, encoding: str) -> str:
    """The one that the head has most often."""
    with path.open(encoding=encoding) as file:
        head = file.readline(BLOCK)
    return max(DELIMITERS, key=head.count)


def _lines(text: io.TextIOWrapper, delimiter: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells); the number is that of the row's first line, as an editor counts."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    first = 1
    try:
        for cells in reader:
            yield first, [plain(cell) for cell in cells]
            first = reader.line_num + 1
    except csv.Error as error:
        raise ImportRefused("file_quotes", path=path, line=first, why=error) from None


def _plain(name: str) -> str:
    """A head's name without case, width, spaces, remarks in parentheses and a mark of being needed."""
    folded = unicodedata.normalize("NFKC", name).strip().lower().rstrip("*").partition("(")[0].strip()
    return folded.replace(" ", "_")


def _heads(
    head: tuple[int, list[str]], columns: Sequence[Column], path: Path
) -> tuple[dict[int, str], list[Remark]]:  # fmt: skip
    known = {_plain(name): column.name for column in columns for name in (column.name, *column.also)}
    found: dict[int, str] = {}
    notes = []
    for n, cell in enumerate(head[1]):
        ours = known.get(_plain(cell))
        if ours is None:
            near = difflib.get_close_matches(_plain(cell), known, n=1)
            if cell.strip():
                slug, params = ("column_near", {"near": near[0]}) if near else ("column_unknown", {})
                notes.append(Remark(head[0], cell.strip(), "", slug, dict(params)))
        elif ours in found.values():
            raise ImportRefused("column_twice", path=path, column=cell.strip())
        else:
            found[n] = ours
    missing = [column.name for column in columns if column.needed and column.name not in found.values()]
    if missing:
        raise ImportRefused("column_missing", path=path, columns=", ".join(missing))
    return found, notes
