"""PINs: which may be used, and how they are kept: argon2id with 19 MiB, one at a time."""

from __future__ import annotations

import re
import threading
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from edge.errors import ShopError

LEAST, MOST = 6, 12
COMMON = Path(__file__).with_name("common_pins.txt")
# No PIN fits it: whoever has none yet comes in by a manager's code.
NO_PIN = ""
WEAKNESSES = ("digits", "length", "few", "repeat", "ladder", "common")
_REPEAT = re.compile(r"(\d+)\1+|(?:(\d)\2)+")


class Hasher:
    """Hashes and checks. A check takes 19 MiB for a moment; a guesser gains nothing by threads."""

    def __init__(self) -> None:
        self._argon = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._one = threading.Lock()

    def hash(self, pin: str) -> str:
        """What is stored."""
        with self._one:
            return self._argon.hash(pin)

    def verify(self, hashed: str, pin: str) -> bool:
        """Whether it is the PIN that was hashed."""
        try:
            with self._one:
                return self._argon.verify(hashed, pin)
        except (VerifyMismatchError, InvalidHashError):
            return False


@cache
def common() -> frozenset[str]:
    """What everybody tries first."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(pin for line in lines if not line.startswith("#") for pin in line.split())


def weakness(pin: str) -> str | None:
    """Why a PIN may not be used, one of WEAKNESSES ("few": different digits); None if it may.

    A ladder goes up or down by the same step, past nine and nought too.
    """
    if not (pin.isascii() and pin.isdigit()):
        return "digits"
    if not LEAST <= len(pin) <= MOST:
        return "length"
    if len(set(pin)) < 3:
        return "few"
    if len({(int(b) - int(a)) % 10 for a, b in zip(pin, pin[1:], strict=False)}) == 1:
        return "ladder"
    if _REPEAT.fullmatch(pin):
        return "repeat"
    return "common" if pin in common() else None


def check(pin: str) -> None:
    """ShopError("pin_weak_…"), named after the reason, when a PIN may not be used."""
    if why := weakness(pin):
        raise ShopError(f"pin_weak_{why}", status=422)
