"""The app factory: one place for headers, hosts, origins, body limits and the shape of an error.

Every page is served with `default-src 'self'` and nothing inline. Unsafe methods need a page of this very origin, a
JSON body and the header X-Tillbox, which no form and no foreign page can send. A route without an action is denied.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from flask import Flask, Response, current_app, request, send_from_directory
from flask.json.provider import JSONProvider
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from edge.base.i18n import t
from edge.errors import ShopError
from edge.once import Once
from web import auth, bench, door, kiosk, manager, members, privacy, stock, tech, till
from web.api import openapi
from web.context import MAX_PIECE, BadBody, action, language, problem, services
from web.stream import Hub

if TYPE_CHECKING:
    from edge.services import Services

log = logging.getLogger(__name__)

MAX_BODY = 16 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SPARE_THREADS = 8
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=()",
}


class Json(JSONProvider):
    """Flask's JSON by orjson: a view is three times the size of its sale, and every tap is answered with one."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        data = orjson.dumps(self._prepare_response_obj(args, kwargs))
        return Response(data, mimetype="application/json")


class LeanRule(Rule):
    """A route whose address is put together only for who asks for it (url_for; nobody does at a till).

    werkzeug compiles two functions for each of some hundred routes: more than a megabyte.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder
        return lambda rule, **values: compile_now(append_unknown)(rule, **values)


def create_app(given: Services) -> Flask:
    """The box's web application over the given services; `close(app)` ends its streams."""
    app = Flask("web", static_folder=None)
    app.url_rule_class = LeanRule
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.json = Json(app)
    app.extensions["tillbox"] = given
    streams = app.extensions["tillbox.hub"] = Hub(given.config.web.threads - SPARE_THREADS)
    app.extensions["tillbox.door"] = auth.Doorkeeper(given, streams)
    app.extensions["tillbox.once"] = Once(given.box)
    app.jinja_env.globals["tr"] = lambda key, **params: t(language(), key, **params)
    app.jinja_env.globals["lang"] = language
    app.before_request(_known_host)
    app.before_request(_same_origin)
    app.before_request(auth.require_action)
    app.after_request(_harden)
    app.register_error_handler(ShopError, _shop_error)
    app.register_error_handler(BadBody, lambda _: problem(400, "bad_request"))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    app.add_url_rule("/static/<path:filename>", "static", _static)
    app.register_blueprint(auth.blueprint)
    app.register_blueprint(door.blueprint)
    app.register_blueprint(till.blueprint)
    app.register_blueprint(members.blueprint)
    app.register_blueprint(privacy.blueprint)
    app.register_blueprint(kiosk.blueprint)
    app.register_blueprint(manager.blueprint)
    app.register_blueprint(openapi.blueprint)
    app.register_blueprint(stock.blueprint)
    if given.desk is not None:
        app.register_blueprint(tech.blueprint)
    if given.bench is not None:
        app.register_blueprint(bench.blueprint)
    till.listen(app, given)
    door.listen(app, given)
    kiosk.listen(app, given)
    stock.listen(app, given)
    return app


def close(app: Flask) -> None:
    """End all streams, so that the server's threads can end."""
    app.extensions["tillbox.hub"].close()


@action("page.open")
def _static(filename: str) -> Response:
    answer = send_from_directory("static", filename)
    answer.cache_control.no_cache = True
    return answer


def _known_host() -> Response | None:
    """The name in the request must be one the technician wrote down, else it is DNS rebinding.

    Flask's own TRUSTED_HOSTS can't name an IPv6 address and takes every name when the list is empty.
    """
    host = request.headers.get("Host", "").lower()
    name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return None if name in services().config.web.trusted_hosts else problem(400, "foreign_origin")


def _same_origin() -> Response | None:
    """Unsafe methods: a page of this origin, our header, JSON (or a piece of a file, where a route takes that)."""
    if request.method in SAFE_METHODS:
        return None
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    foreign = site not in (None, "same-origin") or (site is None and origin is None)
    if foreign or (origin is not None and urlsplit(origin).netloc != request.host):
        return problem(403, "foreign_origin")
    if request.headers.get("X-Tillbox") != "1":
        return problem(403, "foreign_origin")
    raw = getattr(current_app.view_functions.get(request.endpoint or ""), "raw", False)
    if raw:
        request.max_content_length = MAX_PIECE
    if request.mimetype != ("application/octet-stream" if raw else "application/json"):
        return problem(415, "not_json")
    return None


def _harden(answer: Response) -> Response:
    answer.headers.extend(HEADERS)
    if not answer.cache_control.no_cache:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _shop_error(error: ShopError) -> Response:
    return problem(error.status, error.slug, **error.params)


def _http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error  # a redirect
    slugs = {400: "bad_request", 404: "not_found", 405: "bad_request", 413: "too_large", 415: "not_json"}
    return problem(status, slugs.get(status, "unexpected"))


def _unexpected(error: Exception) -> Response:
    # The web boundary: whatever went wrong, the screen gets a sentence and the log the trace.
    log.error("unexpected error in %s %s", request.method, request.path, exc_info=error)
    return problem(500, "unexpected")
