"""The sample store's own rules for tiers and points, in force from the first day of `tillbox demo` on."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from edge import settings
from edge.base.i18n import LANGS, t
from edge.box import Box

EARN: dict[str, dict[str, Any]] = {
    "member-day": {"give": "times", "value": 20_000, "month_days": [28]},
    "birthday": {"give": "times", "value": 20_000, "birthday": 3},
    "bakery": {"give": "plus", "value": 5, "categories": ["bake"]},
    "alcohol": {"give": "none", "categories": ["alcohol"]},
}


def launch(box: Box) -> None:
    """Twice the points on a member day and around birthdays, more for bread, none for alcohol; gold is delivered to."""
    value = deepcopy(settings.DEFAULTS["loyalty"])
    value["tiers"][-1]["delivery"] = True
    value["earn"] = [
        {"id": name, "name": {lang: t(lang, f"demo.earn_{name.replace('-', '_')}") for lang in LANGS}, **rule}
        for name, rule in EARN.items()
    ]
    with box.transaction() as db:
        settings.put(db, box.env, "loyalty", value, "demo")
    box.reload_rules()
