"""The same request again changes nothing again: its first answer is kept beside what it changed, and given once more.

The answer is written in the transaction of the change, so that a box that dies in between has neither. A call that
broke (anything but a ShopError) leaves nothing behind and may be tried again with the same key.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import orjson

from edge.base.sqlite import row, rows
from edge.box import Box
from edge.errors import ShopError

WAIT_S = 5.0
KEPT_US = 24 * 3_600_000_000
TURN = 100
# What is true for a while only: "too many wrong PINs", "your PIN once more".
_PASSING = frozenset({"pin_wait", "pin_again"})
_SEEN = "SELECT what, status, answer FROM request_seen WHERE key = ?"
_KEEP = "INSERT INTO request_seen (key, what, status, answer, at_us) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to: status and data. again: it was answered before."""

    status: int
    data: Any
    again: bool = False


class Once:
    """The calls of one process. Two of the same key at once: the second waits for the first, and gets its answer."""

    def __init__(self, box: Box, wait_s: float = WAIT_S) -> None:
        self.box, self.wait_s = box, wait_s
        self._running: set[str] = set()
        self._change = threading.Condition()

    def run(
        self, owner: str, key: str, what: str, act: Callable[[], Answer], *, atomic: bool = True,
        lock: Callable[[], AbstractContextManager[Any]] = nullcontext, kept: Callable[[Any], Any] = lambda data: data,
    ) -> Answer:  # fmt: skip
        """Do it, or give the answer that the same owner was given for this key.

        what tells requests apart. atomic: act runs inside the transaction that keeps its answer; otherwise the answer
        is kept after it. lock is taken before the transaction. kept: the data without its secrets, which are shown
        once. ShopError: key_reused (another request had the key), key_running, and whatever act raises.
        """
        name = f"{owner}:{key}"
        with self._alone(name):
            if (known := self._known(name, what)) is not None:
                return known
            try:
                with self._together(atomic, lock):
                    answer = act()
                    self._keep(name, what, answer.status, {"data": kept(answer.data)})
            except ShopError as refused:
                if refused.slug not in _PASSING:
                    params = {k: v if _plain(v) else str(v) for k, v in refused.params.items()}
                    self._keep(name, what, refused.status, {"slug": refused.slug, "params": params})
                raise
            return answer

    @contextmanager
    def _together(self, atomic: bool, lock: Callable[[], AbstractContextManager[Any]]) -> Iterator[None]:
        with ExitStack() as stack:
            if atomic:  # told after the commit, and after the lock: who listens may want either
                stack.enter_context(self.box.hold_announcements())
            stack.enter_context(lock())
            if atomic:
                stack.enter_context(self.box.transaction())
            yield

    def _known(self, name: str, what: str) -> Answer | None:
        found = row(self.box.db, _SEEN, (name,))
        if found is None:
            return None
        if found[0] != what:
            raise ShopError("key_reused", status=422)
        said = orjson.loads(found[2])
        if "slug" in said:
            raise ShopError(said["slug"], status=found[1], **said["params"])
        return Answer(found[1], said["data"], again=True)

    def _keep(self, name: str, what: str, status: int, said: dict[str, Any]) -> None:
        text = orjson.dumps(said).decode()
        self.box.db.execute_sql(_KEEP, (name, what, status, text, self.box.env.clock.now_us()))

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with self._change:
            if not self._change.wait_for(lambda: name not in self._running, self.wait_s):
                raise ShopError("key_running")
            self._running.add(name)
        try:
            yield
        finally:
            with self._change:
                self._running.discard(name)
                self._change.notify_all()


def _plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | bool)


def tidy(box: Box) -> int:
    """Forget answers of more than a day ago, a few a turn; returns how many. Ages are by the wall clock."""
    limit = box.env.clock.now_us() - KEPT_US
    old = rows(box.db, "SELECT key FROM request_seen WHERE at_us < ? LIMIT ?", (limit, TURN))
    if old:
        marks = ", ".join("?" * len(old))
        keys = tuple(key for (key,) in old)
        box.db.execute_sql(f"DELETE FROM request_seen WHERE key IN ({marks})", keys)  # noqa: S608 (question marks)
    return len(old)
