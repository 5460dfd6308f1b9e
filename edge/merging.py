"""Two members who are one person: what is the second's becomes the first's, in one transaction and one event.

Points go lot by lot, so that nothing is gained or lost and a later return of the second's sale finds its points at the
first. The second stays as a row that says whose it became: documents name it. It is not offered to be undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import SqliteDatabase

from edge import audit, family, members, tiers, vault
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.loyalty import Standing
from edge.members import PURPOSES, Member, has_consent
from edge.people import Person
from edge.points.entries import INSERT, Record, entry, names_of, next_number, told
from edge.privacy.wipe import KEPT, columns, part_paid, tables
from edge.recommend import model
from edge.settings import Tier

_LOTS = (
    "SELECT o.id, g.points, g.score, o.rule_version, o.expires_on, o.at_us, o.available_on FROM "
    "(SELECT lot, SUM(points) AS points, SUM(score) AS score FROM ledger WHERE member = ? GROUP BY lot) g "
    "JOIN ledger o ON o.id = g.lot WHERE g.points <> 0 OR g.score <> 0 ORDER BY o.id"
)
# Rows that are the survivor's from then on. Documents, points and what was agreed to stay as they were written.
MOVED = ("member_card", "member_note", "coupon", "promo_use", "feedback")
# One of a kind a member: the survivor's own stays, the other's goes where the survivor has none.
SINGLE = ("member_tier", "member_segment", "offer_shown", "feedback_ask")
DROPPED = ("model_buy", "model_member", "points_seen", "offer_decline")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two as the preview shows her."""

    member: Member
    standing: Standing
    cards: int
    consents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would give: both as they are, and the survivor afterwards. phone: whose number stays, masked."""

    gone: Side
    kept: Side
    points: int
    score: int
    tier: Tier
    cards: int
    consents: tuple[str, ...]
    phone: str


def preview(box: Box, gone: int, kept: int) -> Preview:
    """What merging the member `gone` into `kept` (row ids) would give; changes nothing.

    ShopError: member_same, member_gone (unknown, merged or erased), member_paying (a part of a cart is paid).
    """
    one, two = _side(box, gone), _side(box, kept)
    if gone == kept:
        raise ShopError("member_same")
    if part_paid(box.db, gone):
        raise ShopError("member_paying")
    points, score = one.standing.points + two.standing.points, one.standing.score + two.standing.score
    agreed = tuple(purpose for purpose in two.consents if purpose in one.consents)
    tier = tiers.of_both(box, (gone, one.standing), (kept, two.standing))
    phone = (two if _keeps_phone(box.db, gone, kept) else one).member.phone
    return Preview(one, two, points, score, tier, one.cards + two.cards, agreed, phone)


def merge(
    box: Box, gone: int, kept: int, who: Person | None, *, channel: str, lane: str | None = None,
    approver: Person | None = None, mode: str = "live",
) -> None:  # fmt: skip
    """Make the member `gone` (row id) part of `kept`; who: None when headquarters says so. ShopErrors as preview()."""
    with box.transaction() as db:
        seen = preview(box, gone, kept)
        now, families = box.env.clock.now_us(), {family.name_of(db, one) for one in (gone, kept)}
        entries = _move_points(box, seen)
        uids = {one.member.id: one.member.uid for one in (seen.gone, seen.kept)}
        tiers.join(box, gone, kept)
        _move_rows(db, gone, kept)
        _move_person(box, seen)
        db.execute_sql("UPDATE member SET merged = ? WHERE merged = ?", (kept, gone))
        _agree(db, kept, seen.consents, now, channel)
        _agree(db, gone, (), now, channel)
        data = {
            "member": seen.gone.member.uid, "into": seen.kept.member.uid, "channel": channel,
            "consents": list(seen.consents),
            "ledger": told(entries, uids, None, names_of(box, entries)),
        }  # fmt: skip
        box.record("a", "member.merged", data, mode=mode)
        tiers.follow(box, None, None, [(0, kept, 0, 0, seen.gone.standing.score)], mode)
        for name in families:
            family.settle(box, name, family.By(channel, mode=mode))
        if who is not None:
            one, two = seen.gone.member.uid, seen.kept.member.uid
            audit.note(box, "member_merged", who, lane=lane, approver=approver, mode=mode, member=one, into=two)
    box.announce("member", gone=[gone], kept=kept)
    box.announce("consent")


def all_of(db: SqliteDatabase, member: int) -> list[int]:
    """Row ids under which a member's documents stand: her own and those of everybody who was merged into her."""
    return [number for (number,) in rows(db, "SELECT id FROM member WHERE id = ?1 OR merged = ?1", (member,))]


def _side(box: Box, member: int) -> Side:
    state = row(box.db, "SELECT state FROM member WHERE id = ?", (member,))
    found = members.with_standing(box.db, member)
    if found is None or state is None or state[0] != "active":
        raise ShopError("member_gone", status=404)
    cards = row(box.db, "SELECT COUNT(*) FROM member_card WHERE member = ? AND state = 'active'", (member,))
    agreed = tuple(purpose for purpose in PURPOSES if has_consent(box.db, member, purpose))
    return Side(*found, cards[0] if cards else 0, agreed)


