"""What a manager does about people: each takes effect at once, is written down, and locks nobody out of the shop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from edge import codes, staff_admin
from edge.errors import ShopError
from edge.forgotten import ChoosePin
from edge.people import Person
from edge.staff_admin import Desk
from tests.edge.shop import PINS, Shop

NEW = "660742"


@pytest.fixture
def at(shop: Shop) -> Desk:
    """The manager at their desk."""
    return Desk(shop.person("manager"), "~manager")


@pytest.fixture
def cashier(shop: Shop) -> Person:
    return shop.person("cashier")


def refused(slug: str, call: Callable[[], object]) -> None:
    with pytest.raises(ShopError, match=slug):
        call()


def audit(shop: Shop) -> list[tuple[str, str | None]]:
    """(action, lane) of every row by the shop's first manager."""
    return shop.ask("SELECT a.action, a.lane FROM audit a JOIN staff s ON s.id = a.staff AND s.name_en = 'Min Wang'")


def test_somebody_new_comes_in_by_a_code_and_chooses_a_pin(shop: Shop, at: Desk) -> None:
    new = staff_admin.add(shop.staff, at, name_zh="赵雨", name_en="Yu Zhao", role="cashier", lang="zh-CN")
    assert not staff_admin.entry(shop.staff, new.uid).has_pin
    refused("pin_wrong", lambda: shop.staff.log_in("1", new.uid, "", "en"))
    code = staff_admin.make_code(shop.staff, at, new.uid)
    with pytest.raises(ChoosePin) as needed:
        shop.staff.log_in("1", new.uid, code, "en")
    _, session = shop.staff.choose_pin("1", needed.value.ticket, NEW, "en")
    assert session.person == new and session.lang == "zh-CN", "in the language of their own"
    assert staff_admin.entry(shop.staff, new.uid).has_pin
    assert audit(shop) == [("staff_added", "~manager"), ("code_made", "~manager")]


def test_a_name_in_one_language_will_do_and_no_two_have_the_same(shop: Shop, at: Desk, cashier: Person) -> None:
    new = staff_admin.add(shop.staff, at, name_zh=" 赵  雨 ", name_en="", role="cashier", pin=NEW)
    assert (new.name_zh, new.name_en) == ("赵 雨", "赵 雨")
    for zh, en in (("", "xiao chen"), ("陈晓", "Somebody"), ("赵 雨", "")):
        refused("person_known", lambda zh=zh, en=en: staff_admin.add(  # type: ignore[misc]
            shop.staff, at, name_zh=zh, name_en=en, role="cashier"))  # fmt: skip
    staff_admin.rename(shop.staff, at, cashier.uid, name_zh="陈晓", name_en="Chen Xiao")
    assert shop.person("cashier").name_en == "Chen Xiao"


@pytest.mark.parametrize("name", ["", "   ", "x" * 33, "a\x07b", "a\x1b[31m"])
def test_a_name_that_is_none_is_refused(shop: Shop, at: Desk, cashier: Person, name: str) -> None:
    refused("name_bad", lambda: staff_admin.rename(shop.staff, at, cashier.uid, name_zh=name, name_en=name))


def test_another_role_counts_at_once(shop: Shop, at: Desk, cashier: Person) -> None:
    token, _ = shop.staff.open_session(cashier, "1", "en")
    staff_admin.change_role(shop.staff, at, cashier.uid, "manager")
    assert shop.staff.session(token) is None, "they log in anew"
    assert staff_admin.entry(shop.staff, cashier.uid).person.role == "manager"
    staff_admin.change_role(shop.staff, at, cashier.uid, "manager")
    assert [action for action, _ in audit(shop)] == ["role_changed"], "what is so already is not written down"
    for role in ("kiosk", "hq", "anyone", "owner", ""):
        refused("role_bad", lambda role=role: staff_admin.change_role(  # type: ignore[misc]
            shop.staff, at, cashier.uid, role))  # fmt: skip


def test_who_is_shut_out_is_out_at_once_and_may_be_let_in_again(shop: Shop, at: Desk, cashier: Person) -> None:
    token, _ = shop.staff.open_session(cashier, "1", "en")
    code = staff_admin.make_code(shop.staff, at, cashier.uid)
    staff_admin.set_active(shop.staff, at, cashier.uid, False)
    assert shop.staff.session(token) is None and shop.staff.by_badge(codes.staff_code(1)) is None
    refused("staff_unknown", lambda: shop.staff.log_in("1", cashier.uid, PINS["cashier"], "en"))
    assert [(e.person.role, e.active) for e in staff_admin.entries(shop.staff)] == [
        ("manager", True), ("cashier", False)
    ]  # fmt: skip
    staff_admin.set_active(shop.staff, at, cashier.uid, True)
    refused("pin_wrong", lambda: shop.staff.log_in("1", cashier.uid, code, "en"))
    shop.staff.log_in("1", cashier.uid, PINS["cashier"], "en")


