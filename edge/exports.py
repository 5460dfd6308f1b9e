"""What leaves the box as a table: products, prices, members, staff, documents, points, stock moves, audit.

Each is read a few hundred rows at a time, up to what there was when it began, so that neither memory nor a sale minds.
No secret is in any: no PIN, badge, card of stored value or key; of a phone number only what the till shows. Products,
prices and members can be imported again as they are.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from edge import audit
from edge.base.i18n import t
from edge.base.sqlite import give
from edge.box import Box
from edge.errors import ShopError
from edge.export_gate import allow_export
from edge.export_rows import TABLES
from edge.people import Person
from edge.shifts import local
from edge.tables import FORMS, Cell, csv_blocks, xlsx_blocks

KINDS = tuple(TABLES)
LEFT_S = 86_400


@dataclass(frozen=True, slots=True)
class Export:
    """A file on its way: its name, media type, how many rows there are (about), and its bytes in blocks."""

    name: str
    mime: str
    rows: int
    blocks: Iterator[bytes]


def export(box: Box, kind: str, form: str, lang: str, who: Person | None, lane: str | None = None) -> Export:
    """The table of a kind (of KINDS) as csv or xlsx, allowed and written down before its first row is read.

    who: None on the technician's own terminal. ShopError: denied, export_cap (see export_gate), export_unknown.
    """
    if kind not in TABLES or form not in FORMS:
        raise ShopError("export_unknown", status=404)
    table = TABLES[kind]
    count = table.count(box)
    if who is not None:
        allow_export(box, who, kind, count, personal=table.personal, lane=lane)
    else:
        with box.transaction():
            audit.note(box, "exported", None, what=kind, rows=count, personal=int(table.personal))
    day = local(box.env.clock.now_us(), box.config.store.zone).date().isoformat()
    name = f"{box.config.store.store}-{kind}-{day}.{form}"
    lines = _lines(kind, box, lang)
    if form == "csv":
        return Export(name, FORMS[form], count, csv_blocks(lines))
    return Export(name, FORMS[form], count, xlsx_blocks(lines, t(lang, f"export.{kind}"), _place(box)))


def personal(kind: str) -> bool:
    """Whether its rows are about members."""
    return TABLES[kind].personal


def refusals(box: Box, table: Iterable[list[str]], form: str, lang: str) -> Iterator[bytes]:
    """The bytes of importer.jobs.refused_table() as csv or xlsx."""
    if form == "csv":
        return csv_blocks(table)
    return xlsx_blocks(table, t(lang, "export.refusals"), _place(box))


def _lines(kind: str, box: Box, lang: str) -> Iterator[list[Cell]]:
    yield [t(lang, f"export.col_{name}") for name in TABLES[kind].columns]
    yield from TABLES[kind].read(box)


def _place(box: Box) -> Path:
    """Where a workbook grows; what a kill left there goes."""
    place = box.config.data / "export"
    if not place.exists():
        place.mkdir(mode=0o700)
        give(place)
    for old in place.glob("export-*"):
        if time.time() - old.stat().st_mtime > LEFT_S:
            shutil.rmtree(old, ignore_errors=True)
    return place
