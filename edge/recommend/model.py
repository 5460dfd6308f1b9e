"""The personal model in plain SQLite: how often, how lately, and how loyal buyers of the product are.

Each purchase adds 2^(t / 60 days) to w and .97^-(basket number) to wb. Later purchases weigh more, so a stored weight
never has to be aged: one factor a member brings all of them to now. Both grow without bound, therefore each member has
origins of her own, moved up (and her weights scaled down once) when the exponent passes MAX_BITS.

A product's factor √((purchases after the first + 6) / (buyers + 20) + .05) prefers what people come back for.
Measured on 2,406 real baskets: recall@10 .161 against .141 of plain counting.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import permutations

from peewee import SqliteDatabase

from edge.base.sqlite import row, rows

HALF_LIFE_US = 60 * 86_400 * 1_000_000
BITS_A_BASKET = -math.log2(0.97)
MAX_BITS = 32.0
# The pairs of a basket grow with its square; what was scanned after the 30th product adds none.
MAX_PAIRED = 30

_BUY = (
    "INSERT INTO model_buy VALUES (?, ?, 1, ?3, ?3, ?, ?) ON CONFLICT DO UPDATE SET n = n + 1, "
    "first_us = min(first_us, excluded.first_us), last_us = max(last_us, excluded.last_us), "
    "w = w + excluded.w, wb = wb + excluded.wb RETURNING n"
)
_PAIR = "INSERT INTO model_pair VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n"


def scale(bits: float) -> float:
    """2^bits, held within what a float and any clock can do."""
    return float(2.0 ** max(-1000.0, min(1000.0, bits)))


def factor(buyers: int, extra: int) -> float:
    """How much a product is one that people buy again."""
    return math.sqrt((extra + 6) / (buyers + 20) + 0.05)


def add_purchase(db: SqliteDatabase, member: int, at_us: int, products: Iterable[int]) -> None:
    """Count one basket of a member. Inside the caller's transaction."""
    baskets, origin, first = row(
        db, "SELECT baskets, origin_us, origin_basket FROM model_member WHERE member = ?", (member,)
    ) or (0, at_us, 1)
    baskets += 1
    if (bits := (at_us - origin) / HALF_LIFE_US) > MAX_BITS:
        db.execute_sql("UPDATE model_buy SET w = w * ? WHERE member = ?", (scale(-bits), member))
        origin = at_us
    if (steps := (baskets - first) * BITS_A_BASKET) > MAX_BITS:
        db.execute_sql("UPDATE model_buy SET wb = wb * ? WHERE member = ?", (scale(-steps), member))
        first = baskets
    db.execute_sql("INSERT OR REPLACE INTO model_member VALUES (?, ?, ?, ?)", (member, baskets, origin, first))
    w, wb = scale((at_us - origin) / HALF_LIFE_US), scale((baskets - first) * BITS_A_BASKET)
    for product in products:
        found = row(db, _BUY, (member, product, at_us, w, wb))
        again = found is not None and found[0] > 1
        _move(db, product, buyers=int(not again), extra=int(again))


def forget(db: SqliteDatabase, member: int) -> None:
    """Take everything personal out again. Inside the caller's transaction."""
    for product, n in rows(db, "SELECT product, n FROM model_buy WHERE member = ?", (member,)):
        _move(db, product, buyers=-1, extra=1 - n)
    db.execute_sql("DELETE FROM model_buy WHERE member = ?", (member,))
    db.execute_sql("DELETE FROM model_member WHERE member = ?", (member,))


def add_basket(db: SqliteDatabase, products: Sequence[int], sign: int = 1) -> None:
    """Count a basket, anybody's, for what lies together; sign -1 takes a voided one out."""
    for product in products:
        _move(db, product, sales=sign)
    pairs = [(a, b, sign) for a, b in permutations(products[:MAX_PAIRED], 2)]
    db.connection().executemany(_PAIR, pairs)
    if sign < 0:
        marks = ", ".join("?" * len(products))
        db.execute_sql(f"DELETE FROM model_pair WHERE a IN ({marks}) AND n <= 0", tuple(products))
        db.execute_sql(f"DELETE FROM model_product WHERE product IN ({marks}) AND sales <= 0", tuple(products))


def clear(db: SqliteDatabase) -> None:
    """Forget all that was learned (not what was declined)."""
    for table in ("model_buy", "model_member", "model_pair", "model_product"):
        db.execute_sql(f"DELETE FROM {table}")
    db.execute_sql("UPDATE model_state SET sale = 0, consent = 0")


def _move(db: SqliteDatabase, product: int, sales: int = 0, buyers: int = 0, extra: int = 0) -> None:
    had = row(db, "SELECT sales, buyers, extra FROM model_product WHERE product = ?", (product,)) or (0, 0, 0)
    now = (had[0] + sales, had[1] + buyers, had[2] + extra)
    db.execute_sql(
        "INSERT OR REPLACE INTO model_product VALUES (?, ?, ?, ?, ?, ?)",
        (product, *now, math.sqrt(max(now[0], 0)), factor(now[1], now[2])),
    )
