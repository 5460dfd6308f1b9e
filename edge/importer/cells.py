"""One cell to one value: as strict as a till must be, as kind as a spreadsheet needs. Refusals say what to write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from edge.base.money import Currency
from edge.codes import (
    GTIN_LENGTHS,
    MEMBER_PREFIX,
    RECEIPT_PREFIX,
    STAFF_PREFIX,
    check_digit,
    check_ok,
    identify,
    upc_e_to_a,
)
from edge.importer.report import CellRefused

MAX_PRICE = 100_000_000
YES, NO = ("1", "yes", "y", "true", "是", "x", "√"), ("", "0", "no", "n", "false", "否")
_SIGNS = {"CNY": ("¥", "rmb", "cny", "元"), "EUR": ("€", "eur"), "USD": ("$", "usd"), "GBP": ("£", "gbp"),
          "JPY": ("¥", "jpy", "円")}  # fmt: skip
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+),\d+")


def plain(text: str) -> str:
    """Full-width forms made narrow, an apostrophe that keeps a spreadsheet from counting removed."""
    return unicodedata.normalize("NFKC", text).strip().removeprefix("'").strip()


def name(text: str, limit: int = 60) -> str:
    """A name for screens and receipts."""
    text = " ".join(text.split())
    if len(text) > limit:
        raise CellRefused("long", limit=limit)
    if not text.isprintable():
        raise CellRefused("control")
    return text


def money(text: str, currency: Currency) -> int:
    """ "12.9", "¥12.90", "12.90元", "1,234.50", "12,90" -> minor units, above 0."""
    cell = plain(text).lower()
    for sign in _SIGNS.get(currency.code, ()):
        cell = cell.removeprefix(sign).removesuffix(sign).strip()
    if any(sign in cell for signs in _SIGNS.values() for sign in signs):
        raise CellRefused("currency", currency=currency.code)
    if cell.startswith("-"):
        raise CellRefused("negative")
    if _THOUSANDS.fullmatch(cell):
        cell = cell.replace(",", "")
    elif _DECIMAL_COMMA.fullmatch(cell):
        cell = cell.replace(".", "").replace(",", ".")
    match = re.fullmatch(r"(\d{1,12})(?:\.(\d*))?", cell)
    if match is None:
        raise CellRefused("price", example=_example(currency))
    whole, cents = match[1], (match[2] or "").rstrip("0")
    if len(cents) > currency.exponent:
        raise CellRefused("decimals", exponent=currency.exponent, example=_example(currency))
    amount = int(whole + cents.ljust(currency.exponent, "0"))
    if amount == 0:
        raise CellRefused("zero")
    if amount > MAX_PRICE:
        raise CellRefused("too_much", limit=MAX_PRICE // 10**currency.exponent)
    return amount


def _example(currency: Currency) -> str:
    return "12.90" if currency.exponent else "1290"


def quantity(text: str, unit: str) -> int:
    """Pieces or kilograms as thousandths; pieces are whole."""
    match = re.fullmatch(r"(-?)(\d{1,9})(?:\.(\d{1,3}))?", plain(text).replace(",", ""))
    if match is None:
        raise CellRefused("quantity")
    amount = int(match[2]) * 1000 + int((match[3] or "0").ljust(3, "0"))
    if match[1] and amount:
        raise CellRefused("quantity_negative")
    if unit == "pc" and amount % 1000:
        raise CellRefused("pieces")
    return amount


def gtin(text: str, labels: Sequence[str]) -> str:
    """The digits of an EAN-8, UPC-A, EAN-13 or ITF-14 with a right check digit."""
    code = plain(text).replace(" ", "").replace("-", "")
    if re.fullmatch(r"\d(\.\d+)?e\+?\d+", code.lower()):
        raise CellRefused("gtin_exponent")
    if not (code.isascii() and code.isdigit()):
        raise CellRefused("gtin_digits")
    if len(code) not in GTIN_LENGTHS:
        short = code.zfill(12 if len(code) < 12 else 13)
        if len(code) in (10, 11) and check_ok(short):
            raise CellRefused("gtin_zeros", better=short)
        raise CellRefused("gtin_length", n=len(code))
    if not check_ok(code) and not upc_e_to_a(code):
        raise CellRefused("gtin_check", found=code[-1], better=check_digit(code[:-1]))
    if (kind := identify(code, labels).kind) in ("label", "bad_check"):
        raise CellRefused("gtin_label", kind=kind, start=code[:2])
    return code


def sku(text: str) -> str:
    """The shop's own number of a product."""
    code = plain(text)
    if not code or len(code) > 32 or not code.isprintable() or " " in code:
        raise CellRefused("sku")
    if code.upper().startswith((MEMBER_PREFIX, STAFF_PREFIX, RECEIPT_PREFIX)) or identify(code, ()).kind == "payment":
        raise CellRefused("sku_reserved")
    return code


def plu(text: str) -> str:
    """Five digits of a scale's label."""
    code = plain(text)
    if not re.fullmatch(r"[0-9]{1,5}", code):
        raise CellRefused("plu")
    return code.zfill(5)


def choice(text: str, words: Mapping[str, Iterable[str]], slug: str) -> str:
    """The key one of whose words the cell says."""
    cell = plain(text).lower()
    for key, said in words.items():
        if cell == key or cell in said:
            return key
    raise CellRefused(slug, choices=", ".join(words))


def several(text: str, words: Mapping[str, Iterable[str]], slug: str) -> tuple[str, ...]:
    """Keys separated by spaces, commas, semicolons or bars, each once, in the order of `words`."""
    found = {choice(part, words, slug) for part in re.split(r"[\s,;|/、，；]+", text) if part}
    return tuple(key for key in words if key in found)


def yes_no(text: str) -> bool:
    """Whether a cell is ticked."""
    cell = plain(text).lower()
    if cell in YES:
        return True
    if cell in NO:
        return False
    raise CellRefused("yes_no")


def looks_like_bank_card(text: str) -> bool:
    """13 to 19 digits with the check of bank cards: never stored, never shown."""
    digits = re.sub(r"[\s-]", "", text)
    if not (digits.isascii() and digits.isdigit() and 13 <= len(digits) <= 19):
        return False
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
