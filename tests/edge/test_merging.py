"""Merging duplicates: Σ of points and score unchanged, lots as they were, consents the stricter, everything follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge import accounts, codes, evidence, journal, member_desk, member_page, members, merging, receipt_book, receipts
from edge.base.document import Text
from edge.base.sqlite import row
from edge.consent import set_consent
from edge.errors import ShopError
from edge.member_desk import By
from edge.privacy import erase, screens
from edge.recommend import declines, learn
from tests.edge.goods import pay_as_planned, quick_pins, take_back, widen
from tests.edge.privacy_desk import CARD, PHONE, enrol, traces, uid_of
from tests.edge.shop import BREAD, CARDS, HAMPER, MILK, Hands, Shop

OTHER = codes.member_code(88_002)


def twins(shop: Shop) -> tuple[int, int]:
    """Two members who are one person: the one with everything, the other with a card and a first name."""
    return enrol(shop), enrol(shop, "Ming", "", OTHER, None)


def merge(shop: Shop, gone: int, kept: int) -> None:
    merging.merge(shop.box, gone, kept, shop.person("manager"), channel="manager")


def buy(till: Hands, card: str, *codes_: str) -> Any:
    till.scan(card)
    return till.sell(codes_ or (MILK,))


def proved(shop: Shop) -> bool:
    return not list(journal.verify(shop.db, shop.box.source)) and not list(evidence.check(shop.box))


def lots(shop: Shop, member: int) -> list[tuple[Any, ...]]:
    """What is left of each lot: (points, score, expires, available, when it was earned)."""
    return shop.ask(
        "SELECT SUM(g.points), SUM(g.score), o.expires_on, o.available_on, o.at_us FROM ledger g "
        "JOIN ledger o ON o.id = g.lot WHERE g.member = ? GROUP BY g.lot "
        "HAVING SUM(g.points) <> 0 OR SUM(g.score) <> 0 ORDER BY 5, 1",
        member,
    )


def test_points_and_score_go_lot_by_lot_with_their_days(shop: Shop, till: Hands) -> None:
    one, two = twins(shop)
    buy(till, CARD)
    shop.clock.advance(40 * 86_400)
    till.log_in()
    buy(till, CARD, HAMPER)
    buy(till, OTHER, BREAD)
    before = sorted(lots(shop, one) + lots(shop, two), key=lambda x: (x[4], x[0]))
    merge(shop, one, two)
    assert lots(shop, two) == before
    assert lots(shop, one) == []
    assert members.standing(shop.db, one) == members.Standing(0, 0)
    assert proved(shop)


def test_the_preview_says_what_comes_of_it_and_changes_nothing(shop: Shop, till: Hands) -> None:
    one, two = twins(shop)
    buy(till, CARD, HAMPER)
    buy(till, OTHER, HAMPER)
    before = shop.bytes_at_rest()
    seen = merging.preview(shop.box, one, two)
    assert shop.bytes_at_rest() == before
    assert (seen.points, seen.score, seen.tier.id, seen.cards) == (2_000, 2_000, "silver", 2)
    assert seen.phone == "139••••0142"
    merge(shop, one, two)
    assert members.standing(shop.db, two) == members.Standing(seen.points, seen.score)


def test_cards_name_phone_and_birthday_follow(shop: Shop, till: Hands) -> None:
    one, two = twins(shop)
    merge(shop, one, two)
    for card in (CARD, OTHER):
        found = members.by_card(shop.db, card)
        assert found is not None and found.id == two
    known = members.by_phone(shop.box, PHONE)
    assert known is not None and (known.id, known.name) == (two, "Ming"), "her own name stays"
    assert shop.ask("SELECT name, phone_hash, phone_last4, birthday, state, merged FROM member WHERE id = ?", one) == [
        (None, None, None, None, "merged", two)
    ]
    assert shop.one("SELECT birthday FROM member WHERE id = ?", two) == "11-28"


def test_two_numbers_are_never_mixed(shop: Shop) -> None:
    one = enrol(shop)
    two = enrol(shop, "Ming", "13311112222", OTHER)
    merge(shop, one, two)
    assert shop.ask("SELECT phone_prefix, phone_last4 FROM member WHERE id = ?", two) == [("133", "2222")]
    assert members.by_phone(shop.box, PHONE) is None


@pytest.mark.parametrize(("phone", "then"), [("", "138••••0003"), ("13311112222", "133••••2222")])
def test_a_number_that_was_only_typed_at_a_kiosk_gives_way_to_a_known_one_and_to_nothing_else(
    shop: Shop, phone: str, then: str
) -> None:
    one = enrol(shop, "Ming", phone, OTHER)
    with shop.box.transaction():
        two = members.enrol(shop.box, name="", card="", phone="13800000003", claimed=True, channel="kiosk")
    assert merging.preview(shop.box, one, two).phone == then
    merge(shop, one, two)
    found = members.by_id(shop.db, two)
    assert found is not None and found.phone == then


@pytest.mark.parametrize("whose", [0, 1])
def test_a_birthday_is_not_kept_where_one_of_the_two_did_not_agree_to_it(shop: Shop, whose: int) -> None:
    """Whoever takes the consent back is forgotten the day of; a merge may not bring it back by another's."""
    pair = twins(shop)
    gone, kept = pair if whose else pair[::-1]
    with shop.box.transaction():
        set_consent(shop.box, pair[1], "birthday", False, "till")
    merge(shop, gone, kept)
    assert not members.has_consent(shop.db, kept, "birthday")
    assert shop.one("SELECT birthday FROM member WHERE id = ?", kept) is None


