"""Tables for spreadsheets: no text becomes a formula, and every text comes back as it was."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from edge import tables

HOSTILE = "=+-@\t\r\n＝＋－＠;,'\" \u3000|cmdA1(9)!"
texts = st.one_of(st.text(st.sampled_from(HOSTILE), max_size=12), st.text(max_size=20))


def cells_of(data: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def runs(cell: str) -> bool:
    """Whether a spreadsheet may take the cell for a formula (a plain number is none)."""
    start = cell.lstrip(" \u00a0\u3000\ufeff\u200b\"")
    number = cell.isascii() and cell.removeprefix("-").replace(".", "", 1).isdigit()
    return start[:1] in tuple("=+-@\t\r\n＝＋－＠") and not number


@pytest.mark.fault("F117")
@given(texts)
def test_no_text_is_a_formula_and_each_comes_back(text: str) -> None:
    made = tables.safe(text)
    assert not runs(made) and tables.plain(made) == text


@pytest.mark.fault("F117")
@given(st.lists(st.lists(texts, min_size=1, max_size=4), min_size=1, max_size=4))
def test_no_cell_of_a_file_is_a_formula_whatever_parts_the_cells(table: list[list[str]]) -> None:
    data = b"".join(tables.csv_blocks(table))
    assert data.startswith(b"\xef\xbb\xbf")
    assert not any(runs(cell) for line in cells_of(data) for cell in line)
    for part in (";", "\t"):
        for line in data.decode("utf-8-sig").split("\r\n"):
            assert not any(runs(cell) for cell in line.split(part)[1:]), line


@pytest.mark.parametrize(
    ("text", "made"),
    [("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"), ("-5", "-5"), ("-0.50", "-0.50"), ("-5-6", "'-5-6"),
     ("@SUM(A1)", "'@SUM(A1)"), ("a;=1+1", "a;'=1+1"), ("'=1", "''=1"), ("＝1", "'＝1"), ("牛奶", "牛奶"), ("", ""),
     ("O'Brien", "O'Brien"), ("'quoted'", "'quoted'")],
)  # fmt: skip
def test_what_is_made_of_a_text(text: str, made: str) -> None:
    assert tables.safe(text) == made


@pytest.mark.fault("F117")
def test_a_workbook_holds_texts_and_numbers_never_formulas(tmp_path: Path) -> None:
    table: list[list[tables.Cell]] = [["name", "price"], ["=1+1", Decimal("12.50")], ["+cmd|' /C calc'!A0", 7],
                                      ["a\x00b\x1b[31m", None], [" 牛 ", -3]]  # fmt: skip
    data = b"".join(tables.xlsx_blocks(table, "商品", tmp_path))
    assert not list(tmp_path.iterdir()), "nothing stays behind"
    sheet = load_workbook(io.BytesIO(data))["商品"]
    found = [[(cell.data_type, cell.value) for cell in line] for line in sheet.iter_rows(min_row=2)]
    assert found == [
        [("s", "=1+1"), ("n", 12.5)], [("s", "+cmd|' /C calc'!A0"), ("n", 7)], [("s", "a b [31m"), ("n", None)],
        [("s", " 牛 "), ("n", -3)],
    ]  # fmt: skip
    assert data.count(b"<f>") == 0


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SHEET_ROWS", 3)
    data = b"".join(tables.xlsx_blocks([["n"], *([n] for n in range(7))], "t", tmp_path))
    book = load_workbook(io.BytesIO(data))
    assert {s.title: [c.value for (c,) in s.iter_rows()] for s in book} == {
        "t": ["n", 0, 1, 2], "t 2": ["n", 3, 4, 5], "t 3": ["n", 6],
    }  # fmt: skip


def test_a_long_table_is_never_whole_in_memory() -> None:
    read = 0

    def lines() -> object:
        nonlocal read
        for n in range(50_000):
            read = n
            yield [str(n), "x" * 20]

    blocks = tables.csv_blocks(lines())  # type: ignore[arg-type]
    assert len(next(blocks)) < 2 * tables.BLOCK and read < 5_000
    assert sum(len(block) for block in blocks) > 1_000_000
