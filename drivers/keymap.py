"""What each key of a US keyboard types: the layout that a scanner or card reader must be set to.

Numbers are Linux key codes (linux/input-event-codes.h), so that nothing has to be loaded to decode.
"""

from __future__ import annotations

LEFT_CTRL, RIGHT_CTRL = 29, 97
LEFT_SHIFT, RIGHT_SHIFT = 42, 54
LEFT_ALT, RIGHT_ALT = 56, 100
LEFT_META, RIGHT_META = 125, 126
CTRL = frozenset((LEFT_CTRL, RIGHT_CTRL))
SHIFT = frozenset((LEFT_SHIFT, RIGHT_SHIFT))
ALT = frozenset((LEFT_ALT, RIGHT_ALT))
META = frozenset((LEFT_META, RIGHT_META))
MODIFIERS = CTRL | SHIFT | ALT | META

CAPS_LOCK = 58
LOCKS = frozenset((69, 70))  # Num Lock, Scroll Lock: scanners that type by Alt codes switch the first on before
ENTER, KP_ENTER, TAB = 28, 96, 15
TERMINATORS = {ENTER: b"\r", KP_ENTER: b"\r", TAB: b"\t"}
RIGHT_BRACE, F8 = 27, 66
KEY_102ND = 86  # beside the left shift of European keyboards: no US keyboard has it

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
)
PLAIN = {first + n: char for first, plain, _ in _ROWS for n, char in enumerate(plain)} | {57: " "}
SHIFTED = {first + n: char for first, _, shifted in _ROWS for n, char in enumerate(shifted)} | {57: " "}
# The keypad types digits here whatever Num Lock says.
KEYPAD = {71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3", 82: "0"}
KEYPAD_SIGNS = {55: "*", 74: "-", 78: "+", 83: ".", 98: "/", 117: "="}
