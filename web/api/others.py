"""What the routes take and give that are not in the manager's table: log-in, till, kiosk, technician, bench."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

from edge.pins import WEAKNESSES
from web.api import member_shapes, privacy_shapes, stock_shapes, till_shapes
from web.api.frame import JSON, PNG, Spoken
from web.api.shapes import (
    OK,
    Shape,
    anything,
    body,
    by_name,
    choice,
    flag,
    instant,
    many,
    money,
    null_or,
    obj,
    opt,
    secret,
    text,
    whole,
)

STREAM = "text/event-stream"
Telling = Callable[[Any], tuple[Any, Spoken]]
_PART = obj("PointsPart", amount=money(0), points=whole(0))
_LANE = text(32, example="1")
_DEVICE = obj(
    "Device", name=text(), driver=text(), kind=text(), lane=null_or(text()), state=text(), detail=text(),
    printer=null_or(text()), testing=opt(flag(False)),
    test=opt(null_or(obj(state=text(), reason=text(), at_us=instant()))),
)  # fmt: skip
_CHECK = obj(
    "Check", check=text(), name=text(), why=text(), level=choice("ok", "warn", "fail"),
    findings=many(obj(level=choice("ok", "warn", "fail"), text=text(), remedy=text())),
)  # fmt: skip
TECH = obj(
    "TechState", checks=null_or(obj(counts=by_name(whole(0)), checks=many(_CHECK))), checked_us=null_or(instant()),
    checking=flag(False), devices=many(_DEVICE),
    scans=many(obj(seq=whole(0), at_us=instant(), device=text(), lane=null_or(text()), kind=text(), text=text())),
)  # fmt: skip
BENCH = obj(
    "BenchState", lanes=by_name(till_shapes.VIEW),
    devices=many(obj(name=text(), kind=text(), lane=null_or(text()), state=text(), faults=by_name(flag(False)))),
    papers=by_name(many(obj(id=text(), kicks=whole(0), png=text()))),
)  # fmt: skip

_DOOR = obj(
    "Door", badge=null_or(obj()), refused=null_or(obj(seq=whole(0), slug=text(), params=by_name(anything()))),
)  # fmt: skip


class Said:
    """A summary in a docstring's place, for routes that one function makes many of."""

    def __init__(self, about: str) -> None:
        self.__doc__ = about


def _of(
    answer: Shape | None, takes: Shape | None = None, query: dict[str, Shape] | None = None, media: str = JSON,
    about: str = "", refusals: tuple[str, ...] = (),
) -> Telling:  # fmt: skip
    spoken = Spoken(answer, takes, query or {}, 200, (media,), False, lambda call: nullcontext(), refusals)
    return lambda view: (Said(about) if about else view, spoken)


def _commands() -> Iterator[tuple[str, Telling]]:
    for name, (about, fields) in till_shapes.TILL.items():
        shape = till_shapes.command(till_shapes.titled("Till", name), fields)
        yield (
            f"till.do_{name.replace('/', '_').replace('-', '_')}",
            _of(till_shapes.VIEW, shape, about=about, refusals=("409 basket_gone",)),
        )
    for name, (about, fields) in till_shapes.KIOSK.items():
        shape = obj(till_shapes.titled("Kiosk", name), fields)
        yield f"kiosk.do_{name.replace('/', '_')}", _of(till_shapes.KIOSK_VIEW, shape, about=about)
    for name, (about, fields) in stock_shapes.STOCK.items():
        shape = stock_shapes.command(till_shapes.titled("Stock", name), fields)
        yield f"stock.do_{name.replace('/', '_')}", _of(stock_shapes.VIEW, shape, about=about)


def undeclared(view: Any) -> tuple[Any, Spoken]:
    """What a route says whose shapes nobody wrote down here: nothing (a test names it)."""
    return _of(anything())(view)


