"""When a promotion counts and for whom, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from edge.promo.rules import When
from edge.promo.when import Customer, counts, days_to

LI = Customer(1, "silver", frozenset({"tea"}), (11, 28), first=False)
NIGHT = ((22 * 60, 2 * 60),)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(("said", "moment", "holds"), [
    ({}, "2026-11-22 14:00", True),
    ({"begins": "2026-11-22"}, "2026-11-22 00:00", True),
    ({"begins": "2026-11-23"}, "2026-11-22 23:59", False),
    ({"ends": "2026-11-22"}, "2026-11-22 23:59", True),
    ({"ends": "2026-11-22"}, "2026-11-23 00:00", False),
    ({"weekdays": frozenset({6})}, "2026-11-22 14:00", True),  # a Sunday
    ({"weekdays": frozenset({5})}, "2026-11-22 14:00", False),
    ({"month_days": frozenset({8, 22})}, "2026-11-22 14:00", True),  # the member day
    ({"month_days": frozenset({8})}, "2026-11-22 14:00", False),
    ({"hours": ((840, 900),)}, "2026-11-22 13:59", False),
    ({"hours": ((840, 900),)}, "2026-11-22 14:00", True),
    ({"hours": ((840, 900),)}, "2026-11-22 15:00", False),
    ({"hours": ((480, 540), (840, 900))}, "2026-11-22 08:30", True),
    ({"hours": ((0, 1440),)}, "2026-11-22 23:59", True),
    ({"hours": NIGHT}, "2026-11-22 22:00", True),
    ({"hours": NIGHT}, "2026-11-23 01:59", True),
    ({"hours": NIGHT}, "2026-11-23 02:00", False),
    ({"hours": NIGHT, "weekdays": frozenset({6})}, "2026-11-23 01:00", True),  # Monday's small hours are Sunday night
    ({"hours": NIGHT, "weekdays": frozenset({6})}, "2026-11-22 01:00", False),
    ({"hours": NIGHT, "ends": "2026-11-22"}, "2026-11-23 01:00", True),
    ({"stores": frozenset({"S02"})}, "2026-11-22 14:00", False),
    ({"stores": frozenset({"S01", "S02"})}, "2026-11-22 14:00", True),
])  # fmt: skip
def test_by_day_and_hour(said: dict[str, Any], moment: str, holds: bool) -> None:
    assert counts(When(**said), at(moment), "S01", None) is holds


@pytest.mark.parametrize(("said", "who", "holds"), [
    ({"member": True}, LI, True),
    ({"member": True}, None, False),
    ({"tiers": frozenset({"silver", "gold"})}, LI, True),
    ({"tiers": frozenset({"gold"})}, LI, False),
    ({"tiers": frozenset({"gold"})}, None, False),
    ({"segments": frozenset({"tea", "coffee"})}, LI, True),
    ({"segments": frozenset({"coffee"})}, LI, False),
    ({"first": True}, LI, False),
    ({"first": True}, replace(LI, first=True), True),
    ({"first": True}, None, False),
    ({"birthday": 6}, LI, True),
    ({"birthday": 5}, LI, False),
    ({"birthday": 60}, replace(LI, birthday=None), False),  # or she never agreed to it
    ({"birthday": 60}, None, False),
])  # fmt: skip
def test_by_customer(said: dict[str, Any], who: Customer | None, holds: bool) -> None:
    assert counts(When(**said), at("2026-11-22 14:00"), "S01", who) is holds


@pytest.mark.parametrize("said", [
    {"begins": "2020-01-01"}, {"weekdays": frozenset(range(7))}, {"hours": ((0, 1440),)}, {"birthday": 60},
])  # fmt: skip
def test_what_hangs_on_the_day_waits_until_it_is_known(said: dict[str, Any]) -> None:
    assert not counts(When(**said), None, "S01", LI)
    assert counts(When(), None, "S01", None)


@pytest.mark.parametrize(("birthday", "day", "days"), [
    ((11, 28), "2026-11-28", 0),
    ((1, 2), "2026-12-30", 3),
    ((12, 30), "2027-01-02", 3),
    ((2, 29), "2027-03-01", 0),
    ((2, 29), "2028-02-29", 0),
    ((2, 29), "2028-03-01", 1),
])  # fmt: skip
def test_the_nearest_birthday(birthday: tuple[int, int], day: str, days: int) -> None:
    assert days_to(birthday, at(f"{day} 10:00").date()) == days
