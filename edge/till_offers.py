"""The till's commands about the suggestion beside the basket, and about kiosks that call for a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge import catalog, till_lines
from edge.errors import ShopError
from edge.lane import LaneState
from edge.staff import Session


def add(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """The customer takes what was suggested: one piece into the basket."""
    found = till.counter.current(till.basket)
    if found is None or found.product.id != args.get("product"):
        raise ShopError("offer_gone")
    # Of the catalogue that the basket began with: one basket, one price list.
    product = catalog.by_id(till.box.db, till.basket.versions, found.product.id)
    if product is None:
        raise ShopError("offer_gone")
    till_lines.put(till, product, 1000, None, None)
    till.counter.close(till.basket)


def decline(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """Not for her: kept, and nothing more is suggested beside this basket."""
    found = till.counter.current(till.basket)
    if found is None or found.product.id != args.get("product"):
        raise ShopError("offer_gone")
    till.counter.decline(till.basket, found)
    till.box.announce("offers")


def answer_call(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """Somebody goes to the kiosk that called."""
    lane = args.get("lane")
    if not isinstance(lane, str):
        raise ShopError("bad_request", status=422, field="lane")
    till.looks.calls.answer(till.box, lane, session.person.uid, till.lane.mode)


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {
    "offer/add": add,
    "offer/decline": decline,
    "call/answer": answer_call,
}
