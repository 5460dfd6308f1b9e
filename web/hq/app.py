"""The console's app factory: hosts, origins, log-in and headers in one place, denied unless allowed.

Plain pages and forms that work without scripts; the one script only keeps the figures fresh.
"""

from __future__ import annotations

import logging
from datetime import datetime
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, render_template, request, send_from_directory, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from edge.base.i18n import LANGS, t
from sync.hq import HqServices
from web.hq import feedback, look, pages

log = logging.getLogger(__name__)

COOKIE = "tillbox_hq"
OPEN = frozenset({"hq.login", "hq.enter", "hq.static", "hq.say", "hq.said"})  # what may be seen without a log-in
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def create_app(services: HqServices) -> Flask:
    """The console over headquarters' services."""
    app = Flask("web", static_folder=None)
    app.config.update(TRUSTED_HOSTS=list(services.config.trusted_hosts), MAX_CONTENT_LENGTH=16 * 1024)
    app.extensions["tillbox.hq"] = services
    app.jinja_env.globals.update(tr=lambda key, **params: t(g.lang, f"hq.{key}", **params), LANGS=LANGS)
    look.install(app, services)
    app.before_request(_same_origin)
    app.before_request(_who)
    app.after_request(_harden)
    app.teardown_request(lambda _error: services.store.release())
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    pages.blueprint_routes(app)
    feedback.routes(app)
    app.add_url_rule("/static/<path:filename>", "hq.static", _static)
    return app


def _same_origin() -> AnyResponse | None:
    """Only a page of this very origin may change anything; a form without an Origin is a stranger's."""
    g.lang = _preferred()
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    site, origin = request.headers.get("Sec-Fetch-Site", "same-origin"), request.headers.get("Origin", "")
    if site != "same-origin" or urlsplit(origin).netloc != request.host:
        return _page("error.html", 403, title="error_foreign_title", text="error_foreign")
    if request.mimetype != "application/x-www-form-urlencoded":
        return _page("error.html", 415, title="error_title", text="error_request")
    return None


def _who() -> AnyResponse | None:
    """The session behind the cookie; without one only the log-in is open."""
    g.user, g.token = None, request.cookies.get(COOKIE, "")
    if request.endpoint == "hq.static":
        return None
    session = pages.services().accounts.session(g.token) if g.token else None
    if session is not None:
        g.user, g.lang = session.user, session.lang
        return None
    if request.endpoint in OPEN or request.endpoint is None:
        return None
    if request.endpoint in pages.PARTS:
        return Response(status=401)
    return redirect(url_for("hq.login"))


def _preferred() -> str:
    asked = request.args.get("lang", "")
    return asked if asked in LANGS else request.accept_languages.best_match(LANGS, default="zh-CN")


def _harden(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers[name] = value
    if request.endpoint != "hq.static":
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _static(filename: str) -> Response:
    answer = send_from_directory("static", filename)
    answer.cache_control.no_cache = True
    return answer


def _page(name: str, status: int, **values: object) -> Response:
    values.setdefault("now", datetime.now(pages.services().config.zone))
    return Response(render_template(f"hq/{name}", **values), status)


def _http_error(error: HTTPException) -> AnyResponse:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    g.setdefault("lang", "zh-CN")
    text = "error_missing" if status == 404 else "error_request"
    return _page("error.html", status, title="error_title", text=text)


def _unexpected(error: Exception) -> Response:
    # the web boundary: the screen gets a sentence, the log the trace
    log.error("unexpected error in %s %s", request.method, request.path, exc_info=error)
    g.setdefault("lang", "zh-CN")
    return _page("error.html", 500, title="error_title", text="error_unexpected")
