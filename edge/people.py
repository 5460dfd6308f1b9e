"""Who works here, and who works where: plain facts that sessions, permissions and the audit share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A staff member. role is one of permissions.ROLES."""

    id: int
    uid: str
    name_zh: str
    name_en: str
    role: str

    def name(self, lang: str) -> str:
        return self.name_zh if lang.startswith("zh") else self.name_en


@dataclass(frozen=True, slots=True)
class Session:
    """Who works at a lane, in which language. token_hash is the row's key; the token itself is only in the cookie."""

    token_hash: str
    person: Person
    lane: str
    lang: str
