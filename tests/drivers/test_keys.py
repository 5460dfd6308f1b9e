"""From key events to codes: the logs in tests/data/keys, and rules for whatever a scanner may type.

A log's events are [microseconds, type, code, value], with the device's number behind it where there are several. Their
order is what "order" says; they were written down from it, not captured on a shop's scanner.
"""

from __future__ import annotations

from typing import Any

import pytest
from evdev import ecodes
from hypothesis import given
from hypothesis import strategies as st

from drivers import keymap
from drivers.base import Scan
from drivers.framing import Frame, Framer, to_scan
from drivers.input_source import EV_KEY, EV_SYN, SYN_DROPPED
from drivers.keys import KeyDecoder
from tests.drivers.keylog import _KEYS, MS, logs, typed

LOGS = logs()


def decoder(terminator: str = "line") -> KeyDecoder:
    return KeyDecoder(Framer(idle_ends=terminator == "none"))


def play(log: dict[str, Any]) -> list[tuple[int, Scan]]:
    """What comes out of a log: (device, scan)."""
    decoders: dict[int, KeyDecoder] = {}
    found: list[tuple[int, Frame]] = []
    now = 0
    for t_us, kind, *rest in log["events"]:
        now, device = t_us * 1000, rest[2] if len(rest) > 2 else 0
        if device not in decoders:
            decoders[device] = decoder(**log.get("options", {}))
            decoders[device].start([], log.get("caps", False), now)
        if kind == "unplug":
            found += [(device, f) for f in decoders[device].reset()]
        elif kind == EV_KEY:
            found += [(device, f) for f in decoders[device].feed(now, rest[0], rest[1])]
        elif kind == EV_SYN and rest[0] == SYN_DROPPED:
            found += [(device, f) for f in decoders[device].dropped(log.get("held", []), now)]
    for device, one in decoders.items():
        found += [(device, f) for f in one.tick(log.get("until_us", now // 1000) * 1000)]
    return [(device, to_scan("scanner-1", frame, 0)) for device, frame in found]


def test_there_are_logs_of_what_scanners_do() -> None:
    assert len(LOGS) >= 15


@pytest.mark.fault("F70", "F71", "F73", "F74")
@pytest.mark.parametrize("name", LOGS)
def test_a_log_decodes_exactly(name: str) -> None:
    log = LOGS[name]
    expected = [(e.get("device", 0), e.get("text"), e.get("symbology"), e.get("problem")) for e in log["expect"]]
    found = [(d, None if scan.problem else scan.text, scan.symbology, scan.problem) for d, scan in play(log)]
    assert found == expected


@pytest.mark.fault("F73")
def test_a_scanner_of_another_country_is_said_to_be_one() -> None:
    assert [scan.problem for _, scan in play(LOGS["other_layout"])] == ["layout"]


@pytest.mark.fault("F74")
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255), st.integers(0, 2)), max_size=300))
def test_no_keys_break_it_and_no_code_holds_a_control(keys: list[tuple[int, int, int]]) -> None:
    one, now, frames = decoder(), 0, []
    for gap_ms, key, value in keys:
        now += gap_ms * MS
        frames += one.feed(now, key, value)
    for frame in [*frames, *one.tick(now + 10_000 * MS), *one.reset()]:
        if frame.problem is None:
            assert frame.text
            assert all(char >= " " or char == "\x1d" for char in frame.text)


TYPED = st.text(st.sampled_from(sorted(set(_KEYS) - {"\r", "\t"})), min_size=1, max_size=128)


@given(st.lists(TYPED, min_size=1, max_size=5), st.integers(1, 30))
def test_what_is_typed_is_what_is_read(codes: list[str], gap_ms: int) -> None:
    one, now, found = decoder(), 0, []
    for code in codes:
        events = typed(code + "\r", now, gap_ms * MS)
        for event in events:
            if event.type == EV_KEY:
                found += one.feed(event.t_ns, event.code, event.value)
        now = events[-1].t_ns + gap_ms * MS
    expected = [code for code in codes if not code.startswith(("%", ";", "+"))]
    if len(expected) == len(codes):  # what begins like a bank card has tests of its own
        assert [(f.text, f.problem) for f in found] == [(code, None) for code in codes]


def test_the_table_of_keys_is_the_kernel_s() -> None:
    names = {
        "LEFT_CTRL": "LEFTCTRL", "RIGHT_CTRL": "RIGHTCTRL", "LEFT_SHIFT": "LEFTSHIFT", "RIGHT_SHIFT": "RIGHTSHIFT",
        "LEFT_ALT": "LEFTALT", "RIGHT_ALT": "RIGHTALT", "LEFT_META": "LEFTMETA", "RIGHT_META": "RIGHTMETA",
        "CAPS_LOCK": "CAPSLOCK", "ENTER": "ENTER", "KP_ENTER": "KPENTER", "TAB": "TAB", "F8": "F8",
        "RIGHT_BRACE": "RIGHTBRACE", "KEY_102ND": "102ND",
    }  # fmt: skip
    for ours, theirs in names.items():
        assert getattr(keymap, ours) == getattr(ecodes, f"KEY_{theirs}")
    for key, char in keymap.PLAIN.items():
        if char.isalnum():
            assert getattr(ecodes, f"KEY_{char.upper()}") == key
    for key, char in keymap.KEYPAD.items():
        assert getattr(ecodes, f"KEY_KP{char}") == key
    signs = {"*": "ASTERISK", "-": "MINUS", "+": "PLUS", ".": "DOT", "/": "SLASH", "=": "EQUAL"}
    assert {getattr(ecodes, f"KEY_KP{name}"): char for char, name in signs.items()} == keymap.KEYPAD_SIGNS
    named = {
        "MINUS": "-", "EQUAL": "=", "LEFTBRACE": "[", "RIGHTBRACE": "]", "SEMICOLON": ";", "APOSTROPHE": "'",
        "GRAVE": "`", "BACKSLASH": "\\", "COMMA": ",", "DOT": ".", "SLASH": "/", "SPACE": " ",
    }  # fmt: skip
    assert {keymap.PLAIN[getattr(ecodes, f"KEY_{name}")]: name for name in named} == {v: k for k, v in named.items()}
