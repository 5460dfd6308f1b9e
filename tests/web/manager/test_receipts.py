"""Receipts at the desk: found, looked at, printed again; and the shifts they belong to."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.web.cashier import Client
from tests.web.manager.desk import Desk, sell
from tests.web.manager.eyes import LAPTOP, PHONE, SIZES, Eyes
from tests.web.shop import CASHIER, MANAGER, Shop, wait


def void(desk: Desk, client: Client, sale: str) -> None:
    """The cashier voids the last sale; the manager approves at the lane."""
    assert client.do("void", sale=sale, reason="scanned twice").status_code == 200
    shop, session = desk.shop, desk.shop.daemon.staff.working_at("1")
    assert session is not None
    second = {"id": uuid4().hex, "staff": shop.uid(MANAGER), "pin": shop.pin(MANAGER)}
    shop.daemon.tills["1"].do(session, "approve", second)


def jobs(shop: Shop, where: str, *values: object) -> list[tuple[Any, ...]]:
    """Papers that were asked for: (kind, copy, printer, ref)."""
    sql = f"SELECT kind, copy_no, printer, ref FROM print_job WHERE {where} ORDER BY id"
    return list(shop.box.db.execute_sql(sql, values).fetchall())


# ---- finding


def test_the_newest_come_first_and_years_of_them_are_paged(desk: Desk, client: Client) -> None:
    sale = sell(desk.shop, client)
    found = desk.get("/receipts")
    assert found["rows"][0]["uid"] == sale and len(found["rows"]) == 50
    assert found["total"] == desk.shop.sales() and found["pages"] == -(-found["total"] // 50)
    last = desk.get(f"/receipts?page={found['pages'] - 1}")
    assert len(last["rows"]) == (found["total"] - 1) % 50 + 1
    assert desk.get(f"/receipts?page={found['pages']}")["rows"] == []


def test_a_receipt_is_found_by_its_number_its_day_and_what_was_bought(desk: Desk, client: Client) -> None:
    sell(desk.shop, client)
    newest = desk.get("/receipts")["rows"][0]
    assert [row["uid"] for row in desk.get(f"/receipts?q={newest['receipt']}")["rows"]] == [newest["uid"]]
    assert all(row["date"] == newest["date"] for row in desk.get(f"/receipts?q={newest['date']}")["rows"])
    code = desk.shop.product()[0]
    assert newest["uid"] in [row["uid"] for row in desk.get(f"/receipts?q={code}")["rows"]]
    assert desk.get("/receipts?q=nothing-like-it")["total"] == 0


# ---- looking


def test_a_receipt_is_shown_with_its_lines_money_and_proof(desk: Desk, client: Client) -> None:
    sale = sell(desk.shop, client)
    found = desk.get(f"/receipts/{sale}")
    assert found["total"] == desk.shop.product()[2] == sum(x["amount"] for x in found["tenders"])
    assert [line["name"] for line in found["lines"]] and found["lines"][0]["back"] == 0
    assert [proof["state"] for proof in found["proofs"]] == ["ok"]
    assert found["papers"][0]["copy"] == 0
    assert desk.raw(f"/receipts/{sale}/picture").data.startswith(b"\x89PNG")


def test_a_void_and_its_sale_point_at_each_other(desk: Desk, client: Client) -> None:
    sale = sell(desk.shop, client)
    void(desk, client, sale)
    found = desk.get(f"/receipts/{sale}")
    undone = desk.get(f"/receipts/{found['later'][0]['uid']}")
    assert undone["kind"] == "void" and undone["earlier"][0]["uid"] == sale
    assert undone["reason"] == "scanned twice" and undone["approver"] == "王敏"
    assert found["lines"][0]["back"] == found["lines"][0]["qty"]


def test_a_row_that_was_changed_behind_the_journal_s_back_is_named(desk: Desk, client: Client) -> None:
    sale = sell(desk.shop, client)
    db = desk.shop.box.db
    db.execute_sql("UPDATE tender SET amount = amount - 100 WHERE sale = (SELECT id FROM sale WHERE uid = ?)", (sale,))
    try:
        assert [proof["state"] for proof in desk.get(f"/receipts/{sale}")["proofs"]] == ["changed"]
    finally:
        db.execute_sql(
            "UPDATE tender SET amount = amount + 100 WHERE sale = (SELECT id FROM sale WHERE uid = ?)", (sale,)
        )


def test_an_unknown_receipt_is_said_to_be_unknown(desk: Desk) -> None:
    for path in ("/receipts/none", "/receipts/none/picture", "/shifts/none"):
        assert desk.raw(path).status_code == 404
    desk.post("/receipts/none/print", {"lane": "1"}, status=404)
    desk.post("/shifts/none/print", {"lane": "1"}, status=404)


# ---- printing again


def test_a_reprint_is_a_copy_at_the_lane_that_was_chosen_and_one_however_often_it_is_asked(
    desk: Desk, client: Client
) -> None:
    sale, key = sell(desk.shop, client), uuid4().hex
    where = "sale = (SELECT id FROM sale WHERE uid = ?) AND kind = 'copy'"
    assert desk.post(f"/receipts/{sale}/print", {"lane": "2"}, key=key) == {"copy": 1}
    again = desk.ask("POST", f"/receipts/{sale}/print", {"lane": "2"}, key=key)
    assert again.json == {"copy": 1} and again.headers["Idempotent-Replayed"] == "true"
    assert jobs(desk.shop, where, sale) == [("copy", 1, "printer-2", None)]
    desk.post(f"/receipts/{sale}/print", {"lane": "1"}, status=422, key=key)
    assert desk.post(f"/receipts/{sale}/print", {"lane": "1"}) == {"copy": 2}
    wait(lambda: desk.get(f"/receipts/{sale}")["papers"][-1]["state"] in ("printed", "sent"))


def test_a_lane_that_is_not_there_prints_nothing(desk: Desk, client: Client) -> None:
    sale = sell(desk.shop, client)
    desk.post(f"/receipts/{sale}/print", {"lane": "9"}, status=404)
    assert jobs(desk.shop, "sale = (SELECT id FROM sale WHERE uid = ?) AND kind = 'copy'", sale) == []


# ---- shifts


def close(client: Client, counted: int) -> None:
    answer = client.do("shift/close", counted=counted, held=True)
    assert answer.status_code == 200, answer.text


def test_the_open_shift_s_x_and_after_its_close_the_z_with_its_difference(desk: Desk, client: Client) -> None:
    sell(desk.shop, client)
    row = next(each for each in desk.get("/shifts?lane=1")["rows"] if each["closed_us"] is None)
    x = desk.get(f"/shifts/{row['uid']}")
    assert "z" not in x and x["sales"] >= 1 and x["tenders"]["cash"] == x["expected"] - x["float"]
    close(client, x["expected"] - 50)
    z = desk.get(f"/shifts/{row['uid']}")
    assert z["difference"] == -50 and z["copies"] == 0 and z["net"] == x["net"]
    closed = desk.get("/shifts?lane=1")["rows"][0]
    assert (closed["uid"], closed["difference"], closed["z"]) == (row["uid"], -50, z["z"])


def test_x_and_z_on_paper_the_z_as_a_numbered_copy(desk: Desk, client: Client) -> None:
    sell(desk.shop, client)
    uid = next(each["uid"] for each in desk.get("/shifts?lane=1")["rows"] if each["closed_us"] is None)
    assert desk.post(f"/shifts/{uid}/print", {"lane": "2"}) == {"kind": "x", "copy": 0}
    number = desk.shop.box.db.execute_sql("SELECT id FROM shift WHERE uid = ?", (uid,)).fetchone()[0]
    assert jobs(desk.shop, "ref = ?", f"x:{number}") == [("report", 0, "printer-2", f"x:{number}")]
    close(client, 0)
    z, key = desk.get(f"/shifts/{uid}")["z"], uuid4().hex
    for _ in range(2):
        assert desk.post(f"/shifts/{uid}/print", {"lane": "2"}, key=key) == {"kind": "z", "copy": 1}
    assert jobs(desk.shop, "ref = ? AND copy_no > 0", f"z:1:{z}") == [("report", 1, "printer-2", f"z:1:{z}")]
    assert desk.get(f"/shifts/{uid}")["copies"] == 1


def test_shifts_of_one_day_and_lane(desk: Desk) -> None:
    everything = desk.get("/shifts")
    day = everything["rows"][-1]["date"]
    found = desk.get(f"/shifts?lane=2&day={day}")
    assert found["total"] and all(row["lane"] == "2" and row["date"] == day for row in found["rows"])
    assert desk.raw("/shifts?day=yesterday").status_code == 422


# ---- before the eyes


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_both_pages_and_their_dialogs_in_both_languages_and_all_sizes(
    shop: Shop, client: Client, browser: Browser, windows: ExitStack, lang: str, size: tuple[int, int]
) -> None:
    sell(shop, client)
    eyes = Eyes.at(shop, browser, windows, "receipts", lang, size)
    for section in ("receipts", "shifts"):
        eyes.open(section)
        eyes.look_closely()
        eyes.page.locator(".rows .link").first.click()
        expect(eyes.dialog().locator(".facts").first).to_be_visible()
        eyes.look_closely()
        eyes.page.keyboard.press("Escape")
        expect(eyes.dialog()).to_have_count(0)


def test_search_look_and_reprint_at_the_screen_by_keyboard(
    shop: Shop, client: Client, browser: Browser, windows: ExitStack
) -> None:
    sale = sell(shop, client)
    number = client.view()["last_sale"]["receipt"]
    eyes = Eyes.at(shop, browser, windows, "receipts", "en", LAPTOP)
    eyes.page.keyboard.press("/")
    eyes.page.keyboard.type(number)
    eyes.page.keyboard.press("Enter")
    expect(eyes.page.locator(".rows tbody tr")).to_have_count(1)
    eyes.page.locator(".rows .link").focus()
    eyes.page.keyboard.press("Enter")
    expect(eyes.dialog()).to_contain_text(number)
    eyes.tap("Print a copy")
    wait(lambda: len(jobs(shop, "sale = (SELECT id FROM sale WHERE uid = ?) AND kind = 'copy'", sale)) == 1)
    expect(eyes.page.locator("#toast")).to_contain_text("Copy 1")


def test_the_x_report_on_a_phone(shop: Shop, client: Client, browser: Browser, windows: ExitStack) -> None:
    client.log_in(CASHIER)
    sell(shop, client)
    eyes = Eyes.at(shop, browser, windows, "shifts", "zh-CN", PHONE)
    eyes.page.locator(".rows .link").first.click()
    expect(eyes.dialog()).to_contain_text("X 报表")
