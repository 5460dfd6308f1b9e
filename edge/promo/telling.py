"""A promotion in plain sentences: whoever gets another price by a rule can read the rule (PIPL Art. 24)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from edge import catalog
from edge.base.i18n import t
from edge.base.money import Currency, fmt_money
from edge.box import Box
from edge.promo.rules import Promotion, Scope, When

NAMED = 3


def describe(box: Box, promotion: Promotion, lang: str) -> list[str]:
    """What comes off which goods, when and for whom, how often, and how it goes with others: sentences in lang."""
    teller = _Teller(box, lang)
    return [teller.rule(promotion), *teller.when(promotion.when), *teller.bounds(promotion)]


class _Teller:
    """Says the parts of one promotion; goods by the names of today's catalogue."""

    def __init__(self, box: Box, lang: str) -> None:
        self.box, self.lang, self.versions = box, lang, catalog.current(box.db)

    def say(self, slug: str, **params: object) -> str:
        return t(self.lang, f"promo.{slug}", **params)

    def rule(self, p: Promotion) -> str:
        """What comes off."""
        goods, value = self.goods(p.scope), p.value
        if p.kind == "percent":
            said = {"n": percent(value["bp"]), "most": self.money(value["most"] or 0)}
            return self.say("percent_most" if value["most"] else "percent", goods=goods, **said)
        if p.kind in ("amount", "price"):
            return self.say(p.kind, goods=goods, **{n: self.money(value[n]) for n in ("off", "price") if n in value})
        if p.kind == "n_for_m":
            return self.say("n_for_m_same" if value["same"] else "n_for_m", goods=goods, **_some(value, "buy", "pay"))
        if p.kind == "nth":
            slug = "nth_same" if value["same"] else "nth"
            return self.say(slug, goods=goods, n=value["nth"], off=percent(value["bp"]))
        if p.kind == "bundle":
            return self._bundle(p)
        if p.kind == "gift":
            return self._gift(goods, value)
        return self._sums(p, goods)

    def _bundle(self, p: Promotion) -> str:
        parts = self.say("plus").join(self.say("part", n=x.count, goods=self.goods(x.scope)) for x in p.parts)
        if p.value["price"] is not None:
            return self.say("bundle_price", parts=parts, price=self.money(p.value["price"]))
        return self.say("bundle_percent", parts=parts, n=percent(p.value["bp"]))

    def _gift(self, goods: str, value: Any) -> str:
        said = {"goods": goods, "gift": self.product(value["gift"]), "n": value["pieces"]}
        if value["spend"] is not None:
            return self.say("gift_spend", spend=self.money(value["spend"]), **said)
        return self.say("gift_count", count=value["count"], **said)

    def _sums(self, p: Promotion, goods: str) -> str:
        value = p.value
        if p.kind == "spend_get":
            slug = "spend_get_most" if value["most"] else "spend_get"
            said = {"every": self.money(value["every"]), "off": self.money(value["off"]), "most": value["most"]}
            return self.say(slug, goods=goods, **said)
        slug = "step_percent" if value["percent"] else "step_amount"
        steps = [
            self.say(slug, reach=self.money(reach), off=percent(off) if value["percent"] else self.money(off))
            for reach, off in value["steps"]
        ]
        return self.say("threshold", goods=goods, steps=self._listed(steps))

    def goods(self, scope: Scope) -> str:
        """The goods that a scope is about."""
        named = [self.product(sku) for sku in sorted(scope.skus)[: NAMED + 1]]
        named += self._shelves(scope.categories)
        named += [self.say("brand", name=name) for name in sorted(scope.brands)]
        count = len(scope.skus) + len(scope.categories) + len(scope.brands)
        goods = self._few(named, count) if count else self.say("everything")
        but = [self.product(sku) for sku in sorted(scope.except_skus)[: NAMED + 1]]
        but += self._shelves(scope.except_categories)
        if not but:
            return goods
        return self.say("except", goods=goods, not_=self._few(but, len(scope.except_skus | scope.except_categories)))

    def product(self, sku: str) -> str:
        found = catalog.find(self.box, self.versions, (sku,))
        return found.name(self.lang) if found else sku

    def _shelves(self, ids: Iterable[str]) -> list[str]:
        wanted = set(ids)
        shelves = catalog.categories(self.box.db, self.versions) if wanted else []
        names = {c.id: c.name_zh if self.lang.startswith("zh") else c.name_en for c in shelves}
        return [names.get(name, name) for name in sorted(wanted)]

    def when(self, when: When) -> list[str]:
        """When and for whom."""
        found = []
        if when.begins or when.ends:
            slug = "from_to" if when.begins and when.ends else "from" if when.begins else "until"
            found.append(self.say(slug, begins=when.begins, ends=when.ends))
        if when.weekdays:
            found.append(self.say("weekdays", days=self._listed(self.say(f"day_{n}") for n in sorted(when.weekdays))))
        if when.month_days:
            found.append(self.say("month_days", days=self._listed(str(n) for n in sorted(when.month_days))))
        if when.hours:
            found.append(self.say("hours", hours=self._listed(f"{_clock(a)}–{_clock(b)}" for a, b in when.hours)))
        if when.stores:
            found.append(self.say("stores", stores=self._listed(sorted(when.stores))))
        return found + self._whom(when)

    def _whom(self, when: When) -> list[str]:
        found = []
        if when.tiers:
            names = {x.id: x.name(self.lang) for x in self.box.rules.tiers if x.id in when.tiers}
            listed = [*names.values(), *sorted(when.tiers - names.keys())]
            found.append(self.say("tiers", tiers=self._listed(listed)))
        if when.segments:
            found.append(self.say("segments", segments=self._listed(sorted(when.segments))))
        if when.first:
            found.append(self.say("first"))
        if when.birthday is not None:
            found.append(self.say("birthday_window" if when.birthday else "birthday", n=when.birthday))
        return found or ([self.say("member")] if when.member else [])

    def bounds(self, p: Promotion) -> list[str]:
        """How often, and how it goes with others."""
        found = [self.say("coupon")] if p.coupon else []
        for name in ("basket", "member", "day", "total"):
            if (n := getattr(p.limits, name)) is not None:
                found.append(self.say(f"limit_{name}", n=n))
        return [*found, self.say(f"stack_{p.stack}")]

    def money(self, amount: int) -> str:
        currency: Currency = self.box.currency
        return fmt_money(amount, currency)

    def _few(self, names: list[str], count: int) -> str:
        if count <= NAMED:
            return self._listed(names)
        return self.say("and_more", names=self._listed(names[:NAMED]), n=self._rest(count))

    def _rest(self, count: int) -> int:
        return count if self.lang.startswith("zh") else count - NAMED

    def _listed(self, names: Iterable[str]) -> str:
        return self.say("list_comma").join(names)


def percent(bp: int) -> str:
    """Basis points as people write percent."""
    return f"{bp // 100}" if bp % 100 == 0 else f"{bp // 100}.{bp % 100:02d}".rstrip("0")


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _some(value: Any, *names: str) -> dict[str, Any]:
    return {name: value[name] for name in names}
