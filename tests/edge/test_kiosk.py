"""A kiosk's visit: who is shown what, what each tap does, and that all of it is forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from drivers.base import Scan
from edge import codes, kiosk_panels
from edge.base.config import LaneConfig
from edge.calls import Calls
from edge.consent import set_consent
from edge.errors import ShopError
from edge.kiosk import ASK_S, LEAVE_S, PATIENCE, Kiosk
from edge.kiosk_state import Panel
from edge.kiosk_view import view
from edge.members import has_consent
from edge.recommend import learn
from tests.edge.shop import APPLES_PLU, BREAD, CARDS, MILK, Hands, Shop, label

SILENCE = ASK_S + LEAVE_S + 5


class Desk:
    """What customers do at the kiosk."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.calls = shop, Calls()
        self.kiosk = Kiosk(shop.box, LaneConfig("k1", "live", kind="kiosk"), shop.bus, self.calls)

    def scan(self, text: str, problem: str | None = None) -> dict[str, Any]:
        self.shop.clock.advance(1)
        self.kiosk.on_scan(Scan("scanner-k1", text, self.shop.clock.mono_ns(), None, problem))
        return view(self.kiosk)

    def tap(self, command: str, **args: Any) -> dict[str, Any]:
        self.kiosk.do(command, args)
        return view(self.kiosk)

    def waits(self, seconds: float) -> dict[str, Any]:
        self.shop.clock.advance(seconds)
        return view(self.kiosk)

    def events(self, kind: str) -> list[dict[str, Any]]:
        found = self.shop.ask("SELECT body FROM journal ORDER BY id")
        return [json.loads(body)["data"] for (body,) in found if json.loads(body)["type"] == kind]


@pytest.fixture
def desk(shop: Shop) -> Iterator[Desk]:
    yield Desk(shop)


@pytest.fixture
def regular(shop: Shop, till: Hands) -> int:
    """The bronze member consents to offers and has her habits; her row id."""
    member = shop.member("bronze")
    with shop.box.transaction():
        set_consent(shop.box, member, "offers", True, "till")
    for _ in range(4):
        till.sell((MILK, BREAD, label(grams=400)), member="bronze")
        shop.clock.advance(86_400)
        till.log_in()
    learn.catch_up_fully(shop.box)
    return member


# ---- signing in


def test_nobody_is_shown_at_first(desk: Desk) -> None:
    shown = view(desk.kiosk)
    assert shown["member"] is None and shown["offers"] == [] and not shown["offers_on"]


@pytest.mark.parametrize("text", [CARDS["silver"], CARDS["silver"].lower(), f" {CARDS['silver']} "])
def test_a_card_signs_in_with_no_tap_and_masked(desk: Desk, text: str) -> None:
    member = desk.scan(text)["member"]
    assert "S**" in member["greeting"] and "Silver" not in json.dumps(member)
    assert member["phone"] == "138••••••••"  # its end is what the kiosk asks for
    assert member["tier"] == "silver" and member["points"] == 1000 and member["to_next"] == 2000
    assert [step["tier"] for step in member["steps"] if step["reached"]] == ["bronze", "silver"]


def test_nothing_that_names_the_member_is_in_the_view(desk: Desk, regular: int) -> None:
    shown = json.dumps(desk.scan(CARDS["bronze"]), ensure_ascii=False)
    uid, name = desk.shop.ask("SELECT uid, name FROM member WHERE id = ?", regular)[0]
    for secret in (uid, name, CARDS["bronze"], "1380000"):
        assert secret not in shown


def test_another_card_ends_the_visit_before(desk: Desk, regular: int) -> None:
    desk.scan(CARDS["bronze"])
    desk.tap("rate", score=2)
    shown = desk.scan(CARDS["gold"])
    assert "G**" in shown["member"]["greeting"] and shown["offers"] == [] and shown["feedback"]["score"] == 0


@pytest.mark.parametrize("text", [MILK, "130123456789012345", codes.staff_code(1), "TBR123", APPLES_PLU, "\x1b"])
def test_what_is_no_card_is_said_so_and_not_kept(desk: Desk, text: str) -> None:
    shown = desk.scan(text)
    assert shown["notice"] == "not_a_card" and text not in json.dumps(shown)


