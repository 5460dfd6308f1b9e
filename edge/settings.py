"""The rules a manager or HQ may change, as versioned rows: tax, rounding, tiers, label templates, receipt text."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from peewee import SqliteDatabase

from edge import loyalty_rules, setting_checks
from edge.base.sqlite import row, rows
from edge.db import bump
from edge.env import Env
from edge.loyalty_rules import EarnRule, Ladder, Tier


@dataclass(frozen=True, slots=True)
class Redeem:
    """How points are spent: `points` of them pay `minor` (minor units), in steps of `step` minor units.

    member_day and box_day: points that a member and that all may spend here in a day. unseen_days: a member of whom
    headquarters has not told for longer spends none. lease: only what headquarters has lent. wait_days: points may be
    spent so many days after they were earned.
    """

    points: int = 100
    minor: int = 100
    step: int = 100
    member_day: int = 20_000
    box_day: int = 500_000
    unseen_days: int = 90
    lease: bool = False
    wait_days: int = 0


@dataclass(frozen=True, slots=True)
class Restraint:
    """How much a member is offered at most (see edge/restraint): different things within a day and within a week.

    lane_day: the same for all carts without a member at a lane. quiet_days: for how long what she declined stays away,
    twice as long each further time. rest_days: for how long nothing comes unasked after she declined something.
    receipt: whether a receipt may carry one line for its member.
    """

    day: int = 6
    week: int = 20
    lane_day: int = 30
    quiet_days: int = 90
    rest_days: int = 7
    receipt: bool = True


@dataclass(frozen=True)
class Rules:
    """All settings at one moment. rule_version is that of the loyalty rules and stands on each ledger entry."""

    tax: dict[str, int]
    cash_step: int
    cash_mode: str
    tiers: tuple[Tier, ...]
    minor_per_point: int
    lot_days: int | None
    rule_version: int
    labels: tuple[str, ...]
    notes: tuple[int, ...]
    tenders: tuple[str, ...]
    shift_by_hand: bool
    store_name: dict[str, str]
    receipt: dict[str, dict[str, str]]
    repeat_window_ms: int
    gs1: bool
    permissions: dict[str, str]
    discount_bp: dict[str, int]
    denominations: tuple[int, ...]
    tares: tuple[tuple[str, int], ...]
    markdowns: tuple[tuple[int, int], ...]
    account_limit: int
    badge_needs_pin: bool
    idle_min: int
    member_sales_per_hour: int
    member_rows_per_day: int
    keep_phone: bool = False
    redeem: Redeem = Redeem()
    restraint: Restraint = Restraint()
    sensitive: tuple[str, ...] = ()
    ladder: Ladder = Ladder()
    earning: tuple[EarnRule, ...] = ()
    price_lists: tuple[str, ...] = ()  # those of tiers


# The smallest coin that tills of a currency give back, the notes that customers hand over, and all that a drawer holds.
CASH: dict[str, dict[str, Any]] = {
    "CNY": {"step": 10, "mode": "down", "notes": [500, 1000, 2000, 5000, 10000]},
    "EUR": {"step": 1, "mode": "half_up", "notes": [500, 1000, 2000, 5000, 10000, 20000]},
    "USD": {"step": 1, "mode": "half_up", "notes": [500, 1000, 2000, 5000, 10000]},
    "GBP": {"step": 1, "mode": "half_up", "notes": [500, 1000, 2000, 5000]},
    "JPY": {"step": 1, "mode": "half_up", "notes": [1000, 5000, 10000]},
}
DENOMINATIONS: dict[str, tuple[int, ...]] = {
    "CNY": (10000, 5000, 2000, 1000, 500, 100, 50, 10),
    "EUR": (20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "USD": (10000, 5000, 2000, 1000, 500, 100, 25, 10, 5, 1),
    "GBP": (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "JPY": (10000, 5000, 1000, 500, 100, 50, 10, 5, 1),
}
DEFAULTS: dict[str, Any] = {
    "tax": {"A": 1300, "B": 900, "C": 600, "Z": 0},
    "cash": CASH["CNY"],
    # A card is taken on the store's own terminal; the cashier says that it was approved.
    "tenders": ["cash", "card"],
    # by_hand: selling needs a shift that was opened with a counted float; otherwise the first sale opens one.
    "shift": {"by_hand": False},
    "loyalty": {
        "minor_per_point": 100,
        "lot_days": 730,
        "tiers": [
            {"id": "bronze", "score": 0, "multiplier": 10_000},
            {"id": "silver", "score": 1_000, "multiplier": 12_000},
            {"id": "gold", "score": 3_000, "multiplier": 15_000},
        ],
        "ladder": {},
        "earn": [],
    },
    # How points are spent, where "points" is among the tenders.
    "redeem": asdict(Redeem()),
    "restraint": asdict(Restraint()),
    # Categories of goods that nothing personal is ever offered of, on no screen and no paper.
    "sensitive": ["alcohol", "baby", "care", "health", "intimate", "medicine", "tobacco"],
    "labels": ["21PPPPPWWWWWC", "22PPPPPAAAAAC", "28PPPPPWWWWWAAAAAC"],
    "store_name": {"zh-CN": "我的小店", "en": "My store"},
    "receipt": {
        "header": {"zh-CN": "", "en": ""},
        "footer": {"zh-CN": "谢谢惠顾", "en": "Thank you for shopping with us"},
    },
    "scan": {"repeat_window_ms": 400},
    # Codes with fields (GS1 element strings, Digital Link): takes 24 MiB from the first one on.
    "gs1": {"on": False},
    # What a cashier may do otherwise than the table says (see permissions.ADJUSTABLE): action -> allow, approve, deny.
    "permissions": {},
    # How much a cashier may take off a line or a cart alone, in basis points; more needs a second person.
    "discount": {"line_bp": 1_000, "basket_bp": 1_000},
    # What a container weighs that goods are weighed in: name, grams.
    "tares": [],
    # What a member may owe at most, in minor units, where "account" is among the tenders.
    "account": {"limit": 50_000},
    # Goods that expire soon and say so in their code: within so many days, so many basis points off.
    "markdowns": [],
    # badge_needs_pin: a badge only picks the person, who then types the PIN. idle_min: a till left alone so long locks.
    "staff": {"badge_needs_pin": False, "idle_min": 5},
    # The same member on more sales than this within an hour is written to the audit.
    "alerts": {"member_sales_per_hour": 4},
    # How many members one person may take out of the box in files within a day.
    "export": {"member_rows_per_day": 5_000},
    # Whether members' whole phone numbers are kept, encrypted, so that the shop can call them.
    "members": {"keep_phone": False},
    # For how many days the box keeps what customers did at a screen, and what they wrote (see privacy/keep.py).
    "retention": {"behaviour_days": 90, "feedback_days": 365},
}


def put(db: SqliteDatabase, env: Env, name: str, value: Any, by: str) -> int:
    """Store the next version of a setting, inside the caller's transaction; returns its version.

    ShopError when the value can't be (see setting_checks). Announce "setting" after the commit: it counts at once then.
    """
    if name not in DEFAULTS:
        raise KeyError(f"unknown setting {name!r}")
    setting_checks.check(name, value)
    found = row(db, "SELECT COALESCE(MAX(version), 0) + 1 FROM setting WHERE name = ?", (name,))
    version = int(found[0]) if found else 1
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    db.execute_sql("INSERT INTO setting VALUES (?, ?, ?, ?, ?)", (name, version, text, env.clock.now_us(), by))
    bump(db, "setting")
    return version


def values(db: SqliteDatabase) -> dict[str, Any]:
    """Every setting as it is now; where none is stored, the default of the store's currency."""
    found = rows(db, "SELECT name, MAX(version), value FROM setting GROUP BY name")
    cash = CASH.get(_currency(db), CASH["CNY"])
    stored = {name: json.loads(value) for name, _, value in found}
    for name in {*setting_checks.KEYS, "loyalty"} & stored.keys():  # keys of a later release have their defaults
        stored[name] = {**DEFAULTS[name], **stored[name]}
    return {**DEFAULTS, "cash": cash, **stored}