def test_her_purchases_are_on_the_survivors_page(shop: Shop, till: Hands) -> None:
    one, two = twins(shop)
    sale = buy(till, CARD, MILK)
    merge(shop, one, two)
    found = members.by_id(shop.db, two)
    assert found is not None
    assert [x["uid"] for x in member_page.page(shop.box, found, "en")["sales"]] == [sale.uid]
    assert [x["name"] for x in member_page.lines(shop.box, found, sale.uid)] == ["Milk 1 l"]


def test_a_copy_of_an_old_receipt_names_the_survivor(shop: Shop, till: Hands) -> None:
    """Nothing personal stays at the one that is gone: the line said "Member", and nothing after it."""
    one, two = twins(shop)
    sale = buy(till, CARD, MILK)
    merge(shop, one, two)
    said = [x.text for x in receipts.compose(shop.box, sale.sale).items if isinstance(x, Text)]
    assert "Member M** · Bronze" in said and receipt_book.document(shop.box, sale.uid, "en")["member"] == "M**"
    erase.erase(shop.box, two, None, channel="till")
    assert not [x for x in receipts.compose(shop.box, sale.sale).items if isinstance(x, Text) and "Member" in x.text]


def test_a_number_that_is_kept_whole_can_still_be_called(shop: Shop, till: Hands) -> None:
    shop.setting("members", {"keep_phone": True})
    till.do("member/enrol", phone=PHONE, name="Ming", consents=[])
    one = shop.one("SELECT id FROM member WHERE uid = ?", till.view()["member"]["uid"])
    two = shop.member("silent")
    shop.db.execute_sql("UPDATE member SET phone_hash = NULL, phone_last4 = NULL WHERE id = ?", (two,))
    merge(shop, one, two)
    found = members.by_id(shop.db, two)
    assert found is not None
    assert member_desk.whole_phone(shop.box, found, By("till", person=shop.person("manager"))) == PHONE


@pytest.mark.parametrize("purpose", members.PURPOSES)
@pytest.mark.parametrize(("first", "second", "then"), [(1, 1, True), (1, 0, False), (0, 1, False), (0, 0, False)])
def test_of_consents_the_stricter_wins(shop: Shop, purpose: str, first: int, second: int, then: bool) -> None:
    one, two = twins(shop)
    with shop.box.transaction():
        set_consent(shop.box, one, purpose, bool(first), "till")
        set_consent(shop.box, two, purpose, bool(second), "till")
    assert (purpose in merging.preview(shop.box, one, two).consents) is then
    merge(shop, one, two)
    assert members.has_consent(shop.db, two, purpose) is then
    assert not members.has_consent(shop.db, one, purpose)


