"""The search over names, initials and codes: what matches, how well, and an index where a plain look would be slow.

One rule for both. Two characters or more match anywhere in a name or the initials, a single Latin letter or digit where
a word or the initials begin; codes match where they begin, and anywhere from three characters on. Best first: the code
itself, then names that begin so, initials that begin so, then the rest; the frequent first in each.

The index of a catalogue version is a file of its own (search/<version>.db beside the database). It follows from the
products, so it needs neither the disk's promises nor a place in backups, is thrown away at once, and holds up no sale.
It keeps which products have two characters side by side (three in codes); what it finds is compared with the product.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from peewee import SqliteDatabase

from edge.base.sqlite import give, on_disk, row, rows

# Below so many products a plain look takes two milliseconds.
FROM = 2_000
CHUNK = 500
LIMIT_CHARS = 64
TIERS = 4
# Within the index: a space, the beginning of a name and of the initials; behind them no letter of any language.
_SPACE, _NAME, _INITIALS = "\ue000", "\ue001", "\ue002"
_PLAIN = dict.fromkeys([*range(0x21), 0x22, 0x7F], _SPACE)  # 0x22: FTS5's own quotation mark
_LATER = 1 << 40
_TOKENS = "tokenize=\"ascii tokenchars '!#$%&()*+,-./:;<=>?@[\\]^_`{|}~'''\""
_ROWS = "SELECT id, frequent, search FROM product WHERE version = ? AND id > ? AND active = 1 ORDER BY id LIMIT ?"


def folded(text: str) -> str:
    """A text as the search compares it: one width, lower case, single spaces, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFKC", text).lower()).split())


def search_text(name_zh: str, name_en: str, initials: str, codes: Iterable[str | None]) -> str:
    """What is stored for a product: names, initials and codes, each behind its own mark."""
    several = " ".join(dict.fromkeys(folded(code).replace(" ", "") for code in codes if code))
    return f"{folded(name_zh)}\n{folded(name_en)}\r{folded(initials)}\t{several}"


def rank(search: str, text: str) -> int | None:
    """How well a stored text matches a folded one: 0 is the code itself … 3 somewhere; None not at all."""
    names, _, codes = search.partition("\t")
    if " " not in text and f" {text} " in f" {codes} ":
        return 0
    hanzi, _, rest = names.partition("\n")
    english, _, initials = rest.partition("\r")
    if hanzi.startswith(text) or english.startswith(text):
        return 1
    if initials.startswith(text):
        return 2
    if len(text) == 1 and text.isascii():
        begun = f" {text}"
        return 3 if begun in hanzi or begun in english or begun in initials or begun in f" {codes}" else None
    inside = " " not in text and (f" {text}" if len(text) < 3 else text) in f" {codes}"
    return 3 if inside or text in names else None


def plain(db: SqliteDatabase, version: int, text: str, limit: int) -> list[int]:
    """The ids of the best matches by looking at every product, best first; text is folded."""
    found, after = [], 0
    while chunk := rows(db, _ROWS, (version, after, CHUNK)):
        after = chunk[-1][0]
        found += [(at, 1 - often, n) for n, often, search in chunk if (at := rank(search, text)) is not None]
    return [n for _, _, n in sorted(found)[:limit]]


def indexed(index: sqlite3.Connection, text: str, search_of: Callable[[int], str | None], limit: int) -> list[int]:
    """The same as plain(), by the index. search_of gives the stored text of a product."""
    found: dict[int, None] = {}
    for tier, asked in enumerate(_queries(text)):
        cursor = index.execute("SELECT rowid FROM grams WHERE grams MATCH ? ORDER BY rowid", (asked,)) if asked else ()
        for (n,) in cursor:
            n &= _LATER - 1
            search = None if n in found else search_of(n)
            if search is not None and (at := rank(search, text)) is not None and at <= tier:
                found[n] = None
                if len(found) == limit:
                    return list(found)
    return list(found)


def _queries(text: str) -> Iterator[str]:
    """What to ask the index for each rank, in FTS5's language."""
    own = text.translate(_PLAIN)
    codes = f"{_SPACE}{own}{_SPACE}"
    yield _all(_runs(codes, 3)) if " " not in text else ""
    inside = _runs(own, 2) if len(own) > 1 else []
    for mark in (_NAME, _INITIALS):
        yield _all([mark + own[:2], *inside])
    if len(own) == 1:
        yield _all([_SPACE + own]) if text.isascii() else f"{_all([own])} OR {_all([_SPACE + own])}"
    elif " " in text:
        yield _all(inside)
    else:
        yield f"{_all(inside)} OR {_all([_SPACE + own] if len(own) == 2 else _runs(own, 3))}"


