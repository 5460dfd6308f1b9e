"""Giving a member what the shop knows of her: as JSON or CSV for her own use, or on paper. Each passes the export gate.

At a kiosk nobody of the staff is there: it is written down with its channel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import orjson

from edge import audit, members, reports
from edge.base.document import Cut, Document, Feed, Item, Row, Rule, Text
from edge.base.i18n import t
from edge.base.sqlite import row
from edge.box import Box
from edge.errors import ShopError
from edge.export_gate import allow_export
from edge.exports import Export
from edge.paper import copy_mark, shop, when
from edge.people import Person
from edge.privacy.told import Line, Section, about
from edge.privacy.wipe import known
from edge.shifts import local
from edge.tables import FORMS as TABLES
from edge.tables import Cell, csv_blocks

FORMS = {"json": "application/json", "csv": TABLES["csv"]}
REF = "member:"
ON_PAPER = 40  # newest lines of a section; a roll is no archive, and the files hold all


def take(box: Box, member: int, form: str, lang: str, who: Person, lane: str | None = None) -> Export:
    """All that is known of a member (row id) as a file, written down before it is made.

    ShopError: export_unknown, member_gone, denied, export_cap (see export_gate).
    """
    if form not in FORMS:
        raise ShopError("export_unknown", status=404)
    sections = about(box, member, lang)
    allow_export(box, who, "member", 1, personal=True, lane=lane)
    day = local(box.env.clock.now_us(), box.config.store.zone).date().isoformat()
    name = f"{box.config.store.store}-member-{day}.{form}"
    blocks = csv_blocks(_table(sections, lang)) if form == "csv" else iter([_json(box, sections, lang)])
    return Export(name, FORMS[form], 1, blocks)


def on_paper(
    box: Box, member: int, uid: str, lang: str, who: Person | None, *, lane: str, printer: str | None, channel: str
) -> None:
    """Queue the paper of all that is known of a member. uid: of the job, so that the same tap prints once.

    ShopError: no_printer, member_gone, denied, export_cap.
    """
    if printer is None:
        raise ShopError("no_printer")
    found = members.by_id(box.db, member)
    if found is None:
        raise ShopError("member_gone", status=404)
    if row(box.db, "SELECT 1 FROM print_job WHERE uid = ?", (uid,)):
        return
    if who is not None:
        allow_export(box, who, "member", 1, personal=True, lane=lane, action="member.give")
    with box.transaction():
        if who is None:
            audit.note(box, "exported", None, lane=lane, what="member", rows=1, personal=1, channel=channel)
        reports.queue(box, lane, printer, f"{REF}{found.uid}", uid, lang=lang)
    box.announce("print", lane=lane)


def compose(box: Box, ref: str, lang: str, copy_no: int = 0, copied_us: int | None = None) -> Document:
    """The paper that a print job's ref names: "member:<uid>". ShopError("member_gone") once she was erased."""
    there = known(box.db, ref.removeprefix(REF))
    if there is None:
        raise ShopError("member_gone", status=404)
    items: list[Item] = [
        *copy_mark(box, lang, copy_no, copied_us),
        shop(box, lang),
        Text(t(lang, "privacy.paper"), "center", bold=True),
        Text(t(lang, "privacy.as_of", at=when(box, box.env.clock.now_us())), "center"),
    ]
    for section in about(box, there[0], lang):
        items += [Rule(), Text(t(lang, f"privacy.s_{section.id}"), bold=True), *_on_paper(section, lang)]
    return Document(lang=lang, items=(*items, Rule(), Text(t(lang, "privacy.rights")), Feed(), Cut()), title=ref)


def _on_paper(section: Section, lang: str) -> Iterator[Item]:
    hidden = len(section.lines) - ON_PAPER
    for line in section.lines[-ON_PAPER:]:
        told = [_shown(cell) for cell in line if cell not in (None, "")]
        if len(told) == 2 and len(told[1]) <= 20:
            yield Row(told[0], told[1])
        else:
            yield Text(" · ".join(told))
    if hidden > 0:
        yield Text(t(lang, "privacy.earlier", n=hidden))


def _table(sections: Iterable[Section], lang: str) -> Iterator[Line | list[Cell]]:
    """All sections below each other, each with its name and heads."""
    for section in sections:
        yield (t(lang, f"privacy.s_{section.id}"),)
        yield tuple(t(lang, f"privacy.c_{name}") for name in section.columns)
        yield from section.lines
        yield ()


def _json(box: Box, sections: Iterable[Section], lang: str) -> bytes:
    """Keys are the sections' and columns' own names, so that a program can read it; texts are in the language."""
    told: dict[str, Any] = {
        "store": box.config.store.store, "made_at": when(box, box.env.clock.now_us()), "language": lang,
        "currency": box.currency.code,
    }  # fmt: skip
    for section in sections:
        told[section.id] = [dict(zip(section.columns, line, strict=True)) for line in section.lines]
    return orjson.dumps(told, option=orjson.OPT_INDENT_2, default=str)


def _shown(cell: Cell) -> str:
    return str(cell) if isinstance(cell, Decimal | int) else cell or ""
