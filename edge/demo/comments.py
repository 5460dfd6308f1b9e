"""What customers of the sample store said, and what the shop did about waiting: for the page of feedback."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from edge.base.ids import new_uid
from edge.base.sqlite import row
from edge.box import Box
from edge.feedback import issues
from edge.feedback.given import Said, give
from edge.staff import Person

_FILE = Path(__file__).parent / "data" / "comments.csv"
OPENED, CLOSED = 25, 8  # days ago
NOTE = "晚上六点到七点半开第二个收银台。 A second till opens from six to half past seven."


@dataclass(frozen=True, slots=True)
class DemoComment:
    """One comment, `days` before the demo begins; member: the number of who said it, or None."""

    days: int
    minute: int
    said: Said
    member: int | None


@cache
def comments() -> tuple[DemoComment, ...]:
    """All of them, oldest first."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_read(found) for found in csv.DictReader(file))


def _read(found: dict[str, str]) -> DemoComment:
    said = Said(int(found["score"]), tuple(found["topics"].split()), found["text"], found["lang"])
    return DemoComment(int(found["days"]), int(found["minute"]), said, int(found["member"] or 0) or None)


def of_day(days_ago: int) -> Iterator[DemoComment]:
    """What was said that day, in order of time."""
    return iter(sorted((each for each in comments() if each.days == days_ago), key=lambda each: each.minute))


def say(box: Box, comment: DemoComment, lane: str, mode: str, members: dict[int, int]) -> None:
    """A customer taps it."""
    member = members.get(comment.member) if comment.member else None
    give(box, new_uid(box.env.rng), lane, comment.said, mode, member=member)


def act(box: Box, days_ago: int, manager: Person) -> None:
    """What the manager does that day."""
    if days_ago == OPENED:
        issues.open_issue(box, "queue", manager.uid)
    found = row(box.db, "SELECT uid FROM feedback_issue WHERE theme = 'queue'") if days_ago == CLOSED else None
    if found is not None:
        issues.change(box, found[0], manager, state="closed", owner=manager.uid, note=NOTE)
