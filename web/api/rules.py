"""The shop's rules: each with its bounds, changed as many at once as a page shows."""

from __future__ import annotations

from typing import Any

from edge import catalog, setting_book
from web.api.frame import Call, speaks
from web.api.shapes import anything, body, by_name, choice, many, obj, opt, text, whole
from web.auth import MANAGER

RULES = obj(
    "Rules",
    groups=many(
        obj(
            "RuleGroup",
            group=text(example="money"),
            rules=many(
                obj(
                    "Rule",
                    name=text(example="cash.step"),
                    kind=choice("whole", "money", "percent", "flag", "choice", "some", "text"),
                    value={**anything(), "examples": [10]},
                    least=whole(example=1),
                    most=whole(example=1000),
                    choices=many(text(example="down")),
                    labels=opt(by_name(text(example="Drinks"))),
                )
            ),
        )
    ),
)


@speaks(RULES)
def read(call: Call) -> Any:
    """Every rule that a manager may change, as it is now, with what it may be."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for field, value in setting_book.read(call.box):
        groups.setdefault(field.group, []).append({
            "name": field.name, "kind": field.kind, "value": value, "least": field.least, "most": field.most,
            "choices": list(field.choices), **({"labels": _categories(call)} if field.name == "sensitive" else {}),
        })  # fmt: skip
    return {"groups": [{"group": name, "rules": rules} for name, rules in groups.items()]}


def _categories(call: Call) -> dict[str, str]:
    found = catalog.categories(call.box.db, catalog.current(call.box.db))
    return {each.id: each.name_zh if call.lang.startswith("zh") else each.name_en for each in found}


@speaks(
    RULES,
    body=body("ChangeRules", changes={**by_name(anything()), "examples": [{"cash.step": 10}]}),
    refusals=("422 setting_unknown", "422 setting_wrong", "422 setting_tiers"),
)
def change(call: Call) -> Any:
    """Give some rules other values, all or none of them; they count at once."""
    setting_book.change(call.box, call.person, call.body["changes"], MANAGER)
    return read(call)
