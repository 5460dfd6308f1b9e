"""The address on a receipt where a customer says how it was: signed by the box, so that nobody can make one up."""

from __future__ import annotations

import hashlib
import hmac
import re

PLACE = "say"
_UID = re.compile(r"[a-z0-9]{8,40}")
_LENGTH = 20  # hex digits of the signature: 80 bits


def feedback_link(public: str, key: bytes, box: str, sale: str) -> str:
    """The address for one sale. public: headquarters' own address, such as https://hq.example.com."""
    return f"{public}/{PLACE}/{box}/{sale}/{_sign(key, box, sale)}"


def fits(key: bytes, box: str, sale: str, signature: str) -> bool:
    """Whether that box signed the address of that sale; takes as long for a wrong one as for a right one."""
    right = hmac.compare_digest(_sign(key, box, sale).encode(), signature.encode("utf-8", "replace"))
    return right and _UID.fullmatch(sale) is not None


def _sign(key: bytes, box: str, sale: str) -> str:
    return hmac.new(key, f"feedback\n{box}\n{sale}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:_LENGTH]
