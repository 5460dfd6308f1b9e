"""Data at the desk: a file comes in by pieces, is checked, loaded or given up; tables leave, and it is written down."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect
from werkzeug.test import TestResponse

from edge import catalog, exports
from edge.importer import uploads, work
from edge.importer.runner import Runner
from tests.edge.importer.tables import workbook
from tests.web.manager.desk import Desk
from tests.web.manager.eyes import LAPTOP, SIZES, Eyes
from tests.web.shop import MANAGER, Shop
from web.context import MAX_PIECE

HEAD = "sku,gtin,name_zh,category,unit,price,member_price,tax_group,frequent,stock\n"
GOOD = "D1,,数据一,新,pc,1.50,,A,1,5\n"
BAD = "D2,,数据二,新,pc,12x,,A,1,\n"
WAIT_S = 40


@pytest.fixture(autouse=True)
def nothing_open(shop: Shop) -> Iterator[None]:
    """No test leaves an import to the next."""
    yield
    uid = work.unfinished(shop.box)
    if uid is not None:
        work.cancel(shop.box, uid)
        until(shop, uid, "cancelled", "done", "failed")


def until(shop: Shop, uid: str, *states: str) -> str:
    """Wait for the daemon to carry an import on so far."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        found = shop.box.db.execute_sql("SELECT state FROM job WHERE uid = ?", (uid,)).fetchone()[0]
        if found in states:
            return str(found)
        time.sleep(0.1)
    raise AssertionError(f"the import is {found}, not {states}")


def piece(desk: Desk, file: str, at: int, data: bytes, mime: str = "application/octet-stream") -> TestResponse:
    headers = {**desk.client.headers(), "Idempotency-Key": uuid4().hex}
    path = f"/api/manager/imports/files/{file}?at={at}"
    return desk.client.flask.put(path, data=data, headers=headers, content_type=mime)


def send(desk: Desk, data: bytes, step: int = MAX_PIECE) -> str:
    file: str = desk.post("/imports/files", {"size": len(data)}, 201)["file"]
    for at in range(0, len(data), step):
        answer = piece(desk, file, at, data[at : at + step])
        assert answer.json == {"received": min(at + step, len(data))}, answer.text
    return file


def begin(desk: Desk, data: bytes, kind: str = "products", name: str = "goods.csv") -> dict[str, Any]:
    told: dict[str, Any] = desk.post(
        "/imports", {"file": send(desk, data, 40), "size": len(data), "kind": kind, "name": name}, 201
    )
    return told


def test_a_file_is_checked_then_loaded_without_its_refused_rows(desk: Desk) -> None:
    job = begin(desk, (HEAD + GOOD + BAD).encode())
    assert job["state"] in ("queued", "running") and job["file"] == "goods.csv"
    until(desk.shop, job["uid"], "checked")
    found = desk.get(f"/imports/{job['uid']}")
    assert (found["job"]["rows"], found["job"]["good"], found["job"]["refused"]) == (2, 1, 1)
    (cell,) = found["refusals"]
    assert (cell["line"], cell["column"], cell["value"]) == (3, "price", "12x") and cell["why"]
    assert desk.get("/products?q=D1")["rows"] == [], "nothing is written yet"
    desk.post(f"/imports/{job['uid']}/load")
    until(desk.shop, job["uid"], "done")
    assert [row["sku"] for row in desk.get("/products?q=D1")["rows"]] == ["D1"]
    assert not list(work.folder(desk.shop.box).glob("*.upload")), "the file goes with its import"
    who = desk.shop.box.db.execute_sql(
        "SELECT s.name_en FROM audit a JOIN staff s ON s.id = a.staff WHERE a.action = 'catalog_imported' "
        "ORDER BY a.id DESC LIMIT 1"
    ).fetchone()
    assert who == (MANAGER,)


def test_refused_rows_are_a_file_in_either_form(desk: Desk, tmp_path: Path) -> None:
    job = begin(desk, (HEAD + GOOD + BAD).encode())
    until(desk.shop, job["uid"], "checked")
    answer = desk.raw(f"/imports/{job['uid']}/refused")
    assert answer.headers["Content-Disposition"].startswith("attachment") and answer.data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert lines[1][:3] == ["3", "price", "12x"] and len(lines) == 2
    book = load_workbook(io.BytesIO(desk.raw(f"/imports/{job['uid']}/refused?form=xlsx").data))
    assert [cell.value for cell in book.worksheets[0][2]][2] == "12x"


