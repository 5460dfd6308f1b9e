"""A promotion in one sentence: what comes off which goods, when, for whom, how often.

Whoever buys under a rule may read it: a coupon, the till and the kiosk show the same sentence as the manager's page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edge import catalog
from edge.base.i18n import t
from edge.base.money import fmt_money
from edge.box import Box
from edge.promo.rules import Promotion, Scope

_NAMED = 3  # products or categories that are named; more are counted


def describe(box: Box, promotion: Promotion, lang: str) -> str:
    """The sentence, of parts that are joined by dots."""
    return " · ".join([_what(box, promotion, lang), *_limits(box, promotion, lang)])


def short(box: Box, promotion: Promotion, lang: str) -> str:
    """Only what comes off which goods."""
    return _what(box, promotion, lang)


def _what(box: Box, p: Promotion, lang: str) -> str:
    value, said = p.value, _Said(box, lang)
    goods = said.goods(p.scope)
    name = p.kind
    facts: dict[str, Any] = {"goods": goods}
    if p.kind == "bundle":
        facts = {"parts": said.parts(p)}
        name = "bundle_price" if value["price"] is not None else "bundle_percent"
    elif p.kind == "gift":
        facts |= {"gift": said.product(value["gift"]), "n": value["pieces"]}
        name = "gift_spend" if value["spend"] is not None else "gift_count"
    elif p.kind == "threshold":
        facts["steps"] = said.steps(value)
    elif value.get("most") is not None:
        name += "_most"
        facts["most"] = value["most"] if p.kind == "spend_get" else said.money(value["most"])
    for key in ("off", "price", "spend", "every"):
        if value.get(key) is not None:
            facts[key] = said.money(value[key])
    if value.get("bp") is not None:
        facts["percent"] = said.percent(value["bp"])
    facts |= {key: value[key] for key in ("buy", "pay", "nth", "count") if value.get(key) is not None}
    sentence = t(lang, f"promo.{name}", **facts)
    return f"{sentence} · {t(lang, 'promo.same')}" if value.get("same") else sentence


class _Said:
    """Names and amounts in one language."""

    def __init__(self, box: Box, lang: str) -> None:
        self.box, self.lang, self.versions = box, lang, catalog.current(box.db)

    def money(self, amount: int) -> str:
        return fmt_money(amount, self.box.currency)

    def percent(self, bp: int) -> str:
        return f"{bp // 100}%" if bp % 100 == 0 else f"{bp / 100:.2f}".rstrip("0") + "%"

    def goods(self, scope: Scope) -> str:
        found = t(self.lang, "promo.all_goods") if scope.everything else self._named(
            scope.skus, scope.categories, scope.brands)  # fmt: skip
        if not (scope.except_skus or scope.except_categories):
            return found
        but = self._named(scope.except_skus, scope.except_categories, frozenset())
        return t(self.lang, "promo.except", goods=found, but=but)

    def _named(self, skus: frozenset[str], categories: frozenset[str], brands: frozenset[str]) -> str:
        names = [*(self._category(x) for x in sorted(categories)), *sorted(brands), *(
            self.product(x) for x in sorted(skus)[:_NAMED])]  # fmt: skip
        count = len(categories) + len(brands) + len(skus)
        shown = names[:_NAMED]
        if count > len(shown):
            shown.append(t(self.lang, "promo.more", n=count - len(shown)))
        return t(self.lang, "promo.comma").join(shown)

    def product(self, sku: str) -> str:
        found = catalog.find(self.box, self.versions, (sku,))
        return found.name(self.lang) if found else sku

    def _category(self, name: str) -> str:
        for each in catalog.categories(self.box.db, self.versions):
            if each.id == name:
                name = each.name_zh if self.lang.startswith("zh") else each.name_en
        return t(self.lang, "promo.category", name=name)

    def parts(self, p: Promotion) -> str:
        said = (t(self.lang, "promo.part", goods=self.goods(part.scope), n=part.count) for part in p.parts)
        return t(self.lang, "promo.plus").join(said)

    def steps(self, value: Any) -> str:
        off = self.percent if value["percent"] else self.money
        said = (t(self.lang, "promo.step", reach=self.money(reach), off=off(less)) for reach, less in value["steps"])
        return t(self.lang, "promo.then").join(said)


def _limits(box: Box, p: Promotion, lang: str) -> Iterator[str]:
    when, comma = p.when, t(lang, "promo.comma")
    if p.coupon:
        yield t(lang, "promo.coupon")
    if when.begins or when.ends:
        name = "from_to" if when.begins and when.ends else "from" if when.begins else "to"
        yield t(lang, f"promo.{name}", begins=when.begins, ends=when.ends)
    if when.weekdays:
        yield comma.join(t(lang, f"promo.weekday_{day}") for day in sorted(when.weekdays))
    if when.month_days:
        yield t(lang, "promo.month_days", days=comma.join(map(str, sorted(when.month_days))))
    if when.hours:
        said = (t(lang, "promo.hours", begins=_clock(begins), ends=_clock(ends)) for begins, ends in when.hours)
        yield comma.join(said)
    if when.stores:
        yield t(lang, "promo.stores", stores=comma.join(sorted(when.stores)))
    yield from _who(box, p, lang, comma)
    for name in ("basket", "member", "day", "total"):
        if (n := getattr(p.limits, name)) is not None:
            yield t(lang, f"promo.limit_{name}{'_one' if n == 1 else ''}", n=n)
    if p.stack != "one":
        yield t(lang, f"promo.stack_{p.stack}")


def _who(box: Box, p: Promotion, lang: str, comma: str) -> Iterator[str]:
    when = p.when
    if when.tiers:
        names = {tier.id: tier.name(lang) for tier in box.rules.tiers}
        known = [*(names[x] for x in names if x in when.tiers), *sorted(when.tiers - names.keys())]
        yield t(lang, "promo.tiers", tiers=comma.join(known))
    elif when.member:
        yield t(lang, "promo.member")
    if when.segments:
        yield t(lang, "promo.segments", segments=comma.join(sorted(when.segments)))
    if when.birthday is not None:
        yield t(lang, "promo.birthday" if when.birthday else "promo.birthday_0", n=when.birthday)
    if when.first:
        yield t(lang, "promo.first")


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
