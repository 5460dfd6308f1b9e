"""Tiers of members as the database knows them: where the ladder counts a window or keeps a rung for a while.

With the ladder that shops begin with (the sum of all score) nothing here reads or writes: the tier is in the standing.
Documents only raise a tier, at once; what lowers it is the nightly look, and only by a clock that can be trusted. A
return counts on the day of the sale that it undoes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from edge import earning, members, shifts
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.loyalty import Earned, Place, Standing, earn_times, fallen, reached, rung, standing, tier_of, window_from
from edge.settings import Tier

# What earned or took back score, by the document that it is about: a return by the sale that it undoes, what came with
# a merged card by the sale that had earned it.
_SCORES = (
    "SELECT s.id, s.business_date, e.at_us, e.score FROM ledger e "
    "LEFT JOIN ledger o ON o.id = COALESCE(e.reverses, e.came_from) "
    "LEFT JOIN sale s ON s.id = COALESCE(o.sale, e.sale) WHERE e.member = ? AND e.score <> 0"
)
_KEPT = "SELECT tier, until FROM member_tier WHERE member = ?"
_KEEP = (
    "INSERT INTO member_tier (member, tier, until, since) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (member) DO UPDATE SET "
    "since = CASE WHEN tier = excluded.tier THEN since ELSE excluded.since END, tier = excluded.tier, "
    "until = excluded.until"
)
_MEMBERS = "SELECT DISTINCT member FROM ledger WHERE member > ? ORDER BY member LIMIT ?"
_BIRTHDAY = "SELECT birthday FROM member WHERE id = ?"
_CHUNK = 100
# A box that was off for longer than this, without the time from outside, may have a clock that jumped.
_GAP_DAYS = 45

# Who moved (row id), from where, to where.
Move = tuple[int, Tier, Tier]
Entry = tuple[Any, ...]  # a ledger row as a document's body has it: (id, member, lot, points, score, …)


def placed(box: Box, member: int, of: Standing) -> Standing:
    """The standing with all that the ladder asks; every look at a tier begins here."""
    if not box.rules.ladder.plain:
        of.place = place(box, member)
    return of


def of_member(box: Box, member: int) -> Tier:
    """The tier of a member (row id)."""
    return standing(placed(box, member, members.standing(box.db, member)), box.rules)


def place(box: Box, member: int) -> Place:
    """Score and visits that count today, and the rung that is kept."""
    rules, zone = box.rules, box.config.store.zone
    tiers, ladder = rules.tiers, rules.ladder
    found = [
        (doc, day or shifts.local(at_us, zone).date().isoformat(), score)
        for doc, day, at_us, score in rows(box.db, _SCORES, (member,))
    ]
    counts = counted(found, window_from(today(box), ladder), ladder.visit_score)
    kept = row(box.db, _KEPT, (member,))
    if kept is not None and any(tier.id == kept[0] for tier in tiers):
        return Place(*counts, kept[0], kept[1])
    # Who never rose by this ladder stands where the sum of all puts him: a new rule takes nothing from anybody at once.
    return Place(*counts, tiers[reached(*counted(found, "", ladder.visit_score), tiers, ladder)].id)


def counted(found: Sequence[tuple[int | None, str, int]], since: str, visit_score: int) -> tuple[int, int]:
    """(score, visits) of the (document, business date, score) from a day on; a visit is worth so much score or more."""
    score, by_document = 0, dict[int, int]()
    for doc, day, part in found:
        if day >= since:
            score += part
            if doc is not None:
                by_document[doc] = by_document.get(doc, 0) + part
    return score, sum(worth >= visit_score for worth in by_document.values())


def day_after(day: str, days: int) -> str:
    """The date so many days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def today(box: Box) -> str:
    """The store's date."""
    return shifts.local(box.env.clock.now_us(), box.config.store.zone).date().isoformat()


# ---- what a sale earns where there are rules for it


def earned(
    box: Box, member: int, before: Standing, goods: list[earning.Goods], paid: int, business_date: str
) -> Earned:
    """What money paid for goods earns, by the tier before and the shop's rules."""
    rules = box.rules
    tier = standing(before, rules)
    if not rules.earning:
        return earn_times(paid, tier.multiplier, rules, business_date)
    customer = earning.Customer(tier, _birthday(box, member) if earning.asks_birthday(rules) else "")
    return earning.of_goods(paid, goods, customer, rules, business_date)


def _birthday(box: Box, member: int) -> str:
    """Month-day, where the member agreed to its use."""
    if not members.has_consent(box.db, member, "birthday"):
        return ""
    found = row(box.db, _BIRTHDAY, (member,))
    return str(found[0] or "") if found else ""


# ---- moving on the ladder


