"""Members from a table, each enrolled as at the till. Consent is what the member said: an empty cell is a no."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from edge import members
from edge.base.sqlite import row as one
from edge.box import Box
from edge.codes import identify, member_code
from edge.importer import cells
from edge.importer.reader import Column, Row
from edge.importer.report import CellRefused
from edge.importer.stage import NOTE, REFUSED, Stage
from edge.importer.task import Keep, Marked, Phase, Plan

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
_PHONE = "SELECT 1 FROM member WHERE phone_hash = ?"
_CARD = "SELECT 1 FROM member_card WHERE code = ?"


class Members:
    """The task of the kind members (see task.Task). What was enrolled stays, whatever comes after."""

    irrevocable = ""
    columns: tuple[Column, ...] = COLUMNS

    def __init__(self, box: Box, stage: Stage, plan: Plan) -> None:
        self.box, self.stage, self.mode = box, stage, plan.mode
        self.phases: tuple[tuple[str, Phase], ...] = (("enrol", self._enrol),)
        self.named: dict[str, str] = {}

    def begin(self, named: dict[str, str]) -> None:
        self.named = named

    def check(self, row: Row) -> None:
        mark, values = Marked(row, self.named), dict[str, Any]()
        parsers: tuple[tuple[str, Callable[[str], Any]], ...] = (
            ("name", _name), ("phone", lambda text: self._phone(text, row.line)),
            ("card", lambda text: self._card(text, row.line)), ("birthday", _birthday),
            ("consents", lambda text: cells.several(text, PURPOSES, "consents")),
        )  # fmt: skip
        for column, parse in parsers:
            text = row.cells.get(column, "")
            try:
                values[column] = parse(text)
            except CellRefused as why:
                card = column != "birthday" and cells.looks_like_bank_card(text)
                mark.refuse(column, f"{text[:2]}…" if card else text, why)
        if mark.good:
            if not values["consents"]:
                mark.note("consents", "note_no_consent")
            self.stage.add(row.line, values)
        self.stage.remark(REFUSED, mark.refusals)
        self.stage.remark(NOTE, mark.notes)

    def settle(self) -> None:
        pass

    def stands(self) -> bool:
        return True

    def drop(self) -> None:
        pass

    def hold(self) -> None:
        pass

    def close(self) -> None:
        pass

    def result(self) -> dict[str, int]:
        return {}

    def _phone(self, text: str, line: int) -> str:
        digits = _digits(text)
        if digits:
            hashed = members.phone_hash(self.box, digits)
            if one(self.box.db, _PHONE, (hashed,)):
                raise CellRefused("phone_known")
            if (first := self.stage.claim(f"phone:{hashed}", line)) is not None:
                raise CellRefused("phone_twice", line=first[0])
        return digits

    def _card(self, text: str, line: int) -> str:
        code = _card_code(text)
        if code:
            if one(self.box.db, _CARD, (code,)):
                raise CellRefused("card_known")
            if (first := self.stage.claim(f"card:{code}", line)) is not None:
                raise CellRefused("card_twice", line=first[0])
        return code

    def _enrol(self, at: list[int] | None, keep: Keep) -> list[int] | None:
        """at: the last line that was enrolled, and the last card number that was tried for those without one."""
        last, number = at or [-1, 0]
        chunk = self.stage.good(last, CHUNK)
        if not chunk:
            return None
        began, done = time.monotonic(), self.stage.get("written", 0) + len(chunk)
        with self.box.transaction() as db:
            for line, values, _, _ in chunk:
                last, card = line, values["card"]
                if not card:
                    number, card = self._free(number)
                members.enrol(
                    self.box, name=values["name"], card=card, phone=values["phone"], birthday=values["birthday"],
                    consents=tuple(values["consents"]), channel="import", mode=self.mode,
                )  # fmt: skip
            keep(db, [last, number], done, self.stage.get("good", 0))
        self.stage.put("written", done)
        self.box.env.sleep(max(0.002, time.monotonic() - began))  # a sale that came meanwhile goes first
        return [last, number]

    def _free(self, number: int) -> tuple[int, str]:
        """The next card number that neither the shop nor the file has."""
        while True:
            number += 1
            code = member_code(number)
            if self.stage.holder(f"card:{code}") is None and one(self.box.db, _CARD, (code,)) is None:
                return number, code


def _name(text: str) -> str:
    found = cells.name(text, 40)
    if not found:
        raise CellRefused("needed")
    return found


def _digits(text: str) -> str:
    """The digits of a phone number, without 86 before a Chinese one; "" for an empty cell."""
    digits = re.sub(r"[\s()+.-]", "", cells.plain(text))
    if not digits:
        return ""
    if re.fullmatch(r"\d(\.\d+)?e\+?\d+", cells.plain(text).lower()):
        raise CellRefused("phone_exponent")
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
        raise CellRefused("phone")
    return digits


def _card_code(text: str) -> str:
    """The code of a member's card from its number or the code itself; "" for an empty cell."""
    cell = cells.plain(text).upper()
    if not cell:
        return ""
    if cells.looks_like_bank_card(cell):
        raise CellRefused("card_bank")
    code = member_code(int(cell)) if re.fullmatch(r"[0-9]{1,10}", cell) else cell
    if identify(code, ()).kind != "member":
        raise CellRefused("card")
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
