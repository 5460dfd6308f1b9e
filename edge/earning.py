"""Rules for more points, or none: by goods, by day, by tier, on birthdays. Pure, and asked only where there are any.

How they combine, in one sentence: of all multipliers that hold for a line, that of the member's tier among them, the
best counts, not their product; bonus points are added; a line that earns nothing by one rule earns nothing at all.
What is earned by multipliers is floored once a receipt, and shared to its lines by what each of them brought, so that
points can go back with the goods that earned them.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from edge.base.money import allocate
from edge.loyalty import Earned, earn_times, expiry
from edge.loyalty_rules import ONCE, EarnRule
from edge.settings import Rules, Tier


@dataclass(slots=True)
class Goods:
    """A line that was bought: quantity in thousandths (> 0), what it costs in minor units."""

    sku: str
    category: str
    qty: int
    total: int
    brand: str = ""


@dataclass(slots=True)
class Customer:
    """The tier before the sale; birthday as month-day, "" when it may not be used or is not known."""

    tier: Tier
    birthday: str = ""


def asks_birthday(rules: Rules) -> bool:
    """Whether any rule is about birthdays."""
    return any(rule.birthday is not None for rule in rules.earning)


def holding(rules: Rules, who: Customer, business_date: str) -> list[EarnRule]:
    """The rules that hold for this customer today, whatever is bought."""
    return [rule for rule in rules.earning if _holds(rule, who, business_date)]


def _holds(rule: EarnRule, who: Customer, business_date: str) -> bool:
    if (rule.begins and business_date < rule.begins) or (rule.ends and business_date > rule.ends):
        return False
    if rule.tiers and who.tier.id not in rule.tiers:
        return False
    if not (rule.weekdays or rule.month_days or rule.birthday is not None):
        return True
    day = date.fromisoformat(business_date)
    if rule.weekdays and day.weekday() not in rule.weekdays:
        return False
    if rule.month_days and not on_month_day(day, rule.month_days):
        return False
    return rule.birthday is None or (bool(who.birthday) and near_birthday(day, who.birthday, rule.birthday))


def on_month_day(day: date, wanted: frozenset[int]) -> bool:
    """Whether it is one of these days of its month; one that the month has not is its last."""
    last = monthrange(day.year, day.month)[1]
    return day.day in wanted or (day.day == last and any(n > last for n in wanted))


def near_birthday(day: date, birthday: str, around: int) -> bool:
    """Whether a birthday (month-day) is at most so many days away; born on 29 February: on the 28th in other years."""
    return any(abs((day - on).days) <= around for on in (_birthday(birthday, day.year + n) for n in (-1, 0, 1)))


def _birthday(birthday: str, year: int) -> date:
    month, day = int(birthday[:2]), int(birthday[3:])
    return date(year, month, 28 if (month, day) == (2, 29) and not isleap(year) else day)


def birthday_before(day: str, birthday: str, days: int) -> str:
    """The date of a birthday (month-day) that is today or at most so many days past; "" otherwise."""
    today = date.fromisoformat(day)
    past = (_birthday(birthday, today.year + n) for n in (-1, 0))
    return next((on.isoformat() for on in past if 0 <= (today - on).days <= days), "")


def of_goods(paid: int, goods: Sequence[Goods], who: Customer, rules: Rules, business_date: str) -> Earned:
    """What money paid for these goods earns: paid ≤ what they cost together is shared to them by that.

    shares stays empty where every line earns alike: then points follow the money, as they do without rules.
    """
    active = holding(rules, who, business_date)
    weights = [max(0, x.total) for x in goods]
    if not active or paid <= 0 or not sum(weights):
        return earn_times(paid, who.tier.multiplier, rules, business_date)
    times = [_times(x, who, active) for x in goods]
    bonus_of = [_bonus(x, active) if n else 0 for x, n in zip(goods, times, strict=True)]
    if len(set(times)) == 1 and times[0] and not any(bonus_of):
        return earn_times(paid, times[0], rules, business_date)
    # By what each line costs, in one fraction: more money never earns less, whatever rounding does to the shares.
    whole = sum(weights)
    worth = [w * n for w, n in zip(weights, times, strict=True)]
    counted = [w if n else 0 for w, n in zip(weights, times, strict=True)]
    points = _share(paid * sum(worth) // (whole * rules.minor_per_point * ONCE), worth)
    score = _share(paid * sum(counted) // (whole * rules.minor_per_point), counted)
    # Of what was paid with money only in part, a part; coins that were rounded away take nothing.
    part = whole if whole - paid < rules.cash_step else paid
    bonus = [b * part // whole for b in bonus_of]
    shares = tuple((p + b, s) for p, b, s in zip(points, bonus, score, strict=True))
    return Earned(sum(p for p, _ in shares), sum(s for _, s in shares), expiry(rules, business_date), shares)


def _share(amount: int, weights: list[int]) -> list[int]:
    return allocate(amount, weights) if amount else [0] * len(weights)


def _about(rule: EarnRule, goods: Goods) -> bool:
    return (
        rule.everything or goods.sku in rule.skus or goods.category in rule.categories or goods.brand in rule.brands
    )


def _times(goods: Goods, who: Customer, active: list[EarnRule]) -> int:
    """The best multiplier in basis points; 0: it earns nothing."""
    best = who.tier.multiplier
    for rule in active:
        if rule.give != "plus" and _about(rule, goods):
            if rule.give == "none":
                return 0
            best = max(best, rule.value)
    return best


def _bonus(goods: Goods, active: list[EarnRule]) -> int:
    """Points for each whole piece or kilogram; nothing for what costs nothing."""
    pieces = goods.qty // 1000 if goods.total > 0 else 0
    return sum(pieces * rule.value for rule in active if rule.give == "plus" and _about(rule, goods))
