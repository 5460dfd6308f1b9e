"""The nightly job of feedback: read what was typed, group what has no theme, open issues, forget what is old."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from edge.base.sqlite import row, rows
from edge.box import Box
from edge.feedback import forget, groups, issues
from edge.feedback.lexicon import VERSION
from edge.feedback.reading import Reader, Reading, reader

TURN = 50
GROUP_DAYS_US = 60 * 86_400_000_000
MOST_GROUPED = 2_000
_WAITING = "SELECT id, text, score, topics FROM feedback WHERE read < ? ORDER BY id LIMIT ?"
_REST = (
    "SELECT f.id, f.text, f.score, f.topics FROM feedback f WHERE f.text IS NOT NULL AND f.at_us >= ? AND f.score <= 3 "
    "AND f.mode <> 'training' AND NOT EXISTS (SELECT 1 FROM feedback_theme x WHERE x.feedback = f.id "
    "AND x.theme NOT LIKE '~%') ORDER BY f.id DESC LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Sorted:
    """What the job did: comments read, texts forgotten, issues opened."""

    read: int
    forgotten: int
    opened: int


def sort(box: Box, load: Callable[[], Reader] = reader) -> Sorted:
    """Do it all. The words are loaded only if something waits to be read."""
    read = 0
    known: Reader | None = None
    while waiting := rows(box.db, _WAITING, (VERSION, TURN)):
        known = known or load()
        read += len(waiting)
        found = [
            (number, text, known.read(text or "", score, json.loads(topics))) for number, text, score, topics in waiting
        ]
        _store(box, found)
        box.env.sleep(0.05)  # a sale that came meanwhile goes first
    if known is not None:
        _group(box, known)
    opened = issues.open_due(box)
    forgotten = 0
    while gone := forget.forget_old(box):
        forgotten += gone
        box.env.sleep(0.05)
    return Sorted(read, forgotten, opened)


def _store(box: Box, found: list[tuple[int, str | None, Reading]]) -> None:
    with box.transaction() as db:
        for number, text, reading in found:
            if not _stands(box, number, text):
                continue  # erased, or said anew, while it was read: the next turn reads what is there now
            db.execute_sql("DELETE FROM feedback_theme WHERE feedback = ?", (number,))
            for theme in reading.themes:
                words = json.dumps(theme.words, ensure_ascii=False)
                db.execute_sql(
                    "INSERT INTO feedback_theme VALUES (?, ?, ?, ?)", (number, theme.theme, theme.mood, words)
                )
            db.execute_sql("UPDATE feedback SET read = ? WHERE id = ?", (VERSION, number))


def _stands(box: Box, number: int, text: str | None) -> bool:
    """Whether the text is still what was read. Inside a transaction."""
    return row(box.db, "SELECT 1 FROM feedback WHERE id = ? AND text IS ?", (number, text)) is not None


def _group(box: Box, known: Reader) -> None:
    """Group anew what has no theme: last night's groups go."""
    rest = rows(box.db, _REST, (box.env.clock.now_us() - GROUP_DAYS_US, MOST_GROUPED))
    cut = [known.read(text, score, json.loads(topics)).words for _, text, score, topics in rest]
    with box.transaction() as db:
        db.execute_sql("DELETE FROM feedback_theme WHERE theme LIKE '~%'")
        for group in groups.grouped(cut):
            for place in group.members:
                if not _stands(box, *rest[place][:2]):
                    continue
                words = json.dumps([word for word in group.words if word in cut[place]], ensure_ascii=False)
                db.execute_sql(
                    "INSERT INTO feedback_theme VALUES (?, ?, '-', ?)",
                    (rest[place][0], f"~{' '.join(group.words)}", words),
                )
