"""The floor under an HTTP sale: bare Flask on waitress, one route, the rows of a sale in one commit by sqlite3.

`python -m tests.bench.floor_http FOLDER PORT`
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

import waitress
from flask import Flask, jsonify, request

from tests.bench.raw_sale import RawSale, inserts, read_back, write
from tests.bench.shop import raw_connection

THREADS = 24


def main(path: Path, port: int) -> None:
    """Serve until killed."""
    app, mine = Flask("floor"), threading.local()
    first = raw_connection(path)
    uid = first.execute("SELECT uid FROM sale WHERE member IS NOT NULL ORDER BY id DESC LIMIT 1").fetchone()[0]
    template, statements = read_back(first, uid), inserts(first)
    first.close()

    def connection() -> sqlite3.Connection:
        if not hasattr(mine, "connection"):
            mine.connection = raw_connection(path)
        found: sqlite3.Connection = mine.connection
        return found

    @app.post("/sale")
    def sale() -> Any:
        asked = request.get_json()
        write(connection(), statements, shifted(template, asked["n"], asked["id"]))
        return jsonify(ok=True, uid=asked["id"], change=12345)

    @app.get("/checkpoint")
    def checkpoint() -> Any:
        connection().execute("PRAGMA wal_checkpoint(PASSIVE)")
        return jsonify(ok=True)

    waitress.serve(app, host="127.0.0.1", port=port, threads=THREADS, ident=None)


def shifted(sale: RawSale, n: int, uid: str) -> RawSale:
    """The same rows with the ids of the n-th sale after it."""
    head = list(sale.rows["sale"][0])
    head[0], head[1], head[5], head[-1] = head[0] + n, uid, head[5] + n, head[-1] + n
    rows = {"sale": [tuple(head)]}
    for table in ("sale_line", "sale_tax", "tender"):
        rows[table] = [(head[0], *row[1:]) for row in sale.rows[table]]
    rows["ledger"] = [(r[0] + n, r[1], r[0] + n, *r[3:6], head[0], *r[7:]) for r in sale.rows["ledger"]]
    jobs = sale.rows["print_job"]
    rows["print_job"] = [
        (j[0] + n * len(jobs), f"{uid}-{i}", *j[2:5], head[0], *j[6:]) for i, j in enumerate(jobs)
    ]  # fmt: skip
    rows["journal"] = [(r[0] + n, r[1], r[2], r[3] + n, *r[4:]) for r in sale.rows["journal"]]
    return RawSale(sale.lane, rows, sale.moves)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
