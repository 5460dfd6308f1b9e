"""An import from its start to its end: begun by one call, carried on in small steps by another, and again after a kill.

How far it came is a row of the table `job`; what it has read lies in a stage beside the database. What was written is
noted in the same transaction, so that nothing is taken twice. One import at a time.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from edge import audit
from edge.base.ids import new_uid
from edge.base.sqlite import Database, row, rows
from edge.box import Box
from edge.db import bump, exclusive
from edge.errors import AlreadyRunning, ShopError
from edge.importer.members import Members
from edge.importer.products import KINDS, Products
from edge.importer.reader import Row, Table, encoding_words, opened
from edge.importer.report import ImportRefused
from edge.importer.stage import NOTE, Stage
from edge.importer.task import Made, Plan, Task
from edge.staff import Person

LOCK = "import.lock"
ROWS, STEP_S = 500, 0.2
KEPT = 5  # ended imports whose refusals can still be asked for
# What happens after the check: ask (stop and wait), all (go on if nothing was refused), good (leave the refused out).
ASK, ALL, GOOD = "ask", "all", "good"
OPEN = ("queued", "running", "checked")
TASKS: dict[str, Made] = {**dict.fromkeys(KINDS, Products), "members": Members}
_NEW = (
    "INSERT INTO job (uid, kind, args, state, step, result, staff, queued_us) "
    "VALUES (?, ?, ?, 'queued', 'check', ?, ?, ?)"
)
_JOB = "SELECT kind, args, state, step, mark, result, staff, stop FROM job WHERE uid = ?"
_KEEP = "UPDATE job SET step = ?, mark = ?, done = ?, total = ?, moved_us = ? WHERE uid = ? RETURNING stop"
_RESULT = "UPDATE job SET result = ? WHERE uid = ?"
_OPEN = "SELECT uid FROM job WHERE kind LIKE 'import.%' AND state IN ('queued', 'running', 'checked')"
_ENDED = "SELECT uid FROM job WHERE kind LIKE 'import.%' AND ended_us IS NOT NULL ORDER BY id DESC"
_GO_ON = "UPDATE job SET state = 'queued', args = json_set(args, '$.then', 'good') WHERE uid = ? AND state = 'checked'"
_PERSON = "SELECT id, uid, name_zh, name_en, role FROM staff WHERE id = ?"


class Halt(Exception):
    """Somebody asked for the end."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What start() was asked: path of the file, its digest, and the choices."""

    path: str
    digest: str
    name: str
    kind: str
    replace: bool
    then: str
    own: bool
    mode: str


def folder(box: Box) -> Path:
    """Where stages lie, and where a screen may put the files that it was sent."""
    return box.config.data / "import"


def start(
    box: Box, kind: str, path: Path, *, then: str = ASK, replace: bool = False, who: Person | None = None,
    name: str = "", own: bool = False,
) -> str:  # fmt: skip
    """Note a new import of a file and return its uid; nothing is read but the file's digest.

    kind: products, prices, stock or members. then: ask, all or good. own: the file is ours and goes with the import.
    ShopError("import_open") when another one is not at its end; ImportRefused when the file can't be read.
    """
    if kind not in TASKS:
        raise ValueError(f"no import of {kind!r}")
    digest, uid = digest_of(path), new_uid(box.env.rng)
    mode = box.config.lanes[0].mode
    asked = Asked(str(path.resolve()), digest, name or path.name, kind, replace, then, own, mode)
    with box.transaction() as db:
        if unfinished(box) is not None:
            raise ShopError("import_open")
        result = {"file": asked.name}
        values = (uid, f"import.{kind}", orjson.dumps(asked).decode(), orjson.dumps(result).decode())
        db.execute_sql(_NEW, (*values, who.id if who else None, box.env.clock.now_us()))
    _forget_old(box)
    return uid


