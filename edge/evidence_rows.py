"""Rows held to the events that tell of them, one event at a time; what no event tells of comes at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from edge import evidence_coupons, evidence_sale
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.journal import Entry
from edge.sales import receipt_number

Fault = tuple[str, dict[str, Any]]
Data = dict[str, Any]

_MOVES = (
    "SELECT m.id, i.sku, m.qty, m.lot, m.expiry FROM stock_move m JOIN item i ON i.id = m.product "
    "WHERE m.doc = ? ORDER BY m.id"
)
_CASH = (
    "SELECT m.kind, s.uid, m.amount, m.reason FROM cash_move m JOIN shift s ON s.id = m.shift ORDER BY m.id"
)
_NOTE = (
    "SELECT a.id, a.action, p.uid, q.uid, a.lane, a.reason, a.detail FROM audit a LEFT JOIN staff p ON p.id = a.staff "
    "LEFT JOIN staff q ON q.id = a.approver WHERE a.id = ?"
)
# Sums that must come out: the stock as it stands is what moved it.
_STOCK = (
    "SELECT i.sku, k.qty, f.qty FROM stock k JOIN item i ON i.id = k.product JOIN "
    "(SELECT product, SUM(qty) AS qty FROM stock_flow GROUP BY product) f ON f.product = k.product "
    "WHERE k.qty <> f.qty ORDER BY i.sku"
)


@dataclass
class Seen:
    """The rows (ids) that an event told of, and what was learned of them on the way."""

    sales: set[int] = field(default_factory=set)
    entries: set[int] = field(default_factory=set)
    value: set[int] = field(default_factory=set)
    moves: set[int] = field(default_factory=set)
    reports: set[tuple[str, int]] = field(default_factory=set)
    notes: set[int] = field(default_factory=set)
    cash: Counter[tuple[str, str, int, str]] = field(default_factory=Counter)
    # What the events said last of each coupon, by its code.
    coupons: dict[str, str] = field(default_factory=dict)
    # Rows of the audit by epoch and event: read once, there is no index for them.
    by_event: dict[tuple[str, int], int] | None = None
    # Where retention cut a chain off: (epoch, stream, seq, hash as hex), as stream a tells it.
    floors: set[tuple[str, str, int, str]] = field(default_factory=set)
    # Documents whose event is no longer what it was: their rows can't be judged, and are not told of a second time.
    lost: set[str] = field(default_factory=set)

    def skip(self, body: str) -> None:
        """An event was changed: what it says proves nothing."""
        try:
            data = orjson.loads(body)["data"]
            self.lost.add(str(data["sale"]["uid"] if "sale" in data else data.get("doc", "")))
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            return

    def note(self, box: Box, epoch: str, seq: int) -> int | None:
        if self.by_event is None:
            found = rows(box.db, "SELECT epoch, seq, id FROM audit")
            self.by_event = {(of, n): number for of, n, number in found}
        return self.by_event.get((epoch, seq))


def compare(box: Box, epoch: str, series: int, entry: Entry, seen: Seen) -> Iterator[Fault]:
    """What the rows of an event, which itself is whole, say otherwise."""
    told = orjson.loads(entry.body)
    kind, data, training = told["type"], told["data"], told["mode"] == "training"
    if kind.startswith(("sale.", "coupon.", "audit.coupon")):
        evidence_coupons.learn(seen.coupons, kind, data)
    if kind.startswith("sale."):
        yield from _sale(box, series, data, seen)
    elif "ledger" in data:
        yield from evidence_sale.entries(box, data["ledger"], None, seen.entries)
    elif kind.startswith("stock."):
        yield from _stock(box, data, seen, training)
    elif kind == "shift.closed":
        yield from _report(box, data, seen)
    elif kind == "behaviour.expired":
        seen.floors.add((data["epoch"], data["stream"], data["upto"], data["head"]))
    elif kind.startswith("audit."):
        yield from _note(box, epoch, entry.seq, kind, data, seen)


def _sale(box: Box, series: int, data: Data, seen: Seen) -> Iterator[Fault]:
    said = data["sale"]
    found = row(box.db, "SELECT id FROM sale WHERE uid = ?", (said["uid"],))
    if found is None:
        yield "row_gone", {"what": said["receipt"]}
        return
    seen.sales.add(found[0])
    yield from evidence_sale.compare(box, found[0], data, seen.entries, seen.value)
    unfit = Counter((line["sku"], -abs(line["qty"])) for line in said["lines"] if line.get("fit") is False)
    for move, sku, qty, _, _ in rows(box.db, _MOVES, (said["uid"],)):
        seen.moves.add(move)
        if unfit[sku, qty] < 1:
            yield "move_changed", {"what": sku, "doc": said["receipt"], "row": qty, "event": "-"}
        unfit[sku, qty] -= 1


def _stock(box: Box, data: Data, seen: Seen, training: bool) -> Iterator[Fault]:
    """The moves of one part of a stock document, in the order of its lines."""
    if training or "doc" not in data:
        return
    moves = [x for x in rows(box.db, _MOVES, (data["doc"],)) if x[0] not in seen.moves]
    for i, line in enumerate(data["lines"]):
        wanted = (line["sku"], line["qty"], line.get("lot"), line.get("expiry"))
        if i >= len(moves):
            yield "move_gone", {"what": line["sku"], "doc": data["doc"]}
            continue
        seen.moves.add(moves[i][0])
        if moves[i][1:] != wanted:
            yield "move_changed", {
                "what": line["sku"], "doc": data["doc"],
                "row": _words(moves[i][1:]), "event": _words(wanted),
            }  # fmt: skip


def _report(box: Box, data: Data, seen: Seen) -> Iterator[Fault]:
    if "z" not in data:
        return
    what = {"lane": data["lane"], "n": data["z"]}
    found = row(box.db, "SELECT body FROM z_report WHERE lane = ? AND number = ?", (data["lane"], data["z"]))
    if found is None:
        yield "report_gone", what
        return
    seen.reports.add((data["lane"], data["z"]))
    body = orjson.loads(found[0])
    wrong = [name for name in data if body.get(name) != data[name]]
    if wrong or set(body) != set(data):
        yield "report_changed", {**what, "field": wrong[0] if wrong else "-"}
    counted = row(box.db, "SELECT expected, counted FROM shift WHERE uid = ?", (data["shift"],))
    if counted != (data["expected"], data["counted"]):
        yield "count_changed", {**what, "row": _words(counted or ()), "event": data["counted"]}


def _note(box: Box, epoch: str, seq: int, kind: str, data: Data, seen: Seen) -> Iterator[Fault]:
    action = kind.removeprefix("audit.")
    if action in ("cash_in", "cash_out", "no_sale"):
        move = "no_sale" if action == "no_sale" else action.removeprefix("cash_")
        seen.cash[move, data["shift"], data["amount"], data["reason"]] += 1
    number = seen.note(box, epoch, seq)
    if number is None:
        # Only what audit.note wrote has a row; it always says these four.
        if {"staff", "approver", "lane", "reason"} <= set(data):
            yield "note_gone", {"what": action}
        return
    seen.notes.add(number)
    found = row(box.db, _NOTE, (number,)) or ()
    known = {name: data.pop(name, None) for name in ("staff", "approver", "lane", "reason")}
    wanted = (action, known["staff"], known["approver"], known["lane"], known["reason"] or "", data)
    if (*found[1:6], orjson.loads(found[6])) != wanted:
        yield "note_changed", {"what": action}


def untold(box: Box, seen: Seen) -> Iterator[Fault]:
    """Rows that no event tells of, and sums that do not come out."""
    for sale, uid, *number in rows(box.db, "SELECT id, uid, lane, series, number FROM sale ORDER BY id"):
        if sale not in seen.sales and uid not in seen.lost:
            yield "sale_untold", {"what": receipt_number(box, *number)}
    elsewhere = {number for (number,) in rows(box.db, "SELECT entry FROM ledger_origin")}  # their events are not ours
    yield from _rest(box, "ledger", seen.entries | elsewhere, seen, "entry_untold")
    yield from _rest(box, "value_ledger", seen.value, seen, "value_untold")
    if not seen.lost:  # whose word on a coupon may have been the last
        yield from evidence_coupons.compare(box, seen.coupons)
    for move, doc in rows(box.db, "SELECT id, doc FROM stock_move WHERE doc IS NOT NULL ORDER BY id"):
        if move not in seen.moves and doc not in seen.lost:
            yield "move_untold", {"doc": doc}
    for lane, n in rows(box.db, "SELECT lane, number FROM z_report ORDER BY lane, number"):
        if (lane, n) not in seen.reports:
            yield "report_untold", {"lane": lane, "n": n}
    for (number,) in rows(box.db, "SELECT id FROM audit ORDER BY id"):
        if number not in seen.notes:
            yield "note_untold", {"n": number}
    yield from _cash(box, seen)
    for epoch, stream, seq, head in rows(box.db, "SELECT epoch, stream, seq, hash FROM journal_floor"):
        if (epoch, stream, seq, head.hex()) not in seen.floors:
            yield "floor_untold", {"stream": stream, "seq": seq, "epoch": epoch}
    for sku, has, moved in rows(box.db, _STOCK):
        yield "stock_sum", {"what": sku, "row": has, "event": moved}


def _rest(box: Box, table: str, told: set[int], seen: Seen, slug: str) -> Iterator[Fault]:
    lost = {row_[0] for uid in seen.lost for row_ in rows(box.db, "SELECT id FROM sale WHERE uid = ?", (uid,))}
    for number, sale in rows(box.db, f"SELECT id, sale FROM {table} ORDER BY id"):  # noqa: S608 (a name of ours)
        if number not in told and sale not in lost:
            yield slug, {"n": number}


def _cash(box: Box, seen: Seen) -> Iterator[Fault]:
    there = Counter[tuple[Any, ...]](rows(box.db, _CASH))
    known = Counter[tuple[Any, ...]](seen.cash)
    for (kind, _, amount, reason), _n in (there - known).items():
        yield "cash_untold", {"kind": kind, "amount": amount, "reason": reason}
    for (kind, _, amount, reason), _n in (known - there).items():
        yield "cash_gone", {"kind": kind, "amount": amount, "reason": reason}


def _words(values: tuple[Any, ...]) -> str:
    return " ".join(str(value) for value in values if value is not None)


