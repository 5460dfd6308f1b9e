"""What every view needs of the running app: its services, the language of the screen, the shape of an answer."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from flask import Response, current_app, g, jsonify, request

from edge.base.i18n import LANGS, t, words
from edge.base.money import fmt_money
from edge.errors import ShopError
from edge.once import Answer

if TYPE_CHECKING:
    from edge.once import Once
    from edge.services import Services
    from web.stream import Hub

log = logging.getLogger(__name__)

LANG_COOKIE = "tillbox-lang"
MAX_PIECE = 256 * 1024  # of a file that a page sends; any other body is held to less (see web/base.py)
_KEY = re.compile(r'"?([!#-~]{1,64})"?')
View = TypeVar("View", bound=Callable[..., Any])


def services() -> Services:
    """The services of the running app."""
    found: Services = current_app.extensions["tillbox"]
    return found


def hub() -> Hub:
    """The streams of the running app."""
    found: Hub = current_app.extensions["tillbox.hub"]
    return found


def action(name: str) -> Callable[[View], View]:
    """Declare which action a route is; the staff's table says who may. A route without one is denied."""

    def mark(view: View) -> View:
        view.action = name  # type: ignore[attr-defined]
        return view

    return mark


def language() -> str:
    """The language of this request: the screen's, where it has one of its own (a kiosk), the session's, else the one
    chosen on this screen, else the store's first."""
    if (screen := g.get("screen_lang")) is not None:
        return str(screen)
    session = g.get("session")
    if session is not None:
        return str(session.lang)
    chosen = request.cookies.get(LANG_COOKIE, "")
    offered = services().config.store.languages
    return chosen if chosen in offered and chosen in LANGS else offered[0]


def page_data(areas: tuple[str, ...], **data: Any) -> str:
    """What a page's script is given, as JSON for a data attribute: language, words and the page's own facts."""
    lang = language()
    return json.dumps({"lang": lang, "words": words(lang, areas), **data}, ensure_ascii=False)


def body() -> dict[str, Any]:
    """The JSON object of the request; anything else is a bad request (400)."""
    found = request.get_json()
    if not isinstance(found, dict):
        raise BadBody
    return found


def text(data: dict[str, Any], key: str, limit: int = 200) -> str:
    """A text of the body, bounded."""
    value = data.get(key)
    if not isinstance(value, str) or len(value) > limit:
        raise BadBody
    return value


def idempotency_key() -> str | None:
    """The request's key, if it has one. ShopError("field_wrong") for one that can't be kept."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    found = _KEY.fullmatch(given)
    if found is None:
        raise ShopError("field_wrong", status=400, field="Idempotency-Key")
    return found[1]


def command_args() -> dict[str, Any]:
    """A command's body; its id may stand in the header Idempotency-Key instead."""
    args, key = body(), idempotency_key()
    if key is not None and args.setdefault("id", key) != key:
        raise ShopError("field_wrong", status=422, field="Idempotency-Key")
    return args


def once() -> Once:
    """The keys that this process has answered."""
    found: Once = current_app.extensions["tillbox.once"]
    return found


def fingerprint(told: bytes) -> str:
    """What makes two requests the same: method, address and what they bring."""
    return hashlib.sha256(b"\0".join((request.method.encode(), request.full_path.encode(), told))).hexdigest()


def keyed(owner: str, act: Callable[[], None]) -> None:
    """Run act; with an Idempotency-Key at most once for this owner. What is answered is the caller's, and made anew."""
    key = idempotency_key()
    if key is None:
        act()
        return

    def run() -> Answer:
        act()
        return Answer(200, None)

    told = orjson.dumps(body(), option=orjson.OPT_SORT_KEYS)
    once().run(owner, key, fingerprint(told), run, atomic=False)
# What of a refusal's facts is money: integers for a program that reads them, written as amounts in the sentence.
_MONEY = frozenset({
    ("account_limit", "left"), ("account_overpaid", "owed"), ("member_owes", "owed"), ("return_price", "limit"),
    ("value_short", "missing"), ("value_too_much", "limit"),
    ("points_step", "step"), ("points_goods", "left"), ("points_back", "left"),
})  # fmt: skip


class BadBody(Exception):
    """The body is JSON but not what this route takes."""


def problem(status: int, slug: str, **params: Any) -> Response:
    """An RFC 9457 answer; its type is stable, its title is in the language of the screen."""
    title = _title(language(), slug, params)
    answer = jsonify(type=f"tillbox:{slug}", title=title, detail=title, status=status, params=params)
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    return answer


def sentence(slug: str, params: dict[str, Any]) -> str:
    """What a refusal says, in the language of the request."""
    return _title(language(), slug, params)


def _written(slug: str, name: str, value: Any) -> Any:
    return fmt_money(value, services().box.currency) if (slug, name) in _MONEY and isinstance(value, int) else value


def _title(lang: str, slug: str, params: dict[str, Any]) -> str:
    try:
        return t(lang, f"errors.{slug}", **{name: _written(slug, name, value) for name, value in params.items()})
    except KeyError:
        log.warning("no words for the error %s", slug)
        return t(lang, "errors.unexpected")
