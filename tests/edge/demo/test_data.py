"""What stands in the sample store's files: codes right and unique, words in both languages."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from edge.demo.data import FOLDER, DemoProduct, demo_store, read_products
from edge.members import PURPOSES
from edge.settings import DEFAULTS

STORE = demo_store()
PRODUCTS = STORE.products
BIRTHDAY = r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
# The common ones that people try first.
EASY_PINS = {"123456", "654321", "111111", "000000", "123123", "112233", "121212", "314159", "147258"}
# The sixteen of the drawn cashier's screen: (name, shelf price, member price).
DRAWN = {
    "燕麦奶 1 L": (1490, 1290), "黄油可颂": (650, None), "矿泉水 550 ml": (200, None),
    "香蕉（称重）": (798, None),
    "拿铁咖啡（大）": (1800, None), "鲜鸡蛋 10 枚": (1380, None), "鸡胸三明治": (1550, None),
    "全麦饼干 200 g": (990, None), "香草冰淇淋": (800, None), "番茄牛肉面": (2230, 2030),
    "阳光玫瑰 500 g": (3500, 2990), "薄荷糖": (450, None), "吐司面包": (1090, None),
    "苏打水 330 ml": (400, None), "婴儿湿巾 80 抽": (1680, None), "鸡肉沙拉": (2200, None),
}  # fmt: skip


def gtin_is_right(code: str) -> bool:
    """The check digit of GS1: weights 3 and 1 from the right, worked out here a second time."""
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(reversed(code)))
    return total % 10 == 0


def test_the_shop_is_large_enough_to_look_like_one() -> None:
    assert len(PRODUCTS) >= 220
    assert 8 <= len(STORE.categories) <= 10
    assert len(STORE.members) == 60
    assert {person.role for person in STORE.staff} == {"cashier", "manager", "technician"}


@pytest.mark.parametrize("product", [p for p in PRODUCTS if p.gtin], ids=lambda p: p.gtin)
def test_every_barcode_is_a_valid_fictional_ean(product: DemoProduct) -> None:
    assert re.fullmatch(r"699(\d{10}|\d{5})", product.gtin)
    assert gtin_is_right(product.gtin)


def test_ean_8_is_there_too() -> None:
    assert 15 <= sum(len(p.gtin) == 8 for p in PRODUCTS) <= 25


@pytest.mark.parametrize("field", ["sku", "gtin", "plu", "name_zh", "name_en"])
def test_nothing_stands_twice(field: str) -> None:
    values = Counter(value for p in PRODUCTS if (value := getattr(p, field)))
    assert [value for value, count in values.items() if count > 1] == []


def test_loose_goods_have_a_plu_and_pieces_a_barcode() -> None:
    for p in PRODUCTS:
        assert p.unit in ("pc", "kg")
        assert bool(p.plu) == (p.unit == "kg") == (not p.gtin), p.name_zh
        assert not p.plu or re.fullmatch(r"\d{5}", p.plu)
    assert sum(p.unit == "kg" for p in PRODUCTS) >= 20


def test_every_word_is_there_in_both_languages() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    for thing in (*PRODUCTS, *STORE.categories, *STORE.staff):
        assert han.search(thing.name_zh), thing
        assert thing.name_en.strip(), thing
        assert not han.search(thing.name_en), thing


def test_no_name_holds_a_control_character_or_stray_space() -> None:
    for thing in (*PRODUCTS, *STORE.categories, *STORE.staff):
        for name in (thing.name_zh, thing.name_en):
            assert name == name.strip()
            assert name.isprintable()


def test_initials_find_a_product() -> None:
    assert all(re.fullmatch(r"[a-z0-9]{2,12}", p.initials) for p in PRODUCTS)
    by_name = {p.name_zh: p.initials for p in PRODUCTS}
    # Readings that a careless table gets wrong, beside plain ones.
    assert by_name["燕麦奶 1 L"] == "ymn"
    assert by_name["薄荷糖"] == "bht"
    assert by_name["番茄（称重）"] == "fq"
    assert by_name["猪肉脯 100 g"] == "zrf"
    assert by_name["卷纸 10 卷"] == "jz"
    assert by_name["速冻馄饨 400 g"] == "sdht"


def test_prices_and_costs_are_plausible() -> None:
    for p in PRODUCTS:
        assert 100 <= p.price <= 30_000, p.name_zh
        assert p.cost < (p.member_price or p.price), p.name_zh
        assert p.member_price is None or p.price * 8 // 10 <= p.member_price < p.price, p.name_zh
        assert p.popularity > 0 or p.flags and not p.frequent, "only what needs a word at the till has no history"
        assert p.stock is None or p.stock >= 0
        assert p.season in ("", "spring", "summer", "autumn", "winter")


def test_the_drawn_screen_can_be_shown_with_real_products() -> None:
    by_name = {p.name_zh: p for p in PRODUCTS}
    for name, prices in DRAWN.items():
        assert (by_name[name].price, by_name[name].member_price) == prices
        assert by_name[name].frequent
    assert sum(p.frequent for p in PRODUCTS) == len(DRAWN)
    assert by_name["鸡肉沙拉"].stock == 0
    assert by_name["鸡胸三明治"].stock == 3000
    assert by_name["拿铁咖啡（大）"].stock is None


def test_tax_groups_and_flags_are_known() -> None:
    assert {p.tax_group for p in PRODUCTS} == {"A", "B", "Z"}
    assert {p.tax_group for p in PRODUCTS} <= set(DEFAULTS["tax"])
    flags = {flag for p in PRODUCTS for flag in p.flags}
    assert flags == {"age18", "health", "baby", "gift", "deposit", "serial", "lot", "open_price"}


def test_there_is_something_of_every_kind_that_a_till_must_handle() -> None:
    items = {p.sku: p for p in PRODUCTS}
    bottles = [p for p in PRODUCTS if p.deposit]
    assert len(bottles) == 3 and {items[p.deposit].flags for p in bottles} == {("deposit",)}
    for flag in ("serial", "lot", "open_price"):
        assert sum(flag in p.flags for p in PRODUCTS) == 1
    low = [p for p in PRODUCTS if p.low is not None and p.stock is not None]
    assert len(low) >= 12 and any(p.stock < p.low for p in low) and any(p.stock >= p.low for p in low)  # type: ignore[operator]


def test_strong_drink_asks_for_the_age() -> None:
    for p in PRODUCTS:
        if p.category == "alcohol":
            assert ("age18" in p.flags) != ("无醇" in p.name_zh), p.name_zh


def test_every_product_stands_on_a_shelf_with_a_known_colour() -> None:
    assert {p.category for p in PRODUCTS} == {c.id for c in STORE.categories}
    assert {c.tint for c in STORE.categories} <= {"drink", "dairy", "bake", "fruit", "snack", "home"}
    for thing in (*PRODUCTS, *STORE.categories):
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", thing.icon)


def test_members_are_whole() -> None:
    tastes = {p.sku for p in PRODUCTS} | {c.id for c in STORE.categories}
    for member in STORE.members:
        assert member.name.strip()
        assert re.fullmatch(r"1[3-9]\d{9}", member.phone)
        assert member.birthday is None or re.fullmatch(BIRTHDAY, member.birthday)
        assert 0 < member.joined_days <= 730
        assert member.taste
        assert set(member.taste) <= tastes
        assert set(member.consents) <= set(PURPOSES)
    for field in ("number", "name", "phone"):
        assert len({getattr(member, field) for member in STORE.members}) == len(STORE.members)


def test_some_agree_to_everything_and_some_not_even_to_points() -> None:
    asked = {member.consents for member in STORE.members}
    assert set(PURPOSES) in [set(consents) for consents in asked]
    assert 1 <= sum("points" not in member.consents for member in STORE.members) <= 5


def test_a_leap_day_child_and_a_member_without_birthday_are_among_them() -> None:
    birthdays = {member.birthday for member in STORE.members}
    assert {"02-29", None} <= birthdays


def test_pins_are_not_the_first_ones_to_try() -> None:
    pins = [person.pin for person in STORE.staff]
    assert len(set(pins)) == len(pins)
    for pin in pins:
        assert re.fullmatch(r"\d{6}", pin)
        assert pin not in EASY_PINS
        assert len(set(pin)) >= 4


def test_files_are_plain_utf_8_with_unix_lines() -> None:
    for path in sorted(FOLDER.glob("*.csv")):
        raw = path.read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in raw
        assert raw.endswith(b"\n")
        raw.decode("utf-8")
    assert read_products(FOLDER / "products.csv") == PRODUCTS
