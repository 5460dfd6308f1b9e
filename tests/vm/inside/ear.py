"""Inside the guest: listens where a scanner's keys come out unless grabbed; /run/ear.heard names who heard."""

import os
import select
import tty
from pathlib import Path

ports = {}
for found in Path("/sys/class/input").glob("event*"):
    if "Bar Code" in (found / "device/name").read_text():
        ports[os.open(f"/dev/input/{found.name}", os.O_RDONLY | os.O_NONBLOCK)] = found.name
console = os.open("/dev/tty1", os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
tty.setraw(console)
ports[console] = "tty1"
assert len(ports) >= 2, "no scanner is plugged in"
with open("/run/ear.heard", "w", buffering=1) as heard:
    Path("/run/ear.ready").touch()
    while True:
        for port in select.select(ports, [], [])[0]:
            heard.write(f"{ports[port]}:{len(os.read(port, 4096))}\n")
