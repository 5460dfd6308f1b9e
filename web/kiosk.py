"""The kiosk's screen: the page with its token, the stream, and one route a command. Nobody logs in here.

A page is given a token in its cookie when it is opened; opening one forgets whoever stood there. The page carries both
languages, so that a change of language reloads nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, g, jsonify, make_response, render_template, request, stream_with_context
from werkzeug.exceptions import NotFound

from edge.base.i18n import words
from edge.kiosk import COMMANDS, Kiosk
from edge.kiosk_panels import PANELS
from edge.kiosk_view import view
from edge.members import PURPOSES, TEXT_VERSION
from web.auth import cookie_name
from web.context import action, body, hub, keyed, page_data, problem, services
from web.stream import TooManyStreams, states

if TYPE_CHECKING:
    from edge.services import Services

blueprint = Blueprint("kiosk", __name__)
AREAS = ("kiosk", "feedback", "member", "privacy", "errors", *(f"kiosk_{panel.name}" for panel in PANELS))


def listen(app: Flask, services: Services) -> None:
    """Wake a kiosk's stream when it has changed."""
    services.bus.subscribe("kiosk.changed", lambda lane, **_: app.extensions["tillbox.hub"].notify(_screen(lane)))


@blueprint.get("/kiosk/<lane>")
@action("page.open")
def page(lane: str) -> Response:
    """The shell of the screen, with a new token; what was shown before is forgotten."""
    kiosk = known_kiosk(lane)
    token, lang = kiosk.adopt(), kiosk.visit.lang
    languages = services().config.store.languages
    data = page_data(AREAS, kiosk=lane, seat=kiosk.seat, catalogues={each: words(each, AREAS) for each in languages},
                     purposes=PURPOSES, text_version=TEXT_VERSION)  # fmt: skip
    answer = make_response(render_template("kiosk/kiosk.html", lane=lane, language=lang, data=data))
    answer.set_cookie(cookie_name(lane), token, httponly=True, samesite="Strict", path="/")
    return answer


@blueprint.get("/api/kiosk/<lane>/state")
@action("kiosk.use")
def state(lane: str) -> Response:
    """The view now."""
    return jsonify(view(known_kiosk(lane)))


@blueprint.get("/api/kiosk/<lane>/stream")
@action("kiosk.use")
def stream(lane: str) -> Response:
    """The view at every change, as server-sent events, until a newer page takes the kiosk."""
    kiosk, streams, token = known_kiosk(lane), hub(), request.cookies.get(cookie_name(lane), "")
    seat = request.args.get("seat", type=int)  # windows of one browser share the cookie, not the seat

    def seen() -> dict[str, Any] | None:
        return view(kiosk) if kiosk.seat == seat and kiosk.holds(token) else None

    try:
        ticket = streams.open(_screen(lane))
    except TooManyStreams:
        return problem(503, "too_many_screens")
    answer = Response(stream_with_context(states(streams, ticket, seen)), mimetype="text/event-stream")
    answer.call_on_close(lambda: streams.leave(ticket))
    return answer


def known_kiosk(lane: str) -> Kiosk:
    """The kiosk of that lane, or 404."""
    found = services().kiosks.get(lane)
    if found is None:
        raise NotFound
    return found


def _screen(lane: str) -> str:
    return f"kiosk:{lane}"


def _command(name: str) -> Callable[[str], Response]:
    @action("kiosk.use")
    def run(lane: str) -> Response:
        kiosk = known_kiosk(lane)
        g.screen_lang = kiosk.visit.lang  # a refusal is told in the visit's language, amounts as amounts
        args: dict[str, Any] = body()
        page = hashlib.sha256(request.cookies.get(cookie_name(lane), "").encode()).hexdigest()
        keyed(page, lambda: kiosk.do(name, args))
        return jsonify(view(kiosk))

    return run


for _name in COMMANDS:
    blueprint.post(f"/api/kiosk/<lane>/{_name}", endpoint=f"do_{_name.replace('/', '_')}")(_command(_name))
