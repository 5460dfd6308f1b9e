"""`tillbox enrol`: the section it writes, and that it changes nothing else of the file."""

from __future__ import annotations

import os
import random
import threading
import tomllib
from argparse import ArgumentParser
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from edge.base.clock import SystemClock
from edge.base.config import load
from edge.cli import enrol as command
from edge.enrol import Section, bind, free_name
from edge.env import Env
from edge.errors import TillboxError
from tests.drivers.conftest import wait_for
from tests.drivers.keylog import KEYBOARD, SCANNER, TWIN, FakeKernel, typed

FILE = """\
# The corner shop. 街角小店
[store]
tenant = "demo"   # the chain
store = "S01"
box = "box-1"
languages = [
  "zh-CN",
  "en",
]

[[lane]]
id = "1"

[[lane]]
id = "2"

# on the left
[[device]]
name = "scanner-1"
driver = "serial-scanner"
lane = "1"
port = "/dev/ttyACM0"

# on the right
[[device]]
name = "scanner-2"
driver = "simulated-scanner"
lane = "2"

# the end"""
NEW = Section(
    "scanner-3", "evdev-scanner", "2", {"port": "usb-1.2/input0", "id": "05e0:1200"}, {"id": "the model"}, "x"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tillbox.toml"
    path.write_text(FILE, encoding="utf-8")
    path.chmod(0o640)
    return path


def test_a_new_device_is_added_and_every_word_before_it_stays(path: Path) -> None:
    bind(path, NEW)
    text = path.read_text(encoding="utf-8")
    assert text == FILE + "\n\n" + NEW.text()
    assert [d.name for d in load(path).devices] == ["scanner-1", "scanner-2", "scanner-3"]
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(path.parent) == ["tillbox.toml"]


@pytest.mark.parametrize("name", ["scanner-1", "scanner-2"])
def test_a_device_is_replaced_in_its_place_and_the_comments_stay(path: Path, name: str) -> None:
    section = Section(name, "evdev-scanner", "1", {"port": "usb-1.2/input0"}, head="bound by `tillbox enrol` today")
    bind(path, section, replace=True)
    bind(path, section, replace=True)  # again: nothing piles up
    text = path.read_text(encoding="utf-8")
    assert text.count("tillbox enrol") == 1
    for comment in ("# on the left", "# on the right", "# the end", "# the chain", "街角小店"):
        assert comment in text
    devices = tomllib.loads(text)["device"]
    assert [d["name"] for d in devices] == ["scanner-1", "scanner-2"]
    assert section.table in devices


def test_a_name_that_is_taken_is_refused(path: Path) -> None:
    with pytest.raises(TillboxError, match="has a device 'scanner-1' already; choose another --name, or"):
        bind(path, Section("scanner-1", "evdev-scanner", "1", {}))
    assert path.read_text(encoding="utf-8") == FILE


@pytest.mark.parametrize("devices", ['device = [{name = "a", driver = "simulated-scanner"}]\n'])
def test_a_file_that_can_not_be_changed_safely_is_left_alone_and_the_section_shown(path: Path, devices: str) -> None:
    old = devices + FILE[: FILE.index("# on the left")]
    path.write_text(old, encoding="utf-8")
    for replace, name in ((True, "a"), (False, "b")):
        with pytest.raises(TillboxError, match=r"by hand:\n\n\[\[device\]\]"):
            bind(path, Section(name, "evdev-scanner", "1", {"id": "05e0:1200"}), replace)
        assert path.read_text(encoding="utf-8") == old


def test_a_section_that_the_till_would_refuse_is_not_written(path: Path) -> None:
    from edge.base.config import ConfigError

    with pytest.raises(ConfigError, match="lane '9' is not one of 1, 2"):
        bind(path, Section("scanner-3", "evdev-scanner", "9", {}))
    assert path.read_text(encoding="utf-8") == FILE
    assert os.listdir(path.parent) == ["tillbox.toml"]


def test_names_of_the_kernel_can_not_break_out_of_their_text(path: Path) -> None:
    bind(path, Section("scanner-3", "evdev-scanner", "1", {"port": 'a"\n[hq]\nhost = "evil'}))
    assert load(path).hq is None


def test_the_next_free_name() -> None:
    assert free_name([], "scanner") == "scanner-1"
    assert free_name(["scanner-1", "scanner-3", "printer-1"], "scanner") == "scanner-2"


# ---- the command


@pytest.fixture
def kernel() -> FakeKernel:
    kernel = FakeKernel()
    for info in (KEYBOARD, SCANNER, TWIN):
        kernel.plug(info)
    return kernel


def enrol(path: Path, kernel: FakeKernel, *given: str, lang: str = "en", text: str | None = None) -> int:
    """Run the command; the code that it shows (or `text`) is scanned with SCANNER once that is open."""
    parser = ArgumentParser()
    parser.add_argument("--config", type=Path)
    command.add_arguments(parser)
    env = Env(SystemClock(), random.Random(7))
    shown = command.sample_code(random.Random(7)) if text is None else text

    def scan() -> None:
        if wait_for(lambda: SCANNER.node in kernel.sources, 2):
            kernel.send(typed(shown + "\r", env.clock.mono_ns()))

    thread = threading.Thread(target=scan)
    thread.start()
    try:
        args = parser.parse_args(["--config", str(path), "--seconds", "3", *given])
        return command.run(args, lang, env, kernel.devices, kernel.open)
    finally:
        thread.join()


def test_scanning_the_code_binds_the_scanner_to_the_lane_by_its_socket(
    path: Path, kernel: FakeKernel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrol(path, kernel, "--lane", "2") == 0
    device = load(path).devices[-1]
    assert (device.name, device.driver, device.lane) == ("scanner-3", "evdev-scanner", "2")
    assert device.options == {"port": SCANNER.port, "id": "05e0:1200", "terminator": "line"}
    assert "scanner-3 is bound to lane 2" in capsys.readouterr().out
    kernel.opened.clear()
    kernel.sources.clear()
    with pytest.raises(TillboxError, match="The code did not come"):  # it is in use now, and left alone
        enrol(path, kernel, "--lane", "1", "--seconds", "1")
    assert SCANNER.node not in kernel.opened


def test_a_card_reader_is_bound_by_a_card(path: Path, kernel: FakeKernel) -> None:
    assert enrol(path, kernel, "--lane", "1", "--kind", "cardreader", text="%TBX000000000130?") == 0
    device = load(path).devices[-1]
    assert (device.name, device.driver) == ("cardreader-1", "evdev-cardreader")
    assert "TBX" not in path.read_text(encoding="utf-8")


def test_a_scanner_is_put_in_the_place_of_another(path: Path, kernel: FakeKernel) -> None:
    assert enrol(path, kernel, "--lane", "1", "--name", "scanner-1", "--replace") == 0
    assert [(d.name, d.driver) for d in load(path).devices] == [
        ("scanner-1", "evdev-scanner"), ("scanner-2", "simulated-scanner"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("--lane", "9"), "has no lane '9'; its lanes are 1, 2"),
        (("--lane", "1", "--name", "scanner-1"), "has a device 'scanner-1' already; choose another --name"),
    ],
)
def test_what_can_not_work_is_said_before_anybody_scans(
    path: Path, kernel: FakeKernel, given: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(TillboxError) as raised:
        enrol(path, kernel, *given)
    assert sentence in str(raised.value)
    assert kernel.opened == []


def test_without_the_right_to_read_devices_sudo_is_named(path: Path, kernel: FakeKernel) -> None:
    kernel.forbidden = True
    with pytest.raises(TillboxError, match="Run it with sudo"):
        enrol(path, kernel, "--lane", "1", "--seconds", "1")


@pytest.mark.fault("F73")
@pytest.mark.parametrize(("lang", "word"), [("en", "US keyboard"), ("zh-CN", "美式键盘")])
def test_a_scanner_of_another_country_is_told_what_to_scan(
    path: Path, kernel: FakeKernel, capsys: pytest.CaptureFixture[str], lang: str, word: str
) -> None:
    shown = command.sample_code(random.Random(7))
    german = shown.translate(str.maketrans("zyZY-", "yzYZ/"))
    with pytest.raises(TillboxError):
        enrol(path, kernel, "--lane", "1", "--seconds", "1", lang=lang, text=german)
    assert word in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == FILE


def test_the_list_shows_what_could_be_it(path: Path, kernel: FakeKernel, capsys: pytest.CaptureFixture[str]) -> None:
    bind(path, Section("scanner-3", "evdev-scanner", "2", {"port": SCANNER.port}))
    assert enrol(path, kernel, "--lane", "1", "--list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == f"05e0:1200  {SCANNER.port}  Corner Scanner  {SCANNER.node}  = scanner-3"
    assert len(lines) == 3


def test_the_bars_on_the_terminal_can_be_read() -> None:
    rows = [line.removeprefix("\x1b[30;107m").removesuffix("\x1b[0m") for line in command.bars("Aqz123-Yw")]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows[0]) <= 80
    picture = Image.new("L", (len(rows[0]) * 8, len(rows) * 16), 255)
    for y, row in enumerate(rows):
        for x, block in enumerate(row):
            for half, black in ((0, block in "▌█"), (4, block in "▐█")):
                if black:
                    picture.paste(0, (x * 8 + half, y * 16, x * 8 + half + 4, y * 16 + 16))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == ["Aqz123-Yw"]
