"""Open baskets as rows: saved at every change, brought back after a crash, and the same for those that were put aside.

What a row holds is small on purpose: it is written at every scan.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, replace
from typing import Any

import orjson

from edge import accounts, catalog, returns, storedvalue
from edge.base.sqlite import row
from edge.basket import Asked, Basket, Line, Source, fresh
from edge.box import Box
from edge.catalog import Product, Versions
from edge.pricing import Cut

log = logging.getLogger(__name__)

_SAVE = (
    "INSERT INTO basket VALUES (?, ?, ?) ON CONFLICT (lane) DO UPDATE SET uid = excluded.uid, body = excluded.body"
)
_TEXTS = ("note", "lot", "serial", "expiry")


def save(box: Box, basket: Basket) -> None:
    """Keep the basket's lines, member and applied commands (synchronous=NORMAL)."""
    box.draft.execute_sql(_SAVE, (basket.lane, basket.uid, encode(basket)))
    box.loose = True


def restore(box: Box, lane: str) -> Basket:
    """The lane's basket as it was saved, or a fresh one. One whose sale is complete is never brought back."""
    found = row(box.db, "SELECT uid, body FROM basket WHERE lane = ?", (lane,))
    if found is None or row(box.db, "SELECT 1 FROM sale WHERE uid = ?", (found[0],)):
        return fresh(box, lane)
    basket = decode(box, lane, found[0], found[1])
    if not (basket.lines or basket.member is not None or basket.paid or basket.coupons):
        return fresh(box, lane)
    basket.restored = True
    return basket


def encode(basket: Basket) -> str:
    """A basket as text."""
    body: dict[str, Any] = {
        "v": [basket.versions.catalog, basket.versions.price],
        "m": basket.member,
        "i": basket.applied[-8:],
        "l": [_line(x) for x in basket.lines],
    }
    if basket.cut is not None:
        body["c"] = _cut(basket.cut)
    if basket.age_ok:
        body["a"] = True
    if basket.paid:
        body["p"] = basket.paid
    if basket.began_us is not None:
        body["t"] = basket.began_us
    if basket.coupons:
        body["k"] = basket.coupons
    return orjson.dumps(body).decode()


def decode(box: Box, lane: str, uid: str, text: str) -> Basket:
    """The basket of a text; a line whose product is gone is left out, with a word in the log."""
    body: dict[str, Any] = orjson.loads(text)
    versions, lines = Versions(*body["v"]), []
    for n, product_id, qty, amount, code, *more in body["l"]:
        said = _said(more[0] if more else {})
        product = _product(box, versions, product_id, said.get("source"))
        if product is None:
            log.warning("lane %s: no product for %s in its cart any more; left out", lane, code or f"id {product_id}")
        else:
            lines.append(Line(n, product, qty, amount, code, **said))
    basket = Basket(uid, lane, versions, tuple(lines), body["m"], max((x.n for x in lines), default=0) + 1)
    basket.applied = body["i"]
    basket.selected = lines[-1].n if lines else None
    basket.cut = Cut(*body["c"]) if body.get("c") else None
    basket.age_ok = bool(body.get("a"))
    basket.paid = tuple((kind, amount, reference) for kind, amount, reference in body.get("p", ()))
    basket.began_us = body.get("t")
    basket.coupons = tuple((code, promotion) for code, promotion in body.get("k", ()))
    return basket


def _product(box: Box, versions: Versions, product: int, source: Source | None) -> Product | None:
    if source is not None:
        return returns.product_of(box, versions, source)
    ours = next((x for x in (storedvalue.TOP_UP, accounts.PAYMENT) if x.id == product), None)
    return ours or catalog.by_id(box.db, versions, product)


def _line(line: Line) -> list[Any]:
    said: dict[str, Any] = {name: value for name in _TEXTS if (value := getattr(line, name))}
    if line.asked is not None:
        said["asked"] = asdict(line.asked)
    if line.cut is not None:
        said["cut"] = _cut(line.cut)
    if line.source is not None:
        said["source"] = asdict(line.source)
    if line.tied is not None:
        said["tied"] = line.tied
    plain: list[Any] = [line.n, line.product.id, line.qty, line.amount, line.code]
    return [*plain, said] if said else plain


def _said(said: dict[str, Any]) -> dict[str, Any]:
    found = dict(said)
    for name, make in (("asked", Asked), ("source", Source)):
        if name in found:
            found[name] = make(**found[name])
    if "source" in found:
        found["source"] = replace(found["source"], cuts=tuple((*cut,) for cut in found["source"].cuts))
    if "cut" in found:
        found["cut"] = Cut(*found["cut"])
    return found


def _cut(cut: Cut) -> list[Any]:
    return [cut.kind, cut.value, cut.reason, cut.approver, cut.part]
