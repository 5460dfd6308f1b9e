"""Members at the desk: found, looked at with a trace, corrected; whatever a name holds, it is text."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from edge import members
from tests.edge.test_member_text import NASTY
from tests.web.manager.desk import Desk
from tests.web.manager.eyes import LAPTOP, SIZES, Eyes
from tests.web.shop import Shop, wait

_next = iter(range(15_500_000_001, 15_600_000_000))


@pytest.fixture
def phone() -> str:
    return str(next(_next))


def enrol(shop: Shop, phone: str, name: str = "欧阳晓雯") -> str:
    with shop.box.transaction():
        members.enrol(shop.box, name=name, card="", phone=phone)
    found = members.by_phone(shop.box, phone)
    assert found is not None
    return found.uid


def test_a_member_is_found_by_phone_its_end_and_a_part_of_the_name(desk: Desk, phone: str) -> None:
    uid = enrol(desk.shop, phone)
    for q in (phone, phone[-4:], "欧阳"):
        assert uid in [row["uid"] for row in desk.get(f"/members?q={q}")["rows"]], q
    assert desk.get("/members?q=nobody-at-all")["rows"] == [] == desk.get("/members")["rows"]


def test_looking_leaves_a_trace_and_corrections_say_who(desk: Desk, phone: str) -> None:
    uid = enrol(desk.shop, phone)
    page = desk.get(f"/members/{uid}")
    assert page["phone"] == f"155••••{phone[-4:]}" and phone not in json.dumps(page)
    assert desk.post(f"/members/{uid}/correct", {"name": "欧阳晓文"})["name"] == "欧阳晓文"
    noted = desk.shop.box.db.execute_sql("SELECT action, lane, detail FROM audit ORDER BY id DESC LIMIT 2").fetchall()
    assert [each[:2] for each in noted] == [("member_corrected", "~manager"), ("member_seen", "~manager")]
    assert all(json.loads(detail)["member"] == uid for _, _, detail in noted)


def test_consent_notes_and_cards_are_changed_here_too(desk: Desk, phone: str) -> None:
    uid = enrol(desk.shop, phone)
    page = desk.post(f"/members/{uid}/consent", {"purpose": "offers", "granted": True})
    granted = {c["purpose"]: c["channel"] for c in page["consents"] if c["granted"]}
    assert granted == {"points": "till", "offers": "desk"}
    page = desk.post(f"/members/{uid}/notes", {"text": "纸袋"})
    note = page["notes"][0]
    assert note["text"] == "纸袋"
    assert desk.send("DELETE", f"/members/{uid}/notes/{note['id']}")["notes"] == []
    card = page["cards"][0]
    assert desk.post(f"/members/{uid}/cards/{card['ref']}/block")["cards"][0]["state"] == "blocked"
    desk.post(f"/members/{uid}/cards/{card['ref']}/block", status=404)
    desk.post("/members/nobody/notes", {"text": "x"}, status=404)


def test_a_whole_number_wants_the_pin_and_is_not_there_unless_the_shop_keeps_it(desk: Desk, phone: str) -> None:
    uid = enrol(desk.shop, phone)
    desk.post(f"/members/{uid}/phone", status=403)
    desk.prove()
    assert desk.post(f"/members/{uid}/phone") == {"phone": None}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_page_in_both_languages_and_all_sizes(
    shop: Shop, browser: Browser, windows: ExitStack, phone: str, lang: str, size: tuple[int, int]
) -> None:
    enrol(shop, phone)
    eyes = Eyes.at(shop, browser, windows, "members", lang, size)
    page = eyes.page
    eyes.look_closely()
    page.locator("input[type=search]").fill(phone[-4:])
    page.keyboard.press("Enter")
    page.locator(".rows .link").first.click()
    expect(page.locator("dialog[open] .member-row").first).to_be_visible()
    eyes.look_closely()
    picture(eyes, f"page-{size[0]}")
    page.locator("dialog[open] .member-row button").first.click()
    page.locator("dialog[open] input").fill("新名字")
    picture(eyes, f"correct-{size[0]}")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] h2")).to_have_text("新名字")
    found = members.by_phone(shop.box, phone)
    assert found is not None and found.name == "新名字"


def picture(eyes: Eyes, name: str) -> None:
    if folder := os.environ.get("TILLBOX_PICTURES"):
        Path(folder, f"manager-{name}-{eyes.lang}.png").write_bytes(eyes.page.screenshot())


def test_names_that_have_hurt_others_are_only_text_on_the_screens(
    shop: Shop, browser: Browser, windows: ExitStack, phone: str
) -> None:
    """A sample of what the fuzzer tries, in a browser: as text, in no script, nothing pushed out of its place."""
    eyes = Eyes.at(shop, browser, windows, "members", "en", LAPTOP)
    page = eyes.page
    asked: list[Any] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    for name in NASTY:
        with shop.box.transaction():
            members.enrol(shop.box, name=name, card="", phone=phone)  # as an import or an older release left it
        found = members.by_phone(shop.box, phone)
        assert found is not None
        page.locator("input[type=search]").fill(phone)
        page.keyboard.press("Enter")
        link = page.locator(".rows .link").first
        shown = found.name or "(no name)"
        wait(lambda link=link, shown=shown: link.evaluate("node => node.textContent") == shown)  # type: ignore[misc]
        link.click()
        assert page.locator("dialog[open] h2").evaluate("node => node.textContent") == shown
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        phone = str(next(_next))
    assert asked == [] and page.locator("main img, main script, dialog script").count() == 0
