"""Budget 3: from the scanner's last byte on a terminal line to the line on the screen of a real Chromium.

Both pages live in one browser and take turns: the till's, and the floor's (bare waitress and server-sent events).
"""

from __future__ import annotations

import json
import os
import shutil
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.client import Client
from tests.bench.process import Process
from tests.bench.report import Row, against, bound, equal, p50, percentile, told
from tests.bench.shop import DISK, copy_store, folder, goods
from tests.ports import free_port

WARM, ROUNDS, CLEAR_EVERY, PAUSE_S, QUIET_S = 20, 200, 10, 0.05, 10
HINT = "chromium is missing: sudo apt-get install chromium"
WATCH = """() => {
  window.seen = 0;
  new MutationObserver(() => { window.seen ||= performance.timeOrigin + performance.now(); })
    .observe(document.getElementById("lines"), { childList: true, subtree: true, characterData: true });
}"""
SEEN = "() => { const at = window.seen; window.seen = 0; return at; }"
NOW = "() => performance.timeOrigin + performance.now()"
REQUESTS = "() => performance.getEntriesByType('resource').filter((e) => !e.name.includes('/static/')).length"


def run(template: Path) -> list[Row]:
    """All rows of budget 3."""
    if (program := shutil.which("chromium")) is None:
        return [Row("3", "scan to screen", HINT, ok=False)]
    with folder(DISK) as path, _line() as (ours, name), _line() as (theirs, floor_name), sync_playwright() as play:
        port, floor_port = free_port(), free_port()
        scanner = f'driver = "serial-scanner"\nport = "{name}"'
        config = copy_store(template, path / "box", port, scanner)
        command = ["-m", "tests.bench.serving", str(config), str(path / "threads.json")]
        with Process(command, path / "box.log") as box:
            box.wait_for(port)
            client = Client(port)
            client.log_in(path / "box" / "data")
            size = len(json.dumps({name: part for name, part in client.state().items() if name != "shop"}))
            floor_command = ["-m", "tests.bench.floor_stream", floor_name, str(floor_port), str(size)]
            with Process(floor_command, path / "floor.log") as floor:
                floor.wait_for(floor_port)
                browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
                try:
                    return _measure(browser, client, ours, theirs, floor_port)
                finally:
                    browser.close()


@contextmanager
def _line() -> Iterator[tuple[int, str]]:
    main, other = os.openpty()
    tty.setraw(other)
    try:
        yield main, os.ttyname(other)
    finally:
        os.close(main)
        os.close(other)


def _measure(browser: Browser, client: Client, ours: int, theirs: int, floor_port: int) -> list[Row]:
    till, floor = _open(browser, client), browser.new_page()
    floor.goto(f"http://127.0.0.1:{floor_port}/", wait_until="domcontentloaded")
    for page in (till, floor):
        page.evaluate(WATCH)
    codes = goods().codes
    box, bare = list[float](), list[float]()
    for n in range(-WARM, ROUNDS):
        took = _scan(till, ours, codes[n % CLEAR_EVERY])
        floor_took = _scan(floor, theirs, codes[n % CLEAR_EVERY])
        if n >= 0:
            box.append(took)
            bare.append(floor_took)
        if n % CLEAR_EVERY == CLEAR_EVERY - 1:
            client.do("clear", str(client.state()["basket"]["uid"]))
            time.sleep(PAUSE_S)
            till.evaluate(SEEN)
    before = till.evaluate(REQUESTS)
    till.wait_for_timeout(QUIET_S * 1000)
    asked = till.evaluate(REQUESTS) - before
    return [
        against("3", "scan to line on the screen, p50", "ms", p50(box), p50(bare), 2),
        bound("3", "scan to line on the screen, p99", "ms", percentile(box, 99), 10),
        told("3", "the floor's p99", f"{percentile(bare, 99):.4g} ms"),
        equal("3", f"requests of the page in {QUIET_S} s without a scan", asked, 0),
    ]


def _open(browser: Browser, client: Client) -> Page:
    address = f"http://127.0.0.1:{client.port}"
    context = browser.new_context(base_url=address)
    name, _, value = client.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": address}])
    page = context.new_page()
    page.goto("/till/1")
    page.wait_for_function("() => document.querySelectorAll('[data-key]').length > 0")
    time.sleep(1)
    return page


def _scan(page: Page, line: int, code: str) -> float:
    """Milliseconds from the write on the line to the first change below #lines, by the page's own clock."""
    ahead = _ahead_ms(page)
    page.evaluate(SEEN)
    began = time.time() * 1000
    os.write(line, code.encode() + b"\r")
    time.sleep(PAUSE_S)
    seen: Any = page.evaluate(SEEN)
    deadline = time.monotonic() + 3
    while not seen:
        assert time.monotonic() < deadline, f"{code} did not show"
        time.sleep(0.02)
        seen = page.evaluate(SEEN)
    return float(seen - ahead - began)


def _ahead_ms(page: Page) -> float:
    """How far the page's clock is ahead of ours: the best of a few round trips."""
    best: tuple[float, float] = (1e9, 0.0)
    for _ in range(3):
        began = time.time() * 1000
        there: float = page.evaluate(NOW)
        ended = time.time() * 1000
        best = min(best, (ended - began, there - (began + ended) / 2))
    return best[1]
