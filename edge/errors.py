"""What can go wrong in the shop, on one screen. Each has a slug whose words are errors.<slug> in both languages."""

from __future__ import annotations


class TillboxError(Exception):
    """Root of the tree."""


class SchemaMismatch(TillboxError):
    """The database belongs to another release; the text says what to run."""


class AlreadyRunning(TillboxError):
    """Another process holds this store's lock."""


class ShopError(TillboxError):
    """A refusal that staff can act on. slug selects the words, params fill them, status is the HTTP meaning."""

    def __init__(self, slug: str, status: int = 409, **params: object) -> None:
        super().__init__(slug)
        self.slug, self.status, self.params = slug, status, params
