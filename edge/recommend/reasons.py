"""Why a product is suggested, in words. The cashier's may say how often; a kiosk's never shows dates or counts."""

from __future__ import annotations

from edge import catalog
from edge.base.i18n import t
from edge.box import Box
from edge.recommend.suggest import Suggestion

_DAY_US = 86_400 * 1_000_000
_REGULAR = 4
# Longest mean days between two purchases, and the word for that rhythm.
_RHYTHMS = ((4, "days"), (10, "week"), (20, "fortnight"), (45, "month"))


def at_kiosk(suggestion: Suggestion, lang: str) -> str:
    """A reason that anybody behind the customer may read."""
    why = suggestion.why
    if why.n >= _REGULAR:
        return t(lang, "kiosk.reason_regular")
    return t(lang, "kiosk.reason_again" if why.n else "kiosk.reason_together")


def at_till(box: Box, suggestion: Suggestion, lang: str) -> str:
    """The whole reason, for the cashier to say."""
    why = suggestion.why
    if why.near is not None and (why.n < _REGULAR):
        near = catalog.by_id(box.db, catalog.current(box.db), why.near)
        if near is not None:
            return t(lang, "kiosk.why_with", name=near.name(lang))
    rhythm = _rhythm(why.n, why.last_us - why.first_us)
    if rhythm is None:
        return t(lang, "kiosk.why_times", n=why.n)
    return t(lang, "kiosk.why_usual", n=why.n, rhythm=t(lang, f"kiosk.rhythm_{rhythm}"))


def _rhythm(n: int, span_us: int) -> str | None:
    if n < _REGULAR:
        return None
    days = span_us / _DAY_US / (n - 1)
    return next((word for longest, word in _RHYTHMS if days <= longest), None)
