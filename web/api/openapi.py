"""The OpenAPI 3.1 document of everything below /api: made from the routes of the running app and their shapes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, jsonify

from edge.permissions import ALLOW, DENY, TABLE, permission
from web.api.frame import BYTES, JSON, ROOT, SAFE, Spoken, find
from web.api.shapes import Shape, body, by_name, obj, text, whole
from web.api.table import TABLE as ROWS
from web.auth import DESK, MANAGER
from web.context import action

if TYPE_CHECKING:
    from flask import Flask

    from web.api.table import Row

blueprint = Blueprint("openapi", __name__)

PROBLEM = obj(
    "Problem",
    type=text(example="tillbox:field_missing"),
    title=text(example="“price” is missing."),
    detail=text(example="“price” is missing."),
    status=whole(400, 599, 422),
    params=by_name({}),
)
_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
_STATUS = {
    400: "The request is not one (no JSON object, a foreign page, no Idempotency-Key).",
    401: "Nobody is logged in here.",
    403: "The person may not do this, or must type the PIN once more (type tillbox:pin_again).",
    404: "There is no such thing.",
    409: "It can't be done as things stand now.",
    413: "The body is too large.",
    415: "The body is not of the type that is taken.",
    422: "A field is unknown, missing or wrong (params.field names it), or the key was another request's.",
    429: "Too many wrong PINs; wait params.seconds.",
    500: "Something unexpected. Nothing was kept; the same key may be used again.",
    503: "Too many screens are open.",
}
_ABOUT = """What the screens of a tillbox talk to. Amounts are in minor units, quantities in thousandths, rates in basis
points, instants in UTC microseconds. Answers may grow fields; requests may not. An unsafe request needs the header
X-Tillbox and an Origin (or Sec-Fetch-Site) of the box itself. Words are in the language of the session."""


@blueprint.get("/api/openapi.json")
@action("page.open")
def openapi() -> Response:
    """This document."""
    return jsonify(document(current_app))


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of an app's routes below /api."""
    from web.api.others import OTHERS, undeclared  # only the document needs the shapes of all screens

    rows = {f"manager.{row.endpoint}": row for row in ROWS}
    paths: dict[str, dict[str, Any]] = {}
    parts: dict[str, Shape] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if not rule.rule.startswith("/api/"):
            continue
        view: Any = app.view_functions[rule.endpoint]
        row = rows.get(rule.endpoint)
        told, spoken = find(row) if row else OTHERS.get(rule.endpoint, undeclared)(view)
        item = paths.setdefault(_ARGUMENT.sub(r"{\g<name>}", rule.rule), {})
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            operation = _operation(method, rule.rule, rule.endpoint, view.action, spoken, row)
            item[method.lower()] = {**_told(told), **operation}
    whole_ = {"paths": _lifted(paths, parts)}
    problem = _lifted({"content": {"application/problem+json": {"schema": PROBLEM}}}, parts)
    return {
        "openapi": "3.1.0",
        "info": {"title": "tillbox", "version": "1", "summary": "The API of one box", "description": _ABOUT,
                 "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "security": [],
        **whole_,
        "components": {
            "schemas": dict(sorted(parts.items())),
            "responses": {f"Problem{status}": {"description": said, **problem} for status, said in _STATUS.items()},
            "parameters": _HEADERS,
            "securitySchemes": _DOORS,
        },
    }  # fmt: skip


_HEADERS = {
    "IdempotencyKey": {
        "name": "Idempotency-Key", "in": "header", "required": True,
        "description": "1 to 64 visible characters. The same key and the same request change nothing again for a day: "
                       "the first answer comes once more (header Idempotent-Replayed).",
        "schema": {"type": "string", "minLength": 1, "maxLength": 66},
    },
    "CommandKey": {
        "name": "Idempotency-Key", "in": "header", "required": False,
        "description": "The same as a command's id, which may be in the body instead.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 66},
    },
    "Ours": {
        "name": "X-Tillbox", "in": "header", "required": True,
        "description": "Always 1: no form and no foreign page can send it.",
        "schema": {"type": "string", "enum": ["1"]},
    },
}  # fmt: skip


def _door(cookie: str, about: str) -> dict[str, str]:
    return {"type": "apiKey", "in": "cookie", "name": cookie, "description": about}


_DOORS = {
    "till": _door("tillbox-LANE", "Set by POST /api/login for a lane; LANE is the lane's id."),
    "manager": _door(f"tillbox-{MANAGER}", f"Set by POST /api/login for the lane {MANAGER}."),
    "tech": _door(f"tillbox-{DESK}", f"Set by POST /api/login for the lane {DESK}."),
    "kiosk": _door("tillbox-LANE", "Set by the page /kiosk/LANE for the newest page of that kiosk."),
}


def _told(view: Any) -> dict[str, str]:
    first, _, rest = (view.__doc__ or "").strip().partition("\n")
    about = re.sub(r"\s+", " ", rest).strip()
    return {"summary": first, **({"description": about} if about else {})}


def _operation(method: str, path: str, endpoint: str, name: str, spoken: Spoken, row: Row | None) -> dict[str, Any]:
    room = endpoint.partition(".")[0]
    safe = method in SAFE
    parameters = [_argument(found["kind"], found["name"]) for found in _ARGUMENT.finditer(path)]
    parameters += [
        {"name": each, "in": "query", "required": False, "schema": shape} for each, shape in spoken.query.items()
    ]
    if not safe:
        parameters.append({"$ref": "#/components/parameters/Ours"})
        if path.startswith(ROOT) or room in ("till", "stock", "tech", "bench", "kiosk"):
            key = "IdempotencyKey" if path.startswith(ROOT) else "CommandKey"
            parameters.append({"$ref": f"#/components/parameters/{key}"})
    roles = {role: permission(name, role) for role in TABLE[name] if permission(name, role) != DENY}
    operation: dict[str, Any] = {
        "operationId": endpoint.replace(".", "_"), "tags": [room], "parameters": parameters,
        "responses": _responses(spoken, safe, bool(_ARGUMENT.search(path)), room),
        "security": _security(room, roles), "x-action": name, "x-roles": roles,
    }  # fmt: skip
    if row is not None and row.step_up:
        operation["x-step-up"] = True
    if not safe:
        operation["requestBody"] = _request(spoken, raw=row is not None and row.raw)
    return operation


def _argument(kind: str | None, name: str) -> dict[str, Any]:
    schema: Shape = {"type": "integer"} if kind == "int" else {"type": "string"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _security(room: str, roles: dict[str, str]) -> list[dict[str, list[str]]]:
    if roles.get("anyone") == ALLOW:
        return []
    return [{room if room in _DOORS else "till": []}]


def _request(spoken: Spoken, *, raw: bool) -> dict[str, Any]:
    if raw:
        return {
            "required": True,
            "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
        }
    shape = spoken.body or body()
    return {"required": bool(shape.get("required")), "content": {JSON: {"schema": shape}}}


def _responses(spoken: Spoken, safe: bool, named: bool, room: str) -> dict[str, Any]:
    refused = sorted(spoken.refusals)
    content: dict[str, Any] = {
        media: {"schema": spoken.answer if spoken.answer is not None else {"type": "string", "format": "binary"}}
        for media in spoken.media
    }
    found: dict[str, Any] = {str(spoken.status): {"description": "Done.", "content": content}}
    statuses = {400, 401, 403, 500} | ({404} if named else set()) | ({422} if spoken.query else set())
    statuses |= set() if safe else {409, 413, 415, 422, 429}
    statuses |= {503} if "text/event-stream" in spoken.media else set()
    for status in sorted(statuses | {int(each.partition(" ")[0]) for each in refused}):
        found[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    if refused:
        found[str(spoken.status)]["description"] = f"Done. Refusals to expect: {', '.join(refused)}."
    return found


def _lifted(value: Any, parts: dict[str, Shape]) -> Any:
    """The value with every titled shape in it replaced by a reference to it among the parts."""
    if isinstance(value, list):
        return [_lifted(each, parts) for each in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _lifted(each, parts) for name, each in value.items()}
    title = value.get("title")
    if value.get("type") == "object" and isinstance(title, str) and "properties" in value:
        assert parts.setdefault(title, inner) == inner, f"two shapes have the title {title}"
        return {"$ref": f"#/components/schemas/{title}"}
    return inner
