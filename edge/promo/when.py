"""When a promotion counts and for whom: pure rules over the store's wall clock and what is known of the customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from edge.promo.rules import When


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys, as far as rules may ask. birthday: its month and day, only where she agreed to that; first: nothing
    was bought before."""

    id: int
    tier: str
    segments: frozenset[str] = frozenset()
    birthday: tuple[int, int] | None = None
    first: bool = False


def counts(when: When, moment: datetime | None, store: str, who: Customer | None) -> bool:
    """Whether it counts at the moment (the store's wall time; None: nobody knows what day it is) for this customer."""
    if when.stores and store not in when.stores:
        return False
    if when.personal and not _for(when, moment, who):
        return False
    return not when.dated or (moment is not None and _at(when, moment))


def _at(when: When, moment: datetime) -> bool:
    day, minute = moment.date(), moment.hour * 60 + moment.minute
    if not when.hours:
        return _on(when, day)
    for begins, ends in when.hours:
        if begins < ends:
            open_on = day if begins <= minute < ends else None
        else:  # past midnight: the early hours belong to the day before
            open_on = day if minute >= begins else day - timedelta(days=1) if minute < ends else None
        if open_on is not None and _on(when, open_on):
            return True
    return False


def _on(when: When, day: date) -> bool:
    said = day.isoformat()
    return (
        (when.begins is None or when.begins <= said) and (when.ends is None or said <= when.ends)
        and (not when.weekdays or day.weekday() in when.weekdays)
        and (not when.month_days or day.day in when.month_days)
    )  # fmt: skip


def _for(when: When, moment: datetime | None, who: Customer | None) -> bool:
    if who is None:
        return False
    if when.tiers and who.tier not in when.tiers:
        return False
    if when.segments and when.segments.isdisjoint(who.segments):
        return False
    if when.first and not who.first:
        return False
    if when.birthday is None:
        return True
    return moment is not None and who.birthday is not None and days_to(who.birthday, moment.date()) <= when.birthday


def days_to(birthday: tuple[int, int], day: date) -> int:
    """Days from a day to the nearest birthday, before or after; born on 29 February counts from 1 March."""
    return min(abs((_anniversary(birthday, year) - day).days) for year in (day.year - 1, day.year, day.year + 1))


def _anniversary(birthday: tuple[int, int], year: int) -> date:
    try:
        return date(year, *birthday)
    except ValueError:
        return date(year, 3, 1)
