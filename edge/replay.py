"""Sell the baskets of a file as a cashier would: every code through a scanner, every sale through the checkout.

The codes go through a simulated scanner and its framing into the lane's till. Their time stamps lie a second apart,
whatever the real pace, so that the window against double scans never drops one. Cash is paid exactly.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol

from drivers.base import Scan
from edge.base.i18n import t
from edge.base.money import Currency, fmt_money
from edge.errors import ShopError, TillboxError
from edge.pricing import cash_due
from edge.replay_file import ReplayBasket, count_baskets, read_baskets
from edge.staff import Session
from edge.till import Till, new_command_id

# Up to here each piece is scanned; more are keyed as "12 ×" and one scan, as people do.
SCANNED_PIECES = 3
SECOND_NS = 1_000_000_000
PATIENCE_S = 30.0
SHOWN = 10
Progress = Callable[[int, int, str], None]


class ReplayError(TillboxError):
    """The replay could not go on; the text says why."""


class Injectable(Protocol):
    """What a replay needs of a simulated scanner."""

    @property
    def name(self) -> str:
        """The device's name."""

    def inject(self, text: str, at_ns: int | None = None) -> None:
        """Show it a code."""

    def run(self, emit: Callable[[Scan], None]) -> None:
        """Emit what it was shown, until closed."""

    def close(self) -> None:
        """End run."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A code that the till did not take, or a sale ("pay") that could not be completed."""

    basket: str
    code: str
    slug: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A basket whose paid total is not the file's."""

    basket: str
    expected: int
    found: int | None


@dataclass
class Summary:
    """What was sold; money in minor units, turnover is what was paid."""

    sales: int = 0
    lines: int = 0
    scans: int = 0
    turnover: int = 0
    points: int = 0
    seconds: float = 0.0
    refused: list[Refused] = field(default_factory=list)
    mismatches: list[Mismatch] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.refused and not self.mismatches


class Feed:
    """A scanner in its own thread, bound to a till; `read` returns once the till has taken the code."""

    def __init__(self, till: Till, scanner: Injectable) -> None:
        self._till, self._scanner = till, scanner
        self._taken = threading.Semaphore(0)
        self._error: Exception | None = None
        self._at_ns = till.box.env.clock.mono_ns()
        self._thread = threading.Thread(target=self._run, name=f"replay:{scanner.name}", daemon=True)

    def __enter__(self) -> Feed:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scanner.close()
        self._thread.join(5)

    def read(self, text: str) -> None:
        """Scan a code. Raises ReplayError when the scanner or the till failed."""
        self._at_ns += SECOND_NS
        self._scanner.inject(text, self._at_ns)
        if not self._taken.acquire(timeout=PATIENCE_S):
            raise ReplayError(f"scanner {self._scanner.name} gave nothing for {PATIENCE_S:.0f} s")
        if self._error is not None:
            raise ReplayError(f"the till stopped: {self._error}") from self._error

    def _run(self) -> None:
        try:
            self._scanner.run(self._emit)
        except Exception as error:  # the thread's edge: handed to the reader
            self._error = error
            self._taken.release()
        finally:
            self._till.box.close()

    def _emit(self, scan: Scan) -> None:
        self._till.on_scan(scan)
        self._taken.release()


def replay(
    till: Till,
    session: Session,
    scanner: Injectable,
    path: Path,
    progress: Progress = lambda done, total, words: None,
    *,
    verify: bool = False,
    limit: int | None = None,
) -> Summary:
    """Sell the file's baskets (the first `limit`) on the till's lane, by the session's person.

    Raises ReplayFileError before anything is sold, ReplayError when the lane has an open basket or the scanner fails.
    """
    total = count_baskets(path)
    total = total if limit is None else min(limit, total)
    if till.basket.lines or till.basket.member is not None:
        raise ReplayError(f"lane {till.lane.id} has an open basket; finish or clear it first")
    clock, summary = till.box.env.clock, Summary()
    began = clock.mono_ns()
    with Feed(till, scanner) as feed:
        cashier = _Cashier(till, session, feed, summary, verify)
        for done, basket in enumerate(read_baskets(path)):
            if done >= total:
                break
            cashier.serve(basket)
            summary.seconds = (clock.mono_ns() - began) / SECOND_NS
            rate = (done + 1) / max(summary.seconds, 0.001)
            progress(done + 1, total, t(session.lang, "replay.step", rate=f"{rate:.0f}"))
    return summary


