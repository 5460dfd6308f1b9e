"""`tillbox doctor` on real devices: it never hangs, tells what is there, and ends with 1 when something failed."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.cli import main
from edge.cli.doctor import house
from edge.db import exclusive
from edge.env import Env
from tests.e2e.line import Line
from tests.edge.shop import Shop
from tests.ports import free_port

_CONFIG = (
    '[store]\ntenant="demo"\nstore="S01"\nbox="box-1"\n[data]\npath="{data}"\n[web]\nport={port}\n[[lane]]\nid="1"\n'
)


@pytest.fixture
def configured(shop: Shop) -> Callable[[str], Path]:
    shop.config.data.chmod(0o700)

    def write(devices: str) -> Path:
        text = _CONFIG.format(data=shop.config.data, port=free_port())
        shop.config.path.write_text(text + devices, encoding="utf-8")
        return shop.config.path

    return write


def device(name: str, driver: str, **options: str) -> str:
    lines = [f'{key} = "{value}"' for key, value in options.items()]
    return "\n".join(["[[device]]", f'name = "{name}"', f'driver = "{driver}"', *lines, ""])


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path / "scanner")
    yield made
    made.unplug()


def asked(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, dict]]:
    code = main(["doctor", "--json", "--lang", "en", "--config", str(path)])
    said = json.loads(capsys.readouterr().out)
    return code, {check["check"]: check for check in said["checks"]}


def test_devices_that_are_there(
    configured: Callable[[str], Path], line: Line, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = configured(
        device("scanner-1", "serial-scanner", port=str(line.path), lane="1")
        + device("printer-1", "escpos-file", path=str(tmp_path / "paper.bin"))
        + device("sim", "simulated-cardreader")
    )
    code, checks = asked(path, capsys)
    assert code == 0, [c for c in checks.values() if c["level"] == "fail"]
    assert [f["slug"] for f in checks["devices"]["findings"]] == ["ready", "ready", "ready"]


def test_devices_that_are_not(configured: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = configured(
        device("scanner-1", "serial-scanner", port="/dev/ttyGONE0")
        + device("scanner-2", "serial-scaner", port="x")
        + device("printer-1", "escpos-usb", path="/dev/usb/lp99")
    )
    code, checks = asked(path, capsys)
    lost, refused, printer = checks["devices"]["findings"]
    assert code == 1 and checks["devices"]["level"] == "fail"
    assert "/dev/ttyGONE0" in lost["text"] and "tillbox grant" in lost["remedy"]
    assert 'did you mean "serial-scanner"' in refused["text"] and "/dev/usb/lp99" in printer["text"]
    assert checks["printers"]["level"] == "fail"


def test_a_printer_that_takes_the_call_and_never_answers_holds_nothing_up(
    configured: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        path = configured(device("printer-1", "escpos-network", host="127.0.0.1") + f"port = {port}\n")
        began = time.monotonic()
        asked(path, capsys)
        assert time.monotonic() - began < 14


def test_while_the_till_runs_its_devices_are_not_touched(
    configured: Callable[[str], Path], line: Line, shop: Shop
) -> None:
    path = configured(
        device("scanner-1", "serial-scanner", port=str(line.path))
        + device("scanner-2", "serial-scanner", port="/dev/ttyGONE0")
        + device("scanner-3", "simulated-scanner")
    )
    with shop.box.transaction():
        shop.box.record("b", "box.started", {"boot": "x"})
        shop.box.record("b", "device.state", {"device": "scanner-3", "state": "ready"})
        shop.box.record("b", "device.state", {"device": "scanner-3", "state": "lost"})
    with exclusive(shop.config.data / "serve.lock"):
        looked = house(path, Env())
        assert looked.serving()
        assert [fact.state for fact in looked.devices()] == ["ready", "lost", "lost"]


def test_on_a_terminal_each_trouble_has_its_remedy(
    configured: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = configured("")
    os.chmod(path.parent, 0o755)
    for lang, why in (("zh-CN", "为什么要紧"), ("en", "Why it matters")):
        main(["doctor", "--lang", lang, "--config", str(path)])
        said = capsys.readouterr().out
        assert said.count("→") >= 1 and why in said
    assert main(["doctor", "--config", str(path.with_name("none.toml"))]) == 1
    assert "tillbox setup" in capsys.readouterr().out
