"""The shop's rules as a manager sees and changes them: one field each, with its kind and its bounds.

A field's name is its place among the settings ("cash.step", "loyalty.tiers.gold.score"). What is changed is stored as
the next version of its setting, and written to the audit with what it was before.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from edge import audit, catalog, settings
from edge.box import Box
from edge.errors import ShopError
from edge.people import Person
from edge.permissions import ADJUSTABLE, ALLOW, APPROVE, DENY, TABLE
from edge.setting_checks import KEYS

TENDERS = ("cash", "card", "stored", "account", "points")
MODES = ("down", "half_up")
# What does nothing yet is not offered: no screen suggests anything to a cart without a member.
_IDLE = frozenset({"restraint.lane_day"})
VERDICTS = (ALLOW, APPROVE, DENY)


@dataclass(frozen=True, slots=True)
class Field:
    """kind: whole, money, percent (basis points), flag, choice, some (of the choices) or text.

    least and most: bounds of the number, or of the length of a text. choices: what may be chosen.
    """

    group: str
    name: str
    kind: str
    least: int = 0
    most: int = 0
    choices: tuple[str, ...] = ()


def fields(box: Box) -> list[Field]:
    """Every field there is in this shop, in the order of a page."""
    langs = box.config.store.languages
    now = settings.values(box.db)
    return [
        *(Field("store", f"store_name.{lang}", "text", 1, 40) for lang in langs),
        *(Field("store", f"receipt.{part}.{lang}", "text", 0, 120) for part in ("header", "footer") for lang in langs),
        Field("money", "tenders", "some", choices=TENDERS),
        Field("money", "cash.step", "money", 1, 1_000),
        Field("money", "cash.mode", "choice", choices=MODES),
        Field("money", "account.limit", "money", 0, 10_000_000),
        *(Field("money", f"tax.{group}", "percent", 0, 10_000) for group in sorted(now["tax"])),
        Field("till", "shift.by_hand", "flag"),
        Field("till", "discount.line_bp", "percent", 0, 10_000),
        Field("till", "discount.basket_bp", "percent", 0, 10_000),
        Field("till", "scan.repeat_window_ms", "whole", 0, 5_000),
        Field("till", "gs1.on", "flag"),
        *_keyed("staff", "staff"),
        *_keyed("staff", "alerts"),
        *_keyed("staff", "export"),
        *_keyed("staff", "members"),
        *_keyed("privacy", "retention"),
        *_keyed("restraint", "restraint"),
        Field("restraint", "sensitive", "some", choices=categories(box)),
        *(Field("rights", f"permissions.{action}", "choice", choices=VERDICTS) for action in ADJUSTABLE),
        Field("points", "loyalty.minor_per_point", "money", 1, 1_000_000),
        *(
            Field("points", f"loyalty.tiers.{tier['id']}.{part}", *bounds)
            for tier in now["loyalty"]["tiers"]
            for part, bounds in (("score", ("whole", 1, 10_000_000)), ("multiplier", ("percent", 10_000, 100_000)))
            if part != "score" or tier["score"]
        ),
        *(
            Field("points", f"redeem.{key}", "money" if key in ("minor", "step") else "whole", *bounds)
            if bounds is not None else Field("points", f"redeem.{key}", "flag")
            for key, bounds in KEYS["redeem"].items()
        ),
    ]  # fmt: skip


def _keyed(group: str, setting: str) -> list[Field]:
    """The fields of a setting of plain keys."""
    found = [
        Field(group, f"{setting}.{key}", "whole" if bounds else "flag", *(bounds or (0, 0)))
        for key, bounds in KEYS[setting].items()
    ]
    return [field for field in found if field.name not in _IDLE]


def categories(box: Box) -> tuple[str, ...]:
    """The categories that may be called sensitive: those of the catalogue, and those that are so already."""
    known = {category.id for category in catalog.categories(box.db, catalog.current(box.db))}
    return tuple(sorted(known | set(settings.values(box.db)["sensitive"]) | set(settings.DEFAULTS["sensitive"])))


def read(box: Box) -> list[tuple[Field, Any]]:
    """Every field with its value."""
    now = settings.values(box.db)
    return [(field, _get(now, field.name)) for field in fields(box)]


def change(box: Box, who: Person, changes: Mapping[str, Any], at: str | None = None) -> None:
    """Give fields other values; announces "setting". Inside a transaction.

    ShopError: setting_unknown, setting_wrong (both with the field), setting_tiers.
    """
    known, now = {field.name: field for field in fields(box)}, settings.values(box.db)
    then, told = deepcopy(now), []
    for name, value in changes.items():
        if name not in known:
            raise ShopError("setting_unknown", status=422, field=name[:64])
        if not _fits(known[name], value):
            raise ShopError("setting_wrong", status=422, field=name)
        value = value.strip() if isinstance(value, str) else value
        before = _get(now, name)
        if before != value:
            _set(then, name, value)
            told.append((name, before, value))
    if then["loyalty"] != now["loyalty"] and then["loyalty"]["ladder"].get("by", "score") == "score":
        _check_tiers(then["loyalty"]["tiers"])
    for head in sorted({name.partition(".")[0] for name, _, _ in told}):
        settings.put(box.db, box.env, head, then[head], who.uid)
    for name, before, value in told:
        audit.note(box, "setting_changed", who, lane=at, setting=name, before=_plain(before), value=_plain(value))
    if told:
        box.announce("setting")


def _fits(field: Field, value: Any) -> bool:
    if field.kind in ("whole", "money", "percent"):
        return type(value) is int and field.least <= value <= field.most
    if field.kind == "flag":
        return isinstance(value, bool)
    if field.kind == "choice":
        return value in field.choices
    if field.kind == "some":
        return isinstance(value, list) and bool(value) and value == [x for x in field.choices if x in value]
    return isinstance(value, str) and field.least <= len(value.strip()) <= field.most and value.isprintable()


def _check_tiers(tiers: list[dict[str, Any]]) -> None:
    scores = [tier["score"] for tier in tiers]
    factors = [tier["multiplier"] for tier in tiers]
    if scores != sorted(set(scores)) or factors != sorted(factors):
        raise ShopError("setting_tiers", status=422)


def _get(now: dict[str, Any], name: str) -> Any:
    head, _, rest = name.partition(".")
    if head == "permissions":
        return now[head].get(rest, TABLE[rest]["cashier"])
    found = now[head]
    for part in rest.split(".") if rest else ():
        found = _part(found, part)
    return found


def _set(then: dict[str, Any], name: str, value: Any) -> None:
    head, _, rest = name.partition(".")
    if not rest:
        then[head] = value
        return
    if head == "permissions":
        then[head][rest] = value
        return
    *path, last = rest.split(".")
    found = then[head]
    for part in path:
        found = _part(found, part)
    found[last] = value


def _part(found: Any, name: str) -> Any:
    if isinstance(found, list):
        return next(each for each in found if each["id"] == name)
    return found[name]


def _plain(value: Any) -> str | int | bool:
    return ", ".join(value) if isinstance(value, list) else value
