"""Each check on a healthy house and on one with the fault it is for; every finding has words and a remedy."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from edge.base.clock import BUILT_US
from edge.base.config import HqLink, LaneConfig, WebConfig
from edge.base.i18n import LANGS
from edge.env import Env
from edge.health import fonts, packages, permissions
from edge.health.base import Check, DeviceFact, Finding, House, Level, Result, fail, ok
from edge.health.broker import BrokerCheck
from edge.health.clock import ClockCheck
from edge.health.config import ConfigCheck
from edge.health.database import DatabaseCheck
from edge.health.devices import DevicesCheck
from edge.health.disk import DiskCheck
from edge.health.fonts import FontsCheck
from edge.health.packages import PackagesCheck
from edge.health.permissions import PermissionsCheck
from edge.health.ports import PortsCheck
from edge.health.printers import PrintersCheck
from edge.health.runner import checks, run, told
from edge.health.schema import SchemaCheck
from edge.health.shop import ShopCheck
from tests.edge.health.conftest import ANSWERED, found, with_config, with_devices
from tests.edge.shop import Shop
from tests.ports import free_port

HOUR_S = 3600


def test_a_healthy_house(house: House) -> None:
    results = run(house)
    assert [result.check for result in results] == [check.name for check in checks()]
    assert not [(r.check, r.findings) for r in results if r.level is Level.FAIL]
    assert told(results, "en")["ok"] is True


def test_without_a_configuration_the_rest_is_still_looked_at() -> None:
    house = House(Path("/nowhere"), None, "it is missing", Env(), list, dict, lambda: False)
    results = run(house)
    assert [result.check for result in results] == ["config", "fonts", "packages"]
    assert found(ConfigCheck(), house) == [("fail", "bad")]
    assert told(results, "en")["ok"] is False


# ---- clock


def test_clocks(house: House, shop: Shop) -> None:
    shop.tills["1"].log_in()
    shop.tills["1"].sell()
    assert found(ClockCheck(), house) == [("ok", "synced")]
    clock = shop.clock
    now = clock.now_us()
    clock.set_wall(now - 3 * HOUR_S * 1_000_000)
    assert found(ClockCheck(), house) == [("fail", "behind")], "earlier than a sale it has made"
    clock.set_wall(now)
    clock._quality = "holdover"
    assert found(ClockCheck(), house) == [("warn", "holdover")]
    clock.set_wall(BUILT_US)
    assert found(ClockCheck(), house) == [("fail", "wrong")], "1970, clamped"
    clock.set_wall(now + 20 * 365 * 24 * HOUR_S * 1_000_000)
    assert found(ClockCheck(), house) == [("fail", "wrong")], "the year was mistyped"


# ---- disk


Facts = Callable[[Any], Any]


def disk(free_mb: int, *, flag: int = 0, inodes: int = 1_000_000) -> Facts:
    return lambda path: os.statvfs_result(
        (4096, 1_000_000, 1 << 30, free_mb, free_mb, 1 << 20, inodes, inodes, flag, 255)
    )


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (disk(5_000), ("ok", "room")), (disk(150), ("warn", "low")), (disk(50), ("fail", "full")),
        (disk(5_000, inodes=10), ("fail", "inodes")), (disk(5_000, flag=os.ST_RDONLY), ("fail", "readonly")),
    ],
)  # fmt: skip
def test_disks(house: House, monkeypatch: pytest.MonkeyPatch, facts: Facts, wanted: tuple[str, str]) -> None:
    monkeypatch.setattr(os, "statvfs", facts)
    assert found(DiskCheck(), house) == [wanted]


def test_a_write_ahead_log_that_grows_is_seen(house: House, shop: Shop) -> None:
    with (shop.config.data / "box.db-wal").open("ab") as wal:
        wal.truncate(40_000_000)
    assert ("warn", "wal") in found(DiskCheck(), house)
    assert found(DiskCheck(), with_config(house, data=Path("/nowhere/at/all"))) == [("fail", "missing")]


# ---- database


def test_databases(house: House, shop: Shop) -> None:
    shop.close()
    path = shop.config.database
    assert found(DatabaseCheck(), house) == [("ok", "whole")]
    data = bytearray(path.read_bytes())
    for page in range(12, len(data) // 1024):
        data[page * 1024 : page * 1024 + 8] = b"\xff" * 8
    path.write_bytes(data)
    assert found(DatabaseCheck(), house)[0][0] == "fail"
    path.write_bytes(b"this is no database at all, but a letter to my aunt" * 40)
    assert found(DatabaseCheck(), house) == [("fail", "unreadable")]
    path.unlink()
    assert found(DatabaseCheck(), house) == [("fail", "missing")]
    assert not path.exists(), "a check makes no file"
    assert found(SchemaCheck(), house) == [("fail", "none")]
    assert found(ShopCheck(), house) == [], "said already"


def test_schemas(house: House, shop: Shop) -> None:
    assert found(SchemaCheck(), house) == [("ok", "fits")]
    for version, reader, wanted in (
        (999, 999, ("fail", "newer")),
        (999, 1, ("warn", "ahead")),
        (0, 0, ("fail", "older")),
    ):
        shop.db.execute_sql("UPDATE schema_info SET version = ?, min_reader = ?", (version, reader))
        assert found(SchemaCheck(), house) == [wanted]
    assert house.config is not None
    other = with_config(house, store=replace(house.config.store, store="S02"))
    assert found(SchemaCheck(), other) == [("fail", "other_box")]


def test_shops(house: House, shop: Shop) -> None:
    assert found(ShopCheck(), house) == [("ok", "ready")]
    shop.db.execute_sql("UPDATE staff SET active = 0")
    shop.db.execute_sql("UPDATE pointer SET version = 0")
    assert found(ShopCheck(), house) == [("warn", "no_manager"), ("warn", "no_products")]


# ---- permissions


def test_permissions(house: House, shop: Shop) -> None:
    assert found(PermissionsCheck(), house) == [("ok", "private")]
    key = shop.config.data / "keys" / "phone.key"
    key.chmod(0o644)
    shop.config.data.chmod(0o755)
    assert sorted(found(PermissionsCheck(), house)) == [("fail", "open"), ("warn", "open")]
    shop.config.path.write_text('[hq]\npassword_file = "secret"\n')
    (shop.config.path.parent / "secret").write_text("x")
    (shop.config.path.parent / "secret").chmod(0o640)
    assert [slug for _, slug in found(PermissionsCheck(), house)].count("open") == 3


def test_a_file_that_root_left_in_the_data_folder(house: House, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop.config.data / "left-by-root").touch()
    real = permissions.owner_of
    monkeypatch.setattr(permissions, "owner_of", lambda path: 12345 if path.name == "left-by-root" else real(path))
    assert found(PermissionsCheck(), house) == [("fail", "stranger")]


# ---- devices and printers


def fact(state: str, kind: str = "scanner", printer: str | None = None) -> DeviceFact:
    return DeviceFact(
        "printer-1" if kind == "printer" else "scanner-1", "some-driver", kind, "1", state, "why", printer
    )


def test_devices(house: House) -> None:
    assert found(DevicesCheck(), house) == [("ok", "none")]
    states = [fact(state) for state in ("ready", "starting", "lost", "degraded", "refused")]
    assert [slug for _, slug in found(DevicesCheck(), with_devices(house, *states))] == [
        "ready", "ready", "lost", "degraded", "refused",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "wanted"),
    [("ok", ("ok", "good")), ("unknown", ("ok", "silent")), ("paper_low", ("warn", "paper_low")),
     ("no_paper", ("fail", "no_paper")), ("cover_open", ("fail", "cover_open")), ("offline", ("fail", "offline"))],
)  # fmt: skip
def test_printers(house: House, status: str, wanted: tuple[str, str]) -> None:
    house = with_config(
        with_devices(house, fact("ready", "printer", status)), lanes=(LaneConfig("1", "live", "printer-1"),)
    )
    assert found(PrintersCheck(), house) == [wanted]


def test_papers_that_wait_or_that_nobody_knows_of(house: House, shop: Shop) -> None:
    till = shop.tills["1"]
    till.log_in()
    till.sell()
    house = with_devices(house, fact("ready", "printer", "ok"))
    assert ("warn", "waiting") in found(PrintersCheck(), house)
    shop.db.execute_sql("UPDATE print_job SET state = 'uncertain'")
    assert ("warn", "unclear") in found(PrintersCheck(), house)


# ---- headquarters


def hq(port: int, host: str = "127.0.0.1") -> HqLink:
    return HqLink(host, port, "box-1", "secret", b"k" * 32)


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_headquarters(house: House, listening: int) -> None:
    assert found(BrokerCheck(), house) == [("ok", "none")], "a shop without headquarters is a mode"
    house = with_config(house, hq=hq(listening))
    assert found(BrokerCheck(), house) == [("ok", "reached"), ("ok", "answered")]
    for said, wanted in (
        ({"running": False}, ("warn", "not_running")), ({"verdict": "clone"}, ("fail", "verdict")),
        ({"last_ack_age_s": None}, ("warn", "never")),
        ({"last_ack_age_s": 900.0, "pending": {"a": 3, "b": 0, "c": 0}}, ("warn", "late")),
    ):  # fmt: skip
        answer = ANSWERED | said
        assert wanted in found(BrokerCheck(), replace(house, sync=lambda answer=answer: answer))
    assert ("warn", "unreachable") in found(BrokerCheck(), with_config(house, hq=hq(free_port())))


# ---- ports


class Logo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def test_ports(house: House, listening: int) -> None:
    free = with_config(house, web=WebConfig(port=free_port()))
    taken = with_config(house, web=WebConfig(port=listening))
    assert found(PortsCheck(), free) == [("warn", "stopped")]
    assert found(PortsCheck(), taken) == [("fail", "taken")]
    assert found(PortsCheck(), replace(free, serving=lambda: True)) == [("fail", "mute")]
    assert ("warn", "open") in found(PortsCheck(), with_config(free, web=WebConfig("0.0.0.0", free_port())))
    with HTTPServer(("127.0.0.1", 0), Logo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        answering = with_config(house, web=WebConfig(port=server.server_port))
        assert found(PortsCheck(), replace(answering, serving=lambda: True)) == [("ok", "answers")]
        server.shutdown()
        thread.join()


# ---- fonts and packages


def test_fonts(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert found(FontsCheck(), house) == [("ok", "all")]
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path,))
    assert found(FontsCheck(), house) == [("fail", "receipt"), ("warn", "screen")]
    (tmp_path / "wqy-microhei.ttc").touch()
    assert found(FontsCheck(), house) == [("warn", "screen")]


def test_packages(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(PackagesCheck(), house) == [("ok", "ours")]
    owners = {"edge": ["edge-impulse"], "web": ["web.py", "tillbox"]}
    monkeypatch.setattr(packages.metadata, "packages_distributions", lambda: owners)
    assert found(PackagesCheck(), house) == [("fail", "stranger"), ("fail", "stranger")]


# ---- the runner


class Hanging(Check):
    name, patience_s = "disk", 0.1

    def __init__(self) -> None:
        self.released = threading.Event()

    def run(self, house: House) -> Iterator[Finding]:
        self.released.wait(10)
        yield ok("room", path="", free=1)


class Broken(Check):
    name = "clock"

    def run(self, house: House) -> Iterator[Finding]:
        yield from ()
        raise RuntimeError("a bug")


def test_a_check_that_hangs_or_breaks_is_a_finding_and_stops_no_other(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    hanging = Hanging()
    results = run(house, [hanging, Broken(), ShopCheck()])
    assert [[f.slug for f in result.findings] for result in results] == [["timeout"], ["crashed"], ["ready"]]
    assert all(finding["remedy"] for check in told(results, "zh-CN")["checks"][:2] for finding in check["findings"])
    hanging.released.set()


@pytest.mark.parametrize("lang", LANGS)
def test_every_finding_of_every_check_says_what_to_do(lang: str) -> None:
    """Read from the sources: each warn(…) and fail(…) has words and a remedy in both languages."""
    import ast

    from edge.base.i18n import words

    known = words(lang, ["doctor"])
    folder = Path(fonts.__file__).parent
    seen = 0
    for check in checks():
        for node in ast.walk(ast.parse((folder / f"{check.name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("ok", "warn", "fail") and node.args:
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value != "ok":
                        seen += 1
                        assert f"doctor.{check.name}_{part.value}" in known
                        if getattr(node.func, "id", "") != "ok":
                            assert known[f"doctor.{check.name}_{part.value}_do"]
        assert known[f"doctor.{check.name}_name"] and known[f"doctor.{check.name}_why"]
    assert seen > 45


def test_a_result_is_as_bad_as_its_worst_finding() -> None:
    assert Result("disk", (ok("room"), fail("full"))).level is Level.FAIL
    assert Result("disk", ()).level is Level.OK
