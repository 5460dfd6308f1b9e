"""Many products with the names of a Chinese supermarket, the same at each run: for the benches of search and import."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from edge.catalog import ProductRow
from edge.codes import check_digit
from edge.importer.pinyin import initials

BRANDS = [
    "青牧",
    "晨光",
    "三园",
    "康味",
    "统和",
    "娃乐",
    "山泉",
    "海田",
    "金龙",
    "福门",
    "双惠",
    "蓝月",
    "立净",
    "舒佳",
    "云白",
    "清风",
    "维洁",
    "百味",
    "长城",
    "重山",
]
TASTES = [
    "原味",
    "草莓",
    "香草",
    "可可",
    "低脂",
    "高钙",
    "有机",
    "无糖",
    "麻辣",
    "五香",
    "海盐",
    "芝士",
    "薄荷",
    "柠檬",
    "红枣",
    "枸杞",
    "经典",
    "儿童",
]
GOODS = [
    "纯牛奶",
    "酸奶",
    "矿泉水",
    "方便面",
    "饼干",
    "薯片",
    "酱油",
    "大豆油",
    "大米",
    "香肠",
    "洗衣液",
    "洗手液",
    "牙膏",
    "抽纸",
    "咖啡",
    "绿茶",
    "面包",
    "豆腐",
]
ENGLISH = [
    "Milk",
    "Yoghurt",
    "Water",
    "Noodles",
    "Biscuits",
    "Crisps",
    "Soy",
    "Oil",
    "Rice",
    "Sausage",
    "Detergent",
    "Soap",
    "Toothpaste",
    "Tissues",
    "Coffee",
    "Tea",
    "Bread",
    "Tofu",
]
HEAD = "编码,条码,名称,英文名,类别,单位,售价,会员价,税组,库存\n"


def _made(n: int, rng: random.Random) -> tuple[str, str, str, str, int]:
    """(sku, barcode, name, English name, minor units) of the n-th product."""
    kind = n % len(GOODS)
    body = f"69{rng.randrange(10_000):04d}{n:06d}"
    name = f"{rng.choice(BRANDS)}{rng.choice(TASTES)}{GOODS[kind]} {rng.randrange(1, 99) * 10}g"
    price = rng.randrange(100, 9_900)
    return f"{3_000_000 + n}", body + str(check_digit(body)), name, f"{ENGLISH[kind]} {n}", price


def products(count: int, category: str) -> Iterator[ProductRow]:
    """As catalog.load takes them."""
    rng = random.Random(50)
    for n in range(count):
        sku, gtin, name, english, price = _made(n, rng)
        yield ProductRow(sku, name, english, category, "pc", "A", price, gtin=gtin, initials=initials(name))


def write_file(path: Path, count: int) -> Path:
    """As a wholesaler sends them: a CSV of so many rows."""
    rng = random.Random(51)
    with path.open("w", encoding="utf-8-sig") as file:
        file.write(HEAD)
        for n in range(count):
            sku, gtin, name, english, price = _made(n, rng)
            cheap = price - price // 10
            file.write(f"{sku},{gtin},{name},{english},类 {n % 40},件,{price / 100:.2f},{cheap / 100:.2f},A,{n % 50}\n")
    return path
