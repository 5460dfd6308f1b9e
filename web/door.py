"""Beside the PIN pad: badges that the lane's scanner reads, and a new PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, stream_with_context

from web.auth import admitted, doorkeeper, known_lane
from web.context import action, body, hub, language, problem, services, text
from web.stream import TooManyStreams, states

if TYPE_CHECKING:
    from edge.services import Services

blueprint = Blueprint("door", __name__)


def listen(app: Flask, services: Services) -> None:
    """Wake a lane's log-in page when its till has changed."""
    notify = app.extensions["tillbox.hub"].notify
    services.bus.subscribe("till.changed", lambda lane, **_: notify(_screen(lane)))


@blueprint.get("/api/login/<lane>/stream")
@action("session.open")
def stream(lane: str) -> Response:
    """Badges held under the lane's scanner, as server-sent events; for the lane's own screen only."""
    till, streams, lang = services().tills[known_lane(lane)], hub(), language()
    if not doorkeeper().own_screen(lane):
        return problem(403, "badge_gone")
    try:
        ticket = streams.open(_screen(lane))
    except TooManyStreams:
        return problem(503, "too_many_screens")

    def seen() -> dict[str, Any]:
        return till.door(lang)

    answer = Response(stream_with_context(states(streams, ticket, seen)), mimetype="text/event-stream")
    answer.call_on_close(lambda: streams.leave(ticket))
    return answer


@blueprint.post("/api/login/pin")
@action("session.open")
def choose() -> Response:
    """{lane, ticket, pin}: the new PIN of who was asked for one (see POST /api/login); then they are logged in."""
    data = body()
    lane = text(data, "lane")
    token, opened = services().staff.choose_pin(lane, text(data, "ticket"), text(data, "pin", 32), language())
    return admitted(token, opened, proved=True)


def _screen(lane: str) -> str:
    return f"door:{lane}"
