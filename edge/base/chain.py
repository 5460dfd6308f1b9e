"""The journal's hash chain: one definition for the box that writes it and for headquarters that checks it.

A stream's chain begins at :func:`genesis` of its source; every event's hash covers the one before it, so a
changed, missing or re-ordered event shows at the first bad row. The private part (names, phones) enters only
through its salted digest: it can be erased later and the chain stays verifiable.
"""

from __future__ import annotations

import hashlib

HASH_BYTES = 32


def source_name(tenant: str, box: str, epoch: str, stream: str) -> str:
    """The CloudEvents source of a stream, e.g. ``/tillbox/demo/box-1/1-0a1b2c3d/a``."""
    return f"/tillbox/{tenant}/{box}/{epoch}/{stream}"


def genesis(source: str) -> bytes:
    """The 32 bytes that stand before the first event of a stream."""
    return hashlib.sha256(source.encode("utf-8")).digest()


def private_digest(salt: bytes, private: str) -> bytes:
    """The salted digest by which a private part enters the chain (32 bytes)."""
    return hashlib.sha256(salt + private.encode("utf-8")).digest()


def chain_hash(prev: bytes, stream: str, seq: int, body: bytes, digest: bytes | None) -> bytes:
    """The hash of one event: ``sha256(prev ‖ stream ‖ seq in decimal ‖ body ‖ private digest or nothing)``.

    ``body`` is the verbatim JSON line without its newline, in UTF-8; ``prev`` is 32 bytes.
    """
    return hashlib.sha256(b"%b%b%d%b%b" % (prev, stream.encode("ascii"), seq, body, digest or b"")).digest()
