"""TLS with a real broker and a real CA: who can't prove to be headquarters' broker gets nothing from a box."""

from __future__ import annotations

import random
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.base.config import ConfigError
from edge.base.tls import Tls
from edge.cli.config import lines
from edge.env import Env
from edge.health.base import House, Level
from edge.health.broker import BrokerCheck
from sync.broker import write_config
from sync.client import Link, LinkSettings
from sync.errors import LinkDown
from sync.hq.config import load as load_hq
from tests.broker import TENANT, Broker
from tests.ports import free_port
from tests.sync.shop import TestBox, box_books, hq_books, hq_config, let_in, running_agent, running_hq, until

USERS = {"hq": "secret-hq", "box-1": "secret-box-1"}
HERE = "DNS:localhost,IP:127.0.0.1"
OPENSSL = """
[req]
distinguished_name = who
x509_extensions = ca_itself
[who]
[ca_itself]
basicConstraints = critical, CA:true
subjectKeyIdentifier = hash
[ca]
default_ca = shop
[shop]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


class Authority:
    """A CA in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder, self.pem, self._key, self._n = folder, folder / "ca.pem", folder / "ca.key", 0
        (folder / "index").touch()
        (folder / "openssl.cnf").write_text(OPENSSL.format(folder=folder))
        self._run("req", "-x509", *self._new(self._key), "-days", "2", "-subj", "/CN=CA", "-out", str(self.pem))

    def issue(self, names: str = HERE, starts_s: float = -60, ends_s: float = 3600) -> tuple[Path, Path]:
        """A certificate and its key, valid from and until seconds from now."""
        self._n += 1
        cert, key, asked = (self.folder / f"{self._n}.{kind}" for kind in ("pem", "key", "csr"))
        self._run("req", *self._new(key), "-subj", "/CN=x", "-addext", f"subjectAltName={names}", "-out", str(asked))
        starts, ends = (f"{datetime.now(UTC) + timedelta(seconds=s):%Y%m%d%H%M%SZ}" for s in (starts_s, ends_s))
        by = ("-cert", str(self.pem), "-keyfile", str(self._key), "-startdate", starts, "-enddate", ends)
        self._run("ca", "-batch", "-notext", *by, "-in", str(asked), "-out", str(cert))
        return cert, key

    def _new(self, key: Path) -> tuple[str, ...]:
        return "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(key)

    def _run(self, what: str, *more: str) -> None:
        program = shutil.which("openssl")
        if program is None:
            raise RuntimeError("openssl is missing: sudo apt-get install openssl")
        command = [program, what, "-config", str(self.folder / "openssl.cnf"), *more]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("pki") / "headquarters")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("pki") / "stranger")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[TestBox]:
    box = TestBox(tmp_path / "box")
    yield box
    box.close()


@contextmanager
def tls_broker(folder: Path, shown: tuple[Path, Path], *more: str) -> Iterator[Broker]:
    """mosquitto with a TLS listener that shows this certificate, and tells all it hears in its log."""
    port = free_port()
    path = write_config(folder, port, USERS, TENANT)
    cert, key = shown
    wanted = [f"certfile {cert}", f"keyfile {key}", "log_type all", *more]
    path.write_text(path.read_text() + "\n".join(wanted) + "\n")
    broker = Broker("127.0.0.1", port, folder, path)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


def heard(broker: Broker) -> str:
    return (broker.folder / "mosquitto.log").read_text()


def aim(box: TestBox, tls: Tls | None, host: str = "127.0.0.1", **more: Any) -> None:
    assert box.config.hq is not None
    box.config = replace(box.config, hq=replace(box.config.hq, host=host, tls=tls, **more))


def link_to(port: int, tls: Tls | None, host: str = "127.0.0.1") -> Link:
    settings = LinkSettings(host, port, "box-1", USERS["box-1"], tls=tls, first_s=0.1, most_s=0.2)
    return Link(settings, random.Random(1), time.monotonic_ns, lambda *_: None, lambda: None)


