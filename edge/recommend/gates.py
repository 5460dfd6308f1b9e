"""What is never suggested, whoever asks and however well it scores: one pure function."""

from __future__ import annotations

from dataclasses import dataclass

from edge.catalog import Product

# Goods that are sensitive whatever their category is called; which categories are is a setting (edge/restraint).
SENSITIVE_FLAGS = frozenset({"health", "baby", "age18", "alcohol"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gates ask about a member and the moment. Products are row ids, categories the catalogue's."""

    consent: bool
    basket: frozenset[int] = frozenset()
    declined: frozenset[int] = frozenset()
    bought_categories: frozenset[str] = frozenset()
    sensitive_categories: frozenset[str] = frozenset()


def refusal(product: Product, facts: Facts, *, active: bool, stock: int | None) -> str | None:
    """Why the product must not be suggested, or None. stock: thousandths on hand, None when it is not counted."""
    if not facts.consent:
        return "consent"
    if not active:
        return "gone"
    if product.id in facts.basket:
        return "basket"
    if product.id in facts.declined:
        return "declined"
    if stock is not None and stock < (1000 if product.unit == "pc" else 1):
        return "stock"
    if SENSITIVE_FLAGS.intersection(product.flags) or product.category in facts.sensitive_categories:
        return "sensitive"
    if "open_price" in product.flags:
        return "price"  # it has none before somebody types it
    if product.category not in facts.bought_categories:
        return "category"
    return None
