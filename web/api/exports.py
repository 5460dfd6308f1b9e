"""Data that leaves as a file: asked for (and written down) by one call, fetched once by another."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from flask import current_app
from werkzeug.exceptions import NotFound

from edge import exports
from edge.errors import ShopError
from edge.exports import Export
from edge.tables import FORMS
from web.api.frame import CSV, JSON, XLSX, Call, speaks
from web.api.imports import as_file
from web.api.shapes import body, choice, flag, many, obj, text, whole
from web.auth import MANAGER, doorkeeper

WAITS_NS = 120 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class Ticket:
    """An export that waits to be fetched by the session that asked for it."""

    export: Export
    session: str
    at_ns: int


@speaks(obj("Exports", kinds=many(obj(kind=choice(*exports.KINDS), personal=flag())), forms=many(choice(*FORMS))))
def listed(call: Call) -> Any:
    """The tables that can leave; personal: about members, so the PIN is asked for once more."""
    kinds = [{"kind": kind, "personal": exports.personal(kind)} for kind in exports.KINDS]
    return {"kinds": kinds, "forms": list(FORMS)}


READY = obj("ExportReady", ticket=text(64), name=text(example="S01-products-2026-11-21.csv"), rows=whole(0))


@speaks(
    READY,
    body=body("AskExport", kind=choice(*exports.KINDS), form=choice(*FORMS)),
    status=201,
    atomic=False,
    refusals=("403 pin_again", "403 export_cap"),
)
def ask(call: Call) -> Any:
    """Ask for a table; it is written down, and can be fetched once within two minutes."""
    kind = call.body["kind"]
    if exports.personal(kind):
        if not doorkeeper().proved(call.session):
            raise ShopError("pin_again", status=403)
        doorkeeper().use_proof(call.session)
    return offer(call, exports.export(call.box, kind, call.body["form"], call.lang, call.person, MANAGER))


def offer(call: Call, made: Export) -> dict[str, Any]:
    """Let an export wait for the session that asked for it; what it is fetched by."""
    now = call.box.env.clock.mono_ns()
    waiting, name = _waiting(), secrets.token_urlsafe(24)
    for old in [each for each, ticket in list(waiting.items()) if now - ticket.at_ns > WAITS_NS]:
        waiting.pop(old, None)
    waiting[name] = Ticket(made, call.session.token_hash, now)
    return {"ticket": name, "name": made.name, "rows": made.rows}


@speaks(media=(CSV, XLSX, JSON))
def fetch(call: Call) -> Any:
    """The file of a ticket."""
    ticket = _waiting().pop(call.path["ticket"], None)
    now = call.box.env.clock.mono_ns()
    if ticket is None or ticket.session != call.session.token_hash or now - ticket.at_ns > WAITS_NS:
        raise NotFound
    return as_file(ticket.export.name, ticket.export.mime, ticket.export.blocks)


def _waiting() -> dict[str, Ticket]:
    found: dict[str, Ticket] = current_app.extensions.setdefault("tillbox.exports", {})
    return found