def test_an_import_given_up_writes_nothing(desk: Desk) -> None:
    job = begin(desk, (HEAD + "D7,,数据七,新,pc,1.50,,A,1,5\n").encode())
    until(desk.shop, job["uid"], "checked")
    assert desk.post(f"/imports/{job['uid']}/cancel")["state"] == "cancelled"
    assert desk.get("/products?q=D7")["rows"] == []
    desk.post(f"/imports/{job['uid']}/load", status=409)
    assert desk.get("/imports")["imports"][0]["state"] == "cancelled"


def test_a_workbook_with_prices(desk: Desk, tmp_path: Path) -> None:
    versions = catalog.current(desk.shop.box.db)
    one = next(p for p in catalog.tiles(desk.shop.box.db, versions) if p.unit == "pc" and p.member_price is None)
    book = workbook(tmp_path / "prices.xlsx", [["sku", "price"], [one.sku, f"{one.price / 100:.2f}"]])
    job = begin(desk, book.read_bytes(), "prices", "prices.xlsx")
    until(desk.shop, job["uid"], "checked")
    desk.post(f"/imports/{job['uid']}/load")
    until(desk.shop, job["uid"], "done")
    now = catalog.by_id(desk.shop.box.db, catalog.current(desk.shop.box.db), one.id)
    assert now is not None and now.price == one.price


def test_a_file_that_is_no_table_is_refused_by_its_name_and_not_its_place(desk: Desk) -> None:
    job = begin(desk, b"\xd0\xcf\x11\xe0 an old workbook", name="wrong.xls")
    until(desk.shop, job["uid"], "failed")
    error = desk.get(f"/imports/{job['uid']}")["job"]["error"]
    assert error.startswith("wrong.xls") and str(desk.shop.config.data) not in error


def test_one_import_at_a_time(desk: Desk) -> None:
    job = begin(desk, (HEAD + GOOD).encode())
    answer = desk.ask("POST", "/imports/files", {"size": 10})
    assert answer.status_code == 409 and answer.json["type"] == "tillbox:import_open"
    until(desk.shop, job["uid"], "checked")


def test_a_piece_that_comes_twice_or_out_of_turn(desk: Desk) -> None:
    file = desk.post("/imports/files", {"size": 8}, 201)["file"]
    assert piece(desk, file, 0, b"abcd").json == {"received": 4}
    assert piece(desk, file, 0, b"abcd").json == {"received": 4}
    answer = piece(desk, file, 6, b"xy")
    assert answer.status_code == 409 and answer.json["type"] == "tillbox:upload_gap"
    early = desk.ask("POST", "/imports", {"file": file, "size": 8, "kind": "products"})
    assert early.status_code == 409, "it did not come whole"
    for wrong in ("none", "..%00tillbox", "x" * 200):
        assert piece(desk, wrong, 0, b"abcd").status_code == 404


def test_too_large_files_and_pieces_are_refused_with_the_limit(desk: Desk) -> None:
    answer = desk.ask("POST", "/imports/files", {"size": uploads.MAX_BYTES + 1})
    assert answer.status_code == 413 and answer.json["params"] == {"mb": 200}
    assert desk.ask("POST", "/imports/files", {"size": 0}).json["type"] == "tillbox:upload_empty"
    file = desk.post("/imports/files", {"size": 300_000}, 201)["file"]
    assert piece(desk, file, 0, b"x" * MAX_PIECE).status_code == 200
    assert piece(desk, file, 0, b"x" * (MAX_PIECE + 1)).status_code == 413
    assert piece(desk, file, 0, b"{}", "application/json").status_code == 415
    assert piece(desk, file, uploads.MAX_BYTES, b"x").status_code == 409


def test_only_pieces_may_be_bytes_and_large(desk: Desk) -> None:
    headers = {**desk.client.headers(), "Idempotency-Key": "k"}
    bare = {"headers": headers, "content_type": "application/octet-stream"}
    assert desk.client.flask.post("/api/manager/imports", data=b"x", **bare).status_code == 415
    assert desk.ask("POST", "/imports", {"file": "x" * 20_000}).status_code == 413


