"""The print queue: states queued → sending → printed | sent | uncertain | failed (dropped for a stale drawer kick).

A job is "sending" in the database before its first byte leaves, so after a power cut it is known to be uncertain, and
an uncertain receipt is never sent again by itself: a person says whether it came out, and a second one says COPY.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from drivers.base import Printer, PrinterStatus, Sent
from drivers.errors import DriverError, PrinterNotReady, PrinterUncertain
from edge import coupon_paper, receipts, report_paper, reports
from edge.base.document import Document
from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError
from edge.privacy import give
from edge.recommend import receipt_word

log = logging.getLogger(__name__)

RETRY_S = 2.0
# The screen's answer goes first: drawing a receipt would share Python's lock with it.
ANSWER_S = 0.03
# A drawer that springs open long after its sale is a theft risk: such a kick is dropped.
KICK_STALE_US = 20_000_000


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    uid: str
    lane: str
    kind: str
    sale: int | None
    copy_no: int
    queued_us: int
    ref: str | None = None
    lang: str | None = None


# A drawer never waits behind a receipt that waits for paper.
_NEXT = (
    "SELECT id, uid, lane, kind, sale, copy_no, queued_us, ref, lang FROM print_job "
    "WHERE printer = ? AND state = 'queued' ORDER BY kind <> 'drawer', id LIMIT 1"
)

# The whole condition of the partial index stands here, so that only open jobs are read, however many are done.
OPEN_JOBS = (
    "print_job INDEXED BY print_job_open WHERE state IN ('queued', 'sending', 'uncertain', 'failed')"
)
_PENDING = f"SELECT id, kind, state, reason FROM {OPEN_JOBS} AND lane = ? ORDER BY id"
# A document's papers are its original, which has its uid, and what came later: read from the newest backwards.
_NEWEST_PAPER = (
    "SELECT state FROM print_job WHERE sale = (SELECT id FROM sale WHERE uid = ?1) AND kind <> 'drawer' "
    "AND id >= COALESCE((SELECT id FROM print_job WHERE uid = ?1), 0) ORDER BY id DESC LIMIT 1"
)


def reprint(box: Box, sale_uid: str, job_uid: str, printer: str, lane: str) -> int:
    """Queue a COPY of a document; the same job_uid again queues nothing. Returns the copy's number; one event."""
    sale = receipts.sale_id(box, sale_uid)
    with box.transaction() as db:
        found = row(db, "SELECT copy_no FROM print_job WHERE uid = ?", (job_uid,))
        if found:
            return int(found[0])
        found = row(db, "SELECT COALESCE(MAX(copy_no), 0) + 1 FROM print_job WHERE sale = ?", (sale,))
        copy_no = int(found[0]) if found else 1
        db.execute_sql(
            "INSERT INTO print_job (uid, printer, lane, kind, sale, copy_no, state, queued_us) "
            "VALUES (?, ?, ?, 'copy', ?, ?, 'queued', ?)",
            (job_uid, printer, lane, sale, copy_no, box.env.clock.now_us()),
        )
        mode = row(db, "SELECT mode FROM sale WHERE id = ?", (sale,))
        data = {"sale": sale_uid, "copy": copy_no, "lane": lane}
        box.record("a", "receipt.reprinted", data, mode=mode[0] if mode else "live")
    box.announce("print", lane=lane)
    return copy_no


def resolve(box: Box, job: int, lane: str, printed: bool, job_uid: str) -> None:
    """A person answers for an uncertain or failed job: it came out, or a marked copy is wanted."""
    asked = "SELECT kind, sale, printer, state, ref, lang FROM print_job WHERE id = ? AND lane = ?"
    found = row(box.db, asked, (job, lane))
    if found is None or found[3] not in ("uncertain", "failed"):
        raise ShopError("print_settled")
    sale = row(box.db, "SELECT uid FROM sale WHERE id = ?", (found[1],)) if found[1] else None
    state = "printed" if printed else "dropped"
    with box.transaction() as db:
        if not printed and sale is not None and found[0] != "drawer":
            reprint(box, sale[0], job_uid, found[2], lane)
        elif not printed and found[4] is not None:
            reports.again(box, lane, found[2], found[4], job_uid, found[5])
        db.execute_sql("UPDATE print_job SET state = ?, done_us = ? WHERE id = ?", (state, box.env.clock.now_us(), job))
    box.announce("print", lane=lane)


