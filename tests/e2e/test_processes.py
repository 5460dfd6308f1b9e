"""Starting, stopping and crowding the real processes."""

from __future__ import annotations

import random
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from tests.e2e.goods import APPLES, BEER, CARD, MILK, RICE, SWEETS, TEA
from tests.e2e.screen import Screen
from tests.e2e.shop import ROOT, Shop, command, running_shop, until


def refused(shop: Shop, *arguments: str) -> str:
    """What a command says that must not start; one line, no trace."""
    ended = subprocess.run(
        [*command("main"), *arguments, "--config", str(shop.config)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    return ended.stderr.strip().splitlines()[-1]


@pytest.mark.fault("F13")
def test_a_second_of_each_process_on_the_same_box_is_refused_in_one_line(tmp_path: Path) -> None:
    with running_shop(tmp_path, "hq", "serve", "sync") as (shop, _):
        until(lambda: shop.status()["running"], what="sync to run")
        screen = shop.screen()
        assert "another tillbox process holds" in refused(shop, "serve")
        assert "another tillbox process holds" in refused(shop, "sync")
        screen.sell(TEA)  # the first ones never noticed
        until(shop.books.agree, what="headquarters")


def test_all_end_by_sigterm_soon_and_whole_though_a_screen_is_open(tmp_path: Path) -> None:
    with running_shop(tmp_path, "hq", "serve", "sync") as (shop, _):
        screen = shop.screen()
        view = screen.scan(MILK, CARD)
        request = urllib.request.Request(shop.address + "/api/till/1/stream", headers={"Cookie": screen.cookie})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as stream:
            assert b"retry" in stream.readline()
            began = time.monotonic()
            assert [shop.stop(name) for name in ("serve", "sync", "hq")] == [0, 0, 0]
            assert time.monotonic() - began < 10
            assert b"event: closing" in stream.read()
        shop.start("hq", "serve", "sync")
        again = screen.view()
        assert again["basket"]["lines"] == view["basket"]["lines"]
        assert again["basket"]["restored"]
        screen.pay()
        until(shop.books.agree, what="headquarters")


def test_verify_and_status_work_beside_the_running_till(tmp_path: Path) -> None:
    with running_shop(tmp_path, "serve") as (shop, _):
        shop.screen().sell(TEA)
        said = subprocess.check_output([*command("main"), "verify", "--config", str(shop.config)], cwd=ROOT, text=True)
        assert len(said.splitlines()) == 1
        assert shop.status()["pending"]["a"] > 0
        assert not shop.status()["running"]


def test_two_lanes_sell_at_once_while_scanners_storm_and_headquarters_listens(tmp_path: Path) -> None:
    with running_shop(tmp_path, "hq", "serve", "sync") as (shop, _):
        screens = {lane: shop.screen(lane, "en") for lane in "12"}
        bench, stop, slowest = Screen(shop.address, "2"), threading.Event(), []

        def storm() -> None:
            rng = random.Random(50)
            while not stop.wait(0.02):  # 50 a second on each line
                shop.line.scan(rng.choice((MILK, TEA, RICE, SWEETS, BEER, APPLES, "rubbish")))
                bench.post("/api/bench/scan", {"device": "scanner-2", "code": rng.choice((MILK, BEER, APPLES))})

        def sell(screen: Screen) -> None:
            for _ in range(12):
                screen.do("add", product=1)
                screen.do("age", ok=True)
                began = time.monotonic()
                done = screen.pay(100_000_000)["done"]
                slowest.append(time.monotonic() - began)
                shop.completed.append(done["sale"])

        threads = [threading.Thread(target=sell, args=(screen,)) for screen in screens.values()]
        weather = threading.Thread(target=storm)
        for thread in (weather, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        stop.set()
        weather.join()
        assert len(shop.completed) == 24
        assert max(slowest) < 2.0  # no sale waits for anything; tests/bench has the real budget
        until(shop.books.agree, 60, "headquarters")
        shop.books.check_box(shop.completed)
        shop.books.check_hq()
