"""What customers of all stores said: kept, read for its themes by a job of its own, and shown."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from edge.base import links
from edge.base.said import SCORES, TOPICS, tidy
from edge.base.sqlite import row, rows
from sync.hq.config import HqConfig
from sync.hq.store import Store
from sync.topics import valid_name

KEPT_US = 365 * 86_400_000_000
TURN = 100
SPAN, WEEKS, EXAMPLES = 30, 12, 5
# Reads a comment: (text, score, topics) -> (theme, mood, words) each.
Read = Callable[[str, int, tuple[str, ...]], Iterable[tuple[str, str, tuple[str, ...]]]]


# ---- a customer's answer by the link on a receipt


def invited(config: HqConfig, box: str, sale: str, signature: str) -> bool:
    """Whether the address is one that this box printed."""
    if not valid_name(box):
        return False
    try:
        key = bytes.fromhex(config.key_file(box).read_text().strip())
    except (OSError, ValueError):
        return False
    return links.fits(key, box, sale, signature)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said about one receipt. with_sale: the customer wants it looked at together with the receipt."""

    score: int
    topics: tuple[str, ...] = ()
    text: str = ""
    lang: str = "zh-CN"
    with_sale: bool = False


def take(store: Store, config: HqConfig, box: str, sale: str, answer: Answer) -> None:
    """Keep it; a later one of the same receipt replaces it. ValueError for what is no face or reason.

    Unless the customer wants otherwise, only a hash of the receipt is kept: one answer each, and no way from it to what
    was bought.
    """
    if answer.score not in SCORES or not set(answer.topics) <= set(TOPICS):
        raise ValueError("no such face or reason")
    now = store.env.clock.now_us()
    local = datetime.fromtimestamp(now / 1_000_000, config.zone)
    known = row(store.db, "SELECT mode, lane, staff FROM sale WHERE uid = ?", (sale,)) or ("live", "", None)
    uid = "r" + hashlib.sha256(f"{config.tenant}\n{box}\n{sale}".encode()).hexdigest()[:31]
    told = (sale, known[2]) if answer.with_sale else (None, None)
    with store.db.atomic():
        store.db.execute_sql(
            "INSERT INTO feedback (uid, box, source, mode, lane, at_us, business_date, hour, score, topics, lang, "
            "text, sale, staff) VALUES (?, ?, 'receipt', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (box, uid) DO UPDATE SET score = excluded.score, topics = excluded.topics, "
            "lang = excluded.lang, text = excluded.text, sale = excluded.sale, staff = excluded.staff, read = 0",
            (
                uid, store.box(config.tenant, box), known[0], known[1], now, local.date().isoformat(), local.hour,
                answer.score, json.dumps(answer.topics), answer.lang, tidy(answer.text) or None, *told,
            ),
        )  # fmt: skip


# ---- the job


def waiting(store: Store, version: int) -> int:
    """How many comments are to be read."""
    found = row(store.db, "SELECT COUNT(*) FROM feedback WHERE read < ?", (version,))
    return int(found[0]) if found else 0


def sort(store: Store, read: Read, version: int) -> int:
    """Read all that waits, a hundred a transaction; returns how many."""
    n = 0
    wanted = "SELECT box, uid, text, score, topics FROM feedback WHERE read < ? ORDER BY at_us LIMIT ?"
    while found := rows(store.db, wanted, (version, TURN)):
        with store.db.atomic():
            for box, uid, text, score, topics in found:
                known = tuple(topic for topic in json.loads(topics) if topic in TOPICS)
                _keep(store, (box, uid, text), read(text or "", score, known), version)
        n += len(found)
    return n


def _keep(
    store: Store, comment: tuple[int, str, str | None], themes: Iterable[tuple[str, str, tuple[str, ...]]], version: int
) -> None:  # fmt: skip
    """comment: (box, uid, text). Erased, or said anew, while it was read: the next turn reads what is there now."""
    box, uid, _ = comment
    stands = "UPDATE feedback SET read = ? WHERE box = ? AND uid = ? AND text IS ?"
    if not store.db.execute_sql(stands, (version, *comment)).rowcount:
        return
    store.db.execute_sql("DELETE FROM feedback_theme WHERE box = ? AND feedback = ?", (box, uid))
    for theme, mood, words in themes:
        store.db.execute_sql(
            "INSERT INTO feedback_theme VALUES (?, ?, ?, ?, ?)",
            (box, uid, theme, mood, json.dumps(words, ensure_ascii=False)),
        )


