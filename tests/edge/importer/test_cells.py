"""What a spreadsheet cell may say, and what is refused with which hint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from edge.base.money import CURRENCIES
from edge.importer import cells
from edge.importer.pinyin import initials
from edge.importer.report import CellRefused

CNY, JPY = CURRENCIES["CNY"], CURRENCIES["JPY"]
LABELS = ("21PPPPPWWWWWC",)


@pytest.mark.parametrize(
    ("text", "minor"),
    [("12.9", 1290), ("12.90", 1290), ("¥12.90", 1290), ("￥12.90", 1290), ("12.90元", 1290), ("12,90", 1290),
     ("1,234.50", 123450), ("1.234,50", 123450), ("1,234", 123400), (" 12 ", 1200), ("１２．９", 1290), ("'12.9", 1290),
     ("CNY 12.9", 1290), ("0.01", 1), ("12.900", 1290), ("12.", 1200)],
)  # fmt: skip
def test_prices_as_people_write_them(text: str, minor: int) -> None:
    assert cells.money(text, CNY) == minor


@pytest.mark.parametrize(
    ("text", "slug"),
    [("", "price"), ("abc", "price"), ("12.905", "decimals"), ("-3", "negative"), ("0", "zero"), ("$3", "currency"),
     ("1.2.3", "price"), ("1e5", "price"), ("99999999", "too_much"), ("12,3456,1", "price"), ("NaN", "price")],
)  # fmt: skip
def test_prices_that_are_none(text: str, slug: str) -> None:
    with pytest.raises(CellRefused) as refused:
        cells.money(text, CNY)
    assert refused.value.slug == slug


def test_a_currency_without_cents() -> None:
    assert cells.money("¥1,290", JPY) == 1290
    with pytest.raises(CellRefused) as refused:
        cells.money("12.9", JPY)
    assert refused.value.slug == "decimals"


@pytest.mark.parametrize(
    "text",
    [
        "6901234567892",
        " 6901234567892 ",
        "6901234-567892",
        "'6901234567892",
        "40170725",
        "012345678905",
        "16901234567899",
    ],
)
def test_barcodes(text: str) -> None:
    assert cells.gtin(text, LABELS).isdigit()


@pytest.mark.parametrize(
    ("text", "slug", "better"),
    [("6901234567893", "gtin_check", 2), ("6.90123E+12", "gtin_exponent", None), ("690123456789X", "gtin_digits", None),
     ("12345678905", "gtin_zeros", "012345678905"), ("69012345", "gtin_check", None), ("690", "gtin_length", None),
     ("2110101012340", "gtin_label", None)],
)  # fmt: skip
def test_barcodes_that_are_none(text: str, slug: str, better: object) -> None:
    with pytest.raises(CellRefused) as refused:
        cells.gtin(text, LABELS)
    assert refused.value.slug == slug
    if better is not None:
        assert refused.value.params["better"] == better


@pytest.mark.parametrize(
    ("text", "unit", "qty"), [("24", "pc", 24_000), ("1.25", "kg", 1_250), ("1,000", "pc", 1_000_000), ("0", "pc", 0)]
)
def test_quantities(text: str, unit: str, qty: int) -> None:
    assert cells.quantity(text, unit) == qty


@pytest.mark.parametrize(
    ("text", "unit", "slug"), [("1.5", "pc", "pieces"), ("-1", "pc", "quantity_negative"), ("many", "kg", "quantity")]
)
def test_quantities_that_are_none(text: str, unit: str, slug: str) -> None:
    with pytest.raises(CellRefused) as refused:
        cells.quantity(text, unit)
    assert refused.value.slug == slug


@pytest.mark.parametrize("text", ["4111111111111111", "5500 0000 0000 0004", "3782-822463-10005"])
def test_bank_cards_are_recognised(text: str) -> None:
    assert cells.looks_like_bank_card(text)


@pytest.mark.parametrize("text", ["4200001", "TBX000420000163", "4111111111111112", "13800005021", ""])
def test_other_numbers_are_no_bank_cards(text: str) -> None:
    assert not cells.looks_like_bank_card(text)


@pytest.mark.parametrize(
    ("name", "letters"),
    [("燕麦奶 1 L", "ymn"), ("重庆火锅底料", "cqhgdl"), ("长城干红", "ccgh"), ("鳕鱼条", "xyt"),
     ("Milk 1 l", ""), ("", "")],
)  # fmt: skip
def test_initials_for_the_search(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8))
def test_initials_are_those_of_the_library_whichever_way_they_are_found(name: str) -> None:
    assert initials(name) == "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")).lower()
