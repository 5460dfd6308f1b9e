"""Members at the counter: enrolled in one go, corrected with a trace, each purpose asked and recorded by itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from drivers.base import CARD, Scan
from edge import codes, coupons, member_desk, member_page, members, vault
from edge.consent import texts
from edge.errors import ShopError
from edge.member_desk import By
from edge.members import PURPOSES, TEXT_VERSION
from tests.edge.promo.forms import launch
from tests.edge.shop import CARDS, MILK, Hands, Shop

PHONE, FRESH, CHIP = "13911112222", codes.member_code(4_711), "04A2B3C4D5E680"


def refused(slug: str, till: Hands, command: str, **args: Any) -> ShopError:
    with pytest.raises(ShopError) as caught:
        till.do(command, **args)
    assert caught.value.slug == slug
    return caught.value


def last(shop: Shop, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(data, private part) of the newest event of a kind."""
    for body, private in shop.ask("SELECT body, private FROM journal ORDER BY id DESC"):
        event = json.loads(body)
        if event["type"] == kind:
            return event["data"], json.loads(private or "{}")
    raise AssertionError(f"no {kind}")


def page(shop: Shop, till: Hands, lang: str = "en") -> dict[str, Any]:
    member = members.by_id(shop.db, till.till.basket.member or 0)
    assert member is not None
    return member_page.page(shop.box, member, lang)


# ---- enrolled


def test_a_phone_number_alone_makes_a_member_whose_the_cart_is_at_once(shop: Shop, till: Hands) -> None:
    view = till.do("member/enrol", phone="139 1111 2222", consents=["points"])
    assert view["member"]["phone"] == "139••••2222"
    assert members.by_phone(shop.box, PHONE) is not None
    till.scan(MILK)
    till.pay_cash()
    assert till.till.done is not None and till.till.done.points > 0
    card = page_of(shop, PHONE)["cards"][0]
    assert card["kind"] == "number"


def page_of(shop: Shop, phone: str) -> dict[str, Any]:
    member = members.by_phone(shop.box, phone)
    assert member is not None
    return member_page.page(shop.box, member, "en")


def test_a_fresh_card_is_offered_and_becomes_the_new_member_s(shop: Shop, till: Hands) -> None:
    assert till.scan(FRESH)["notice"]["slug"] == "unknown_card"
    view = till.do("member/enrol", card=FRESH, name="林悦", consents=[])
    assert (view["member"]["name"], view["notice"]) == ("林悦", None)
    assert till.do("member/detach")["member"] is None
    assert till.scan(FRESH)["member"]["name"] == "林悦"


def test_a_chip_is_enrolled_by_tapping_it_on_the_reader(shop: Shop, till: Hands) -> None:
    def tap() -> dict[str, Any]:
        shop.clock.advance(1)
        till.till.on_scan(Scan("reader-1", CHIP.lower(), shop.clock.mono_ns(), CARD))
        return till.view()

    till.do("catch", what="member")
    assert tap()["caught"]["code"] == CHIP
    till.do("member/enrol", card=CHIP, consents=["points"])
    till.do("catch", what="")
    till.do("member/detach")
    assert tap()["member"] is not None
    assert page(shop, till)["cards"][0]["kind"] == "nfc"
    till.do("member/detach")
    assert till.scan(CHIP)["member"] is None  # what a scanner reads is print, and print can say anything


@pytest.mark.parametrize(("given", "by"), [({"phone": "13800000002"}, "phone"), ({"card": CARDS["silver"]}, "card")])
def test_whoever_is_a_member_already_is_offered_instead(
    shop: Shop, till: Hands, given: dict[str, str], by: str
) -> None:
    before = shop.one("SELECT COUNT(*) FROM member")
    error = refused("member_known", till, "member/enrol", consents=[], **given)
    assert error.params["by"] == by
    assert shop.one("SELECT COUNT(*) FROM member") == before
    assert till.do("member", uid=error.params["member"])["member"]["tier"] == "silver"


@pytest.mark.parametrize(
    ("given", "slug"),
    [({}, "member_nothing"), ({"phone": "123"}, "phone_wrong"), ({"phone": PHONE, "name": "x" * 41}, "name_long"),
     ({"phone": PHONE, "birthday": "1988-11-28"}, "birthday_wrong"),
     ({"phone": PHONE, "birthday": "0230"}, "birthday_wrong"),
     ({"card": "TBX000000000013"}, "card_wrong"), ({"card": MILK}, "card_wrong"),
     ({"phone": PHONE, "consents": ["sell my data"]}, "bad_request"),
     ({"phone": PHONE, "consents": "points"}, "bad_request")],
)  # fmt: skip
def test_what_can_not_be_kept_is_refused_and_leaves_nothing(
    shop: Shop, till: Hands, given: dict[str, Any], slug: str
) -> None:
    before = shop.one("SELECT COUNT(*) FROM member"), shop.one("SELECT COUNT(*) FROM journal")
    refused(slug, till, "member/enrol", **{"consents": ["birthday"], **given})
    assert (shop.one("SELECT COUNT(*) FROM member"), shop.one("SELECT COUNT(*) FROM journal")) == before


