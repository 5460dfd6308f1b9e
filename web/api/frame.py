"""The frame of the manager's API: what a call takes and gives stands beside its function, and is checked here.

A function is given a Call and returns plain data, or raises ShopError. Whatever changes something needs an
Idempotency-Key; the change and its first answer are one transaction (see edge/once.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from flask import Response, jsonify, request

from edge.errors import ShopError
from edge.once import Answer
from web.api import shapes
from web.api.shapes import Shape
from web.auth import doorkeeper, session
from web.context import BadBody, action, fingerprint, idempotency_key, language, once, services

if TYPE_CHECKING:
    from edge.box import Box
    from edge.services import Services
    from edge.staff import Person, Session
    from web.api.table import Row

ROOT = "/api/manager"
SAFE = frozenset({"GET", "HEAD"})
JSON, PNG, CSV, BYTES = "application/json", "image/png", "text/csv", "application/octet-stream"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(slots=True)
class Call:
    """One checked request. path, query and body hold what the shapes allow; whatever was left out is not there."""

    given: Services
    session: Session
    lang: str
    path: dict[str, Any]
    query: dict[str, Any]
    body: dict[str, Any]
    key: str = ""
    after: list[Callable[[], None]] = field(default_factory=list)  # run once the change is committed

    @property
    def box(self) -> Box:
        return self.given.box

    @property
    def person(self) -> Person:
        return self.session.person


View = Callable[[Call], Any]
AnyView = TypeVar("AnyView", bound=Callable[..., Any])
Lock = Callable[[Call], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a function takes and gives. answer None: media says what comes instead of JSON.

    atomic: its change and the kept answer are one transaction. lock: what must be held before that one.
    """

    answer: Shape | None
    body: Shape | None
    query: dict[str, Shape]
    status: int
    media: tuple[str, ...]
    atomic: bool
    lock: Lock
    refusals: tuple[str, ...]


def speaks(
    answer: Shape | None = None, *, body: Shape | None = None, query: dict[str, Shape] | None = None, status: int = 200,
    media: tuple[str, ...] = (JSON,), atomic: bool = True, lock: Lock = lambda call: nullcontext(),
    refusals: tuple[str, ...] = (),
) -> Callable[[AnyView], AnyView]:  # fmt: skip
    """Declare the shapes of a function of the table; its docstring is the summary in the OpenAPI document.

    refusals: slugs of the ShopErrors that a caller should know of, each "status slug".
    """

    def mark(view: AnyView) -> AnyView:
        view.spoken = Spoken(  # type: ignore[attr-defined]
            answer, body, query or {}, status, media, atomic, lock, refusals
        )
        return view

    return mark


def find(row: Row) -> tuple[View, Spoken]:
    """The function of a row and what it speaks. Its module is loaded when it is first asked for."""
    module, _, name = row.view.partition(".")
    view: View = getattr(import_module(f"web.api.{module}"), name)
    return view, view.spoken  # type: ignore[attr-defined]


def route(row: Row) -> Callable[..., Response]:
    """What Flask calls for a row of the table."""

    @action(row.action)
    def run(**path: Any) -> Response:
        view, spoken = find(row)
        if not row.quiet:
            doorkeeper().idle.touch(session())
        call = Call(services(), session(), language(), path, _query(spoken), {})
        if row.method in SAFE:
            return _respond(view(call), spoken.status)
        call.body, call.key = {} if row.raw else _body(spoken), idempotency_key() or _no_key()
        return _change(row, view, spoken, call)

    run.raw = row.raw  # type: ignore[attr-defined]
    return run


def _change(row: Row, view: View, spoken: Spoken, call: Call) -> Response:
    def act() -> Answer:
        if row.step_up and not doorkeeper().proved(call.session):
            raise ShopError("pin_again", status=403)
        return Answer(spoken.status, view(call))

    told = request.get_data() if row.raw else _told(spoken, call.body)
    answer = once().run(
        call.person.uid, call.key, fingerprint(told), act, atomic=spoken.atomic,
        lock=lambda: spoken.lock(call), kept=lambda data: _kept(spoken, data),
    )  # fmt: skip
    if not answer.again:
        if row.step_up:
            doorkeeper().use_proof(call.session)
        for follow in call.after:
            follow()
    response = _respond(answer.data, answer.status)
    if answer.again:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _told(spoken: Spoken, data: dict[str, Any]) -> bytes:
    """What a request brings, without secrets: a short PIN could be guessed from its hash."""
    hidden = set(shapes.secrets(spoken.body)) if spoken.body else set()
    told = {name: value for name, value in data.items() if name not in hidden}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def _kept(spoken: Spoken, data: Any) -> Any:
    hidden = set(shapes.secrets(spoken.answer)) if spoken.answer else set()
    return {name: None if name in hidden else value for name, value in data.items()} if hidden else data


def _no_key() -> str:
    raise ShopError("key_missing", status=400)


def _respond(data: Any, status: int) -> Response:
    answer: Response = data if isinstance(data, Response) else jsonify(data)
    if answer is not data:
        answer.status_code = status
    return answer


def _body(spoken: Spoken) -> dict[str, Any]:
    data = request.get_json() if request.get_data() else {}
    if not isinstance(data, dict):
        raise BadBody
    refuse(shapes.wrong(spoken.body or shapes.body(), data))
    return data


def refuse(wrong: shapes.Wrong | None) -> None:
    """ShopError with the field for what does not fit."""
    if wrong is not None:
        raise ShopError(wrong.slug, status=422, field=wrong.field)


def _query(spoken: Spoken) -> dict[str, Any]:
    found = {}
    for name, values in request.args.lists():
        if name not in spoken.query:
            raise ShopError("field_unknown", status=422, field=name[:64])
        found[name] = _typed(spoken.query[name], values[0])
        if len(values) > 1 or found[name] is None:
            raise ShopError("field_wrong", status=422, field=name)
        refuse(shapes.wrong(spoken.query[name], found[name], name))
    return found


def _typed(shape: Shape, value: str) -> Any:
    """A parameter as its shape has it; None when it can't be."""
    if shape.get("type") == "integer":
        return int(value) if re.fullmatch(r"-?\d{1,16}", value, re.ASCII) else None
    if shape.get("type") == "boolean":
        return {"true": True, "false": False}.get(value)
    return value
