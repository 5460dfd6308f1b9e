"""The books of both sides, read from their files as an auditor would: with SQL of our own, nothing of the product's."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Side:
    """What must be equal on both sides: total by document, (points, score) by member, last event by stream."""

    documents: dict[str, int]
    points: dict[str, tuple[int, int]]
    heads: dict[str, tuple[int, bytes]]


@dataclass(frozen=True)
class Books:
    """Paths of box.db and hq.db."""

    box_db: Path
    hq_db: Path

    def ask_box(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        return _ask(self.box_db, sql, params)

    def ask_hq(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        return _ask(self.hq_db, sql, params)

    def box(self) -> Side:
        """The box's side; of the journal the newest event of each stream."""
        return Side(
            dict(self.ask_box("SELECT uid, total FROM sale")),
            _points(self.ask_box(
                "SELECT m.uid, SUM(points), SUM(score) FROM ledger l JOIN member m ON m.id = l.member GROUP BY m.uid")),
            {s: (n, h) for s, n, h in self.ask_box("SELECT stream, MAX(seq), hash FROM journal GROUP BY stream")},
        )  # fmt: skip

    def hq(self) -> Side:
        """Headquarters' side; its heads are what it has in effect."""
        if not self.hq_db.exists():
            return Side({}, {}, {})
        return Side(
            dict(self.ask_hq("SELECT uid, total FROM sale")),
            _points(self.ask_hq("SELECT member, SUM(points), SUM(score) FROM ledger GROUP BY member")),
            {s: (n, bytes(h)) for s, n, h in self.ask_hq("SELECT stream, upto, head FROM source WHERE upto > 0")},
        )

    def agree(self) -> bool:
        """Whether headquarters has every event of the box in effect, once."""
        return self.box() == self.hq()

    def check_hq(self) -> None:
        """Once and whole: no event twice, none dead, none without its document, no hole in the receipt numbers."""
        assert self.ask_hq("SELECT COUNT(*) FROM dead_letter")[0] == (0,)
        assert self.ask_hq("SELECT COUNT(*) FROM event WHERE state = 'dead'")[0] == (0,)
        (events,) = self.ask_hq("SELECT COUNT(*) FROM event WHERE type IN ('sale.completed', 'sale.voided')")
        assert events == self.ask_hq("SELECT COUNT(*) FROM sale")[0]
        assert self.ask_hq("SELECT COUNT(*) FROM receipt_series WHERE seen <> last - first + 1")[0] == (0,)

    def check_box(self, completed: list[str] | None = None) -> None:
        """Every document whole and in the journal once, numbers without a hole; all that were shown are there."""
        documents = {uid for (uid,) in self.ask_box("SELECT uid FROM sale")}
        assert set(completed or ()) <= documents, "a sale that was shown as completed is gone"
        torn = self.ask_box(_TORN)
        assert not torn, f"documents that are not whole: {torn}"
        assert not self.ask_box(
            "SELECT lane, series FROM sale GROUP BY lane, series HAVING MAX(number) <> COUNT(*) OR MIN(number) <> 1"
        ), "a hole in the receipt numbers"
        told = [
            json.loads(body)["data"]["sale"]["uid"]
            for (body,) in self.ask_box('SELECT body FROM journal WHERE body LIKE \'%"type":"sale.%\'')
        ]
        assert sorted(told) == sorted(documents), "the journal tells other documents than the books hold"


# A document needs: lines that add up to it, tax rows likewise, tenders of what was due, its earning of points (a member
# of our shop has always consented), one drawer kick and one original on the print queue.
_TORN = """
SELECT s.uid FROM sale s WHERE
  s.total IS NOT (SELECT SUM(total) FROM sale_line WHERE sale = s.id)
  OR s.tax IS NOT (SELECT SUM(tax) FROM sale_tax WHERE sale = s.id)
  OR s.total IS NOT (SELECT SUM(gross) FROM sale_tax WHERE sale = s.id)
  OR s.total + s.rounding IS NOT (SELECT SUM(amount) FROM tender WHERE sale = s.id)
  OR (s.member IS NOT NULL) IS NOT (SELECT COUNT(*) = 1 AND SUM(points) = s.points FROM ledger WHERE sale = s.id)
  OR (SELECT COUNT(*) FROM print_job WHERE uid = s.uid AND kind = 'receipt' AND copy_no = 0) <> 1
  OR (SELECT COUNT(*) FROM print_job WHERE sale = s.id AND kind = 'drawer') <> 1
  OR NOT EXISTS (SELECT 1 FROM journal WHERE stream = 'a' AND seq = s.seq)
"""


def _points(rows: list[tuple[Any, ...]]) -> dict[str, tuple[int, int]]:
    return {member: (points, score) for member, points, score in rows}


def _ask(path: Path, sql: str, params: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(sql, params).fetchall()
