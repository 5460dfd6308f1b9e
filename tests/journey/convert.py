"""From the table's rows to what a till understands: a catalogue and a file of `tillbox replay`.

The rules, in the order in which they are tried for one row:

1. quantity 0, or nothing paid: no goods changed hands for money; listed apart, not sold.
2. value = quantity × the product's common price, at most 99 pieces: its EAN-13, scanned quantity times.
3. otherwise (a discount in the value, or fuel counted in thousands): one 18-digit label with the amount. Its
   weight field holds the pieces as thousandths; fuel, being no pieces, counts as one.
4. more than 999.99 does not fit a label and is listed apart too (the table has none such).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.journey.table import basket_ids, common_prices, rows_of

MAX_PIECES = 99
MAX_AMOUNT = 99_999
HEADER = (
    "sku,gtin,name_zh,name_en,initials,category,icon,unit,price_fen,member_price_fen,cost_fen,tax_group,plu,flags,"
    "stock,frequent,popularity,season"
)


@dataclass(frozen=True)
class Row:
    """One row of the table; value in cents."""

    household: int
    basket: int
    product: int
    quantity: int
    value: int


@dataclass
class Journey:
    """A converted selection. apart: rows that are not sold, each with the reason."""

    products: dict[int, int] = field(default_factory=dict)
    plus: dict[int, str] = field(default_factory=dict)
    households: list[int] = field(default_factory=list)
    baskets: list[dict[str, Any]] = field(default_factory=list)
    apart: list[tuple[Row, str]] = field(default_factory=list)


def check_digit(digits: str) -> str:
    """GS1's, from the standard's text and not from the product's code."""
    odd, even = digits[-1::-2], digits[-2::-2]
    return str((10 - (3 * sum(map(int, odd)) + sum(map(int, even))) % 10) % 10)


def ean(product: int) -> str:
    """A fictional EAN-13 that carries the table's product number."""
    body = f"6991{product:08d}"
    return body + check_digit(body)


def card(household: int) -> str:
    """The member card of a household: TBX, ten digits, and two that make it ≡ 1 modulo 97."""
    body = f"{household:010d}"
    check = next(c for c in range(98, 0, -1) if int(f"{body}{c:02d}") % 97 == 1)
    return f"TBX{body}{check:02d}"


def label(plu: str, thousandths: int, cents: int) -> str:
    """28 + PLU + weight + amount + check: the 18-digit label."""
    body = f"28{plu}{thousandths:05d}{cents:05d}"
    return body + check_digit(body)


def reason_apart(row: Row) -> str | None:
    """Why a row can't be sold, or None."""
    if row.quantity <= 0:
        return "quantity 0"
    if row.value <= 0:
        return "nothing paid"
    if row.value > MAX_AMOUNT:
        return "more than a label holds"
    return None


def code_of(row: Row, price: int, plu: str) -> dict[str, Any]:
    """The scan (or scans) that sells a row for exactly its value."""
    if row.quantity <= MAX_PIECES and row.value == row.quantity * price:
        return {"code": ean(row.product), "n": row.quantity}
    pieces = row.quantity if row.quantity <= MAX_PIECES else 1
    return {"code": label(plu, pieces * 1000, row.value)}


def convert(count: int) -> Journey:
    """The first `count` baskets with a sale."""
    rows = list(_rows(basket_ids(count)))
    prices, journey = common_prices(), Journey()
    for row in rows:
        journey.products.setdefault(row.product, prices.get(row.product) or max(1, row.value))
    journey.products = dict(sorted(journey.products.items()))
    journey.plus = {product: f"{n:05d}" for n, product in enumerate(journey.products, 1)}
    journey.households = sorted({row.household for row in rows})
    baskets: dict[int, dict[str, Any]] = {}
    for row in rows:
        reason = reason_apart(row)
        if reason is not None:
            journey.apart.append((row, reason))
            continue
        new = {"basket": str(row.basket), "member": card(row.household), "codes": [], "expect": {"total": 0}}
        basket = baskets.setdefault(row.basket, new)
        basket["codes"].append(code_of(row, journey.products[row.product], journey.plus[row.product]))
        basket["expect"]["total"] += row.value
    journey.baskets = list(baskets.values())
    return journey


def _rows(baskets: tuple[int, ...]) -> Iterator[Row]:
    table = rows_of(baskets)
    names = ("household_id", "basket_id", "product_id", "quantity", "cents")
    for values in zip(*(table[name].to_pylist() for name in names), strict=True):
        yield Row(*values)


def write_catalogue(journey: Journey, path: Path) -> None:
    """The products in the form of the sample store's products.csv."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER.split(","))
        for product, price in journey.products.items():
            names = (f"商品 {product}", f"Product {product}", f"sp{product}")
            money = (price, "", 0, "A", journey.plus[product])
            writer.writerow((product, ean(product), *names, "all", "package", "pc", *money, "", "", 0, 1, ""))


def write_replay(journey: Journey, path: Path) -> None:
    """One basket a line."""
    with path.open("w", encoding="utf-8") as file:
        for basket in journey.baskets:
            file.write(json.dumps(basket, separators=(",", ":")) + "\n")
