"""What a code means, from its shape alone; the till then asks the database.

A wrong check digit never becomes a successful scan, and a payment code is never looked up, stored or logged.
Sources: GS1 General Specifications (check digit, UPC-E), ISO 7064 (mod 97), the payment services' published prefixes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from edge.base import cards

MEMBER_PREFIX, STAFF_PREFIX, RECEIPT_PREFIX, VALUE_PREFIX = "TBX", "TBS", "TBR", "TBV"
# A coupon's code is read to people and typed: without I, L, O and U, whatever is typed for them is understood.
COUPON_PREFIX, _COUPON_BODY, _COUPON_CHECK = "CP", 12, 2
_COUPON_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_COUPON_TYPED = str.maketrans("OIL", "011")
_COUPON_PRIME = 1021  # below 32 × 32: no wrong sign and no two that changed places go unnoticed
GTIN_LENGTHS = (8, 12, 13, 14)
MAX_CHARS = 128
_CHIP = re.compile("(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})")


@dataclass(frozen=True, slots=True)
class Code:
    """kind: product | label | member | staff | value | coupon | receipt | payment | bank_card | bad_check |
    unreadable | unknown.

    candidates: codes to look up, in this order (product, bad_check, unknown). For a label: plu, and qty in thousandths
    and/or amount in minor units as printed on it. lot and expiry (YYYY-MM-DD) only from GS1 codes.
    """

    kind: str
    text: str
    candidates: tuple[str, ...] = ()
    plu: str = ""
    qty: int | None = None
    amount: int | None = None
    lot: str | None = None
    expiry: str | None = None


def traced(name: str) -> str:
    """A lot or serial number as it is kept and compared: in capitals, as labels print it, however it was typed."""
    return name.strip().upper()


def check_digit(digits: str) -> int:
    """The GS1 check digit for the digits before it."""
    return -(3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))) % 10


def check_ok(digits: str) -> bool:
    """Whether the last digit is the GS1 check digit of the others."""
    return int(digits[-1]) == check_digit(digits[:-1])


def gtin14(digits: str) -> str:
    """The storage key of a GTIN: zero-padded to 14."""
    return digits.zfill(14)


def upc_e_to_a(code: str) -> str | None:
    """Expand an 8-digit UPC-E to its UPC-A, or None when it is none."""
    if len(code) != 8 or code[0] not in "01":
        return None
    system, body, check = code[0], code[1:7], code[7]
    last = body[5]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4":
        middle = body[:4] + "00000" + body[4]
    else:
        middle = body[:5] + "0000" + last
    upc = system + middle + check
    return upc if check_ok(upc) else None


def numbered(prefix: str, number: int, width: int) -> str:
    """prefix + number + two check digits (ISO 7064 mod 97-10): catches every single error and transposition."""
    if not 0 <= number < 10**width:
        raise ValueError(f"number must have at most {width} digits")
    return f"{prefix}{number:0{width}d}{98 - number * 100 % 97:02d}"


def member_code(number: int) -> str:
    """The code of a member card: TBX, 10 digits, 2 check digits. Its prefix can't be a GTIN or a payment code."""
    return numbered(MEMBER_PREFIX, number, 10)


def card_code(text: str) -> str:
    """The member code of what a card reader read: a card that is only a number of up to ten digits is that member's
    number, as `tillbox import members` takes it."""
    return member_code(int(text)) if len(text) <= 10 and _ascii_digits(text) else text


def is_chip(text: str) -> bool:
    """Whether it is a chip's own number as contactless readers give it: 4, 7 or 10 bytes in hexadecimal."""
    return _CHIP.fullmatch(text.upper()) is not None


def staff_code(number: int) -> str:
    """The code of a staff badge: TBS, 8 digits, 2 check digits."""
    return numbered(STAFF_PREFIX, number, 8)


def is_badge(text: str) -> bool:
    """Whether it is a staff badge, of somebody or nobody."""
    return text.lstrip()[:3].upper() == STAFF_PREFIX and identify(text, ()).kind == "staff"


def value_code(number: int) -> str:
    """The code of a stored-value card: TBV, 10 digits, 2 check digits."""
    return numbered(VALUE_PREFIX, number, 10)


def coupon_code(number: int) -> str:
    """The code of a coupon, of 60 random bits: CP, 12 signs, 2 check signs."""
    if not 0 <= number < 32**_COUPON_BODY:
        raise ValueError("a coupon's number has 60 bits")
    check = -number * 32**_COUPON_CHECK % _COUPON_PRIME
    return COUPON_PREFIX + _signs(number, _COUPON_BODY) + _signs(check, _COUPON_CHECK)


def _signs(number: int, width: int) -> str:
    return "".join(_COUPON_SIGNS[number >> 5 * i & 31] for i in reversed(range(width)))


def coupon_words(code: str) -> str:
    """A coupon's code in groups, as people read and type it."""
    return f"{code[:4]} {code[4:8]} {code[8:12]} {code[12:]}"


