"""The sample store's promotions: what `tillbox demo` has on offer from its first day on."""

from __future__ import annotations

from typing import Any

from edge.base.i18n import LANGS, t
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
}  # fmt: skip


def launch(box: Box) -> None:
    """Let them begin."""
    for name, form in OFFERS.items():
        names = {lang: t(lang, f"demo.offer_{name}") for lang in LANGS}
        desk.put(box, {"uid": f"demo-{name}", "names": names, **form}, None)
