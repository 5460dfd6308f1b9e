"""What a promotion is: which goods, when and for whom, what comes off, and how it goes with others.

Its stored form is JSON, so that a manager's screen, an import and headquarters write the same; `read` checks all of it.
Money in minor units, rates in basis points, times of day in minutes since midnight of the store's zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from edge.errors import ShopError

MAX_AMOUNT = 100_000_000
MAX_COUNT = 1_000
DAY_MINUTES = 24 * 60
# "one": each piece takes at most one of these; "with": on top of others; "alone": the whole basket by this one.
STACKS = ("one", "with", "alone")
KINDS = ("percent", "amount", "price", "n_for_m", "nth", "bundle", "gift", "spend_get", "threshold")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True)
class Scope:
    """Goods by what they are: any that one of the three names; all goods when none is named. Less what is excepted."""

    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    except_skus: frozenset[str] = frozenset()
    except_categories: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        return not (self.skus or self.categories or self.brands)

    def holds(self, sku: str, category: str, brand: str) -> bool:
        """Whether it is about such a product."""
        if sku in self.except_skus or category in self.except_categories:
            return False
        return self.everything or sku in self.skus or category in self.categories or brand in self.brands


@dataclass(frozen=True, slots=True)
class When:
    """When and for whom it is in force; what is empty or None does not matter.

    weekdays 0 (Monday) to 6, month_days 1 to 31 (a member day), hours [(from, to)) in minutes and past midnight where
    to is smaller; birthday: so many days before and after; first: only somebody's first purchase.
    """

    begins: str | None = None
    ends: str | None = None
    weekdays: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    hours: tuple[tuple[int, int], ...] = ()
    stores: frozenset[str] = frozenset()
    member: bool = False
    tiers: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    birthday: int | None = None
    first: bool = False

    @property
    def dated(self) -> bool:
        """Whether it depends on the day or the hour."""
        return bool(self.begins or self.ends or self.weekdays or self.month_days or self.hours)

    @property
    def personal(self) -> bool:
        """Whether it depends on who buys, so that its rule must be there for that person to read."""
        return bool(self.member or self.tiers or self.segments or self.birthday is not None or self.first)


@dataclass(frozen=True, slots=True)
class Limits:
    """How often at most, in times it was used: in one basket, by one member, by one member a day, in all.

    What is bounded by member or day is for members only.
    """

    basket: int | None = None
    member: int | None = None
    day: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """So many pieces of such goods: one place in a bundle."""

    scope: Scope
    count: int


@dataclass(frozen=True, slots=True)
class Promotion:
    """One rule. value holds what its kind needs (see `kinds`); coupon: only where one of its coupons is shown.

    Of several that want the same pieces the higher priority is served first; among equals what is best for the
    customer.
    """

    uid: str
    names: Mapping[str, str]
    kind: str
    value: Mapping[str, Any]
    scope: Scope = Scope()
    when: When = When()
    limits: Limits = Limits()
    stack: str = "one"
    priority: int = 0
    coupon: bool = False
    parts: tuple[Part, ...] = field(default=())

    def name(self, lang: str) -> str:
        return self.names.get(lang) or next(iter(self.names.values()))


class _Reader:
    """Reads one object's fields, refuses what it does not know, and says which field was wrong."""

    def __init__(self, body: Any, at: str = "") -> None:
        if not isinstance(body, dict):
            raise wrong(at or "promotion")
        self.left, self.at = dict(body), at

    def take(self, name: str, check: Callable[[Any], Any], default: Any = ...) -> Any:
        """The field's checked value, or the default where it is absent or null."""
        found = self.left.pop(name, None)
        if found is None:
            if default is ...:
                raise wrong(self.at + name)
            return default
        try:
            return check(found)
        except (ValueError, TypeError, KeyError):
            raise wrong(self.at + name) from None

    def end(self) -> None:
        if self.left:
            raise wrong(self.at + min(self.left))


def wrong(name: str) -> ShopError:
    """The refusal of a promotion whose field `name` can't be read."""
    return ShopError("promotion_field", status=422, field=name)


def read(body: Any) -> Promotion:
    """The promotion of a stored or sent form. ShopError("promotion_field", field=…) names what is missing or wrong."""
    said = _Reader(body)
    kind = said.take("kind", _one_of(KINDS))
    value = _Reader(said.take("value", dict), "value.")
    found = Promotion(
        uid=said.take("uid", _uid), names=said.take("names", _names), kind=kind, value=_VALUES[kind](value),
        scope=said.take("scope", partial(_scope, at="scope."), Scope()), when=said.take("when", _when, When()),
        limits=said.take("limits", _limits, Limits()), stack=said.take("stack", _one_of(STACKS), "one"),
        priority=said.take("priority", _whole(-1_000, 1_000), 0), coupon=said.take("coupon", _flag, False),
        parts=said.take("parts", _parts) if kind == "bundle" else (),
    )  # fmt: skip
    value.end()
    said.end()
    return found


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError
        return value

    return check


