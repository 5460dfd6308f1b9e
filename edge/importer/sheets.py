"""The first visible sheet of a workbook (XLSX), row by row, as text: what a cell shows, not how a computer keeps it.

A workbook is a ZIP of XML, so a small file can unfold to a large one. How much it will unfold to stands in its table of
contents, and zipfile gives no byte more than that: what is too much is refused before anything is unfolded.
"""

from __future__ import annotations

import zipfile
from collections.abc import Generator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from edge.importer.report import ImportRefused

PARTS = 1_000
UNFOLDED, TEXTS = 1_500_000_000, 150_000_000  # bytes: all of it, and the table of texts, which is kept in memory
ROWS = 1_048_576  # as many as a sheet can have
CELLS = 256
_TEXTS = "xl/sharedStrings.xml"


def rows(path: Path) -> Generator[tuple[int, list[str]], None, None]:
    """(row number, cells) of each row that has any. ImportRefused when it is no workbook, or too much of one."""
    _guard(path)
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with path.open("rb") as file:  # openpyxl leaves its own open when it can't go on
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
            if sheet is None:
                raise ImportRefused("file_no_sheet", path=path)
            sheet.reset_dimensions()  # a size that the file only claims
            for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
                if number > ROWS:
                    raise ImportRefused("file_unfolds", path=path)
                if any(value is not None for value in values):
                    yield number, [shown(value) for value in values[:CELLS]]
            book.close()
    except (zipfile.BadZipFile, ParseError, InvalidFileException, KeyError, ValueError, TypeError, IndexError,
            AttributeError, EOFError, OSError, NotImplementedError, RuntimeError) as error:  # fmt: skip
        # What openpyxl lets through of a file that is damaged or was never a workbook; there is no one name for it.
        raise ImportRefused("file_bad_workbook", path=path, why=str(error)[:80] or type(error).__name__) from error


def shown(value: Any) -> str:
    """A cell's value as its sheet shows it: no ".0", no exponent below 16 digits, dates as 2026-11-28."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _guard(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise ImportRefused("file_bad_workbook", path=path, why=error) from None
    if any(part.flag_bits & 1 for part in parts):
        raise ImportRefused("file_locked", path=path)
    texts = sum(part.file_size for part in parts if part.filename == _TEXTS)
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNFOLDED or texts > TEXTS:
        raise ImportRefused("file_unfolds", path=path)
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise ImportRefused("file_bad_workbook", path=path, why="xl/workbook.xml")
