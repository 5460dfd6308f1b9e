"""Every error a driver raises, on one screen: transient apart from permanent, printed apart from perhaps printed."""

from __future__ import annotations

from drivers.base import PrinterStatus


class DriverError(Exception):
    """Something with a device; the text is a sentence for the technician."""


class DeviceUnavailable(DriverError):
    """Transient: unplugged, switched off, busy. Trying again later may work."""


class DeviceMisconfigured(DriverError):
    """Permanent until somebody changes the configuration or installs something."""


class PrinterNotReady(DriverError):
    """Nothing of the job left the box: printing it again is safe."""

    def __init__(self, reason: PrinterStatus, detail: str = "") -> None:
        super().__init__(detail or reason.value)
        self.reason = reason
        self.detail = detail


class PrinterUncertain(DriverError):
    """A part of the job, or all of it, may be on paper: only a person can tell."""

    def __init__(self, detail: str = "", reason: PrinterStatus = PrinterStatus.UNKNOWN) -> None:
        super().__init__(detail or reason.value)
        self.reason = reason
        self.detail = detail
