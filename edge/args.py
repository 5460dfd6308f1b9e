"""What a screen sends with a command, checked: a wrong type or size is ShopError("bad_request") with the field."""

from __future__ import annotations

import re
from typing import Any

from edge.errors import ShopError

# JSON may hold half of a surrogate pair; neither SQLite nor the journal can.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def text(args: dict[str, Any], key: str, limit: int = 200) -> str:
    """A text of at most limit characters."""
    value = args.get(key)
    if not isinstance(value, str) or len(value) > limit or _LONE_SURROGATE.search(value):
        raise ShopError("bad_request", status=422, field=key)
    return value


def whole(args: dict[str, Any], key: str) -> int:
    """A whole number of at most nine digits; True is none."""
    value = args.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 1_000_000_000:
        raise ShopError("bad_request", status=422, field=key)
    return value
