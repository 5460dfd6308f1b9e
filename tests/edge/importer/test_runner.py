"""An import that a screen began is carried on beside the till, and again after a restart."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.importer import jobs, runner, work
from edge.importer.runner import Runner
from tests.edge.shop import Shop

COMMAND = [sys.executable, "-c", "import sys; from edge.cli import main; sys.exit(main())", "import", "resume"]


@pytest.fixture
def command(shop: Shop) -> list[str]:
    shop.config.path.write_text(
        f'[store]\ntenant="demo"\nstore="S01"\nbox="box-1"\n[data]\npath="{shop.config.data}"\n[[lane]]\nid="1"\n'
    )
    return [*COMMAND, "--lang", "en", "--config", str(shop.config.path)]


def sent(shop: Shop, count: int = 3) -> Path:
    """A file as a screen puts it."""
    folder = work.folder(shop.box)
    folder.mkdir(exist_ok=True)
    path = folder / "upload.csv"
    rows = "".join(f"N{n},新 {n},x,pc,1,A\n" for n in range(count))
    path.write_text("sku,name,category,unit,price,tax_group\n" + rows)
    return path


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_a_screen_began_is_done_and_waits_for_its_yes(shop: Shop, command: list[str]) -> None:
    carrier = Runner(shop.box, command)
    thread = threading.Thread(target=carrier.run)
    thread.start()
    try:
        uid = work.start(shop.box, "products", sent(shop), own=True)
        until(lambda: jobs.status(shop.box, uid).state == "checked")
        work.go_on(shop.box, uid)
        until(lambda: jobs.status(shop.box, uid).state == "done")
        until(lambda: not (work.folder(shop.box) / "upload.csv").exists())
    finally:
        carrier.stop()
        thread.join()


def test_a_restart_carries_on_and_a_commands_import_is_left_alone(shop: Shop, command: list[str]) -> None:
    uid = work.start(shop.box, "products", sent(shop), then=work.ALL)
    carrier = Runner(shop.box, command)
    carrier.look()
    assert carrier._child is None, "whoever gave the command sees to it"
    work.cancel(shop.box, uid)
    uid = work.start(shop.box, "products", sent(shop), then=work.ALL, own=True)
    with work.Work(shop.box, uid) as going:
        going.step()
    assert jobs.status(shop.box, uid).state == "interrupted"
    carrier.look()
    until(lambda: jobs.status(shop.box, uid).state == "done")
    carrier._end()


def test_one_that_breaks_off_is_not_begun_again_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    work.start(shop.box, "products", sent(shop), own=True)
    monkeypatch.setattr(runner, "AGAIN_S", 3.0)
    carrier = Runner(shop.box, [sys.executable, "-c", "raise SystemExit(3)"])
    begun = 0
    for _ in range(6):
        carrier.look()
        if carrier._child is not None:
            begun += 1
            carrier._child.wait()
    assert begun == 2


def test_one_that_was_refused_does_not_hold_up_the_next(shop: Shop) -> None:
    first = work.start(shop.box, "products", sent(shop), own=True)
    carrier = Runner(shop.box, [sys.executable, "-c", "raise SystemExit(1)"])
    carrier.look()
    assert carrier._child is not None
    carrier._child.wait()
    work.cancel(shop.box, first)
    work.start(shop.box, "products", sent(shop), own=True)
    carrier.look()
    assert carrier._child is not None
    carrier._child.wait()


def test_stopping_ends_what_is_under_way(shop: Shop) -> None:
    work.start(shop.box, "products", sent(shop), own=True)
    carrier = Runner(shop.box, [sys.executable, "-c", "import time; time.sleep(60)"])
    carrier.look()
    child = carrier._child
    assert child is not None and child.poll() is None
    carrier._end()
    assert child.poll() is not None
