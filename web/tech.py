"""The technician's page: checks, devices, test prints, last scans. It polls; a stream would cost the till a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, render_template
from werkzeug.exceptions import NotFound

from edge.permissions import may
from web.auth import DESK, people, session
from web.context import action, body, keyed, language, page_data, services, text

if TYPE_CHECKING:
    from edge.services import TechDesk

blueprint = Blueprint("tech", __name__)
AREAS = ("tech", "errors")
LOGIN = {"title": "tech.login_title", "hint": "tech.login_hint", "nobody": "tech.login_nobody"}


@blueprint.get("/tech")
@action("tech.see")
def page() -> str:
    """The shell; what changes comes by /api/tech/state."""
    _desk().check()
    data = page_data(AREAS, lane=DESK, zone=services().config.store.zone)
    return render_template("tech/tech.html", data=data, person=session().person.name(language()))


@blueprint.get(f"/login/{DESK}")
@action("page.open")
def login_page() -> str:
    """Tiles of those who may come in, then the PIN pad."""
    keepers = [person for person in people() if may("tech.see", person["role"])]
    data = page_data(("till", "errors"), lane=DESK, next="/tech")
    return render_template("tech/login.html", people=keepers, data=data, says=LOGIN)


@blueprint.get("/api/tech/state")
@action("tech.see")
def state() -> Response:
    """What the desk knows now, in the language of the screen."""
    return jsonify(_desk().state(language()))


@blueprint.post("/api/tech/check")
@action("tech.see")
def check() -> Response:
    """{}: run the checks; their result comes with the state."""
    body()
    keyed(session().person.uid, _desk().check)
    return jsonify(ok=True)


@blueprint.post("/api/tech/print")
@action("tech.print")
def test_print() -> Response:
    """{printer}: print a test paper; how it went comes with the state."""
    desk, printer, lang = _desk(), text(body(), "printer"), language()
    keyed(session().person.uid, lambda: desk.test_print(printer, lang))
    return jsonify(ok=True)


def _desk() -> TechDesk:
    desk = services().desk
    if desk is None:
        raise NotFound
    return desk
