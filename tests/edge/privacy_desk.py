"""Hands for tests about what is known of a member: enrolling one with everything, and looking for her in all bytes."""

from __future__ import annotations

from pathlib import Path

from edge import codes, members
from tests.edge.shop import Shop

NAME, PHONE, BIRTHDAY = "欧阳明珠", "13987650142", "11-28"
CARD = codes.member_code(77_001)
MASKED = members.shown(PHONE)
TRACES = tuple(word.encode() for word in (NAME, PHONE, CARD, MASKED, "\\u6b27\\u9633"))


def enrol(shop: Shop, name: str = NAME, phone: str = PHONE, card: str = CARD, birthday: str | None = BIRTHDAY) -> int:
    """A member with everything that can be known and all consents."""
    with shop.box.transaction():
        return members.enrol(
            shop.box, name=name, card=card, phone=phone, birthday=birthday, consents=members.PURPOSES
        )


def uid_of(shop: Shop, member: int) -> str:
    return str(shop.one("SELECT uid FROM member WHERE id = ?", member))


def traces(folder: Path, words: tuple[bytes, ...] = TRACES) -> list[str]:
    """Every file below the folder that holds one of the words, with the word."""
    return [
        f"{path.relative_to(folder)}: {word.decode()}"
        for path in sorted(folder.rglob("*")) if path.is_file()
        for word in words if word in path.read_bytes()
    ]  # fmt: skip
