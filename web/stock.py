"""A lane's stock screen: goods in, write-off, count, and what runs low, expires or is below zero.

Its page is at a lane like the till's, under the lane's log-in; while it is open, the lane's scanner is its.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request, stream_with_context
from werkzeug.exceptions import NotFound

from edge import stock_view
from edge.args import whole
from edge.inventory import REASONS
from edge.stock_desk import StockDesk
from web.auth import cookie_name, doorkeeper, known_lane, session
from web.context import action, body, command_args, hub, language, page_data, problem, services
from web.stream import TooManyStreams, states

if TYPE_CHECKING:
    from edge.services import Services

blueprint = Blueprint("stock", __name__)
LISTS = ("low", "expiring", "negative")

# Each command and the action it is; deliveries and write-offs ask for stock.change once more, in the desk.
COMMANDS = {
    **dict.fromkeys(("tab", "scan", "dismiss", "more"), "stock.see"),
    **dict.fromkeys(("put", "line", "remove", "undo"), "stock.count"),
    **dict.fromkeys(("head", "clear", "book", "count/start", "count/book", "count/drop"), "stock.change"),
}


def listen(app: Flask, services: Services) -> None:
    """Give each lane its desk, and wake a lane's stream when it has changed."""
    app.extensions["tillbox.stock"] = {lane: StockDesk(till) for lane, till in services.tills.items()}
    notify = app.extensions["tillbox.hub"].notify
    services.bus.subscribe("stock.changed", lambda lane, **_: notify(_screen(lane)))


def _screen(lane: str) -> str:
    return f"stock {lane}"


def _desk(lane: str) -> StockDesk:
    found: StockDesk = current_app.extensions["tillbox.stock"][known_lane(lane)]
    return found


@blueprint.get("/stock/<lane>")
@action("stock.see")
def page(lane: str) -> str:
    """The shell of the screen; everything that changes comes by the stream."""
    known_lane(lane)
    doorkeeper().idle.touch(session())
    data = page_data(("stockroom", "till", "errors"), lane=lane, reasons=list(REASONS))
    return render_template("stock/stock.html", lane=lane, data=data)


@blueprint.get("/api/stock/<lane>/state")
@action("stock.see")
def state(lane: str) -> Response:
    """The view now."""
    return jsonify(stock_view.view(_desk(lane), session().person, language()))


@blueprint.get("/api/stock/<lane>/stream")
@action("stock.see")
def stream(lane: str) -> Response:
    """The view at every change, as server-sent events, until the session ends or the page is gone."""
    streams, desk = hub(), _desk(lane)
    try:
        ticket = streams.open(_screen(lane))
    except TooManyStreams:
        return problem(503, "too_many_screens")
    view = _watch(desk, lane, request.cookies.get(cookie_name(lane), ""))
    answer = Response(stream_with_context(states(streams, ticket, view)), mimetype="text/event-stream")
    answer.call_on_close(lambda: streams.leave(ticket))
    return answer


def _watch(desk: StockDesk, lane: str, token: str) -> Callable[[], dict[str, Any] | None]:
    """What the stream asks at every change and beat; each time the desk learns that its page is still open."""
    door, last_scan, visit = doorkeeper(), None, desk.enter(session())

    def view() -> dict[str, Any] | None:
        nonlocal last_scan
        now = door.living(token, lane)
        if now is None:
            desk.leave(visit)
            return None
        desk.look_in(now, visit)
        seen = stock_view.view(desk, now.person, now.lang)
        if seen["scan"] != last_scan:
            last_scan = seen["scan"]
            door.idle.touch(now)
        return {**seen, "visit": visit}

    return view


@blueprint.post("/api/stock/<lane>/leave")
@action("stock.see")
def leave(lane: str) -> Response:
    """{visit}: that page is closed; unless a newer one is open, the lane's scans are the till's again."""
    _desk(lane).leave(whole(body(), "visit"))
    return jsonify(ok=True)


@blueprint.get("/api/stock/<lane>/list/<which>")
@action("stock.see")
def listed(lane: str, which: str) -> Response:
    """low, expiring or negative -> {rows, total, day_known}."""
    known_lane(lane)
    if which not in LISTS:
        raise NotFound
    return jsonify(stock_view.listed(services().box, which, language()))


@blueprint.get("/api/stock/<lane>/product/<int:number>")
@action("stock.see")
def product(lane: str, number: int) -> Response:
    """What there is of a product, in which lots, and what moved last."""
    known_lane(lane)
    if number.bit_length() > 62:  # no column holds it
        raise NotFound
    try:
        return jsonify(stock_view.product(services().box, number, language()))
    except KeyError:
        raise NotFound from None


@blueprint.get("/api/stock/<lane>/review")
@action("stock.change")
def review(lane: str) -> Response:
    """What booking the open count would do."""
    return jsonify(stock_view.review(_desk(lane), language()))


def _command(name: str, declared: str) -> Callable[[str], Response]:
    @action(declared)
    def run(lane: str) -> Response:
        desk = _desk(lane)
        desk.do(session(), name, command_args())
        return jsonify(stock_view.view(desk, session().person, language()))

    return run


for _name, _declared in COMMANDS.items():
    blueprint.post(f"/api/stock/<lane>/{_name}", endpoint=f"do_{_name.replace('/', '_')}")(_command(_name, _declared))
