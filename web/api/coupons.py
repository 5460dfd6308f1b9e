"""Coupons and rewards at the desk: issued one by one or as a batch for print, looked up, withdrawn."""

from __future__ import annotations

from typing import Any

from edge import codes, coupon_paper, coupons, members, rewards
from edge.base.i18n import t
from edge.base.sqlite import row, rows
from edge.coupons import Issued
from edge.errors import ShopError
from edge.export_gate import allow_export
from edge.promo import desk
from edge.promo.describe import describe
from edge.rewards import Reward
from edge.tables import FORMS, Cell, csv_blocks
from web.api.frame import CSV, Call, speaks
from web.api.imports import as_file
from web.api.receipts import job, printer_of
from web.api.shapes import (
    OK,
    body,
    by_name,
    choice,
    date,
    flag,
    instant,
    many,
    null_or,
    obj,
    opt,
    page_of,
    text,
    whole,
)
from web.auth import MANAGER

PAGE = 50
_CODE = text(40, example="CP7K3M9QX2W4TN8G")
COUPON = obj(
    "Coupon", code=_CODE, words=text(example="CP7K 3M9Q X2W4 TN8G"), promotion=text(example="spring"),
    serial=whole(1), member=null_or(text(example="王**")), state=choice("open", "used", "void"), past=flag(False),
    issued_us=instant(), expires_on=null_or(date()), receipt=null_or(text(example="S01-1-1-000017")),
    batch=text(example="0f3c"), reason=text(example="print"),
)  # fmt: skip
REWARD = obj(
    "Reward", uid=text(example="0f3c"), name=text(example="A coffee"), names=by_name(text(example="A coffee")),
    points=whole(1, rewards.MAX_POINTS, 500), kind=choice(*rewards.KINDS), gives=text(example="COFFEE"),
    gives_name=text(example="Coffee"), days=null_or(whole(1, 3650, 30)), state=choice("active", "ended"),
)  # fmt: skip
_NEWEST = "SELECT code FROM coupon WHERE promotion = ? ORDER BY serial DESC LIMIT ? OFFSET ?"