def test_an_import_goes_on_after_a_restart(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner is away, as after a power cut, and the daemon's carries on what it finds queued or half done."""
    with monkeypatch.context() as away:
        away.setattr(Runner, "look", lambda self: None)
        job = begin(desk, (HEAD + GOOD).encode())
        with work.Work(desk.shop.box, job["uid"]) as half:
            half._begin()
        assert desk.get(f"/imports/{job['uid']}")["job"]["state"] == "interrupted"
    until(desk.shop, job["uid"], "checked")


# ---- out


def take(desk: Desk, kind: str, form: str) -> tuple[dict[str, Any], TestResponse]:
    asked = desk.post("/exports", {"kind": kind, "form": form}, 201)
    return asked, desk.raw(f"/exports/{asked['ticket']}")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", exports.KINDS)
def test_every_table_leaves_in_both_forms_and_is_written_down(desk: Desk, kind: str, form: str) -> None:
    if exports.personal(kind):
        refused = desk.ask("POST", "/exports", {"kind": kind, "form": form})
        assert refused.status_code == 403 and refused.json["type"] == "tillbox:pin_again"
        desk.prove()
    asked, answer = take(desk, kind, form)
    assert answer.status_code == 200 and asked["name"] in answer.headers["Content-Disposition"]
    if form == "csv":
        assert len(list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[0]) > 1
    else:
        assert load_workbook(io.BytesIO(answer.data), read_only=True).worksheets
    noted = desk.shop.box.db.execute_sql(
        "SELECT json_extract(detail, '$.what') FROM audit WHERE action = 'exported' ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert noted == (kind,)
    assert desk.raw(f"/exports/{asked['ticket']}").status_code == 404, "once"


def test_the_ten_tables_and_which_are_about_members(desk: Desk) -> None:
    found = desk.get("/exports")
    assert len(found["kinds"]) == 10 and found["forms"] == ["csv", "xlsx"]
    assert "members" in {each["kind"] for each in found["kinds"] if each["personal"]}


def test_more_members_than_a_day_allows_is_refused_and_written_down(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from edge import export_gate

    monkeypatch.setattr(export_gate, "taken", lambda box, who: 10_000_000)
    desk.prove()
    answer = desk.ask("POST", "/exports", {"kind": "members", "form": "csv"})
    assert answer.status_code == 403 and answer.json["type"] == "tillbox:export_cap"
    last = desk.shop.box.db.execute_sql("SELECT action FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    assert last == ("export_refused",)


# ---- before the eyes


def choose(eyes: Eyes, path: Path) -> None:
    eyes.page.locator("input[type=file]").set_input_files(path)
    eyes.page.locator("form.filter button[type=submit]").click()


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_page_in_both_languages_and_all_sizes(
    shop: Shop, browser: Browser, windows: ExitStack, tmp_path: Path, lang: str, size: tuple[int, int]
) -> None:
    eyes = Eyes.at(shop, browser, windows, "data", lang, size)
    eyes.look_closely()
    path = tmp_path / "goods.csv"
    path.write_text(HEAD + GOOD + BAD)
    choose(eyes, path)
    expect(eyes.page.locator(".now .badge.warn")).to_be_visible(timeout=WAIT_S * 1000)
    expect(eyes.page.locator(".now table")).to_contain_text("12x")
    eyes.look_closely()


def test_a_file_is_sent_checked_and_loaded_by_hand(
    shop: Shop, browser: Browser, windows: ExitStack, tmp_path: Path
) -> None:
    path = tmp_path / "goods.csv"
    path.write_text(HEAD + GOOD + BAD * 10_000)
    assert path.stat().st_size > MAX_PIECE, "more than one piece"
    eyes = Eyes.at(shop, browser, windows, "data", "en", LAPTOP)
    choose(eyes, path)
    now = eyes.page.locator(".now")
    expect(now).to_contain_text("1 of 10,001 rows can be loaded, 10,000 can't", timeout=WAIT_S * 1000)
    expect(now).to_contain_text("10,000 in all; the first 20 are shown")
    with eyes.page.expect_download() as coming:
        eyes.page.get_by_role("link", name="Refused rows (CSV)").click()
    assert "12x" in Path(coming.value.path()).read_text("utf-8-sig")
    eyes.tap("Load 1 row")
    expect(now.locator(".badge")).to_have_text("Loaded", timeout=WAIT_S * 1000)
    expect(now).to_contain_text("Rows loaded: 1. Left out: 10,000.")


def test_an_export_is_downloaded_after_the_pin_where_it_is_about_members(
    shop: Shop, browser: Browser, windows: ExitStack
) -> None:
    eyes = Eyes.at(shop, browser, windows, "data", "en", LAPTOP)
    with eyes.page.expect_download() as coming:
        eyes.tap("Products as CSV")
    assert coming.value.suggested_filename.startswith("S01-products-")
    assert "sku" in Path(coming.value.path()).read_text("utf-8-sig").splitlines()[0]
    eyes.tap("Members as XLSX")
    eyes.dialog().locator("input").fill(shop.pin(MANAGER))
    with eyes.page.expect_download() as coming:
        eyes.dialog().get_by_role("button", name="Confirm").click()
    book = load_workbook(io.BytesIO(Path(coming.value.path()).read_bytes()), read_only=True)
    assert book.worksheets[0].title == "Members"
