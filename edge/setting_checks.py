"""What may be stored as a setting: a wrong value is refused with a sentence before anybody has to live with it."""

from __future__ import annotations

from typing import Any

from edge import loyalty_rules
from edge.errors import ShopError
from edge.permissions import ADJUSTABLE, ALLOW, APPROVE, DENY

# setting -> key -> the bounds of a whole number, or None for true and false
KEYS: dict[str, dict[str, tuple[int, int] | None]] = {
    "staff": {"badge_needs_pin": None, "idle_min": (2, 15)},
    "alerts": {"member_sales_per_hour": (1, 100)},
    "export": {"member_rows_per_day": (0, 1_000_000)},
    "members": {"keep_phone": None},
    "redeem": {
        "points": (1, 1_000_000), "minor": (1, 1_000_000), "step": (1, 1_000_000), "member_day": (0, 100_000_000),
        "box_day": (0, 1_000_000_000), "unseen_days": (1, 3_650), "lease": None, "wait_days": (0, 365),
    },
    "restraint": {
        "day": (0, 100), "week": (0, 500), "lane_day": (0, 10_000), "quiet_days": (1, 730), "rest_days": (0, 365),
        "receipt": None,
    },
    "retention": {"behaviour_days": (1, 3_650), "feedback_days": (1, 3_650)},
}


def check(name: str, value: Any) -> None:
    """ShopError: setting_shape, setting_bounds, setting_switch, permission_fixed, permission_verdict, and those of
    loyalty_rules.check."""
    if name == "permissions":
        _permissions(value)
    elif name == "sensitive":
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise ShopError("setting_shape", status=422, name=name)
    elif name == "loyalty":
        loyalty_rules.check(value)
    elif name in KEYS:
        _keys(name, value, KEYS[name])


def _permissions(value: Any) -> None:
    if not isinstance(value, dict):
        raise ShopError("setting_shape", status=422, name="permissions")
    for action, verdict in value.items():
        if action not in ADJUSTABLE:
            raise ShopError("permission_fixed", status=422, action=str(action)[:40])
        if verdict not in (ALLOW, APPROVE, DENY):
            raise ShopError("permission_verdict", status=422, action=action, verdict=str(verdict)[:40])


def _keys(name: str, value: Any, keys: dict[str, tuple[int, int] | None]) -> None:
    if not isinstance(value, dict) or set(value) != set(keys):
        raise ShopError("setting_shape", status=422, name=name)
    for key, bounds in keys.items():
        found, full = value[key], f"{name}.{key}"
        if bounds is None and not isinstance(found, bool):
            raise ShopError("setting_switch", status=422, name=full)
        if bounds is not None and (type(found) is not int or not bounds[0] <= found <= bounds[1]):
            raise ShopError("setting_bounds", status=422, name=full, least=bounds[0], most=bounds[1])