def test_nobody_is_enrolled_or_changed_in_training(shop: Shop) -> None:
    till = shop.tills["3"]
    till.log_in()
    refused("member_training", till, "member/enrol", phone=PHONE, consents=[])
    uid = shop.one("SELECT uid FROM member WHERE id = ?", shop.member("gold"))
    refused("member_training", till, "member/correct", member=uid, name="x")


def test_the_same_press_twice_enrols_once(shop: Shop, till: Hands) -> None:
    for _ in range(2):
        till.do("member/enrol", phone=PHONE, consents=[], id="one-press")
    assert shop.one("SELECT COUNT(*) FROM member WHERE phone_last4 = '2222'") == 1


# ---- consent (security list: S18)


@pytest.mark.parametrize("granted", [(), ("points",), ("points", "offers"), PURPOSES])
def test_each_purpose_is_recorded_with_its_text_its_time_and_where(
    shop: Shop, till: Hands, granted: tuple[str, ...]
) -> None:
    now = shop.clock.now_us()
    till.do("member/enrol", phone=PHONE, consents=list(granted))
    found = shop.ask(
        "SELECT purpose, granted, text_version, at_us, channel FROM consent WHERE member = ? ORDER BY id",
        till.till.basket.member,
    )
    assert found == [(p, int(p in granted), TEXT_VERSION, now, "till") for p in PURPOSES]
    data, _ = last(shop, "member.enrolled")
    assert (data["consents"], data["text_version"], data["channel"]) == (list(granted), TEXT_VERSION, "till")
    shown = {each["purpose"]: each for each in page(shop, till)["consents"]}
    assert {p for p in PURPOSES if shown[p]["granted"]} == set(granted)
    for asked in texts("en"):
        assert shown[asked["purpose"]]["agreed_text"] == asked["text"]


def test_a_consent_is_taken_back_at_the_till_and_the_record_keeps_both(shop: Shop, till: Hands) -> None:
    till.do("member/enrol", phone=PHONE, consents=["points", "birthday"], birthday="1128")
    uid, member = page(shop, till)["uid"], till.till.basket.member
    assert page(shop, till)["birthday"] == "11-28"
    shop.clock.advance(60)
    till.do("member/consent", member=uid, purpose="birthday", granted=False)
    said = shop.ask("SELECT granted FROM consent WHERE member = ? AND purpose = 'birthday' ORDER BY id", member)
    assert said == [(1,), (0,)]
    assert page(shop, till)["birthday"] is None
    data, _ = last(shop, "consent.changed")
    assert (data["granted"], data["channel"], data["lane"]) == (False, "till", "1")
    assert data["staff"] == shop.person("cashier").uid


def test_without_consent_each_personal_path_gives_what_anybody_gets(shop: Shop, till: Hands) -> None:
    till.do("member/enrol", phone=PHONE, consents=[], birthday="1128")
    assert page(shop, till)["birthday"] is None  # no purpose, so it isn't kept
    view = till.scan(MILK)
    assert (view["basket"]["points"], view["offer"]) == (0, None)
    till.pay_cash()
    assert till.till.done is not None and till.till.done.points == 0
    assert shop.one("SELECT COUNT(*) FROM ledger l JOIN member m ON m.id = l.member WHERE m.phone_last4 = '2222'") == 0


def test_refusing_personal_offers_keeps_points(shop: Shop, till: Hands) -> None:
    till.do("member/enrol", phone=PHONE, consents=["points"])
    till.scan(MILK)
    till.pay_cash()
    assert till.till.done is not None and till.till.done.points > 0


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_a_text_that_was_read_to_somebody_is_never_edited(lang: str) -> None:
    """Another text is another version: raise TEXT_VERSION, add its words, and then write it down here."""
    published = {
        "zh-CN": {
            "points": "记录您的购买，用来累计积分和等级。", "offers": "根据您买过的商品推荐优惠。不同意也照常积分。",
            "birthday": "保存生日的月和日，用于生日优惠。不问年份。",
            "messages": "把积分和优惠消息发到您的手机，随时可停。",
            "behaviour": "用您在自助屏上的点按改进推荐。",
        },
        "en": {
            "points": "We record what you buy to count your points and tier.",
            "offers": "We pick offers from what you bought. Without it you keep your points.",
            "birthday": "We keep the month and day for a birthday offer. Never the year.",
            "messages": "We send points and offers to your phone. Stop at any time.",
            "behaviour": "We use your taps at the kiosk to choose better offers.",
        },
    }  # fmt: skip
    assert TEXT_VERSION == 1
    assert {each["purpose"]: each["text"] for each in texts(lang)} == published[lang]