def digest_of(path: Path) -> str:
    """What tells whether a file is still the same."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ImportRefused("file_unreadable", path=path, why=error.strerror) from None


def unfinished(box: Box) -> str | None:
    """The uid of the import that is not at its end."""
    found = row(box.db, _OPEN)
    return str(found[0]) if found else None


def asked(box: Box, uid: str) -> Asked:
    """What start() was asked. ShopError("import_gone")."""
    found = row(box.db, "SELECT args FROM job WHERE uid = ?", (uid,))
    if found is None:
        raise ShopError("import_gone")
    return Asked(**orjson.loads(found[0]))


def go_on(box: Box, uid: str) -> None:
    """After the check: write the good rows and leave the refused out. ShopError("import_gone") in any other state."""
    with box.transaction() as db:
        if not db.execute_sql(_GO_ON, (uid,)).rowcount:
            raise ShopError("import_gone")


def cancel(box: Box, uid: str) -> None:
    """Ask for the end: at once where nobody works at it, else after the chunk in hand. What became current stays."""
    box.db.execute_sql("UPDATE job SET stop = 1 WHERE uid = ? AND state IN ('queued', 'running', 'checked')", (uid,))
    try:
        with Work(box, uid) as work:
            work.step()
    except ShopError:  # somebody works at it, and will see
        return


def _forget_old(box: Box) -> None:
    """The stages of long ended imports go."""
    kept = {uid for (uid,) in rows(box.db, _ENDED)[:KEPT]} | {unfinished(box)}
    for path in folder(box).glob("*.stage*"):
        if path.name.partition(".")[0] not in kept:
            path.unlink(missing_ok=True)


class Work:
    """Carries one import on; a context. ShopError("import_busy") while another process does."""

    def __init__(self, box: Box, uid: str) -> None:
        self.box, self.uid = box, uid
        self._stack = ExitStack()
        self._lines: Iterator[Row] | None = None
        self._table: Table | None = None
        self._reading = ExitStack()
        self._held = False
        self._written_s = 0.0

    def __enter__(self) -> Work:
        try:
            self._stack.enter_context(exclusive(self.box.config.data / LOCK))
        except AlreadyRunning:
            raise ShopError("import_busy") from None
        found = row(self.box.db, _JOB, (self.uid,))
        if found is None:
            self._stack.close()
            raise ShopError("import_gone")
        kind, args, self.state, step, mark, result, staff, self._stop = found
        self.asked = Asked(**orjson.loads(args))
        self.phase, self.at, self.result = step, orjson.loads(mark).get("at"), orjson.loads(result)
        who = row(self.box.db, _PERSON, (staff,)) if staff else None
        self.who = Person(*who) if who else None
        self._open()
        return self

    def _open(self) -> None:
        self.stage = Stage(folder(self.box) / f"{self.uid}.stage")
        plan = Plan(self.asked.kind, self.asked.replace, self.asked.mode)
        self.task: Task = TASKS[self.asked.kind](self.box, self.stage, plan)
        self.phases = dict(self.task.phases)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._let_go()
        self.stage.close()
        self._stack.close()

    def _let_go(self) -> None:
        self.task.close()
        self._held = False
        self._reading.close()

    # ---- steps

    def step(self) -> bool:
        """Some tenths of a second of work, longer only where no sale can be held up; False when there is no more.

        A refused file ends it (state failed). ShopError("catalog_busy") when another load is under way: try later.
        """
        if self.state not in ("queued", "running"):
            return self._end("cancelled") if self._stop and self.state == "checked" else False
        try:
            if self._stop and self._revocable():
                raise Halt
            if self.state == "queued":
                self._begin()
            if self.phase == "check":
                return self._check()
            return self._write()
        except Halt:
            return self._end("cancelled")
        except ImportRefused as refused:
            self.result["error"] = {"slug": refused.slug, **refused.params}
            return self._end("failed")

    def _begin(self) -> None:
        self.state = "running"
        self.box.db.execute_sql(
            "UPDATE job SET state = 'running', began_us = COALESCE(began_us, ?) WHERE uid = ?",
            (self.box.env.clock.now_us(), self.uid),
        )

    def _revocable(self) -> bool:
        """Whether nothing of it has become current yet (what was enrolled stays, and more need not follow)."""
        names = ["check", *(name for name, _ in self.task.phases)]
        return names.index(self.phase) < (names + [""]).index(self.task.irrevocable)

    def _check(self) -> bool:
        lines = self._lines or self._first_look()
        until, more = time.monotonic() + STEP_S, True
        with self.stage.db.immediate():
            n = seen = 0
            for n, found in enumerate(lines, 1):
                self.task.check(found)
                seen = found.line
                if n >= ROWS or time.monotonic() > until:
                    break
            else:
                more = False
            if n:
                self.stage.put("line", seen)
                self.stage.put("rows", self.stage.get("rows", 0) + n)
        if more:
            assert self._table is not None
            self._tell(*self._table.place())
            return True
        return self._checked()

    def _first_look(self) -> Iterator[Row]:
        path = Path(self.asked.path)
        if digest_of(path) != self.asked.digest:
            raise ImportRefused("file_changed", path=path)
        self._table = self._reading.enter_context(opened(path, self.task.columns))
        self.task.begin(self._table.columns)
        at = self.stage.get("line", None)
        if at is None:
            self.stage.remark(NOTE, self._table.notes)
            self.stage.put("line", -1)
        self.result["encoding"] = encoding_words(self._table.encoding)
        self._lines = (found for found in self._table.rows if at is None or found.line > at)
        return self._lines

    def _checked(self) -> bool:
        """The last row was read: settle, and see whether to go on."""
        self._tell(0, 0, now=True)
        self.task.settle()
        counts = self.stage.counts()
        self.stage.put("good", counts["good"])
        self.stage.seal()
        self.result |= {"rows": self.stage.get("rows", 0), **counts}
        self._let_go()
        self._lines = None
        first = self.task.phases[0][0]
        asks = self.asked.then == ASK or (self.asked.then == ALL and counts["refused"])
        self._store("checked" if asks or not counts["good"] else "running", first)
        return self.state == "running"

    def _write(self) -> bool:
        if self._revocable() and not self.task.stands():
            self._again()
            return True
        if not self._held:
            self.task.hold()
            self._held = True
        self.at = self.phases[self.phase](self.at, self._keep)
        if self.at is not None:
            return True
        names = [name for name, _ in self.task.phases]
        after = names.index(self.phase) + 1
        if after == len(names):
            return self._done()
        self._store("running", names[after])
        return True

    def _again(self) -> None:
        """Somebody changed the catalogue since the check: what was checked against it is checked anew."""
        self.task.drop()
        self._let_go()
        self.stage.drop()
        self._open()
        self._store("running", "check")

    def _done(self) -> bool:
        self.result |= self.task.result()
        what = "catalog_imported" if self.asked.kind in KINDS else "members_imported"
        facts = {k: v for k, v in self.result.items() if k in ("file", "rows", "good", "refused", "total", "replace")}
        with self.box.transaction():
            audit.note(self.box, what, self.who, mode=self.asked.mode, by="import", kind=self.asked.kind, **facts)
            self._store("done", self.phase)
        return self._tidy()

    def _end(self, state: str) -> bool:
        if self._revocable():
            self.task.drop()
        self._store(state, self.phase)
        return self._tidy()

    def _tidy(self) -> bool:
        self._let_go()
        self.stage.forget_rows()
        if self.asked.own:
            Path(self.asked.path).unlink(missing_ok=True)
        return False

    # ---- the row of the job

    def _keep(self, db: Database, at: Any, done: int, total: int) -> None:
        values = (self.phase, orjson.dumps({"at": at}).decode(), done, total, self.box.env.clock.now_us(), self.uid)
        ((self._stop,),) = db.execute_sql(_KEEP, values).fetchall()
        if self._stop and self._revocable():
            raise Halt

    def _tell(self, done: int, total: int, *, now: bool = False) -> None:
        """How far reading came, some times a second: it moves nothing but a screen."""
        if now or time.monotonic() - self._written_s > STEP_S:
            self._written_s = time.monotonic()
            self.result |= {"rows": self.stage.get("rows", 0)}
            with self.box.draft.immediate() as db:
                db.execute_sql(_RESULT, (orjson.dumps(self.result).decode(), self.uid))
                self._keep(db, None, done, total)

    def _store(self, state: str, phase: str) -> None:
        self.state, self.phase, self.at = state, phase, None
        now = self.box.env.clock.now_us()
        with self.box.transaction() as db:
            db.execute_sql(
                "UPDATE job SET state = ?, step = ?, mark = '{}', done = 0, total = 0, result = ?, moved_us = ?, "
                "ended_us = ? WHERE uid = ?",
                (state, phase, orjson.dumps(self.result).decode(), now, None if state in OPEN else now, self.uid),
            )
            bump(db, "job")
