"""The sample store's tables, read from the CSV files beside this module.

Money is integer fen, stock integer thousandths, as everywhere; the files hold what a shopkeeper would type.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class DemoCategory:
    """A shelf: tint names one of the screen's category colours, icon one of Lucide's."""

    id: str
    name_zh: str
    name_en: str
    icon: str
    tint: str


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """What is sold. gtin is "" for loose goods (they have a plu); stock None means it is made to order.

    price, member_price and cost are fen a piece or kilogram, stock and low are thousandths, popularity a weight (0: not
    in the shop's history), season "" or the one in which it sells most, deposit the sku of what is charged with it.
    """

    sku: str
    gtin: str
    name_zh: str
    name_en: str
    initials: str
    category: str
    icon: str
    unit: str
    price: int
    member_price: int | None
    cost: int
    tax_group: str
    plu: str
    flags: tuple[str, ...]
    stock: int | None
    frequent: bool
    popularity: int
    season: str
    low: int | None = None
    deposit: str = ""


@dataclass(frozen=True, slots=True)
class DemoMember:
    """A member and her habits: taste lists favourite skus and categories, hour is when she usually comes."""

    number: int
    name: str
    phone: str
    birthday: str | None
    joined_days: int
    visits_per_month: float
    basket_size: float
    hour: int
    taste: tuple[str, ...]
    consents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """Who works here. The PINs are printed by the demo: they guard nothing."""

    number: int
    name_zh: str
    name_en: str
    role: str
    pin: str


@dataclass(frozen=True, slots=True)
class DemoStore:
    """The whole sample store."""

    categories: tuple[DemoCategory, ...]
    products: tuple[DemoProduct, ...]
    members: tuple[DemoMember, ...]
    staff: tuple[DemoStaff, ...]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_products(path: Path) -> tuple[DemoProduct, ...]:
    """The products of a file in the form of products.csv; KeyError or ValueError on a malformed one."""
    return tuple(_product(row) for row in _rows(path))


def read_categories(path: Path) -> tuple[DemoCategory, ...]:
    """The categories of a file in the form of categories.csv."""
    return tuple(DemoCategory(**row) for row in _rows(path))


def _product(row: dict[str, str]) -> DemoProduct:
    return DemoProduct(
        sku=row["sku"],
        gtin=row["gtin"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        initials=row["initials"],
        category=row["category"],
        icon=row["icon"],
        unit=row["unit"],
        price=int(row["price_fen"]),
        member_price=int(row["member_price_fen"]) if row["member_price_fen"] else None,
        cost=int(row["cost_fen"]),
        tax_group=row["tax_group"],
        plu=row["plu"],
        flags=tuple(row["flags"].split()),
        stock=int(row["stock"]) * 1000 if row["stock"] else None,
        frequent=row["frequent"] == "1",
        popularity=int(row["popularity"]),
        season=row["season"],
        low=int(row["low"]) * 1000 if row.get("low") else None,
        deposit=row.get("deposit") or "",
    )


def _member(row: dict[str, str]) -> DemoMember:
    return DemoMember(
        number=int(row["number"]),
        name=row["name"],
        phone=row["phone"],
        birthday=row["birthday"] or None,
        joined_days=int(row["joined_days"]),
        visits_per_month=float(row["visits_per_month"]),
        basket_size=float(row["basket_size"]),
        hour=int(row["hour"]),
        taste=tuple(row["taste"].split()),
        consents=tuple(row["consents"].split()),
    )


def _staff(rows: Iterable[dict[str, str]]) -> tuple[DemoStaff, ...]:
    return tuple(DemoStaff(int(row["number"]), row["name_zh"], row["name_en"], row["role"], row["pin"]) for row in rows)


@cache
def demo_store() -> DemoStore:
    """滨江店 / Riverside, read once."""
    return DemoStore(
        categories=read_categories(FOLDER / "categories.csv"),
        products=read_products(FOLDER / "products.csv"),
        members=tuple(_member(row) for row in _rows(FOLDER / "members.csv")),
        staff=_staff(_rows(FOLDER / "staff.csv")),
    )
