"""What set-up is going to do, worked out from the answers before anything is touched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from edge.base.tls import is_loopback
from edge.resources import package_file
from edge.setup.parts import DeviceAnswer
from edge.setup.questions import Given

PASSWORD_FILE, KEY_FILE = "keys/hq-password", "keys/hq.key"
DEFAULT_DATA = Path("/var/lib/tillbox")
_LANE = """
[[lane]]
id = {id}
mode = {mode}
kind = "till"
{printer}
"""
_HQ = """[hq]
# The broker's name or address, and its TLS port. / 消息服务器的地址和端口。
host = {host}
port = {port}
# Encrypts the way there; false is only for a broker on this machine. / 加密传输；只有服务器就在本机时才可写 false。
tls = {tls}
# The CA that signed the broker's certificate, if it is headquarters' own. / 总部自建 CA 时，它的证书文件。
# ca_file = "keys/ca.pem"
# If the broker asks boxes for a certificate. / 服务器要求客户端证书时填写。
# client_cert = "keys/box.pem"
# client_key = "keys/box-key.pem"
# Usually the box's own name. / 一般就是本机编号。
user = {user}
# Files that hold the broker's password and the key from `tillbox-hq box add`; keep them at 0600.
# 两个文件：服务器密码、总部发的密钥；权限须为 0600。
password_file = {password_file}
key_file = {key_file}
"""


@dataclass(frozen=True)
class Manager:
    """The first person who may do everything at the till."""

    name_zh: str
    name_en: str
    pin: str


@dataclass(frozen=True)
class Plan:
    """config: the text of tillbox.toml; secrets: file beside it -> text; settings: name -> value."""

    config: str
    secrets: dict[str, str]
    settings: dict[str, Any]
    manager: Manager


def make(given: Given, data: Path) -> Plan:
    """The plan for these answers, with the box's data in the folder `data`."""
    secrets = {PASSWORD_FILE: f"{given['hq_password']}\n", KEY_FILE: f"{given['hq_key']}\n"} if given["hq"] else {}
    both = ("zh-CN", "zh"), ("en", "en")
    rules = {
        "tax": given["tax"],
        "store_name": {lang: given[f"store_name_{short}"] for lang, short in both},
        "receipt": {
            part: {lang: given[f"receipt_{part}_{short}"] for lang, short in both} for part in ("header", "footer")
        },
    }
    manager = Manager(given["manager_name_zh"], given["manager_name_en"], given["manager_pin"])
    return Plan(config_text(given, data), secrets, rules, manager)


def config_text(given: Given, data: Path) -> str:
    """The commented tillbox.toml for these answers."""
    lanes, devices = given["lanes"], _devices(given)
    template = Template(package_file("edge", "setup", "tillbox.toml.in").read_text(encoding="utf-8"))
    facts = {key: quote(given[key]) for key in ("tenant", "store", "box", "zone", "currency", "port")}
    return template.substitute(
        facts,
        languages=quote(given["languages"]),
        data=quote(str(data)),
        lanes="".join(_lane(lane, given) for lane in lanes) + "\n",
        devices="".join(map(_device, devices)) + ("" if devices else "\n" + _commented(_EXAMPLES)) + "\n",
        hq=_hq(given),
    )


def sample() -> str:
    """tillbox.toml as it would be with nothing but defaults: the commented file to begin with by hand."""
    given: Given = {
        "tenant": "shop", "store": "S01", "box": "box-1", "zone": "Asia/Shanghai", "currency": "CNY", "port": 8080,
        "languages": ["zh-CN", "en"], "lanes": ["1"], "mode": "live", "hq": False,
    }  # fmt: skip
    return config_text(given, DEFAULT_DATA)


def quote(value: Any) -> str:
    """A value as TOML: JSON's texts, numbers, booleans and lists are TOML's too."""
    return json.dumps(value, ensure_ascii=False)


def _devices(given: Given) -> list[DeviceAnswer]:
    found = [given.get(f"{kind}.{lane}") for lane in given["lanes"] for kind in ("scanner", "printer")]
    return [device for device in found if device is not None]


def _lane(lane: str, given: Given) -> str:
    printer = given.get(f"printer.{lane}")
    line = f"printer = {quote(printer.name)}" if printer else '# printer = "printer-1"'
    return _LANE.format(id=quote(lane), mode=quote(given["mode"]), printer=line)


_EXAMPLES = """[[device]]
name = "scanner-1"
driver = "serial-scanner"
lane = "1"
port = "/dev/ttyACM0"

[[device]]
name = "printer-1"
driver = "escpos-usb"
"""


def _device(device: DeviceAnswer) -> str:
    lines = [f"name = {quote(device.name)}", f"driver = {quote(device.driver)}"]
    if device.kind != "printer":
        lines.append(f"lane = {quote(device.lane)}")
    lines += [f"{key} = {quote(value)}" for key, value in device.options.items()]
    return "\n[[device]]\n" + "\n".join(lines) + "\n"


def _hq(given: Given) -> str:
    host = given.get("hq_host", "broker.example.com")
    facts = {
        "host": quote(host), "tls": quote(not is_loopback(host)), "port": given.get("hq_port", 8883),
        "user": quote(given.get("hq_user", given["box"])),
        "password_file": quote(PASSWORD_FILE), "key_file": quote(KEY_FILE),
    }  # fmt: skip
    text = _HQ.format(**facts)
    return text if given["hq"] else _commented(text)


def _commented(text: str) -> str:
    return "".join(line if line.startswith("# ") else f"# {line}".rstrip() + "\n" for line in text.splitlines(True))
