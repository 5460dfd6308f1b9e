"""At the counter and the kiosk: who may, who is asked besides, what is refused, and what guessing comes to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drivers.base import Scan
from edge import family, kiosk_view, members
from edge.base.config import LaneConfig
from edge.calls import Calls
from edge.errors import ShopError
from edge.guard import FREE_TRIES
from edge.kiosk import Kiosk
from edge.privacy import erase, give
from tests.edge.goods import quick_pins
from tests.edge.privacy_desk import CARD, NAME, enrol, traces, uid_of
from tests.edge.shop import CARDS, MILK, Hands, Shop

Swipe = Callable[[str], None]


def test_a_manager_erases_alone_and_the_till_says_that_it_is_done(shop: Shop, other_till: Hands) -> None:
    member = enrol(shop)
    other_till.scan(CARD)
    view = other_till.do("member/erase", member=uid_of(shop, member))
    assert view["notice"]["slug"] == "member_erased" and view["member"] is None
    assert traces(shop.folder) == []


def test_a_cashier_needs_a_second_person_to_erase_or_merge(shop: Shop, till: Hands) -> None:
    quick_pins(shop)
    one, two = uid_of(shop, enrol(shop)), uid_of(shop, shop.member("bronze"))
    for command, args in (("member/merge", {"member": two, "gone": one}), ("member/erase", {"member": two})):
        assert till.do(command, **args)["approval"]["facts"]["name"]
        till.approve()
    noted = "SELECT action, staff IS NOT NULL, approver IS NOT NULL FROM audit WHERE action LIKE 'member_%'"
    assert shop.ask(noted) == [("member_merged", 1, 1), ("member_erased", 1, 1)]
    assert shop.one("SELECT state FROM member WHERE uid = ?", one) == "erased", "with whoever became her"


def test_a_shop_may_let_its_cashiers_erase_alone(shop: Shop, till: Hands) -> None:
    shop.setting("permissions", {"member.erase": "allow"})
    view = till.do("member/erase", member=uid_of(shop, enrol(shop)))
    assert view["approval"] is None and view["notice"]["slug"] == "member_erased"


def test_while_somebody_reads_the_till_says_that_it_goes_on(
    shop: Shop, other_till: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erase, "cut_log", lambda path: False)
    member = enrol(shop)
    view = other_till.do("member/erase", member=uid_of(shop, member))
    assert view["notice"]["slug"] == "member_erasing"
    assert shop.one("SELECT state FROM member WHERE id = ?", member) == "erasing"


def test_the_till_prints_what_is_known(shop: Shop, till: Hands) -> None:
    uid = uid_of(shop, enrol(shop))
    till.do("member/print", member=uid, id="tap-1")
    assert shop.ask("SELECT uid, ref, printer FROM print_job WHERE ref IS NOT NULL") == [
        ("tap-1", f"member:{uid}", "printer-1")
    ]


def test_two_share_a_purse_at_the_till_and_one_leaves(shop: Shop, till: Hands) -> None:
    one, two = (uid_of(shop, shop.member(name)) for name in ("bronze", "silver"))
    till.do("family/join", member=one, other=two, agreed=True)
    found = family.of(shop.box, shop.member("bronze"))
    assert found is not None and found.purse == 1_000
    till.do("family/leave", member=one)
    assert family.of(shop.box, shop.member("silver")) is None
    with pytest.raises(ShopError, match="family_agreed"):
        till.do("family/join", member=one, other=two)


def test_practice_changes_no_member(shop: Shop, training_till: Hands) -> None:
    one, two = (uid_of(shop, shop.member(name)) for name in ("bronze", "silver"))
    for command, args in (
        ("member/erase", {}), ("member/merge", {"gone": two}), ("family/join", {"other": two, "agreed": True}),
    ):  # fmt: skip
        with pytest.raises(ShopError, match="member_training"):
            training_till.do(command, member=one, **args)


def test_a_card_that_a_dialog_asks_for_does_not_change_whose_the_cart_is(shop: Shop, till: Hands) -> None:
    till.attach("bronze")
    till.do("catch", what="whoever")
    view = till.scan(CARDS["silver"])
    assert view["member"]["uid"] == uid_of(shop, shop.member("bronze"))
    assert (view["caught"]["kind"], view["caught"]["code"]) == ("whoever", CARDS["silver"])
    assert till.scan(MILK)["notice"]["slug"] == "scan_not_here"


# -- the kiosk --------------------------------------------------------------------------------------------------------


@pytest.fixture
def kiosk(shop: Shop) -> Kiosk:
    return Kiosk(shop.box, LaneConfig("9", kind="kiosk", printer="printer-1"), shop.bus, Calls())


@pytest.fixture
def swipe(shop: Shop, kiosk: Kiosk) -> Swipe:
    def one(code: str) -> None:
        shop.clock.advance(1)
        kiosk.on_scan(Scan("reader", code, shop.clock.mono_ns(), None, None))

    return one


def test_a_card_alone_shows_figures_and_no_purchase(shop: Shop, till: Hands, kiosk: Kiosk, swipe: Swipe) -> None:
    enrol(shop)
    till.scan(CARD)
    till.sell([MILK])
    swipe(CARD)
    kiosk.do("panel", {"name": "mine"})
    told = str(kiosk_view.view(kiosk)["panel"])
    assert "139••••••••" in told and "欧**" in told
    assert NAME not in told and "Milk" not in told and "牛奶" not in told


def test_whoever_knows_the_last_four_digits_prints_and_erases(shop: Shop, kiosk: Kiosk, swipe: Swipe) -> None:
    member = enrol(shop)
    swipe(CARD)
    kiosk.do("mine/print", {"digits": "0142"})
    assert kiosk.visit.notice == "mine_printing"
    assert shop.ask("SELECT lane, ref FROM print_job WHERE ref IS NOT NULL") == [("9", give.REF + uid_of(shop, member))]
    kiosk.do("mine/erase", {"digits": "0142"})
    assert kiosk.visit.member is None and kiosk.visit.notice == "mine_erased"
    assert shop.one("SELECT state FROM member WHERE id = ?", member) == "erased"
    assert shop.one("SELECT COUNT(*) FROM audit WHERE action = 'member_erased' AND staff IS NULL") == 1


@pytest.mark.fault("F123")
def test_guessing_the_digits_is_slow_whoever_comes_with_the_card_and_however_often(
    shop: Shop, kiosk: Kiosk, swipe: Swipe
) -> None:
    """Ten thousand guesses would find any: five are free, over all visits, and then even the right ones wait."""
    member = enrol(shop)
    for _ in range(FREE_TRIES - 1):
        swipe(CARD)
        with pytest.raises(ShopError, match="digits_wrong"):
            kiosk.do("mine/erase", {"digits": "9999"})
        kiosk.do("leave", {})
    swipe(CARD)
    kiosk.do("mine/print", {"digits": "9998"})
    assert kiosk.visit.member is None and kiosk.visit.notice == "wait"
    swipe(CARD)
    kiosk.do("mine/erase", {"digits": "0142"})
    assert kiosk.visit.notice == "wait"
    assert shop.one("SELECT state FROM member WHERE id = ?", member) == "active"
    assert shop.one("SELECT COUNT(*) FROM audit WHERE action = 'kiosk_digits'") == 1
    shop.clock.advance(61)
    swipe(CARD)
    kiosk.do("mine/erase", {"digits": "0142"})
    assert kiosk.visit.notice == "mine_erased"


@pytest.mark.fault("F123")
def test_no_answer_tells_whether_a_number_or_a_phone_is_a_members(shop: Shop, kiosk: Kiosk, swipe: Swipe) -> None:
    enrol(shop)
    said = []
    for code in ("13987650142", "13987650143", "139••••0142"):
        swipe(code)
        said.append(kiosk.visit.notice)
    assert len(set(said)) == 1


def test_without_a_phone_it_is_done_at_the_till(shop: Shop, kiosk: Kiosk, swipe: Swipe) -> None:
    with shop.box.transaction():
        members.enrol(shop.box, name="No Phone", card=CARD)
    swipe(CARD)
    kiosk.do("panel", {"name": "mine"})
    panel = kiosk_view.view(kiosk)["panel"]
    assert panel["facts"]["phone"] is False
    with pytest.raises(ShopError, match="digits_wrong"):
        kiosk.do("mine/erase", {"digits": ""})
    assert shop.one("SELECT COUNT(*) FROM member WHERE state = 'erased'") == 0


def test_nobody_who_is_not_signed_in_can_ask(kiosk: Kiosk) -> None:
    for command in ("mine/print", "mine/erase"):
        with pytest.raises(ShopError, match="not_signed_in"):
            kiosk.do(command, {"digits": "0142"})
