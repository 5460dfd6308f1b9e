"""Tables that leave for a spreadsheet, as CSV or XLSX, row by row. Nothing in them may be taken for a formula.

A cell is a text, a whole number, a Decimal, or None for an empty one. CSV is UTF-8 with BOM, as spreadsheets want it.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

Cell = str | int | Decimal | None
FORMS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
BLOCK = 1 << 16
SHEET_ROWS = 1_000_000  # a sheet can't have more than 1,048,576
CELL_CHARS = 32_767
# What Excel, WPS and LibreOffice begin a formula with, full-width forms too; what some of them skip before it; and
# after what a cell may begin where the semicolon or the tab parts cells.
_BEGINS, _SKIPPED, _PARTS = "=+\\-@\t\r\n＝＋－＠", " \u00a0\u3000\ufeff\u200b'\"", ";\t\r\n"
_FORMULA = re.compile(f"(^|[{_PARTS}])(?=[{_SKIPPED}]*[{_BEGINS}])")
_MADE_SAFE = re.compile(f"(^|[{_PARTS}])'(?=[{_SKIPPED}]*[{_BEGINS}])")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def safe(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet might run; a plain number stays one."""
    return text if _number(text) else _FORMULA.sub(r"\1'", text)


def plain(text: str) -> str:
    """What safe() was given."""
    return _MADE_SAFE.sub(r"\1", text)


def _number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()


def csv_blocks(table: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The bytes of a CSV file, in blocks."""
    out = io.StringIO("\ufeff")
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out, lineterminator="\r\n")
    for line in table:
        writer.writerow([_csv(cell) for cell in line])
        if out.tell() > BLOCK:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def xlsx_blocks(table: Iterable[Sequence[Cell]], title: str, folder: Path) -> Iterator[bytes]:
    """The bytes of a workbook, in blocks, once it is whole; it grows in files of `folder`, not in memory.

    A table longer than a sheet goes on in the next, under the same head.
    """
    with tempfile.TemporaryDirectory(prefix="export-", dir=folder) as place:
        path = Path(place, "table.xlsx")
        _write_book(table, title, path)
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block


def _write_book(table: Iterable[Sequence[Cell]], title: str, path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book, head, sheet = Workbook(write_only=True), list[Cell](), None
    for n, line in enumerate(table):
        if n == 0:
            head = list(line)
        if sheet is None or (n - 1) % SHEET_ROWS == 0 and n > 1:
            number = 1 + (n - 1) // SHEET_ROWS if n else 1
            sheet = book.create_sheet(title[:25] + (f" {number}" if number > 1 else ""))
            sheet.append(head)
            if n == 0:
                continue
        cells = []
        for value in line:
            cell = WriteOnlyCell(sheet, value=None)
            cell._value = _CONTROL.sub(" ", value)[:CELL_CHARS] if isinstance(value, str) else value
            cell.data_type = "s" if isinstance(value, str) else "n"  # never "f": a text is no formula
            cells.append(cell if value is not None else None)
        sheet.append(cells)
    book.save(path)


def _csv(cell: Cell) -> str:
    return safe(_CONTROL.sub(" ", cell)) if isinstance(cell, str) else "" if cell is None else str(cell)
