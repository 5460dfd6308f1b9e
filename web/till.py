"""The cashier's screen: the page, its state and stream, the catalogue, and one route a command of the till."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, jsonify, render_template, request, stream_with_context

from edge import receipt_search, shifts, storedvalue, till_hold
from edge.codes import MEMBER_PREFIX, RECEIPT_PREFIX, VALUE_PREFIX
from edge.errors import ShopError
from web.auth import cookie_name, doorkeeper, known_lane, session
from web.context import action, command_args, hub, language, page_data, problem, sentence, services
from web.stream import TooManyStreams, states

if TYPE_CHECKING:
    from edge.services import Services

blueprint = Blueprint("till", __name__)

# Each command of the till and the action it is; the arguments are the till's own to check.
COMMANDS = {
    **dict.fromkeys(("scan", "catch", "add", "qty", "remove", "undo", "clear", "multiply", "age"), "sale.sell"),
    **dict.fromkeys(("line/note", "line/trace", "empties", "account/pay"), "sale.sell"),
    **dict.fromkeys(("member", "member/detach", "notice/dismiss", "approve"), "sale.sell"),
    "member/enrol": "member.enrol",
    "member/correct": "member.correct",
    "member/consent": "member.consent",
    **dict.fromkeys(("member/note", "member/note-drop"), "member.note"),
    **dict.fromkeys(("member/card", "member/card-block"), "member.card"),
    **dict.fromkeys(("pay", "tender/take", "tender/drop"), "sale.sell"),
    "line/price": "sale.price",
    "expired/sell": "sale.expired",
    **dict.fromkeys(("line/discount", "discount"), "sale.discount"),
    **dict.fromkeys(("hold", "held/change", "recall"), "sale.hold"),
    **dict.fromkeys(("return/open", "return/take", "return/close"), "sale.return"),
    "return/blind": "sale.return_blind",
    "value/top-up": "value.top_up",
    "points/adjust": "points.adjust",
    "points/transfer": "points.transfer",
    "shift/open": "shift.open",
    "shift/close": "shift.close",
    **dict.fromkeys(("shift/report", "shift/reprint"), "shift.report"),
    "drawer/open": "drawer.open",
    "cash/in": "cash.in",
    "cash/out": "cash.out",
    "void": "sale.void",
    "reprint": "receipt.reprint",
    "print/resolve": "print.resolve",
    **dict.fromkeys(("offer/add", "offer/decline"), "sale.sell"),
    **dict.fromkeys(("coupon", "coupon/drop", "coupon/later", "reward"), "sale.sell"),
    "call/answer": "kiosk.answer",
    "member/print": "member.give",
    "member/erase": "member.erase",
    "member/merge": "member.merge",
    **dict.fromkeys(("family/join", "family/leave"), "member.family"),
}


def listen(app: Flask, services: Services) -> None:
    """Wake a lane's stream when its till has changed."""
    notify = app.extensions["tillbox.hub"].notify
    services.bus.subscribe("till.changed", lambda lane, **_: notify(lane))


@blueprint.get("/till/<lane>")
@action("till.see")
def page(lane: str) -> str:
    """The shell of the screen; everything that changes comes by the stream."""
    known_lane(lane)
    doorkeeper().idle.touch(session())
    data = page_data(
        ("till", "till_points", "member", "privacy", "errors"), lane=lane,
        lanes=[each for each in services().tills if each != lane], zone=services().config.store.zone,
        card_prefix=MEMBER_PREFIX, value_prefix=VALUE_PREFIX, receipt_prefix=RECEIPT_PREFIX,
    )  # fmt: skip
    return render_template("till/till.html", lane=lane, data=data, bench=services().bench is not None)


@blueprint.get("/api/till/<lane>/state")
@action("till.see")
def state(lane: str) -> Response:
    """The view now: what the screen shows after a reload."""
    return jsonify(services().tills[known_lane(lane)].view(language(), session().person.role))


@blueprint.get("/api/till/<lane>/stream")
@action("till.see")
def stream(lane: str) -> Response:
    """The view at every change, as server-sent events, until the session ends."""
    streams = hub()
    try:
        ticket = streams.open(lane)
    except TooManyStreams:
        return problem(503, "too_many_screens")
    if elsewhere := services().tills[lane].elsewhere:
        elsewhere.leave()  # the newest page of a lane has its scanner
    view = _watch(lane, request.cookies.get(cookie_name(lane), ""))
    answer = Response(stream_with_context(states(streams, ticket, view)), mimetype="text/event-stream")
    answer.call_on_close(lambda: streams.leave(ticket))
    return answer


