"""Promotions at the desk: made, seen as customers read them, paused, ended; their coupons; what points buy."""

from __future__ import annotations

import csv
import io
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from edge.promo import desk as promotions
from tests.web.manager.desk import Desk
from tests.web.manager.eyes import LAPTOP, SIZES, Eyes
from tests.web.shop import Shop

FORM = {
    "names": {"zh-CN": "满 50 减 5", "en": "5 off from 50"}, "kind": "threshold",
    "value": {"steps": [[5_000, 500]]}, "coupon": True,
}  # fmt: skip


def make(desk: Desk, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = desk.post("/promotions", {"promotion": {**FORM, **more}})
    return made


def issued(desk: Desk, uid: str, **body: Any) -> dict[str, Any]:
    made: dict[str, Any] = desk.post(f"/promotions/{uid}/coupons", {"count": 1, **body})
    return made


def test_a_new_promotion_is_in_force_at_once_and_says_what_it_gives(desk: Desk) -> None:
    desk.client.post("/api/lang", {"lang": "en", "lane": "~manager"})
    made = make(desk)
    assert (made["state"], made["version"]) == ("active", 1)
    assert made["says"] == "On everything: ¥5.00 off from ¥50.00. With a voucher."
    assert made["uid"] in [row["uid"] for row in desk.get("/promotions")["rows"]]
    assert made["uid"] in [each.uid for each in promotions.active(desk.shop.box)]


def test_a_change_is_a_new_version_that_names_who_made_it(desk: Desk) -> None:
    uid = make(desk)["uid"]
    after = desk.post("/promotions", {"uid": uid, "promotion": {**FORM, "value": {"steps": [[6_000, 500]]}}})
    assert [each["version"] for each in after["history"]] == [2, 1]
    assert after["history"][0]["by"] and after["history"][0]["says"] != after["history"][1]["says"]


def test_a_promotion_pauses_goes_on_and_ends_for_good(desk: Desk) -> None:
    uid = make(desk)["uid"]
    for state in ("paused", "active", "ended"):
        assert desk.post(f"/promotions/{uid}/state", {"state": state})["state"] == state
    assert desk.post(f"/promotions/{uid}/state", {"state": "active"}, status=409)["type"] == "tillbox:promotion_ended"
    desk.post("/promotions", {"uid": uid, "promotion": FORM}, status=409)
    desk.post(f"/promotions/{uid}/coupons", {"count": 1}, status=409)


def test_the_sentence_is_there_before_anything_is_kept(desk: Desk) -> None:
    before = len(desk.get("/promotions")["rows"])
    says = desk.post("/promotions/preview", {"promotion": FORM})["says"]
    assert says["zh-CN"] == "买全部商品，满 ¥50.00 减 ¥5.00。凭券。"
    wrong = desk.post("/promotions/preview", {"promotion": {**FORM, "kind": "percent"}}, status=422)
    assert wrong["type"] == "tillbox:promotion_field"
    assert len(desk.get("/promotions")["rows"]) == before


def test_coupons_are_issued_once_however_often_it_is_asked(desk: Desk) -> None:
    uid, key = make(desk)["uid"], uuid4().hex
    first = issued(desk, uid, count=3)
    again = desk.post(f"/promotions/{uid}/coupons", {"count": 2}, key=key)
    assert desk.post(f"/promotions/{uid}/coupons", {"count": 2}, key=key) == again
    found = desk.get(f"/promotions/{uid}/coupons")
    assert found["total"] == 5 and [row["serial"] for row in found["rows"]] == [5, 4, 3, 2, 1]
    assert {row["code"] for row in found["rows"]} == {*first["codes"], *again["codes"]}


def test_a_members_coupon_names_nobody_in_full(desk: Desk) -> None:
    uid, card = make(desk)["uid"], desk.shop.card()
    code = issued(desk, uid, member=card, expires="2099-12-31")["codes"][0]
    found = desk.get(f"/coupons/{code}")
    assert found["member"].endswith("**") and found["expires_on"] == "2099-12-31"
    desk.post(f"/promotions/{uid}/coupons", {"count": 1, "member": "13900000000"}, status=404)
    desk.post(f"/promotions/{uid}/coupons", {"count": 1, "expires": "2020-01-01"}, status=422)


def test_only_a_promotion_that_needs_them_has_coupons(desk: Desk) -> None:
    uid = make(desk, coupon=False)["uid"]
    answer = desk.post(f"/promotions/{uid}/coupons", {"count": 1}, status=422)
    assert answer["type"] == "tillbox:coupon_promotion"


@pytest.mark.fault("F117")
@pytest.mark.parametrize("name", ['=HYPERLINK("http://evil")', "+1+1", "@SUM(A1)", "<script>alert(1)</script>"])
def test_no_name_of_a_promotion_becomes_a_formula_in_the_table(desk: Desk, name: str) -> None:
    uid = make(desk, names={"zh-CN": name, "en": name})["uid"]
    batch = issued(desk, uid, count=2)["batch"]
    answer = desk.raw(f"/promotions/{uid}/coupons.csv?batch={batch}")
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 3
    assert all(cell[:1] not in ("=", "+", "-", "@") for row in rows for cell in row)


def test_what_was_withdrawn_stays_so_and_is_written_down(desk: Desk) -> None:
    code = issued(desk, make(desk)["uid"])["codes"][0]
    assert desk.post(f"/coupons/{code}/void", {"reason": "lost"})["state"] == "void"
    noted = desk.shop.box.db.execute_sql("SELECT reason FROM audit WHERE action = 'coupon_voided' ORDER BY id DESC")
    assert noted.fetchone() == ("lost",)
    answer = desk.post(f"/coupons/{code}/print", {"lane": "1"}, status=409)
    assert answer["type"] == "tillbox:coupon_void"
    desk.get("/coupons/CP00000000000000", status=404)


def test_a_coupon_goes_to_the_printer_of_a_lane(desk: Desk) -> None:
    code = issued(desk, make(desk)["uid"])["codes"][0]
    assert desk.post(f"/coupons/{code}/print", {"lane": "1"}) == {"ok": True}
    found = desk.shop.box.db.execute_sql("SELECT lane FROM print_job WHERE ref = ?", (f"coupon:{code}",))
    assert found.fetchone() == ("1",)


def test_a_reward_is_made_changed_and_ended(desk: Desk) -> None:
    code, name, _ = desk.shop.product(2)
    sku = desk.get(f"/products?q={code}")["rows"][0]["sku"]
    body = {"names": {"zh-CN": "小礼物", "en": "A gift"}, "points": 300, "kind": "goods", "gives": sku}
    made = desk.post("/rewards", body)
    assert (made["points"], made["kind"], made["state"]) == (300, "goods", "active")
    assert desk.post("/rewards", {**body, "uid": made["uid"], "points": 400})["points"] == 400
    coupon = make(desk)["uid"]
    other = desk.post("/rewards", {**body, "kind": "coupon", "gives": coupon, "days": 30})
    assert other["days"] == 30 and other["gives_name"]
    assert desk.post(f"/rewards/{made['uid']}/end")["state"] == "ended"
    assert desk.post("/rewards", {**body, "uid": made["uid"]}, status=409)["type"] == "tillbox:reward_ended"
    for wrong in ({"gives": "no-such"}, {"kind": "coupon", "gives": "no-such"}):
        desk.post("/rewards", {**body, **wrong}, status=404)
    plain = make(desk, coupon=False)["uid"]
    desk.post("/rewards", {**body, "kind": "coupon", "gives": plain}, status=422)


# ---- before the eyes


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_page_and_its_dialogs_in_both_languages_and_all_sizes(
    shop: Shop, desk: Desk, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int]
) -> None:
    issued(desk, make(desk)["uid"], count=3)
    eyes = Eyes.at(shop, browser, windows, "promotions", lang, size)
    eyes.look_closely()
    eyes.page.locator("#acts .btn").first.click()
    for group in eyes.dialog().locator("summary").all():
        group.click()
    eyes.look_closely()
    eyes.page.keyboard.press("Escape")
    eyes.page.locator(".rows .link").first.click()
    expect(eyes.dialog().locator(".facts")).to_be_visible()
    eyes.look_closely()


