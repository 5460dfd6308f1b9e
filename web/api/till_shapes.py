"""The shapes of the till's and the kiosk's routes, for the OpenAPI document: what a command takes, what a view shows.

The commands' arguments are checked by the till itself (edge/args.py); a test sends each command what stands here.
"""

from __future__ import annotations

from typing import Any

from web.api import member_shapes, privacy_shapes
from web.api.shapes import (
    Shape,
    anything,
    by_name,
    choice,
    date,
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

_QTY = {**whole(-9_999_000, 9_999_000, 1000), "description": "thousandths"}
_ROLE = choice("allow", "approve", "deny")
_TENDER = obj(
    "Tender",
    kind=choice("cash", "card", "stored", "account", "points"),
    received=money(0),
    reference=opt(null_or(text(40))),
    currency=opt(text(8, example="CNY")),
)
_REASON = text(80, example="wrong item")
_LINE_REF = whole(1, example=1)

# command -> (what it does, its fields beyond basket and id)
TILL: dict[str, tuple[str, dict[str, Shape]]] = {
    "scan": ("A code typed or read by a scanner that types: it takes the way of every scan.", {"code": text(20480)}),
    "catch": ("The next scans are for a dialog; empty when it is closed.", {"what": text(16, example="product")}),
    "add": (
        "A product of the grid; weighed goods with gross and tare, open prices with price.",
        {
            "product": whole(1),
            "qty": opt(_QTY),
            "gross": opt(whole(0, example=1250)),
            "tare": opt(whole(0, example=0)),
            "price": opt(money(0)),
        },
    ),
    "qty": ("Another quantity of a line.", {"line": _LINE_REF, "qty": _QTY}),
    "remove": ("Take a line out.", {"line": _LINE_REF}),
    "clear": ("Empty the cart.", {}),
    "undo": ("The last change of the cart is taken back.", {}),
    "multiply": ("The next scan counts so many times.", {"n": whole(1, 9999, 12)}),
    "line/price": (
        "Ask another price; null: the shelf's again.",
        {"line": _LINE_REF, "price": null_or(money(0)), "reason": opt(_REASON)},
    ),
    "line/discount": (
        "Take something off a line; neither percent nor amount: no longer.",
        {"line": _LINE_REF, "percent": opt(whole(1, 10_000, 500)), "amount": opt(money(1)), "reason": opt(_REASON)},
    ),
    "line/note": ("A few words that the receipt repeats.", {"line": _LINE_REF, "note": text(80, example="gift")}),
    "line/trace": (
        "Which piece it is, of goods that must be traced; expired: although its date is past.",
        {
            "line": _LINE_REF, "serial": opt(text(40, example="SN1")), "lot": opt(text(40, example="L1")),
            "expired": opt(flag()),
        },
    ),
    "discount": (
        "Take something off the whole cart; neither: no longer.",
        {"percent": opt(whole(1, 10_000, 500)), "amount": opt(money(1)), "reason": opt(_REASON)},
    ),
    "age": ("The customer is old enough, or not.", {"ok": flag()}),
    "expired/sell": (
        "Goods are sold though their code says that they are past their date.",
        {"code": text(128, example="0106912345678901"), "reason": opt(_REASON)},
    ),
    "empties": ("Empty bottles come back.", {"product": whole(1), "qty": _QTY}),
    "value/top-up": (
        "Put money on a stored-value card.",
        {"card": text(40, example="TBV000000000012"), "amount": money(1)},
    ),
    "points/adjust": (
        "Give the cart's member points, or take some, with a reason; a second person allows it.",
        {"points": whole(-1_000_000, 1_000_000, 50), "reason": _REASON},
    ),
    "points/transfer": (
        "Hand points of the cart's member on within the family.",
        {"to": text(64, example="0f3c"), "points": whole(1, 1_000_000, 50)},
    ),
    "account/pay": ("The member pays off what was bought on account.", {"amount": money(1)}),
    **member_shapes.TILL,
    **privacy_shapes.TILL,
    "pay": ("Settle the cart: one document, whatever happens twice.", {"tenders": many(_TENDER)}),
    "tender/take": ("A part that is paid already.", {"tender": _TENDER}),
    "tender/drop": ("A part that was given back.", {"n": whole(0, example=0)}),
    "void": ("Undo the lane's last sale.", {"sale": text(64, example="0f3c"), "reason": _REASON}),
    "reprint": ("A receipt again, marked as a copy.", {"sale": text(64, example="0f3c")}),
    "print/resolve": ("A person says whether a paper came out.", {"job": whole(1), "printed": flag()}),
    "notice/dismiss": ("What was said was read.", {}),
    "approve": (
        "The second person's PIN; or cancel.",
        {
            "staff": opt(text(64, example="0f3c")),
            "pin": opt(secret(16)),
            "cancel": opt(flag(False)),
            "reason": opt(_REASON),
        },
    ),
    "return/open": (
        "Show what may be given back of a receipt.",
        {"receipt": opt(text(64, example="S01-1-1-000017")), "sale": opt(text(64, example="0f3c"))},
    ),
    "return/take": (
        "One line of the open receipt comes back.",
        {"line": _LINE_REF, "qty": opt(_QTY), "fit": opt(flag())},
    ),
    "return/blind": (
        "Something comes back without a receipt.",
        {"product": whole(1), "qty": _QTY, "price": opt(money(0)), "reason": _REASON},
    ),
    "return/close": ("The receipt is put away.", {}),
    "hold": ("Put the cart aside.", {"title": opt(text(40, example="blue coat")), "lane": opt(text(32, example="2"))}),
    "held/change": (
        "A cart that is put aside is for another lane, or has another title.",
        {"held": text(64, example="0f3c"), "title": opt(text(40)), "lane": opt(null_or(text(32, example="2")))},
    ),
    "recall": ("Take a cart up again.", {"held": text(64, example="0f3c")}),
    "cash/in": ("Money goes into the drawer without a sale.", {"amount": money(1), "reason": _REASON}),
    "cash/out": ("Money is taken out of the drawer.", {"amount": money(1), "reason": _REASON}),
    "drawer/open": ("The drawer opens though nothing is sold.", {"reason": _REASON}),
    "shift/open": ("Begin a shift with this in the drawer.", {"float": money(0, example=20000)}),
    "shift/close": (
        "The drawer was counted, by amount or by pieces.",
        {"counted": opt(money(0)), "counts": opt(by_name(whole(0), "^\\d+$")), "held": opt(flag())},
    ),
    "shift/report": ("The X report of the open shift.", {"print": opt(flag(False))}),
    "shift/reprint": ("A Z report of the lane once more, marked as a copy.", {"z": whole(1)}),
    "offer/add": ("The customer takes what was suggested.", {"product": whole(1)}),
    "offer/decline": ("Not for this customer.", {"product": whole(1)}),
    "coupon": ("A coupon is put into the cart.", {"code": text(40, example="CP7K3M9QX2W4TN8G")}),
    "coupon/drop": ("A coupon is not used after all.", {"code": text(40, example="CP7K3M9QX2W4TN8G")}),
    "reward": ("The member takes goods or a coupon for points.", {"reward": text(64, example="0f3c")}),
    "coupon/later": ("The member keeps the coupons for another day.", {}),
    "call/answer": ("Somebody goes to the kiosk that called.", {"lane": text(32, example="k1")}),
}
KIOSK: dict[str, tuple[str, dict[str, Shape]]] = {
    "stay": ("Still there.", {}),
    "leave": ("Finish: nothing of the visit is left.", {}),
    "language": ("The language of this visit.", {"lang": choice("zh-CN", "en")}),
    "mode": ("Switch a way to use the screen.", {"mode": choice("large", "contrast", "reach", "patient")}),
    "offer/decline": ("Not for me.", {"product": whole(1)}),
    "offer/undo": ("For me after all.", {"product": whole(1)}),
    "offers/off": ("No suggestions any more; what was learned is forgotten.", {}),
    "offers/on": ("Suggestions again.", {}),
    "reward/choose": ("Show what a coupon for points costs, before anything happens.", {"reward": text(64)}),
    "reward/back": ("Back to the list of rewards.", {}),
    "reward/take": (
        "Take it: the last four digits of the member's phone.", {"digits": text(4, example="5021", pattern="^[0-9]*$")},
    ),
    "rate": (
        "How it was.",
        {"score": whole(1, 5, 5), "topics": opt(many(text(32, example="staff"), 8)), "text": opt(text(2000))},
    ),
    "better": ("Whether what she complained about is better now.", {"answer": choice("better", "same", "skip")}),
    "call": ("Call a person.", {}),
    **member_shapes.KIOSK,
    **privacy_shapes.KIOSK,
    "panel": ("Open a panel over the stage; without a name: close it.", {"name": opt(null_or(text(32)))}),
}


def command(title: str, fields: dict[str, Shape]) -> Shape:
    """The body of a command of the till."""
    own = {**text(64, example="c1"), "description": "The command's own; the header Idempotency-Key says the same."}
    shown = {**text(64, example="0f3c"), "description": "The cart that the screen shows."}
    has = {**text(16, example="0f3c"), "description": "The “fixed” of a view seen before: its shop is not told again."}
    return obj(title, {"basket": opt(shown), "id": opt(own), "fixed": opt(has), **fields})


_STATE = obj(state=text(example="ok"))
_LINE = obj(
    "CartLine",
    n=whole(1),
    product=whole(0),
    name=text(example="Milk 1 l"),
    icon=text(example="milk"),
    category=text(example="drink"),
    qty=_QTY,
    unit=choice("pc", "kg"),
    unit_price=money(),
    list_price=money(),
    saving=money(),
    total=money(),
    flags=many(text()),
    label=flag(False),
    selected=flag(),
    promos=opt(many(obj(name=text(), amount=money()))),
)
_BASKET = obj(
    "Cart",
    uid=text(),
    count=whole(),
    lines=many(_LINE),
    subtotal=money(),
    saving=money(),
    total=money(),
    tax=money(),
    cash_due=money(),
    rounding=money(),
    points=whole(),
    undo=null_or(obj(text=text(), left_ms=whole(0))),
    notes=many(obj(amount=money(), change=money(), exact=flag())),
    cut=null_or(obj(kind=text(), value=whole())),
    age=null_or(date()),
    paid=many(obj(kind=text(), amount=money(), reference=null_or(text()))),
    left=money(),
    refund=many(obj(kind=text(), amount=money(), reference=null_or(text()))),
    can_undo=flag(),
    restored=flag(False),
    multiplier=whole(1),
    promos=opt(
        many(
            obj(
                uid=text(),
                name=text(),
                amount=money(),
                rule=many(text()),
                personal=flag(False),
                lines=many(obj(n=whole(1), name=text(), amount=money())),
            )
        )
    ),
    others=opt(by_name(money())),
    gift=opt(obj(product=whole(0), name=text(), icon=text(), pieces=whole(1), promo=text())),
)
_PERSON = obj(uid=text(), name=text(), initial=text(), role=text())
REPORT = obj(
    "ShiftReport",
    {"float": money()},
    shift=text(),
    lane=text(),
    business_date=date(),
    opened_us=instant(),
    at_us=instant(),
    mode=text(),
    sales=whole(0),
    returns=whole(0),
    voids=whole(0),
    gross=money(),
    refunds=money(),
    voided=money(),
    net=money(),
    rounding=money(),
    tenders=by_name(money()),
    expected=money(),
    no_sales=whole(0),
    cash_in=money(),
    cash_out=money(),
    taxes=many(obj(group=text(), rate=whole(0), gross=money(), tax=money())),
    categories=many(obj(id=text(), total=money())),
    discounts=by_name(money()),
    first=null_or(text()),
    last=null_or(text()),
)
_SHOP = {
    **obj(
        "TillShop",
        lane=obj(id=text(), mode=text()),
        store=obj(name=text()),
        currency=obj(code=text(), exponent=whole(0, 4), symbol=text()),
        tenders=many(text()),
        can=by_name(_ROLE),
        tares=many(obj(name=text(), grams=whole(0))),
        denominations=many(whole(1)),
        discount_bp=by_name(whole(0)),
    ),
    "description": "What changes only with the shop's rules or the person; left out of what a stream sends later, and "
    "of an answer to a command that names it.",
}
VIEW = obj(
    "TillView",
    {"print": null_or(obj(job=whole(1), state=text(), reason=null_or(text())))},
    fixed={**text(example="0f3c"), "description": "The name of the shop's part, another one when that is another."},
    shop=opt(_SHOP),
    rev=whole(0),
    staff=null_or(obj(name=text(), initial=text(), role=text())),
    shift=null_or(obj(since=text(), sales=whole(0), date=date())),
    clock=text(),
    basket=_BASKET,
    member=null_or(
        obj(
            uid=text(),
            name=text(),
            initial=text(),
            phone=text(),
            tier=text(),
            tier_name=text(),
            points=whole(),
            score=whole(),
            next=null_or(text()),
            next_name=null_or(text()),
            to_next=whole(),
            visits_to_next=whole(),
            progress=whole(),
            perks=many(text()),
            until=text(),
            spendable=opt(whole(0)),
        )
    ),
    offer=null_or(obj()),
    calls=many(obj(lane=text())),
    notice=null_or(obj(seq=whole(0), level=text(), slug=text(), code=text(20480), params=by_name(anything()))),
    scan=null_or(obj(seq=whole(0), sound=text(), line=null_or(whole()))),
    done=null_or(obj(sale=text(), receipt=text())),
    closed=null_or(obj(z=whole(1), expected=money(), counted=money(), difference=money())),
    report=null_or(REPORT),
    approval=null_or(obj(action=text(), facts=by_name(anything()), people=many(_PERSON))),
    returning=null_or(obj()),
    held=whole(0),
    last_sale=null_or(obj(uid=text(), receipt=text(), total=money(), voided=flag(False))),
    print_queue=whole(0),
    chips=obj(sync=obj(state=text()), printer=_STATE, scanner=_STATE),
    shift_needed=flag(False),
)
TILE = obj(
    "Tile",
    id=whole(0),
    name=text(),
    price=money(),
    member_price=null_or(money()),
    unit=choice("pc", "kg"),
    icon=text(),
    category=text(),
    stock=null_or(whole()),
    flags=many(text()),
    frequent=flag(),
)
CATALOG = obj(
    "Catalog",
    version=whole(0),
    products=many(TILE),
    categories=many(obj(id=text(), name=text(), icon=text(), tint=text())),
)
HELD = obj(
    "HeldCarts",
    held=many(
        obj(
            uid=text(),
            lane=text(),
            title=text(),
            total=money(),
            lines=whole(0),
            at_us=instant(),
            by=text(),
            mine=flag(),
            when=text(example="14:05"),
        )
    ),
)
KIOSK_VIEW = obj(
    "KioskView",
    lane=text(),
    rev=whole(0),
    lang=text(),
    mode=text(),
    store=text(),
    date=text(),
    modes=by_name(flag()),
    member=null_or(obj(greeting=text(), phone=text(), points=whole(), notes=many(text()), score=whole(), tier=text())),
    offers=many(obj(product=whole(), name=text(), price=text(), reason=text(), declined=flag(False))),
    offers_on=flag(),
    joined=null_or(obj(number=text(), code=text(), side=whole(1), path=text())),
    feedback=obj(
        score=null_or(whole()), topics=many(text()), text=text(), linked=flag(), ask=null_or(text()), answered=flag()
    ),  # fmt: skip
    actions=many(obj(panel=text(), icon=text(), badge=text())),
    panel=null_or(obj(name=text(), icon=text(), facts=by_name(anything()))),
    call=null_or(text()),
    notice=null_or(text()),
    idle=obj(touches=whole(0), ask_s=whole(0), leave_s=whole(0)),
)


def titled(prefix: str, name: str) -> str:
    """The component's name of a command: ("Till", "line/price") -> "TillLinePrice"."""
    return prefix + "".join(part.capitalize() for part in name.replace("/", "-").split("-"))


def events(view: Shape) -> dict[str, Any]:
    """A stream: each event of the name "state" carries the view as JSON."""
    return {"type": "string", "contentMediaType": "application/json", "contentSchema": view}
