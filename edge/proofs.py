"""Whether a row says what its event says, and the event is the one that was written: "ok", "changed" or "missing".

One event is checked with the hash of the one before it; all of the books, `tillbox audit verify`.
"""

from __future__ import annotations

from typing import Any

import orjson

from edge import evidence_sale
from edge.base.chain import chain_hash, genesis, source_name
from edge.base.sqlite import row, rows
from edge.box import Box

OK, CHANGED, MISSING = "ok", "changed", "missing"

_EVENT = "SELECT body, hash, private_digest FROM journal WHERE epoch = ? AND stream = ? AND seq = ?"
_HASH = "SELECT hash FROM journal WHERE epoch = ? AND stream = ? AND seq = ?"
_SALE = "SELECT uid, series, seq FROM sale WHERE id = ?"


def event(box: Box, epoch: str, stream: str, seq: int) -> tuple[dict[str, Any] | None, str]:
    """(the event as it stands, whether it is the one that was written)."""
    found = row(box.db, _EVENT, (epoch, stream, seq))
    if found is None:
        return None, MISSING
    source = source_name(box.source.tenant, box.source.box, epoch, stream)
    before = row(box.db, _HASH, (epoch, stream, seq - 1)) if seq > 1 else (genesis(source),)
    body, value, digest = found
    whole = before is not None and chain_hash(before[0], stream, seq, body.encode(), digest) == value
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None, CHANGED
    return told, OK if whole else CHANGED


def of_sale(box: Box, sale: int) -> dict[str, Any]:
    """{type, time, epoch, seq, state} of a document's event; the row, its lines, tenders and points are held to it."""
    found = row(box.db, _SALE, (sale,))
    if found is None:
        return {"type": "", "time": "", "epoch": "", "seq": 0, "state": MISSING}
    uid, series, seq = found
    epoch, told, state = _event_of(box, series, seq, uid)
    if told is None:
        return {"type": "", "time": "", "epoch": epoch, "seq": seq, "state": state}
    if state == OK and any(evidence_sale.compare(box, sale, told["data"], set(), set())):
        state = CHANGED
    return {"type": told["type"], "time": told["time"], "epoch": epoch, "seq": seq, "state": state}


def _event_of(box: Box, series: int, seq: int, uid: str) -> tuple[str, dict[str, Any] | None, str]:
    """The event of a document. A receipt series is an epoch's number; practice (series 0) may be of any."""
    worst: tuple[str, dict[str, Any] | None, str] = (box.source.epoch, None, MISSING)
    where = "n = ?" if series else "? = 0"
    for (epoch,) in rows(box.db, f"SELECT uid FROM epoch WHERE {where} ORDER BY n DESC", (series,)):
        told, state = event(box, epoch, "a", seq)
        if told is not None and told.get("data", {}).get("sale", {}).get("uid") == uid:
            return epoch, told, state
        if state != MISSING and series:
            worst = (epoch, told, CHANGED)
    return worst


def of_note(box: Box, epoch: str, seq: int, action: str, said: dict[str, Any]) -> str:
    """Whether a row of the audit says what its event says (said: what the event's data must hold)."""
    told, state = event(box, epoch, "a", seq)
    if told is None or state != OK:
        return state
    data = told.get("data", {})
    same = told.get("type") == f"audit.{action}" and all(data.get(name) == value for name, value in said.items())
    return OK if same else CHANGED
