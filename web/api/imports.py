"""Data that comes in from a file: sent in pieces, checked (nothing is written), then loaded or given up.

The daemon carries an import on in a process of its own; a page asks how far it came.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from edge import exports
from edge.base.sqlite import rows
from edge.importer import jobs, uploads, work
from edge.importer.jobs import Status
from edge.importer.report import ImportRefused
from edge.tables import FORMS
from web.api.frame import CSV, XLSX, Call, speaks
from web.api.shapes import body, choice, flag, many, null_or, obj, opt, text, whole
from web.context import MAX_PIECE

SHOWN, LISTED = 20, work.KEPT
KINDS = ("products", "prices", "stock", "members")
STATES = ("queued", "running", "interrupted", "checked", "done", "failed", "cancelled")
_BYTES = whole(0, uploads.MAX_BYTES, example=52_000)
IMPORT = obj(
    "Import", uid=text(example="0f3c"), kind=choice(*KINDS), state=choice(*STATES), open=flag(),
    step=text(example="check"), done=whole(0), total=whole(0), rows=whole(0), good=whole(0), refused=whole(0),
    notes=whole(0), file=text(example="products.csv"), error=null_or(text(2000, lines=True)),
)  # fmt: skip
_REFUSAL = obj(
    "RefusedCell", line=whole(0), column=text(example="price"), value=text(100_000, lines=True, example="12,9a"),
    why=text(2000, lines=True),
)  # fmt: skip
_GONE = "404 import_gone"


@speaks(obj("Imports", imports=many(IMPORT), kinds=many(choice(*KINDS)), limit=_BYTES, piece=whole(1, example=262144)))
def listed(call: Call) -> Any:
    """The last imports, newest first, and how large a file and its pieces may be."""
    found = rows(call.box.db, "SELECT uid FROM job WHERE kind LIKE 'import.%' ORDER BY id DESC LIMIT ?", (LISTED,))
    imports = [_told(call, uid) for (uid,) in found]
    return {"imports": imports, "kinds": list(KINDS), "limit": uploads.MAX_BYTES, "piece": MAX_PIECE}


@speaks(
    obj("Upload", file=text(64), received=_BYTES),
    body=body("BeginUpload", size=whole(example=52_000)),
    status=201,
    atomic=False,
    refusals=("413 upload_large", "422 upload_empty", "409 upload_no_room", "409 import_open"),
)
def begin(call: Call) -> Any:
    """Make place for a file. Its pieces follow."""
    return {"file": uploads.begin(call.box, call.body["size"]), "received": 0}


@speaks(
    obj("Received", received=_BYTES),
    query={"at": _BYTES},
    atomic=False,
    refusals=("404 upload_gone", "409 upload_gap", "413 upload_large"),
)
def piece(call: Call) -> Any:
    """The bytes of the file from `at` on, at most as many as a piece may have."""
    return {"received": uploads.put(call.box, call.path["file"], call.query.get("at", 0), request.get_data())}


@speaks(
    IMPORT,
    body=body(
        "StartImport", file=text(64), size=_BYTES, kind=choice(*KINDS), name=opt(text(200, example="products.csv"))
    ),
    status=201,
    atomic=False,
    refusals=("404 upload_gone", "409 upload_gap", "409 import_open"),
)
def start(call: Call) -> Any:
    """Check a file that came whole; nothing is written before somebody says so."""
    said = call.body
    called = said.get("name") or said["file"]
    return _told(call, uploads.start(call.box, said["file"], said["size"], said["kind"], called, call.person))


@speaks(obj("ImportNow", job=IMPORT, refusals=many(_REFUSAL), cells=whole(0)), refusals=(_GONE,))
def look(call: Call) -> Any:
    """How far an import is, and the first cells that it refused."""
    uid = call.path["job"]
    told = _told(call, uid)
    found = [
        {"line": each.line, "column": each.column, "value": each.value, "why": each.why(call.lang)}
        for _, each in jobs.refusals(call.box, uid, limit=SHOWN)
    ]
    return {"job": told, "refusals": found, "cells": jobs.refusal_count(call.box, uid)}


@speaks(media=(CSV, XLSX), query={"form": choice(*FORMS)}, refusals=(_GONE,))
def refused(call: Call) -> Any:
    """Every refused cell with why, as a file."""
    box, uid, form = call.box, call.path["job"], call.query.get("form", "csv")
    jobs.status(box, uid)
    blocks = exports.refusals(box, jobs.refused_table(box, uid, call.lang), form, call.lang)
    return as_file(f"refused-{uid[:8]}.{form}", FORMS[form], blocks)


@speaks(IMPORT, atomic=False, refusals=(_GONE, "409 import_gone"))
def load(call: Call) -> Any:
    """After the check: write the good rows and leave the refused ones out."""
    jobs.status(call.box, call.path["job"])
    work.go_on(call.box, call.path["job"])
    return _told(call, call.path["job"])


@speaks(IMPORT, atomic=False, refusals=(_GONE,))
def cancel(call: Call) -> Any:
    """Give an import up: at once, or after the rows in hand. What is current already stays."""
    jobs.status(call.box, call.path["job"])
    work.cancel(call.box, call.path["job"])
    return _told(call, call.path["job"])


def as_file(name: str, mime: str, blocks: Any) -> Response:
    """An answer that a browser keeps as a file, sent block by block."""
    answer = Response(blocks, content_type=mime)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _told(call: Call, uid: str) -> dict[str, Any]:
    now = jobs.status(call.box, uid)
    return {
        "uid": now.uid, "kind": now.kind, "state": now.state, "open": now.state in (*work.OPEN, "interrupted"),
        "step": now.step, "done": now.done, "total": now.total, "rows": now.rows, "good": now.good,
        "refused": now.refused, "notes": now.notes, "file": now.file, "error": _why(call.lang, now),
    }  # fmt: skip


def _why(lang: str, now: Status) -> str | None:
    """Why a file was refused, by the name that its owner knows."""
    if now.error is None:
        return None
    params = {name: now.file if name == "path" else value for name, value in now.error.params.items()}
    return ImportRefused(now.error.slug, **params).words(lang)
