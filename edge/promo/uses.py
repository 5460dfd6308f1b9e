"""How often promotions were used: counted in the sale's transaction, given back with all that they were used on."""

from __future__ import annotations

from collections.abc import Mapping

from edge.base.sqlite import rows
from edge.box import Box
from edge.errors import ShopError
from edge.pricing import PROMO
from edge.promo import desk
from edge.promo.rules import Promotion

_BOOK = "INSERT INTO promo_use (promotion, sale, doc, member, times, business_date) VALUES (?, ?, ?, ?, ?, ?)"
# A promotion's uses in a sale of which nothing is left: every line that it took something off is back.
_ALL_BACK = (
    "SELECT u.promotion, u.member, SUM(u.times), MIN(u.business_date) FROM promo_use u WHERE u.sale = ?1 "
    "GROUP BY u.promotion HAVING SUM(u.times) > 0 AND NOT EXISTS (SELECT 1 FROM line_discount d JOIN sale_line l "
    f"ON l.sale = d.sale AND l.n = d.n WHERE d.sale = ?1 AND d.kind = '{PROMO}' || u.promotion AND l.qty + "
    "(SELECT COALESCE(SUM(r.qty), 0) FROM sale_line r WHERE r.original = l.sale AND r.original_n = l.n) > 0)"
)


def check(
    box: Box, used: Mapping[str, int], promotions: Mapping[str, Promotion], member: int | None, day: str, lang: str
) -> None:
    """Whether the limits still have room for what a basket uses, inside its sale's transaction.

    day: the business date. ShopError("promotion_used_up") when another till was faster; a first purchase is one, too.
    """
    room = desk.room_of(box, tuple(promotions[uid] for uid in used), member, day)
    for uid, times in used.items():
        late = member is not None and promotions[uid].when.first and desk.has_bought(box, member)
        if late or times > room.get(uid, times):
            raise ShopError("promotion_used_up", name=promotions[uid].name(lang))


def book(box: Box, used: Mapping[str, int], sale: int, member: int | None, day: str) -> None:
    """Count what a sale used, inside its transaction."""
    box.db.connection().executemany(_BOOK, [(uid, sale, sale, member, times, day) for uid, times in used.items()])


def give_back(box: Box, sale: int, doc: int) -> list[str]:
    """The document doc (a return or void whose lines are written) gives goods of a sale back: what was used on nothing
    else is unused again. Gives the uids of these promotions."""
    found = rows(box.db, _ALL_BACK, (sale,))
    back = [(uid, sale, doc, member, -times, day) for uid, member, times, day in found]
    box.db.connection().executemany(_BOOK, back)
    return [uid for uid, *_ in back]
