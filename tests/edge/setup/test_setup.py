"""`tillbox setup`: a blank box becomes a shop; a second run harms nothing; a refusal says what to write."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from edge import settings
from edge.base.config import load
from edge.base.sqlite import open_database, rows
from edge.box import open_box
from edge.cli.setup import check_device
from edge.env import Env
from edge.errors import ShopError
from edge.setup import answers
from edge.setup.plan import sample
from edge.setup.questions import Question, questions
from edge.staff import StaffService
from tests.edge.setup.conftest import ANSWERS, PIN, Technician

TWO_LANES = """
[[lane]]
id = "1"
scanner = "serial-scanner port=/dev/ttyACM0 baudrate=115200"
printer = "escpos-network host=192.168.1.50 drawer=pin2"
[[lane]]
id = "2"
printer = "simulated"
"""
HQ = {
    "hq": True, "hq_host": "broker.example.com", "hq_password": "of-the-box", "hq_key": "ab" * 32,
}  # fmt: skip


def test_four_answers_make_a_shop(technician: Technician) -> None:
    code, said = technician.set_up()
    assert code == 0 and "tillbox import products" in said and PIN not in said
    config = load(technician.config)
    assert [lane.id for lane in config.lanes] == ["1"] and config.hq is None and config.data == technician.data
    box = open_box(config, Env())
    try:
        (manager,) = StaffService(box).people()
        assert (manager.name_zh, manager.name_en, manager.role) == ("王敏", "王敏", "manager")
        assert box.rules.tax == {"A": 1300, "B": 900, "C": 600, "Z": 0}
        assert box.rules.store_name == {"zh-CN": "街角小店", "en": "Corner shop"}
        StaffService(box).log_in("1", manager.uid, PIN, "en")
        with pytest.raises(ShopError):
            StaffService(box).log_in("1", manager.uid, "111111", "en")
    finally:
        box.close()


def test_lanes_with_their_devices_and_headquarters(technician: Technician) -> None:
    code, said = technician.set_up(ANSWERS | HQ | {"tax": "A=13, F=9.5"}, TWO_LANES)
    assert code == 0, said
    config = load(technician.config)
    assert [(lane.id, lane.printer) for lane in config.lanes] == [("1", "printer-1"), ("2", "printer-2")]
    assert [(d.name, d.driver, d.lane) for d in config.devices] == [
        ("scanner-1", "serial-scanner", "1"), ("printer-1", "escpos-network", None),
        ("printer-2", "simulated-printer", None),
    ]  # fmt: skip
    assert config.devices[0].options == {"port": "/dev/ttyACM0", "baudrate": 115200}
    assert config.hq is not None and config.hq.password == "of-the-box" and config.hq.key == bytes.fromhex("ab" * 32)


def test_only_the_owner_may_read_what_set_up_makes(technician: Technician) -> None:
    technician.set_up(ANSWERS | HQ)
    for path in (technician.config, *(technician.config.parent / "keys").iterdir(), technician.data / "keys/phone.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE(technician.data.stat().st_mode) == 0o700
    assert "of-the-box" not in technician.config.read_text()


def test_a_second_run_changes_nothing_that_stands(technician: Technician) -> None:
    technician.set_up()
    before = technician.config.read_text(), technician.files()
    with_tax = open_database(technician.data / "box.db")
    with with_tax.atomic():
        settings.put(with_tax, Env(), "tax", {"A": 1700}, "manager")
    with_tax.close()
    code, said = technician.set_up(ANSWERS | {"manager_pin": "660742"})
    assert code == 0 and "kept" in said
    assert (technician.config.read_text(), technician.files()) == before
    db = open_database(technician.data / "box.db")
    assert rows(db, "SELECT COUNT(*) FROM staff") == [(1,)]
    assert settings.load(db).tax == {"A": 1700}, "what a manager changed since stays"
    db.close()


def test_another_configuration_is_never_overwritten_without_force(technician: Technician) -> None:
    technician.set_up()
    old = technician.config.read_text() + "# my own remark\n"
    technician.config.write_text(old)
    code, said = technician.set_up(ANSWERS | {"port": 8081})
    assert code == 1 and "--force" in said and "nothing was changed" in said
    assert technician.config.read_text() == old
    code, said = technician.set_up(ANSWERS | {"port": 8081}, "", "--force")
    assert code == 0 and load(technician.config).web.port == 8081
    (copy,) = technician.config.parent.glob("tillbox.toml.old-*")
    assert copy.read_text() == old and stat.S_IMODE(copy.stat().st_mode) == 0o600


@pytest.mark.fault("F106", "F107")
def test_a_box_with_sales_of_its_own_does_not_become_another_store(technician: Technician) -> None:
    technician.set_up()
    before = technician.config.read_text()
    code, said = technician.set_up(ANSWERS | {"store": "S02"}, "", "--force")
    assert code == 1 and "shop/S01/box-1" in said and "data folder" in said
    assert technician.config.read_text() == before


def test_everything_wrong_is_listed_at_once_and_nothing_is_written(technician: Technician) -> None:
    wrong: dict[str, Any] = {
        "store_name_zh": "街角小店", "zone": "Asia/Beijing", "currency": "RMB", "tax": "A=13%%",
        "manager_pin": "123456",
        "store": "S 01", "prot": 8080, "languages": "de",
    }  # fmt: skip
    code, said = technician.set_up(wrong, '[[lane]]\nid = "1"\nscanner = "serial-scaner port=x"\n')
    assert code == 1 and technician.files() == {"answers.toml"}
    for hint in (
        "zone: ", "such as Asia/Shanghai", "currency: Write one of: CNY", "tax: “A=13%%”",
        "manager_pin: A row of digits",
        "store: Write 1 to 32", "prot: is no question of set-up. Did you mean port?", "languages: Choose from zh-CN",
        'did you mean "serial-scanner"', "manager_name_zh: is missing. Add a line",
    ):  # fmt: skip
        assert hint in said, (hint, said)


@pytest.mark.parametrize(
    ("pin", "why"),
    [("12a456", "digits only"), ("90571", "6 to 12 digits"), ("888888", "different digits"),
     ("654321", "row of digits"), ("121212", "different digits"), ("168168", "repeats itself"),
     ("5201314", "tries this PIN first")],
)  # fmt: skip
def test_a_weak_pin_is_refused_with_why(technician: Technician, pin: str, why: str) -> None:
    code, said = technician.set_up(ANSWERS | {"manager_pin": pin})
    assert code == 1 and why in said


def test_a_device_of_the_wrong_kind_is_refused(technician: Technician) -> None:
    _, said = technician.set_up(ANSWERS, '[[lane]]\nid = "1"\nscanner = "escpos-usb"\n')
    assert "escpos-usb makes a printer" in said


def test_a_place_that_may_not_be_written_names_the_way_out(technician: Technician) -> None:
    (technician.folder / "etc").write_text("a file where a folder should be")
    code, said = technician.set_up()
    assert code == 1 and "--config" in said


class Typist:
    """A person at the terminal: says the answers in turn, takes the default for "" and notes every refusal."""

    def __init__(self, answers_: dict[str, list[str]]) -> None:
        self.answers, self.said, self.asked = answers_, list[str](), list[str]()

    def ask(self, question: Question, words: str, hint: str, default: str | None) -> str:
        self.asked.append(f"{words} {hint}")
        given = self.answers.get(question.key, [])
        return given.pop(0) if given else default or ""

    def say(self, words: str) -> None:
        self.said.append(words)


def test_at_the_terminal_a_refused_answer_is_asked_again() -> None:
    typist = Typist({
        "store_name_zh": ["", "街角小店"], "zone": ["Shanghai", "Asia/Shanghai"], "lanes": ["1, 2"],
        "printer.2": ["simulated"], "manager_name_zh": ["王敏"],
        "manager_pin": ["123456", "905713", "905714", "905713", "905713"],
    })  # fmt: skip
    given = answers.from_person(typist, check_device, "zh-CN", {"printer": ["escpos-usb path=/dev/usb/lp0"]})
    assert given["lanes"] == ["1", "2"] and given["manager_pin"] == "905713" and given["hq"] is False
    assert given["printer.2"].driver == "simulated-printer" and given["printer.1"] is None
    assert len(typist.said) == 4  # empty name, zone, the row of digits, two PINs that differ
    assert any("Asia/Shanghai" in words for words in typist.said)
    assert any("/dev/usb/lp0" in asked for asked in typist.asked), "what is plugged in is shown"


def test_without_a_terminal_and_without_answers_nothing_is_written(
    technician: Technician, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    code, said = technician.run("setup", "--lang", "en")
    assert code == 1 and "Nothing was written" in said and not technician.files()


# ---- the commented file and `tillbox config`


def test_the_sample_is_accepted_and_shows_every_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.test_docs import asked_keys, written_keys

    path = tmp_path / "tillbox.toml"
    path.write_text(sample(), encoding="utf-8")
    written = written_keys(sample().replace("# [", "["))
    (tmp_path / "keys").mkdir()
    for name in ("hq-password", "hq.key"):
        (tmp_path / "keys" / name).write_text("ab" * 32)
    asked = asked_keys(load, path, monkeypatch)
    assert {"store", "web", "lane"} <= set(asked)
    for section, keys in asked.items():
        assert not section or keys <= written[section], f"[{section}]"


def test_config_prints_what_holds_and_hides_secrets(technician: Technician) -> None:
    technician.set_up(ANSWERS | HQ, TWO_LANES)
    code, said = technician.run("config")
    assert code == 0 and "of-the-box" not in said and "abab" not in said and "sha256" in said
    assert 'driver = "escpos-network"' in said and "port = 9100" in said, "defaults are filled in"
    assert technician.run("config", "--sample")[1] == sample()


def test_every_question_has_words_for_itself_and_for_help() -> None:
    from edge.base.i18n import LANGS, t

    given: dict[str, Any] = {"lanes": ["1"], "hq": True, "box": "b"}
    asked = list(questions(given, check_device))
    assert len({question.key for question in asked}) == len(asked) > 20
    for question in asked:
        for lang in LANGS:
            assert t(lang, f"setup.q_{question.name}", lane="1") and t(lang, f"setup.hint_{question.name}", lane="1")