def _coupon(text: str) -> Code | None:
    """The coupon that a text in capitals is, or that its check signs say it is not; None: no coupon's form."""
    signs = re.sub(r"[ -]", "", text)[len(COUPON_PREFIX) :].translate(_COUPON_TYPED)
    if len(signs) != _COUPON_BODY + _COUPON_CHECK or not set(signs) <= set(_COUPON_SIGNS):
        return None
    number = 0
    for sign in signs:
        number = number * 32 + _COUPON_SIGNS.index(sign)
    good = number % _COUPON_PRIME == 0
    return Code("coupon", COUPON_PREFIX + signs) if good else Code("bad_check", text, (text,))


def weighed_label(template: str, plu: str, qty: int = 0, amount: int = 0) -> str:
    """Print side of a template: fill P, W and A and compute the check digit (for scales' tests and the demo)."""
    text = template
    for letter, value in (("P", plu), ("W", str(qty)), ("A", str(amount))):
        run = re.search(f"{letter}+", text)
        if run:
            if len(value) > len(run[0]):
                raise ValueError(f"{value} does not fit {run[0]}")
            text = text.replace(run[0], value.zfill(len(run[0])))
    return text[:-1] + str(check_digit(text[:-1])) if text.endswith("C") else text.replace("X", "0")


def identify(text: str, labels: Sequence[str]) -> Code:
    """Name what a scanned or typed text is. Never raises; labels are the store's templates, tried in order."""
    text = text.strip()
    if len(text) in GTIN_LENGTHS and _ascii_digits(text):
        return _article(text, tuple(labels))
    if not text or len(text) > MAX_CHARS or not text.isprintable():
        return Code("unreadable", text[:32])
    if cards.is_track(text.encode()):
        return Code("bank_card", "")
    upper = text.upper()
    for prefix, kind, width in (
        (MEMBER_PREFIX, "member", 12), (STAFF_PREFIX, "staff", 10), (VALUE_PREFIX, "value", 12),
    ):  # fmt: skip
        if upper.startswith(prefix):
            digits = upper[3:]
            good = len(digits) == width and _ascii_digits(digits) and int(digits) % 97 == 1
            return Code(kind if good else "bad_check", upper)
    if upper.startswith(COUPON_PREFIX) and (coupon := _coupon(upper)):
        return coupon
    if upper.startswith(RECEIPT_PREFIX):
        return Code("receipt", text[len(RECEIPT_PREFIX) :])
    if _ascii_digits(text):
        return _digits(text, labels)
    return Code("unknown", text, (text,))


def _ascii_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


@lru_cache(maxsize=500)  # what sells, sells often
def _article(text: str, labels: tuple[str, ...]) -> Code:
    """Of digits as long as an article number."""
    if label := _first_label(text, labels):
        return label
    candidates = [text, gtin14(text)]
    if upc := upc_e_to_a(text):
        candidates.append(gtin14(upc))
    good = check_ok(text) or len(candidates) > 2
    return Code("product" if good else "bad_check", text, tuple(candidates))


def _first_label(text: str, labels: Sequence[str]) -> Code | None:
    return next((found for x in labels if len(x) == len(text) and (found := _label(text, x))), None)


def _digits(text: str, labels: Sequence[str]) -> Code:
    """Of digits of another length."""
    if label := _first_label(text, labels):
        # A label's flag 25-30 is an Alipay code's beginning too; without the check digit it is taken for that.
        return payment_code(text) if label.kind == "bad_check" and is_payment(text) else label
    if is_payment(text):
        return payment_code(text)
    if len(text) in cards.NO_ARTICLE and cards.is_number(text.encode()):
        return Code("bank_card", "")
    return Code("unknown", text, (text,))


def payment_code(text: str) -> Code:
    """What may be known of a payment code: its ends."""
    return Code("payment", f"{text[:2]}…{text[-4:]}")


def is_payment(text: str) -> bool:
    """Whether the digits have the shape of a WeChat, Alipay or UnionPay payment code."""
    head = int(text[:2]) if len(text) >= 16 else 0
    return (
        (len(text) == 18 and 10 <= head <= 15)
        or (16 <= len(text) <= 24 and 25 <= head <= 30)
        or (len(text) == 19 and head == 62)
    )


def safe_reference(text: str) -> bool:
    """Whether a terminal slip's reference may be kept: printable, and no run of digits that could be a card number."""
    return text.isprintable() and not any(len(run) >= 12 for run in re.findall(r"\d+", re.sub(r"[ -]", "", text)))


def _label(text: str, template: str) -> Code | None:
    pattern, letters = _pattern(template)
    found = pattern.fullmatch(text)
    if found is None:
        return None
    if "C" in template and not check_ok(text):
        return Code("bad_check", text, (text,))
    fields = {"P": "", "W": "", "A": ""}
    for letter, digits in zip(letters, found.groups(), strict=True):
        fields[letter] += digits
    qty = int(fields["W"]) if fields["W"] else None
    amount = int(fields["A"]) if fields["A"] else None
    return Code("label", text, (f"plu:{fields['P']}",), fields["P"], qty, amount)


@lru_cache(maxsize=64)
def _pattern(template: str) -> tuple[re.Pattern[str], str]:
    """(expression, letter of each group): digits stand for themselves, P, W and A are what the label says."""
    runs = [run[0] for run in re.finditer(r"([PWA])\1*|.", template)]
    wild = [f"([0-9]{{{len(run)}}})" if run[0] in "PWA" else run if run.isdigit() else "." for run in runs]
    return re.compile("".join(wild)), "".join(run[0] for run in runs if run[0] in "PWA")
