"""Price lists of tiers: what a product costs for members of a tier that has one, beside "base" and "member".

A line's product carries the price that its customer has as a member; this puts the tier's there where it is lower.
Asked only where a tier names a list and a member is attached.
"""

from __future__ import annotations

from dataclasses import replace

from edge import catalog, tiers
from edge.base.sqlite import row
from edge.basket import Basket, Line
from edge.box import Box
from edge.catalog import REMEMBERED, Product, Versions

_BASE = "(SELECT COALESCE((SELECT base FROM price_base WHERE version = ?1), ?1))"
_AMOUNT = (
    "SELECT COALESCE((SELECT amount FROM price_change WHERE product = ?2 AND list = ?3 AND version <= ?1 "
    f"AND version > {_BASE} ORDER BY version DESC LIMIT 1), "
    f"(SELECT amount FROM price WHERE version = {_BASE} AND product = ?2 AND list = ?3))"
)


def names(box: Box) -> dict[str, str]:
    """The lists that tiers have, each with the id of the first such tier."""
    tiers_ = reversed(box.rules.tiers)
    return {tier.prices: tier.id for tier in tiers_ if tier.prices in box.rules.price_lists}


def amount(box: Box, versions: Versions, product: int, name: str) -> int | None:
    """What a product costs on a list (minor units); None where it is not on it."""
    found = row(box.db, _AMOUNT, (versions.price, product, name))
    return found[0] if found and found[0] is not None and found[0] >= 0 else None


def apply(box: Box, basket: Basket) -> None:
    """Give the lines of a member's cart the prices of his tier. Those of anybody else's are as they are."""
    if basket.member is None or not box.rules.price_lists:
        return
    name = tiers.of_member(box, basket.member).prices
    lines = tuple(_for(box, basket.versions, line, name) for line in basket.lines)
    if any(now is not before for now, before in zip(lines, basket.lines, strict=True)):
        basket.lines = lines


def _for(box: Box, versions: Versions, line: Line, name: str) -> Line:
    if line.source is not None or line.charge or line.qty < 0:
        return line
    price = _price(box, versions, line.product, name)
    product = line.product
    return line if price == product.member_price else replace(line, product=replace(product, member_price=price))


def _price(box: Box, versions: Versions, product: Product, name: str) -> int | None:
    """The lower of the tier's and every member's, remembered: a version never changes once it is current."""
    key = ("tier", versions.catalog, versions.price, product.id, name)
    if key not in box.scanned:
        if len(box.scanned) >= REMEMBERED:
            box.scanned.clear()
        plain = catalog.by_id(box.db, versions, product.id)
        found = [plain.member_price if plain else None, amount(box, versions, product.id, name) if name else None]
        box.scanned[key] = min((x for x in found if x is not None), default=None)
    price: int | None = box.scanned[key]
    return price
