"""Workbooks: cells as the sheet shows them, and files that are damaged, locked, or would unfold to gigabytes."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from edge.importer import reader, sheets
from edge.importer.members import COLUMNS as MEMBERS
from edge.importer.products import COLUMNS
from edge.importer.report import ImportRefused
from tests.edge.importer.tables import rewritten, workbook

HEAD = ("编码", "条码", "名称", "售价")


def cells(path: Path) -> list[reader.Row]:
    return reader.read(path, COLUMNS)[1]


def test_a_cell_is_what_the_sheet_shows(tmp_path: Path) -> None:
    table = [HEAD, (20001, 6901234567892, " 纯牛奶 ", 12.5), (20002.0, "0690", None, 0.1 + 0.2), (True, 1e20, "x", "")]
    found = cells(workbook(tmp_path / "f.xlsx", table))
    assert [row.cells for row in found] == [
        {"sku": "20001", "gtin": "6901234567892", "name_zh": "纯牛奶", "price": "12.5"},
        {"sku": "20002", "gtin": "0690", "name_zh": "", "price": "0.3"},
        {"sku": "1", "gtin": "1e+20", "name_zh": "x", "price": ""},
    ]
    assert [row.line for row in found] == [2, 3, 4]


def test_dates_of_a_sheet_are_birthdays(tmp_path: Path) -> None:
    other = datetime(1990, 1, 2)  # noqa: DTZ001 (sheets know no zones)
    table = [("姓名", "生日", "同意"), ("林", date(1988, 11, 28), "points"), ("王", other, "points")]
    found = reader.read(workbook(tmp_path / "f.xlsx", table), MEMBERS)[1]
    assert [row.cells["birthday"] for row in found] == ["1988-11-28", "1990-01-02"]


def test_lines_are_the_rows_of_the_sheet_whatever_is_empty(tmp_path: Path) -> None:
    table = [HEAD, (), (1, None, "奶", 3), (), (), (2, None, "茶", 4)]
    assert [row.line for row in cells(workbook(tmp_path / "f.xlsx", table))] == [3, 6]


def test_the_first_sheet_that_can_be_seen_is_read(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "说明"
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("商品")
    sheet.append(HEAD)
    sheet.append((1, None, "奶", 3))
    book.save(tmp_path / "f.xlsx")
    assert cells(tmp_path / "f.xlsx")[0].cells["name_zh"] == "奶"
    rewritten(tmp_path / "f.xlsx", "xl/workbook.xml", lambda text: text.replace('"visible"', '"veryHidden"'))
    refused(tmp_path / "f.xlsx", "no visible sheet")


def refused(path: Path, hint: str) -> None:
    with pytest.raises(ImportRefused, match=hint) as why:
        cells(path)
    assert why.value.words("zh-CN") != why.value.words("en")


def test_what_is_no_workbook_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))  # .xls, and .xlsx with a password
    refused(path, "old workbook .* or has a password")
    path.write_bytes(b"PK\x03\x04" + b"cut off")
    refused(path, "no sound .xlsx workbook")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    refused(path, "no sound .xlsx workbook")
    workbook(path, [HEAD, (1, None, "奶", 3)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused(path, "no sound .xlsx workbook")
    refused(workbook(path, [()]), "is empty")
    refused(workbook(path, [HEAD]), "no rows")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_damaged_parts_are_refused_never_a_traceback(tmp_path: Path, part: str) -> None:
    path = workbook(tmp_path / "f.xlsx", [HEAD, (1, None, "奶", 3)])
    refused(rewritten(path, part, lambda text: text[: len(text) * 2 // 3]), "no sound .xlsx workbook")


def test_a_bomb_is_refused_by_what_it_says_it_unfolds_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "f.xlsx", [HEAD, (1, None, "奶", 3)])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/picture.bmp", bytes(30_000_000))
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(sheets, "UNFOLDED", 20_000_000)
    refused(path, "too large once unfolded")
    monkeypatch.setattr(sheets, "UNFOLDED", 40_000_000)
    assert len(cells(path)) == 1
    monkeypatch.setattr(sheets, "TEXTS", 10)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", "<sst/>" + " " * 100)
    refused(path, "too large once unfolded")


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    grown = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "ha ha ha ha">{grown}]>'
    path = workbook(tmp_path / "f.xlsx", [HEAD, ("&l9;", None, "奶", 3)])
    rewritten(path, "xl/worksheets/sheet1.xml", lambda text: laughs + text.replace("&amp;l9;", "&l9;"))
    refused(path, "no sound .xlsx workbook")


def test_a_row_far_beyond_the_sheet_does_not_make_millions(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [HEAD, (1, None, "奶", 3)])
    rewritten(path, "xl/worksheets/sheet1.xml", lambda text: text.replace('r="2"', 'r="900000000"', 1))
    refused(path, "too large once unfolded")


def test_a_claimed_size_is_not_believed(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [HEAD, (1, None, "奶", 3)])
    claim = '<dimension ref="A1:XFD1048576"/><sheetData>'
    rewritten(path, "xl/worksheets/sheet1.xml", lambda text: text.replace("<sheetData>", claim, 1))
    assert len(cells(path)) == 1
