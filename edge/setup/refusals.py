"""How set-up says no: always with the question it is about and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass

from edge.base.i18n import t
from edge.errors import TillboxError


class Refused(Exception):
    """An answer can't be used; slug selects the words setup.no_<slug>, params fill them."""

    def __init__(self, slug: str, **params: object) -> None:
        super().__init__(slug)
        self.slug, self.params = slug, params

    def words(self, lang: str) -> str:
        return t(lang, f"setup.no_{self.slug}", **self.params)


@dataclass(frozen=True)
class Complaint:
    """A refused answer with its question's key."""

    key: str
    why: Refused

    def words(self, lang: str) -> str:
        return f"{self.key}: {self.why.words(lang)}"


class SetupError(TillboxError):
    """Set-up can't go on; the text says why and what to do. Nothing was changed unless the text says so."""