class Spooler:
    """One printer's queue and thread. run() returns after stop(); wake() is called after each commit that queued."""

    def __init__(self, box: Box, printer: Printer) -> None:
        self.box, self.printer = box, printer
        self.progress: Callable[[], None] = lambda: None
        self.status = PrinterStatus.UNKNOWN
        self._wake, self._stopped = threading.Event(), threading.Event()

    def recover(self) -> None:
        """After a start: what was being sent when the box went down may be on paper or not."""
        self.box.db.execute_sql(
            "UPDATE print_job SET state = CASE kind WHEN 'drawer' THEN 'dropped' ELSE 'uncertain' END, "
            "reason = 'restart' WHERE printer = ? AND state = 'sending'",
            (self.printer.name,),
        )

    def wake(self) -> None:
        """Look at the queue now."""
        self._wake.set()

    def stop(self) -> None:
        """End run() after the job in hand."""
        self._stopped.set()
        self._wake.set()

    def run(self) -> None:
        """Print what is queued, in order, until stop()."""
        self.recover()
        while not self._stopped.is_set():
            self.progress()
            self._wake.clear()
            if not self.print_next():
                self._look()
                if self._wake.wait(RETRY_S):
                    self._stopped.wait(ANSWER_S)
        self.box.close()

    def print_next(self) -> bool:
        """Send the oldest queued job; False when there is none or the printer is not ready for it."""
        found = row(self.box.db, _NEXT, (self.printer.name,))
        if found is None:
            return False
        job = Job(*found)
        age = self.box.env.clock.now_us() - job.queued_us  # negative when the clock was set back: as good as stale
        if job.kind == "drawer" and (not 0 <= age <= KICK_STALE_US or self.printer.drawer_bytes() is None):
            self._settle(job, "dropped", "stale")
            return True
        data = self._bytes(job)
        if data is None:
            return True
        self.box.db.execute_sql("UPDATE print_job SET state = 'sending', reason = NULL WHERE id = ?", (job.id,))
        self.box.announce("print", lane=job.lane)
        return self._send(job, data)

    def _bytes(self, job: Job) -> bytes | None:
        if job.kind == "drawer":
            return self.printer.drawer_bytes()
        try:
            return self.printer.render(_document(self.box, job))
        except Exception:
            # The thread's edge: one paper that can't be made must not hold up every paper behind it, for ever.
            log.exception("print job %s can't be rendered", job.id)
            self._settle(job, "failed", "render")
            return None

    def _send(self, job: Job, data: bytes) -> bool:
        try:
            sent = self.printer.send(data)
        except PrinterNotReady as error:
            self._note(error.reason)
            self._settle(job, "queued", error.reason.value)
            return False
        except PrinterUncertain as error:
            log.warning("print job %s is uncertain: %s", job.id, error)
            self._settle(job, "dropped" if job.kind == "drawer" else "uncertain", "no_answer")
            return True
        except DriverError as error:
            log.error("print job %s failed: %s", job.id, error)
            self._settle(job, "failed", "driver")
            return True
        self._note(PrinterStatus.OK)
        self._settle(job, "printed" if sent is Sent.PRINTED else "sent", None)
        return True

    def _settle(self, job: Job, state: str, reason: str | None) -> None:
        done = None if state == "queued" else self.box.env.clock.now_us()
        self.box.db.execute_sql(
            "UPDATE print_job SET state = ?, reason = ?, done_us = ? WHERE id = ?", (state, reason, done, job.id)
        )
        self.box.announce("print", lane=job.lane)

    def _look(self) -> None:
        self._note(self.printer.status())

    def _note(self, status: PrinterStatus) -> None:
        if status is not self.status:
            self.status = status
            log.info("printer %s: %s", self.printer.name, status.value)
            self.box.announce("device")


def _document(box: Box, job: Job) -> Document:
    if job.sale is not None:
        if job.copy_no == 0:
            receipt_word.choose(box, job.sale)
        return receipts.compose(box, job.sale, job.copy_no, job.queued_us)
    lang = job.lang or box.config.store.languages[0]
    if job.ref is not None and job.ref.startswith(coupon_paper.REF):
        return coupon_paper.compose(box, job.ref, lang, job.copy_no, job.queued_us)
    if job.ref is not None and job.ref.startswith(give.REF):
        return give.compose(box, job.ref, lang, job.copy_no, job.queued_us)
    if job.ref is not None:
        return report_paper.compose(box, job.ref, lang, job.copy_no, job.queued_us)
    return receipts.test_page(box, lang)


def pending(box: Box, lane: str) -> tuple[tuple[int, str, str | None] | None, int]:
    """The lane's newest job that needs a person as (job, state, reason), and how many papers wait for the printer."""
    found = rows(box.db, _PENDING, (lane,))
    problems = [
        (job, state, reason)
        for job, kind, state, reason in found
        if kind != "drawer" and state in ("uncertain", "failed")
    ]
    waiting = sum(kind != "drawer" and state in ("queued", "sending") for _, kind, state, _ in found)
    return (problems[-1] if problems else None), waiting


def state_of(box: Box, uid: str) -> str:
    """The state of a document's newest paper, or "none"."""
    found = row(box.db, _NEWEST_PAPER, (uid,))
    return found[0] if found else "none"