# ---- corrected


def test_a_correction_names_its_fields_and_keeps_the_person_beside_it(shop: Shop, till: Hands) -> None:
    till.attach("silver")
    uid = page(shop, till)["uid"]
    till.do("member/correct", member=uid, name="  Silver\u202e  Wang ", phone="+86 139 1111 2222")
    assert (page(shop, till)["name"], page(shop, till)["phone"]) == ("Silver Wang", "139••••2222")
    assert members.by_phone(shop.box, "13800000002") is None and members.by_phone(shop.box, PHONE) is not None
    data, private = last(shop, "member.changed")
    assert data["fields"] == ["name", "phone"] and data["staff"] == shop.person("cashier").uid
    assert private["before"] == {"name": "Silver Li", "phone": "138••••0002"}
    assert "Wang" not in json.dumps(data)
    noted = shop.ask("SELECT action, detail FROM audit WHERE action = 'member_corrected'")
    assert json.loads(noted[0][1]) == {"member": uid, "fields": "name phone"}


def test_a_number_that_another_has_is_not_taken_over(shop: Shop, till: Hands) -> None:
    till.attach("silver")
    error = refused("member_known", till, "member/correct", member=page(shop, till)["uid"], phone="13800000003")
    assert error.params["by"] == "phone"
    assert page(shop, till)["phone"] == "138••••0002"
    till.do("member/correct", member=page(shop, till)["uid"], phone="13800000002")  # one's own is no clash


def test_a_shop_may_want_a_second_person_for_corrections(shop: Shop, till: Hands) -> None:
    shop.setting("permissions", {"member.correct": "approve"})
    till.attach("silver")
    view = till.do("member/correct", member=page(shop, till)["uid"], name="Other")
    assert view["approval"] is not None and page(shop, till)["name"] == "Silver Li"


def test_a_birthday_is_kept_only_after_a_yes(shop: Shop, till: Hands) -> None:
    till.attach("silver")
    uid = page(shop, till)["uid"]
    refused("birthday_consent", till, "member/correct", member=uid, birthday="1128")
    till.do("member/consent", member=uid, purpose="birthday", granted=True)
    till.do("member/correct", member=uid, birthday="1128")
    assert page(shop, till)["birthday"] == "11-28"


# ---- cards and notes


