"""tillbox.toml: the technician's facts (identity, lanes, devices, broker, paths), read with bounds.

Every refusal names the file, the key, what was found and what would do. Unknown keys are refused with a suggestion:
a typo that is silently ignored is a fault found on a Saturday.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from edge.base.i18n import LANGS
from edge.base.money import CURRENCIES
from edge.base.tls import Tls, is_loopback

MODES = ("live", "training", "demo")
LANE_KINDS = ("till", "kiosk")


class ConfigError(Exception):
    """The configuration can't be used; the text says which key and what to write."""


@dataclass(frozen=True)
class StoreIdentity:
    tenant: str
    store: str
    box: str
    zone: str
    currency: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class WebConfig:
    host: str = "127.0.0.1"
    port: int = 8080
    threads: int = 24
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class LaneConfig:
    id: str
    mode: str = "live"
    printer: str | None = None
    kind: str = "till"


@dataclass(frozen=True)
class DeviceConfig:
    name: str
    driver: str
    lane: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HqLink:
    """Where headquarters' broker is. key signs what HQ says (HMAC-SHA256), one key a box. tls None: in clear.

    public: the address of headquarters' page for customers ("": it has none).
    """

    host: str
    port: int
    user: str
    password: str
    key: bytes
    tls: Tls | None = None
    public: str = ""


@dataclass(frozen=True)
class Config:
    path: Path
    store: StoreIdentity
    data: Path
    web: WebConfig
    lanes: tuple[LaneConfig, ...]
    devices: tuple[DeviceConfig, ...]
    hq: HqLink | None

    @property
    def database(self) -> Path:
        return self.data / "box.db"


