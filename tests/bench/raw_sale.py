"""The floor under a sale: its very rows, read back from the box and written again by sqlite3 alone, in one commit."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

Rows = list[tuple[Any, ...]]
# Each table with how the rows of one sale are found in it; :uid is the sale's.
TABLES = {
    "sale": "SELECT * FROM sale WHERE uid = :uid",
    "sale_line": "SELECT l.* FROM sale_line l JOIN sale s ON s.id = l.sale WHERE s.uid = :uid",
    "sale_tax": "SELECT x.* FROM sale_tax x JOIN sale s ON s.id = x.sale WHERE s.uid = :uid",
    "tender": "SELECT t.* FROM tender t JOIN sale s ON s.id = t.sale WHERE s.uid = :uid",
    "ledger": "SELECT l.* FROM ledger l JOIN sale s ON s.id = l.sale WHERE s.uid = :uid",
    "print_job": "SELECT j.* FROM print_job j JOIN sale s ON s.id = j.sale WHERE s.uid = :uid ORDER BY j.id",
    "journal": "SELECT j.* FROM journal j JOIN sale s ON s.seq = j.seq AND s.uid = :uid WHERE j.stream = 'a' "
    "ORDER BY j.id DESC LIMIT 1",
}
STOCK = "UPDATE stock SET qty = qty - ? WHERE product = ?"


@dataclass(frozen=True, slots=True)
class RawSale:
    """table -> rows, and the moves of stock (qty, product)."""

    lane: str
    rows: dict[str, Rows]
    moves: Rows


def read_back(connection: sqlite3.Connection, uid: str) -> RawSale:
    """Everything that a completed sale left in its box."""
    rows = {table: connection.execute(select, {"uid": uid}).fetchall() for table, select in TABLES.items()}
    moves = connection.execute(
        "SELECT l.qty, l.product FROM sale_line l JOIN sale s ON s.id = l.sale WHERE s.uid = ?", (uid,)
    ).fetchall()
    lane = connection.execute("SELECT lane FROM sale WHERE uid = ?", (uid,)).fetchone()[0]
    return RawSale(lane, rows, moves)


def inserts(connection: sqlite3.Connection) -> dict[str, str]:
    """table -> its INSERT, made once as a hand-written program would have it."""
    found = {}
    for table in TABLES:
        columns = len(connection.execute(f"SELECT * FROM pragma_table_info('{table}')").fetchall())
        found[table] = f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"
    return found


def write(connection: sqlite3.Connection, statements: dict[str, str], sale: RawSale) -> None:
    """The rows of one sale, and the commit."""
    connection.execute("BEGIN IMMEDIATE")
    for table, rows in sale.rows.items():
        connection.executemany(statements[table], rows)
    connection.executemany(STOCK, sale.moves)
    connection.execute("DELETE FROM basket WHERE lane = ?", (sale.lane,))
    connection.execute("COMMIT")