def test_a_bad_read_asks_for_another(desk: Desk) -> None:
    assert desk.scan("", problem="incomplete")["notice"] == "scan_again"


@pytest.mark.fault("F123")
def test_guessing_card_numbers_is_slow_and_tells_nothing(desk: Desk) -> None:
    answers = [desk.scan(codes.member_code(900 + n))["notice"] for n in range(4)]
    assert answers == ["card_unknown"] * 4
    assert desk.scan("TBX000000000099")["notice"] == "wait", "a wrong check digit counts too"
    assert desk.scan(CARDS["gold"])["notice"] == "wait", "and a good card waits like any other"
    assert desk.events("audit.kiosk_blocked") == [{"lane": "k1"}]
    desk.waits(61)
    assert desk.scan(CARDS["gold"])["member"]
    desk.tap("leave")
    for n in range(5):
        desk.scan(codes.member_code(950 + n))
    desk.waits(61)
    assert desk.scan(CARDS["gold"])["notice"] == "wait", "the second time it takes two minutes"
    desk.waits(60)
    assert desk.scan(CARDS["gold"])["member"]


def test_the_points_are_those_that_may_be_spent_and_say_what_they_are_worth(desk: Desk) -> None:
    shop = desk.shop
    shop.setting("tenders", ["cash", "points"])
    gold = desk.scan(CARDS["gold"])["member"]
    assert (gold["points"], gold["notes"]) == (3_000, ["可抵 ¥30.00"])
    shop.setting("tenders", ["cash"])
    assert view(desk.kiosk)["member"]["notes"] == []


def test_a_family_has_one_purse_and_waiting_points_are_told_apart(desk: Desk) -> None:
    shop = desk.shop
    shop.db.execute_sql(
        "UPDATE member SET family = 'f' WHERE id IN (?, ?)", (shop.member("gold"), shop.member("silver"))
    )
    shop.db.execute_sql("UPDATE ledger SET available_on = '2027-01-01' WHERE member = ?", (shop.member("silver"),))
    desk.tap("language", lang="en")
    gold = desk.scan(CARDS["gold"])["member"]
    assert (gold["points"], gold["notes"]) == (3_000, ["shared with your family", "1,000 more to come"])


# ---- offers


def test_three_offers_each_with_a_reason_without_numbers(desk: Desk, regular: int) -> None:
    offers = desk.scan(CARDS["bronze"])["offers"]
    assert len(offers) == 3
    assert all(offer["reason"] and not any(c.isdigit() for c in offer["reason"]) for offer in offers)
    milk = next(offer for offer in offers if "奶" in offer["name"])
    assert milk["price"] == "¥11.50" and milk["was"] == "¥12.50"


def test_not_for_me_can_be_undone_in_the_same_visit_and_not_later(desk: Desk, regular: int) -> None:
    product = desk.scan(CARDS["bronze"])["offers"][0]["product"]
    shown = desk.tap("offer/decline", product=product)
    assert [offer["declined"] for offer in shown["offers"]] == [True, False, False]
    assert not any(offer["declined"] for offer in desk.tap("offer/undo", product=product)["offers"])
    desk.tap("offer/decline", product=product)
    desk.tap("leave")
    assert product not in [offer["product"] for offer in desk.scan(CARDS["bronze"])["offers"]]
    with pytest.raises(ShopError, match="offer_gone"):
        desk.tap("offer/undo", product=product)


def test_what_the_till_declines_or_sells_out_leaves_the_screen(desk: Desk, regular: int) -> None:
    offers = desk.scan(CARDS["bronze"])["offers"]
    desk.shop.db.execute_sql("UPDATE stock SET qty = 0 WHERE product = ?", (offers[0]["product"],))
    assert [o["product"] for o in view(desk.kiosk)["offers"]] == [o["product"] for o in offers[1:]]