OTHERS: dict[str, Telling] = {
    "openapi.openapi": _of(
        obj("OpenApi", openapi=text(example="3.1.0"), info=obj(title=text()), paths=by_name(anything()))
    ),
    "auth.login": _of(
        obj("LoggedIn", ok=flag(), choose=opt(text(example="7d1e"))),
        body("LogIn", lane=_LANE, staff=opt(text(64, example="0f3c")), pin=opt(secret()),
             ticket=opt(text(example="7d1e")), renew=opt(flag(False))),
        refusals=("403 badge_gone", "403 denied", "403 pin_wrong", "404 staff_unknown", "429 pin_wait"),
    ),
    "door.choose": _of(
        obj("PinChosen", ok=flag()), body("ChoosePin", lane=_LANE, ticket=text(example="7d1e"), pin=secret()),
        refusals=("403 choice_gone", *(f"422 pin_weak_{why}" for why in WEAKNESSES)),
    ),
    "door.stream": _of(till_shapes.events(_DOOR), media=STREAM, refusals=("403 badge_gone",)),
    "auth.logout": _of(OK, obj("LogOut", lane=_LANE)),
    "auth.lang": _of(OK, obj("Language", lang=choice("zh-CN", "en"), lane=opt(_LANE))),
    "till.state": _of(till_shapes.VIEW),
    "till.stream": _of(till_shapes.events(till_shapes.VIEW), media=STREAM),
    "till.catalog": _of(till_shapes.CATALOG),
    "till.search": _of(obj("Found", products=many(till_shapes.TILE)), query={"q": text(64, example="milk")}),
    "till.held": _of(till_shapes.HELD),
    "till.receipts": _of(obj("TillReceipts", receipts=many(obj(uid=text(), receipt=text(), when=text()))),
                         query={"q": text(64, example="66.50")}),
    "till.value": _of(obj("ValueCard", card=text(), balance=null_or(money())), refusals=("404 value_unknown",)),
    "till.points": _of(
        obj("PointsToPay", spendable=whole(0), waiting=whole(0), limit=whole(0), why=text(example="points"),
            as_of_us=instant(), as_of=text(example="14:05"), left=money(), step=money(1), most=_PART,
            choices=many(_PART), asked=null_or(_PART), refused=null_or(text())),
        query={"amount": text(12, example="500")},
        refusals=("404 unknown_lane", "422 bad_request", "422 tender_needs", "422 points_short", "422 points_step",
                  "422 points_goods"),
    ),
    "till.rewards": _of(
        obj("TillRewards", left=whole(0), as_of_us=instant(), as_of=text(example="14:05"),
            rewards=many(obj(uid=text(), name=text(), kind=choice("goods", "coupon"), points=whole(1),
                             short=whole(0)))),
        refusals=("409 reward_member",),
    ),
    "till.receipt": _of(None, media=PNG),
    "members.search": _of(
        obj("MembersFound", members=many(member_shapes.HIT)), query={"q": text(64, example="5021")}
    ),
    "members.texts": _of(obj("ConsentTexts", consents=many(member_shapes.ASKED))),
    "members.page": _of(member_shapes.PAGE, refusals=("404 member_unknown",)),
    "privacy.shared": _of(privacy_shapes.FAMILY, refusals=("404 member_unknown",)),
    "privacy.preview": _of(privacy_shapes.PREVIEW, refusals=("404 member_unknown", "409 member_same")),
    "members.lines": _of(member_shapes.LINES, refusals=("404 member_unknown", "404 sale_unknown")),
    "kiosk.state": _of(till_shapes.KIOSK_VIEW),
    "kiosk.stream": _of(till_shapes.events(till_shapes.KIOSK_VIEW), query={"seat": whole(0)}, media=STREAM),
    "stock.state": _of(stock_shapes.VIEW),
    "stock.stream": _of(till_shapes.events(stock_shapes.VIEW), media=STREAM),
    "stock.leave": _of(OK, obj("StockLeave", visit=whole(0, example=3))),
    "stock.listed": _of(stock_shapes.LISTED),
    "stock.product": _of(stock_shapes.PRODUCT),
    "stock.review": _of(stock_shapes.REVIEW, refusals=("409 count_none",)),
    "tech.state": _of(TECH),
    "tech.check": _of(OK, obj("TechCheck")),
    "tech.test_print": _of(OK, obj("TechPrint", printer=text(example="printer-1")), refusals=("404 device_unknown",)),
    "bench.state": _of(BENCH),
    "bench.scan": _of(OK, obj("BenchScan", device=text(example="scanner-1"), code=text(8192, example="6901234567892"))),
    "bench.fault": _of(
        OK, obj("BenchFault", device=text(example="printer-1"), name=text(example="no_paper"), on=flag())
    ),
    "bench.paper": _of(None, media=PNG),
    **dict(_commands()),
}  # fmt: skip
