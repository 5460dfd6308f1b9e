"""Staff: log-in with back-off, approval, sessions.

Every log-in, failure and log-out is an audit event. A PIN is never checked inside a transaction: whoever rolled it
back would roll back the count of wrong ones with it.
"""

from __future__ import annotations

import hashlib
import threading
from datetime import timedelta
from typing import Any

from edge import audit, pins
from edge.base.ids import new_uid
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.forgotten import ChoosePin, Codes
from edge.guard import FREE_TRIES, MAX_WAIT_S, Guard
from edge.idle import Idle
from edge.people import Person, Session
from edge.permissions import ALLOW, DENY, permission

__all__ = ["FREE_TRIES", "MAX_WAIT_S", "Person", "Session", "StaffService"]

SESSION_NS = int(timedelta(hours=14).total_seconds()) * 1_000_000_000
_MINUTE_NS = 60_000_000_000

_PERSON = "SELECT id, uid, name_zh, name_en, role FROM staff WHERE active = 1"
_PROOF = "SELECT id, uid, name_zh, name_en, role, pin_hash FROM staff WHERE active = 1 AND uid = ?"
_SESSION = (
    "SELECT s.token_hash, p.id, p.uid, p.name_zh, p.name_en, p.role, s.lane, s.lang, s.boot_id, s.started_ns "
    "FROM session s JOIN staff p ON p.id = s.staff WHERE s.token_hash = ? AND p.active = 1"
)
_NEWEST = "SELECT token_hash FROM session WHERE lane = ? AND boot_id = ? ORDER BY started_ns DESC LIMIT 1"