def forget_old(store: Store) -> int:
    """Erase the words of a year ago, here and beside their events; returns how many went."""
    limit = store.env.clock.now_us() - KEPT_US
    old = rows(store.db, "SELECT box, uid FROM feedback WHERE text IS NOT NULL AND at_us < ? LIMIT ?", (limit, TURN))
    if not old:
        return 0
    with store.db.atomic():
        store.db.execute_sql(
            "DELETE FROM event_private WHERE event IN (SELECT p.event FROM event_private p "
            "JOIN event e ON e.id = p.event WHERE e.type = 'feedback.given' AND e.at_us < ?)",
            (limit,),
        )
        for key in old:
            store.db.execute_sql("UPDATE feedback SET text = NULL WHERE box = ? AND uid = ?", key)
            store.db.execute_sql("UPDATE feedback_theme SET words = '[]' WHERE box = ? AND feedback = ?", key)
    return len(old)


# ---- what the console shows


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment under a theme."""

    at_us: int
    box: str
    source: str
    score: int
    text: str
    mood: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One store's issue about a theme."""

    box: str
    state: str
    note: str | None
    changed_us: int
    better: int
    same: int


@dataclass(slots=True)
class Theme:
    """One theme over all stores: complaints of the last 30 days, of the 30 before, by week, hour and box."""

    name: str
    bad: int = 0
    good: int = 0
    before: int = 0
    weeks: list[int] = field(default_factory=lambda: [0] * WEEKS)
    hours: list[int] = field(default_factory=lambda: [0] * 24)
    boxes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    comments: list[Comment] = field(default_factory=list)
    issues: list[IssueRow] = field(default_factory=list)

    @property
    def busiest(self) -> int | None:
        """The hour with the most complaints."""
        return self.hours.index(max(self.hours)) if any(self.hours) else None


def faces(store: Store, mode: str, today: date) -> list[int]:
    """How often each face was tapped in the last 30 days, bad to great."""
    counts = dict(
        rows(
            store.db, "SELECT score, COUNT(*) FROM feedback WHERE mode = ? AND business_date > ? GROUP BY score",
            (mode, (today - timedelta(days=SPAN)).isoformat()),
        )
    )  # fmt: skip
    return [counts.get(score, 0) for score in range(1, 6)]


def themes(store: Store, mode: str, today: date) -> list[Theme]:
    """Every theme, those complained about most first."""
    found: dict[str, Theme] = {}
    first = (today - timedelta(days=max(2 * SPAN, 7 * WEEKS))).isoformat()
    for name, mood, day, hour, box in rows(
        store.db,
        "SELECT x.theme, x.mood, f.business_date, f.hour, b.name FROM feedback_theme x "
        "JOIN feedback f ON f.box = x.box AND f.uid = x.feedback JOIN box b ON b.id = f.box "
        "WHERE f.mode = ? AND f.business_date > ?",
        (mode, first),
    ):
        _count(found.setdefault(name, Theme(name)), mood, (today - date.fromisoformat(day)).days, hour, box)
    for theme in found.values():
        theme.comments = _comments(store, mode, theme.name)
        theme.issues = _issues(store, mode, theme.name)
    return sorted(found.values(), key=lambda theme: (-theme.bad, -theme.good, theme.name))


def _count(theme: Theme, mood: str, age: int, hour: int, box: str) -> None:
    recent = age < SPAN
    theme.good += recent and mood == "+"
    if mood != "-":
        return
    theme.bad += recent
    theme.before += SPAN <= age < 2 * SPAN
    theme.hours[hour] += recent
    theme.boxes[box] += recent
    if 0 <= age // 7 < WEEKS:
        theme.weeks[WEEKS - 1 - age // 7] += 1


def _comments(store: Store, mode: str, theme: str) -> list[Comment]:
    found = rows(
        store.db,
        "SELECT f.at_us, b.name, f.source, f.score, f.text, x.mood, x.words FROM feedback_theme x "
        "JOIN feedback f ON f.box = x.box AND f.uid = x.feedback JOIN box b ON b.id = f.box "
        "WHERE x.theme = ? AND f.mode = ? AND f.text IS NOT NULL ORDER BY x.mood <> '-', f.at_us DESC LIMIT ?",
        (theme, mode, EXAMPLES),
    )
    return [
        Comment(at, box, source, score, text, mood, tuple(word for word in json.loads(words) if word[:1] != "#"))
        for at, box, source, score, text, mood, words in found
    ]


def _issues(store: Store, mode: str, theme: str) -> list[IssueRow]:
    found = rows(
        store.db,
        "SELECT b.name, i.state, i.note, i.changed_us, i.better, i.same FROM feedback_issue i "
        "JOIN box b ON b.id = i.box WHERE i.theme = ? AND i.mode = ? "
        "ORDER BY i.state = 'closed', i.changed_us DESC LIMIT ?",
        (theme, mode, 2 * EXAMPLES),
    )
    return [IssueRow(*values) for values in found]
