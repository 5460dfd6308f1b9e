"""Goods that ask for something, for the tests of the cashier's dialogs: serial, lot, price, age, deposit."""

from __future__ import annotations

from dataclasses import dataclass

from edge import catalog, codes, members, settings, storedvalue
from tests.web.shop import Shop

GIFT_CARD = codes.value_code(7)
TARES = [["碗 / bowl", 40], ["盘 / tray", 120]]


@dataclass(frozen=True)
class Wares:
    """Codes, and the prices of what is sold at one."""

    phone: str  # asks for its serial number
    cheese: str  # asks for its lot
    flowers: str  # asks for its price
    cigar: str  # asks for the age
    beer: str  # has a deposit
    apples: str  # is weighed
    member: str
    plain: tuple[tuple[str, int], ...]


def widen(shop: Shop) -> Wares:
    """Give some of the sample's products what makes a till ask; take stored value and accounts; containers weigh."""
    box = shop.box
    versions = catalog.current(box.db)
    tiles = [p for p in catalog.tiles(box.db, versions) if p.gtin and p.member_price is None and not p.flags]
    pieces = [p for p in tiles if p.unit == "pc"]
    weighed = next(p for p in catalog.tiles(box.db, versions) if p.unit == "kg")
    asking = dict(zip(("serial", "lot", "open_price", "age18", "deposit"), pieces[:5], strict=True))
    with box.transaction() as db:
        for flag, product in asking.items():
            marked = (flag, versions.catalog, product.id)
            db.execute_sql("UPDATE product SET flags = ? WHERE version = ? AND id = ?", marked)
        beer, bottle = pieces[5], asking["deposit"]
        deposit = (bottle.id, versions.catalog, beer.id)
        db.execute_sql("UPDATE product SET deposit = ? WHERE version = ? AND id = ?", deposit)
        named = ("押金（瓶）", "Bottle deposit", versions.catalog, bottle.id)
        db.execute_sql("UPDATE product SET name_zh = ?, name_en = ? WHERE version = ? AND id = ?", named)
        settings.put(db, box.env, "tenders", ["cash", "card", "stored", "account"], "test")
        settings.put(db, box.env, "tares", TARES, "test")
        settings.put(db, box.env, "shift", {"by_hand": True}, "test")
        members.enrol(box, name="韩梅", card=codes.member_code(900), phone="13900001234", consents=("points",))
    box.reload_rules()
    box.scanned.clear()
    assert storedvalue.is_card(GIFT_CARD)
    plain = tuple((str(p.gtin), p.price) for p in pieces[6:14])
    code = {flag: str(product.gtin) for flag, product in asking.items()}
    return Wares(
        code["serial"], code["lot"], code["open_price"], code["age18"], str(beer.gtin),
        str(weighed.gtin or weighed.sku), codes.member_code(900), plain,
    )  # fmt: skip
