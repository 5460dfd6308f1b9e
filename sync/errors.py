"""Everything sync raises, on one screen."""

from __future__ import annotations


class SyncError(Exception):
    """Base of all of them."""


class Malformed(SyncError):
    """Bytes that break the wire's rules. Permanent: they will never do. The text says which rule."""


class Forged(SyncError):
    """An answer whose signature, or what it claims, can't be headquarters'. Permanent; nothing is changed."""


class LinkDown(SyncError):
    """No connection to the broker just now. Transient: the journal keeps everything, try again later."""


class SchemaMismatch(SyncError):
    """A database of another release. Permanent until this program or the database is upgraded."""
