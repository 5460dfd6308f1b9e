"""Members from a CSV file, each enrolled as at the till. Consent is what the member said: an empty cell is a no."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge import members
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.codes import identify, member_code
from edge.importer import cells
from edge.importer.reader import Column, Table, read
from edge.importer.report import CellRefused, Progress, Remark, Report

CHUNK = 100
COLUMNS = (
    Column("name", ("姓名", "会员姓名"), True, ("林晓雯", "王建国")),
    Column("phone", ("mobile", "手机", "手机号", "电话"), False, ("13800005021", "")),
    Column("card", ("卡号", "会员卡", "会员号"), False, ("4200001", "")),
    Column("birthday", ("生日",), False, ("11-28", "")),
    Column("consents", ("同意", "授权"), True, ("points offers birthday", "points")),
)
PURPOSES = {
    "points": ("积分",), "offers": ("优惠", "推荐"), "birthday": ("生日",), "messages": ("短信", "消息"),
    "behaviour": ("行为", "浏览"),
}  # fmt: skip
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class NewMember:
    """What will be enrolled; card "" until a number is allotted."""

    name: str
    phone: str
    card: str
    birthday: str | None
    consents: tuple[str, ...]


def check(box: Box, path: Path, lang: str) -> tuple[Report, Table]:
    """Read and check the file; report.good holds NewMember."""
    table = read(path, COLUMNS, lang)
    report = Report(len(table.rows), notes=list(table.notes))
    phones: dict[str, int] = {}
    cards: dict[str, int] = {}
    for line, cells_ in table.rows:
        found = _row(box, line, cells_, table, report, phones, cards)
        if found is not None:
            report.good.append(found)
    return report, table


def write(box: Box, report: Report, progress: Progress) -> int:
    """Enrol the good rows in chunks; those without a card get the next free numbers. Returns how many."""
    given = {member.card for member in report.good}
    numbers = _free_numbers(box, given)
    mode = box.config.lanes[0].mode
    for start in range(0, len(report.good), CHUNK):
        chunk = report.good[start : start + CHUNK]
        with box.transaction():
            for new in chunk:
                members.enrol(
                    box, name=new.name, card=new.card or next(numbers), phone=new.phone, birthday=new.birthday,
                    consents=new.consents, channel="import", mode=mode,
                )  # fmt: skip
        progress(start + len(chunk), len(report.good))
    return len(report.good)


def _free_numbers(box: Box, given: set[str]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        code = member_code(number)
        if code not in given and row(box.db, "SELECT 1 FROM member_card WHERE code = ?", (code,)) is None:
            yield code


def _row(
    box: Box, line: int, given: dict[str, str], table: Table, report: Report, phones: dict[str, int],
    cards: dict[str, int],
) -> NewMember | None:  # fmt: skip
    good, values = True, dict[str, Any]()
    for column, parse in (
        ("name", _name),
        ("phone", lambda text: _phone(box, text, phones, line)),
        ("card", lambda text: _card(box, text, cards, line)),
        ("birthday", _birthday),
        ("consents", lambda text: cells.several(text, PURPOSES, "consents")),
    ):
        text = given.get(column, "")
        try:
            values[column] = parse(text)
        except CellRefused as why:
            good = False
            shown = f"{text[:2]}…" if column != "birthday" and cells.looks_like_bank_card(text) else text
            report.refusals.append(Remark(line, table.columns.get(column, column), shown, why.slug, dict(why.params)))
    if not good:
        return None
    if not values["consents"]:
        report.notes.append(Remark(line, table.columns["consents"], "", "note_no_consent"))
    return NewMember(**values)


def _name(text: str) -> str:
    found = cells.name(text, 40)
    if not found:
        raise CellRefused("needed")
    return found


def _phone(box: Box, text: str, seen: dict[str, int], line: int) -> str:
    digits = re.sub(r"[\s()+.-]", "", cells.plain(text))
    if not digits:
        return ""
    if re.fullmatch(r"\d(\.\d+)?e\+?\d+", cells.plain(text).lower()):
        raise CellRefused("phone_exponent")
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
        raise CellRefused("phone")
    if digits in seen:
        raise CellRefused("phone_twice", line=seen[digits])
    hashed = members.phone_hash(box, digits)
    if rows(box.db, "SELECT 1 FROM member WHERE phone_hash = ?", (hashed,)):
        raise CellRefused("phone_known")
    seen[digits] = line
    return digits


def _card(box: Box, text: str, seen: dict[str, int], line: int) -> str:
    cell = cells.plain(text).upper()
    if not cell:
        return ""
    if cells.looks_like_bank_card(cell):
        raise CellRefused("card_bank")
    code = member_code(int(cell)) if re.fullmatch(r"[0-9]{1,10}", cell) else cell
    if identify(code, ()).kind != "member":
        raise CellRefused("card")
    if code in seen:
        raise CellRefused("card_twice", line=seen[code])
    if rows(box.db, "SELECT 1 FROM member_card WHERE code = ?", (code,)):
        raise CellRefused("card_known")
    seen[code] = line
    return code


def _birthday(text: str) -> str | None:
    """ "11-28", "1988-11-28", "11月28日" -> "11-28": the year is not kept."""
    cell = cells.plain(text)
    if not cell:
        return None
    match = re.fullmatch(r"(?:\d{4}[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?", cell)
    if match is None:
        raise CellRefused("birthday")
    month, day = int(match[1]), int(match[2])
    if not (1 <= month <= 12 and 1 <= day <= _LENGTHS[month - 1]):
        raise CellRefused("birthday")
    return f"{month:02d}-{day:02d}"
