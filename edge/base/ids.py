"""Random identifiers for what leaves the box. They carry no time and order nothing."""

from __future__ import annotations

import base64
import random


def new_uid(rng: random.Random) -> str:
    """128 random bits as 26 lower-case base32 characters."""
    return base64.b32encode(rng.getrandbits(128).to_bytes(16, "big")).decode().rstrip("=").lower()
