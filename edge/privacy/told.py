"""Everything the shop knows of one member, in words: what she may see, take with her, and have printed.

Sections are tables of cells. What a later part of the shop keeps of members is told as it stands in its table, so that
nothing is left out because nobody thought of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from edge import family, members, tiers
from edge.base.i18n import t
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.export_rows import instant, money, quantity
from edge.privacy.wipe import columns, tables
from edge.sales import receipt_number
from edge.tables import Cell

Line = tuple[Cell, ...]
# Told in words by a section of their own, or no more than a number of ours.
_KNOWN = frozenset({
    "sale", "ledger", "consent", "member_card", "offer_decline", "model_buy", "model_member", "erasure", "promo_use",
})  # fmt: skip
_PLAIN = {"id", "uid", "state", "joined_us", "merged", "family", "name", "birthday", "phone_prefix", "phone_last4"}
_HERS = "(SELECT id FROM member WHERE id = ?1 OR merged = ?1)"
_CARDS = "SELECT code, state FROM member_card WHERE member = ? ORDER BY code"
_CONSENTS = f"SELECT purpose, granted, text_version, at_us, channel FROM consent WHERE member IN {_HERS} ORDER BY id"
_POINTS = (
    "SELECT g.at_us, g.points, g.score, g.reason, g.lot, g.expires_on, s.lane, s.series, s.number FROM ledger g "
    f"LEFT JOIN sale s ON s.id = g.sale WHERE g.member IN {_HERS} ORDER BY g.id"
)
_SALES = (
    "SELECT id, lane, series, number, kind, at_us, total + rounding, points FROM sale "
    f"WHERE member IN {_HERS} ORDER BY id"
)
_LINES = "SELECT name, qty, total FROM sale_line WHERE sale = ? ORDER BY n"
_NAME = "(SELECT name_{} FROM product WHERE id = x.product ORDER BY version DESC LIMIT 1)"
_DECLINED = "SELECT {}, x.until_us, x.times FROM offer_decline x WHERE x.member = ? ORDER BY x.at_us"
_LEARNED = "SELECT {}, x.n, x.first_us, x.last_us FROM model_buy x WHERE x.member = ? ORDER BY x.n DESC, x.product"
_PRIVATE = (
    "SELECT json_extract(body, '$.type'), json_extract(body, '$.time'), private FROM journal "
    "WHERE private IS NOT NULL AND instr(body, (SELECT uid FROM member WHERE id = ?)) ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class Section:
    """A table: id selects the words privacy.s_<id>, columns privacy.c_<column>."""

    id: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def about(box: Box, member: int, lang: str) -> list[Section]:
    """All sections about a member (row id), those without any line left out. ShopError("member_gone")."""
    found = members.with_standing(box.db, member)
    if found is None:
        raise ShopError("member_gone", status=404)
    short = "zh" if lang.startswith("zh") else "en"
    db, name = box.db, _NAME.format(short)
    sections = [
        Section("person", ("item", "value"), tuple(_person(box, member, lang))),
        Section("cards", ("card", "state"), tuple(rows(db, _CARDS, (member,)))),
        Section("consents", ("purpose", "granted", "version", "at", "channel"), tuple(_consents(box, member, lang))),
        Section("family", ("name", "points"), tuple(_family(box, member))),
        Section("points", ("at", "points", "score", "reason", "lot", "expires", "receipt"),
                tuple(_points(box, member))),
        Section("sales", ("receipt", "at", "name", "qty", "amount", "points"), tuple(_sales(box, member))),
        Section("declined", ("name", "until", "times"), tuple(
            (n, instant(box, until), times) for n, until, times in rows(db, _DECLINED.format(name), (member,)))),
        Section("learned", ("name", "times", "first", "at"), tuple(
            (n, times, instant(box, first), instant(box, last))
            for n, times, first, last in rows(db, _LEARNED.format(name), (member,)))),
        Section("written", ("event", "at", "value"), tuple(_written(box, member))),
        Section("more", ("item", "value"), tuple(_more(box, member))),
    ]  # fmt: skip
    return [section for section in sections if section.lines]


def _person(box: Box, member: int, lang: str) -> Iterator[Line]:
    known = members.with_standing(box.db, member)
    assert known is not None
    one, standing = known
    joined, birthday = row(box.db, "SELECT joined_us, birthday FROM member WHERE id = ?", (member,)) or (None, None)
    tier = tiers.of_member(box, member).name(lang)
    facts: list[tuple[str, Cell]] = [
        ("number", one.uid), ("name", one.name), ("phone", one.phone), ("birthday", birthday),
        ("joined", instant(box, joined)), ("points", standing.points), ("score", standing.score), ("tier", tier),
    ]  # fmt: skip
    for name in sorted(columns(box.db, "member") - _PLAIN):
        value = row(box.db, f"SELECT {name} FROM member WHERE id = ?", (member,))  # noqa: S608 (a column's name)
        if value is not None and value[0] is not None:
            # A hash or a sealed number says no more than that there is one; nor may this paper, which whoever typed
            # the number at a kiosk can print, tell whether it is another member's (see kiosk_enrol).
            shown = "phone_hash" if name == "phone_claim" else name
            facts.append((shown, "•" if name.startswith("phone") else value[0]))
    for name, told in facts:
        if told not in (None, ""):
            yield _word(lang, f"i_{name}", name), told


def _consents(box: Box, member: int, lang: str) -> Iterator[Line]:
    for purpose, granted, version, at_us, channel in rows(box.db, _CONSENTS, (member,)):
        said = t(lang, "privacy.yes" if granted else "privacy.no")
        yield t(lang, f"member.purpose_{purpose}"), said, version, instant(box, at_us), channel


def _family(box: Box, member: int) -> Iterator[Line]:
    found = family.of(box, member)
    for one, points in found.members if found else ():
        yield one.name if one.id == member else one.masked, points if one.id == member else None


def _points(box: Box, member: int) -> Iterator[Line]:
    for at_us, points, score, reason, lot, expires, *number in rows(box.db, _POINTS, (member,)):
        receipt = receipt_number(box, *number) if number[0] is not None else None
        yield instant(box, at_us), points, score, reason, lot, expires, receipt


def _sales(box: Box, member: int) -> Iterator[Line]:
    for sale, lane, series, number, kind, at_us, total, points in rows(box.db, _SALES, (member,)):
        receipt, at = receipt_number(box, lane, series, number), instant(box, at_us)
        yield receipt, at, kind, None, money(box, total), points
        for name, qty, amount in rows(box.db, _LINES, (sale,)):
            yield receipt, at, name, quantity(qty), money(box, amount), None


def _written(box: Box, member: int) -> Iterator[Line]:
    """What stands beside events of the journal: what she said when she enrolled, notes, texts of feedback."""
    for kind, at, private in rows(box.db, _PRIVATE, (member,)):
        told = orjson.loads(private)
        yield kind, str(at)[:19], "; ".join(f"{name}: {value}" for name, value in told.items() if value)


def _more(box: Box, member: int) -> Iterator[Line]:
    """Rows of any other table that names members."""
    for table in sorted(tables(box.db) - _KNOWN):
        names = columns(box.db, table)
        if "member" in names:
            listed = sorted(names - {"member", "id"})
            sql = f"SELECT {', '.join(listed)} FROM {table} WHERE member = ?"  # noqa: S608 (names of ours)
            for values in rows(box.db, sql, (member,)):
                yield table, "; ".join(f"{n}: {v}" for n, v in zip(listed, values, strict=True) if v is not None)


def _word(lang: str, name: str, fallback: str) -> str:
    try:
        return t(lang, f"privacy.{name}")
    except KeyError:
        return fallback
