""" "Not for me": kept for the member and product, and respected on every screen from the same moment.

The quiet period (setting restraint.quiet_days) doubles with each further "no" up to two years. After any "no" nothing
comes unasked for some days (restraint.rest_days; see edge/restraint).
"""

from __future__ import annotations

from edge.base.sqlite import row, rows
from edge.box import Box

DAY_US = 86_400 * 1_000_000
LONGEST_DAYS = 730


def decline(box: Box, member: int, product: int, channel: str, basket: str | None = None, mode: str = "live") -> None:
    """The member does not want to see the product suggested; inside the caller's transaction."""
    db, now = box.db, box.env.clock.now_us()
    found = row(db, "SELECT times FROM offer_decline WHERE member = ? AND product = ?", (member, product))
    times = (found[0] if found else 0) + 1
    until = now + min(LONGEST_DAYS, box.rules.restraint.quiet_days * 2 ** min(times - 1, 10)) * DAY_US
    values = (member, product, now, until, times, basket)
    db.execute_sql("INSERT OR REPLACE INTO offer_decline VALUES (?, ?, ?, ?, ?, ?)", values)
    _record(box, "offer.declined", member, product, channel, mode)


def take_back(box: Box, member: int, product: int, channel: str, mode: str = "live") -> None:
    """The "no" was a mistake of the finger; inside the caller's transaction."""
    gone = box.db.execute_sql("DELETE FROM offer_decline WHERE member = ? AND product = ?", (member, product))
    if gone.rowcount:
        _record(box, "offer.restored", member, product, channel, mode)


def quiet(box: Box, member: int) -> frozenset[int]:
    """The products that must not be suggested to the member now."""
    sql = "SELECT product FROM offer_decline WHERE member = ? AND until_us > ?"
    return frozenset(product for (product,) in rows(box.db, sql, (member, box.env.clock.now_us())))


def resting(box: Box, member: int) -> bool:
    """Whether the member declined something so lately that nothing should come to her unasked."""
    since = box.env.clock.now_us() - box.rules.restraint.rest_days * DAY_US
    return row(box.db, "SELECT 1 FROM offer_decline WHERE member = ? AND at_us > ?", (member, since)) is not None


def declined_in(box: Box, member: int, basket: str) -> bool:
    """Whether the member said no to something beside this basket already."""
    return row(box.db, "SELECT 1 FROM offer_decline WHERE member = ? AND basket = ?", (member, basket)) is not None


def _record(box: Box, kind: str, member: int, product: int, channel: str, mode: str) -> None:
    found = row(box.db, "SELECT m.uid, i.sku FROM member m, item i WHERE m.id = ? AND i.id = ?", (member, product))
    if found is not None:
        box.record("c", kind, {"member": found[0], "sku": found[1], "channel": channel}, mode=mode)
