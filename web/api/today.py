"""Today: what was sold so far, the drawers, and what waits for a person."""

from __future__ import annotations

from typing import Any

from flask import current_app

from edge import drawers, todo
from edge.today import Days
from web.api.frame import Call, speaks
from web.api.shapes import choice, date, flag, instant, many, money, null_or, obj, opt, text, whole

SHIFT = obj(
    "OpenShift", uid=text(example="0f3c"), date=date(), since_us=instant(), by=text(example="Xiao Chen"),
    old=flag(False), sales=whole(0), net=money(), expected=money(), last_us=null_or(instant()),
)  # fmt: skip
LANE = obj(
    "LaneNow", lane=text(example="1"), mode=text(example="live"), known=flag(), operator=null_or(text()),
    shift=null_or(SHIFT),
)  # fmt: skip
WATCHED = obj(
    "Watched", name=choice("voids", "returns", "discounts"), count=null_or(whole(0)), amount=money(), share_bp=whole(0),
    usual_bp=null_or(whole(0)), unusual=flag(False),
)  # fmt: skip
TODAY = obj(
    "Today", date=date(), time=text(example="14:05"), before_date=date(),
    hours=many(obj(hour=whole(0, 23), today=null_or(money()), before=money())),
    net=money(), sales=whole(0), average=money(), before_net=money(), before_whole=money(),
    tenders=many(obj(kind=text(example="cash"), amount=money())), watched=many(WATCHED), lanes=many(LANE),
    sync=obj(state=choice("none", "online", "offline"), queued=whole(0), age_s=null_or(whole(0))),
    todo=many(obj(slug=text(example="held"), level=choice("warn", "info"), count=whole(0), lanes=opt(many(text())),
                  amount=opt(money()), since_us=opt(instant()))),
    flags=many(obj(slug=text(example="void_often"), count=whole(0), who=text(), member=opt(text()))),
)  # fmt: skip


@speaks(TODAY)
def today(call: Call) -> Any:
    """The day so far beside a week before, the drawers of the lanes, and what needs a person."""
    box = call.box
    days: Days = current_app.extensions.setdefault("tillbox.days", Days(box))
    since_us, after = days.begun()
    sync = next(iter(call.given.tills.values())).looks.sync() if call.given.tills else {}
    age = sync.get("age_s")
    return {
        **days.figures(),
        "lanes": drawers.lanes(box, call.given.staff, call.lang),
        "sync": {"state": sync.get("state", "none"), "queued": sync.get("queued", 0),
                 "age_s": int(age) if age is not None else None},
        "todo": todo.waiting(box),
        "flags": todo.flags(box, since_us, after, call.lang),
    }  # fmt: skip
