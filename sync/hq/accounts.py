"""Who may open the console: passwords (argon2), sessions as rows, and back-off that outlives a restart."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from edge.base.sqlite import row
from sync.hq.env import HqEnv
from sync.hq.store import Store

SESSION_S = 8 * 3600
IDLE_S = 30 * 60
_SEEN_EVERY_US = 60_000_000
FREE_TRIES = 5
LONGEST_S = 15 * 60
# Verified when the name is unknown, so that an unknown name takes as long as a wrong password.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$" + "c2FsdHNhbHRzYWx0" + "$" + "Y3J5cHRjcnlwdGNyeXB0Y3J5cHRjcnlwdGNyeXB0Y3I"


class Refused(Exception):
    """No entry. wait_s: how long no further try is looked at (0: try again)."""

    def __init__(self, wait_s: int) -> None:
        super().__init__("refused")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Session:
    user: str
    lang: str


class Accounts:
    """Safe from any thread: each uses its own connection of the store."""

    def __init__(self, store: Store, env: HqEnv, hasher: PasswordHasher | None = None) -> None:
        self.store, self.env = store, env
        self._hasher = hasher or PasswordHasher()

    def set_password(self, name: str, password: str) -> None:
        """Make a user, or change the password and end the user's sessions."""
        if len(password) < 10:
            raise ValueError("a console password needs at least 10 characters")
        db, now = self.store.db, self.env.clock.now_us()
        hashed = self._hasher.hash(password)
        with db.atomic():
            db.execute_sql("INSERT OR REPLACE INTO console_user VALUES (?, ?, ?)", (name, hashed, now))
            db.execute_sql("DELETE FROM console_session WHERE user = ?", (name,))
            db.execute_sql("DELETE FROM console_guard")

    def any_user(self) -> bool:
        """Was a console password ever set?"""
        return row(self.store.db, "SELECT 1 FROM console_user LIMIT 1") is not None

    def log_in(self, name: str, password: str, device: str, lang: str) -> str:
        """A new session's token for the cookie. Raises Refused; tries are counted by user and by device."""
        keys = (f"user:{name[:64]}", f"device:{device[:64]}")
        wait = max(self._wait(key) for key in keys)
        if wait:
            raise Refused(wait)
        found = row(self.store.db, "SELECT hash FROM console_user WHERE name = ?", (name,))
        if not self._verify(found[0] if found else _NOBODY, password[:256]) or found is None:
            raise Refused(max(self._failed(key) for key in keys))
        token, db, now = secrets.token_urlsafe(32), self.store.db, self.env.clock.now_us()
        with db.atomic():
            db.execute_sql("DELETE FROM console_guard WHERE who IN (?, ?)", keys)
            db.execute_sql("DELETE FROM console_session WHERE began_us < ?", (now - SESSION_S * 1_000_000,))
            db.execute_sql(
                "INSERT INTO console_session VALUES (?, ?, ?, ?, ?)", (_hash(token), name, lang, now, now)
            )
        return token

    def session(self, token: str) -> Session | None:
        """Whose token this is, while it is fresh and was used lately."""
        db, now = self.store.db, self.env.clock.now_us()
        found = row(
            db, "SELECT user, lang, began_us, seen_us FROM console_session WHERE token = ?", (_hash(token),)
        )
        if found is None:
            return None
        user, lang, began, seen = found
        if now - began > SESSION_S * 1_000_000 or now - seen > IDLE_S * 1_000_000:
            self.log_out(token)
            return None
        if now - seen > _SEEN_EVERY_US:
            with db.atomic():
                db.execute_sql("UPDATE console_session SET seen_us = ? WHERE token = ?", (now, _hash(token)))
        return Session(user, lang)

    def set_lang(self, token: str, lang: str) -> None:
        """Remember the language of a session."""
        with self.store.db.atomic():
            self.store.db.execute_sql("UPDATE console_session SET lang = ? WHERE token = ?", (lang, _hash(token)))

    def log_out(self, token: str) -> None:
        """End a session."""
        with self.store.db.atomic():
            self.store.db.execute_sql("DELETE FROM console_session WHERE token = ?", (_hash(token),))

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    def _wait(self, who: str) -> int:
        found = row(self.store.db, "SELECT until_us FROM console_guard WHERE who = ?", (who,))
        left = found[0] - self.env.clock.now_us() if found else 0
        return min(LONGEST_S, -(-left // 1_000_000)) if left > 0 else 0

    def _failed(self, who: str) -> int:
        """Count a failure; the seconds this one costs: 0 for the first tries, then 1, 2, 4 … 15 min."""
        db = self.store.db
        with db.atomic():
            found = row(db, "SELECT fails FROM console_guard WHERE who = ?", (who,))
            fails = (found[0] if found else 0) + 1
            wait = 0 if fails < FREE_TRIES else min(LONGEST_S, 2 ** min(fails - FREE_TRIES, 20))
            until = self.env.clock.now_us() + wait * 1_000_000
            db.execute_sql("INSERT OR REPLACE INTO console_guard VALUES (?, ?, ?)", (who, fails, until))
        return wait


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
