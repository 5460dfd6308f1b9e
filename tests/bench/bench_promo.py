"""A cart of 50 lines under 500 active promotions: what pricing it anew takes, and how that grows with both numbers.

Twice: with promotions spread over 2,000 products, of which the cart touches some; and all about the cart's own goods,
so that hundreds want each line. The reference is the plain way to find out which rules are about which lines: every
scope is asked about every line. Times are CPU time of the thread that asks.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from edge.basket import Basket, Line
from edge.catalog import Product, Versions
from edge.promo import kinds
from edge.promo.cart import Force
from edge.promo.rules import Promotion, read
from tests.bench.report import Row, against, bound, p50, percentile, told

LINES, PROMOTIONS = 50, 500
CARTS, WORST_MS = 400, 15.0
WIDE, NARROW = 2_000, 60  # products that the promotions are about
SHARE = 1.5  # of the plain way's time, at most
_SHELVES = [f"shelf{n}" for n in range(20)]


def run(template: Path) -> list[Row]:
    """All rows of this bench; the sample store is not needed."""
    rows = list[Row]()
    for name, products in (("spread over 2,000 products", WIDE), ("all about its own goods", NARROW)):
        ours, plain = _measure(products, LINES, PROMOTIONS)
        about = f"{LINES} lines, {PROMOTIONS} promotions {name}"
        rows.append(bound("P", f"{about}, p99", "ms", percentile(ours, 99), WORST_MS))
        rows.append(against("P", f"{about}, p50", "ms", p50(ours), p50(plain), SHARE))
        rows += _growth(products, name)
    return rows


def _growth(products: int, name: str) -> list[Row]:
    by_lines = [f"{n}: {p50(_measure(products, n, PROMOTIONS, 100)[0]):.2f}" for n in (10, 25, 50, 100)]
    by_rules = [f"{n}: {p50(_measure(products, LINES, n, 100)[0]):.2f}" for n in (0, 125, 250, 500, 1_000)]
    return [
        told("P", f"ms by lines, {name}", ", ".join(by_lines)),
        told("P", f"ms by promotions, {name}", ", ".join(by_rules)),
    ]


def _measure(products: int, lines: int, promotions: int, carts: int = CARTS) -> tuple[list[float], list[float]]:
    """Milliseconds of each cart: (all of its pricing, asking every scope about every line)."""
    rng = random.Random(7)
    goods = [_product(n, rng) for n in range(products)]
    rules = tuple(_rule(n, rng, products) for n in range(promotions))
    force = Force(rules, {}, rules, (0, None, frozenset()))
    ours, plain = list[float](), list[float]()
    for _ in range(carts):
        cart = Basket("u", "1", Versions(1, 1), tuple(_lines(goods, lines, rng)), 1)
        ours.append(_ms(lambda cart=cart: cart.promoted(force)))  # type: ignore[misc]
        plain.append(_ms(lambda cart=cart: _asked(cart, rules)))  # type: ignore[misc]
    return ours, plain


def _ms(work: Callable[[], Any]) -> float:
    began = time.thread_time_ns()
    work()
    return (time.thread_time_ns() - began) / 1e6


def _asked(cart: Basket, rules: Sequence[Promotion]) -> int:
    facts = [(x.product.sku, x.product.category, x.product.brand) for x in cart.lines]
    return sum(rule.scope.holds(*fact) for rule in rules for fact in facts)


def _product(n: int, rng: random.Random) -> Product:
    price = rng.randrange(200, 9_000, 50)
    return Product(
        n, f"sku{n}", None, "名", "name", rng.choice(_SHELVES), "tag", "pc", "A", (), price,
        price - 50 if rng.random() < 0.2 else None, brand=f"brand{rng.randrange(40)}",
    )  # fmt: skip


def _lines(goods: Sequence[Product], count: int, rng: random.Random) -> list[Line]:
    chosen = rng.sample(goods, min(count, len(goods)))
    chosen += [rng.choice(goods) for _ in range(count - len(chosen))]
    return [Line(n, product, 1000 * rng.choice((1, 1, 1, 2, 3))) for n, product in enumerate(chosen, 1)]


def _rule(n: int, rng: random.Random, products: int) -> Promotion:
    """Most are about a few products, some about a shelf or a brand, a few about all."""

    def scope() -> dict[str, list[str]]:
        some = {"skus": [f"sku{rng.randrange(products)}" for _ in range(rng.choice((1, 2, 3, 8)))]}
        return rng.choice((some, some, some, {"categories": [rng.choice(_SHELVES)]}, {"brands": [f"brand{n % 40}"]}))

    kind, value = rng.choice(_KINDS)
    form: dict[str, Any] = {"uid": f"P{n}", "names": {"zh-CN": "促销", "en": "offer"}, "kind": kind, "value": value}
    if kind == "bundle":
        form["parts"] = [{"scope": scope()}, {"scope": scope()}]
    else:
        form["scope"] = {} if kind in kinds.OF_SUMS and rng.random() < 0.2 else scope()
    return read({**form, "stack": "with" if rng.random() < 0.05 else "one", "priority": rng.choice((0, 0, 0, 5))})


_KINDS: list[tuple[str, dict[str, Any]]] = [
    ("percent", {"bp": 1_000}), ("percent", {"bp": 2_000}), ("percent", {"bp": 500, "most": 300}),
    ("amount", {"off": 150}), ("price", {"price": 990}), ("n_for_m", {"buy": 3, "pay": 2}),
    ("n_for_m", {"buy": 2, "pay": 1, "same": True}), ("nth", {"nth": 2, "bp": 5_000}), ("bundle", {"price": 1_500}),
    ("bundle", {"bp": 1_500}), ("gift", {"spend": 5_000, "gift": "sku1"}), ("spend_get", {"every": 5_000, "off": 500}),
    ("threshold", {"steps": [[10_000, 1_000], [20_000, 2_500]]}),
]  # fmt: skip
