"""A small shop for tests: six products, two staff, members in three tiers, three lanes, hands that work a till."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from drivers.base import Scan
from drivers.simulated import SimulatedPrinter
from edge import basket as baskets
from edge import box as boxes
from edge import catalog, codes, members, settings
from edge.base.clock import FakeClock
from edge.base.config import Config, LaneConfig, StoreIdentity, WebConfig
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.bus import Bus
from edge.catalog import CategoryRow, ProductRow
from edge.checkout import Tender, complete_sale
from edge.env import Env
from edge.printing import Spooler
from edge.sales import Done, Station
from edge.staff import Person, Session, StaffService
from edge.till import Till

NOW_US = 1_795_327_200_000_000  # 2026-11-22 14:00 in Shanghai
OPENING = 100_000  # of each product on the shelf, thousandths
PINS = {"cashier": "271828", "manager": "905713"}

MILK, WINE, BREAD, GUM, HAMPER = "6901234567892", "6923450657713", "6901010101098", "012345678905", "6999999999997"
APPLES_PLU = "10101"
CATEGORIES = (
    CategoryRow("food", "食品", "Food", "apple", "green"),
    CategoryRow("drink", "饮料", "Drinks", "cup", "blue"),
)
PRODUCTS = (
    ProductRow("MILK", "纯牛奶 1L", "Milk 1 l", "drink", "pc", "A", 1_250, 1_150, MILK, initials="cnn", frequent=True),
    ProductRow("APPLES", "红富士苹果", "Fuji apples", "food", "kg", "B", 1_280, plu=APPLES_PLU),
    ProductRow("WINE", "干红葡萄酒", "Red wine", "drink", "pc", "A", 8_800, gtin=WINE, flags=("age18",)),
    ProductRow("BREAD", "全麦面包", "Wholemeal bread", "food", "pc", "C", 995, gtin=BREAD),
    ProductRow("GUM", "口香糖", "Chewing gum", "food", "pc", "A", 333, gtin=GUM),
    ProductRow("HAMPER", "年货礼盒", "Gift hamper", "food", "pc", "A", 100_000, gtin=HAMPER),
)  # fmt: skip
# The fourth has no consent to points.
CARDS = {
    "bronze": codes.member_code(1),
    "silver": codes.member_code(2),
    "gold": codes.member_code(3),
    "silent": codes.member_code(4),
}

# The file of a box whose data lies beside it.
CONFIG = """
[store]
tenant = "demo"
store = "S01"
box = "box-1"
[data]
path = "."
[[lane]]
id = "1"
"""


def config_of(folder: Path) -> Config:
    """Two selling lanes, one where new staff practise, and one where the shop's history was sold."""
    lanes = (LaneConfig("1", "live", "printer-1"), LaneConfig("2"), LaneConfig("3", "training"), LaneConfig("old"))
    store = StoreIdentity("demo", "S01", "box-1", "Asia/Shanghai", "CNY", ("zh-CN", "en"))
    return Config(folder / "tillbox.toml", store, folder, WebConfig(), lanes, (), None)


def label(plu: str = APPLES_PLU, grams: int = 0, amount: int = 0, template: str = "21PPPPPWWWWWC") -> str:
    """What the scale prints."""
    return codes.weighed_label(template, plu, grams, amount)


def build(folder: Path) -> None:
    """The shop on its first morning in these tests: filled shelves, people, one silver, one gold member."""
    config, clock = config_of(folder), FakeClock(NOW_US - 86_400_000_000)
    env = Env(clock, random.Random(11), lambda seconds: None)
    boxes.create(config, env)
    box = boxes.open_box(config, env)
    try:
        with box.transaction() as db:
            settings.put(db, env, "store_name", {"zh-CN": "街角小店", "en": "Corner shop"}, "test")
        box.reload_rules()
        catalog.load(box, CATEGORIES, PRODUCTS)
        staff = StaffService(box)
        with box.transaction():
            badge = codes.staff_code(1)
            staff.add(name_zh="陈晓", name_en="Xiao Chen", role="cashier", pin=PINS["cashier"], badge=badge)
            staff.add(name_zh="王敏", name_en="Min Wang", role="manager", pin=PINS["manager"])
            for name, card in CARDS.items():
                consents = () if name == "silent" else ("points",)
                members.enrol(
                    box, name=f"{name.title()} Li", card=card, phone=f"1380000{card[9:13]}", consents=consents
                )
        cashier = staff.people()[0]
        for name, hampers in (("silver", 1), ("gold", 3)):
            _sell_hampers(box, cashier, CARDS[name], hampers)
        catalog.set_stock(box, {product.sku: OPENING for product in PRODUCTS}, "count")
    finally:
        box.close()


def _sell_hampers(box: Box, cashier: Person, card: str, count: int) -> None:
    basket = baskets.fresh(box, "old")
    hamper = catalog.find(box, basket.versions, ("HAMPER",))
    member = members.by_card(box.db, card)
    assert hamper and member
    basket.add(hamper, 1000 * count)
    basket.member = member.id
    complete_sale(box, basket, [Tender("cash", 100_000 * count)], Station("old", "live", cashier.id, cashier.uid))


