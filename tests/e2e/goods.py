"""What the tests' shop sells, to whom, and by whom; loaded through the product's own functions."""

from __future__ import annotations

from dataclasses import dataclass

from edge import catalog, codes, members, settings
from edge.box import Box
from edge.catalog import CategoryRow, ProductRow
from edge.staff import StaffService

MILK, TEA, RICE, SWEETS, BEER = (
    digits + str(codes.check_digit(digits))
    for digits in ("690123456789", "690102800001", "690102800002", "4017072", "690102800003")
)  # fmt: skip
BAD_CHECK = MILK[:-1] + str((int(MILK[-1]) + 1) % 10)
UNKNOWN = "6999999999990"[:12] + str(codes.check_digit("699999999999"))
APPLES = codes.weighed_label("21PPPPPWWWWWC", "10001", qty=1235)  # 1.235 kg at 7.98
CARD = codes.member_code(5021)
BADGE = codes.staff_code(1)
PRICES = {MILK: 550, TEA: 300, RICE: 4590, SWEETS: 199, BEER: 820}  # fen, without a member
CASHIER, MANAGER = "Chen", "Wang"
PINS = {CASHIER: "271828", MANAGER: "905713"}

_PRODUCTS = (
    ProductRow("P-MILK", "纯牛奶 250ml", "Milk 250 ml", "food", "pc", "B", 550, 500, gtin=MILK, frequent=True),
    ProductRow("P-TEA", "绿茶 500ml", "Green tea 500 ml", "food", "pc", "A", 300, gtin=TEA),
    ProductRow("P-RICE", "东北大米 5kg", "Rice 5 kg", "food", "pc", "B", 4590, 4390, gtin=RICE),
    ProductRow("P-SWEETS", "薄荷糖", "Mints", "food", "pc", "A", 199, gtin=SWEETS),
    ProductRow("P-BEER", "啤酒 500ml", "Beer 500 ml", "food", "pc", "A", 820, gtin=BEER, flags=("age18",)),
    ProductRow("P-APPLE", "红富士苹果", "Fuji apples", "food", "kg", "B", 798, plu="10001"),
)


@dataclass(frozen=True, slots=True)
class People:
    """uids of the staff by English name, and of the one member."""

    staff: dict[str, str]
    member: str


def fill(box: Box, languages: tuple[str, ...] = ("zh-CN", "en")) -> People:
    """Catalogue, two staff, one member with points consent, a store name; stock enough for a soak."""
    staff = StaffService(box)
    with box.transaction() as db:
        settings.put(db, box.env, "store_name", {"zh-CN": "滨江店", "en": "Riverside"}, "test")
        cashier = staff.add(name_zh="陈", name_en=CASHIER, role="cashier", pin=PINS[CASHIER], badge=BADGE)
        manager = staff.add(name_zh="王", name_en=MANAGER, role="manager", pin=PINS[MANAGER])
        member = members.enrol(box, name="林悦", card=CARD, phone="13800005021")
    box.reload_rules()
    catalog.load(box, [CategoryRow("food", "食品", "Food", "package", "sky")], _PRODUCTS)
    catalog.set_stock(box, {product.sku: 900_000_000 for product in _PRODUCTS}, "opening")
    uid = members.by_id(box.db, member)
    assert uid is not None
    return People({CASHIER: cashier.uid, MANAGER: manager.uid}, uid.uid)