def test_a_no_of_either_is_a_no_of_both(shop: Shop) -> None:
    one, two = twins(shop)
    gum, milk = shop.product("GUM").id, shop.product("MILK").id
    with shop.box.transaction():
        declines.decline(shop.box, one, gum, "till")
        declines.decline(shop.box, one, milk, "till")
        declines.decline(shop.box, one, milk, "till")
        declines.decline(shop.box, two, milk, "till")
    longest = shop.one("SELECT MAX(until_us) FROM offer_decline")
    merge(shop, one, two)
    assert declines.quiet(shop.box, two) == {gum, milk}
    assert shop.ask("SELECT until_us, times FROM offer_decline WHERE product = ?", milk) == [(longest, 2)]
    assert shop.one("SELECT COUNT(*) FROM offer_decline WHERE member = ?", one) == 0


def test_what_was_bought_by_either_is_learned_of_the_one(shop: Shop, till: Hands) -> None:
    one, two = twins(shop)
    buy(till, CARD, MILK)
    buy(till, OTHER, BREAD)
    learn.catch_up_fully(shop.box)
    merge(shop, one, two)
    learn.catch_up_fully(shop.box)
    known = "SELECT COUNT(*) FROM model_buy WHERE member = ?"
    assert (shop.one(known, one), shop.one(known, two)) == (0, 2)


def test_her_open_cart_goes_on_as_the_survivors(shop: Shop, till: Hands, other_till: Hands) -> None:
    one, two = twins(shop)
    till.scan(CARD)
    till.scan(MILK)
    other_till.scan(CARD)
    other_till.scan(MILK)
    other_till.do("hold")
    tills = {"1": till.till, "2": other_till.till}
    shop.box.after_commit.append(lambda topic, data: topic == "member" and screens.follow(tills, {}, **data))
    merge(shop, one, two)
    assert till.view()["member"]["uid"] == uid_of(shop, two)
    till.pay_cash()
    other_till.do("recall", held=shop.one("SELECT uid FROM held"))
    other_till.pay_cash()
    assert shop.ask("SELECT member FROM sale ORDER BY id DESC LIMIT 2") == [(two,), (two,)]


@pytest.mark.fault("F63")
def test_a_cart_that_nobody_told_of_the_merge_is_the_survivors_when_it_is_paid(shop: Shop, till: Hands) -> None:
    """Headquarters merged them through another process while she stood at the till."""
    one, two = twins(shop)
    till.scan(CARD)
    till.scan(MILK)
    merging.merge(shop.box, one, two, None, channel="hq")
    till.pay_cash()
    assert shop.ask("SELECT member, points FROM sale ORDER BY id DESC LIMIT 1") == [(two, 11)]
    assert members.standing(shop.db, one) == members.Standing(0, 0)
    assert proved(shop)


def test_what_she_owes_on_account_is_the_survivors_debt(shop: Shop, till: Hands) -> None:
    widen(shop)
    quick_pins(shop)
    one, two = twins(shop)
    till.scan(CARD)
    till.scan(MILK)
    till.do("pay", tenders=[{"kind": "account", "received": 1_150}])
    till.approve()
    merge(shop, one, two)
    assert accounts.owed(shop.box, two) == 1_150
    with pytest.raises(ShopError, match="member_owes"):
        erase.erase(shop.box, two, None, channel="till")


def test_who_was_merged_twice_is_found_at_the_last(shop: Shop, till: Hands) -> None:
    one, two = twins(shop)
    buy(till, CARD)
    merge(shop, one, two)
    last = shop.member("bronze")
    merge(shop, two, last)
    assert merging.all_of(shop.db, last) == [last, one, two]
    assert members.standing(shop.db, last).points == 11


def test_erasing_the_survivor_erases_all_who_became_her(shop: Shop, till: Hands) -> None:
    one, two = twins(shop)
    buy(till, CARD)
    merge(shop, one, two)
    erase.erase(shop.box, two, None, channel="kiosk")
    assert erase.finish(shop.box)
    assert traces(shop.folder) == []
    assert shop.ask("SELECT state FROM member WHERE id IN (?, ?)", one, two) == [("erased",), ("erased",)]


def test_what_can_not_be_merged(shop: Shop, till: Hands) -> None:
    one, two = twins(shop)
    with pytest.raises(ShopError, match="member_same"):
        merge(shop, one, one)
    merge(shop, one, two)
    for pair in ((one, two), (two, one), (one, shop.member("gold")), (10_000, two)):
        with pytest.raises(ShopError, match="member_gone"):
            merge(shop, *pair)


