"""Time as the rest of the code may see it: an argument, never fetched deep inside.

Wall time orders nothing (a Pi has no clock battery); it is only shown, dated and corrected.
"""

from __future__ import annotations

import os
import time
import uuid
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Wall time in UTC microseconds, boot-bound monotonic time in nanoseconds, and how far to trust the first."""

    def now_us(self) -> int: ...
    def mono_ns(self) -> int: ...
    def boot_id(self) -> str: ...
    def quality(self) -> str: ...


# A box can't sell before it was built: the clamp of a clock that starts in 1970 (fault F21).
BUILT_US = 1_780_000_000_000_000
_LOOK_NS = 1_000_000_000


class SystemClock:
    """The machine's clock. quality() is "synced" once the kernel's time is disciplined, else "holdover"."""

    def __init__(self) -> None:
        path = Path("/proc/sys/kernel/random/boot_id")
        self._boot = path.read_text().strip() if path.exists() else uuid.uuid4().hex
        self._looked_ns, self._synced = -_LOOK_NS, False

    def now_us(self) -> int:
        return max(time.time_ns() // 1000, BUILT_US)

    def mono_ns(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    def boot_id(self) -> str:
        return self._boot

    def quality(self) -> str:
        if time.time_ns() // 1000 < BUILT_US:
            return "unknown"
        # Asked twice in every sale; the answer seldom changes.
        now = time.monotonic_ns()
        if now - self._looked_ns >= _LOOK_NS:
            self._looked_ns, self._synced = now, os.path.exists("/run/systemd/timesync/synchronized")
        return "synced" if self._synced else "holdover"


class FakeClock:
    """A clock that tests, the demo's history and the simulator move by hand."""

    def __init__(self, start_us: int = BUILT_US, boot: str = "boot-1", quality: str = "synced") -> None:
        self._now, self._mono, self._boot, self._quality = start_us, 1_000_000_000, boot, quality

    def now_us(self) -> int:
        return self._now

    def mono_ns(self) -> int:
        return self._mono

    def boot_id(self) -> str:
        return self._boot

    def quality(self) -> str:
        return self._quality

    def advance(self, seconds: float) -> None:
        """Let wall and monotonic time pass together."""
        self._now += int(seconds * 1_000_000)
        self._mono += int(seconds * 1_000_000_000)

    def set_wall(self, now_us: int) -> None:
        """Step the wall clock alone, as NTP or a technician does."""
        self._now = now_us


def iso(us: int) -> str:
    """UTC microseconds -> "2026-11-22T13:00:00.000000Z"."""
    seconds, rest = divmod(us, 1_000_000)
    return f"{_to_the_second(seconds)}.{rest:06d}Z"


@lru_cache(maxsize=4)  # an event and what it is about carry the same second
def _to_the_second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]
