"""What set-up asks, in this order: one list for the terminal and for the file of answers.

Every answer is a text first, and its parser either gives the value or refuses with words that say what to write.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from zoneinfo import available_timezones

from edge.base.config import MODES
from edge.base.i18n import LANGS
from edge.base.money import CURRENCIES
from edge.pins import weakness
from edge.setup.parts import DeviceAnswer, device, tax_groups
from edge.setup.refusals import Refused

Given = dict[str, Any]
Parser = Callable[[str, Given], Any]
YES, NO = ("yes", "y", "true", "1", "是", "要", "有"), ("no", "n", "false", "0", "否", "不", "不要", "没有", "无")
MAX_TEXT, MAX_LANES = 60, 16


@dataclass(frozen=True)
class Question:
    """key in the file of answers; words setup.q_<name> and setup.hint_<name>. default None: must be answered."""

    key: str
    parse: Parser
    default: Callable[[Given], str | None] = field(default=lambda given: None)
    secret: bool = False
    word: str = ""
    lane: str = ""

    @property
    def name(self) -> str:
        return self.word or self.key


CheckDevice = Callable[[str, str, dict[str, Any]], str]


def questions(given: Given, check_device: CheckDevice) -> Iterator[Question]:
    """Each question when its turn comes; `given` holds the values of those before it and grows meanwhile.

    check_device(name, driver, options) gives the kind of the driver's devices or raises Refused.
    """
    yield Question("languages", _languages, _is(", ".join(LANGS)))
    yield from _names("store_name")
    yield Question("tenant", _name, _is("shop"))
    yield Question("store", _name, _is("S01"))
    yield Question("box", _name, _is("box-1"))
    yield Question("zone", _zone, _is("Asia/Shanghai"))
    yield Question("currency", _currency, _is("CNY"))
    yield Question("tax", lambda text, _: tax_groups(text), _is("A=13, B=9, C=6, Z=0"))
    yield from _names("receipt_header", optional="")
    yield from _names("receipt_footer", optional={"zh": "谢谢惠顾", "en": "Thank you for shopping with us"})
    yield Question("mode", partial(_choice, MODES), _is("live"))
    yield Question("lanes", _lanes, _is("1"))
    for lane in given.get("lanes", ()):
        for kind in ("scanner", "printer"):
            parse = partial(_device, kind, lane, check_device)
            yield Question(f"{kind}.{lane}", parse, _is("none"), word=kind, lane=lane)
    yield Question("port", partial(_number, 1, 65535), _is("8080"))
    yield Question("hq", _yes_no, _is("no"))
    if given.get("hq"):
        yield from _headquarters(given)
    yield from _names("manager_name")
    yield Question("manager_pin", _pin, secret=True)


def _headquarters(given: Given) -> Iterator[Question]:
    yield Question("hq_host", _host)
    yield Question("hq_port", partial(_number, 1, 65535), _is("8883"))
    yield Question("hq_user", _name, _is(given.get("box", "")))
    yield Question("hq_password", _text, secret=True)
    yield Question("hq_key", _key, secret=True)


def _names(key: str, optional: str | dict[str, str] | None = None) -> Iterator[Question]:
    """The same thing in Chinese and in English; the second may be left as the first."""
    if optional is None:
        yield Question(f"{key}_zh", _text)
        yield Question(f"{key}_en", _text, lambda given: given.get(f"{key}_zh"))
        return
    for lang in ("zh", "en"):
        yield Question(f"{key}_{lang}", _any_text, _is(optional[lang] if isinstance(optional, dict) else optional))


def _is(text: str) -> Callable[[Given], str | None]:
    return lambda given: text


# ---- parsers


def _any_text(text: str, given: Given) -> str:
    if len(text) > MAX_TEXT or not text.isprintable():
        raise Refused("text", limit=MAX_TEXT)
    return text.strip()


def _text(text: str, given: Given) -> str:
    text = _any_text(text, given)
    if not text:
        raise Refused("empty")
    return text


def _name(text: str, given: Given) -> str:
    if not (0 < len(text) <= 32 and all(c.isascii() and (c.isalnum() or c in "-_") for c in text)):
        raise Refused("name")
    return text


def _choice(choices: tuple[str, ...], text: str, given: Given) -> str:
    if text not in choices:
        raise Refused("choice", choices=", ".join(choices))
    return text


def _number(low: int, high: int, text: str, given: Given) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
        raise Refused("number", low=low, high=high)
    return int(text)


def _yes_no(text: str, given: Given) -> bool:
    if text.lower() not in (*YES, *NO):
        raise Refused("yes_no")
    return text.lower() in YES


# Places whose zone has the name of another city.
_CITIES = dict.fromkeys(
    ("beijing", "shenzhen", "guangzhou", "chengdu", "hangzhou", "china", "北京", "上海", "中国"), "Asia/Shanghai"
)


def _zone(text: str, given: Given) -> str:
    zones = available_timezones()
    if text not in zones:
        by_city = {zone.rpartition("/")[2].lower(): zone for zone in zones if "/" in zone} | _CITIES
        near = difflib.get_close_matches(text.rpartition("/")[2].lower().replace(" ", "_"), by_city, n=1)
        raise Refused("zone", example=by_city[near[0]] if near else "Asia/Shanghai")
    return text


def _currency(text: str, given: Given) -> str:
    return _choice(tuple(CURRENCIES), text.upper(), given)


def split(text: str) -> list[str]:
    """The words of a list, however it was separated."""
    return [word for word in text.replace("，", ",").replace("、", ",").replace(",", " ").split() if word]


def _languages(text: str, given: Given) -> list[str]:
    found = ["zh-CN" if word.lower() in ("zh", "zh-cn", "中文") else word for word in split(text)]
    if not found or any(lang not in LANGS for lang in found) or len(set(found)) != len(found):
        raise Refused("languages", choices=", ".join(LANGS))
    return found


def _lanes(text: str, given: Given) -> list[str]:
    found = split(text)
    if not 1 <= len(found) <= MAX_LANES or len(set(found)) != len(found):
        raise Refused("lanes", limit=MAX_LANES)
    return [_name(lane, given) for lane in found]


def _device(kind: str, lane: str, check: CheckDevice, text: str, given: Given) -> DeviceAnswer | None:
    found = device(kind, lane, text)
    if found is not None and (is_a := check(found.name, found.driver, found.options)) != kind:
        raise Refused("device_kind", driver=found.driver, kind=is_a)
    return found


def _host(text: str, given: Given) -> str:
    if not text or len(text) > 253 or not all(c.isascii() and (c.isalnum() or c in ".-:") for c in text):
        raise Refused("host")
    return text


def _key(text: str, given: Given) -> str:
    text = text.strip().lower()
    if len(text) < 64 or len(text) % 2 or any(c not in "0123456789abcdef" for c in text):
        raise Refused("key", box=given.get("box", "BOX"))
    return text


def _pin(text: str, given: Given) -> str:
    if why := weakness(text):
        raise Refused(f"pin_{why}")
    return text