@dataclass
class Shop:
    """One box with its tills. restart() is a new process; reboot() a new boot of the machine with another clock."""

    folder: Path
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW_US))
    seed: int = 3
    printer: SimulatedPrinter | None = None

    def __post_init__(self) -> None:
        self.env = Env(self.clock, random.Random(self.seed), self.clock.advance)
        self.config = config_of(self.folder)
        self.open()

    def open(self) -> None:
        self.box = boxes.open_box(self.config, self.env)
        self.db, self.bus, self.staff = self.box.db, Bus(), StaffService(self.box)
        self.tills = {lane.id: Hands(self, lane) for lane in self.config.lanes}

    def close(self) -> None:
        self.box.close()

    def turn(self, lane: str, mode: str) -> None:
        """A technician gives a lane another mode; that takes a restart."""
        lanes = tuple(replace(x, mode=mode) if x.id == lane else x for x in self.config.lanes)
        self.config = replace(self.config, lanes=lanes)
        self.restart()

    def restart(self) -> None:
        """The process was killed and started again; the machine ran on."""
        self.close()
        self.open()

    def reboot(self, wall_us: int | None = None) -> None:
        """The machine went down and up: another boot id, the monotonic clock from its start."""
        self.close()
        boot = f"boot-{int(self.clock.boot_id()[5:]) + 1}"
        self.clock = FakeClock(self.clock.now_us() if wall_us is None else wall_us, boot)
        self.env = Env(self.clock, self.env.rng, self.clock.advance)
        self.open()

    def person(self, role: str) -> Person:
        return next(person for person in self.staff.people() if person.role == role)

    def member(self, name: str) -> int:
        found = members.by_card(self.db, CARDS[name])
        assert found is not None
        return found.id

    def product(self, sku: str) -> catalog.Product:
        found = catalog.find(self.box, catalog.current(self.db), (sku,))
        assert found is not None
        return found

    def prices(self, **prices: int) -> None:
        """Load the catalogue again with other prices."""
        catalog.load(self.box, CATEGORIES, [replace(p, price=prices.get(p.sku.lower(), p.price)) for p in PRODUCTS])

    def setting(self, name: str, value: Any) -> None:
        with self.box.transaction() as db:
            settings.put(db, self.env, name, value, "test")
        self.box.reload_rules()

    def ask(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        return rows(self.db, sql, params)

    def one(self, sql: str, *params: Any) -> Any:
        found = row(self.db, sql, params)
        assert found is not None
        return found[0]

    def numbers(self, lane: str = "1", series: int | None = None) -> list[int]:
        """The receipt numbers of a lane in the order they were given."""
        use = self.box.series if series is None else series
        return [
            n
            for (n,) in rows(self.db, "SELECT number FROM sale WHERE lane = ? AND series = ? ORDER BY id", (lane, use))
        ]

    def spooler(self) -> Spooler:
        """The print queue of printer-1 with a simulated printer behind it (no thread)."""
        if self.printer is None:
            self.printer = SimulatedPrinter("printer-1", "simulated-printer", self.clock, mode="text")
        return Spooler(self.box, self.printer)

    def bytes_at_rest(self) -> bytes:
        """Everything that lies in the data folder: the database, its write-ahead log and all else."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())


class Hands:
    """What a cashier does at one lane. Each gives the view that the screen then shows."""

    def __init__(self, shop: Shop, lane: LaneConfig) -> None:
        self.shop, self.lane = shop, lane
        self.till = Till(shop.box, lane, shop.staff, shop.bus)
        self.session: Session | None = self.till.operator

    def log_in(self, role: str = "cashier", lang: str = "en") -> Session:
        _, self.session = self.shop.staff.open_session(self.shop.person(role), self.lane.id, lang)
        return self.session

    def view(self) -> dict[str, Any]:
        return self.till.view("en", "cashier")

    def scan(
        self, text: str, device: str = "scanner-1", problem: str | None = None, wait_s: float = 1.0
    ) -> dict[str, Any]:
        """A code through the scanner, wait_s after the one before."""
        self.shop.clock.advance(wait_s)
        self.till.on_scan(Scan(device, text, self.shop.clock.mono_ns(), None, problem))
        return self.view()

    def do(self, command: str, **args: Any) -> dict[str, Any]:
        """A tap on the screen. basket and id are what the page would send unless given."""
        assert self.session is not None, "log in first"
        given = {"basket": self.till.basket.uid, "id": f"c{self.shop.env.rng.getrandbits(64):x}", **args}
        return self.till.do(self.session, command, given)

    def add(self, sku: str, qty: int | None = None, **args: Any) -> dict[str, Any]:
        return self.do("add", product=self.shop.product(sku).id, **({} if qty is None else {"qty": qty}), **args)

    def attach(self, name: str) -> dict[str, Any]:
        return self.scan(CARDS[name])

    def pay_cash(self, received: int | None = None, **args: Any) -> dict[str, Any]:
        """Pay what is due, or hand over more; whoever must be old enough is."""
        basket = self.view()["basket"]
        if basket["age"]:
            self.do("age", ok=True)
        amount = basket["cash_due"] if received is None else received
        return self.do("pay", tenders=[{"kind": "cash", "received": amount}], **args)

    def sell(self, codes_: Iterable[str] = (MILK,), member: str | None = None) -> Done:
        """A whole sale."""
        if member:
            self.attach(member)
        for code in codes_:
            self.scan(code)
        self.pay_cash()
        assert self.till.done is not None
        return self.till.done

    def void(self, sale: str, role: str = "manager", pin: str | None = None, **args: Any) -> dict[str, Any]:
        view = self.do("void", **{"sale": sale, "reason": "wrong item", **args})
        return self.approve(role, pin) if view["approval"] else view

    def approve(self, role: str = "manager", pin: str | None = None, **args: Any) -> dict[str, Any]:
        """A second person types their PIN."""
        return self.do("approve", **{"staff": self.shop.person(role).uid, "pin": pin or PINS[role], **args})


def copy_of(template: Path, folder: Path) -> Path:
    """A shop of its own, made from the one that was built once."""
    shutil.copytree(template, folder)
    return folder
