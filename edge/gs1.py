"""GS1 element strings and Digital Link addresses: the article, its lot and date, what it weighs or costs.

Read by the library biip, which is loaded (24 MiB) when the first such code comes, and only where the setting `gs1` is
on. It finds messages where there are none: an EAN with a wrong check digit becomes an order number. So a text counts as
GS1 only when the scanner said so (AIM id), when it holds GS, or when it begins with an article number that is right.
"""

from __future__ import annotations

import re
from typing import Any

from drivers.base import CARD
from edge import members
from edge.base import cards
from edge.box import Box
from edge.codes import GTIN_LENGTHS, MAX_CHARS, Code, check_ok, traced
from edge.codes import identify as identify_plain

_AIM_IDS = ("]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1")
_ELEMENTS = re.compile(r"0[12](\d{14})")
_READABLE = re.compile(r"\(0[12]\)(\d{14})")
_LINK = re.compile(r"https?://[!-~]+/(?:01|gtin)/(\d{8,14})(?:[/?#]|$)")
_SHOWN_DATE = re.compile(r"\((1[1-7])\)\d\d(\d\d)-(\d\d)-(\d\d)(?=\(|$)")
MAX_FIELDS = 32


def identify(box: Box, text: str, symbology: str | None) -> Code:
    """codes.identify, with GS1 codes where the shop reads them, and members' cards of other makers.

    symbology: the AIM id that the scanner sent, or drivers.base.CARD. expiry is AI 17; a best-before date may pass.
    """
    if symbology == CARD and (card := members.card_read(box.db, text)):
        return Code("member", card)
    if not box.rules.gs1 or cards.is_track(text.encode()):
        return identify_plain(text, box.rules.labels)
    return read(text.strip(), symbology, box.currency.exponent) or identify_plain(text, box.rules.labels)


def read(text: str, symbology: str | None, exponent: int) -> Code | None:
    """The Code of a GS1 text, or None when it is none (or has no article). exponent: of the shop's currency.

    kind "label" with qty (thousandths of a kilogram) or amount when it was weighed or priced, else "product".
    """
    if len(text) > 512:
        return None
    fields = _fields(text, symbology)
    gtin = fields.get("01") or fields.get("02") if fields else None
    if fields is None or not gtin or not check_ok(gtin):
        return None
    digits = gtin.zfill(14)
    shorter = [digits[14 - n :] for n in GTIN_LENGTHS if not digits[: 14 - n].strip("0")]
    weight, amount = _weight(fields), _amount(fields, exponent)
    shown = "".join(f"({ai}){value}" for ai, value in fields.items())[:MAX_CHARS]
    kind = "product" if weight is None and amount is None else "label"
    candidates = tuple(dict.fromkeys((digits, *shorter)))
    return Code(kind, shown, candidates, "", weight, amount, traced(fields.get("10", "")) or None, fields.get("17"))


def _fields(text: str, symbology: str | None) -> dict[str, str] | None:
    """Application identifier -> value, dates as YYYY-MM-DD; None when the text is not GS1's."""
    link, readable, elements = _LINK.match(text), _READABLE.match(text), _ELEMENTS.match(text)
    if link and check_ok(link[1]):
        return _parsed("link", text)
    if readable and check_ok(readable[1]):
        return _parsed("readable", text)
    if symbology in _AIM_IDS or "\x1d" in text or (elements and check_ok(elements[1])):
        return _parsed("elements", text.strip("\x1d"))
    return None


def _parsed(kind: str, text: str) -> dict[str, str] | None:
    from biip import ParseError
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI
    from biip.gs1_messages import GS1Message

    found: Any
    try:
        if kind == "link":
            found = GS1DigitalLinkURI.parse(text)
        else:
            # What a screen shows may come back from it: there a date is written as people read it.
            readable = _SHOWN_DATE.sub(r"(\1)\2\3\4", text)
            found = GS1Message.parse_hri(readable) if kind == "readable" else GS1Message.parse(text)
    except (ParseError, ValueError):
        return None
    strings = list(found.element_strings)[:MAX_FIELDS]
    return {s.ai.ai: s.date.isoformat() if s.date else s.value for s in strings}


def _weight(fields: dict[str, str]) -> int | None:
    """Net weight (310n: n decimals of a kilogram) in thousandths; None when none is given."""
    for ai, value in fields.items():
        if len(ai) == 4 and ai.startswith("310") and value.isdigit():
            return _scaled(int(value), int(ai[3]), 3) or None
    return None


def _amount(fields: dict[str, str], exponent: int) -> int | None:
    """Amount to pay (392n: of an article sold by measure), in minor units."""
    for ai, value in fields.items():
        if len(ai) == 4 and ai.startswith("392") and value.isdigit():
            return _scaled(int(value), int(ai[3]), exponent)
    return None


def _scaled(value: int, decimals: int, wanted: int) -> int:
    """value has `decimals` decimals; as a whole number with `wanted` decimals, rounded half up."""
    if decimals <= wanted:
        return int(value * 10 ** (wanted - decimals))
    unit = 10 ** (decimals - wanted)
    return int((value + unit // 2) // unit)
