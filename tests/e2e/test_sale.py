"""One sale from the scanner on a serial line to headquarters' books."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image

from drivers import escpos_reader
from tests.e2e.goods import APPLES, BAD_CHECK, BEER, CARD, MILK, RICE, SWEETS, TEA, UNKNOWN
from tests.e2e.screen import Refused, Screen, View
from tests.e2e.shop import Shop, running_shop, until


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with running_shop(tmp_path_factory.mktemp("shop"), "hq", "serve", "sync") as (shop, _):
        yield shop


@pytest.fixture
def screen(shop: Shop) -> Screen:
    """Lane 1 with an empty basket and no notice, 0.5 s after the last scan (a repeat would be dropped)."""
    screen = shop.screen()
    time.sleep(0.5)
    if screen.view()["basket"]["lines"]:
        screen.do("clear")
    if screen.view()["member"]:
        screen.do("member/detach")
    screen.do("notice/dismiss")
    return screen


def names(view: View) -> list[str]:
    return [line["name"] for line in view["basket"]["lines"]]


def codes_on(paper: bytes) -> set[str]:
    """What a decoder reads on the picture of a paper."""
    image = Image.open(io.BytesIO(escpos_reader.picture(paper))).convert("L")
    return {code.text for code in zxingcpp.read_barcodes(image)}


def test_three_scans_a_note_a_receipt_and_headquarters_has_it(shop: Shop, screen: Screen) -> None:
    before = len(shop.papers("1"))
    for code in (MILK, APPLES, RICE):
        shop.line.scan(code)
    view = screen.wait(lambda view: len(view["basket"]["lines"]) == 3)
    assert names(view) == ["纯牛奶 250ml", "红富士苹果", "东北大米 5kg"]
    assert view["basket"]["total"] == 550 + 986 + 4590
    shop.line.scan(CARD)
    view = screen.wait(lambda view: view["member"])
    assert view["basket"]["total"] == 500 + 986 + 4390
    assert view["basket"]["saving"] == 250

    points = view["member"]["points"]
    done = screen.pay(10_000)["done"]
    assert (done["total"], done["change"]) == (5870, 4130)  # 58.76, the odd cents cut off
    assert done["points"] == 58
    screen.wait(lambda view: view["done"]["print"] == "printed")
    papers = shop.papers("1")
    assert len(papers) == before + 1
    assert codes_on(papers[-1]) == {f"TBR{done['receipt']}"}
    assert screen.get(f"/api/till/1/receipt/{done['sale']}.png") == escpos_reader.picture(papers[-1])

    until(shop.books.agree, what="headquarters")
    shop.books.check_hq()
    shop.books.check_box([done["sale"]])
    assert shop.books.hq().documents[done["sale"]] == 5876
    assert shop.books.hq().points == {shop.people.member: (points + 58, points + 58)}


def test_on_a_text_printer_the_receipt_reads_as_text(shop: Shop) -> None:
    for lang, words in (("en", ("Riverside", "Milk 250 ml", "Total")), ("zh-CN", ("滨江店", "纯牛奶 250ml", "合计"))):
        screen = shop.screen("2", lang)
        before = len(shop.papers("2"))
        uid = screen.sell(MILK)
        until(lambda n=before: len(shop.papers("2")) > n, what="the paper")  # type: ignore[misc]
        text = escpos_reader.text(shop.papers("2")[-1])
        assert all(word in text for word in words), text
        assert screen.view()["last_sale"]["uid"] == uid


@pytest.mark.fault("F90")
def test_a_double_tap_on_pay_is_one_sale(shop: Shop, screen: Screen) -> None:
    basket = screen.scan(TEA)["basket"]["uid"]
    first = screen.pay(basket=basket)
    assert screen.pay(basket=basket)["done"]["receipt"] == first["done"]["receipt"]
    assert screen.pay(basket=basket, received=50_000)["done"]["change"] == first["done"]["change"]
    assert shop.books.ask_box("SELECT COUNT(*) FROM sale WHERE uid = ?", basket) == [(1,)]
    assert shop.books.ask_box("SELECT COUNT(*) FROM print_job WHERE uid = ?", basket) == [(1,)]


def test_too_little_money_changes_nothing(screen: Screen) -> None:
    before = screen.scan(RICE)
    with pytest.raises(Refused) as refused:
        screen.pay(1_000)
    assert (refused.value.slug, refused.value.status) == ("tender_short", 422)
    assert screen.view()["basket"]["lines"] == before["basket"]["lines"]
    # the same press again, with enough: a refusal did not use it up
    assert screen.pay(10_000)["done"]["change"] == 10_000 - 4590


@pytest.mark.parametrize(
    ("sent", "slug"),
    [
        pytest.param(BAD_CHECK.encode(), "bad_check", marks=pytest.mark.fault("F78")),
        pytest.param(UNKNOWN.encode(), "unknown_code", marks=pytest.mark.fault("F77")),
        pytest.param(b"7" * 4096, "scan_too_long", marks=pytest.mark.fault("F74")),
        pytest.param(b"690\x1b[2J\x0f123", "scan_control", marks=pytest.mark.fault("F74")),
        pytest.param(b"https://evil.example/?q='; DROP TABLE sale;--", "unknown_code", marks=pytest.mark.fault("F75")),
        pytest.param(b"TBX000000502199", "bad_check", id="card with a wrong check"),
    ],
)
def test_a_code_that_is_no_product_is_said_and_nothing_is_lost(
    shop: Shop, screen: Screen, sent: bytes, slug: str
) -> None:
    shop.line.scan(TEA)
    lines = screen.wait(lambda view: view["basket"]["lines"])["basket"]["lines"]
    seq = screen.view()["scan"]["seq"]
    shop.line.send(sent + b"\r")
    view = screen.wait(lambda view: view["notice"])
    assert (view["notice"]["slug"], view["notice"]["level"]) == (slug, "error")
    assert view["scan"]["sound"] == "error"
    assert view["scan"]["seq"] > seq
    assert view["basket"]["lines"] == lines
    shop.line.scan(SWEETS)  # the line goes on as if nothing had been
    assert not screen.wait(lambda view: len(view["basket"]["lines"]) == 2)["notice"]


@pytest.mark.fault("F72")
def test_the_trigger_bounces_and_the_item_counts_once(shop: Shop, screen: Screen) -> None:
    shop.line.send(f"{BEER}\r{BEER}\r".encode())
    view = screen.wait(lambda view: view["notice"])
    assert view["notice"]["slug"] == "repeat_dropped"
    assert [line["qty"] for line in view["basket"]["lines"]] == [1000]
    time.sleep(0.5)
    shop.line.scan(BEER)  # later it is meant
    screen.wait(lambda view: view["basket"]["lines"][0]["qty"] == 2000)


@pytest.mark.fault("F71")
def test_two_scanners_never_cross_lanes(shop: Shop, screen: Screen) -> None:
    other = shop.screen("2")
    codes = {"1": [MILK, TEA, RICE, SWEETS], "2": [BEER, APPLES, SWEETS, MILK]}
    for mine, theirs in zip(codes["1"], codes["2"], strict=True):
        shop.line.send(mine[:6].encode())  # half a code, then the other lane's whole one in between
        other.post("/api/bench/scan", {"device": "scanner-2", "code": theirs})
        shop.line.send(mine[6:].encode() + b"\r")
    assert names(screen.wait(lambda view: len(view["basket"]["lines"]) == 4)) == [
        "纯牛奶 250ml", "绿茶 500ml", "东北大米 5kg", "薄荷糖",
    ]  # fmt: skip
    assert names(other.wait(lambda view: len(view["basket"]["lines"]) == 4)) == [
        "啤酒 500ml", "红富士苹果", "薄荷糖", "纯牛奶 250ml",
    ]  # fmt: skip
    other.do("age", ok=True)
    first, second = screen.pay(10_000)["done"], other.pay(10_000)["done"]
    assert first["receipt"].startswith("S01-1-")
    assert second["receipt"].startswith("S01-2-")


@pytest.mark.fault("F70")
def test_the_scanner_is_unplugged_in_the_middle_of_a_code_and_comes_back(shop: Shop, screen: Screen) -> None:
    shop.line.scan(TEA)
    screen.wait(lambda view: view["basket"]["lines"])
    shop.line.send(MILK[:7].encode())
    time.sleep(0.05)
    shop.line.unplug()
    view = screen.wait(lambda view: view["chips"]["scanner"]["state"] == "lost")
    assert names(view) == ["绿茶 500ml"]
    shop.line.plug()
    screen.wait(lambda view: view["chips"]["scanner"]["state"] == "ready")
    shop.line.scan(SWEETS)
    assert names(screen.wait(lambda view: len(view["basket"]["lines"]) == 2)) == ["绿茶 500ml", "薄荷糖"]


@pytest.mark.fault("F85")
def test_without_paper_the_sale_is_done_and_the_receipt_waits(shop: Shop, screen: Screen) -> None:
    before = len(shop.papers("1"))
    screen.post("/api/bench/fault", {"device": "printer-1", "name": "no_paper", "on": True})
    uid = screen.sell(TEA)
    view = screen.wait(lambda view: view["chips"]["printer"]["state"] == "no_paper")
    assert view["done"]["print"] == "queued"
    assert shop.books.ask_box("SELECT COUNT(*) FROM sale WHERE uid = ?", uid) == [(1,)]
    screen.post("/api/bench/fault", {"device": "printer-1", "name": "no_paper", "on": False})
    screen.wait(lambda view: view["done"]["print"] == "printed")
    assert len(shop.papers("1")) == before + 1


@pytest.mark.fault("F86")
def test_a_printer_that_dies_within_a_receipt_makes_the_till_ask_and_a_second_paper_says_copy(shop: Shop) -> None:
    screen = shop.screen("2", "en")
    screen.post("/api/bench/fault", {"device": "printer-2", "name": "cut_power_mid_job", "on": True})
    before = len(shop.papers("2"))
    uid = screen.sell(TEA)
    view = screen.wait(lambda view: view["print"], 30)
    assert view["print"]["state"] == "uncertain"
    screen.post("/api/bench/fault", {"device": "printer-2", "name": "cut_power_mid_job", "on": False})
    time.sleep(2.5)  # long enough for a second try, which must not come
    assert screen.view()["print"] == view["print"]
    assert len(shop.papers("2")) == before
    screen.do("print/resolve", job=view["print"]["job"], printed=False)
    screen.wait(lambda view: not view["print"] and view["print_queue"] == 0)
    papers = [escpos_reader.text(paper) for paper in shop.papers("2")[before:]]
    assert ["COPY 1" in paper for paper in papers] == [True]
    assert shop.books.ask_box("SELECT copy_no FROM print_job j JOIN sale s ON s.id = j.sale WHERE s.uid = ? "
                              "AND j.kind = 'copy'", uid) == [(1,)]  # fmt: skip
