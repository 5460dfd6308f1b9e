"""What an open dialog wants scanned: a serial number, an article without a receipt, an item of the receipt.

A scan goes into the basket unless a dialog has said otherwise. Badges and receipts keep their meaning in every dialog.
What was caught stands in the view until the dialog is gone; the page does the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge import catalog, members
from edge.args import text
from edge.codes import Code
from edge.errors import ShopError
from edge.lane import Caught, LaneState
from edge.staff import Session

# text: any code as it stands; product: an article of the catalogue; return: an item of the receipt that lies open;
# member: a card that nobody has yet (all else goes where it always goes); whoever: the card of a second member.
WANTS = ("", "text", "product", "return", "member", "whoever")
_ANY = ("product", "label", "bad_check", "unknown")
_ARTICLE = ("product", "label")


def catch(till: LaneState, session: Session, args: dict[str, Any]) -> None:
    """{what}: the next scans are for a dialog; "" when it is closed."""
    what = text(args, "what", 16)
    if what not in WANTS:
        raise ShopError("bad_request", status=422, field="what")
    till.catch, till.caught = what, None


def taken(till: LaneState, code: Code, scanned: str) -> int | None:
    """What a scan is to the open dialog: None when it is not for it, else 0, or the line of the receipt it names.

    ShopError: scan_not_here, unknown_code, not_on_receipt.
    """
    wanted = till.catch
    if not wanted or code.kind in ("staff", "receipt", "value", "bank_card", "payment", "unreadable"):
        return None
    if wanted == "member":
        return _new_card(till, code)
    if wanted == "whoever":
        if code.kind != "member":
            raise ShopError("scan_not_here")
        keep(till, "whoever", code.text)
        return 0
    if code.kind not in (_ANY if wanted == "text" else _ARTICLE):
        raise ShopError("scan_not_here")
    if wanted == "text":
        keep(till, "text", scanned.strip()[:40])
        return 0
    product = catalog.find(till.box, till.basket.versions, code.candidates)
    if product is None:
        raise ShopError("unknown_code")
    if wanted == "return":
        return _line_of(till, product.id)
    lang = till.operator.lang if till.operator else "en"
    keep(till, "product", code.text, product=product.id, name=product.name(lang), price=product.price,
         unit=product.unit)  # fmt: skip
    return 0


def _new_card(till: LaneState, code: Code) -> int | None:
    if code.kind != "member" or members.holder(till.box.db, code.text) is not None:
        return None
    keep(till, "member", code.text)
    return 0


def keep(till: LaneState, kind: str, code: str, **facts: Any) -> None:
    """Show a dialog what was scanned for it."""
    till.sound("ok")
    till.caught = Caught(till.seq, kind, code, facts)


def _line_of(till: LaneState, product: int) -> int:
    """The line of the open receipt that has this product and is not in the basket yet."""
    found = till.returning
    if found is None:
        raise ShopError("scan_receipt")
    there = {x.source.n for x in till.basket.lines if x.source is not None and x.source.sale == found.id}
    for sold in found.lines:
        if sold.product == product and sold.source.left > 0 and sold.source.n not in there:
            return sold.source.n
    raise ShopError("not_on_receipt")


COMMANDS: dict[str, Callable[[Any, Session, dict[str, Any]], None]] = {"catch": catch}
