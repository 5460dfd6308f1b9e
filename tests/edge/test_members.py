"""Members: enrolled once, found by card or phone, and known to the box no more than needed."""

from __future__ import annotations

import json
import stat

import pytest
from peewee import IntegrityError

from edge import codes, members
from edge.members import PURPOSES, Member
from tests.edge.shop import CARDS, Shop


def enrol(shop: Shop, number: int = 50, **args: object) -> int:
    given = {"name": "张伟", "card": codes.member_code(number), "phone": f"139123400{number}", **args}
    with shop.box.transaction():
        return members.enrol(shop.box, **given)  # type: ignore[arg-type]


def test_a_member_is_found_by_card_whatever_its_case(shop: Shop) -> None:
    for code in (CARDS["gold"], CARDS["gold"].lower()):
        found = members.by_card(shop.db, code)
        assert found is not None and found.name == "Gold Li"
    assert members.by_card(shop.db, codes.member_code(77)) is None


def test_a_phone_is_shown_masked_and_found_by_its_digits(shop: Shop) -> None:
    found = members.by_phone(shop.box, "13800000002")
    assert found is not None
    assert (found.name, found.phone) == ("Silver Li", "138••••0002")
    assert members.by_phone(shop.box, "13800000099") is None


@pytest.mark.parametrize(
    ("name", "masked", "initial"), [("张伟", "张**", "张"), ("Yue Lin", "Y**", "Y"), ("", "", "?")]
)
def test_a_receipt_shows_one_letter_of_a_name(name: str, masked: str, initial: str) -> None:
    member = Member(1, "u", name, "", True)
    assert (member.masked, member.initial) == (masked, initial)


def test_a_phone_number_cannot_be_found_out_from_the_database(shop: Shop) -> None:
    """Nor from the journal: the private part of an event has it masked, as headquarters and screens show it."""
    enrol(shop)
    shop.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"13912340050" not in shop.bytes_at_rest()
    hashed = shop.one("SELECT phone_hash FROM member WHERE name = '张伟'")
    assert len(hashed) == 64
    assert members.phone_hash(shop.box, "13912340050") == hashed


def test_the_key_of_the_hash_is_the_boxs_own_and_nobody_elses_to_read(shop: Shop) -> None:
    path = shop.folder / "keys" / "phone.key"
    assert len(bytes.fromhex(path.read_text())) == 32
    enrol(shop)
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_each_purpose_gets_a_row_granted_or_not(shop: Shop) -> None:
    member = enrol(shop, consents=("points", "birthday"))
    found = dict(shop.ask("SELECT purpose, granted FROM consent WHERE member = ?", member))
    assert found == {p: int(p in ("points", "birthday")) for p in PURPOSES}


def test_the_newest_word_on_a_purpose_counts(shop: Shop) -> None:
    member = shop.member("gold")
    for granted in (0, 1, 0):
        shop.db.execute_sql(
            "INSERT INTO consent (member, purpose, granted, text_version, at_us, channel) "
            "VALUES (?, 'points', ?, 1, 0, 'till')",
            (member, granted),
        )
        assert members.has_consent(shop.db, member, "points") == bool(granted)
    assert not members.has_consent(shop.db, member, "no such purpose")


def test_enrolling_is_one_event_whose_person_is_beside_it(shop: Shop) -> None:
    enrol(shop)
    body, private = shop.ask("SELECT body, private FROM journal WHERE stream = 'a' ORDER BY seq DESC LIMIT 1")[0]
    event = json.loads(body)
    assert event["type"] == "member.enrolled"
    assert event["data"]["consents"] == ["points"]
    assert "张伟" not in body and "13912340050" not in body and "TBX" not in body
    assert json.loads(private)["name"] == "张伟"


def test_a_card_written_small_is_the_same_card(shop: Shop) -> None:
    enrol(shop, card=codes.member_code(60).lower())
    assert members.by_card(shop.db, codes.member_code(60)) is not None


@pytest.mark.parametrize("same", [{"phone": "13800000003"}, {"card": CARDS["gold"]}])
def test_a_card_and_a_phone_belong_to_one_member(shop: Shop, same: dict[str, str]) -> None:
    before = shop.one("SELECT COUNT(*) FROM journal"), shop.one("SELECT COUNT(*) FROM member")
    with pytest.raises(IntegrityError):
        enrol(shop, **same)
    assert (shop.one("SELECT COUNT(*) FROM journal"), shop.one("SELECT COUNT(*) FROM member")) == before


def test_a_blocked_card_and_a_member_who_left_are_not_found(shop: Shop) -> None:
    shop.db.execute_sql("UPDATE member_card SET state = 'lost' WHERE code = ?", (CARDS["gold"],))
    assert members.by_card(shop.db, CARDS["gold"]) is None
    shop.db.execute_sql("UPDATE member SET state = 'erased' WHERE name = 'Silver Li'")
    assert members.by_card(shop.db, CARDS["silver"]) is None
    assert members.by_phone(shop.box, "13800000002") is None


@pytest.mark.parametrize(("name", "points"), [("bronze", 0), ("silver", 1_000), ("gold", 3_000)])
def test_where_a_member_stands_is_the_sum_of_the_ledger(shop: Shop, name: str, points: int) -> None:
    standing = members.standing(shop.db, shop.member(name))
    assert (standing.points, standing.score) == (points, points)
