"""Who is at the manager's desk, and the PIN once more before what can't be taken back."""

from __future__ import annotations

from typing import Any

from edge.permissions import TABLE, permission
from web.api.frame import Call, speaks
from web.api.shapes import body, by_name, choice, flag, many, obj, secret, text, whole
from web.auth import MANAGER, PROOF_S, doorkeeper

PERSON = obj("Person", uid=text(example="0f3c"), name=text(example="Min Wang"), role=text(example="manager"))
ME = obj(
    "Me",
    person=PERSON,
    lang=choice("zh-CN", "en"),
    languages=many(text(example="en")),
    store=obj(id=text(example="S01"), name=text(example="Corner shop"), zone=text(example="Asia/Shanghai")),
    currency=obj(code=text(example="CNY"), exponent=whole(0, 4, 2), symbol=text(example="¥")),
    lanes=many(obj(id=text(example="1"), mode=text(example="live"), printer=flag())),
    can=by_name(choice("allow", "approve", "deny")),
)


@speaks(ME)
def me(call: Call) -> Any:
    """The person at the desk, the store, its lanes, and what the person may do."""
    box, store = call.box, call.given.config.store
    rules, role = box.rules, call.person.role
    return {
        "person": {"uid": call.person.uid, "name": call.person.name(call.lang), "role": role},
        "lang": call.lang,
        "languages": list(store.languages),
        "store": {"id": store.store, "name": rules.store_name[call.lang], "zone": store.zone},
        "currency": {"code": box.currency.code, "exponent": box.currency.exponent, "symbol": box.currency.symbol},
        "lanes": [
            {"id": till.lane.id, "mode": till.lane.mode, "printer": till.lane.printer is not None}
            for till in call.given.tills.values()
        ],
        "can": {name: permission(name, role, rules.permissions) for name in TABLE},
    }


@speaks(
    obj("Proof", seconds=whole(0, example=120)),
    body=body(pin=secret()),
    atomic=False,
    refusals=("403 pin_wrong", "429 pin_wait"),
)
def prove(call: Call) -> Any:
    """The person's own PIN once more: good for one call that asks for it, for two minutes."""
    staff = call.given.staff
    staff.approve("manager.see", MANAGER, call.person, call.person.uid, call.body["pin"])
    doorkeeper().prove(call.session)
    return {"seconds": PROOF_S}
