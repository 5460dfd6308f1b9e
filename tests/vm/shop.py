"""The steps of a technician and a cashier in the guest, each with what must come of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import paho.mqtt.client as mqtt

from edge.errors import TillboxError
from sync import messages
from tests.vm.guest import Guest

TENANT = "demo"
PASSWORDS = {"box-1": "secret-of-the-box", "hq": "secret-of-headquarters"}
MILK, GADGET = "6901234567892", "python3 /mnt/inside/gadget.py"
CASHIER = "python3 /mnt/inside/cashier.py"
PAPER, TYPED = "/run/paper", "/run/typed"
FILES = {
    "shop.toml": f"""
tenant = "{TENANT}"
store_name_zh = "街角小店"
store_name_en = "Corner shop"
manager_name_zh = "王敏"
manager_name_en = "Min Wang"
manager_pin = "905713"
hq = true
hq_host = "127.0.0.1"
hq_port = 1883
hq_user = "box-1"
hq_password = "{PASSWORDS["box-1"]}"
hq_key = "{"5a" * 32}"
[[lane]]
id = "1"
printer = "escpos-usb path=/dev/usb/lp0 mode=text"
""",
    "products.csv": f"""编码,条码,名称,英文名,类别,单位,售价,会员价,税组,库存
20001,{MILK},纯牛奶 1L,Milk 1 l,乳蛋,pc,12.50,11.50,A,2400
""",
}


@contextmanager
def step(name: str) -> Iterator[None]:
    """Says what is done and how long it took."""
    began = time.monotonic()
    print(f"· {name} …", flush=True)
    yield
    print(f"  {name}: {time.monotonic() - began:.0f} s", flush=True)


class Listener:
    """Headquarters' ear at the broker of this machine: the events that arrived."""

    def __init__(self, port: int) -> None:
        self.events: list[dict[str, Any]] = []
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        self._client.username_pw_set("hq", PASSWORDS["hq"])
        self._client.on_message = self._heard
        self._client.connect("127.0.0.1", port)
        self._client.subscribe(f"tb/1/{TENANT}/+/up/#", qos=1)

    def __enter__(self) -> Listener:
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.loop_stop()

    def _heard(self, client: mqtt.Client, data: object, message: mqtt.MQTTMessage) -> None:
        if message.topic.endswith("/state"):
            return
        try:
            batch = messages.decode_batch(message.payload)
        except TillboxError as error:
            print(f"  a batch that can't be read: {error}", flush=True)
            return
        self.events += [json.loads(event.body) for event in batch.events]


def open_shop(guest: Guest) -> None:
    """From Debian to a running shop, as README tells it."""
    with step("boot"):
        guest.run("systemctl is-system-running --wait || true; lsblk -n; df -h / /var/lib/tillbox", 180)
        guest.run("dev=$(ls /sys/class/net | grep -v lo); ip addr add 10.0.2.15/24 dev $dev; ip link set $dev up")
        # in clear it speaks to a broker on this machine only; from there on it is the virtual cable's own matter
        relay = "/lib/systemd/systemd-socket-proxyd 10.0.2.100:1883"
        guest.run(f"systemd-run -q --unit=relay --socket-property=ListenStream=127.0.0.1:1883 {relay}")
    with step("systemd/install"):
        print(_quoted(guest.run("/mnt/systemd/install --wheels /mnt/wheels", 600)))
    with step("the devices"):
        guest.run(f"{GADGET} scanner plug; {GADGET} printer plug; udevadm settle")
        _background(guest, f"{GADGET} printer serve {PAPER}", "printer")
        guest.wait(
            lambda: guest.ask("test -c /dev/usb/lp0 -a -c /dev/hidg0")[0] == 0, 20, "/dev/usb/lp0 and /dev/hidg0"
        )
    with step("setup and import"):
        print(
            _quoted(
                guest.run("tillbox setup --answers /mnt/shop.toml && tillbox import products /mnt/products.csv", 300)
            )
        )
    with step("enrol, grant and start"):
        enrol(guest)
        print(_quoted(guest.run("tillbox grant", 120)))
        guest.run("systemctl start tillbox tillbox-sync tillbox-maintain.timer", 240)
        print(_quoted(guest.run("systemctl is-active tillbox tillbox-sync tillbox-maintain.timer")))