@speaks(
    page_of(COUPON, "Coupons"), query={"page": whole(0, 100_000, 0)}, refusals=("404 promotion_unknown",)
)
def listed(call: Call) -> Any:
    """The coupons of a promotion, the newest first."""
    uid, page = call.path["promotion"], call.query.get("page", 0)
    _promotion(call, uid)
    total = (row(call.box.db, "SELECT COUNT(*) FROM coupon WHERE promotion = ?", (uid,)) or (0,))[0]
    found = rows(call.box.db, _NEWEST, (uid, PAGE, PAGE * page))
    told = [_coupon(call, coupons.look(call.box, code)) for (code,) in found]
    return {"rows": told, "total": total, "page": page, "pages": -(-total // PAGE)}


@speaks(
    obj("CouponsIssued", batch=text(example="0f3c"), codes=many(_CODE)),
    body=body("IssueCoupons", count=whole(1, coupons.MAX_BATCH, 10), expires=opt(null_or(date())),
              member=opt(null_or(text(64, example="TBX000000000195")))),
    refusals=("404 promotion_unknown", "404 member_unknown", "409 promotion_ended", "422 coupon_count",
              "422 coupon_promotion", "422 coupon_day"),
)  # fmt: skip
def issue(call: Call) -> Any:
    """So many coupons, each good once; for whoever shows them, or for one member (card or phone)."""
    uid, expires, batch = call.path["promotion"], call.body.get("expires"), f"desk:{call.key}"
    stored = _promotion(call, uid)
    if stored.state == "ended":
        raise ShopError("promotion_ended")
    if not stored.promotion.coupon:
        raise ShopError("coupon_promotion", status=422)
    if expires is not None and coupons.past(call.box, expires):
        raise ShopError("coupon_day", status=422)
    whose = _member(call, call.body["member"]) if call.body.get("member") else None
    made = coupons.issue(
        call.box, uid, call.body["count"], batch, "gift" if whose else "print", member=whose, expires_on=expires,
        who=call.person,
    )  # fmt: skip
    return {"batch": batch, "codes": made}


@speaks(media=(CSV,), query={"batch": text(128, example="desk:0f3c")}, refusals=("404 promotion_unknown",))
def sheet(call: Call) -> Any:
    """The coupons of a promotion (of one batch, if it is named) as a table for whoever prints them; written down."""
    uid, batch = call.path["promotion"], call.query.get("batch")
    stored = _promotion(call, uid)
    sql = "SELECT code FROM coupon WHERE promotion = ?" + (" AND batch = ?" if batch else "") + " ORDER BY serial"
    found = [coupons.look(call.box, code) for (code,) in rows(call.box.db, sql, (uid, batch) if batch else (uid,))]
    says = describe(call.box, stored.promotion, call.lang)
    head = ("serial", "code", "name", "says", "until", "state")
    table: list[list[Cell]] = [[t(call.lang, f"manager_promotions.{name}") for name in head]]
    for x in found:
        state = t(call.lang, f"manager_promotions.coupon_{x.state}")
        table.append([x.serial, x.code, stored.promotion.name(call.lang), says, x.expires_on or "", state])
    allow_export(call.box, call.person, "coupons", len(found), personal=False, lane=MANAGER)
    return as_file(f"{call.box.config.store.store}-coupons-{uid}.csv", FORMS["csv"], csv_blocks(table))


@speaks(COUPON, refusals=("404 coupon_unknown",))
def look(call: Call) -> Any:
    """One coupon by its code, however it was typed."""
    return _coupon(call, coupons.look(call.box, call.path["code"]))


@speaks(
    COUPON, body=body("VoidCoupon", reason=text(80, 1, example="lost")),
    refusals=("404 coupon_unknown", "409 coupon_used"),
)  # fmt: skip
def void(call: Call) -> Any:
    """Withdraw a coupon: nobody can use it any more."""
    coupons.void(call.box, call.path["code"], call.person, call.body["reason"], MANAGER)
    return look(call)


@speaks(
    OK, body=body("PrintCoupon", lane=text(32, example="1")),
    refusals=("404 coupon_unknown", "404 device_unknown", "409 no_printer"),
)  # fmt: skip
def print_one(call: Call) -> Any:
    """A coupon on the receipt paper of a lane, with its code to scan."""
    lane = call.body["lane"]
    printer, found = printer_of(call, lane), coupons.look(call.box, call.path["code"])
    coupon_paper.queue(call.box, lane, printer, found.code, job(call), call.lang)
    call.after.append(lambda: call.box.announce("print", lane=lane))
    return {"ok": True}


# -- rewards ----------------------------------------------------------------------------------------------------------


@speaks(obj("Rewards", rows=many(REWARD)))
def rewards_listed(call: Call) -> Any:
    """What points buy besides money off, ended ones last."""
    found = sorted(rewards.listed(call.box, ended=True), key=lambda x: (x.state != "active", x.points, x.uid))
    return {"rows": [_reward(call, reward) for reward in found]}


@speaks(
    REWARD,
    body=body("KeepReward", uid=opt(text(32)), names=by_name(text(60, example="A coffee")),
              points=whole(1, rewards.MAX_POINTS, 500), kind=choice(*rewards.KINDS),
              gives=text(64, 1, example="COFFEE"), days=opt(null_or(whole(1, 3650, 30)))),
    refusals=("404 reward_unknown", "404 product_gone", "404 promotion_unknown", "409 reward_ended",
              "422 reward_name", "422 reward_goods", "422 reward_promotion"),
)  # fmt: skip
def reward_keep(call: Call) -> Any:
    """A new reward, or other terms of one (uid)."""
    said = call.body
    return _reward(call, rewards.put(
        call.box, said["names"], said["points"], said["kind"], said["gives"], said.get("days"), call.person, MANAGER,
        said.get("uid", ""),
    ))  # fmt: skip


@speaks(REWARD, refusals=("404 reward_unknown",))
def reward_end(call: Call) -> Any:
    """It is none any more; what was redeemed stays."""
    return _reward(call, rewards.end(call.box, call.path["reward"], call.person, MANAGER))


def _reward(call: Call, reward: Reward) -> dict[str, Any]:
    return {
        "uid": reward.uid, "name": reward.name(call.lang), "names": dict(reward.names), "points": reward.points,
        "kind": reward.kind, "gives": reward.gives, "gives_name": rewards.gives_name(call.box, reward, call.lang),
        "days": reward.days, "state": reward.state,
    }  # fmt: skip


def _promotion(call: Call, uid: str) -> desk.Stored:
    found = desk.newest(call.box, uid)
    if found is None:
        raise ShopError("promotion_unknown", status=404)
    return found


def _member(call: Call, typed: str) -> tuple[int, str]:
    digits = typed.replace(" ", "")
    code = codes.identify(codes.card_code(digits), ())
    found = members.by_card(call.box.db, code.text) if code.kind == "member" else None
    if found is None and digits.isascii() and digits.isdigit():
        found = members.by_phone(call.box, digits)
    if found is None:
        raise ShopError("member_unknown", status=404)
    return found.id, found.uid


def _coupon(call: Call, found: Issued) -> dict[str, Any]:
    member = members.by_id(call.box.db, found.member) if found.member is not None else None
    return {
        "code": found.code, "words": codes.coupon_words(found.code), "promotion": found.promotion,
        "serial": found.serial, "member": member.masked if member else None, "state": found.state,
        "past": coupons.past(call.box, found.expires_on), "issued_us": found.issued_us,
        "expires_on": found.expires_on, "receipt": coupons.used_on(call.box, found), "batch": found.batch,
        "reason": found.reason,
    }  # fmt: skip
