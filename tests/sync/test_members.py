"""Members at headquarters: what the counter says of them arrives, and nothing in it is obeyed on the way."""

from __future__ import annotations

from edge import codes, member_desk, members
from edge.base.sqlite import row, rows
from edge.member_desk import By
from edge.members import Member
from sync.hq import HqServices, queries
from tests.edge.shop import Shop
from tests.edge.test_member_text import NASTY
from tests.sync.test_documents import drain, headquarters, shop  # noqa: F401 (fixtures)

PHONE = "13911112222"


def enrol(shop: Shop, name: str = "林悦", phone: str = PHONE) -> Member:  # noqa: F811
    wish = member_desk.Wish(phone=phone, name=name, consents=("points",))
    member_desk.enrol(shop.box, wish, By("till", lane="1", person=shop.person("cashier")))
    found = members.by_phone(shop.box, phone)
    assert found is not None
    return found


def refused(services: HqServices) -> list[tuple[object, ...]]:
    return rows(services.store.db, "SELECT type FROM event WHERE state = 'dead'")


def person(services: HqServices, member: Member) -> tuple[object, ...] | None:
    return row(services.store.db, "SELECT name, phone FROM member_private WHERE member = ?", (member.uid,))


def test_a_correction_arrives_and_says_no_more_than_it_must(
    shop: Shop, headquarters: HqServices  # noqa: F811
) -> None:
    member, by = enrol(shop), By("till", lane="1", person=shop.person("cashier"))
    drain(shop, headquarters)
    assert person(headquarters, member) == ("林悦", "139••••2222")
    member_desk.correct(shop.box, member, by, {"name": "林月"})
    drain(shop, headquarters)
    assert person(headquarters, member) == ("林月", "139••••2222")
    member_desk.correct(shop.box, member, by, {"phone": "13733334444"})
    drain(shop, headquarters)
    assert person(headquarters, member) == ("林月", "137••••4444")
    assert refused(headquarters) == []


def test_cards_notes_and_consents_are_kept_and_none_is_dead(shop: Shop, headquarters: HqServices) -> None:  # noqa: F811
    member, by = enrol(shop), By("till", lane="1", person=shop.person("cashier"))
    member_desk.give_card(shop.box, member, codes.member_code(4_711), by, replace=True)
    member_desk.add_note(shop.box, member, "纸袋", by)
    member_desk.drop_note(shop.box, member, 1, by)
    member_desk.consent(shop.box, member, "offers", True, by)
    drain(shop, headquarters)
    assert refused(headquarters) == []
    kept = {kind for (kind,) in rows(headquarters.store.db, "SELECT type FROM event WHERE state = 'done'")}
    told = {"member.card_added", "member.card_blocked", "member.noted", "member.note_dropped", "consent.changed"}
    assert told <= kept


def test_names_that_have_hurt_others_arrive_as_they_are(shop: Shop, headquarters: HqServices) -> None:  # noqa: F811
    by = By("till", lane="1", person=shop.person("cashier"))
    enrolled = [enrol(shop, name, f"177000000{n:02d}") for n, name in enumerate(NASTY)]
    for member, name in zip(enrolled, NASTY, strict=True):
        member_desk.add_note(shop.box, member, name + "!", by)
    drain(shop, headquarters)
    assert refused(headquarters) == []
    assert [(person(headquarters, member) or ("",))[0] for member in enrolled] == [member.name for member in enrolled]
    shown = {each.name for page in (0, 1, 2) for each in queries.members(headquarters.store, "live", page=page)[0]}
    assert {member.name for member in enrolled} <= shown
