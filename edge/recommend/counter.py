"""The one suggestion beside an open basket: calm while the basket grows, gone for good after an answer."""

from __future__ import annotations

from itertools import islice
from typing import Any

from edge import restraint
from edge.basket import Basket
from edge.box import Box
from edge.recommend import declines, reasons
from edge.recommend.suggest import Suggester, Suggestion

# A shown suggestion gives way only to one that fits the grown basket this much better.
_BETTER, _LOOK = 2.0, 8


class Counter:
    """What a lane's till suggests now. Used under the lane's lock."""

    def __init__(self, box: Box, mode: str) -> None:
        self.box, self.mode = box, mode
        self.suggester = Suggester(box)
        self._asked: tuple[object, ...] = ()
        self._shown: Suggestion | None = None
        self._answered: tuple[str, int | None] = ("", None)

    def current(self, basket: Basket) -> Suggestion | None:
        """The suggestion to show, or None: no member, no consent, nothing scanned, nothing fits, or answered before."""
        member = basket.member
        if member is None or not basket.lines or self.mode == "training" or self._answered == (basket.uid, member):
            return None
        held = [line.product.id for line in basket.lines]
        asked = (basket.uid, member, tuple(held))
        if asked != self._asked:
            if asked[:2] != self._asked[:2]:
                self._shown = None
            self._asked = asked
            self._shown = self._choose(basket.uid, member, held)
        elif self._shown and not self._stays(self._shown, member, held):
            self._shown = None  # declined at the kiosk, sold out, consent withdrawn: at once
        return self._shown

    def view(self, basket: Basket, lang: str) -> dict[str, Any] | None:
        """{product, name, icon, category, unit, price, reason} for the screen."""
        found = self.current(basket)
        if found is None:
            return None
        product = found.product
        return {
            "product": product.id, "name": product.name(lang), "icon": product.icon, "category": product.category,
            "unit": product.unit, "price": product.price if product.member_price is None else product.member_price,
            "reason": reasons.at_till(self.box, found, lang),
        }  # fmt: skip

    def close(self, basket: Basket) -> None:
        """It was answered: nothing more is suggested beside this basket."""
        self._answered = (basket.uid, basket.member)

    def decline(self, basket: Basket, suggestion: Suggestion) -> None:
        """Not for her: kept, and nothing more is suggested beside this basket."""
        if basket.member is not None:
            with self.box.transaction():
                declines.decline(self.box, basket.member, suggestion.product.id, "till", basket.uid, self.mode)
        self.close(basket)

    def _stays(self, shown: Suggestion, member: int, held: list[int]) -> bool:
        if restraint.silent(self.box, member, "till") is not None:
            return False
        return self.suggester.allows(member, shown.product.id, held)

    def _choose(self, basket: str, member: int, held: list[int]) -> Suggestion | None:
        if declines.declined_in(self.box, member, basket) or restraint.silent(self.box, member, "till") is not None:
            return None
        fits = (s for s in self.suggester.beside(member, held) if s.product.unit == "pc")
        best = next(fits, None)
        shown = self._shown
        if best is None or shown is None or not self.suggester.allows(member, shown.product.id, held):
            return best if best is not None and self._counted(best, basket, member) else None
        now = next((s for s in (best, *islice(fits, _LOOK)) if s.product.id == shown.product.id), None)
        if now is not None and now.why.score * _BETTER >= best.why.score:
            return now
        return best if self._counted(best, basket, member) else now or shown

    def _counted(self, found: Suggestion, basket: str, member: int) -> bool:
        return restraint.offer(self.box, member, "till", f"product:{found.product.id}", basket)
