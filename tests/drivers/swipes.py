"""Bank cards by the thousand, as readers send them."""

from __future__ import annotations

import random

BRANDS = (("4", 16), ("4", 13), ("4", 19), ("51", 16), ("2230", 16), ("34", 15), ("36", 14), ("3530", 16), ("62", 16),
          ("62", 19), ("6011", 16), ("5018", 12), ("6304", 18), ("95588", 19))  # fmt: skip
NAMES = ("DOE/JOHN", "LI/XIAOMING", "O'NEIL/ANNE MARIE", "VISA CARDHOLDER")


def number(rng: random.Random) -> str:
    """A card number of a random scheme that passes Luhn."""
    prefix, length = rng.choice(BRANDS)
    digits = prefix + "".join(rng.choice("0123456789") for _ in range(length - len(prefix) - 1))
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def swipe(rng: random.Random) -> tuple[str, str]:
    """(the card's number, what the reader types): track 1, 2, 3, all of them in one line or several, or the number."""
    pan, date = number(rng), f"{rng.randrange(26, 33)}{rng.randrange(1, 13):02d}"
    grouped = " ".join(pan[i : i + 4] for i in range(0, len(pan), 4))
    one = f"%B{rng.choice((pan, grouped))}^{rng.choice(NAMES)}^{date}{rng.randrange(10**9):09d}?"
    two = f";{pan}={date}{rng.randrange(10**6):06d}?"
    three = f"{rng.choice(';+')}{rng.randrange(100):02d}{pan}={rng.randrange(10**12):012d}?"
    forms = (one, two, three, one + two, f"{one}\r{two}\r{three}", pan, grouped, f"{pan[:4]}-{pan[4:]}")
    return pan, rng.choice(forms)