def test_a_promotion_is_made_at_the_screen_and_its_coupons_too(
    shop: Shop, browser: Browser, windows: ExitStack
) -> None:
    eyes, name = Eyes.at(shop, browser, windows, "promotions", "en", LAPTOP), f"Evening {uuid4().hex[:6]}"
    eyes.tap("New promotion")
    dialog = eyes.dialog()
    dialog.get_by_label("Name in Chinese").fill("晚市")
    dialog.get_by_label("Name in English").fill(name)
    dialog.get_by_label("Per cent off", exact=True).fill("12.5")
    dialog.get_by_label("With a voucher").check()
    dialog.get_by_text("When", exact=True).click()
    dialog.get_by_label("Hours").fill("17:00-19:00")
    expect(dialog.locator(".preview .says")).to_have_text("12.5% off everything. At 17:00–19:00. With a voucher.")
    dialog.get_by_label("Per cent off", exact=True).fill("lots")
    eyes.tap("Start it")
    expect(dialog.get_by_role("alert")).to_have_text("Look at “Per cent off” again.")
    dialog.get_by_label("Per cent off", exact=True).fill("12.5")
    eyes.tap("Start it")
    expect(eyes.page.locator("#toast")).to_contain_text(name)
    eyes.tap("Issue vouchers")
    eyes.dialog().get_by_label("How many").fill("3")
    eyes.dialog().get_by_role("button", name="Issue vouchers").click()
    expect(eyes.dialog().locator("tbody tr")).to_have_count(3)
    with eyes.page.expect_download() as download:
        eyes.dialog().get_by_role("link", name="Download CSV").click()
    assert download.value.path().read_bytes().count(b"\r\n") == 4
    eyes.dialog().get_by_role("button", name="Withdraw").first.click()
    eyes.page.locator("dialog[open]").last.get_by_label("Reason").fill("lost")
    eyes.page.locator("dialog[open]").last.get_by_role("button", name="Withdraw").click()
    expect(eyes.dialog().locator("tbody tr").first).to_contain_text("Withdrawn")
