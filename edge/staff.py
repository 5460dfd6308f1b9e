"""Staff: PINs, log-in with back-off, sessions.

A PIN is stored as argon2id with 19 MiB. Five wrong ones, then 1, 2, 4 … 15 minutes, per person and per lane, kept in
the database and timed by boot and monotonic clock, so that neither a restart nor a clock change helps a guesser.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from edge.base.ids import new_uid
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.permissions import ALLOW, DENY, permission

FREE_TRIES = 5
MAX_WAIT_S = 15 * 60
SESSION_NS = int(timedelta(hours=14).total_seconds()) * 1_000_000_000
_COMMON = {"123456", "654321", "111111", "000000", "121212", "112233", "123123", "888888", "666666", "168168", "520520"}


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


_PERSON = "SELECT id, uid, name_zh, name_en, role FROM staff WHERE active = 1"
_SESSION = (
    "SELECT s.token_hash, p.id, p.uid, p.name_zh, p.name_en, p.role, s.lane, s.lang, s.boot_id, s.started_ns "
    "FROM session s JOIN staff p ON p.id = s.staff WHERE s.token_hash = ? AND p.active = 1"
)
_NEWEST = "SELECT token_hash FROM session WHERE lane = ? AND boot_id = ? ORDER BY started_ns DESC LIMIT 1"


class StaffService:
    """Log-in, approval and sessions on one box.

    Every scan and every request asks who works where, so living sessions are remembered beside their rows; whoever
    changes staff or session rows otherwise calls forget() (or bumps the topic "staff", from another process).
    """

    def __init__(self, box: Box) -> None:
        self.box = box
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._lock = threading.Lock()  # over rows of sessions and what is remembered of them
        self._living: dict[str, tuple[Session, str, int]] = {}
        self._working: dict[str, str] = {}  # lane -> token hash of who works there
        self._hashing = threading.Lock()  # one PIN at a time: 19 MiB each, and a guesser gains nothing by threads

    def people(self) -> list[Person]:
        """All active staff, cashiers first."""
        return [Person(*values) for values in rows(self.box.db, _PERSON + " ORDER BY role, id")]

    def add(self, *, name_zh: str, name_en: str, role: str, pin: str, badge: str | None = None) -> Person:
        """Add a staff member inside a transaction. ShopError("pin_weak") for fewer than six digits or a common PIN."""
        _check_pin(pin)
        uid = new_uid(self.box.env.rng)
        self.box.db.execute_sql(
            "INSERT INTO staff (uid, name_zh, name_en, role, pin_hash, badge) VALUES (?, ?, ?, ?, ?, ?)",
            (uid, name_zh, name_en, role, self._hasher.hash(pin), badge),
        )
        found = row(self.box.db, _PERSON + " AND uid = ?", (uid,))
        assert found is not None
        return Person(*found)

    def log_in(self, lane: str, staff_uid: str, pin: str, lang: str) -> tuple[str, Session]:
        """(token for the cookie, session). ShopError: pin_wrong, pin_wait, staff_unknown."""
        return self.open_session(self._prove(lane, staff_uid, pin), lane, lang)

    def open_session(self, person: Person, lane: str, lang: str) -> tuple[str, Session]:
        """(token, session) for someone already known; log_in is the way of screens."""
        token = f"{self.box.env.rng.getrandbits(256):064x}"
        hashed = _hash(token)
        clock, db = self.box.env.clock, self.box.db
        with self._lock:
            # One person works at a lane: who comes ends the session of who left without logging out.
            db.execute_sql("DELETE FROM session WHERE lane = ?", (lane,))
            db.execute_sql(
                "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)",
                (hashed, person.id, lane, clock.boot_id(), clock.mono_ns(), lang),
            )
            self._clear()
        return token, Session(hashed, person, lane, lang)

    def session(self, token: str) -> Session | None:
        """The living session of a cookie: this boot, not older than a long shift. Clock steps don't matter (F22)."""
        return self.by_hash(_hash(token))

    def by_hash(self, token_hash: str) -> Session | None:
        """The living session with this row key."""
        known = self._living.get(token_hash) or self._look_up(token_hash)
        if known is None:
            return None
        found, boot, started_ns = known
        clock = self.box.env.clock
        if boot != clock.boot_id() or clock.mono_ns() - started_ns > SESSION_NS:
            self.log_out(found)
            return None
        return found

    def _look_up(self, token_hash: str) -> tuple[Session, str, int] | None:
        with self._lock:
            found = row(self.box.db, _SESSION, (token_hash,))
            if found is None:
                return None
            known = (Session(found[0], Person(*found[1:6]), found[6], found[7]), found[8], found[9])
            self._living[token_hash] = known
            return known

    def working_at(self, lane: str) -> Session | None:
        """The newest living session of a lane: who a scan there is taken for."""
        if lane not in self._working:
            with self._lock:
                found = row(self.box.db, _NEWEST, (lane, self.box.env.clock.boot_id()))
                if found is None:
                    return None
                self._working[lane] = found[0]
        return self.by_hash(self._working.get(lane, ""))

    def log_out(self, session: Session) -> None:
        """End the session."""
        with self._lock:
            self.box.db.execute_sql("DELETE FROM session WHERE token_hash = ?", (session.token_hash,))
            self._clear()

    def set_lang(self, session: Session, lang: str) -> None:
        """Remember the language on the session."""
        with self._lock:
            self.box.db.execute_sql(
                "UPDATE session SET lang = ? WHERE token_hash = ?", (lang, session.token_hash)
            )
            self._clear()

    def forget(self) -> None:
        """Rows of staff or sessions were changed elsewhere: ask the database anew."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        self._living.clear()
        self._working.clear()

    def by_badge(self, code: str) -> Person | None:
        """Who holds this badge and still works here."""
        found = row(self.box.db, _PERSON + " AND badge = ?", (code.upper(),))
        return Person(*found) if found else None

    def who_may(self, action: str) -> list[Person]:
        """Those who may do it alone, and so allow it."""
        rules = self.box.rules.permissions
        return [person for person in self.people() if permission(action, person.role, rules) == ALLOW]

    def approve(self, action: str, lane: str, asking: Person, staff_uid: str, pin: str) -> Person:
        """The person who allows what `asking` may only do with approval. ShopError: denied, approval_other, pin_…

        Someone who may do it alone approves by their own PIN.
        """
        rules = self.box.rules.permissions
        if permission(action, asking.role, rules) == DENY:
            raise ShopError("denied", status=403)
        person = self._prove(lane, staff_uid, pin)
        if permission(action, person.role, rules) != ALLOW:
            raise ShopError("approval_other", status=403)
        return person

    def _prove(self, lane: str, staff_uid: str, pin: str) -> Person:
        keys = (f"staff:{staff_uid}", f"lane:{lane}")
        with self._hashing:
            wait = max(self._wait_s(key) for key in keys)
            if wait > 0:
                raise ShopError("pin_wait", status=429, seconds=wait)
            found = row(self.box.db, _PERSON.replace("role FROM", "role, pin_hash FROM") + " AND uid = ?", (staff_uid,))
            if found is None:
                raise ShopError("staff_unknown", status=404)
            good = self._verify(found[5], pin)
            with self.box.transaction():
                for key in keys:
                    self._note(key, good)
                if not good:
                    data = {"staff": staff_uid, "lane": lane}
                    self.box.record("a", "audit.login_failed", data, mode=self._mode(lane))
        if not good:
            raise ShopError("pin_wrong", status=403)
        return Person(*found[:5])

    def _mode(self, lane: str) -> str:
        return next((x.mode for x in self.box.config.lanes if x.id == lane), "live")

    def _verify(self, hashed: str, pin: str) -> bool:
        try:
            return self._hasher.verify(hashed, pin)
        except (VerifyMismatchError, InvalidHashError):
            return False

    def _wait_s(self, key: str) -> int:
        found = row(self.box.db, "SELECT fails, boot_id, until_ns FROM pin_guard WHERE who = ?", (key,))
        if found is None or found[0] < FREE_TRIES:
            return 0
        clock = self.box.env.clock
        if found[1] != clock.boot_id():
            # After a restart the wait begins again: a power cut must not shorten it.
            until = clock.mono_ns() + _wait_after(found[0]) * 1_000_000_000
            self.box.db.execute_sql(
                "UPDATE pin_guard SET boot_id = ?, until_ns = ? WHERE who = ?", (clock.boot_id(), until, key)
            )
            return _wait_after(found[0])
        return max(0, -(-(found[2] - clock.mono_ns()) // 1_000_000_000))

    def _note(self, key: str, good: bool) -> None:
        db, clock = self.box.db, self.box.env.clock
        if good:
            db.execute_sql("DELETE FROM pin_guard WHERE who = ?", (key,))
            return
        found = row(db, "SELECT fails FROM pin_guard WHERE who = ?", (key,))
        fails = (found[0] if found else 0) + 1
        until = clock.mono_ns() + _wait_after(fails) * 1_000_000_000
        db.execute_sql("INSERT OR REPLACE INTO pin_guard VALUES (?, ?, ?, ?)", (key, fails, clock.boot_id(), until))


def _wait_after(fails: int) -> int:
    return min(MAX_WAIT_S, 60 * 2 ** (fails - FREE_TRIES)) if fails >= FREE_TRIES else 0


def pin_weakness(pin: str) -> str | None:
    """Why a PIN may not be used: "digits", "length", "common", "few" (different digits), "ladder"; None if it may."""
    if not (pin.isascii() and pin.isdigit()):
        return "digits"
    if not 6 <= len(pin) <= 12:
        return "length"
    if len(set(pin)) < 3:
        return "few"
    steps = {ord(b) - ord(a) for a, b in zip(pin, pin[1:], strict=False)}
    if steps in ({1}, {-1}):
        return "ladder"
    return "common" if pin in _COMMON else None


def _check_pin(pin: str) -> None:
    if pin_weakness(pin):
        raise ShopError("pin_weak", status=422)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
