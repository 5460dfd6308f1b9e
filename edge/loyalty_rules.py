"""What the shop says of points and tiers: the setting "loyalty" as values, and what may be written in it.

Its stored form is JSON: `tiers` (the ladder's rungs, from below), `ladder` (how one climbs and falls) and `earn` (rules
for more points, or none). Keys that are left out have the values of the dataclasses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from edge.errors import ShopError

MOST_TIERS, MOST_RULES, MOST_NAMED = 8, 50, 200
MOST_SCORE, MOST_VISITS, MOST_DAYS, MOST_PLUS = 10_000_000, 10_000, 3_660, 10_000
ONCE, MOST_TIMES = 10_000, 100_000
BY = ("score", "visits", "either", "both")
WINDOWS = ("lifetime", "days", "year")
FALLS = ("one", "score")
GIVES = ("times", "plus", "none")
# Names of the rungs that a shop begins with; a release before wrote none.
_NAMES = {"bronze": ("铜卡", "Bronze"), "silver": ("银卡", "Silver"), "gold": ("金卡", "Gold")}
_ID = re.compile(r"[a-z][a-z0-9_-]{0,15}")
_NAME = 16


@dataclass(frozen=True)
class Tier:
    """A rung: reached at `score` (or `visits`, or both: see Ladder); points multiplied by `multiplier` basis points.

    prices: a price list of its own beside "member"; gift and birthday: promotions of which a coupon is given on
    reaching it and on its members' birthdays; delivery: goods are brought for nothing, which the cashier is told.
    """

    id: str
    score: int
    multiplier: int
    visits: int = 0
    name_zh: str = ""
    name_en: str = ""
    prices: str = ""
    gift: str = ""
    birthday: str = ""
    delivery: bool = False

    def name(self, lang: str) -> str:
        """As customers and cashiers read it."""
        return (self.name_zh if lang.startswith("zh") else self.name_en) or self.id


@dataclass(frozen=True)
class Ladder:
    """How tiers are reached and left.

    by: what counts, score or visits (documents that earned at least `visit_score`), either of them, or both. window:
    all there was ("lifetime"), the last `days` days, today among them, or the calendar year. Who no longer has what his
    rung needs keeps it for `grace_days` and then falls: one rung ("one"), or to what he has ("score").
    """

    by: str = "score"
    window: str = "lifetime"
    days: int = 365
    visit_score: int = 1
    grace_days: int = 0
    fall: str = "score"

    @property
    def plain(self) -> bool:
        """Whether the sum of all score tells the tier, and nothing has to be remembered."""
        return self.by == "score" and self.window == "lifetime" and not self.grace_days


@dataclass(frozen=True)
class EarnRule:
    """More points, or none. What is empty does not matter.

    give: "times" (value in basis points), "plus" (value points for each whole piece or kilogram) or "none"; goods:
    skus, categories and brands, any of which; whom: ids of tiers; when: weekdays 0 (Monday) to 6, month_days 1 to 31
    (one that a month has not counts on its last), birthday (so many days before and after), begins and ends (dates,
    both among them).
    """

    id: str
    give: str
    value: int = 0
    name_zh: str = ""
    name_en: str = ""
    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    weekdays: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    birthday: int | None = None
    begins: str = ""
    ends: str = ""

    @property
    def everything(self) -> bool:
        """Whether it is about all goods alike."""
        return not (self.skus or self.categories or self.brands)

    def name(self, lang: str) -> str:
        """As customers read it."""
        return self.name_zh if lang.startswith("zh") else self.name_en


def tiers(value: Mapping[str, Any]) -> tuple[Tier, ...]:
    """The rungs from below."""
    return tuple(sorted(map(_tier, value["tiers"]), key=lambda tier: (tier.score, tier.visits)))


def ladder(value: Mapping[str, Any]) -> Ladder:
    return Ladder(**value.get("ladder", {}))


def earn_rules(value: Mapping[str, Any]) -> tuple[EarnRule, ...]:
    return tuple(map(_rule, value.get("earn", ())))


def _tier(said: Mapping[str, Any]) -> Tier:
    facts = {key: value for key, value in said.items() if key != "name"}
    zh, en = _NAMES.get(said["id"], ("", ""))
    name = said.get("name", {})
    return Tier(**facts, name_zh=name.get("zh-CN", zh), name_en=name.get("en", en))


def _rule(said: Mapping[str, Any]) -> EarnRule:
    facts: dict[str, Any] = {
        key: frozenset(value) if isinstance(value, list) else value for key, value in said.items() if key != "name"
    }
    name = said.get("name", {})
    return EarnRule(**facts, name_zh=name.get("zh-CN", ""), name_en=name.get("en", ""))


# ---- what may be written


def check(value: Any) -> None:
    """ShopError (422): loyalty_shape with the place; tier_few, tier_first, tier_order, tier_twice, tier_name,
    tier_list; setting_tiers when a higher rung gives fewer points; earn_twice, earn_name, earn_dates, earn_plus."""
    if not isinstance(value, Mapping) or not {"minor_per_point", "lot_days", "tiers"} <= set(value):
        raise ShopError("loyalty_shape", status=422, where="loyalty")
    _whole("minor_per_point", value["minor_per_point"], 1, 1_000_000)
    if value["lot_days"] is not None:
        _whole("lot_days", value["lot_days"], 1, MOST_DAYS)
    rules = value.get("ladder", {})
    _check_ladder(rules)
    _check_tiers(value["tiers"], rules.get("by", "score"))
    _check_earn(value.get("earn", []), {tier["id"] for tier in value["tiers"]})


def _check_ladder(said: Any) -> None:
    if not isinstance(said, Mapping) or not set(said) <= set(Ladder.__dataclass_fields__):
        raise ShopError("loyalty_shape", status=422, where="ladder")
    for key, known in (("by", BY), ("window", WINDOWS), ("fall", FALLS)):
        if said.get(key, known[0]) not in known:
            raise ShopError("loyalty_shape", status=422, where=f"ladder.{key}")
    for key, least, most in (("days", 1, MOST_DAYS), ("visit_score", 1, MOST_SCORE), ("grace_days", 0, MOST_DAYS)):
        if key in said:
            _whole(f"ladder.{key}", said[key], least, most)


def _check_tiers(said: Any, by: str) -> None:
    if not isinstance(said, Sequence) or not 1 <= len(said) <= MOST_TIERS:
        raise ShopError("tier_few", status=422, most=MOST_TIERS)
    for tier in said:
        _check_tier(tier)
    ids = [tier["id"] for tier in said]
    if twice := next((each for each in ids if ids.count(each) > 1), None):
        raise ShopError("tier_twice", status=422, tier=twice)
    said = sorted(said, key=lambda tier: (tier["score"], tier.get("visits", 0)))
    asked = [key for key in ("score", "visits") if by in (key, "either", "both")]
    if any(said[0].get(key, 0) for key in ("score", "visits")):
        raise ShopError("tier_first", status=422)
    for below, above in zip(said, said[1:], strict=False):
        if any(above.get(key, 0) <= below.get(key, 0) for key in asked):
            raise ShopError("tier_order", status=422, tier=above["id"])
    factors = [tier["multiplier"] for tier in said]
    if factors != sorted(factors):
        raise ShopError("setting_tiers", status=422)


def _check_tier(tier: Any) -> None:
    known = {*Tier.__dataclass_fields__, "name"} - {"name_zh", "name_en"}
    if not isinstance(tier, Mapping) or not {"id", "score", "multiplier"} <= set(tier) <= known:
        raise ShopError("loyalty_shape", status=422, where="tiers")
    if not isinstance(tier["id"], str) or not _ID.fullmatch(tier["id"]):
        raise ShopError("loyalty_shape", status=422, where="tiers.id")
    where = f"tiers.{tier['id']}"
    _whole(f"{where}.score", tier["score"], 0, MOST_SCORE)
    _whole(f"{where}.visits", tier.get("visits", 0), 0, MOST_VISITS)
    _whole(f"{where}.multiplier", tier["multiplier"], ONCE, MOST_TIMES)
    if (tier["id"] not in _NAMES or "name" in tier) and not _named(tier.get("name")):
        raise ShopError("tier_name", status=422, tier=tier["id"])
    prices = tier.get("prices", "")
    if not isinstance(prices, str) or prices == "base" or (prices and not _ID.fullmatch(prices)):
        raise ShopError("tier_list", status=422, tier=tier["id"])
    for key in ("gift", "birthday"):
        if not isinstance(tier.get(key, ""), str) or len(tier.get(key, "")) > 64:
            raise ShopError("loyalty_shape", status=422, where=f"{where}.{key}")
    if not isinstance(tier.get("delivery", False), bool):
        raise ShopError("loyalty_shape", status=422, where=f"{where}.delivery")


def _check_earn(said: Any, known: set[str]) -> None:
    if not isinstance(said, list) or len(said) > MOST_RULES:
        raise ShopError("loyalty_shape", status=422, where="earn")
    for rule in said:
        _check_rule(rule, known)
    ids = [rule["id"] for rule in said]
    if twice := next((each for each in ids if ids.count(each) > 1), None):
        raise ShopError("earn_twice", status=422, rule=twice)


def _check_rule(rule: Any, known: set[str]) -> None:
    keys = {*EarnRule.__dataclass_fields__, "name"} - {"name_zh", "name_en"}
    if not isinstance(rule, Mapping) or not {"id", "name", "give"} <= set(rule) <= keys or rule["give"] not in GIVES:
        raise ShopError("loyalty_shape", status=422, where="earn")
    if not isinstance(rule["id"], str) or not _ID.fullmatch(rule["id"]):
        raise ShopError("loyalty_shape", status=422, where="earn.id")
    where, give = f"earn.{rule['id']}", rule["give"]
    if not _named(rule["name"], 40):
        raise ShopError("earn_name", status=422, rule=rule["id"])
    least, most = {"times": (ONCE, MOST_TIMES), "plus": (1, MOST_PLUS), "none": (0, 0)}[give]
    _whole(f"{where}.value", rule.get("value", 0), least, most)
    for key in ("skus", "categories", "brands"):
        _texts(f"{where}.{key}", rule.get(key, []))
    _texts(f"{where}.tiers", rule.get("tiers", []), known)
    for key, least, most in (("weekdays", 0, 6), ("month_days", 1, 31)):
        days = rule.get(key, [])
        if not isinstance(days, list) or any(type(day) is not int or not least <= day <= most for day in days):
            raise ShopError("loyalty_shape", status=422, where=f"{where}.{key}")
    if rule.get("birthday") is not None:
        _whole(f"{where}.birthday", rule["birthday"], 0, 31)
    if give in ("plus", "none") and not any(map(rule.get, ("skus", "categories", "brands"))):
        # By the receipt it would pay to split one.
        raise ShopError("earn_plus", status=422, rule=rule["id"])
    _dates(rule)


def _dates(rule: Mapping[str, Any]) -> None:
    begins, ends = rule.get("begins", ""), rule.get("ends", "")
    try:
        wrong = [day for day in (begins, ends) if day and date.fromisoformat(day).isoformat() != day]
    except (ValueError, TypeError):
        wrong = [begins]
    if wrong or (begins and ends and ends < begins):
        raise ShopError("earn_dates", status=422, rule=rule["id"])


def _named(name: Any, most: int = _NAME) -> bool:
    return isinstance(name, Mapping) and set(name) == {"zh-CN", "en"} and all(
        isinstance(said, str) and 0 < len(said.strip()) <= most and said.isprintable() for said in name.values()
    )  # fmt: skip


def _texts(where: str, said: Any, known: set[str] | None = None) -> None:
    if not isinstance(said, list) or len(said) > MOST_NAMED:
        raise ShopError("loyalty_shape", status=422, where=where)
    wrong = any(not isinstance(x, str) or not 0 < len(x) <= 64 for x in said)
    if wrong or (known is not None and not set(said) <= known):
        raise ShopError("loyalty_shape", status=422, where=where)


def _whole(where: str, value: Any, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise ShopError("setting_bounds", status=422, name=where, least=least, most=most)