def test_a_merge_is_in_the_audit_with_who_did_it(shop: Shop) -> None:
    one, two = twins(shop)
    merge(shop, one, two)
    (found,) = shop.ask("SELECT staff, detail FROM audit WHERE action = 'member_merged'")
    assert found[0] == shop.person("manager").id and uid_of(shop, one) in found[1] and uid_of(shop, two) in found[1]


def test_every_table_that_names_members_has_its_rule(shop: Shop) -> None:
    """A new table must say what a merge does to it: merging.MOVED, SINGLE, DROPPED, or it stays as it was written."""
    sql = (
        "SELECT DISTINCT m.name FROM sqlite_master m, pragma_table_info(m.name) c "
        "WHERE m.type = 'table' AND c.name = 'member'"
    )
    named = {name for (name,) in shop.ask(sql)}
    assert named <= {*merging.MOVED, *merging.SINGLE, *merging.DROPPED, "sale", "ledger", "consent", "erasure"}


Move = tuple[str, int, int]
moves = st.lists(
    st.tuples(st.sampled_from(["buy", "redeem", "void", "return", "merge"]), st.integers(0, 3), st.integers(0, 3)),
    max_size=14,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves)
def test_whatever_is_bought_spent_merged_returned_and_voided_no_point_comes_from_nothing(
    new_shop: Callable[[], Shop], what: list[Move]
) -> None:
    """A merge changes neither sum, ever; what is given back is exactly what was, wherever its points are by now."""
    shop = new_shop()
    till = shop.tills["1"]
    till.log_in()
    quick_pins(shop)
    shop.setting("tenders", ["cash", "points"])
    cards, receipts = [*list(CARDS.values())[:3], OTHER], list[str]()
    enrol(shop, "Ming", "", OTHER)
    for name, i, j in what:
        before = total(shop)
        if name in ("buy", "redeem"):
            receipts.append(sell(till, cards[i], 500 if name == "redeem" else 0))
            assert total(shop)[1] > before[1]
        elif name == "merge":
            one, two = members.by_card(shop.db, cards[i]), members.by_card(shop.db, cards[j])
            if one and two and one.id != two.id:
                merge(shop, one.id, two.id)
            assert total(shop) == before
        elif receipts:
            undo(shop, till, name, receipts[i % len(receipts)])
            assert total(shop)[1] <= before[1]
        assert shop.ask("SELECT m.id FROM member m JOIN ledger g ON g.member = m.id WHERE m.state = 'merged' "
                        "GROUP BY m.id HAVING SUM(g.points) <> 0 OR SUM(g.score) <> 0") == []  # fmt: skip
    for receipt in receipts:
        undo(shop, till, "return", receipt)
    assert total(shop) == START, "everything is back: exactly what there was before"
    assert proved(shop)


def sell(till: Hands, card: str, with_points: int) -> str:
    """Milk and bread for a member, a part of it paid with points if there are so many; the receipt's number."""
    till.scan(card)
    till.scan(MILK)
    till.scan(BREAD)
    try:
        due = till.view()["basket"]["cash_due"]
        parts = [{"kind": "points", "received": with_points}] if with_points else []
        till.do("pay", tenders=[*parts, {"kind": "cash", "received": due - with_points}])
    except ShopError:
        till.pay_cash()
    assert till.till.done is not None
    return till.till.done.receipt


START = (5_000 - 1_000, 4_000)


def total(shop: Shop) -> tuple[int, int]:
    found = row(shop.db, "SELECT SUM(points), SUM(score) FROM ledger")
    assert found is not None
    return int(found[0]), int(found[1])


def undo(shop: Shop, till: Hands, name: str, receipt: str) -> None:
    """Give everything back that is left of a receipt, or void it if it is the last."""
    try:
        if name == "void":
            uid = shop.one("SELECT uid FROM sale ORDER BY id DESC LIMIT 1")
            till.void(uid)
            return
        take_back(till, receipt, n1=None, n2=None)
        pay_as_planned(till)
    except ShopError:
        till.do("clear")
        if till.view()["basket"]["lines"] == [] and till.till.returning is not None:
            till.do("return/close")


