"""The one calm line that a member's receipt may carry: how near the next tier is, or one thing for the next time.

It is chosen when the paper is made, within the caps (see edge/restraint), and never for a copy, a return or practice;
nor is what any screen or paper has said today said again.
"""

from __future__ import annotations

from edge import catalog, loyalty, members, restraint, tiers
from edge.base.i18n import t
from edge.base.sqlite import row
from edge.box import Box
from edge.recommend.suggest import Suggester

# Percent of the way to the next tier from which on it is worth a word.
_NEAR = 60
_SALE = "SELECT uid, member, kind, mode, total FROM sale WHERE id = ?"


def choose(box: Box, sale: int) -> None:
    """Choose the line of a document (row id) before its original is printed; asked again, it stays as it was.

    Something that was offered today already belongs to another occasion, and is not found as this document's.
    """
    found = row(box.db, _SALE, (sale,))
    if found is None or not box.rules.restraint.receipt:
        return
    uid, member, kind, mode, total = found
    if member is None or kind != "sale" or mode == "training" or total <= 0:
        return
    if restraint.silent(box, member, "receipt") or restraint.said(box, member, "receipt", uid):
        return
    if (what := _tier(box, member) or _product(box, member)) is not None:
        restraint.offer(box, member, "receipt", what, uid)


def line(box: Box, sale_uid: str, member: int, lang: str) -> str | None:
    """The line in the receipt's language, if one was chosen and the member still wants such."""
    what = restraint.said(box, member, "receipt", sale_uid)
    if what is None or not members.has_consent(box.db, member, "offers"):
        return None
    kind, _, rest = what.partition(":")
    if kind == "tier":
        tier, _, more = rest.partition(":")
        rung = next((each for each in box.rules.tiers if each.id == tier), None)
        return t(lang, "offers.receipt_tier", n=f"{int(more):,}", tier=rung.name(lang)) if rung else None
    product = catalog.by_id(box.db, catalog.current(box.db), int(rest))
    return t(lang, "offers.receipt_product", name=product.name(lang)) if product else None


def _tier(box: Box, member: int) -> str | None:
    way = loyalty.rank(tiers.placed(box, member, members.standing(box.db, member)), box.rules)
    near = way.above is not None and way.progress >= _NEAR and way.to_next > 0 and not way.visits_to_next
    return f"tier:{way.above.id}:{way.to_next}" if near and way.above else None


def _product(box: Box, member: int) -> str | None:
    found = Suggester(box).offers(member, 1)
    return f"product:{found[0].product.id}" if found else None
