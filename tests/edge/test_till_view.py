"""What the screen is given: its shape is fixed here, and it has nothing left to compute."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edge.base.i18n import LANGS
from edge.errors import ShopError
from edge.lane import Looks
from edge.till import Till
from tests.edge.shop import BREAD, MILK, WINE, Hands, Shop, label

SHAPE = {
    "": {
        "fixed", "shop", "rev", "staff", "shift", "clock", "basket", "member", "notice", "scan", "done",
        "last_sale", "print", "print_queue", "chips", "offer", "calls", "closed", "shift_needed",
        "approval", "badge", "returning", "held", "report", "catch", "caught",
    },
    "shop": {"lane", "store", "currency", "tenders", "can", "tares", "denominations", "discount_bp"},
    "shop.lane": {"id", "mode"},
    "shop.store": {"name"},
    "shop.currency": {"code", "exponent", "symbol"},
    "staff": {"name", "initial", "role"},
    "shift": {"since", "sales", "date"},
    "basket": {
        "uid", "count", "lines", "subtotal", "saving", "total", "tax", "cash_due", "rounding", "points", "notes",
        "undo", "can_undo", "restored", "multiplier", "cut", "age", "paid", "left", "refund",
    },
    "member": {
        "uid", "name", "initial", "phone", "tier", "tier_name", "points", "score", "next", "next_name", "to_next",
        "visits_to_next", "progress", "perks", "until",
    },
    "notice": {"seq", "level", "slug", "code", "params"},
    "scan": {"seq", "sound", "line"},
    "done": {
        "sale", "receipt", "total", "received", "change", "points", "member", "tier", "tier_name", "next",
        "next_name", "to_next", "print",
    },
    "last_sale": {"uid", "receipt", "total", "voided", "void_allowed", "tenders"},
    "chips": {"sync", "printer", "scanner"},
    "shop.can": {
        "sale.sell", "sale.open_price", "sale.price", "sale.discount", "sale.discount_over", "sale.expired",
        "sale.hold", "sale.void", "sale.return", "sale.return_blind", "sale.refund_other", "sale.account",
        "value.top_up", "points.adjust", "points.transfer", "shift.open", "shift.close", "shift.report", "drawer.open",
        "cash.in", "cash.out",
        "stock.see", "stock.count", "stock.change",
    },
}  # fmt: skip
LINE = {
    "n", "product", "name", "icon", "category", "qty", "unit", "unit_price", "list_price", "saving", "total", "flags",
    "label", "selected",
}  # fmt: skip


@pytest.fixture
def full(till: Hands) -> dict[str, Any]:
    """A view with something in every part but "done" and "notice"."""
    till.sell()
    till.attach("silver")
    till.scan(MILK)
    till.scan(label(grams=1_250))
    return till.scan(BREAD)


def test_every_part_has_its_keys(till: Hands, full: dict[str, Any]) -> None:
    assert set(full) == SHAPE[""]
    done = till.pay_cash()
    refused = till.scan("5901234123457")
    parts = {**full, "done": done["done"], "notice": refused["notice"]}
    for name, keys in SHAPE.items():
        if name:
            part, _, inner = name.partition(".")
            assert set(parts[part][inner] if inner else parts[part]) == keys, name
    assert all(set(line) == LINE for line in full["basket"]["lines"])


@pytest.mark.parametrize("lang", LANGS)
def test_it_is_plain_json_in_both_languages(till: Hands, full: dict[str, Any], lang: str) -> None:
    view = till.till.view(lang, "manager")
    assert json.loads(json.dumps(view, allow_nan=False)) == view
    names = {"zh-CN": ("街角小店", "纯牛奶 1L", "陈晓"), "en": ("Corner shop", "Milk 1 l", "Xiao Chen")}
    assert (view["shop"]["store"]["name"], view["basket"]["lines"][0]["name"], view["staff"]["name"]) == names[lang]


def test_an_untouched_lane_says_little(shop: Shop) -> None:
    view = shop.tills["2"].till.view("en")
    assert (view["staff"], view["shift"], view["member"], view["last_sale"], view["done"], view["scan"]) == (None,) * 6
    assert (view["basket"]["lines"], view["basket"]["notes"], view["basket"]["cash_due"]) == ([], [], 0)
    assert set(view["shop"]["can"].values()) == {"deny"}
    assert view["chips"]["printer"] == {"state": "none"}


def test_the_basket_adds_up_on_the_screen(full: dict[str, Any]) -> None:
    basket = full["basket"]
    assert basket["subtotal"] - basket["saving"] == basket["total"] == sum(x["total"] for x in basket["lines"])
    assert basket["total"] + basket["rounding"] == basket["cash_due"]
    assert (basket["subtotal"], basket["saving"], basket["total"], basket["cash_due"]) == (3_845, 100, 3_745, 3_740)
    assert basket["count"] == 3
    assert [x["label"] for x in basket["lines"]] == [False, True, False]
    assert [x["selected"] for x in basket["lines"]] == [False, False, True]


def test_the_points_promised_are_the_points_given(till: Hands, full: dict[str, Any]) -> None:
    promised = full["basket"]["points"]
    assert promised == 44  # 37.40 × 1.2
    assert till.pay_cash()["done"]["points"] == promised


def test_what_the_rules_say_is_told_once(till: Hands) -> None:
    first = till.do("multiply", n=2)
    again = till.do("multiply", n=3, fixed=first["fixed"])
    assert "shop" not in again and again["fixed"] == first["fixed"]
    assert "shop" in till.do("multiply", n=4), "a page that says nothing has nothing"
    assert "shop" in till.do("multiply", n=5, fixed=["?"])
    assert till.do("multiply", n=5, id="x")["shop"] == till.do("multiply", n=5, id="x")["shop"] == first["shop"]


def test_other_rules_are_told_again_and_so_is_what_another_person_may(shop: Shop, till: Hands) -> None:
    before = till.view()
    assert "shop" not in till.till.view("en", "cashier", before["fixed"])
    assert till.till.view("en", "manager", before["fixed"])["shop"]["can"]["sale.void"] == "allow"
    assert till.till.view("zh-CN", "cashier", before["fixed"])["shop"]["store"]["name"] == "街角小店"
    shop.setting("tenders", ["cash", "card", "stored"])
    after = till.till.view("en", "cashier", before["fixed"])
    assert after["shop"]["tenders"] == ["cash", "card", "stored"] and after["fixed"] != before["fixed"]
    shop.setting("tenders", ["cash", "card"])
    assert till.till.view("en", "cashier", after["fixed"])["fixed"] == before["fixed"], "the same words, the same name"


def test_a_change_of_rules_that_no_screen_shows_sends_nothing_again(shop: Shop, till: Hands) -> None:
    before = till.view()
    shop.setting("export", {"member_rows_per_day": 1})
    assert "shop" not in till.till.view("en", "cashier", before["fixed"])


@pytest.mark.parametrize("name", ["silent"])
def test_no_points_are_promised_without_consent(till: Hands, name: str) -> None:
    till.attach(name)
    assert till.scan(WINE)["basket"]["points"] == 0


def test_nor_in_training(training_till: Hands) -> None:
    training_till.attach("gold")
    view = training_till.scan(WINE)
    assert (view["basket"]["points"], view["shop"]["lane"]["mode"]) == (0, "training")


def test_suggested_notes_tell_their_change(till: Hands, full: dict[str, Any]) -> None:
    assert full["basket"]["notes"] == [
        {"amount": 3_740, "change": 0, "exact": True},
        {"amount": 4_000, "change": 260, "exact": False},
        {"amount": 5_000, "change": 1_260, "exact": False},
    ]


def test_a_member_sees_the_way_to_the_next_tier(full: dict[str, Any]) -> None:
    member = full["member"]
    assert (member["tier"], member["next"], member["to_next"], member["progress"]) == ("silver", "gold", 2_000, 0)
    assert member["phone"] == "138••••0002"


def test_on_top_there_is_no_next(till: Hands) -> None:
    member = till.attach("gold")["member"]
    assert (member["next"], member["to_next"], member["progress"]) == (None, 0, 100)


def test_a_member_below_zero_is_shown_too(shop: Shop, till: Hands) -> None:
    """More was taken back than earned: the card says nought percent, it does not break the screen."""
    shop.db.execute_sql(
        "INSERT INTO ledger (member, lot, points, score, reason, rule_version, at_us) "
        "VALUES (?, 1, -50, -50, 'adjust', 0, 0)",
        (shop.member("bronze"),),
    )
    member = till.attach("bronze")["member"]
    assert (member["points"], member["tier"], member["next"], member["to_next"], member["progress"]) == (
        -50, "bronze", "silver", 1_050, 0,
    )  # fmt: skip


def test_the_finished_sale_says_what_the_customer_asks(till: Hands) -> None:
    till.attach("bronze")
    till.scan(WINE)
    done = till.pay_cash(10_000)["done"]
    assert (done["total"], done["received"], done["change"], done["points"]) == (8_800, 10_000, 1_200, 88)
    assert (done["member"], done["tier"], done["next"], done["to_next"], done["print"]) == (
        "Bronze Li", "bronze", "silver", 912, "queued",
    )  # fmt: skip


def test_the_last_sale_can_be_voided_once(shop: Shop, till: Hands) -> None:
    uid = till.sell([WINE]).uid
    last = till.view()["last_sale"]
    assert last == {
        "uid": uid, "receipt": "S01-1-1-000001", "total": 8_800, "voided": False, "void_allowed": True,
        "tenders": {"cash": 8_800},
    }  # fmt: skip
    last = till.void(uid)["last_sale"]
    assert (last["receipt"], last["voided"], last["void_allowed"]) == ("S01-1-1-000002", True, False)


def test_the_shift_counts_its_sales_but_no_voids(till: Hands) -> None:
    till.void(till.sell().uid)
    till.sell()
    assert till.view()["shift"] == {"since": "14:00", "sales": 2, "date": "2026-11-22"}


@pytest.mark.parametrize(
    ("role", "sell", "void", "price"),
    [
        ("cashier", "allow", "approve", "approve"),
        ("manager", "allow", "allow", "allow"),
        ("technician", "deny", "deny", "deny"),
        (None, "deny", "deny", "deny"),
    ],
)
def test_the_screen_knows_what_its_user_may(till: Hands, role: str | None, sell: str, void: str, price: str) -> None:
    can = till.till.view("en", role)["shop"]["can"]
    assert (can["sale.sell"], can["sale.void"], can["sale.price"]) == (sell, void, price)


def test_the_chips_say_what_the_devices_and_sync_do(shop: Shop) -> None:
    looks = Looks(
        printer=lambda lane: "paper_low",
        scanner=lambda lane: ("lost", f"scanner-{lane}"),
        sync=lambda: {"state": "offline", "queued": 7, "age_s": 90.0},
    )
    till = Till(shop.box, shop.config.lanes[0], shop.staff, shop.bus, looks)
    assert till.view("en")["chips"] == {
        "sync": {"state": "offline", "queued": 7, "age_s": 90.0},
        "printer": {"state": "paper_low"},
        "scanner": {"state": "lost", "name": "scanner-1"},
    }


def test_the_grid_has_every_product_with_price_and_stock(shop: Shop, till: Hands) -> None:
    till.sell([MILK])
    grid = till.till.catalog("en")
    assert set(grid) == {"version", "categories", "products"}
    assert [c["name"] for c in grid["categories"]] == ["Food", "Drinks"]
    milk = next(p for p in grid["products"] if p["name"] == "Milk 1 l")
    assert set(milk) == {
        "id",
        "name",
        "price",
        "member_price",
        "unit",
        "icon",
        "category",
        "stock",
        "flags",
        "frequent",
    }
    assert (milk["price"], milk["member_price"], milk["stock"], milk["frequent"]) == (1_250, 1_150, 99, True)
    assert [p["name"] for p in till.till.catalog("zh-CN")["products"]][0] == "纯牛奶 1L"


def test_searching_gives_the_same_tiles(till: Hands) -> None:
    grid = till.till.catalog("en")["products"]
    assert till.till.search("wine", "en") == [p for p in grid if p["name"] == "Red wine"]
    assert till.till.search("nothing", "en") == []


@pytest.mark.fault("F117")
def test_hostile_names_are_carried_as_text(shop: Shop, till: Hands) -> None:
    """The page puts every name in as text; here it must arrive unchanged."""
    from dataclasses import replace

    from edge.catalog import load
    from tests.edge.shop import CATEGORIES, PRODUCTS

    name = "<img src=x onerror=alert(1)>\x1b\u202e"
    load(shop.box, CATEGORIES, [replace(PRODUCTS[0], name_en=name)])
    assert till.scan(MILK)["basket"]["lines"][0]["name"] == name
    assert json.loads(json.dumps(till.view()))["basket"]["lines"][0]["name"] == name


def test_a_part_that_is_paid_leaves_the_rest_to_pay_in_coins(till: Hands) -> None:
    till.scan(BREAD)
    view = till.do("tender/take", tender={"kind": "card", "received": 501})
    basket = view["basket"]
    assert (basket["total"], basket["left"], basket["cash_due"], basket["rounding"]) == (995, 494, 490, -4)
    assert basket["notes"][0] == {"amount": 490, "change": 0, "exact": True}
    assert till.pay_cash(490)["done"]["change"] == 0


def test_the_coins_of_a_refund_are_such_as_can_be_given(till: Hands) -> None:
    sold = till.sell([BREAD])
    till.scan(f"TBR{sold.receipt}")
    basket = till.do("return/take", line=1)["basket"]
    assert (basket["total"], basket["refund"]) == (-995, [{"kind": "cash", "amount": 990, "reference": None}])
    done = till.do("pay", tenders=[{"kind": "cash", "received": 990}])
    assert done["done"]["total"] == -990
    assert not done["last_sale"]["void_allowed"]  # only sales are voided


def test_a_line_with_another_price_says_what_the_shelf_asks(till: Hands) -> None:
    till.scan(MILK)
    till.do("line/price", line=1, price=1_000, reason="damaged")
    line = till.approve()["basket"]["lines"][0]
    assert (line["asked"], line["shelf"], line["total"]) == (1_000, 1_250, 1_000)


def test_a_returned_line_that_is_removed_is_named_by_what_it_was(till: Hands) -> None:
    sold = till.sell([MILK, MILK])
    till.scan(f"TBR{sold.receipt}")
    till.do("return/take", line=1)
    assert till.do("remove", line=1)["basket"]["undo"]["text"] == "Removed: Milk 1 l × 2"


def test_an_approval_that_comes_too_late_is_told_and_waits_no_more(till: Hands, other_till: Hands) -> None:
    """What was asked can't be done any more: the question goes away, and the screen hears of it."""
    sold = till.sell([MILK])
    till.do("void", sale=sold.uid, reason="wrong item")
    other_till.scan(f"TBR{sold.receipt}")
    other_till.do("return/take", line=1)
    other_till.do("pay", tenders=[{"kind": "cash", "received": 1_250}])
    rev = till.view()["rev"]
    with pytest.raises(ShopError, match="void_returned"):
        till.approve()
    assert till.view()["approval"] is None and till.view()["rev"] > rev