@pytest.mark.fault("F92")
def test_turn_off_withdraws_the_consent_at_once(desk: Desk, regular: int) -> None:
    desk.scan(CARDS["bronze"])
    shown = desk.tap("offers/off")
    assert shown["offers"] == [] and shown["offers_on"] is False and shown["member"]["points"] > 0
    assert not has_consent(desk.shop.db, regular, "offers")
    assert desk.shop.ask("SELECT * FROM model_buy WHERE member = ?", regular) == []
    (event,) = [e for e in desk.events("consent.changed") if e["channel"] == "kiosk"]
    assert event["purpose"] == "offers" and event["granted"] is False
    desk.tap("offers/off")
    assert len([e for e in desk.events("consent.changed") if e["channel"] == "kiosk"]) == 1
    desk.tap("offers/on")
    learn.catch_up_fully(desk.shop.box)
    desk.tap("leave")
    assert len(desk.scan(CARDS["bronze"])["offers"]) == 3, "given again, it learns again"


def test_commands_about_offers_need_a_member(desk: Desk) -> None:
    for command in ("offer/decline", "offer/undo", "offers/off", "offers/on"):
        with pytest.raises(ShopError, match="not_signed_in"):
            desk.tap(command, product=1)


# ---- panels: what opens over the stage


@pytest.fixture
def panels(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kiosk with a list of gifts for members, a way to join for others, and one that no main action opens."""
    made = (
        Panel("gifts", "gift", lambda kiosk, lang: {"of": kiosk.member(), "lang": lang}, lambda kiosk, lang: "6"),
        Panel("join", "user-round-plus", lambda kiosk, lang: {}, member=False),
        Panel("none", "gift", lambda kiosk, lang: {}, lambda kiosk, lang: None),
        Panel("why", "info", lambda kiosk, lang: {}, wide=False),
    )
    monkeypatch.setattr(kiosk_panels, "PANELS", made)


def test_each_panel_has_a_button_where_it_belongs(desk: Desk, panels: None) -> None:
    assert view(desk.kiosk)["actions"] == [{"panel": "join", "icon": "user-round-plus", "badge": ""}]
    assert desk.scan(CARDS["gold"])["actions"] == [{"panel": "gifts", "icon": "gift", "badge": "6"}]


def test_a_panel_opens_and_closes_and_is_forgotten_with_the_visit(desk: Desk, panels: None) -> None:
    desk.scan(CARDS["gold"])
    desk.tap("language", lang="en")
    shown = desk.tap("panel", name="gifts")["panel"]
    assert shown == {"name": "gifts", "icon": "gift", "facts": {"of": desk.shop.member("gold"), "lang": "en"}}
    assert desk.tap("panel")["panel"] is None
    desk.tap("panel", name="why")
    assert desk.scan(CARDS["silver"])["panel"] is None, "another card is another visit"


@pytest.mark.parametrize("name", ["join", "no such", 7])
def test_no_other_panel_opens(desk: Desk, panels: None, name: object) -> None:
    desk.scan(CARDS["gold"])
    with pytest.raises(ShopError, match="panel_gone"):
        desk.tap("panel", name=name)


# ---- feedback, calls, settings


def test_a_face_is_one_tap_and_an_event_without_a_name(desk: Desk) -> None:
    desk.scan(CARDS["gold"])
    desk.tap("rate", score=4)
    desk.tap("rate", score=4, topics=["fresh"])
    desk.tap("rate", score=4, topics=["fresh"])
    first, second = desk.events("feedback.given")
    assert (first["score"], first["topics"], second["topics"]) == (4, [], ["fresh"])
    assert first["feedback"] == second["feedback"], "the later one replaces the first"
    uid = desk.shop.one("SELECT uid FROM member WHERE name = 'Gold Li'")
    assert uid not in json.dumps([first, second])


@pytest.mark.parametrize(
    "args",
    [{"score": 0}, {"score": 6}, {"score": True}, {"score": "5"}, {}, {"score": 3, "topics": ["<script>"]},
     {"score": 3, "topics": ["fresh", "fresh"]}, {"score": 3, "topics": "fresh"}],
)  # fmt: skip
def test_no_other_face_than_five(desk: Desk, args: dict[str, Any]) -> None:
    with pytest.raises(ShopError, match="bad_request"):
        desk.tap("rate", **args)


def test_a_call_shows_on_the_tills_until_somebody_goes(desk: Desk, till: Hands, other_till: Hands) -> None:
    for hands in (till, other_till):
        object.__setattr__(hands.till.looks, "calls", desk.calls)
    assert desk.tap("call")["call"] == "calling"
    desk.tap("call")
    assert till.view()["calls"] == other_till.view()["calls"] == [{"lane": "k1"}]
    assert desk.events("staff.called") == [{"lane": "k1"}]
    other_till.do("call/answer", lane="k1")
    assert till.view()["calls"] == [] and view(desk.kiosk)["call"] == "coming"
    with pytest.raises(ShopError, match="call_gone"):
        till.do("call/answer", lane="k1")
    assert desk.tap("leave")["call"] is None


def test_an_unanswered_call_outlives_the_visit(desk: Desk) -> None:
    desk.tap("call")
    assert desk.tap("leave")["call"] == "calling"


def test_language_and_settings_last_for_the_visit(desk: Desk) -> None:
    desk.tap("language", lang="en")
    for mode in ("large", "contrast", "reach"):
        desk.tap("mode", mode=mode)
    shown = desk.scan(CARDS["gold"])
    assert shown["lang"] == "en" and shown["member"]["greeting"].endswith("G**")
    assert shown["modes"] == {"large": True, "contrast": True, "reach": True, "patient": False}
    desk.tap("mode", mode="large")
    assert not view(desk.kiosk)["modes"]["large"]
    shown = desk.tap("leave")
    assert shown["lang"] == "zh-CN" and not any(shown["modes"].values())


@pytest.mark.parametrize(("command", "args"), [("language", {"lang": "fr"}), ("mode", {"mode": "root"}), ("mode", {})])
def test_settings_that_do_not_exist_are_refused(desk: Desk, command: str, args: dict[str, Any]) -> None:
    with pytest.raises(ShopError, match="bad_request"):
        desk.tap(command, **args)
    with pytest.raises(ShopError, match="unknown_command"):
        desk.tap("pay")


# ---- forgetting


@pytest.mark.fault("F92")
def test_a_minute_of_silence_forgets_everything(desk: Desk, regular: int) -> None:
    desk.scan(CARDS["bronze"])
    assert desk.waits(ASK_S + LEAVE_S)["member"]
    assert desk.waits(5)["member"] is None
    assert desk.kiosk.visit.member is None and desk.kiosk.visit.offers == ()


def test_a_touch_keeps_the_visit_and_more_time_makes_it_ten_minutes(desk: Desk) -> None:
    desk.scan(CARDS["gold"])
    desk.waits(55)
    desk.tap("stay")
    assert desk.waits(55)["member"]
    shown = desk.tap("mode", mode="patient")
    assert shown["idle"]["ask_s"] == ASK_S * PATIENCE
    assert desk.waits(PATIENCE * (ASK_S + LEAVE_S) - 1)["member"]
    assert desk.waits(6)["member"] is None


def test_a_command_after_the_silence_finds_nobody(desk: Desk, regular: int) -> None:
    product = desk.scan(CARDS["bronze"])["offers"][0]["product"]
    desk.shop.clock.advance(SILENCE)
    with pytest.raises(ShopError, match="not_signed_in"):
        desk.tap("offer/decline", product=product)


@pytest.mark.fault("F92")
def test_a_newly_opened_page_is_shown_nobody_and_the_older_one_nothing(desk: Desk) -> None:
    first = desk.kiosk.adopt()
    desk.scan(CARDS["gold"])
    second = desk.kiosk.adopt()
    assert first != second and desk.kiosk.holds(second) and not desk.kiosk.holds(first)
    assert not desk.kiosk.holds("") and view(desk.kiosk)["member"] is None


@pytest.mark.parametrize("forged", ["é" * 64, "令牌", "\udc80", "\x00"])
def test_a_token_of_other_characters_is_only_a_wrong_one(desk: Desk, forged: str) -> None:
    desk.kiosk.adopt()
    assert not desk.kiosk.holds(forged)


def test_before_any_page_no_token_opens_it(desk: Desk) -> None:
    assert not desk.kiosk.holds("")


def test_every_change_is_announced(shop: Shop) -> None:
    heard: list[str] = []
    shop.bus.subscribe("kiosk.changed", lambda lane, **_: heard.append(lane))
    desk = Desk(shop)
    steps: list[Callable[[], object]] = [lambda: desk.scan(CARDS["gold"]), lambda: desk.tap("rate", score=5)]
    for step in steps:
        before = (len(heard), desk.kiosk.rev)
        step()
        assert len(heard) > before[0] and desk.kiosk.rev > before[1]