def connects(link: Link, seconds: float = 5) -> bool:
    """Poll until it is up, or has failed for good (an error) or for so long."""
    deadline = time.monotonic() + seconds
    while not link.connected and time.monotonic() < deadline:
        link.poll(0.05)
        if link.error:
            break
    return link.connected


def test_a_sale_reaches_headquarters_over_tls(tmp_path: Path, box: TestBox, ca: Authority) -> None:
    tls = Tls(ca_file=ca.pem)
    with tls_broker(tmp_path / "broker", ca.issue()) as broker:
        config = replace(hq_config(tmp_path / "hq", broker.port), tls=tls)
        let_in(config, box)
        aim(box, tls)
        box.enrol()
        box.sell()
        with running_hq(config) as hq, running_agent(box) as agent:
            until(lambda: box.pending() == 0, 8)
            assert hq_books(hq) == box_books(box) and len(hq_books(hq).sales) == 1
            assert agent.link._client is not None
            assert agent.link._client.socket().version() in ("TLSv1.2", "TLSv1.3")  # type: ignore[union-attr]
        assert "as box-1" in heard(broker), "the log would tell who came"
        in_clear = link_to(broker.port, None)
        assert not connects(in_clear, 1)
        in_clear.close()


def test_a_broker_of_another_ca_gets_nothing(tmp_path: Path, box: TestBox, ca: Authority, stranger: Authority) -> None:
    with tls_broker(tmp_path / "broker", stranger.issue()) as broker:
        let_in(hq_config(tmp_path / "hq", broker.port), box)
        aim(box, Tls(ca_file=ca.pem))
        box.enrol()
        with running_agent(box) as agent:
            until(lambda: agent.link.error is not None, 8)
            assert "no CA that is trusted here" in str(agent.link.error) and "ca_file" in str(agent.link.error)
            with pytest.raises(LinkDown, match="no CA that is trusted"):
                agent.link.publish("tb/1/demo/box-1/up/a", b"Lin Yue")
            until(lambda: heard(broker).count("unknown ca") >= 2, 8, "a second try")
            assert not agent.link.connected and box.pending() == 1
        assert "box-1" not in heard(broker)


