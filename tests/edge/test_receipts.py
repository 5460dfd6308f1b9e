"""What the paper says, from the stored rows alone."""

from __future__ import annotations

from typing import Any

import pytest

from edge.base.document import Barcode, Cut, Document, Qr, Row, Text
from edge.catalog import load
from edge.errors import ShopError
from edge.receipts import compose, sale_id, test_page
from tests.edge.shop import BREAD, CATEGORIES, MILK, PRODUCTS, WINE, Hands, Shop, label


def paper(shop: Shop, uid: str, copy_no: int = 0) -> Document:
    return compose(shop.box, sale_id(shop.box, uid), copy_no)


def said(document: Document) -> str:
    """Everything readable on it, one item a line."""
    found = []
    for item in document.items:
        if isinstance(item, Text):
            found.append(item.text)
        elif isinstance(item, Row):
            found.append(f"{item.left} | {item.right}")
        elif isinstance(item, Barcode | Qr):
            found.append(item.data)
    return "\n".join(found)


@pytest.fixture
def sale(till: Hands) -> str:
    till.attach("gold")
    till.scan(MILK)
    till.scan(MILK)
    till.scan(label(grams=1_250))
    till.scan(BREAD)
    return str(till.pay_cash(10_000)["done"]["sale"])


def test_a_receipt_says_everything_and_adds_up(shop: Shop, sale: str) -> None:
    document = paper(shop, sale)
    assert said(document).splitlines() == [
        "Corner shop",
        "Receipt S01-1-1-000001 | 2026-11-22 14:00",
        "Served by Xiao Chen · till 1",
        "Milk 1 l | 25.00",
        "  2 × 12.50",
        "  Member price | \u22122.00",
        "Fuji apples | 16.00",
        "  1.250 kg × 12.80/kg",
        "Wholemeal bread | 9.95",
        "Subtotal, 4 items | ¥48.95",
        "Cash rounding | \u2212¥0.05",
        "Total | ¥48.90",
        "Cash received | ¥100.00",
        "Change | ¥51.10",
        "VAT 6% included | ¥0.56",
        "VAT 9% included | ¥1.32",
        "VAT 13% included | ¥2.65",
        "Member G** · Gold",
        "Points on this receipt | +73",
        "Points balance | 3,073",
        "Thank you for shopping with us",
        "TBRS01-1-1-000001",
        "TBRS01-1-1-000001",
    ]
    assert document.title == "S01-1-1-000001"
    assert isinstance(document.items[-1], Cut)


def test_in_chinese_too(shop: Shop) -> None:
    till = shop.tills["1"]
    till.log_in(lang="zh-CN")
    text = said(paper(shop, till.sell([MILK], "silver").uid))
    assert "街角小店" in text and "纯牛奶 1L" in text and "陈晓" in text and "S**" in text
    assert "Milk" not in text


def test_the_members_name_is_hidden(shop: Shop, sale: str) -> None:
    assert "Gold Li" not in said(paper(shop, sale))


@pytest.mark.fault("F03")
@pytest.mark.parametrize("n", [1, 2, 12])
def test_every_copy_says_so_and_counts(shop: Shop, sale: str, n: int) -> None:
    assert f"COPY {n}" in said(paper(shop, sale, n))
    assert "COPY" not in said(paper(shop, sale))


def test_only_live_receipts_look_like_receipts(shop: Shop, till: Hands, training_till: Hands) -> None:
    assert "TRAINING" not in said(paper(shop, till.sell().uid))
    text = said(paper(shop, training_till.sell().uid))
    assert "TRAINING · not a valid receipt" in text
    assert "S01-3-0-000001" in text


def test_a_void_names_its_original_gives_back_and_says_why(shop: Shop, till: Hands) -> None:
    uid = till.sell([WINE]).uid
    till.void(uid, reason="broken bottle")
    text = said(paper(shop, shop.one("SELECT uid FROM sale WHERE kind = 'void'")))
    assert "VOID of receipt S01-1-1-000001" in text
    assert "broken bottle" in text
    assert "Red wine | \u221288.00" in text
    assert "¥88.00" in text.split("Total")[1]


def test_a_clock_that_knows_nothing_is_confessed(shop: Shop, till: Hands) -> None:
    shop.clock._quality = "unknown"
    assert "Clock not synchronised" in said(paper(shop, till.sell().uid))


def test_names_and_prices_are_those_of_the_sale_for_ever(shop: Shop, sale: str) -> None:
    before = paper(shop, sale)
    load(shop.box, CATEGORIES, [PRODUCTS[2]])
    shop.prices(milk=9_999)
    assert paper(shop, sale) == before


@pytest.mark.fault("F117")
@pytest.mark.parametrize("hostile", ["\x1bp\x00", "\x1dV\x00", "a\nb", "<b>x</b>", "\u202eevil", "=1+1"])
def test_whatever_a_name_holds_is_only_text_in_the_document(shop: Shop, till: Hands, hostile: str) -> None:
    """The driver strips what a printer would obey; the document carries the name as it is."""
    from dataclasses import replace

    load(shop.box, CATEGORIES, [replace(PRODUCTS[0], name_en=hostile)])
    assert any(isinstance(x, Row) and x.left == hostile for x in paper(shop, till.sell().uid).items)


def test_an_unknown_sale_has_no_receipt(shop: Shop) -> None:
    for call in (lambda: compose(shop.box, 999), lambda: sale_id(shop.box, "nobody")):
        with pytest.raises(ShopError) as caught:
            call()  # type: ignore[no-untyped-call]
        assert (caught.value.slug, caught.value.status) == ("sale_unknown", 404)


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_test_page_shows_letters_and_a_barcode(shop: Shop, lang: str) -> None:
    kinds: list[Any] = [type(item) for item in test_page(shop.box, lang).items]
    assert Barcode in kinds and kinds[-1] is Cut


test_page.__test__ = False  # type: ignore[attr-defined]  # its name is the shop's, not pytest's


def test_a_copy_says_when_it_was_printed(shop: Shop, till: Hands) -> None:
    done = till.sell()
    document = compose(shop.box, done.sale, 2, shop.clock.now_us())
    shown = [item.text for item in document.items if isinstance(item, Text)]
    assert shown[0].startswith("COPY 2") and shown[1].startswith("Printed 2026-11-22 14:")
