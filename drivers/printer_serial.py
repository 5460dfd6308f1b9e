"""The cable to a printer on a serial line, RS-232 or a USB adapter. Uses pyserial for the line's settings."""

from __future__ import annotations

import contextlib
import termios
import time

import serial

from drivers.printer_transport import SLICE_S, UsbTransport

DRAIN_S = 5.0  # for the system's own buffer (4 kB) to leave at 9600 baud


class SerialTransport(UsbTransport):
    """See Transport. flow: how the printer says "wait": "dsrdtr" (Epson's and most), "rtscts", "xonxoff" or "none".

    Bytes are handed over without blocking, as to a USB printer; so a printer that stops taking them holds up nobody.
    """

    def __init__(
        self,
        port: str,
        answers: bool = True,
        baudrate: int = 9600,
        bytesize: int = 8,
        parity: str = "N",
        stopbits: int = 1,
        flow: str = "dsrdtr",
    ) -> None:
        super().__init__(port, answers)
        self._settings = {"baudrate": baudrate, "bytesize": bytesize, "parity": parity, "stopbits": stopbits}
        # Linux knows no DSR/DTR handshake: DTR is raised, and a printer that answers is asked whether it keeps up.
        self._flow = {"rtscts": flow == "rtscts", "xonxoff": flow == "xonxoff", "dsrdtr": flow == "dsrdtr"}
        self._serial: serial.Serial | None = None
        self.outlives = baudrate >= 57600  # to fill up a picture takes 10 s at 9600 baud: longer than a job may

    def open(self, until: float) -> None:
        """See Transport.open. Nobody else gets the line meanwhile."""
        self._serial = serial.Serial(
            self.where, timeout=0, write_timeout=SLICE_S, exclusive=True, **self._settings, **self._flow
        )
        self._fd = self._serial.fileno()

    def flush(self) -> None:
        """Wait until the last byte is on the wire. OSError when the printer does not take it."""
        until = time.monotonic() + DRAIN_S
        while self._waiting():
            if self._slice(until) is None:
                raise TimeoutError("the printer stopped taking data: is it on, and is its handshake set right?")
            self._cancelled.wait(0.01)

    def close(self) -> None:
        """See Transport.close. What a stopped printer did not take is thrown away: closing would wait for it."""
        if self._serial is None:
            return
        with contextlib.suppress(OSError, termios.error):
            if self._waiting():
                self._serial.reset_output_buffer()
        with contextlib.suppress(OSError):
            self._serial.close()
        self._serial, self._fd = None, -1

    def _waiting(self) -> int:
        if self._serial is None:
            raise OSError("not connected")
        return int(self._serial.out_waiting)