class StaffService:
    """Log-in, approval and sessions on one box.

    Every scan and every request asks who works where, so living sessions are remembered beside their rows; whoever
    changes staff or session rows otherwise announces "staff" (or bumps that topic, from another process).
    """

    def __init__(self, box: Box) -> None:
        self.box, self.pins, self.guard = box, pins.Hasher(), Guard(box)
        self.codes = Codes(box, self.pins)
        self.idle = Idle(box.env.clock, lambda: self.box.rules.idle_min * _MINUTE_NS)
        self._lock = threading.Lock()  # over what is remembered of the rows; never held while the database works
        self._version = 0
        self._living: dict[str, tuple[Session, str, int]] = {}
        self._working: dict[str, str] = {}  # lane -> token hash of who works there
        self._proving = threading.Lock()  # one try at a time, else many at once would be one to the count
        box.after_commit.append(self._heard)

    def _heard(self, topic: str, data: dict[str, Any]) -> None:
        if topic in ("staff", "session"):
            self.forget()

    # -- people -------------------------------------------------------------------------------------------------------

    def people(self) -> list[Person]:
        """All active staff, cashiers first."""
        return [Person(*values) for values in rows(self.box.db, _PERSON + " ORDER BY role, id")]

    def person(self, uid: str) -> Person:
        """An active person. ShopError("staff_unknown")."""
        found = row(self.box.db, _PERSON + " AND uid = ?", (uid,))
        if found is None:
            raise ShopError("staff_unknown", status=404)
        return Person(*found)

    def add(
        self, *, name_zh: str, name_en: str, role: str, pin: str | None, badge: str | None = None,
        lang: str | None = None,
    ) -> Person:  # fmt: skip
        """Add a staff member inside a transaction. ShopError("pin_weak_…") for fewer than six digits or a common PIN.

        Without a PIN they come in by a manager's code (see edge.staff_admin.make_code), and choose one. lang: what
        their screen takes when they come; none: the screen's own.
        """
        if pin is not None:
            pins.check(pin)
        uid = new_uid(self.box.env.rng)
        hashed = pins.NO_PIN if pin is None else self.pins.hash(pin)
        self.box.db.execute_sql(
            "INSERT INTO staff (uid, name_zh, name_en, role, pin_hash, badge, lang) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (uid, name_zh, name_en, role, hashed, badge, lang),
        )
        return self.person(uid)

    def by_badge(self, code: str) -> Person | None:
        """Who holds this badge and still works here."""
        found = row(self.box.db, _PERSON + " AND badge = ?", (code.upper(),))
        return Person(*found) if found else None

    def who_may(self, action: str) -> list[Person]:
        """Those who may do it alone, and so allow it."""
        rules = self.box.rules.permissions
        return [person for person in self.people() if permission(action, person.role, rules) == ALLOW]

    # -- log-in -------------------------------------------------------------------------------------------------------

    def log_in(self, lane: str, staff_uid: str, pin: str, lang: str, *, renew: bool = False) -> tuple[str, Session]:
        """(token for the cookie, session). ShopError: pin_wrong, pin_wait, staff_unknown.

        A manager's code in the place of the PIN raises ChoosePin, and so does the PIN itself if it is to be renewed.
        """
        person, by = self._prove(lane, staff_uid, pin, "login")
        if by == "code" or renew:
            raise ChoosePin(self.codes.ticket(person, lane))
        return self.open_session(person, lane, lang, by=by)

    def choose_pin(self, lane: str, ticket: str, pin: str, lang: str) -> tuple[str, Session]:
        """(token, session) for who was asked to choose a PIN (ChoosePin). ShopError: choice_gone, pin_weak_…"""
        person = self.codes.whose(ticket, lane)
        pins.check(pin)
        hashed = self.pins.hash(pin)
        if not self.codes.spend(ticket):
            raise ShopError("choice_gone", status=403)
        with self.box.transaction():
            self.store_pin(person, hashed, person, lane, "own")
            self.end_sessions(person, "pin")
        self.box.announce("staff")
        return self.open_session(self.person(person.uid), lane, lang, by="new_pin")

    def open_session(self, person: Person, lane: str, lang: str, by: str = "known") -> tuple[str, Session]:
        """(token, session) for someone already known by: pin, badge, new_pin. lang: unless the person has one."""
        token = f"{self.box.env.rng.getrandbits(256):064x}"
        before, clock = self.working_at(lane), self.box.env.clock
        own = row(self.box.db, "SELECT lang FROM staff WHERE id = ?", (person.id,))
        found = Session(digest(token), person, lane, own[0] if own and own[0] else lang)
        switched = before is not None and before.person.id != person.id
        told = {"by": by, **({"from": before.person.uid} if before and switched else {})}
        with self.box.transaction() as db:
            # One person works at a lane: who comes ends the session of who left without logging out.
            db.execute_sql("DELETE FROM session WHERE lane = ?", (lane,))
            db.execute_sql(
                "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)",
                (found.token_hash, person.id, lane, clock.boot_id(), clock.mono_ns(), found.lang),
            )
            self._note("switched" if switched else "logged_in", person, lane, **told)
        self.forget()
        if before:
            self.idle.forget(before)
        self.idle.touch(found)
        self.box.announce("session", lane=lane)
        return token, found

    def approve(self, action: str, lane: str, asking: Person, staff_uid: str, pin: str) -> Person:
        """The person who allows what `asking` may only do with approval. ShopError: denied, approval_other, pin_…

        Someone who may do it alone approves by their own PIN.
        """
        rules = self.box.rules.permissions
        if permission(action, asking.role, rules) == DENY:
            raise ShopError("denied", status=403)
        person = self.prove(lane, staff_uid, pin, "approval")
        if permission(action, person.role, rules) != ALLOW:
            raise ShopError("approval_other", status=403)
        return person

    def prove(self, lane: str, staff_uid: str, pin: str, what: str) -> Person:
        """The person whose PIN it is; a wrong one counts. what: what it was typed for (a word for the audit)."""
        return self._prove(lane, staff_uid, pin, what)[0]

    def _prove(self, lane: str, staff_uid: str, pin: str, what: str) -> tuple[Person, str]:
        """(person, "pin" or "code")."""
        if self.box.db.connection().in_transaction:
            raise RuntimeError("a PIN is never checked inside a transaction")
        keys = (f"staff:{staff_uid}", f"lane:{lane}")
        with self._proving:
            wait = self.guard.wait_s(*keys)
            if wait > 0:
                raise ShopError("pin_wait", status=429, seconds=wait)
            found = row(self.box.db, _PROOF, (staff_uid,))
            if found is None:
                raise ShopError("staff_unknown", status=404)
            person, by = Person(*found[:5]), "pin"
            good = self._verify(found[5], pin)
            if not good and what == "login" and self.codes.fits(person.id, pin):
                good, by = True, "code"
            with self.box.transaction():
                waits = self.guard.note(good, *keys)
                if by == "code":
                    self.codes.drop(person.id)
                    self._note("code_used", person, lane)
                if not good:
                    self._note("login_failed", person, lane, what=what)
                for key, seconds in waits.items():
                    self._note("locked_out", person, lane, which=key.partition(":")[0], seconds=seconds)
        if not good:
            raise ShopError("pin_wrong", status=403)
        return person, by

    def store_pin(self, person: Person, hashed: str, by: Person, lane: str | None, how: str) -> None:
        """Keep a new PIN's hash, inside a transaction; an open code of that person is void. how: own, manager."""
        self.box.db.execute_sql("UPDATE staff SET pin_hash = ? WHERE id = ?", (hashed, person.id))
        self.codes.drop(person.id)
        self._note("pin_changed", by, lane, person=person.uid, how=how)

    def _verify(self, hashed: str, pin: str) -> bool:
        return self.pins.verify(hashed, pin)

    def _note(self, action: str, who: Person, lane: str | None, **detail: Any) -> None:
        mode = next((x.mode for x in self.box.config.lanes if x.id == lane), "live")
        audit.note(self.box, action, who, lane=lane, mode=mode, **detail)

    # -- sessions -----------------------------------------------------------------------------------------------------

    def session(self, token: str) -> Session | None:
        """The living session of a cookie: this boot, used lately, not older than a long shift.

        Clock steps don't matter (F22).
        """
        return self.by_hash(digest(token))

    def by_hash(self, token_hash: str) -> Session | None:
        """The living session with this row key."""
        known = self._living.get(token_hash) or self._look_up(token_hash)
        if known is None:
            return None
        found, boot, started_ns = known
        clock = self.box.env.clock
        over = "restart" if boot != clock.boot_id() else "age" if clock.mono_ns() - started_ns > SESSION_NS else ""
        if over or self.idle.expired(found):
            self.log_out(found, over or "idle")
            return None
        return found

    def _look_up(self, token_hash: str) -> tuple[Session, str, int] | None:
        version = self._version
        found = row(self.box.db, _SESSION, (token_hash,))
        if found is None:
            return None
        known = (Session(found[0], Person(*found[1:6]), found[6], found[7]), found[8], found[9])
        with self._lock:
            if version == self._version:  # else what was read may have ended meanwhile
                self._living[token_hash] = known
        return known

    def working_at(self, lane: str) -> Session | None:
        """The newest living session of a lane: who a scan there is taken for."""
        known = self._working.get(lane)
        if known is None:
            version = self._version
            found = row(self.box.db, _NEWEST, (lane, self.box.env.clock.boot_id()))
            if found is None:
                return None
            known = found[0]
            with self._lock:
                if version == self._version:
                    self._working[lane] = known
        return self.by_hash(known)

    def log_out(self, session: Session, why: str = "asked") -> None:
        """End the session. why: asked, idle, age, restart."""
        with self.box.transaction() as db:
            gone = db.execute_sql("DELETE FROM session WHERE token_hash = ?", (session.token_hash,)).rowcount
            if gone:
                self._note("logged_out", session.person, session.lane, why=why)
        self.forget()
        self.idle.forget(session)
        if gone:
            self.box.announce("session", lane=session.lane)

    def end_sessions(self, person: Person, why: str) -> None:
        """End whatever sessions a person has, inside the caller's transaction; announce "staff" after it."""
        for (lane,) in rows(self.box.db, "SELECT lane FROM session WHERE staff = ?", (person.id,)):
            self._note("logged_out", person, lane, why=why)
        self.box.db.execute_sql("DELETE FROM session WHERE staff = ?", (person.id,))

    def set_lang(self, session: Session, lang: str) -> None:
        """Remember the language on the session."""
        self.box.db.execute_sql("UPDATE session SET lang = ? WHERE token_hash = ?", (lang, session.token_hash))
        self.forget()

    def forget(self) -> None:
        """Rows of staff or sessions were changed elsewhere: ask the database anew."""
        with self._lock:
            self._version += 1
            self._living.clear()
            self._working.clear()


def digest(token: str) -> str:
    """What is kept of a token that only a cookie holds."""
    return hashlib.sha256(token.encode()).hexdigest()
