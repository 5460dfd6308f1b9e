"""kill -9 at every step of the sale: what was shown as completed is there and whole, what was open comes back."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from edge import journal
from edge.base.config import load
from edge.box import open_box
from edge.env import Env
from tests.e2e.dying import shown
from tests.e2e.goods import CARD, MILK, RICE, TEA
from tests.e2e.screen import Screen, View
from tests.e2e.shop import ROOT, Shop, running_shop, until

KILLS, SOAK_KILLS = 200, 5_000


@contextmanager
def lives(folder: Path, who: str = "till") -> Iterator[Any]:
    """live(n) -> where the till died: the n-th step of its life, or "alive"."""
    with (folder / "dying.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.dying", who, str(folder)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
    with server:
        assert server.stdin and server.stdout

        def live(step: int) -> str:
            print(step, file=server.stdin, flush=True)
            return server.stdout.readline().strip()  # type: ignore[union-attr]

        yield live
        server.stdin.close()


def originals(papers: list[bytes]) -> Counter[str]:
    """Receipt number -> how many papers without a COPY mark carry it (English papers of a text printer)."""
    found: Counter[str] = Counter()
    for paper in papers:
        if number := re.search(rb"Receipt (S01-[0-9-]+)", paper):
            found[number[1].decode()] += b"COPY" not in paper
    return found


def came_back(last: dict[str, Any], paid: bool, restored: dict[str, Any]) -> None:
    """The basket after the crash holds all that the screen had shown; at most the one scan on its way is more."""
    if paid:
        assert restored["basket"] != last["basket"], "a paid basket is open again"
        assert not restored["lines"]
        assert restored["done"] == last["basket"], "nobody is told that the sale is complete"
        return
    if last["lines"] or last["member"]:
        assert restored["basket"] == last["basket"]
    more = sum(restored["lines"].values()) - sum(last["lines"].values())
    assert more in (0, 1000)
    assert all(restored["lines"].get(product, 0) >= qty for product, qty in last["lines"].items())
    assert restored["member"] or not last["member"]


@pytest.mark.fault("F01", "F02", "F03")
def test_two_hundred_deaths_one_at_each_step(tmp_path: Path, soak: bool) -> None:
    shop = Shop(tmp_path)
    shop.line.unplug()
    config = tmp_path / "tillbox.toml"  # lane 1 prints text here, so that papers can be told apart by reading
    config.write_text(config.read_text().replace('printer = "printer-1"', 'printer = "printer-2"'))
    box, places, step = open_box(load(config), Env()), Counter[str](), 0
    with lives(tmp_path) as live:
        while places.total() < (SOAK_KILLS if soak else KILLS):
            before = shown(tmp_path)
            last = before[-1] if before else {"basket": "", "lines": {}, "member": False}
            paid = bool(shop.books.ask_box("SELECT 1 FROM sale WHERE uid = ?", last["basket"]))
            step += 1
            died = live(step)
            assert died != "failed", (tmp_path / "dying.log").read_text()
            news = shown(tmp_path)[len(before) :]
            if news:
                came_back(last, paid, news[0])
            if died == "alive":
                step = 0
            else:
                places[died] += 1
            shop.books.check_box([entry["sale"] for entry in news if entry["what"] == "completed"])
    completed = {entry["sale"] for entry in shown(tmp_path) if entry["what"] == "completed"}
    shop.books.check_box(list(completed))
    assert not list(journal.verify(box.db, box.source))
    box.close()
    counts = originals(shop.papers("2"))
    assert max(counts.values()) == 1, "a second original was printed"
    assert len(counts) > 10
    for place in ("before COMMIT", "after COMMIT", "before the screen shows completed", "before bytes to the printer",
                  "after bytes to the printer", "after a paper", "before INSERT journal"):  # fmt: skip
        assert places[place], f"no death {place}; there were {sorted(places)}"


def sell_until_it_dies(shop: Shop, screen: Screen, delay_s: float) -> tuple[View, str]:
    """Sell without a pause; after the delay serve is gone. Gives the last view, and the payment on its way or ""."""
    view, paying = screen.view(), ""
    timer = threading.Timer(delay_s, os.kill, (shop.pid("serve"), signal.SIGKILL))
    timer.start()
    try:
        while True:
            for code in (CARD, MILK, TEA, RICE):
                view = screen.do("scan", basket=view["basket"]["uid"], code=code)
            paying = view["basket"]["uid"]
            view, paying = screen.pay(1_000_000, paying), ""
            shop.completed.append(view["done"]["sale"])
    except (OSError, HTTPException):
        return view, paying
    finally:
        timer.join()
        shop.kill("serve")


@pytest.mark.fault("F01", "F02", "F03")
def test_serve_is_killed_at_any_moment_and_the_same_screen_goes_on(tmp_path: Path, soak: bool) -> None:
    rng = random.Random(91)
    with running_shop(tmp_path, "hq", "serve", "sync") as (shop, _):
        screen = shop.screen("2", "en")
        for _ in range(150 if soak else 12):
            last, paying = sell_until_it_dies(shop, screen, rng.uniform(0.0, 0.35))
            shop.restart("serve")
            found = screen.view()  # the session outlives the process, so nobody logs in again
            if paying:
                done = screen.pay(1_000_000, paying)["done"]  # what a screen does that got no answer
                assert done["sale"] == paying
                shop.completed.append(paying)
            else:
                came_back(seen(last), False, seen(found))
            while problem := screen.view()["print"]:
                screen.do("print/resolve", job=problem["job"], printed=rng.random() < 0.5)
            shop.books.check_box(shop.completed)
        screen.wait(lambda view: view["print_queue"] == 0)
        until(shop.books.agree, 60, "both books to be equal")
        shop.books.check_hq()
        counts = originals(shop.papers("2"))
        assert max(counts.values()) == 1, "a second original was printed"
        assert len(shop.completed) > 12


def seen(view: View) -> dict[str, Any]:
    basket = view["basket"]
    lines = {str(line["product"]): line["qty"] for line in basket["lines"]}
    return {"basket": basket["uid"], "lines": lines, "member": bool(view["member"])}


def missed(wanted: set[str], places: Counter[str]) -> set[str]:
    """The places at which nothing died."""
    return {place for place in wanted if not any(died.startswith(place) for died in places)}


def test_sync_dies_at_each_of_its_steps(tmp_path: Path, soak: bool) -> None:
    with running_shop(tmp_path, "hq", "serve") as (shop, _), lives(tmp_path, "sync") as live:
        screen, step, places = shop.screen(), 0, Counter[str]()
        wanted = {"before a message to a", "after a message to a", "before an answer", "after INSERT sync_cursor"}
        # How often it looks while it waits for an answer, is the machine's affair: so until it died at each of these.
        while places.total() < (1_000 if soak else 40) or (missed(wanted, places) and places.total() < 200):
            screen.sell(CARD, TEA)
            step += 1
            died = live(step)
            assert died != "failed", (tmp_path / "dying.log").read_text()
            places[died] += died != "alive"
            step = 0 if died == "alive" else step
        assert live(0) == "alive"
        until(shop.books.agree, 20, "both books to be equal")
        shop.books.check_hq()
        assert not missed(wanted, places), sorted(places)
