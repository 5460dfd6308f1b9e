"""The sample store's promotions, vouchers and rewards: what `tillbox demo` has on offer from its first day on."""

from __future__ import annotations

from typing import Any

from edge import coupons, rewards
from edge.base.i18n import LANGS, t
from edge.base.sqlite import rows
from edge.box import Box
from edge.promo import desk

_SODAS = ["10010", "10011", "10012"]
_CROISSANT, _LATTE = "30001", "10003"
OFFERS: dict[str, dict[str, Any]] = {
    "soda": {"kind": "nth", "value": {"nth": 2, "bp": 5_000}, "scope": {"skus": _SODAS}},
    "breakfast": {
        "kind": "bundle", "value": {"price": 2_190},
        "parts": [{"scope": {"skus": [_CROISSANT]}}, {"scope": {"skus": [_LATTE]}}],
    },
    "household": {
        "kind": "threshold", "value": {"steps": [[6_000, 600], [12_000, 1_500]]}, "scope": {"categories": ["home"]},
        "when": {"tiers": ["silver", "gold"]}, "limits": {"day": 1},
    },
    "voucher": {"kind": "threshold", "value": {"steps": [[3_000, 500]]}, "coupon": True},
}  # fmt: skip


# How many members have a voucher already, how many lie there to be printed, and what points buy: (points, kind, what).
_MEMBERS, _PAPER = 6, 4
REWARDS = {"water": (200, "goods", "10001"), "voucher": (500, "coupon", "demo-voucher")}
_HOLDERS = "SELECT id, uid FROM member WHERE state = 'active' ORDER BY id LIMIT ?"


def launch(box: Box) -> None:
    """Let them begin, hand out a few vouchers, and set two rewards."""
    for name, form in OFFERS.items():
        names = {lang: t(lang, f"demo.offer_{name}") for lang in LANGS}
        desk.put(box, {"uid": f"demo-{name}", "names": names, **form}, None)
    with box.transaction():
        for i, (member, uid) in enumerate(rows(box.db, _HOLDERS, (_MEMBERS,))):
            coupons.issue(box, "demo-voucher", 1, f"demo:{i}", "gift", member=(member, uid))
        coupons.issue(box, "demo-voucher", _PAPER, "demo:print", "print")
        for name, (points, kind, gives) in REWARDS.items():
            names = {lang: t(lang, f"demo.reward_{name}") for lang in LANGS}
            rewards.put(box, names, points, kind, gives, 30 if kind == "coupon" else None, None)