def test_a_lost_card_is_replaced_and_comes_back_in_nobody_s_hands(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    uid = page(shop, till)["uid"]
    till.do("member/card", member=uid, card=FRESH, replace=True)
    till.do("member/detach")
    assert till.scan(CARDS["gold"])["notice"]["slug"] == "card_blocked"
    assert till.scan(FRESH)["member"]["tier"] == "gold"
    refused("card_blocked", till, "member/enrol", card=CARDS["gold"], consents=[])
    refused("card_blocked", till, "member/card", member=uid, card=CARDS["gold"], replace=False)
    kinds = [json.loads(b)["type"] for (b,) in shop.ask("SELECT body FROM journal ORDER BY id")]
    assert "member.card_blocked" in kinds and "member.card_added" in kinds
    assert FRESH not in json.dumps(last(shop, "member.card_added")[0])


def test_a_second_card_beside_the_first_and_one_blocked_by_itself(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    uid = page(shop, till)["uid"]
    till.do("member/card", member=uid, card=FRESH, replace=False)
    assert [c["state"] for c in page(shop, till)["cards"]] == ["active", "active"]
    till.do("member/card-block", member=uid, card=member_desk.card_ref(FRESH))
    refused("card_gone", till, "member/card-block", member=uid, card=member_desk.card_ref(FRESH))
    assert till.scan(CARDS["gold"])["member"] is not None
    assert FRESH not in json.dumps(page(shop, till))


def test_a_member_has_few_cards(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    uid = page(shop, till)["uid"]
    for n in range(member_desk.MAX_CARDS - 1):
        till.do("member/card", member=uid, card=codes.member_code(9_000 + n), replace=False)
    refused("cards_many", till, "member/card", member=uid, card=FRESH, replace=False)


def test_a_note_is_seen_by_whoever_serves_next_and_can_go(shop: Shop, till: Hands) -> None:
    till.attach("gold")
    uid = page(shop, till)["uid"]
    till.do("member/note", member=uid, text="喜欢\n礼品包装\x00")
    (note,) = page(shop, till)["notes"]
    assert (note["text"], note["by"]) == ("喜欢 礼品包装", "Xiao Chen")
    data, private = last(shop, "member.noted")
    assert private == {"note": "喜欢 礼品包装"} and "note" not in data
    till.do("member/note-drop", member=uid, note=note["id"])
    assert page(shop, till)["notes"] == []
    refused("note_gone", till, "member/note-drop", member=uid, note=note["id"])
    refused("note_long", till, "member/note", member=uid, text="长" * 201)


# ---- found and looked at


@pytest.mark.parametrize(
    ("typed", "names"),
    [("0002", ["Silver Li"]), ("138 0000 0002", ["Silver Li"]), ("8613800000002", ["Silver Li"]),
     (CARDS["gold"], ["Gold Li"]), (CARDS["gold"].lower(), ["Gold Li"]), ("9999", []), ("Li", []), ("", []),
     ("' OR 1=1 --", [])],
)  # fmt: skip
def test_who_is_meant(shop: Shop, typed: str, names: list[str]) -> None:
    assert [hit["name"] for hit in member_page.search(shop.box, typed, "en")] == names


def test_a_manager_finds_by_a_part_of_the_name_too(shop: Shop) -> None:
    assert [hit["name"] for hit in member_page.search(shop.box, "silv", "en", names=True)] == ["Silver Li"]
    assert member_page.search(shop.box, "%", "en", names=True) == []


def test_several_with_the_same_last_digits_are_a_choice(shop: Shop, till: Hands) -> None:
    till.do("member/enrol", phone="15900000002", consents=[])
    assert [hit["phone"] for hit in member_page.search(shop.box, "0002", "en")] == ["159••••0002", "138••••0002"]


def test_a_page_shows_what_was_bought_and_the_lines_of_it(shop: Shop, till: Hands) -> None:
    till.sell((MILK, MILK), member="silver")
    silver = members.by_id(shop.db, shop.member("silver"))
    assert silver is not None
    sale = member_page.page(shop.box, silver, "en")["sales"][0]
    assert sale["total"] == 2_300 and sale["lines"] >= 1
    assert member_page.lines(shop.box, silver, sale["uid"])[0]["qty"] >= 1000
    gold = members.by_id(shop.db, shop.member("gold"))
    assert gold is not None
    with pytest.raises(ShopError, match="sale_unknown"):
        member_page.lines(shop.box, gold, sale["uid"])


def test_looking_at_somebody_s_page_leaves_a_trace(shop: Shop) -> None:
    gold = members.by_id(shop.db, shop.member("gold"))
    assert gold is not None
    member_page.seen(shop.box, gold, By("till", lane="1", person=shop.person("cashier")))
    assert json.loads(shop.one("SELECT detail FROM audit WHERE action = 'member_seen'")) == {"member": gold.uid}


# ---- the whole phone number


def test_a_whole_number_is_kept_only_where_the_shop_wants_to_call(shop: Shop, till: Hands) -> None:
    by = By("desk", person=shop.person("manager"))
    till.do("member/enrol", phone=PHONE, consents=[])
    member = members.by_phone(shop.box, PHONE)
    assert member is not None and member_desk.whole_phone(shop.box, member, by) is None
    shop.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert PHONE.encode() not in shop.bytes_at_rest()


def test_a_kept_number_is_encrypted_and_who_looked_is_written_down(shop: Shop, till: Hands) -> None:
    shop.setting("members", {"keep_phone": True})
    till.do("member/enrol", phone=PHONE, consents=[])
    member = members.by_phone(shop.box, PHONE)
    assert member is not None
    assert PHONE.encode() not in shop.bytes_at_rest()
    assert member_desk.whole_phone(shop.box, member, By("desk", person=shop.person("manager"))) == PHONE
    assert shop.one("SELECT COUNT(*) FROM audit WHERE action = 'member_phone_seen'") == 1
    till.do("member/correct", member=member.uid, phone="13733334444")
    assert member_desk.whole_phone(shop.box, member, By("desk", person=shop.person("manager"))) == "13733334444"


def test_a_sealed_number_opens_for_its_member_and_key_only(shop: Shop) -> None:
    sealed = vault.seal(shop.box, PHONE, "a")
    assert vault.unseal(shop.box, sealed, "a") == PHONE
    assert vault.unseal(shop.box, sealed, "b") is None
    assert vault.unseal(shop.box, "nonsense", "a") is None
    (shop.folder / "keys" / "vault.key").write_text("00" * 32)
    assert vault.unseal(shop.box, sealed, "a") is None


def test_a_page_shows_the_vouchers_that_may_be_used(shop: Shop) -> None:
    gold = members.by_id(shop.db, shop.member("gold"))
    assert gold is not None
    launch(shop, "threshold", value={"steps": [[2_000, 500]]}, coupon=True)
    with shop.box.transaction():
        coupons.issue(shop.box, "P", 1, "b", "gift", member=(gold.id, gold.uid), expires_on="2026-12-31")
    (found,) = member_page.page(shop.box, gold, "en")["coupons"]
    assert found["until"] == "2026-12-31" and found["name"]
