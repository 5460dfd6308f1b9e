"""Receipts as the till composes them, for the tests of the printers."""

from __future__ import annotations

from edge.base.document import Barcode, Cut, Document, Feed, Item, Qr, Row, Rule, Text

NUMBER = "S01-1-A-000048"
LINK = "https://hq.example/r/k3v9w2m7"

CHINESE = Document(
    "zh-CN",
    (
        Text("好邻居便利店", align="center", size=2, bold=True),
        Text("上海市静安区南京西路 1234 号 电话 021-5555 0123", align="center"),
        Feed(),
        Text("2026-11-22 18:42  收银员 王芳"),
        Rule(),
        Row("农夫山泉饮用天然水 550ml", "￥2.00"),
        Row("  2 × ￥1.00", "会员价"),
        Row("新疆阿克苏冰糖心苹果 特级果 精选大果礼盒装 12 枚（约 3 kg）", "￥128.00"),
        Row("称重 香蕉 1.235 kg × ￥7.98/kg", "￥9.86"),
        Rule(),
        Row("合计", "￥139.86", bold=True, size=2),
        Row("现金", "￥150.00"),
        Row("找零", "￥10.14"),
        Row("其中增值税 13%", "￥16.09"),
        Rule(),
        Text("会员 138••••5021　银卡"),
        Row("本次积分", "139"),
        Feed(),
        Barcode(NUMBER),
        Qr(LINK, "扫码查看电子小票"),
        Text("谢谢惠顾，欢迎再来！", align="center"),
        Text("副本 COPY 1", align="right", bold=True, size=3),
        Cut(),
    ),
    NUMBER,
)

ENGLISH = Document(
    "en",
    (
        Text("Good Neighbour", align="center", size=2, bold=True),
        Text("1234 Nanjing West Road, Shanghai. Tel. +86 21 5555 0123", align="center"),
        Feed(),
        Text("2026-11-22 18:42  Cashier: Fang"),
        Rule(),
        Row("Spring water 550 ml", "¥2.00"),
        Row("  2 × ¥1.00", "member"),
        Row("Aksu apples, extra class, gift box of twelve hand-picked large fruits (about 3 kg)", "¥128.00"),
        Row("Bananas 1.235 kg × ¥7.98/kg", "¥9.86"),
        Rule(),
        Row("Total", "¥139.86", bold=True, size=2),
        Row("Cash", "¥150.00"),
        Row("Change", "¥10.14"),
        Row("of which VAT 13 %", "¥16.09"),
        Rule(),
        Text("Member 138••••5021, silver"),
        Row("Points earned", "139"),
        Feed(),
        Barcode(NUMBER),
        Qr(LINK, "Your receipt online"),
        Text("Thank you, come again!", align="center"),
        Text("COPY 1", align="right", bold=True, size=3),
        Cut(),
    ),
    NUMBER,
)
BOTH = {"zh-CN": CHINESE, "en": ENGLISH}


def short(text: str = "好邻居便利店") -> Document:
    """A paper with one line."""
    return Document("zh-CN", (Text(text), Cut()), text)


def long(lines: int = 40) -> Document:
    """A receipt with many lines."""
    items: list[Item] = [Row(f"商品 {n:02d} Product number {n}", f"￥{n}.00") for n in range(1, lines + 1)]
    return Document("zh-CN", (*items, Barcode(NUMBER), Cut()), "long")
