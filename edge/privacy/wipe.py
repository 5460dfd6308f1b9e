"""Every place in a box's database that holds something of a member, and how it is emptied.

What stays is a tombstone: a random uid that documents and points name. It works on copies of the database, too, also
on those that an older release made.
"""

from __future__ import annotations

from typing import Any

from peewee import SqliteDatabase

from edge.base.sqlite import row, rows

# Columns of `member` that say nothing of a person. All others are emptied, also those of a later release.
KEPT = frozenset({"id", "uid", "state", "joined_us", "merged"})
# Tables with a column `member`: rows that go, rows that forget whose they are, and rows that stay with the tombstone
# (the books, and what she had agreed to).
REMOVED = (
    "member_card", "member_note", "member_segment", "member_tier", "offer_decline", "offer_shown", "points_seen",
    "model_buy", "model_member", "feedback_ask",
)  # fmt: skip
UNLINKED = ("coupon", "feedback")
STAYING = ("sale", "ledger", "consent", "erasure", "promo_use")
# Open and held carts hold no more than her row id.
_CARTS = (("basket", "body"), ("held", "body"))
_PRIVATE = (
    "UPDATE journal SET private = NULL, salt = NULL WHERE id IN "
    "(SELECT id FROM journal WHERE private IS NOT NULL AND instr(body, ?))"
)
# What she said of the shop stays as a face and reasons of nobody; the words that themes quote go with the text.
_FEEDBACK = (
    "UPDATE feedback_theme SET words = '[]' WHERE feedback IN (SELECT id FROM feedback WHERE member = ?)",
    "UPDATE feedback SET text = NULL, sale = NULL, staff = NULL WHERE member = ?",
)
_EMPTY = {"TEXT": "''", "INTEGER": "0", "BLOB": "x''", "REAL": "0"}


def with_merged(db: SqliteDatabase, member: int) -> list[tuple[int, str]]:
    """(row id, uid) of the member and of everybody who was merged into her."""
    if "merged" not in columns(db, "member"):
        return [(x[0], x[1]) for x in rows(db, "SELECT id, uid FROM member WHERE id = ?", (member,))]
    return [(x[0], x[1]) for x in rows(db, "SELECT id, uid FROM member WHERE id = ?1 OR merged = ?1", (member,))]


def wipe(db: SqliteDatabase, member: int) -> None:
    """Empty all that is known of a member (row id), inside the caller's transaction; the tombstone says "erasing"."""
    for number, uid in with_merged(db, member):
        _forget_answers(db, number, uid)
        there = tables(db)
        for table in REMOVED:
            if table in there:
                db.execute_sql(f"DELETE FROM {table} WHERE member = ?", (number,))  # noqa: S608 (names of ours)
        if "coupon" in there:
            db.execute_sql("UPDATE coupon SET state = 'void' WHERE member = ? AND state = 'open'", (number,))
        if "feedback" in there:
            for sql in _FEEDBACK:
                db.execute_sql(sql, (number,))
        for table in UNLINKED:
            if table in there:
                db.execute_sql(f"UPDATE {table} SET member = NULL WHERE member = ?", (number,))  # noqa: S608 (names of ours)
        for table, column in _CARTS:
            if table in there:
                _leave_carts(db, table, column, number)
        if "print_job" in there and "ref" in columns(db, "print_job"):
            db.execute_sql("DELETE FROM print_job WHERE ref = ?", (f"member:{uid}",))
        db.execute_sql(_PRIVATE, (uid,))
        _empty_row(db, number)


def _empty_row(db: SqliteDatabase, member: int) -> None:
    empty = [
        f"{name} = {_EMPTY[kind] if needed else 'NULL'}"
        for name, kind, needed in rows(db, "SELECT name, type, \"notnull\" FROM pragma_table_info('member')")
        if name not in KEPT
    ]
    sql = f"UPDATE member SET {', '.join(empty)}, state = 'erasing' WHERE id = ?"  # noqa: S608 (names of columns)
    db.execute_sql(sql, (member,))


def _leave_carts(db: SqliteDatabase, table: str, column: str, member: int) -> None:
    """Her carts become nobody's; the name that a held one was given may be hers."""
    title = ", title = ''" if table == "held" else ""
    db.execute_sql(
        f"UPDATE {table} SET {column} = json_set({column}, '$.m', NULL){title} "  # noqa: S608 (names of ours)
        f"WHERE json_extract({column}, '$.m') = ?",
        (member,),
    )


def _forget_answers(db: SqliteDatabase, member: int, uid: str) -> None:
    """Answers to requests that tell of her; whoever asks again is answered anew."""
    if "request_seen" not in tables(db):
        return
    found = row(db, "SELECT name, phone_last4 FROM member WHERE id = ?", (member,)) or (None, None)
    cards = [code for (code,) in rows(db, "SELECT code FROM member_card WHERE member = ?", (member,))]
    for word in (uid, *found, *cards):
        if word:
            db.execute_sql("DELETE FROM request_seen WHERE instr(answer, ?)", (word,))


def part_paid(db: SqliteDatabase, member: int) -> bool:
    """Whether a part of an open or held cart of the member is paid already."""
    return any(
        row(db, f"SELECT 1 FROM {table} WHERE json_extract({column}, '$.m') = ? "  # noqa: S608 (names of ours)
                f"AND json_array_length({column}, '$.p') > 0", (member,))
        for table, column in _CARTS
    )  # fmt: skip


def tables(db: SqliteDatabase) -> set[str]:
    """The tables that this database has."""
    return {name for (name,) in rows(db, "SELECT name FROM sqlite_master WHERE type = 'table'")}


def columns(db: SqliteDatabase, table: str) -> set[str]:
    """The columns of a table."""
    return {name for (name,) in rows(db, "SELECT name FROM pragma_table_info(?)", (table,))}


def known(db: SqliteDatabase, uid: str) -> tuple[int, str] | None:
    """(row id, state) of a member by uid."""
    found: tuple[Any, ...] | None = row(db, "SELECT id, state FROM member WHERE uid = ?", (uid,))
    return (int(found[0]), str(found[1])) if found else None