def _move_points(box: Box, seen: Preview) -> list[Record]:
    """Each lot out of the one and into the other, with its day of expiry and of the time it was earned.

    Both entries have the time of the lot: at no moment is the sum of the two another than it was, and what counts for
    a tier within a year counts no longer than it would have.
    """
    out, into, number, found = seen.gone.member, seen.kept.member, next_number(box), list[Record]()
    for lot, points, score, rule, expires, at_us, available in rows(box.db, _LOTS, (out.id,)):
        facts: dict[str, Any] = {"rule": rule, "expires_on": expires, "available_on": available}
        new = number + 1
        found.append(entry(number, out.id, lot, -points, "merge", at_us, score=-score, **facts))
        found.append(entry(new, into.id, new, points, "merge", at_us, score=score, came_from=lot, **facts))
        number += 2
    box.db.connection().executemany(INSERT, found)
    return found


def _move_rows(db: SqliteDatabase, gone: int, kept: int) -> None:
    there = tables(db)
    _join_declines(db, gone, kept)
    for table in MOVED:
        if table in there:
            db.execute_sql(f"UPDATE {table} SET member = ? WHERE member = ?", (kept, gone))  # noqa: S608 (names of ours)
    for table in SINGLE:
        if table in there:
            db.execute_sql(f"UPDATE OR IGNORE {table} SET member = ? WHERE member = ?", (kept, gone))  # noqa: S608 (names of ours)
            db.execute_sql(f"DELETE FROM {table} WHERE member = ?", (gone,))  # noqa: S608 (names of ours)
    # What was learned of both is learned anew from the documents of both.
    for member in (gone, kept):
        model.forget(db, member)
    for table in DROPPED:
        if table in there:
            db.execute_sql(f"DELETE FROM {table} WHERE member = ?", (gone,))  # noqa: S608 (names of ours)
    for table in ("basket", "held"):
        db.execute_sql(
            f"UPDATE {table} SET body = json_set(body, '$.m', ?) WHERE json_extract(body, '$.m') = ?",  # noqa: S608 (names of ours)
            (kept, gone),
        )


def _join_declines(db: SqliteDatabase, gone: int, kept: int) -> None:
    """A "no" of either is a "no" of both; the longer one counts."""
    db.execute_sql(
        "INSERT INTO offer_decline SELECT ?, product, at_us, until_us, times, basket FROM offer_decline "
        "WHERE member = ? ON CONFLICT (member, product) DO UPDATE SET until_us = max(until_us, excluded.until_us), "
        "at_us = max(at_us, excluded.at_us), times = max(times, excluded.times)",
        (kept, gone),
    )


def _move_person(box: Box, seen: Preview) -> None:
    """What the survivor does not have comes from the other; nothing personal stays at that one."""
    db, gone, kept = box.db, seen.gone.member.id, seen.kept.member.id
    names = sorted(columns(db, "member") - KEPT)
    listed = ", ".join(names)
    one, two = (
        dict(zip(names, row(db, f"SELECT {listed} FROM member WHERE id = ?", (x,)) or (), strict=True))  # noqa: S608 (columns)
        for x in (gone, kept)
    )
    phone = two if _keeps_phone(db, gone, kept) else one  # a number is taken whole or not at all
    both = {name: phone[name] if name.startswith("phone") else two[name] or one[name] for name in names}
    if "birthday" not in seen.consents:
        both["birthday"] = None  # the stricter of both wins, and a day that nobody may use is not kept
    if phone is one and one["phone_sealed"]:
        both["phone_sealed"] = _sealed_anew(box, one["phone_sealed"], seen)
    empty = ", ".join(f"{name} = NULL" for name in names)
    db.execute_sql(f"UPDATE member SET {empty}, state = 'merged', merged = ? WHERE id = ?", (kept, gone))  # noqa: S608 (columns)
    values = (*both.values(), kept)
    db.execute_sql(f"UPDATE member SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?", values)  # noqa: S608 (columns)


def _keeps_phone(db: SqliteDatabase, gone: int, kept: int) -> bool:
    """Whether the survivor keeps the own number; the other's comes where there is none, or one that is only claimed."""
    best = "ORDER BY phone_hash IS NULL, phone_last4 IS NULL, id = ?1 LIMIT 1"
    found = row(db, f"SELECT id FROM member WHERE id IN (?1, ?2) {best}", (gone, kept))
    return found is None or found[0] == kept


def _sealed_anew(box: Box, sealed: str, seen: Preview) -> str | None:
    """A whole number is sealed for one member and opens for no other."""
    number = vault.unseal(box, sealed, seen.gone.member.uid)
    return vault.seal(box, number, seen.kept.member.uid) if number else None


def _agree(db: SqliteDatabase, member: int, agreed: tuple[str, ...], now: int, channel: str) -> None:
    """The stricter of both wins; each purpose gets a row, so that learning begins anew."""
    for purpose in PURPOSES:
        granted = int(purpose in agreed)
        db.execute_sql(
            "INSERT INTO consent (member, purpose, granted, text_version, at_us, channel) VALUES (?, ?, ?, ?, ?, ?)",
            (member, purpose, granted, members.TEXT_VERSION, now, channel),
        )
