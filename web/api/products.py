"""Prices: products looked up, a price changed at once or from a day on, what is planned and what was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from edge import catalog, prices, tier_prices
from edge.catalog import Product
from edge.errors import ShopError
from web.api.frame import Call, speaks
from web.api.shapes import (
    OK,
    body,
    choice,
    date,
    flag,
    instant,
    many,
    money,
    null_or,
    obj,
    opt,
    page_of,
    text,
    whole,
)
from web.auth import MANAGER

PAGE = 50
_LIST = text(16, example="member")  # base, member, or the list of a tier
_FACTS = {
    "id": whole(1), "sku": text(example="MILK"), "gtin": null_or(text(example="6901234567892")),
    "name": text(example="Milk 1 l"), "icon": text(example="milk"), "category": text(example="Dairy"),
    "unit": choice("pc", "kg"), "price": money(), "member_price": null_or(money()), "open_price": flag(False),
}  # fmt: skip
ROW = obj("ProductRow", **_FACTS)
PLAN = obj("PricePlan", uid=text(example="0f3c"), list=_LIST, amount=null_or(money()), date=date(), by=text())
PRODUCT = obj(
    "ProductPrices", **_FACTS, tax_group=text(example="A"), rate=whole(0, 10_000, 1300), tomorrow=date(),
    last=date(), planned=many(PLAN),
    tiers=many(obj(list=text(example="gold"), name=text(example="Gold"), price=null_or(money()))),
    history=many(obj(list=_LIST, amount=null_or(money()), at_us=instant(), by=null_or(text()))),
)  # fmt: skip
_REFUSED = (
    "404 product_gone", "409 catalog_busy", "409 price_same", "422 price_bounds", "422 price_day",
    "422 price_member_above",
)  # fmt: skip


@speaks(page_of(ROW, "Products"), query={"q": text(64, example="milk"), "page": whole(0, 1_000_000, 0)})
def search(call: Call) -> Any:
    """Products by name, initials or code, best first; all that are sold, in pages, for no text."""
    page = call.query.get("page", 0)
    found, total = prices.page(call.box, call.query.get("q", ""), page, PAGE)
    names = _categories(call)
    rows = [_facts(product, names, call.lang) for product in found]
    return {"rows": rows, "total": total, "page": page, "pages": -(-total // PAGE)}


@speaks(PRODUCT, refusals=("404 product_gone",))
def look(call: Call) -> Any:
    """A product's prices, what is planned, and who changed them before."""
    return _told(call, call.path["product"])


@speaks(
    PRODUCT,
    body=body("ChangePrice", {"from": opt(date())}, list=_LIST, amount=null_or(money(0, prices.MAX_PRICE))),
    lock=lambda call: catalog.loading(call.box),
    refusals=_REFUSED,
)
def change(call: Call) -> Any:
    """Another price from the next cart on, or from the morning of a day; null: no member price any more."""
    product, name, amount = call.path["product"], call.body["list"], call.body["amount"]
    if "from" in call.body:
        prices.plan(call.box, call.person, product, name, amount, call.body["from"], MANAGER)
    else:
        prices.change(call.box, call.person, product, name, amount, MANAGER)
        call.box.announce("catalog")
    return _told(call, product)


@speaks(OK, refusals=("404 plan_unknown",))
def drop(call: Call) -> Any:
    """A planned price is none any more."""
    prices.drop(call.box, call.person, call.path["plan"], MANAGER)
    return {"ok": True}


def _told(call: Call, number: int) -> dict[str, Any]:
    box = call.box
    product = catalog.by_id(box.db, catalog.current(box.db), number)
    if product is None:
        raise ShopError("product_gone", status=404)
    today = _day(call, box.env.clock.now_us())
    return {
        **_facts(product, _categories(call), call.lang), "tax_group": product.tax_group,
        "rate": box.rules.tax.get(product.tax_group, 0),
        "tomorrow": _day(call, box.env.clock.now_us() + 86_400_000_000),
        "last": f"{int(today[:4]) + 1}{today[4:]}" if today[5:] != "02-29" else f"{int(today[:4]) + 1}-02-28",
        "tiers": [
            {"list": name, "name": next(x.name(call.lang) for x in box.rules.tiers if x.id == tier),
             "price": tier_prices.amount(box, catalog.current(box.db), number, name)}
            for name, tier in tier_prices.names(box).items()
        ],
        "planned": [
            {**{k: v for k, v in each.items() if k != "from_us"}, "date": _day(call, each["from_us"])}
            for each in prices.planned(box, number, call.lang)
        ],
        "history": prices.history(box, number, call.lang),
    }  # fmt: skip


def _day(call: Call, us: int) -> str:
    zone = ZoneInfo(call.given.config.store.zone)
    return datetime.fromtimestamp(us / 1_000_000, UTC).astimezone(zone).date().isoformat()


def _categories(call: Call) -> dict[str, str]:
    db, chinese = call.box.db, call.lang.startswith("zh")
    found = catalog.categories(db, catalog.current(db))
    return {each.id: each.name_zh if chinese else each.name_en for each in found}


def _facts(product: Product, names: dict[str, str], lang: str) -> dict[str, Any]:
    return {
        "id": product.id, "sku": product.sku, "gtin": product.gtin, "name": product.name(lang), "icon": product.icon,
        "category": names.get(product.category, product.category), "unit": product.unit, "price": product.price,
        "member_price": product.member_price, "open_price": "open_price" in product.flags,
    }  # fmt: skip