def _currency(db: SqliteDatabase) -> str:
    found = row(db, "SELECT currency FROM box")
    return str(found[0]) if found else "CNY"


def load(db: SqliteDatabase) -> Rules:
    """The newest version of every setting, defaults where none is stored."""
    current = values(db)
    version = row(db, "SELECT MAX(version) FROM setting WHERE name = 'loyalty'")
    loyalty, cash = current["loyalty"], current["cash"]
    return Rules(
        tax=current["tax"],
        cash_step=cash["step"],
        cash_mode=cash["mode"],
        tiers=(tiers := loyalty_rules.tiers(loyalty)),
        price_lists=tuple(dict.fromkeys(tier.prices for tier in tiers if tier.prices not in ("", "member"))),
        minor_per_point=loyalty["minor_per_point"],
        lot_days=loyalty["lot_days"],
        rule_version=version[0] or 0 if version else 0,
        labels=tuple(current["labels"]),
        notes=tuple(cash["notes"]),
        tenders=tuple(current["tenders"]),
        shift_by_hand=current["shift"]["by_hand"],
        store_name=current["store_name"],
        receipt=current["receipt"],
        repeat_window_ms=current["scan"]["repeat_window_ms"],
        gs1=current["gs1"]["on"],
        permissions=current["permissions"],
        discount_bp={"line": current["discount"]["line_bp"], "basket": current["discount"]["basket_bp"]},
        denominations=DENOMINATIONS.get(_currency(db), DENOMINATIONS["CNY"]),
        tares=tuple((name, grams) for name, grams in current["tares"]),
        account_limit=current["account"]["limit"],
        markdowns=tuple(sorted((days, off) for days, off in current["markdowns"])),
        ladder=loyalty_rules.ladder(loyalty),
        earning=loyalty_rules.earn_rules(loyalty),
        **current["staff"],
        **current["alerts"],
        **current["export"],
        **current["members"],
        redeem=Redeem(**current["redeem"]),
        restraint=Restraint(**current["restraint"]),
        sensitive=tuple(current["sensitive"]),
    )