def test_one_manager_always_stays(shop: Shop, at: Desk, cashier: Person) -> None:
    refused("last_manager", lambda: staff_admin.set_active(shop.staff, at, at.by.uid, False))
    refused("last_manager", lambda: staff_admin.change_role(shop.staff, at, at.by.uid, "cashier"))
    staff_admin.change_role(shop.staff, at, cashier.uid, "manager")
    staff_admin.set_active(shop.staff, at, at.by.uid, False)


def test_a_new_badge_takes_the_place_of_the_old_one(shop: Shop, at: Desk, cashier: Person) -> None:
    given = staff_admin.give_badge(shop.staff, at, cashier.uid)
    assert codes.is_badge(given) and given != codes.staff_code(1)
    assert shop.staff.by_badge(codes.staff_code(1)) is None
    assert shop.staff.by_badge(given) == cashier
    refused("badge_taken", lambda: staff_admin.give_badge(shop.staff, at, at.by.uid, given))
    refused("badge_bad", lambda: staff_admin.give_badge(shop.staff, at, at.by.uid, "6901234567892"))
    assert staff_admin.give_badge(shop.staff, at, cashier.uid, given.lower()) == given
    staff_admin.take_badge(shop.staff, at, cashier.uid)
    assert shop.staff.by_badge(given) is None
    assert [action for action, _ in audit(shop)] == ["badge_given", "badge_taken"]
    assert given not in str(shop.ask("SELECT detail FROM audit")), "whoever reads the audit can't make the badge"


def test_a_manager_sets_a_pin_for_others_and_never_their_own(shop: Shop, at: Desk, cashier: Person) -> None:
    token, _ = shop.staff.open_session(cashier, "1", "en")
    staff_admin.set_pin(shop.staff, at, cashier.uid, NEW)
    assert shop.staff.session(token) is None
    shop.staff.log_in("1", cashier.uid, NEW, "en")
    refused("pin_own", lambda: staff_admin.set_pin(shop.staff, at, at.by.uid, NEW))
    refused("pin_weak_common", lambda: staff_admin.set_pin(shop.staff, at, cashier.uid, "5201314"))
    assert NEW not in str(shop.ask("SELECT detail FROM audit"))


def test_the_language_of_a_person_is_that_of_their_screen(shop: Shop, at: Desk, cashier: Person) -> None:
    assert shop.staff.open_session(cashier, "1", "en")[1].lang == "en"
    staff_admin.set_language(shop.staff, at, cashier.uid, "zh-CN")
    assert shop.staff.open_session(cashier, "1", "en")[1].lang == "zh-CN"
    staff_admin.set_language(shop.staff, at, cashier.uid, None)
    assert shop.staff.open_session(cashier, "1", "en")[1].lang == "en"
    refused("lang_unknown", lambda: staff_admin.set_language(shop.staff, at, cashier.uid, "fr"))


def test_a_cashier_changes_nobody(shop: Shop, at: Desk, cashier: Person) -> None:
    mine, other = Desk(cashier, "1"), at.by.uid
    for call in (
        lambda: staff_admin.add(shop.staff, mine, name_zh="新", name_en="New", role="manager"),
        lambda: staff_admin.rename(shop.staff, mine, other, name_zh="新", name_en="New"),
        lambda: staff_admin.change_role(shop.staff, mine, cashier.uid, "manager"),
        lambda: staff_admin.set_active(shop.staff, mine, other, False),
        lambda: staff_admin.give_badge(shop.staff, mine, cashier.uid),
        lambda: staff_admin.take_badge(shop.staff, mine, cashier.uid),
        lambda: staff_admin.set_pin(shop.staff, mine, other, NEW),
        lambda: staff_admin.set_language(shop.staff, mine, other, "en"),
        lambda: staff_admin.make_code(shop.staff, mine, other),
    ):  # fmt: skip
        refused("denied", call)
    assert shop.ask("SELECT * FROM audit") == []


def test_nobody_is_a_person_that_is_not_there(shop: Shop, at: Desk) -> None:
    for call in (
        lambda: staff_admin.rename(shop.staff, at, "nobody", name_zh="新", name_en="New"),
        lambda: staff_admin.change_role(shop.staff, at, "nobody", "manager"),
        lambda: staff_admin.set_active(shop.staff, at, "nobody", False),
        lambda: staff_admin.give_badge(shop.staff, at, "nobody"),
        lambda: staff_admin.set_pin(shop.staff, at, "nobody", NEW),
        lambda: staff_admin.make_code(shop.staff, at, "nobody"),
    ):
        refused("staff_unknown", call)