def _one_of(names: tuple[str, ...]) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in names:
            raise ValueError
        return str(value)

    return check


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _uid(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= 60 or not value.isprintable():
        raise ValueError
    return value.strip()


def _names(value: Any) -> dict[str, str]:
    found = {lang: _text(value[lang]) for lang in ("zh-CN", "en")}
    if set(value) - set(found):
        raise ValueError
    return found


def _words(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(x, str) and 0 < len(x) <= 64 for x in value):
        raise ValueError
    return frozenset(value)


def _numbers(least: int, most: int) -> Callable[[Any], frozenset[int]]:
    check = _whole(least, most)
    return lambda value: frozenset(check(x) for x in list(value))


def _scope(value: Any, at: str) -> Scope:
    said = _Reader(value, at)
    names = ("skus", "categories", "brands", "except_skus", "except_categories")
    found = Scope(*(said.take(name, _words, frozenset()) for name in names))
    said.end()
    return found


def _day(value: Any) -> str:
    return date.fromisoformat(value).isoformat()


def _hours(value: Any) -> tuple[tuple[int, int], ...]:
    check = _whole(0, DAY_MINUTES)
    found = tuple((check(a), check(b)) for a, b in value)
    if any(a == b for a, b in found):
        raise ValueError
    return found


def _when(value: Any) -> When:
    said = _Reader(value, "when.")
    found = When(
        begins=said.take("begins", _day, None), ends=said.take("ends", _day, None),
        weekdays=said.take("weekdays", _numbers(0, 6), frozenset()),
        month_days=said.take("month_days", _numbers(1, 31), frozenset()), hours=said.take("hours", _hours, ()),
        stores=said.take("stores", _words, frozenset()), member=said.take("member", _flag, False),
        tiers=said.take("tiers", _words, frozenset()), segments=said.take("segments", _words, frozenset()),
        birthday=said.take("birthday", _whole(0, 60), None), first=said.take("first", _flag, False),
    )  # fmt: skip
    said.end()
    if found.begins and found.ends and found.begins > found.ends:
        raise wrong("when.ends")
    return found


def _limits(value: Any) -> Limits:
    said = _Reader(value, "limits.")
    found = Limits(*(said.take(name, _whole(1, 1_000_000), None) for name in ("basket", "member", "day", "total")))
    said.end()
    return found


def _parts(value: Any) -> tuple[Part, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= 8:
        raise ValueError
    found = []
    for i, part in enumerate(value):
        said = _Reader(part, f"parts.{i}.")
        scope = said.take("scope", partial(_scope, at=f"parts.{i}.scope."), Scope())
        found.append(Part(scope, said.take("count", _whole(1, 100), 1)))
        said.end()
    return tuple(found)


_BP, _MONEY, _COUNT = _whole(1, 10_000), _whole(1, MAX_AMOUNT), _whole(1, MAX_COUNT)


def _percent(said: _Reader) -> dict[str, Any]:
    return {"bp": said.take("bp", _BP), "most": said.take("most", _MONEY, None)}


def _amount(said: _Reader) -> dict[str, Any]:
    return {"off": said.take("off", _MONEY)}


def _price(said: _Reader) -> dict[str, Any]:
    return {"price": said.take("price", _whole(0, MAX_AMOUNT))}


def _n_for_m(said: _Reader) -> dict[str, Any]:
    found = {"buy": said.take("buy", _whole(2, 100)), "pay": said.take("pay", _whole(1, 99))}
    if found["pay"] >= found["buy"]:
        raise wrong("value.pay")
    return {**found, "same": said.take("same", _flag, False)}


def _nth(said: _Reader) -> dict[str, Any]:
    nth, bp = said.take("nth", _whole(2, 100)), said.take("bp", _BP)
    return {"nth": nth, "bp": bp, "same": said.take("same", _flag, False)}


def _bundle(said: _Reader) -> dict[str, Any]:
    found = {"price": said.take("price", _MONEY, None), "bp": said.take("bp", _BP, None)}
    if (found["price"] is None) == (found["bp"] is None):
        raise wrong("value.price")
    return found


def _gift(said: _Reader) -> dict[str, Any]:
    found = {"spend": said.take("spend", _MONEY, None), "count": said.take("count", _COUNT, None)}
    if (found["spend"] is None) == (found["count"] is None):
        raise wrong("value.spend")
    return {**found, "gift": said.take("gift", _uid_or_sku), "pieces": said.take("pieces", _COUNT, 1)}


def _uid_or_sku(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 64:
        raise ValueError
    return value


def _spend_get(said: _Reader) -> dict[str, Any]:
    every, off = said.take("every", _MONEY), said.take("off", _MONEY)
    return {"every": every, "off": off, "most": said.take("most", _COUNT, None)}


def _threshold(said: _Reader) -> dict[str, Any]:
    def steps(value: Any) -> tuple[tuple[int, int], ...]:
        found = tuple(sorted((_MONEY(a), _whole(1, most)(b)) for a, b in list(value)))
        if not 1 <= len(found) <= 10 or len({a for a, _ in found}) < len(found):
            raise ValueError
        return found

    percent = said.take("percent", _flag, False)
    most = 10_000 if percent else MAX_AMOUNT
    return {"percent": percent, "steps": said.take("steps", steps)}


_VALUES: dict[str, Callable[[_Reader], dict[str, Any]]] = {
    "percent": _percent, "amount": _amount, "price": _price, "n_for_m": _n_for_m, "nth": _nth, "bundle": _bundle,
    "gift": _gift, "spend_get": _spend_get, "threshold": _threshold,
}  # fmt: skip
