"""Joining at the kiosk without staff: a member number at once, and nothing that a stranger could use."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.base import CARD, Scan
from edge import codes, member_page, members
from edge.errors import ShopError
from edge.kiosk_enrol import LIMITS
from edge.kiosk_view import view
from edge.members import PURPOSES, TEXT_VERSION
from edge.privacy import told
from tests.edge.shop import CARDS, Shop
from tests.edge.test_kiosk import SILENCE, Desk
from tests.edge.test_rewards import coupon_offer

PHONE = "13911112222"


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


def join(desk: Desk, phone: str = PHONE, consents: tuple[str, ...] = ("points",)) -> dict[str, Any]:
    return desk.tap("join", phone=phone, consents=list(consents))


def refused(desk: Desk, slug: str, **args: Any) -> None:
    with pytest.raises(ShopError) as caught:
        desk.tap("join", **args)
    assert caught.value.slug == slug


def test_a_new_member_is_shown_a_number_that_signs_them_in_from_then_on(shop: Shop, desk: Desk) -> None:
    shown = join(desk)
    code = shown["joined"]["code"]
    assert codes.identify(code, ()).kind == "member"
    assert shown["joined"]["number"].replace(" ", "") == code[3:]
    assert shown["member"]["phone"] == "139••••••••" and shown["member"]["points"] == 0
    assert shown["member"]["greeting"] in ("下午好", "Good afternoon")
    assert desk.tap("leave")["joined"] is None
    assert desk.scan(code)["member"] is not None
    assert desk.tap("leave")["member"] is None
    assert members.by_phone(shop.box, PHONE) is not None


def test_each_purpose_is_recorded_as_said_at_the_kiosk(shop: Shop, desk: Desk) -> None:
    join(desk, consents=("points", "behaviour"))
    found = shop.ask("SELECT purpose, granted, text_version, channel FROM consent ORDER BY id DESC LIMIT 5")
    assert sorted(found) == sorted((p, int(p in ("points", "behaviour")), TEXT_VERSION, "kiosk") for p in PURPOSES)
    (event,) = [e for e in desk.events("member.enrolled") if e["channel"] == "kiosk"]
    assert (event["lane"], event["staff"], event["consents"]) == ("k1", None, ["points", "behaviour"])


def test_typing_somebody_s_number_tells_nothing_and_takes_nothing(shop: Shop, desk: Desk) -> None:
    """Neither what is shown nor what can be done differs from a number that nobody has."""
    free = join(desk)
    desk.tap("leave")
    taken = join(desk, phone="13800000003")  # the gold member's
    assert taken["member"]["points"] == 0
    assert {**free["member"], "phone": ""} == {**taken["member"], "phone": ""}
    assert free["joined"].keys() == taken["joined"].keys() and taken["offers"] == free["offers"]
    gold = members.by_phone(shop.box, "13800000003")
    assert gold is not None and gold.name == "Gold Li"
    new = members.by_card(shop.db, taken["joined"]["code"])
    assert new is not None and new.id != gold.id
    assert member_page.page(shop.box, new, "en")["same_phone"] == gold.uid


def test_nor_does_the_paper_of_what_is_known_tell_whose_number_it_is(shop: Shop, desk: Desk) -> None:
    """Whoever typed a number knows its last four digits, and can have that paper printed."""
    papers = []
    for phone in (PHONE, "13800000003"):
        new = members.by_card(shop.db, join(desk, phone=phone)["joined"]["code"])
        assert new is not None
        person = next(x for x in told.about(shop.box, new.id, "en") if x.id == "person")
        papers.append([name for name, *_ in person.lines])
        desk.tap("leave")
    assert papers[0] == papers[1]


def test_numbers_that_are_given_can_not_be_guessed_from_one_another(desk: Desk) -> None:
    given = []
    for n in range(5):
        given.append(int(join(desk, phone=f"1391111000{n}")["joined"]["code"][3:13]))
        desk.tap("leave")
    gaps = [abs(a - b) for a, b in zip(given, given[1:], strict=False)]
    assert min(gaps) > 1_000 and len(set(gaps)) == len(gaps)


@pytest.mark.fault("F124")
def test_a_prankster_is_slowed_down_and_the_next_queue_is_served(shop: Shop, desk: Desk) -> None:
    most, seconds = LIMITS[0]
    for n in range(most):
        join(desk, phone=f"139111100{n:02d}")
        desk.tap("leave")
    before = shop.one("SELECT COUNT(*) FROM member")
    refused(desk, "join_wait", phone=PHONE, consents=[])
    assert shop.one("SELECT COUNT(*) FROM member") == before
    again = Desk(shop)  # another process: the limit is the database's
    refused(again, "join_wait", phone=PHONE, consents=[])
    shop.clock.advance(seconds + 1)
    assert join(again)["joined"]


def test_a_second_tap_makes_no_second_member(shop: Shop, desk: Desk) -> None:
    code = join(desk)["joined"]["code"]
    assert join(desk)["joined"]["code"] == code
    assert shop.one("SELECT COUNT(*) FROM member WHERE phone_last4 = '2222'") == 1


@pytest.mark.parametrize(
    ("args", "slug"),
    [({"phone": "", "consents": []}, "member_nothing"), ({"phone": "12", "consents": []}, "phone_wrong"),
     ({"phone": PHONE, "consents": ["everything"]}, "bad_request"), ({"phone": PHONE}, "bad_request"),
     ({"phone": PHONE, "consents": [["points"]]}, "bad_request"), ({"phone": 7, "consents": []}, "bad_request")],
)  # fmt: skip
def test_what_a_page_could_not_have_sent_is_refused(desk: Desk, args: dict[str, Any], slug: str) -> None:
    refused(desk, slug, **args)


def test_all_of_it_is_forgotten_with_the_visit(desk: Desk) -> None:
    code = join(desk)["joined"]["code"]
    shown = desk.waits(SILENCE)
    assert shown["joined"] is None and shown["member"] is None
    assert code not in str(shown) and "2222" not in str(shown)


def test_another_card_ends_the_welcome(desk: Desk) -> None:
    join(desk)
    assert desk.scan(CARDS["gold"])["joined"] is None


def test_a_member_s_chip_signs_in_and_print_that_says_the_same_does_not(shop: Shop, desk: Desk) -> None:
    with shop.box.transaction():
        members.add_card(shop.box, shop.member("gold"), "04A2B3C4D5E680", "nfc")
    assert desk.scan("04A2B3C4D5E680")["notice"] == "not_a_card"
    shop.clock.advance(1)
    desk.kiosk.on_scan(Scan("reader-k1", "04a2b3c4d5e680", shop.clock.mono_ns(), CARD))
    assert view(desk.kiosk)["member"] is not None


def test_who_has_just_joined_redeems_nothing_before_a_card_was_shown(shop: Shop, desk: Desk) -> None:
    """Whatever points a number may bring along by then: the screen knows it typed, not proved."""
    uid = coupon_offer(shop, 10)
    code = join(desk)["joined"]["code"]
    member = members.by_card(shop.db, code)
    assert member is not None
    shop.db.execute_sql(
        "INSERT INTO ledger (id, member, lot, points, score, reason, rule_version, at_us) "
        "SELECT MAX(id) + 1, ?, MAX(id) + 1, 500, 0, 'adjust', 0, ? FROM ledger",
        (member.id, shop.clock.now_us()),
    )
    with pytest.raises(ShopError, match="reward_at_till"):
        desk.tap("reward/choose", reward=uid)
    desk.tap("leave")
    desk.scan(code)
    assert desk.tap("reward/choose", reward=uid)["member"] is not None
