"""What a service tells systemd: that it is ready, that it still moves, that it stops. Without systemd: nothing."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping

EVERY_S = 0.9  # a loop that turns once a second says it each time


class Notifier:
    """One datagram a message to $NOTIFY_SOCKET. moving() may be called at each turn of a loop; it speaks once a second.

    Whoever calls moving() promises that what matters has made progress since the call before: silence gets the service
    killed and started again (WatchdogSec of its unit).
    """

    def __init__(self, environ: Mapping[str, str] = os.environ, seconds: Callable[[], float] = time.monotonic) -> None:
        self._address, self._seconds = environ.get("NOTIFY_SOCKET", ""), seconds
        self._next = 0.0

    def ready(self) -> None:
        """The service does its work from now on."""
        self._say("READY=1")

    def moving(self) -> None:
        """It still does."""
        now = self._seconds()
        if now >= self._next:
            self._next = now + EVERY_S
            self._say("WATCHDOG=1")

    def stopping(self) -> None:
        """It goes, on purpose."""
        self._say("STOPPING=1")

    def _say(self, message: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.connect(address)
            channel.sendall(message.encode())