class _Cashier:
    """Scans, keys quantities, takes the cash."""

    def __init__(self, till: Till, session: Session, feed: Feed, summary: Summary, verify: bool) -> None:
        self.till, self.session, self.feed = till, session, feed
        self.summary, self.verify = summary, verify
        self._do("notice/dismiss")  # the first command also says who stands at the till

    def serve(self, basket: ReplayBasket) -> None:
        """One customer, from the card to the change."""
        if basket.member is not None:
            self._scan(basket, basket.member)
        for code, pieces in basket.codes:
            if pieces > SCANNED_PIECES:
                self._do("multiply", n=pieces)
                self._scan(basket, code)
            else:
                for _ in range(pieces):
                    self._scan(basket, code)
        found = self._pay(basket)
        if self.verify and basket.expected is not None and found != basket.expected:
            self.summary.mismatches.append(Mismatch(basket.id, basket.expected, found))

    def _scan(self, basket: ReplayBasket, code: str) -> None:
        self.feed.read(code)
        self.summary.scans += 1
        notice = self.till.notice
        if notice is not None:
            self.summary.refused.append(Refused(basket.id, notice.code or code, notice.slug))
            self._do("notice/dismiss")
            self._do("multiply", n=1)

    def _pay(self, basket: ReplayBasket) -> int | None:
        till, rules = self.till, self.till.box.rules
        lines = len(till.basket.lines)
        due = cash_due(till.basket.totals(rules.tax).total, rules.cash_step, rules.cash_mode)
        try:
            if till.basket.adult:
                self._do("age", ok=True)  # whoever bought it then was old enough
            self._do("pay", tenders=[{"kind": "cash", "received": due}])
        except ShopError as error:
            self.summary.refused.append(Refused(basket.id, "pay", error.slug))
            self._do("clear")
            self._do("member/detach")
            return None
        done = till.done
        if done is None:
            raise ReplayError(f"basket {basket.id} was paid but is not there")
        self.summary.sales += 1
        self.summary.lines += lines
        self.summary.turnover += done.total
        self.summary.points += done.points
        return done.total

    def _do(self, command: str, **args: object) -> None:
        common = {"basket": self.till.basket.uid, "id": new_command_id(self.till.box)}
        self.till.do(self.session, command, {**common, **args})


def describe(summary: Summary, currency: Currency, lang: str, *, verify: bool = False) -> list[str]:
    """The summary as lines for people: the sums, then the first refusals and mismatches."""

    def money(minor: int | None) -> str:
        return "–" if minor is None else fmt_money(minor, currency)

    said = [
        t(
            lang, "replay.summary", sales=summary.sales, lines=summary.lines, scans=summary.scans,
            turnover=money(summary.turnover), points=summary.points, seconds=f"{summary.seconds:.1f}",
        )
    ]  # fmt: skip
    problems = [t(lang, "replay.refused", basket=bad.basket, code=bad.code, slug=bad.slug) for bad in summary.refused]
    problems += [
        t(lang, "replay.mismatch", basket=bad.basket, expected=money(bad.expected), found=money(bad.found))
        for bad in summary.mismatches
    ]
    said += problems[:SHOWN]
    if len(problems) > SHOWN:
        said.append(t(lang, "replay.more", n=len(problems) - SHOWN))
    if verify and summary.good:
        said.append(t(lang, "replay.verified"))
    return said
