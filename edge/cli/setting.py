"""`tillbox setting`: shows the shop's rules, and switches the few that need no page: versioned, at once, no restart."""

from __future__ import annotations

import argparse
import json
from typing import Any

from edge import settings
from edge.base.config import load
from edge.base.i18n import t
from edge.box import Box, open_box
from edge.env import Env
from edge.errors import TillboxError
from edge.permissions import ADJUSTABLE, ALLOW, APPROVE, DENY, TABLE
from edge.setting_checks import KEYS

# name.key -> the bounds of a whole number, the words to choose from, or None for true and false
CHANGEABLE: dict[str, tuple[int, int] | tuple[str, ...] | None] = {
    "cash.step": (1, 1_000),
    "gs1.on": None,
    "scan.repeat_window_ms": (0, 5_000),
    "shift.by_hand": None,
    **{f"{name}.{key}": bounds for name, keys in KEYS.items() for key, bounds in keys.items()},
    **{f"permissions.{action}": (ALLOW, APPROVE, DENY) for action in ADJUSTABLE},
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tillbox setting`, beside --config."""
    parser.add_argument("name", nargs="?", help=f"one of {', '.join(CHANGEABLE)}; without it all are shown")
    parser.add_argument("value", nargs="?", help="true, false, a number or a word; without it the value is shown")


def run(args: argparse.Namespace, lang: str) -> int:
    """Show or change. A running till takes the change within a second."""
    box = open_box(load(args.config), Env())
    try:
        if args.name is None:
            for name, value in sorted(_values(box).items()):
                print(f"{name} = {json.dumps(value, ensure_ascii=False)}")
        elif args.value is None:
            print(json.dumps(_leaf(box, args.name)[1], ensure_ascii=False))
        else:
            value = _checked(args.name, args.value)
            _change(box, args.name, value)
            print(t(lang, "setting.changed", name=args.name, value=json.dumps(value)))
    finally:
        box.close()
    return 0


def _values(box: Box) -> dict[str, Any]:
    """Every setting with its newest value."""
    return settings.values(box.db)


def _leaf(box: Box, name: str) -> tuple[dict[str, Any], Any]:
    """(the whole setting, its part `name`)."""
    head, _, key = name.partition(".")
    whole = _values(box).get(head)
    if head == "permissions" and key in ADJUSTABLE and isinstance(whole, dict):
        return whole, whole.get(key, TABLE[key]["cashier"])
    if not isinstance(whole, dict) or key not in whole:
        raise TillboxError(f"there is no setting {name!r}; `tillbox setting` shows all, and these can be changed: "
                           f"{', '.join(CHANGEABLE)}")  # fmt: skip
    return whole, whole[key]


def _checked(name: str, text: str) -> bool | int | str:
    if name not in CHANGEABLE:
        raise TillboxError(f"{name!r} can't be changed here; these can: {', '.join(CHANGEABLE)}")
    bounds = CHANGEABLE[name]
    if bounds is None:
        if text not in ("true", "false"):
            raise TillboxError(f"{name} must be true or false, not {text!r}")
        return text == "true"
    if isinstance(bounds[0], str):
        if text not in bounds:
            raise TillboxError(f"{name} must be one of {', '.join(map(str, bounds))}, not {text!r}")
        return text
    if not (text.isascii() and text.isdigit() and bounds[0] <= int(text) <= bounds[1]):
        raise TillboxError(f"{name} must be a whole number between {bounds[0]} and {bounds[1]}, not {text!r}")
    return int(text)


def _change(box: Box, name: str, value: bool | int | str) -> None:
    head, _, key = name.partition(".")
    with box.transaction() as db:
        whole, _ = _leaf(box, name)
        settings.put(db, box.env, head, {**whole, key: value}, "technician")
