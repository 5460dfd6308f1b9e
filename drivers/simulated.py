"""The simulated twins of every kind of device: features for demo, training and tests, with the real interfaces."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from drivers.base import Clock
from drivers.printer_escpos import EscposPrinter
from drivers.simulated_firmware import PRINTER_FAULTS, Firmware, Paper, SimulatedTransport
from drivers.simulated_input import INPUT_FAULTS, SimulatedCardReader, SimulatedScanner

__all__ = [
    "INPUT_FAULTS",
    "PRINTER_FAULTS",
    "Paper",
    "SimulatedCardReader",
    "SimulatedPrinter",
    "SimulatedScanner",
]

log = logging.getLogger(__name__)
SPOOL_KEEP = 1000  # files; older ones make room


class SimulatedPrinter(EscposPrinter):
    """The real ESC/POS printer driver in front of a simulated printer with a back channel.

    Faults: "no_paper", "paper_low", "cover_open", "offline" (switched off), "silent" (prints but says nothing),
    "cut_power_mid_job" (after half of each job's bytes). Papers are kept in memory (the last 50) and, with a `spool`
    folder, as one file each, written after the paper is out: <number>-<wall time in µs>.bin, torn ones ".torn".
    """

    def __init__(
        self,
        name: str,
        driver: str,
        clock: Clock,
        width: int = 576,
        mode: str = "raster",
        drawer: str = "pin2",
        spool: str | None = None,
    ) -> None:
        self._clock = clock
        self._spool = None if spool is None else Path(spool)
        self._firmware = Firmware(clock.mono_ns, self._store)
        super().__init__(name, driver, SimulatedTransport(self._firmware), width, mode, drawer)

    def faults(self) -> dict[str, bool]:
        """Every fault this device can have, and whether it has it now."""
        return self._firmware.faults()

    def set_fault(self, name: str, on: bool) -> None:
        """Switch a fault. KeyError for one it does not have."""
        self._firmware.set_fault(name, on)

    def papers(self) -> list[Paper]:
        """The last 50 papers, oldest first."""
        return self._firmware.papers()

    @property
    def kicks(self) -> int:
        """How often the cash drawer was opened."""
        return self._firmware.kicks

    def _store(self, paper: Paper) -> None:
        """One file a paper, whole or absent; a full disk costs the file, never the job."""
        if self._spool is None:
            return
        try:
            self._spool.mkdir(parents=True, exist_ok=True)
            files = sorted(self._spool.glob("*-*.*"))
            number = int(files[-1].name.split("-")[0]) + 1 if files else 1
            name = f"{number:06d}-{self._clock.now_us()}" + (".bin" if paper.whole else ".torn")
            part = self._spool / "part"
            part.write_bytes(paper.data)
            os.replace(part, self._spool / name)
            for old in files[: max(0, len(files) + 1 - SPOOL_KEEP)]:
                old.unlink()
        except OSError as error:
            log.warning("%s: paper not spooled: %s", self.name, error)
