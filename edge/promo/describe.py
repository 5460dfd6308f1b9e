"""A promotion's rule as one text, for lists, coupons and the kiosk."""

from __future__ import annotations

from edge.box import Box
from edge.promo import telling
from edge.promo.rules import Promotion


def describe(box: Box, promotion: Promotion, lang: str) -> str:
    """Its sentences in a row; how it goes with others only where that is unusual."""
    said = telling.describe(box, promotion, lang)
    return ("" if lang.startswith("zh") else " ").join(said[:-1] if promotion.stack == "one" else said)
