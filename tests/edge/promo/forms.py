"""Promotions for tests, as a manager's screen would send them."""

from __future__ import annotations

from typing import Any

from edge.promo import desk
from edge.promo.rules import Promotion, read
from tests.edge.shop import Shop


def form(kind: str, uid: str = "P", **more: Any) -> dict[str, Any]:
    """A promotion's form; what its kind needs stands among `more` as value."""
    names = more.pop("names", {"zh-CN": f"促销 {uid}", "en": f"Offer {uid}"})
    return {"uid": uid, "names": names, "kind": kind, **more}


def rule(kind: str, uid: str = "P", **more: Any) -> Promotion:
    """The same, read."""
    return read(form(kind, uid, **more))


def launch(shop: Shop, kind: str, uid: str = "P", **more: Any) -> None:
    """Let it begin."""
    desk.put(shop.box, form(kind, uid, **more), shop.person("manager"))