@pytest.mark.fault("F32")
def test_a_poisoned_name_leads_to_a_broker_that_can_t_prove_itself(
    tmp_path: Path, ca: Authority, stranger: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name leads to somebody who copied all but headquarters' key: users, passwords, even the name shown."""
    name, asked = "broker.example.com", socket.getaddrinfo
    poisoned = lambda host, *more, **named: asked("127.0.0.1" if host == name else host, *more, **named)  # noqa: E731
    monkeypatch.setattr(socket, "getaddrinfo", poisoned)
    with tls_broker(tmp_path / "broker", stranger.issue(f"DNS:{name}")) as broker:
        link = link_to(broker.port, Tls(ca_file=ca.pem), name)
        assert not connects(link)
        assert name in str(link.error) and "no CA that is trusted" in str(link.error)
        assert "box-1" not in heard(broker)
        fooled = link_to(broker.port, Tls(ca_file=stranger.pem), name)
        assert connects(fooled), "only the pinned CA stood between them"
        assert "as box-1" in heard(broker)
        fooled.close()


@pytest.mark.fault("F26")
def test_a_certificate_that_is_not_valid_yet_is_explained_and_tried_again(tmp_path: Path, ca: Authority) -> None:
    """To the box it is the same whether the certificate is early or its own clock is late."""
    with tls_broker(tmp_path / "broker", ca.issue(starts_s=3)) as broker:
        link = link_to(broker.port, Tls(ca_file=ca.pem))
        assert not connects(link)
        assert "not valid yet" in str(link.error) and "set the clock" in str(link.error)
        assert f"{datetime.now(UTC):%Y-%m-%d}" in str(link.error)
        assert "box-1" not in heard(broker)
        deadline = time.monotonic() + 8
        while not link.connected and time.monotonic() < deadline:
            time.sleep(0.02)
            link.poll(0.05)
        assert link.connected and link.error is None
        link.close()


@pytest.mark.parametrize(
    ("issued", "said"),
    [
        ({"names": "DNS:elsewhere.example.com"}, "for another name than 127.0.0.1"),
        ({"starts_s": -7200, "ends_s": -3600}, "has expired"),
    ],
    ids=["other name", "expired"],
)
def test_a_certificate_that_does_not_hold_is_explained(
    tmp_path: Path, ca: Authority, issued: dict[str, Any], said: str
) -> None:
    with tls_broker(tmp_path / "broker", ca.issue(**issued)) as broker:
        link = link_to(broker.port, Tls(ca_file=ca.pem))
        assert not connects(link)
        assert said in str(link.error)
        assert "box-1" not in heard(broker)


def test_a_port_without_tls_is_not_spoken_to_in_clear(ca: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        server.settimeout(5)
        link = link_to(port, Tls(ca_file=ca.pem))
        got: list[bytes] = []

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                got.append(connection.recv(4096))
                connection.sendall(b"\x20\x03\x00\x00\x00")  # a CONNACK, as a broker in clear would

        thread = threading.Thread(target=answer)
        thread.start()
        assert not connects(link)
        thread.join()
    assert "is this the broker's TLS port" in str(link.error)
    assert got[0][:1] == b"\x16" and b"secret" not in got[0]


def test_a_broker_may_ask_boxes_for_a_certificate(tmp_path: Path, ca: Authority) -> None:
    with tls_broker(tmp_path / "broker", ca.issue(), f"cafile {ca.pem}", "require_certificate true") as broker:
        assert not connects(link_to(broker.port, Tls(ca_file=ca.pem)))
        cert, key = ca.issue("DNS:box-1")
        link = link_to(broker.port, Tls(ca.pem, cert, key))
        assert connects(link)
        link.close()


def test_doctor_tells_a_good_certificate_from_a_bad_one(
    tmp_path: Path, box: TestBox, ca: Authority, stranger: Authority
) -> None:
    answered = {"pending": {"a": 0}, "last_ack_age_s": 1.0, "running": True, "verdict": "ok", "error": None}
    with tls_broker(tmp_path / "broker", ca.issue()) as broker:
        for trusted, level, slug in ((ca, Level.OK, "secured"), (stranger, Level.WARN, "untrusted")):
            aim(box, Tls(ca_file=trusted.pem), port=broker.port)
            house = House(box.config.path, box.config, "", Env(), list, lambda: answered, lambda: True)
            first = next(iter(BrokerCheck().run(house)))
            assert (first.level, first.slug) == (level, slug), first
        assert "ca_file" in first.params["why"]


def test_the_configuration_shows_tls_and_where_its_files_lie(box: TestBox, ca: Authority) -> None:
    cert, key = ca.issue()
    aim(box, Tls(ca.pem, cert, key), "broker.example.com")
    shown = list(lines(box.config))
    assert "tls = true" in shown
    assert not [path for path in (ca.pem, cert, key) if not any(str(path) in line for line in shown)]
    aim(box, None)
    assert "tls = false" in list(lines(box.config))


def hq_file(folder: Path, broker: str) -> Path:
    (folder / "password").write_text("secret")
    path = folder / "hq.toml"
    path.write_text(f'[hq]\ntenant = "demo"\n[broker]\nuser = "hq"\npassword_file = "password"\n{broker}\n')
    return path


def test_headquarters_refuses_to_go_out_in_clear_as_well(tmp_path: Path, ca: Authority) -> None:
    with pytest.raises(ConfigError, match=r"\[broker\].*10\.0\.0\.7 in clear; write tls = true"):
        load_hq(hq_file(tmp_path, 'host = "10.0.0.7"\ntls = false'))
    assert load_hq(hq_file(tmp_path, 'host = "10.0.0.7"')).tls == Tls()
    assert load_hq(hq_file(tmp_path, 'host = "127.0.0.1"')).tls is None
    shutil.copy(ca.pem, tmp_path / "ca.pem")
    found = load_hq(hq_file(tmp_path, 'host = "10.0.0.7"\nca_file = "ca.pem"')).tls
    assert found == Tls(ca_file=tmp_path / "ca.pem")
