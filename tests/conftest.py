"""What all tests share: nothing may leak, programs that are missing are named, ports are free."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the crash and outage tests many times over (make soak)")


def pytest_configure(config: pytest.Config) -> None:
    """The same examples at each run, however slow the machine: a build that fails fails again. `make soak` looks for
    new ones."""
    hypothesis.settings.register_profile("same", derandomize=True, deadline=None, max_examples=60)
    hypothesis.settings.register_profile("new", deadline=None)
    hypothesis.settings.load_profile("new" if config.getoption("--soak") else "same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A mark without a number, or with a mistyped one, would vanish from the table of faults without a word."""
    for item in items:
        for mark in item.iter_markers("fault"):
            if not mark.args or not all(str(number).startswith("F") for number in mark.args):
                raise pytest.UsageError(f'{item.nodeid}: write @pytest.mark.fault("F84"), with the number of the table')


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> bool:
    """True under `make soak`: tests that repeat do so many more times."""
    return bool(request.config.getoption("--soak"))


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """A command that a test ran sets up logging to the stream of that test, which is gone after it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(autouse=True, scope="session")
def no_event_holds_a_float() -> Iterator[None]:
    """Money, points and quantities are whole numbers; the encoder would make null of one that is none."""
    from edge import journal

    append = journal.append

    def checked(*args: Any, **named: Any) -> int:
        assert not _floats(args[5]), f"a float in an event: {args[5]}"
        return append(*args, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(journal, "append", checked)
        yield


def _floats(value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return isinstance(value, float) or any(_floats(each) for each in inside)


@pytest.fixture(autouse=True)
def no_thread_outlives_its_test() -> Iterator[None]:
    """A thread that a test, or a fixture of its own, started must have ended after it. Wider fixtures keep theirs."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 3
    while (
        left := [t for t in threading.enumerate() if t not in before and t.is_alive()]
    ) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left, f"still running after the test: {', '.join(t.name for t in left)}"


def program(name: str, package: str, *places: str) -> str:
    """The path of a program that a test needs. Without it the test fails, and says how to get it."""
    for place in (name, *places):
        if found := shutil.which(place):
            return found
    pytest.fail(f"{name} is missing: run make test, or sudo apt-get install {package}", pytrace=False)


@pytest.fixture(scope="session")
def mosquitto() -> str:
    """The path of the real broker."""
    return program("mosquitto", "mosquitto", "/usr/sbin/mosquitto")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the real browser."""
    return program("chromium", "chromium")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver; one for all folders, because a process can't have two."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """Debian's Chromium, once a session."""
    args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    browser = playwright.chromium.launch(executable_path=chromium, args=args)
    yield browser
    browser.close()
