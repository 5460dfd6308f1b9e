"""hq.toml: where headquarters keeps its data, which tenant it serves, where its broker and its page are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from edge.base.config import ConfigError, Section, broker_tls
from edge.base.money import CURRENCIES, Currency
from edge.base.tls import Tls


@dataclass(frozen=True)
class HqConfig:
    """``password`` and ``tls`` (None: in clear) are the broker's; ``data`` holds hq.db and boxes/<box>.key."""

    path: Path
    tenant: str
    data: Path
    host: str
    port: int
    zone: ZoneInfo
    currency: Currency
    trusted_hosts: tuple[str, ...]
    broker_host: str
    broker_port: int
    broker_user: str
    password: str
    tls: Tls | None = None

    @property
    def database(self) -> Path:
        return self.data / "hq.db"

    def key_file(self, box: str) -> Path:
        """Where the key lies that signs what headquarters tells one box."""
        return self.data / "boxes" / f"{box}.key"


def load(path: Path) -> HqConfig:
    """Read and check the file. Raises ConfigError with a sentence that says what to write."""
    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
    except FileNotFoundError:
        raise ConfigError(f"{path} is missing; name another with --config") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None
    top = Section(str(path), found)
    top.asked.update(("hq", "broker"))
    top.done()
    hq, broker = (Section(f"{path} [{name}]", found.get(name, {})) for name in ("hq", "broker"))
    broker_host = broker.text("host")
    config = HqConfig(
        path=path,
        tenant=hq.name("tenant"),
        data=(path.parent / hq.text("data", "/var/lib/tillbox-hq")).resolve(),
        host=hq.text("host", "127.0.0.1"),
        port=hq.number("port", 8090, 1, 65535),
        zone=_zone(hq),
        currency=CURRENCIES[hq.text("currency", "CNY", tuple(CURRENCIES))],
        trusted_hosts=hq.texts("trusted_hosts", ["127.0.0.1", "localhost", "[::1]"]),
        broker_host=broker_host,
        broker_port=broker.number("port", 8883, 1, 65535),
        broker_user=broker.name("user"),
        password=_secret(path, broker),
        tls=broker_tls(broker, path.parent, broker_host),
    )
    hq.done()
    broker.done()
    return config


def _zone(section: Section) -> ZoneInfo:
    name = section.text("zone", "Asia/Shanghai")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigError(f"{section.where}: zone {name!r} is unknown; write one like Asia/Shanghai") from None


def _secret(path: Path, section: Section) -> str:
    file = path.parent / section.text("password_file")
    try:
        return file.read_text().strip()
    except OSError as error:
        raise ConfigError(f"{section.where}: password_file can't be read: {error}") from None