def of_both(box: Box, one: tuple[int, Standing], two: tuple[int, Standing]) -> Tier:
    """The tier that two members (row id, standing) have as one: what both reach together, or the higher one's."""
    places = [placed(box, *each).place for each in (one, two)]
    known = [place for place in places if place is not None]
    if not known:
        return tier_of(one[1].score + two[1].score, box.rules.tiers)
    kept = max((place.kept for place in known), key=lambda name: rung(name, box.rules.tiers))
    both = Place(sum(x.score for x in known), sum(x.visits for x in known), kept)
    return standing(Standing(0, 0, both), box.rules)


def join(box: Box, gone: int, kept: int) -> None:
    """What a member kept is his whom he becomes a part of, where it is the higher rung; inside a transaction."""
    found, tiers = row(box.db, _KEPT, (gone,)), box.rules.tiers
    if box.rules.ladder.plain or found is None:
        return
    mine = row(box.db, _KEPT, (kept,))
    if mine is None or rung(found[0], tiers) > rung(mine[0], tiers):
        box.db.execute_sql(_KEEP, (kept, *found, today(box)))
    box.db.execute_sql("DELETE FROM member_tier WHERE member = ?", (gone,))


def follow(
    box: Box, member: int | None, before: Standing | None, entries: Sequence[Entry], mode: str
) -> list[Move]:
    """After a document's entries, in its transaction: whoever rose by them has the tier at once, one event each.

    Returns who has another tier now.
    """
    rules = box.rules
    moves: list[Move] = []
    if not rules.ladder.plain:
        stood = before.place.kept if before and before.place else ""
        for each in sorted({entry[1] for entry in entries}):
            moves += _settle(box, each, mode, may_fall=False, stood=stood if each == member else "")
        return moves
    gained: dict[int, int] = {}
    for entry in entries:
        gained[entry[1]] = gained.get(entry[1], 0) + entry[4]
    for each, score in gained.items():
        now = before.score + score if before and each == member else members.standing(box.db, each).score
        was, is_now = tier_of(now - score, rules.tiers), tier_of(now, rules.tiers)
        if was is not is_now:
            moves.append(_changed(box, each, was, is_now, Standing(0, now), mode))
    return moves


def review(box: Box) -> int:
    """Look at everybody's tier, as each night: who no longer has what it needs falls by the rule; how many moved."""
    if box.rules.ladder.plain or not trusted(box):
        return 0
    after, moved = 0, 0
    while chunk := rows(box.db, _MEMBERS, (after, _CHUNK)):
        for (member,) in chunk:
            if _due(box, member):
                with box.transaction():
                    moved += len(_settle(box, member, "live", may_fall=True))
        after = chunk[-1][0]
        box.env.sleep(0.02)  # a sale that came meanwhile goes first
    return moved


def trusted(box: Box) -> bool:
    """Whether today's date may take something from somebody: the time is from outside, or has not jumped since the
    newest shift."""
    quality = box.env.clock.quality()
    if quality != "holdover":
        return quality == "synced"
    found = row(box.db, "SELECT MAX(business_date) FROM shift")
    if found is None or found[0] is None:
        return False
    return 0 <= (date.fromisoformat(today(box)) - date.fromisoformat(found[0])).days <= _GAP_DAYS


def _look(box: Box, of: Place, may_fall: bool) -> tuple[int, str]:
    """(rung, until) that a member has after a look."""
    tiers, ladder = box.rules.tiers, box.rules.ladder
    kept, now = rung(of.kept, tiers), reached(of.score, of.visits, tiers, ladder)
    if may_fall or now >= kept:
        return fallen(kept, of.until, now, today(box), ladder)
    return kept, of.until


def _due(box: Box, member: int) -> bool:
    of = place(box, member)
    n, until = _look(box, of, True)
    return (box.rules.tiers[n].id, until) != (of.kept, of.until)


def _settle(box: Box, member: int, mode: str, *, may_fall: bool, stood: str = "") -> list[Move]:
    """Write down what a look at a member gives, inside a transaction; the move if the tier is another one.

    stood: the rung before a document that is booked already.
    """
    tiers, of = box.rules.tiers, place(box, member)
    of.kept = stood or of.kept
    n, until = _look(box, of, may_fall)
    was = tiers[rung(of.kept, tiers)]
    known = row(box.db, _KEPT, (member,))
    if (tiers[n].id, until) != (known or (was.id, "")):
        box.db.execute_sql(_KEEP, (member, tiers[n].id, until, today(box)))
    if was is tiers[n]:
        return []
    return [_changed(box, member, was, tiers[n], Standing(0, 0, of), mode)]


def _changed(box: Box, member: int, was: Tier, now: Tier, of: Standing, mode: str) -> Move:
    found = row(box.db, "SELECT uid FROM member WHERE id = ?", (member,))
    place = of.place
    box.record("a", "tier.changed", {
        "member": found[0] if found else "", "from": was.id, "to": now.id,
        "name": {"zh-CN": now.name("zh-CN"), "en": now.name("en")},
        "score": place.score if place else of.score, "visits": place.visits if place else 0,
        "rule": box.rules.rule_version,
    }, mode=mode)  # fmt: skip
    return member, was, now
