"""Receipts: found again, looked at with all that belongs to them, printed again as copies."""

from __future__ import annotations

from typing import Any

from flask import Response

from edge import printing, receipt_book, receipt_search
from edge.errors import ShopError
from web.api.frame import PNG, Call, speaks
from web.api.shapes import body, choice, date, flag, instant, many, money, null_or, obj, page_of, text, whole

PAGE = 50
_KIND = choice("sale", "return", "void")
_NUMBER = text(example="S01-1-1-000017")
ROW = obj(
    "ReceiptRow", uid=text(example="0f3c"), receipt=_NUMBER, kind=_KIND, lane=text(example="1"), at_us=instant(),
    date=date(), total=money(), by=text(example="Xiao Chen"), lines=whole(0), tenders=many(text(example="cash")),
    voided=flag(False), mode=text(example="live"),
)  # fmt: skip
_SHORT = obj("ReceiptShort", uid=text(example="0f3c"), receipt=_NUMBER, kind=_KIND, at_us=instant(), total=money())
_LINE = obj(
    "ReceiptLine", n=whole(1), sku=text(example="MILK"), name=text(example="Milk 1 l"), qty=whole(example=1000),
    unit=text(example="pc"), unit_price=money(), discount=money(), total=money(), rate=whole(0, 10_000, 1300),
    tax=money(), list_price=null_or(money()), note=null_or(text()), lot=null_or(text()), serial=null_or(text()),
    expiry=null_or(text()), back=whole(example=0),
)  # fmt: skip
DOCUMENT = obj(
    "Receipt", uid=text(example="0f3c"), receipt=_NUMBER, kind=_KIND, lane=text(example="1"), at_us=instant(),
    date=date(), mode=text(example="live"), shift=text(example="0f3c"), total=money(), tax=money(), saving=money(),
    rounding=money(example=0), points=whole(), reason=null_or(text()), by=text(), approver=null_or(text()),
    member=null_or(text(example="王**")), lines=many(_LINE),
    tenders=many(obj(kind=text(example="cash"), amount=money(), received=null_or(money()), change=null_or(money()),
                     reference=null_or(text()))),
    taxes=many(obj(group=text(example="A"), rate=whole(0, 10_000, 1300), gross=money(), tax=money())),
    papers=many(obj(kind=text(example="copy"), copy=whole(0), state=text(example="printed"), printer=text(),
                    queued_us=instant(), done_us=null_or(instant()))),
    earlier=many(_SHORT), later=many(_SHORT),
    proofs=many(obj(type=text(), time=text(), epoch=text(), seq=whole(0), state=choice("ok", "changed", "missing"),
                    uid=text())),
)  # fmt: skip
TEXT = text(64, example="2026-11-21")


@speaks(page_of(ROW, "Receipts"), query={"q": TEXT, "page": whole(0, 100_000, 0)})
def search(call: Call) -> Any:
    """Documents that a text may mean: a number, an amount, a day, a reference or what was bought; the newest first."""
    wanted, page = call.query.get("q", ""), call.query.get("page", 0)
    total = receipt_search.count(call.box, wanted)
    found = receipt_search.search(call.box, wanted, call.lang, PAGE, page)
    return {"rows": found, "total": total, "page": page, "pages": -(-total // PAGE)}


@speaks(DOCUMENT, refusals=("404 sale_unknown",))
def look(call: Call) -> Any:
    """One document with what came back of it, its papers, and whether its rows are what its event says."""
    return receipt_book.document(call.box, call.path["sale"], call.lang)


@speaks(media=(PNG,), refusals=("404 sale_unknown", "409 no_printer"))
def picture(call: Call) -> Any:
    """The picture of a receipt, from the bytes that a printer would be given."""
    till = next(iter(call.given.tills.values()), None)
    if till is None:
        raise ShopError("no_printer")
    return Response(till.receipt(call.path["sale"]), mimetype=PNG)


@speaks(
    obj("Copied", copy=whole(1)),
    body=body("Reprint", lane=text(32, example="1")),
    refusals=("404 sale_unknown", "404 device_unknown", "409 no_printer"),
)
def reprint(call: Call) -> Any:
    """The receipt again at the printer of a lane, marked as a copy."""
    lane = call.body["lane"]
    copy = printing.reprint(call.box, call.path["sale"], job(call), printer_of(call, lane), lane)
    return {"copy": copy}


def printer_of(call: Call, lane: str) -> str:
    """The printer of a lane. ShopError: device_unknown, no_printer."""
    till = call.given.tills.get(lane)
    if till is None:
        raise ShopError("device_unknown", status=404)
    if till.lane.printer is None:
        raise ShopError("no_printer")
    return till.lane.printer


def job(call: Call) -> str:
    """The uid of a paper that this call asks for."""
    return f"desk:{call.person.uid}:{call.key}"
