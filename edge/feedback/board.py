"""What the manager sees of feedback: faces, themes with trend, hours and comments, and what is done about each."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from edge import shifts
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.feedback import issues

WEEKS = 12
SPANS = (7, 30, 90)
EXAMPLES = 4
_THEMES = (
    "SELECT x.theme, x.mood, f.business_date, f.hour FROM feedback_theme x JOIN feedback f ON f.id = x.feedback "
    "WHERE f.business_date > ? AND f.mode <> 'training'"
)
_FACES = "SELECT score, COUNT(*) FROM feedback WHERE business_date > ? AND mode <> 'training' GROUP BY score"
_EXAMPLES = (
    "SELECT f.uid, f.at_us, f.score, f.text, x.mood, x.words, f.lane, f.lang, p.name_zh, p.name_en, s.id IS NOT NULL "
    "FROM feedback_theme x JOIN feedback f ON f.id = x.feedback LEFT JOIN sale s ON s.id = f.sale "
    "LEFT JOIN staff p ON p.id = f.staff WHERE x.theme = ? AND f.business_date > ? AND f.mode <> 'training' "
    "AND f.text IS NOT NULL ORDER BY x.mood <> '-', f.at_us DESC LIMIT ?"
)


def board(box: Box, span: int) -> dict[str, Any]:
    """Everything on the page, for the last `span` days: themes by how many complained, most first."""
    today = shifts.local(box.env.clock.now_us(), box.config.store.zone).date()
    since, before = _days_ago(today, span), _days_ago(today, 2 * span)
    counts: dict[str, _Theme] = defaultdict(_Theme)
    for theme, mood, day, hour in rows(box.db, _THEMES, (_days_ago(today, max(2 * span, 7 * WEEKS)),)):
        counts[theme].add(mood, date.fromisoformat(day), hour, today, since, before)
    open_issues = issues.newest(box)
    shown = [name for name in counts if counts[name].any or name in open_issues]
    shown += [name for name in open_issues if name not in counts]
    shown.sort(key=lambda name: (-counts[name].moods["-"], -counts[name].moods["+"], name))
    faces = dict(rows(box.db, _FACES, (since,)))
    waiting = row(box.db, "SELECT COUNT(*) FROM feedback WHERE text IS NOT NULL AND read = 0") or (0,)
    return {
        "span": span, "since": _days_ago(today, span - 1), "faces": [faces.get(score, 0) for score in range(1, 6)],
        "unread": waiting[0],
        "themes": [_told(box, name, counts[name], since, open_issues.get(name)) for name in shown],
    }  # fmt: skip


class _Theme:
    """Counts of one theme."""

    def __init__(self) -> None:
        self.moods, self.before = dict.fromkeys("-+0", 0), 0
        self.hours, self.weeks = [0] * 24, [0] * WEEKS

    @property
    def any(self) -> bool:
        return any(self.moods.values())

    def add(self, mood: str, day: date, hour: int, today: date, since: str, before: str) -> None:
        """Count one mention."""
        week = WEEKS - 1 - (today - day).days // 7
        if mood == "-" and 0 <= week < WEEKS:
            self.weeks[week] += 1
        if day.isoformat() > since:
            self.moods[mood] += 1
            if mood == "-":
                self.hours[hour] += 1
        elif day.isoformat() > before and mood == "-":
            self.before += 1


def _days_ago(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


def _told(box: Box, name: str, counts: _Theme, since: str, issue: issues.Issue | None) -> dict[str, Any]:
    return {
        "theme": name, "bad": counts.moods["-"], "good": counts.moods["+"], "other": counts.moods["0"],
        "before": counts.before, "hours": counts.hours, "weeks": counts.weeks,
        "examples": [_example(*found) for found in rows(box.db, _EXAMPLES, (name, since, EXAMPLES))],
        "issue": told(issue) if issue else None,
    }  # fmt: skip


def _example(
    uid: str, at_us: int, score: int, text: str, mood: str, words: str, lane: str, lang: str, zh: str | None,
    en: str | None, sold: int,
) -> dict[str, Any]:  # fmt: skip
    return {
        "feedback": uid, "at_us": at_us, "score": score, "text": text, "mood": mood,
        "words": [word for word in json.loads(words) if not word.startswith("#")], "lane": lane, "lang": lang,
        "staff_zh": zh, "staff_en": en, "sold": bool(sold),
    }  # fmt: skip


def told(issue: issues.Issue) -> dict[str, Any]:
    """An issue as the page is given it."""
    return {
        "issue": issue.uid, "theme": issue.theme, "state": issue.state, "owner": issue.owner,
        "owner_zh": issue.owner_zh, "owner_en": issue.owner_en, "note": issue.note, "opened_us": issue.opened_us,
        "changed_us": issue.changed_us, "closed_us": issue.closed_us, "better": issue.better, "same": issue.same,
    }  # fmt: skip
