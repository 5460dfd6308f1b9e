"""A coupon on receipt paper: what it is good for, until when, and its code to scan and to type."""

from __future__ import annotations

from edge import coupons, reports
from edge.base.document import Cut, Document, Feed, Item, Qr, Rule, Text
from edge.base.i18n import t
from edge.box import Box
from edge.codes import coupon_words
from edge.coupons import Issued
from edge.errors import ShopError
from edge.paper import copy_mark, shop
from edge.promo import desk
from edge.promo.describe import describe

REF = "coupon:"  # print_job.ref: this and the code


def queue(box: Box, lane: str, printer: str, code: str, uid: str, lang: str) -> None:
    """Queue a coupon's paper, inside the caller's transaction; the same uid again queues nothing.

    ShopError: coupon_unknown, coupon_used, coupon_void: what is good for nothing is not printed.
    """
    found = coupons.look(box, code)
    if found.state != "open":
        raise coupons.refusal(box, found)
    reports.queue(box, lane, printer, REF + found.code, uid, lang=lang)


def compose(box: Box, ref: str, lang: str, copy_no: int = 0, copied_us: int | None = None) -> Document:
    """The paper that a print job's ref names. ShopError: coupon_unknown, promotion_unknown."""
    found = coupons.look(box, ref.removeprefix(REF))
    stored = desk.newest(box, found.promotion)
    if stored is None:
        raise ShopError("promotion_unknown", status=404)
    items: list[Item] = [
        *copy_mark(box, lang, copy_no, copied_us),
        shop(box, lang),
        Text(t(lang, "coupon.title"), "center", 2, bold=True),
        Feed(),
        Text(stored.promotion.name(lang), "center", 2, bold=True),
        Text(describe(box, stored.promotion, lang), "center"),
        *_until(found, stored.promotion.when.ends, lang),
        *([Text(t(lang, "coupon.personal"), "center")] if found.member is not None else []),
        Feed(),
        Qr(found.code, coupon_words(found.code)),
        Rule(),
        Text(t(lang, "coupon.once", n=found.serial), "center"),
        Cut(),
    ]
    return Document(lang=lang, items=tuple(items), title=found.code)


def _until(found: Issued, ends: str | None, lang: str) -> list[Item]:
    days = [day for day in (found.expires_on, ends) if day]
    return [Text(t(lang, "coupon.until", day=min(days)), "center", bold=True)] if days else []
