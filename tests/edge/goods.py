"""More for the shelves of tests/edge/shop.py: what asks for something, carries a deposit or may cost anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from edge import catalog, codes
from edge.catalog import ProductRow
from edge.staff import Session
from tests.edge.shop import CATEGORIES, PRODUCTS, Hands, Shop

BOTTLE, COLA, PHONE, PILLS = "BOTTLE", "COLA", "PHONE", "PILLS"
MORE = (
    ProductRow(BOTTLE, "空瓶", "Bottle deposit", "drink", "pc", "Z", 50, flags=("deposit",)),
    ProductRow(COLA, "可乐", "Cola", "drink", "pc", "A", 350, 300),
    ProductRow(PHONE, "手机", "Phone", "food", "pc", "A", 49_900, flags=("serial",)),
    ProductRow(PILLS, "感冒药", "Cold pills", "food", "pc", "B", 1_990, flags=("lot",)),
    ProductRow("FLOWERS", "鲜花", "Flowers", "food", "pc", "C", 0, flags=("open_price",)),
)
CARD, CARD2 = codes.value_code(1), codes.value_code(2)


def widen(shop: Shop, **prices: int) -> None:
    """Bring these goods in as well, with other prices if given (milk=…), and take every kind of money."""
    goods = [replace(p, price=prices.get(p.sku.lower(), p.price)) for p in (*PRODUCTS, *MORE)]
    catalog.load(shop.box, CATEGORIES, goods)
    shop.db.execute_sql(
        "UPDATE product SET deposit = (SELECT id FROM item WHERE sku = ?) WHERE sku = ?", (BOTTLE, COLA)
    )
    shop.setting("tenders", ["cash", "card", "stored", "account", "points"])


def quick_pins(shop: Shop) -> None:
    """PINs are compared, not hashed: 20 ms each otherwise."""
    shop.staff._verify = lambda hashed, pin: pin in ("271828", "905713")  # type: ignore[method-assign]


def top_up(till: Hands, amount: int, card: str = CARD) -> None:
    """Put money on a stored-value card, paid in cash."""
    till.do("value/top-up", card=card, amount=amount)
    till.pay_cash()


def take_back(till: Hands, receipt: str, **lines: int | None) -> dict[str, Any]:
    """Put lines of a receipt into the basket: n1=2000 (thousandths), n2=None (all of it)."""
    till.do("return/open", receipt=receipt)
    view = till.view()
    for name, qty in lines.items():
        view = till.do("return/take", line=int(name[1:]), **({} if qty is None else {"qty": qty}))
    return view


def pay_as_planned(till: Hands, **args: Any) -> dict[str, Any]:
    """Settle the basket as the screen proposes: back where it came from, or in coins."""
    basket = till.view()["basket"]
    tenders = [
        {"kind": part["kind"], "received": part["amount"], "reference": part["reference"]}
        for part in basket["refund"]
    ] or [{"kind": "cash", "received": basket["cash_due"]}]
    return till.do("pay", tenders=tenders, **args)


def session(till: Hands) -> Session:
    assert till.session is not None
    return till.session
