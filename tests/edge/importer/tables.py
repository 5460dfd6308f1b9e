"""Files as spreadsheets write them, for the tests of imports and exports."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from openpyxl import Workbook


def workbook(path: Path, table: Iterable[Iterable[Any]], title: str = "商品") -> Path:
    """An XLSX with one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for line in table:
        sheet.append(list(line))
    book.save(path)
    return path


def rewritten(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The same workbook with one of its parts changed."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return path
