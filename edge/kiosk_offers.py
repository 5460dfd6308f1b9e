"""The kiosk's commands about suggestions: not for me, undo, turn off, turn on."""

from __future__ import annotations

from typing import Any

from edge import members
from edge.consent import set_consent
from edge.errors import ShopError
from edge.kiosk_state import Command, KioskState
from edge.recommend import declines


def _decline(kiosk: KioskState, args: dict[str, Any]) -> None:
    product = _offered(kiosk, args)
    with kiosk.box.transaction():
        declines.decline(kiosk.box, kiosk.member(), product, "kiosk", mode=kiosk.lane.mode)
    kiosk.visit.declined.add(product)
    kiosk.tell_tills()


def _take_back(kiosk: KioskState, args: dict[str, Any]) -> None:
    product = _offered(kiosk, args)
    with kiosk.box.transaction():
        declines.take_back(kiosk.box, kiosk.member(), product, "kiosk", mode=kiosk.lane.mode)
    kiosk.visit.declined.discard(product)
    kiosk.tell_tills()


def _off(kiosk: KioskState, args: dict[str, Any]) -> None:
    _consent(kiosk, False)
    kiosk.visit.offers, kiosk.visit.declined, kiosk.visit.panel = (), set(), ""
    kiosk.tell_tills()


def _on(kiosk: KioskState, args: dict[str, Any]) -> None:
    _consent(kiosk, True)
    kiosk.bus.publish("consent")


def _consent(kiosk: KioskState, granted: bool) -> None:
    member = kiosk.member()
    if members.has_consent(kiosk.box.db, member, "offers") != granted:
        with kiosk.box.transaction():
            set_consent(kiosk.box, member, "offers", granted, "kiosk", kiosk.lane.mode)


def _offered(kiosk: KioskState, args: dict[str, Any]) -> int:
    product = args.get("product")
    if not isinstance(product, int) or product not in [s.product.id for s in kiosk.visit.offers]:
        raise ShopError("offer_gone")
    return product


COMMANDS = {
    "offer/decline": Command(_decline),
    "offer/undo": Command(_take_back),
    "offers/off": Command(_off),
    "offers/on": Command(_on),
}
