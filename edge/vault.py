"""Texts that only this box can read: members' whole phone numbers, where the shop keeps them to call somebody.

AES-256-GCM by the library cryptography, loaded only then, under a key in the keys folder, which no backup holds. What
it is about (a member's uid) is bound in: a sealed text moved to another row does not open.
"""

from __future__ import annotations

import base64
import os
import secrets

from edge.box import Box

_NONCE = 12


def seal(box: Box, text: str, about: str) -> str:
    """The text, encrypted, as base64."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + AESGCM(_key(box)).encrypt(nonce, text.encode(), about.encode())).decode()


def unseal(box: Box, sealed: str, about: str) -> str | None:
    """What was sealed, or None where the key is another one (a restored box) or the text was tampered with."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = base64.b64decode(sealed, validate=True)
        return AESGCM(_key(box)).decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()).decode()
    except (InvalidTag, ValueError):
        return None


def _key(box: Box) -> bytes:
    path = box.config.data / "keys" / "vault.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return bytes.fromhex(path.read_text())
