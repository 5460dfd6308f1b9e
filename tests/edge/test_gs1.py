"""GS1 codes: the article with its lot and date, and nothing made up from what is none."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from drivers.base import Scan
from edge import codes, gs1
from tests.edge.shop import APPLES_PLU, MILK, Hands, Shop

GTIN = f"0{MILK}"


@pytest.fixture
def reads_gs1(shop: Shop) -> Shop:
    shop.setting("gs1", {"on": True})
    return shop


def scan(hands: Hands, text: str, symbology: str | None = None) -> dict:
    hands.shop.clock.advance(1)
    hands.till.on_scan(Scan("scanner-1", text, hands.shop.clock.mono_ns(), symbology))
    return hands.view()


@pytest.mark.parametrize(
    ("text", "symbology", "lot", "expiry"),
    [
        (f"01{GTIN}17270131\x1d10LOT7", None, "LOT7", "2027-01-31"),
        (f"01{GTIN}10LOT7\x1d17270131", "]C1", "LOT7", "2027-01-31"),
        (f"01{GTIN}", "]e0", None, None),
        (f"01{GTIN}17270131", None, None, "2027-01-31"),
        (f"(01){GTIN}(17)270131(10)LOT7", None, "LOT7", "2027-01-31"),
        (f"(01){GTIN}(17)2027-01-31(10)LOT7", None, "LOT7", "2027-01-31"),  # as a notice shows it
        (f"https://id.gs1.org/01/{GTIN}/10/LOT7?17=270131", None, "LOT7", "2027-01-31"),
        (f"https://shop.example/some/path/01/{MILK}", "]Q1", None, None),
        (f"02{GTIN}3712", "]C1", None, None),
    ],
)
def test_an_article_is_read_with_its_lot_and_date(
    text: str, symbology: str | None, lot: str | None, expiry: str | None
) -> None:
    code = gs1.read(text, symbology, 2)
    assert code is not None
    assert (code.kind, code.lot, code.expiry) == ("product", lot, expiry)
    assert MILK in code.candidates and GTIN in code.candidates
    assert code.text.isprintable()


@pytest.mark.parametrize(
    ("fields", "qty", "amount"),
    [
        ("3103001250", 1250, None), ("3102000125", 1250, None), ("3105001250", 13, None), ("3103000000", None, None),
        ("39221595", None, 1595), ("39201595", None, 159_500), ("392315950", None, 1595),
        ("3103001250" + "39221595", 1250, 1595),
    ],
)  # fmt: skip
def test_weight_and_amount_are_read_with_their_decimals(fields: str, qty: int | None, amount: int | None) -> None:
    code = gs1.read(f"01{GTIN}{fields}", "]e0", 2)
    assert code is not None
    assert (code.qty, code.amount) == (qty, amount)


def test_no_message_is_made_up_from_a_hundred_thousand_plain_codes() -> None:
    """biip alone takes one in six random texts of 13 digits for a message."""
    rng = random.Random(5)
    for _ in range(100_000):
        text = "".join(rng.choice("0123456789") for _ in range(rng.choice((8, 12, 13, 14, 18))))
        assert gs1.read(text, None, 2) is None, text


@pytest.mark.parametrize(
    ("text", "symbology"),
    [
        ("4006381333932", "]E0"),  # a wrong check digit: "order number" to biip
        ("0106901234567893", None), ("0106901234567893", "]C1"), (f"01{GTIN}17271399", None), (f"01{GTIN}99", None),
        ("HELLO\x1dWORLD", None), ("00123456789012345675", "]C1"), ("https://example.com/01/", None),
        (f"https://example.com/01/{MILK[:-1]}3", None), ("=cmd|'/c calc'!A1", "]Q1"), ("01" * 300, "]C1"), ("", None),
    ],
)  # fmt: skip
def test_what_is_no_article_of_gs1_is_none(text: str, symbology: str | None) -> None:
    assert gs1.read(text, symbology, 2) is None


def test_the_till_sells_the_article_of_a_gs1_code(reads_gs1: Shop, till: Hands) -> None:
    view = scan(till, f"01{GTIN}17270131\x1d10LOT7")
    assert [(line["name"], line["qty"]) for line in view["basket"]["lines"]] == [("Milk 1 l", 1000)]
    view = scan(till, f"https://id.gs1.org/01/{GTIN}/10/LOT8", "]Q1")  # another lot is another line
    assert [(line["lot"], line["qty"]) for line in view["basket"]["lines"]] == [("LOT7", 1000), ("LOT8", 1000)]
    view = scan(till, f"01{GTIN}17270131\x1d10LOT7")
    view = scan(till, f"01{GTIN}3103001250", "]e0")  # the weight of a piece is no quantity
    assert [line["qty"] for line in view["basket"]["lines"]] == [2000, 1000, 1000]


def test_an_article_past_its_expiry_date_is_not_sold(reads_gs1: Shop, till: Hands) -> None:
    view = scan(till, f"01{GTIN}17261121")  # yesterday
    assert view["notice"]["slug"] == "expired_code"
    assert view["basket"]["lines"] == []
    assert scan(till, f"01{GTIN}17261122")["basket"]["lines"]  # today is the last day
    assert scan(till, f"01{GTIN}15261121")["basket"]["count"] == 2  # best before: may be sold


@pytest.mark.fault("F78")
def test_a_wrong_check_digit_stays_one_where_gs1_is_read(reads_gs1: Shop, till: Hands) -> None:
    assert scan(till, "6901234567893", "]E0")["notice"]["slug"] == "bad_check"
    assert scan(till, f"01{GTIN[:-1]}3", "]C1")["notice"]["slug"] == "unknown_code"


def test_scale_labels_and_members_are_read_as_before(reads_gs1: Shop, till: Hands) -> None:
    view = scan(till, codes.weighed_label("21PPPPPWWWWWC", APPLES_PLU, 750))
    assert view["basket"]["lines"][0]["qty"] == 750
    assert scan(till, codes.member_code(2))["member"]["tier"] == "silver"


def test_where_it_is_off_nothing_of_it_is_read(shop: Shop, till: Hands) -> None:
    assert scan(till, f"01{GTIN}10LOT7\x1d17270131")["notice"]["slug"] == "scan_control"
    assert scan(till, f"01{GTIN}17270131")["notice"]["slug"] == "unknown_code"


def test_the_library_is_loaded_by_the_first_code_that_needs_it() -> None:
    program = (
        "import sys, edge.till, edge.gs1\n"
        "edge.gs1.read('6901234567892', ']E0', 2)\n"
        "assert not [m for m in sys.modules if m.startswith('biip')]\n"
        f"assert edge.gs1.read('01{GTIN}', None, 2)\n"
        "assert 'biip' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
