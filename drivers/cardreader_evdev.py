"""A card reader that types like a keyboard: member cards go on to the till, bank cards end in its buffer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers import discovery
from drivers.base import Clock
from drivers.cards import ReaderGuard
from drivers.discovery import InputInfo, Wanted
from drivers.input_source import EvdevSource, Open
from drivers.scanner_evdev import EvdevScanner


class EvdevCardReader(EvdevScanner):
    """See EvdevScanner. loyalty: the first digits of the store's own magnetic cards (see cards.ReaderGuard)."""

    kind = "cardreader"

    def __init__(
        self,
        name: str,
        driver: str,
        clock: Clock,
        wanted: Wanted,
        loyalty: Sequence[str] = (),
        terminator: str = "line",
        idle_ms: int = 200,
        max_chars: int = 256,
        devices: Callable[[], list[InputInfo]] = discovery.input_devices,
        open_source: Open = EvdevSource,
    ) -> None:
        super().__init__(
            name, driver, clock, wanted, terminator, idle_ms, max_chars, ReaderGuard(loyalty), devices, open_source
        )
