"""What the cashier's screen tells of promotions: what comes off each line through which, by which rule, and which gift
has been earned and does not lie there yet. Only asked where promotions are in force."""

from __future__ import annotations

from typing import Any

from edge import catalog
from edge.basket import Basket
from edge.lane import LaneState
from edge.pricing import PROMO, Priced
from edge.promo.cart import Force
from edge.promo.rules import Promotion
from edge.promo.telling import describe


def of_line(basket: Basket, price: Priced, lang: str) -> list[dict[str, Any]]:
    """What promotions take off a line: [{name, amount}]."""
    assert basket.force is not None
    rules = basket.promoted(basket.force).rules
    promos = ((kind.removeprefix(PROMO), amount) for kind, amount in price.parts if kind.startswith(PROMO))
    return [{"name": rules[uid].name(lang), "amount": amount} for uid, amount in promos if uid in rules]


def told(till: LaneState, force: Force, lang: str) -> dict[str, Any]:
    """{promos: [{uid, name, amount, rule, personal, lines}], others: {kind: amount}, gift}, or less.

    promos: each promotion that takes something off, its rule in sentences and what comes off which line; others: the
    rest of the basket's saving; gift: the next one that is earned and not there.
    """
    basket = till.basket
    found = basket.promoted(force)
    promos: dict[str, dict[str, Any]] = {}
    for line, price in zip(basket.lines, basket.priced(), strict=True):
        for kind, amount in price.parts if line.source is None else ():
            rule = found.rules.get(kind.removeprefix(PROMO)) if kind.startswith(PROMO) else None
            if rule is not None:
                promo = promos.setdefault(rule.uid, _promo(till, rule, lang))
                promo["amount"] += amount
                promo["lines"].append({"n": line.n, "name": line.product.name(lang), "amount": amount})
    others = _others(till) if promos else {}
    gift = next((g for p, pieces in found.gifts if (g := _gift(till, p, pieces, lang))), None)
    return ({"promos": list(promos.values()), "others": others} if promos else {}) | ({"gift": gift} if gift else {})


def _others(till: LaneState) -> dict[str, int]:
    """What of the saving is no promotion's: members' prices, what people gave, what returned goods take back of it."""
    found: dict[str, int] = {}
    for line, price in zip(till.basket.lines, till.basket.priced(), strict=True):
        hand = [("returned", price.discount)] if line.source is not None else list(price.by_hand)
        if line.source is None:
            hand.append(("member", price.discount - sum(amount for _, amount in price.parts)))
        for kind, amount in hand:
            found[kind] = found.get(kind, 0) + amount
    return {kind: amount for kind, amount in found.items() if amount}


def _promo(till: LaneState, rule: Promotion, lang: str) -> dict[str, Any]:
    return {
        "uid": rule.uid, "name": rule.name(lang), "amount": 0, "rule": _rule(till, rule, lang),
        "personal": rule.when.personal, "lines": list[dict[str, Any]](),
    }  # fmt: skip


def _rule(till: LaneState, rule: Promotion, lang: str) -> list[str]:
    """Its sentences, made once: every scan asks again."""
    known = till.told.get((rule.uid, lang))
    if known is None or known[0] is not rule:
        known = till.told[rule.uid, lang] = (rule, describe(till.box, rule, lang))
    return known[1]


def _gift(till: LaneState, rule: Promotion, pieces: int, lang: str) -> dict[str, Any] | None:
    product = catalog.find(till.box, till.basket.versions, (rule.value["gift"],))
    if product is None or product.unit != "pc":
        return None
    return {
        "product": product.id, "name": product.name(lang), "icon": product.icon, "pieces": pieces,
        "promo": rule.name(lang),
    }  # fmt: skip
