"""What customers may say of a shop, wherever they say it: faces, reasons, and words that steer nothing."""

from __future__ import annotations

import unicodedata

SCORES = range(1, 6)
TOPICS = ("staff", "choice", "fresh", "price", "waiting", "clean")
# What a tapped reason is called among the themes.
THEME_OF = {
    "staff": "staff", "choice": "stock", "fresh": "fresh", "price": "price", "waiting": "queue", "clean": "clean",
}  # fmt: skip
MOST_TEXT = 500
_STEERING = ("Cc", "Cf", "Cs", "Co")
_KEPT = "\n\r\t\u200d"  # the last one joins emoji


def tidy(text: str) -> str:
    """What was typed, without characters that steer a screen or a printer, and not longer than we keep."""
    plain = (" " if c in "\n\r\t" else c for c in text if c in _KEPT or unicodedata.category(c) not in _STEERING)
    return " ".join("".join(plain).split())[:MOST_TEXT].strip()
