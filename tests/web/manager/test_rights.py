"""What is done with a whole member at the desk: given as a file, erased, merged, put into a family."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from edge import codes, members
from edge.base.sqlite import row
from tests.web.cashier import Client
from tests.web.manager.desk import Desk
from tests.web.manager.eyes import LAPTOP, SIZES, Eyes
from tests.web.shop import CASHIER, MANAGER, Shop, wait

_next = iter(range(15_700_000_001, 15_800_000_000))


def enrol(shop: Shop, name: str = "欧阳晓雯") -> tuple[str, str]:
    """(uid, phone) of somebody new."""
    phone = str(next(_next))
    with shop.box.transaction():
        card = codes.member_code(int(phone) % 10**10)
        number = members.enrol(shop.box, name=name, card=card, phone=phone, consents=members.PURPOSES)
    return str(row(shop.box.db, "SELECT uid FROM member WHERE id = ?", (number,))[0]), phone  # type: ignore[index]


def state(shop: Shop, uid: str) -> str:
    return str(row(shop.box.db, "SELECT state FROM member WHERE uid = ?", (uid,))[0])  # type: ignore[index]


def looked_at(shop: Shop, uid: str) -> list[str]:
    """The lanes where somebody looked at the member, as the audit has it."""
    seen = "SELECT lane FROM audit WHERE action = 'member_seen' AND json_extract(detail, '$.member') = ?"
    return [lane for (lane,) in shop.box.db.execute_sql(seen, (uid,))]


def test_at_a_till_too_a_look_at_the_second_of_a_merge_is_written_down(shop: Shop, client: Client) -> None:
    client.log_in(CASHIER)
    kept, gone = enrol(shop)[0], enrol(shop)[0]
    assert client.get(f"/api/till/1/member/{kept}/merge/{gone}").status_code == 200
    assert looked_at(shop, gone) == ["1"]


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_member_is_given_as_a_file_after_the_pin_once(desk: Desk, form: str) -> None:
    uid, _ = enrol(desk.shop)
    desk.post(f"/members/{uid}/export", {"form": form}, status=403)
    desk.prove()
    made = desk.post(f"/members/{uid}/export", {"form": form}, status=201)
    assert made["name"].endswith(form)
    answer = desk.raw(f"/exports/{made['ticket']}")
    assert answer.status_code == 200 and "欧阳晓雯" in answer.text
    assert answer.mimetype == ("application/json" if form == "json" else "text/csv")
    if form == "json":
        assert json.loads(answer.text)["cards"]
    assert desk.raw(f"/exports/{made['ticket']}").status_code == 404, "once"


def test_a_member_is_erased_after_the_pin_once_and_the_answer_says_how_far_it_is(desk: Desk) -> None:
    uid, phone = enrol(desk.shop)
    desk.post(f"/members/{uid}/erase", status=403)
    desk.prove()
    assert desk.post(f"/members/{uid}/erase")["state"] in ("erased", "erasing")
    wait(lambda: state(desk.shop, uid) == "erased")
    assert desk.get(f"/members?q={phone}")["rows"] == []
    desk.get(f"/members/{uid}", status=404)
    desk.prove()
    desk.post(f"/members/{uid}/erase", status=404)


def test_two_are_merged_after_a_look_at_what_comes_of_it(desk: Desk) -> None:
    (kept, phone), (gone, other) = enrol(desk.shop), enrol(desk.shop, "Xiaowen")
    seen = desk.get(f"/members/{kept}/merge/{gone}")
    assert seen["then"]["cards"] == 2 and seen["then"]["phone"].endswith(phone[-4:])
    assert looked_at(desk.shop, gone) == ["~manager"]
    desk.get(f"/members/{kept}/merge/{kept}", status=409)
    desk.prove()
    assert desk.post(f"/members/{kept}/merge", {"gone": gone}) == {"member": kept}
    assert state(desk.shop, gone) == "merged"
    assert [x["uid"] for x in desk.get(f"/members?q={other}")["rows"]] == [], "the other's number is nobody's"


def test_a_family_is_made_and_left(desk: Desk) -> None:
    (one, _), (two, _) = enrol(desk.shop), enrol(desk.shop)
    assert desk.get(f"/members/{one}/family")["family"] is None
    desk.post(f"/members/{one}/family", {"other": two, "agreed": False}, status=422)
    found = desk.post(f"/members/{one}/family", {"other": two, "agreed": True})
    assert [x["self"] for x in found["family"]["members"]] == [True, False]
    assert desk.send("DELETE", f"/members/{one}/family")["family"] is None
    desk.send("DELETE", f"/members/{one}/family", status=409)


def test_what_is_kept_of_answers_does_not_outlive_her(desk: Desk) -> None:
    uid, _ = enrol(desk.shop, "Erasmus Long-Gone")
    desk.post(f"/members/{uid}/notes", {"text": "calls on Mondays"})
    kept = "SELECT COUNT(*) FROM request_seen WHERE instr(answer, 'Long-Gone')"
    assert row(desk.shop.box.db, kept) == (1,)
    desk.prove()
    desk.post(f"/members/{uid}/erase")
    assert row(desk.shop.box.db, kept) == (0,)


def picture(eyes: Eyes, name: str) -> None:
    if folder := os.environ.get("TILLBOX_PICTURES"):
        Path(folder, f"desk-{name}-{eyes.lang}.png").write_bytes(eyes.page.screenshot())


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_dialogs_in_both_languages_and_all_sizes(
    shop: Shop, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int]
) -> None:
    (uid, phone), (_, other) = enrol(shop), enrol(shop, "王芳")
    eyes = Eyes.at(shop, browser, windows, "members", lang, size)
    page = eyes.page

    def open_her() -> None:
        page.locator("input[type=search]").fill(phone)
        page.keyboard.press("Enter")
        page.locator(".rows .link").first.click()
        expect(page.locator("#member-acts button")).to_have_count(5)

    def second() -> None:
        page.locator("dialog[open] input").fill(other)
        page.keyboard.press("Enter")
        page.locator("dialog[open] .picks button").first.click()

    open_her()
    page.locator("#member-acts button").nth(2).click()
    eyes.look_closely()
    second()
    expect(page.locator("dialog[open] .facts")).to_be_visible()
    picture(eyes, f"family-{size[0]}")
    eyes.look_closely()
    page.locator("dialog[open] button[type=submit]").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    wait(lambda: row(shop.box.db, "SELECT family FROM member WHERE uid = ?", (uid,)) != (None,))
    open_her()
    page.locator("#member-acts button").nth(3).click()
    second()
    expect(page.locator("dialog[open] .facts")).to_be_visible()
    picture(eyes, f"merge-{size[0]}")
    eyes.look_closely()
    page.keyboard.press("Escape")
    open_her()
    picture(eyes, f"page-{size[0]}")
    page.locator("#member-acts button").nth(4).click()
    eyes.look_closely()
    picture(eyes, f"erase-{size[0]}")
    page.locator("dialog[open] button[type=submit]").click()
    page.locator("dialog[open] input[type=password]").fill(shop.pin(MANAGER))
    page.keyboard.press("Enter")
    wait(lambda: state(shop, uid) == "erased")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_the_file_comes_down(shop: Shop, browser: Browser, windows: ExitStack) -> None:
    uid, phone = enrol(shop)
    eyes = Eyes.at(shop, browser, windows, "members", "en", LAPTOP)
    eyes.page.locator("input[type=search]").fill(phone)
    eyes.page.keyboard.press("Enter")
    eyes.page.locator(".rows .link").first.click()
    eyes.page.locator("#member-acts button").first.click()
    eyes.page.locator("dialog[open] input[type=password]").fill(shop.pin(MANAGER))
    with eyes.page.expect_download() as coming:
        eyes.page.keyboard.press("Enter")
    told = json.loads(Path(coming.value.path()).read_text())
    assert told["person"] and coming.value.suggested_filename.endswith(".json")
    assert uid in json.dumps(told)
