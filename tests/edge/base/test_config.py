"""tillbox.toml: what is wrong is refused, with the key's name and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.base.config import ConfigError, load
from edge.base.tls import Tls

GOOD = """
[store]
tenant = "demo"
store = "S01"
box = "box-1"

[data]
path = "data"

[[lane]]
id = "1"
printer = "printer-1"

[[lane]]
id = "2"
mode = "training"

[[device]]
name = "scanner-1"
driver = "simulated-scanner"
lane = "1"
terminator = "cr"

[[device]]
name = "printer-1"
driver = "simulated-printer"
"""
HQ = '[hq]\nhost = "127.0.0.1"\nuser = "box-1"\npassword_file = "pw"\nkey_file = "key"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tillbox.toml"
    path.write_text(GOOD)
    return path


def changed(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load(path)
    text = str(caught.value)
    assert str(path) in text, "a refusal names the file"
    assert "\n" not in text
    return text


def test_a_short_file_is_enough(file: Path) -> None:
    config = load(file)
    assert (config.store.zone, config.store.currency, config.store.languages) == (
        "Asia/Shanghai",
        "CNY",
        ("zh-CN", "en"),
    )
    assert (config.web.host, config.web.port, config.web.threads) == ("127.0.0.1", 8080, 24)
    assert config.data == file.parent / "data"
    assert config.database == config.data / "box.db"
    assert [(lane.id, lane.mode, lane.printer) for lane in config.lanes] == [
        ("1", "live", "printer-1"),
        ("2", "training", None),
    ]
    assert config.hq is None


def test_what_a_device_brings_beyond_its_name_is_the_drivers_to_check(file: Path) -> None:
    scanner, printer = load(file).devices
    assert (scanner.name, scanner.driver, scanner.lane, scanner.options) == (
        "scanner-1", "simulated-scanner", "1", {"terminator": "cr"},
    )  # fmt: skip
    assert (printer.lane, printer.options) == (None, {})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('tenant = "demo"\n', "", ["[store]", "tenant", "missing"]),
        ('box = "box-1"', "box = 7", ["[store]", "box", "a text", "7"]),
        ('box = "box-1"', 'box = ""', ["box", "1 to 32 letters"]),
        ('box = "box-1"', 'box = "kasse/eins"', ["box", "letters, digits", "'kasse/eins'"]),
        ('box = "box-1"', 'box = "收银一"', ["box", "letters, digits"]),
        ('box = "box-1"', f'box = "{"x" * 33}"', ["box", "1 to 32"]),
        ('store = "S01"', 'store = "S01"\nzone = "Mars/Base"', ["zone", "'Mars/Base'", "Asia/Shanghai"]),
        ('store = "S01"', 'store = "S01"\nzone = "../../etc/passwd"', ["zone", "Asia/Shanghai"]),
        ('store = "S01"', 'store = "S01"\ncurrency = "XXX"', ["currency", "CNY", "EUR"]),
        ('store = "S01"', 'store = "S01"\nlanguages = ["fr"]', ["languages", "zh-CN, en"]),
        ('store = "S01"', 'store = "S01"\nlanguages = []', ["languages", "zh-CN, en"]),
        ('store = "S01"', 'store = "S01"\nlanguages = "en"', ["languages", "a list"]),
        ('store = "S01"', 'store = "S01"\nlanguages = [1]', ["languages", "a list of texts"]),
        ("[data]", "[web]\nport = 0\n[data]", ["[web]", "port", "between 1 and 65535"]),
        ("[data]", '[web]\nport = "8080"\n[data]', ["port", "a whole number", "'8080'"]),
        ("[data]", "[web]\nport = true\n[data]", ["port", "a whole number"]),
        ("[data]", "[web]\nthreads = 4\n[data]", ["threads", "between 16 and 64"]),
        ('mode = "training"', 'mode = "practice"', ["[[lane]] 2", "mode", "live, training, demo", "'practice'"]),
        ('id = "2"', 'id = "1"', ["lane id '1'", "unique"]),
        ('printer = "printer-1"', 'printer = "printer-9"', ["[[lane]] 1", "'printer-9'", "[[device]]"]),
        ('name = "scanner-1"', 'name = "printer-1"', ["device name 'printer-1'", "unique"]),
        ('lane = "1"', 'lane = "7"', ["[[device]] 1", "'7'", "1, 2"]),
        ('driver = "simulated-scanner"\n', "", ["[[device]] 1", "driver", "missing"]),
    ],
)  # fmt: skip
def test_a_refusal_names_the_key_and_what_would_do(file: Path, old: str, new: str, said: list[str]) -> None:
    text = refusal(changed(file, old, new))
    assert not [word for word in said if word not in text], text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('tenant = "demo"', 'tennant = "demo"\ntenant = "demo"', "did you mean 'tenant'"),
        ("[data]", "[date]\n[data]", "did you mean 'data'"),
        ('path = "data"', 'path = "data"\nsize = 4', "known here: path"),
        ('mode = "training"', 'mod = "training"', "did you mean 'mode'"),
        ("[data]", "[web]\nprot = 81\n[data]", "did you mean 'port'"),
    ],
)
def test_an_unknown_key_is_refused_with_the_one_that_was_meant(file: Path, old: str, new: str, said: str) -> None:
    text = refusal(changed(file, old, new))
    assert "unknown key" in text
    assert said in text


def test_a_till_needs_a_lane(file: Path) -> None:
    file.write_text(GOOD[: GOOD.index("[[lane]]")])
    assert "[[lane]]" in refusal(file)


@pytest.mark.parametrize(
    "broken",
    [
        "lane = 5",
        'lane = "1"',
        '[lane]\nid = "1"',
        '[[lane]]\nid = "1"\n[device]\nname = "x"',
        'store = "S01"',
        "[[store]]",
    ],
)
def test_a_table_of_the_wrong_shape_says_how_to_write_it(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "tillbox.toml"
    store = "" if "store" in broken else GOOD[: GOOD.index("[[lane]]")]
    path.write_text(f"{broken}\n{store}" if broken.startswith(("lane =", "store =")) else f"{store}\n{broken}")
    text = refusal(path)
    assert "[[lane]]" in text or "[[device]]" in text or "[store]" in text


def test_a_file_that_is_no_toml_is_named(file: Path) -> None:
    file.write_text("[store\n")
    assert "not valid TOML" in refusal(file)
    file.write_bytes(b"\xff\xfe[store]")
    assert "not valid TOML" in refusal(file)


def test_a_missing_file_says_how_to_go_on(tmp_path: Path) -> None:
    text = refusal(tmp_path / "none.toml")
    assert "--config" in text and "tillbox demo" in text


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    assert "can't be read" in refusal(folder)


def test_headquarters_secrets_lie_in_files_of_their_own(file: Path) -> None:
    (file.parent / "pw").write_text("secret\n")
    (file.parent / "key").write_text("ab" * 32 + "\n")
    file.write_text(GOOD + HQ)
    hq = load(file).hq
    assert hq is not None
    assert (hq.host, hq.port, hq.user, hq.password, hq.key) == (
        "127.0.0.1",
        8883,
        "box-1",
        "secret",
        bytes.fromhex("ab" * 32),
    )


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (None, ["key_file", "can't be read"]),
        (b"ab" * 31, ["key_file", "32 bytes in hex"]),
        (b"not hex", ["key_file", "32 bytes in hex", "HQ"]),
        (b"\xff\xfe", ["key_file", "can't be read"]),
    ],
)
def test_a_key_of_headquarters_that_is_missing_or_short_is_refused(
    file: Path, key: bytes | None, said: list[str]
) -> None:
    (file.parent / "pw").write_text("secret")
    if key is not None:
        (file.parent / "key").write_bytes(key)
    file.write_text(GOOD + HQ)
    text = refusal(file)
    assert not [word for word in said if word not in text], text


def with_hq(file: Path, more: str) -> Path:
    (file.parent / "pw").write_text("secret")
    (file.parent / "key").write_text("ab" * 32)
    (file.parent / "junk.pem").write_text("no certificate")
    file.write_text(GOOD + HQ.replace('host = "127.0.0.1"\n', "") + more + "\n")
    return file


@pytest.mark.parametrize(
    ("written", "tls"),
    [
        ('host = "broker.example.com"', Tls()),
        ('host = "192.168.1.5"\ntls = true', Tls()),
        ('host = "127.0.0.1"', None),
        ('host = "::1"', None),
        ('host = "localhost"\ntls = false', None),
        ('host = "localhost"\ntls = true', Tls()),
    ],
)
def test_what_leaves_the_machine_is_encrypted(file: Path, written: str, tls: Tls | None) -> None:
    hq = load(with_hq(file, written)).hq
    assert hq is not None and hq.tls == tls


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('host = "broker.example.com"\ntls = false', ["tls = false", "broker.example.com", "in clear", "tls = true"]),
        ('host = "192.168.1.5"\ntls = false', ["192.168.1.5 in clear", "tls = true", "ca_file"]),
        ('host = "localhost.example.com"\ntls = false', ["in clear"]),
        ('host = "127.0.0.1.example.com"\ntls = false', ["in clear"]),
        ('host = "x.example.com"\ntls = "no"', ["tls must be true or false", "'no'"]),
        ('host = "127.0.0.1"\nca_file = "junk.pem"', ["ca_file does nothing without TLS", "tls = true"]),
        ('host = "x.example.com"\nca_file = "none.pem"', ["ca_file can't be read"]),
        ('host = "x.example.com"\nca_file = "junk.pem"', ["ca_file must hold certificates in PEM"]),
        ('host = "x.example.com"\nclient_cert = "junk.pem"', ["client_cert and client_key", "both or none"]),
        ('host = "x.example.com"\nclient_key = "junk.pem"', ["client_cert and client_key", "both or none"]),
        ('host = "x.example.com"\nclient_cert = "junk.pem"\nclient_key = "junk.pem"', ["client_key must hold", "PEM"]),
        ('host = "x.example.com"\ntsl = true', ["unknown key 'tsl'", "did you mean 'tls'"]),
    ],
)
def test_a_way_to_headquarters_that_is_not_safe_is_refused(file: Path, written: str, said: list[str]) -> None:
    text = refusal(with_hq(file, written))
    assert "[hq]" in text and not [word for word in said if word not in text], text