def _watch(lane: str, token: str) -> Callable[[], dict[str, Any] | None]:
    """What a stream asks at every change and beat. None of it counts as use of the till.

    What the shop's rules say goes out with the first view, and again when it has changed.
    """
    till, door = services().tills[lane], doorkeeper()
    has = ""

    def view() -> dict[str, Any] | None:
        nonlocal has
        now = door.living(token, lane)
        if now is None:
            return None
        seen = till.view(now.lang, now.person.role, has)
        has = seen["fixed"]
        return seen

    return view


@blueprint.get("/api/till/<lane>/catalog")
@action("catalog.see")
def catalog(lane: str) -> Response:
    """Categories and products of the grid."""
    return jsonify(services().tills[known_lane(lane)].catalog(language()))


@blueprint.get("/api/till/<lane>/search")
@action("catalog.see")
def search(lane: str) -> Response:
    """?q= name, initials, pinyin initials or code -> the products that match, best first."""
    query = request.args.get("q", "")[:64]
    return jsonify(products=services().tills[known_lane(lane)].search(query, language()))


@blueprint.get("/api/till/<lane>/held")
@action("sale.hold")
def held(lane: str) -> Response:
    """The carts that this lane may take up, oldest first."""
    waiting = till_hold.waiting(services().box, known_lane(lane), language())
    return jsonify(held=[{**cart, "when": _when(cart["at_us"])} for cart in waiting])


@blueprint.get("/api/till/<lane>/receipts")
@action("receipt.see")
def receipts(lane: str) -> Response:
    """?q= number, amount, day, card's reference or goods -> the documents of this box that match, newest first."""
    known_lane(lane)
    found = receipt_search.search(services().box, request.args.get("q", ""), language())
    return jsonify(receipts=[{**document, "when": _when(document["at_us"])} for document in found])


@blueprint.get("/api/till/<lane>/rewards")
@action("sale.sell")
def rewards(lane: str) -> Response:
    """What the open cart's member may take for points, the fewest points first."""
    found = services().tills[known_lane(lane)].rewards(language())
    return jsonify(**found, as_of=_when(found["as_of_us"]))


@blueprint.get("/api/till/<lane>/value/<card>")
@action("sale.sell")
def value(lane: str, card: str) -> Response:
    """What is on a stored-value card, in minor units; null for one that nobody has paid anything in yet."""
    known_lane(lane)
    code = card.strip().upper()
    if not storedvalue.is_card(code):
        raise ShopError("value_unknown", status=404)
    try:
        return jsonify(card=code, balance=storedvalue.balance(services().box, code))
    except ShopError as error:
        if error.slug != "value_unknown":
            raise
        return jsonify(card=code, balance=None)


@blueprint.get("/api/till/<lane>/points")
@action("sale.sell")
def points(lane: str) -> Response:
    """What the cart's member may pay with points, as of when; ?amount= what so much would cost."""
    asked = request.args.get("amount", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 12):
        raise ShopError("bad_request", status=422, field="amount")
    found = services().tills[known_lane(lane)].points(int(asked) if asked else None)
    refused = found["refused"]
    return jsonify({
        **found, "as_of": _when(found["as_of_us"]), "refused": sentence(refused[0], refused[1]) if refused else None,
    })  # fmt: skip


def _when(at_us: int) -> str:
    """The store's time; with the day, unless that is today."""
    box = services().box
    zone = box.config.store.zone
    then, now = shifts.local(at_us, zone), shifts.local(box.env.clock.now_us(), zone)
    return then.strftime("%H:%M" if then.date() == now.date() else "%Y-%m-%d %H:%M")


@blueprint.get("/api/till/<lane>/receipt/<sale>.png")
@action("receipt.see")
def receipt(lane: str, sale: str) -> Response:
    """The picture of a receipt, from the bytes the printer was given."""
    return Response(services().tills[known_lane(lane)].receipt(sale), mimetype="image/png")


def _command(name: str, declared: str) -> Callable[[str], Response]:
    @action(declared)
    def run(lane: str) -> Response:
        return jsonify(services().tills[known_lane(lane)].do(session(), name, command_args()))

    return run


for _name, _declared in COMMANDS.items():
    _endpoint = f"do_{_name.replace('/', '_').replace('-', '_')}"
    blueprint.post(f"/api/till/<lane>/{_name}", endpoint=_endpoint)(_command(_name, _declared))
