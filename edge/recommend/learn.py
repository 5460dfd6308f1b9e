"""Learning: sales become weights a few at a time, in a thread of their own, after they are paid.

Only members who consent to "offers" are learned by name; baskets of all count for what lies together. A void is
unlearned, a withdrawn consent forgets the member. All of it follows from sale, sale_line and consent: rebuild() gives
the same tables, so nothing here is worth a disk sync and the second connection (synchronous=NORMAL) does.
"""

from __future__ import annotations

from itertools import groupby

from peewee import SqliteDatabase

from edge.base.sqlite import row, rows
from edge.box import Box
from edge.members import has_consent
from edge.recommend import model
from edge.woken import Woken

PURPOSE = "offers"
# Sales a transaction: some milliseconds, so that no sale at the till waits for learning.
BATCH = 8

_STATE = "SELECT sale, consent FROM model_state"
_CONSENTS = "SELECT MAX(id), member FROM consent WHERE purpose = ? AND id > ? GROUP BY member ORDER BY 1"
_SALES = (
    "SELECT id, kind, member, at_us, original FROM sale WHERE id > ? AND mode <> 'training' "
    "AND kind IN ('sale', 'void') ORDER BY id LIMIT ?"
)
# Goods that somebody took: not those that came back in exchange, and no deposits or money on cards.
_TAKEN = "qty > 0 AND l.category NOT LIKE '#%'"
_PRODUCTS = f"SELECT product FROM sale_line l WHERE sale = ? AND {_TAKEN} GROUP BY product ORDER BY MIN(n)"
# Her own documents and those of whoever was merged into her.
_ALL_OF = "(SELECT id FROM member WHERE id = ?1 OR merged = ?1)"
# Every sale of a member has a ledger entry, and that table is indexed by member.
_HISTORY = (
    "SELECT s.id, s.at_us, l.product FROM sale s JOIN sale_line l ON l.sale = s.id "
    f"WHERE s.id IN (SELECT sale FROM ledger WHERE member IN {_ALL_OF}) AND s.member IN {_ALL_OF} AND s.id <= ?2 "
    f"AND s.kind = 'sale' AND s.mode <> 'training' AND {_TAKEN} "
    "AND NOT EXISTS (SELECT 1 FROM sale v WHERE v.original = s.id AND v.kind = 'void') ORDER BY s.id, l.n"
)


def catch_up(box: Box, sales: int = BATCH) -> int:
    """Learn what is new, at most this many sales, in one transaction; returns how many there were."""
    db = box.draft
    state = row(db, _STATE)
    assert state is not None
    news = rows(db, _CONSENTS, (PURPOSE, state[1]))
    batch = rows(db, _SALES, (state[0], sales))
    if not news and not batch:
        return 0
    now = box.env.clock.now_us()
    with db.atomic():
        if row(db, _STATE) != state:
            return len(batch)  # a rebuild came between
        for _, member in news:
            _consent(db, member, upto=state[0], now_us=now)
        for values in batch:
            _learn(db, now, *values)
        sale = batch[-1][0] if batch else state[0]
        consent = max((found[0] for found in news), default=state[1])
        db.execute_sql("UPDATE model_state SET sale = ?, consent = ?", (sale, consent))
    return len(batch)


def catch_up_fully(box: Box) -> int:
    """Learn until nothing is new; returns the number of sales."""
    total = 0
    while count := catch_up(box, sales=200):
        total += count
    return total


def rebuild(box: Box) -> int:
    """Learn everything anew from the sales; returns their number. Declines stay."""
    with box.draft.atomic():
        model.clear(box.draft)
    return catch_up_fully(box)


def _consent(db: SqliteDatabase, member: int, upto: int, now_us: int) -> None:
    known = row(db, "SELECT 1 FROM model_member WHERE member = ?", (member,)) is not None
    if not has_consent(db, member, PURPOSE):
        model.forget(db, member)
    elif not known:
        _relearn(db, member, upto, now_us)


def _learn(
    db: SqliteDatabase, now_us: int, sale: int, kind: str, member: int | None, at_us: int, original: int | None
) -> None:
    if kind == "sale":
        products = [product for (product,) in rows(db, _PRODUCTS, (sale,))]
        model.add_basket(db, products)
        if member is not None and has_consent(db, member, PURPOSE):
            # A clock that ran ahead must not make this purchase the freshest for ever.
            model.add_purchase(db, member, min(at_us, now_us), products)
    else:
        if member is not None and has_consent(db, member, PURPOSE):
            _relearn(db, member, sale, now_us)
        model.add_basket(db, [product for (product,) in rows(db, _PRODUCTS, (original,))], sign=-1)


def _relearn(db: SqliteDatabase, member: int, upto: int, now_us: int) -> None:
    """The member's own weights from her sales up to this one, voided ones left out."""
    model.forget(db, member)
    for (_, at_us), lines in groupby(rows(db, _HISTORY, (member, upto)), key=lambda found: (found[0], found[1])):
        products = dict.fromkeys(product for _, _, product in lines)
        model.add_purchase(db, member, min(at_us, now_us), products)


class Learner(Woken):
    """The supervised loop; it looks by itself, too (consents, other processes)."""

    every_s = 5.0

    def look(self) -> None:
        """Learn all that there is, or until stop()."""
        while not self._stopped.is_set() and catch_up(self.box) == BATCH:
            self.progress()