def _runs(text: str, size: int) -> list[str]:
    """Pieces of a text that cover it, as few as do."""
    last = len(text) - size
    return [text[i : i + size] for i in sorted({*range(0, last, size - 1), last})]


def _all(grams: Iterable[str]) -> str:
    return "(" + " AND ".join('"' + gram.replace('"', '""') + '"' for gram in dict.fromkeys(grams)) + ")"


def _grams(search: str) -> str:
    """All pieces of a stored text that a query may ask for, as the tokenizer takes them."""
    names, _, codes = search.partition("\t")
    hanzi, _, rest = names.partition("\n")
    english, _, initials = rest.partition("\r")
    own = f" {hanzi} {english} {initials} ".translate(_PLAIN)
    found = set(map(str.__add__, own, own[1:]))
    found.update(c for c in own if c > "\x7f")
    for code in codes.split(" "):
        own = f" {code} ".translate(_PLAIN)
        found.add(own[:2])
        found.update(own[i : i + 3] for i in range(len(own) - 2))
    for mark, name in ((_NAME, hanzi), (_NAME, english), (_INITIALS, initials)):
        own = name[:2].translate(_PLAIN)
        found.update((mark + own[:1], mark + own))
    return " ".join(found)


# ---- the file


def path_of(db: SqliteDatabase, version: int) -> Path:
    """Where the index of a catalogue version lies."""
    return Path(db.database).parent / "search" / f"{version}.db"


def build(db: SqliteDatabase, version: int, stamp: str, tell: Callable[[int], None] = lambda done: None) -> Path | None:
    """Make the index of a version whose products are all there; None where it is not worth one (or can't be made).

    tell(products so far) after each chunk; what it raises leaves no file. The stamp ties the file to this very load.
    """
    if len(rows(db, "SELECT 1 FROM product WHERE version = ? LIMIT ?", (version, FROM))) < FROM:
        return None
    target = path_of(db, version)
    if not target.parent.exists():
        target.parent.mkdir(mode=0o700)
        give(target.parent)
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as index:
            _fill(index, db, version, stamp, tell)
        give(part)
        on_disk(part)
        part.replace(target)
        on_disk(target.parent)
    except sqlite3.OperationalError:  # an SQLite without FTS5, a full disk: the search looks at every product
        return None
    finally:
        part.unlink(missing_ok=True)
    return target


def _fill(index: sqlite3.Connection, db: SqliteDatabase, version: int, stamp: str, tell: Callable[[int], None]) -> None:
    for pragma in ("page_size = 4096", "journal_mode = off", "synchronous = off", "cache_size = -8000"):
        index.execute(f"PRAGMA {pragma}")
    index.execute(f"CREATE VIRTUAL TABLE grams USING fts5(g, content = '', detail = none, columnsize = 0, {_TOKENS})")
    index.execute("CREATE TABLE about (stamp TEXT NOT NULL) STRICT")
    index.execute("INSERT INTO about VALUES (?)", (stamp,))
    after = done = 0
    while chunk := rows(db, _ROWS, (version, after, CHUNK)):
        after, done = chunk[-1][0], done + len(chunk)
        index.execute("BEGIN")
        index.executemany(
            "INSERT INTO grams (rowid, g) VALUES (?, ?)",
            [(n if often else n + _LATER, _grams(search)) for n, often, search in chunk],
        )
        index.execute("COMMIT")
        tell(done)
    index.execute("INSERT INTO grams (grams) VALUES ('optimize')")
    index.execute("VACUUM")


def open_index(db: SqliteDatabase, version: int) -> sqlite3.Connection | None:
    """The index of a version, read-only, for the caller to close; None when there is none that is its own."""
    path = path_of(db, version)
    if not path.exists():
        return None
    try:
        index = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error:
        return None
    try:
        own = row(db, "SELECT stamp FROM version_flip WHERE name = 'catalog' AND version = ?", (version,))
        if own is not None and index.execute("SELECT stamp FROM about").fetchone() == own:
            return index
    except sqlite3.Error:
        pass
    index.close()
    return None


def drop(db: SqliteDatabase, keep: Iterable[int]) -> int:
    """Throw the indexes of all other versions away; returns how many."""
    kept = {path_of(db, version).name for version in keep}
    found = [path for path in path_of(db, 0).parent.glob("*") if path.name not in kept]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