class Section:
    """One table of the file; each getter checks type and bounds, `done` refuses what nobody asked for."""

    def __init__(self, where: str, table: Any) -> None:
        if not isinstance(table, dict):
            raise ConfigError(f"{where}: expected a table of keys, not {table!r}")
        self.where, self.table, self.asked = where, table, set[str]()

    def _get(self, key: str, kind: type, default: Any) -> Any:
        self.asked.add(key)
        value = self.table.get(key, default)
        if value is ...:
            raise ConfigError(f"{self.where}: {key} is missing")
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise ConfigError(f"{self.where}: {key} must be {_KINDS[kind]}, not {value!r}")
        return value

    def text(self, key: str, default: Any = ..., choices: tuple[str, ...] = ()) -> Any:
        value = self._get(key, str, default)
        if choices and value is not None and value not in choices:
            raise ConfigError(f"{self.where}: {key} must be one of {', '.join(choices)}, not {value!r}")
        return value

    def name(self, key: str) -> str:
        """A text that may stand in a topic, a file name and a receipt number."""
        value = str(self._get(key, str, ...))
        if not value or len(value) > 32 or not all(c.isascii() and (c.isalnum() or c in "-_") for c in value):
            raise ConfigError(f"{self.where}: {key} may hold 1 to 32 letters, digits, - and _, not {value!r}")
        return value

    def number(self, key: str, default: Any, low: int, high: int) -> int:
        value = self._get(key, int, default)
        if not low <= value <= high:
            raise ConfigError(f"{self.where}: {key} must be between {low} and {high}, not {value}")
        return int(value)

    def flag(self, key: str, default: bool) -> bool:
        return bool(self._get(key, bool, default))

    def texts(self, key: str, default: list[str]) -> tuple[str, ...]:
        value = self._get(key, list, default)
        if not all(isinstance(v, str) for v in value):
            raise ConfigError(f"{self.where}: {key} must be a list of texts")
        return tuple(value)

    def rest(self) -> dict[str, Any]:
        """What is left for the driver, which checks its own options."""
        return {k: v for k, v in self.table.items() if k not in self.asked}

    def done(self) -> None:
        for key in self.rest():
            close = difflib.get_close_matches(key, self.asked, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; known here: {', '.join(sorted(self.asked))}"
            raise ConfigError(f"{self.where}: unknown key {key!r}{hint}")


_KINDS = {str: "a text", int: "a whole number", list: "a list", bool: "true or false"}


def load(path: Path) -> Config:
    """Read and check the file. Raises ConfigError with a sentence that says what to do."""
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
    except FileNotFoundError:
        raise ConfigError(
            f"{path} is missing; `tillbox setup` makes it (or name another with --config, or try `tillbox demo`)"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path} can't be read ({error.strerror}); check its owner and its place") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None
    top = Section(str(path), table)
    for key in ("store", "data", "web", "lane", "device", "hq"):
        top.asked.add(key)
    top.done()
    store = _store(Section(f"{path} [store]", table.get("store", {})))
    data = Section(f"{path} [data]", table.get("data", {}))
    folder = (path.parent / data.text("path", "/var/lib/tillbox")).resolve()
    data.done()
    lanes = _lanes(path, table)
    devices = _devices(path, table, {lane.id for lane in lanes})
    _printers_exist(path, lanes, devices)
    hq = _hq(path, Section(f"{path} [hq]", table["hq"])) if "hq" in table else None
    return Config(path, store, folder, _web(Section(f"{path} [web]", table.get("web", {}))), lanes, devices, hq)


def _store(section: Section) -> StoreIdentity:
    tenant, store, box = section.name("tenant"), section.name("store"), section.name("box")
    zone = section.text("zone", "Asia/Shanghai")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ConfigError(f"{section.where}: zone {zone!r} is unknown; write one like Asia/Shanghai") from None
    currency = section.text("currency", "CNY", tuple(CURRENCIES))
    languages = section.texts("languages", list(LANGS))
    if not languages or any(lang not in LANGS for lang in languages):
        raise ConfigError(f"{section.where}: languages may hold {', '.join(LANGS)}")
    section.done()
    return StoreIdentity(tenant, store, box, zone, currency, languages)


def _entries(path: Path, table: dict[str, Any], name: str) -> list[Any]:
    entries = table.get(name, [])
    if not isinstance(entries, list):
        raise ConfigError(f"{path}: {name} must be written as [[{name}]], once for each")
    return entries


def _web(section: Section) -> WebConfig:
    web = WebConfig(
        host=section.text("host", "127.0.0.1"),
        port=section.number("port", 8080, 1, 65535),
        threads=section.number("threads", 24, 16, 64),
        trusted_hosts=section.texts("trusted_hosts", list(WebConfig.trusted_hosts)),
    )
    section.done()
    return web


def _lanes(path: Path, table: dict[str, Any]) -> tuple[LaneConfig, ...]:
    lanes = []
    for n, entry in enumerate(_entries(path, table, "lane"), 1):
        section = Section(f"{path} [[lane]] {n}", entry)
        number, mode, printer = section.name("id"), section.text("mode", "live", MODES), section.text("printer", None)
        lanes.append(LaneConfig(number, mode, printer, section.text("kind", "till", LANE_KINDS)))
        section.done()
    if not lanes:
        raise ConfigError(f"{path}: at least one [[lane]] is needed")
    _unique(path, "lane id", [lane.id for lane in lanes])
    return tuple(lanes)


def _devices(path: Path, table: dict[str, Any], lanes: set[str]) -> tuple[DeviceConfig, ...]:
    devices = []
    for n, entry in enumerate(_entries(path, table, "device"), 1):
        section = Section(f"{path} [[device]] {n}", entry)
        name, driver, lane = section.name("name"), section.text("driver"), section.text("lane", None)
        if lane is not None and lane not in lanes:
            raise ConfigError(f"{section.where}: lane {lane!r} is not one of {', '.join(sorted(lanes))}")
        devices.append(DeviceConfig(name, driver, lane, section.rest()))
    _unique(path, "device name", [device.name for device in devices])
    return tuple(devices)


def _printers_exist(path: Path, lanes: tuple[LaneConfig, ...], devices: tuple[DeviceConfig, ...]) -> None:
    names = {device.name for device in devices}
    for lane in lanes:
        if lane.printer is not None and lane.printer not in names:
            raise ConfigError(f"{path} [[lane]] {lane.id}: printer {lane.printer!r} is no [[device]] of this file")


def _unique(path: Path, what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{path}: {what} {name!r} is given twice; each must be unique")


def _hq(path: Path, section: Section) -> HqLink:
    def secret(key: str) -> str:
        file = path.parent / section.text(key)
        try:
            return file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{section.where}: {key} can't be read: {error}") from None

    key, host = secret("key_file"), section.text("host")
    link = HqLink(
        host=host,
        port=section.number("port", 8883, 1, 65535),
        user=section.name("user"),
        password=secret("password_file"),
        key=_hex(section.where, key),
        tls=broker_tls(section, path.parent, host),
        public=_public(section),
    )
    section.done()
    return link


def _public(section: Section) -> str:
    found = section.text("public", "").rstrip("/")
    parts = urlsplit(found)
    if found and (parts.scheme not in ("https", "http") or not parts.netloc or parts.query or len(found) > 100):
        raise ConfigError(f"{section.where}: public must be an address such as https://hq.example.com")
    return found


def broker_tls(section: Section, folder: Path, host: str) -> Tls | None:
    """How to speak to the broker: TLS, unless it is on this machine. Files are meant relative to `folder`."""
    on = section.flag("tls", not is_loopback(host))
    named = {key: section.text(key, None) for key in ("ca_file", "client_cert", "client_key")}
    files = {key: folder / name for key, name in named.items() if name is not None}
    if not on and not is_loopback(host):
        raise ConfigError(
            f"{section.where}: tls = false would send the password and personal data to {host} in clear; write "
            "tls = true, and name headquarters' CA in ca_file unless the system knows it"
        )
    if not on and files:
        raise ConfigError(f"{section.where}: {min(files)} does nothing without TLS; write tls = true, or take it out")
    if ("client_cert" in files) != ("client_key" in files):
        raise ConfigError(f"{section.where}: client_cert and client_key belong together; write both or none")
    for key, file in files.items():
        try:
            file.read_bytes()
        except OSError as error:
            raise ConfigError(f"{section.where}: {key} can't be read: {error}") from None
    tls = Tls(**files)
    try:
        if files:
            tls.context()
    except OSError as error:
        raise ConfigError(
            f"{section.where}: {', '.join(files)} must hold certificates in PEM, and the client's key without "
            f"a password: {error}"
        ) from None
    return tls if on else None


def _hex(where: str, text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < 32:
        raise ConfigError(f"{where}: key_file must hold at least 32 bytes in hex; ask HQ for this box's key file")
    return key
