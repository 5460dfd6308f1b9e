"""Coupons held to the events that issued, used, opened and withdrew them: the last word of each is its row's state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edge.base.sqlite import rows
from edge.box import Box

Fault = tuple[str, dict[str, Any]]
_ROWS = "SELECT code, serial, state FROM coupon ORDER BY promotion, serial"


def learn(known: dict[str, str], kind: str, data: dict[str, Any]) -> None:
    """Take up what an event says of coupons: code -> state. known holds what the events before it said."""
    if kind == "coupon.issued":
        known |= {coupon["code"]: "open" for coupon in data["coupons"]}
    elif kind == "audit.coupon_voided":
        known[data["code"]] = "void"
    else:
        known |= {coupon["code"]: coupon["state"] for coupon in data.get("coupons", ())}


def compare(box: Box, known: dict[str, str]) -> Iterator[Fault]:
    """Rows that stand otherwise than the events say. Withdrawn gives nobody anything: erasing a member does it, too."""
    for code, serial, state in rows(box.db, _ROWS):
        told = known.get(code)
        if told is None:
            yield "coupon_untold", {"n": serial}
        elif state not in (told, "void"):
            yield "coupon_changed", {"n": serial, "row": state, "event": told}
