"""What the stock screen is given: the view of the open list, and the lists of what is wrong."""

from __future__ import annotations

import pytest

from edge import stock_view
from tests.edge.shop import MILK
from tests.edge.stockroom import Counterman, Room

VIEW = {
    "rev", "tab", "store", "lane", "staff", "can", "touched", "notice", "undo", "scan", "sheet", "count",
}  # fmt: skip
SHEET = {
    "uid", "supplier", "note", "reason", "booking", "lines", "count", "pieces", "kilos", "suppliers",
}  # fmt: skip
LINE = {"line", "product", "name", "sku", "unit", "stock", "qty", "lot", "expiry", "cost"}


def test_the_view_has_what_the_page_asks_for(screen: Counterman) -> None:
    view = screen.scan(MILK)
    assert set(view) == VIEW and set(view["sheet"]) == SHEET and set(view["sheet"]["lines"][0]) == LINE
    assert view["can"] == {"stock.see": "allow", "stock.count": "allow", "stock.change": "allow"}
    assert screen.view("zh-CN")["sheet"]["lines"][0]["name"] == "纯牛奶 1L"


def test_the_lists_name_goods_and_what_to_do_about_them(room: Room, screen: Counterman) -> None:
    room.shop.setting("markdowns", [[7, 3_000]])
    room.products(milk={"low": 150_000})
    room.deliver(("BREAD", 5, "B", "2026-11-25"), ("GUM", 5, "G", "2026-11-20"), ("WINE", 5, "W", "2026-12-02"))
    room.write_off(("MILK", 101))
    box = room.box
    (low,) = stock_view.listed(box, "low", "en")["rows"]
    assert (low["name"], low["qty"], low["low"], low["days"]) == ("Milk 1 l", -1_000, 150_000, None)
    soon = stock_view.listed(box, "expiring", "en")["rows"]
    assert [(x["sku"], x["left"], x["off"]) for x in soon] == [("GUM", -2, 0), ("BREAD", 3, 3_000)]
    (short,) = stock_view.listed(box, "negative", "zh-CN")["rows"]
    assert (short["name"], short["qty"], short["since"]) == ("纯牛奶 1L", -1_000, "2026-11-22 14:00")


def test_the_list_of_lots_says_when_nobody_knows_the_day(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room.shop.clock, "quality", lambda: "unknown")
    assert stock_view.listed(room.box, "expiring", "en") == {"rows": [], "total": 0, "day_known": False}
