"""What the tests of the devices share: a thread that reads a device, and a count of open files."""

from __future__ import annotations

import contextlib
import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from drivers.base import DeviceState, InputDevice, Scan
from edge.base.clock import SystemClock


def wait_for(condition: Callable[[], object], seconds: float = 5.0) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


@dataclass
class Reading:
    """A device being read in its own thread, and the scans so far."""

    device: InputDevice
    scans: list[Scan] = field(default_factory=list)

    def texts(self, count: int) -> list[str]:
        """The texts of the first `count` scans, which must come, and no problem among them."""
        assert wait_for(lambda: len(self.scans) >= count), f"only {self.scans}"
        assert [s.problem for s in self.scans] == [None] * len(self.scans)
        return [s.text for s in self.scans]

    def problems(self, count: int) -> list[str | None]:
        """The problems of the first `count` scans, which must come."""
        assert wait_for(lambda: len(self.scans) >= count), f"only {self.scans}"
        return [s.problem for s in self.scans]

    def ready(self) -> None:
        """Wait until the device is ready."""
        assert wait_for(lambda: self.device.state is DeviceState.READY), self.device.detail


@contextlib.contextmanager
def reading(device: InputDevice) -> Iterator[Reading]:
    """Read a device; afterwards close it: its thread must end within a second."""
    read = Reading(device)
    thread = threading.Thread(target=device.run, args=(read.scans.append,), name=device.name)
    thread.start()
    try:
        yield read
    finally:
        device.close()
        thread.join(1.0)
    assert not thread.is_alive(), "close() did not end run() within a second"
    assert device.state is DeviceState.CLOSED


@pytest.fixture
def clock() -> SystemClock:
    """The machine's clock."""
    return SystemClock()


@pytest.fixture(autouse=True)
def no_file_left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """A device that was closed, or forgotten, holds no file."""
    before = len(os.listdir("/proc/self/fd"))
    yield
    gc.collect()
    assert wait_for(lambda: len(os.listdir("/proc/self/fd")) <= before, 2), "files left open"
