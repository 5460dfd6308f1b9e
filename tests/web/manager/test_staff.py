"""Staff at the desk: added, renamed, another role, a PIN, a code, a badge, shut out and let in again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from edge.codes import staff_code
from tests.web.cashier import Client
from tests.web.manager.desk import PLACE, Desk
from tests.web.manager.eyes import LAPTOP, SIZES, Eyes
from tests.web.shop import CASHIER, MANAGER, SECOND, Shop

PIN, OTHER = "739241", "846203"


@pytest.fixture(autouse=True)
def as_before(shop: Shop) -> Iterator[None]:
    """Other tests find the people as they were."""
    db = shop.box.db
    kept = db.execute_sql("SELECT id, name_zh, name_en, role, pin_hash, badge, active, lang FROM staff").fetchall()
    yield
    db.execute_sql("DELETE FROM session")
    for number, *values in kept:
        db.execute_sql(
            "UPDATE staff SET name_zh = ?, name_en = ?, role = ?, pin_hash = ?, badge = ?, active = ?, lang = ? "
            "WHERE id = ?", (*values, number),
        )  # fmt: skip
    marks = ", ".join(str(number) for number, *_ in kept)
    db.execute_sql(f"UPDATE staff SET active = 0, badge = NULL, name_zh = uid, name_en = uid WHERE id NOT IN ({marks})")
    shop.daemon.staff.forget()


def add(desk: Desk, **said: Any) -> dict[str, Any]:
    desk.prove()
    body = {"name_zh": "林夕", "name_en": "Xi Lin", "role": "cashier", **said}
    found: dict[str, Any] = desk.post("/staff", body, status=201)
    return found


def person(desk: Desk, name: str) -> dict[str, Any]:
    return next(each for each in desk.get("/staff")["people"] if each["name_en"] == name)


def log_in(desk: Desk, uid: str, pin: str, lane: str = "1") -> Any:
    return Client(desk.shop).post("/api/login", {"lane": lane, "staff": uid, "pin": pin})


def test_everybody_is_listed_without_anything_that_lets_somebody_in(desk: Desk) -> None:
    found = desk.get("/staff")
    assert {CASHIER, MANAGER} <= {each["name_en"] for each in found["people"]}
    assert person(desk, MANAGER)["me"] and person(desk, CASHIER)["pin"]
    text = desk.raw("/staff").text
    assert "argon2" not in text and "TBS" not in text


def test_somebody_new_logs_in_with_their_pin(desk: Desk) -> None:
    new = add(desk, pin=PIN)
    assert new["pin"] and new["active"] and log_in(desk, new["uid"], PIN).status_code == 200


def test_without_a_pin_they_come_in_by_a_code_that_is_shown_once(desk: Desk) -> None:
    new, key = add(desk), uuid4().hex
    assert not new["pin"]
    desk.prove()
    made = desk.post(f"/staff/{new['uid']}/code", key=key)
    assert made["minutes"] == 15
    again = desk.ask("POST", f"/staff/{new['uid']}/code", key=key)
    assert again.json["code"] is None and again.headers["Idempotent-Replayed"] == "true"
    kept = desk.shop.box.db.execute_sql("SELECT answer FROM request_seen").fetchall()
    assert made["code"] not in str(kept)
    choose = log_in(desk, new["uid"], made["code"]).json["choose"]
    assert choose


STEPS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/staff", {"name_zh": "林夕", "name_en": "Xi Lin", "role": "manager", "pin": PIN}),
    ("POST", "/staff/{uid}/role", {"role": "manager"}),
    ("POST", "/staff/{uid}/pin", {"pin": PIN}),
    ("POST", "/staff/{uid}/code", {}),
    ("POST", "/staff/{uid}/badge", {}),
]


@pytest.mark.parametrize(("method", "path", "body"), STEPS)
@pytest.mark.fault("F111")
def test_what_lets_somebody_in_wants_the_pin_once_more_each_time(
    desk: Desk, method: str, path: str, body: dict[str, Any]
) -> None:
    address = path.format(uid=person(desk, CASHIER)["uid"])
    answer = desk.ask(method, address, body)
    assert answer.status_code == 403 and answer.json["type"] == "tillbox:pin_again"
    desk.prove()
    assert desk.ask(method, address, body).status_code in (200, 201)
    again = desk.ask(method, address, {**body, **({"pin": OTHER} if "pin" in body else {})})
    assert again.json["type"] == "tillbox:pin_again"


def test_a_new_pin_ends_what_the_person_had_open(desk: Desk, client: Client) -> None:
    assert client.log_in(SECOND).status_code == 200
    uid = person(desk, SECOND)["uid"]
    desk.prove()
    desk.post(f"/staff/{uid}/pin", {"pin": PIN})
    assert client.get("/api/till/1/state").status_code == 401
    assert log_in(desk, uid, desk.shop.pin(SECOND)).status_code == 403
    assert log_in(desk, uid, PIN).status_code == 200


def test_nobody_gives_themselves_a_pin_or_a_code_by_an_open_desk(desk: Desk) -> None:
    uid = person(desk, MANAGER)["uid"]
    for what, body in (("pin", {"pin": PIN}), ("code", {})):
        desk.prove()
        assert desk.ask("POST", f"/staff/{uid}/{what}", body).json["type"] == f"tillbox:{what}_own"


def test_a_weak_pin_is_refused(desk: Desk) -> None:
    desk.prove()
    answer = desk.ask("POST", f"/staff/{person(desk, CASHIER)['uid']}/pin", {"pin": "123456"})
    assert answer.status_code == 422 and answer.json["type"].startswith("tillbox:pin_weak")
    assert "123456" not in answer.text


def test_shut_out_at_once_and_let_in_again(desk: Desk, client: Client) -> None:
    client.log_in(CASHIER)
    uid = person(desk, CASHIER)["uid"]
    assert not desk.post(f"/staff/{uid}/active", {"active": False})["active"]
    assert client.get("/api/till/1/state").status_code == 401
    assert log_in(desk, uid, desk.shop.pin(CASHIER)).status_code == 404
    desk.post(f"/staff/{uid}/active", {"active": True})
    assert log_in(desk, uid, desk.shop.pin(CASHIER)).status_code == 200


def test_the_last_manager_stays(desk: Desk) -> None:
    uid = person(desk, MANAGER)["uid"]
    assert desk.ask("POST", f"/staff/{uid}/active", {"active": False}).json["type"] == "tillbox:last_manager"
    desk.prove()
    assert desk.ask("POST", f"/staff/{uid}/role", {"role": "cashier"}).json["type"] == "tillbox:last_manager"


def test_who_becomes_a_manager_may_come_to_the_desk_and_who_is_none_any_more_is_out(desk: Desk) -> None:
    new = add(desk, pin=PIN)
    assert log_in(desk, new["uid"], PIN, PLACE).status_code == 403
    desk.prove()
    desk.post(f"/staff/{new['uid']}/role", {"role": "manager"})
    theirs = Client(desk.shop)
    desk.client.post("/api/logout", {"lane": PLACE})
    assert theirs.post("/api/login", {"lane": PLACE, "staff": new["uid"], "pin": PIN}).status_code == 200
    assert theirs.get("/api/manager/staff").status_code == 200


def test_a_badge_is_given_shown_once_and_taken(desk: Desk) -> None:
    uid = person(desk, CASHIER)["uid"]
    desk.prove()
    given = desk.post(f"/staff/{uid}/badge", {"code": staff_code(4711)})
    assert given["badge"] == staff_code(4711) and given["person"]["badge"]
    other = person(desk, SECOND)["uid"]
    desk.prove()
    taken = desk.ask("POST", f"/staff/{other}/badge", {"code": staff_code(4711)})
    assert taken.json["type"] == "tillbox:badge_taken"
    assert not desk.send("DELETE", f"/staff/{uid}/badge")["badge"]


def test_names_and_language(desk: Desk) -> None:
    new = add(desk)
    changed = desk.post(f"/staff/{new['uid']}/name", {"name_zh": "林汐", "name_en": ""})
    assert (changed["name_zh"], changed["name_en"]) == ("林汐", "林汐")
    assert desk.post(f"/staff/{new['uid']}/language", {"lang": "en"})["lang"] == "en"
    assert desk.post(f"/staff/{new['uid']}/language", {"lang": None})["lang"] is None
    desk.post(f"/staff/{new['uid']}/name", {"name_zh": "", "name_en": CASHIER}, status=422)
    desk.post("/staff/none/name", {"name_zh": "", "name_en": "Nobody"}, status=404)


def test_each_change_is_in_the_audit_with_who_did_it(desk: Desk) -> None:
    db = desk.shop.box.db
    before = db.execute_sql("SELECT COALESCE(MAX(id), 0) FROM audit").fetchone()[0]
    new = add(desk, pin=PIN)
    desk.post(f"/staff/{new['uid']}/active", {"active": False})
    found = db.execute_sql(
        "SELECT a.action, p.name_en, a.lane FROM audit a JOIN staff p ON p.id = a.staff WHERE a.id > ? ORDER BY a.id",
        (before,),
    ).fetchall()
    assert [
        row for row in found if row[0].startswith("staff_")
    ] == [("staff_added", MANAGER, PLACE), ("staff_shut_out", MANAGER, PLACE)]


# ---- before the eyes


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_page_and_its_dialogs_in_both_languages_and_all_sizes(
    shop: Shop, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int]
) -> None:
    eyes = Eyes.at(shop, browser, windows, "staff", lang, size)
    eyes.look_closely()
    eyes.page.locator(".rows .link").first.click()
    expect(eyes.dialog().locator(".picks .btn").first).to_be_visible()
    eyes.look_closely()
    eyes.page.keyboard.press("Escape")
    eyes.page.locator("#acts .btn").click()
    expect(eyes.dialog().locator("input")).to_have_count(3)
    eyes.look_closely()


def test_somebody_is_added_at_the_screen_with_the_pin_once_more(
    shop: Shop, browser: Browser, windows: ExitStack
) -> None:
    eyes = Eyes.at(shop, browser, windows, "staff", "en", LAPTOP)
    eyes.tap("Add somebody")
    eyes.dialog().get_by_label("Name in English").fill("Xi Lin")
    eyes.dialog().get_by_label("PIN").fill("111111")
    eyes.page.keyboard.press("Enter")
    again = eyes.page.locator("dialog[open]").last
    expect(again).to_contain_text("Type your PIN once more")
    again.get_by_label("PIN").fill(shop.pin(MANAGER))
    eyes.page.keyboard.press("Enter")
    expect(eyes.dialog().get_by_role("alert")).to_be_visible()  # the PIN is a common one
    eyes.dialog().get_by_label("PIN").fill(PIN)
    eyes.page.keyboard.press("Enter")
    expect(eyes.page.locator("#toast")).to_contain_text("Xi Lin")
    expect(eyes.page.locator(".rows")).to_contain_text("Xi Lin")


def test_a_code_is_shown_once_at_the_screen(shop: Shop, browser: Browser, windows: ExitStack) -> None:
    eyes = Eyes.at(shop, browser, windows, "staff", "en", LAPTOP)
    eyes.tap(CASHIER)
    eyes.tap("Code for a new PIN")
    expect(eyes.dialog()).to_contain_text("Type your PIN once more")
    eyes.dialog().get_by_label("PIN").fill(shop.pin(MANAGER))
    eyes.page.keyboard.press("Enter")
    expect(eyes.dialog().locator(".once")).to_have_text(re.compile(r"^\d{8}$"))