def enrol(guest: Guest) -> None:
    """The code that `tillbox enrol` shows is scanned by the scanner that is wanted."""
    _background(guest, "tillbox enrol --lane 1 --seconds 100", "enrol")
    shown = ""

    def asked() -> bool:
        nonlocal shown
        shown = guest.ask(r"grep -o 'Aqz[0-9]*-Yw' /run/enrol")[1]
        return bool(shown)

    guest.wait(asked, 60, "enrol to show a code")
    time.sleep(3)
    guest.run(f"{GADGET} scanner type {shown}")
    guest.wait(lambda: guest.ask("grep -q evdev-scanner /etc/tillbox/tillbox.toml")[0] == 0, 60, "the device's section")
    print(_quoted(guest.run("sed -n '/enrol/,$p' /etc/tillbox/tillbox.toml")))


def first_sale(guest: Guest, listener: Listener) -> None:
    """Scan, line, pay; then paper at the printer and the event at the broker of this machine."""
    with step("scan, sale, paper, event"):
        guest.run(f"{CASHIER} login")
        took = scan(guest)
        sale = guest.run(f"{CASHIER} pay").split("\n")[0]
        print(f"  one line {took:.1f} s after the scan; sale {sale} completed", flush=True)
        guest.wait(lambda: guest.ask(f"grep -aq S01- {PAPER}")[0] == 0, 60, "the receipt at the printer")
        size = guest.run(f"stat -c %s {PAPER}")
        guest.wait(lambda: _about(listener, sale), 90, "the event at the broker")
        print(
            f"  {size} bytes at the printer; {len(listener.events)} events at the broker, that sale's among them",
            flush=True,
        )


def _about(listener: Listener, sale: str) -> bool:
    return any(event.get("type") == "sale.completed" and sale in json.dumps(event) for event in listener.events)


def scan(guest: Guest) -> float:
    """One scan; seconds until its line stands on the screen."""
    before = pieces(guest)
    guest.run(f"{GADGET} scanner type {MILK}")
    return guest.wait(lambda: pieces(guest) > before, 30, "the line of the scan")


def pieces(guest: Guest) -> int:
    """How much lies in the open basket, in thousandths."""
    view = json.loads(guest.run(f"{CASHIER} state").split("\n")[-1])
    return sum(int(line["qty"]) for line in view["basket"]["lines"])


def grabbed(guest: Guest) -> None:
    """Nobody else hears the scanner: not its device file's other readers, not the console; without the till both do."""
    with step("the grab"):
        guest.run("systemctl stop getty@tty1.service; systemctl mask --runtime getty@tty1.service")
        guest.run("systemd-run -q --unit=ear python3 /mnt/inside/ear.py")
        guest.wait(lambda: guest.ask("test -e /run/ear.ready")[0] == 0, 30, "the other readers")
        for _ in range(3):
            scan(guest)
            time.sleep(1)
        heard = guest.run("cat /run/ear.heard")
        assert heard == "", f"others heard the scanner: {heard}"
        guest.run("systemctl stop tillbox")
        guest.run(f"{GADGET} scanner type {MILK}; sleep 1")
        heard = guest.run("cat /run/ear.heard")
        assert "event" in heard and "tty" in heard, f"the readers hear nothing at all: {heard!r}"
        guest.run("systemctl stop ear; systemctl start tillbox", 240)
        print(
            f"  3 scans: nothing heard beside the till; without the till the same readers heard: {heard.split()}",
            flush=True,
        )


def unplugged(guest: Guest) -> None:
    """Out, back in: the next scan counts."""
    with step("unplug and return"):
        guest.run(f"{CASHIER} login")
        for _ in range(3):
            guest.run(f"{GADGET} scanner unplug; sleep 2; {GADGET} scanner plug; udevadm settle; sleep 2")
            print(f"  back: a line {scan(guest):.1f} s after the scan", flush=True)
        guest.run(f"{CASHIER} pay")


def _background(guest: Guest, command: str, name: str) -> None:
    guest.run(f"PYTHONUNBUFFERED=1 setsid nohup {command} >/run/{name} 2>&1 </dev/null &")


def _quoted(text: str) -> str:
    return "\n".join(f"  | {line}" for line in text.split("\n"))
