"""Inside the guest: a USB keyboard scanner and a USB printer, made by the kernel's own gadgets behind dummy_hcd.

gadget.py scanner plug|unplug|type CODE; gadget.py printer plug|serve FILE
"""

import os
import subprocess
import sys
import time
from pathlib import Path

CONFIG = Path("/sys/kernel/config/usb_gadget")
# The descriptor of a boot keyboard, as in the kernel's documentation of the gadget.
KEYBOARD = bytes.fromhex(
    "05010906a101050719e029e71500250175019508810295017508810395057501050819012905910295017503910395067508150025650507"
    "190029658100c0"
)
QUESTIONS = (b"\x10\x04", b"\x1dr\x01")  # how are you; are you done
KEYS = (
    {"0": 39} | {str(n): 29 + n for n in range(1, 10)} | {chr(97 + n): 4 + n for n in range(26)} | {"\n": 40, "-": 45}
)
IDS = {
    "scanner": ("0x05e0", "0x1200", "Symbol", "Bar Code Scanner"),
    "printer": ("0x04b8", "0x0202", "EPSON", "TM-T20"),
}


def _make(kind: str) -> Path:
    subprocess.run("modprobe -a libcomposite usblp; modprobe dummy_hcd num=2", shell=True, check=True)
    gadget = CONFIG / kind
    function = gadget / "functions" / ("hid.0" if kind == "scanner" else "printer.0")
    for folder in (gadget / "strings/0x409", gadget / "configs/c.1", function):
        folder.mkdir(parents=True, exist_ok=True)
    vendor, product, maker, name = IDS[kind]
    for key, value in (("idVendor", vendor), ("idProduct", product)):
        (gadget / key).write_text(value)
    for key, value in (("manufacturer", maker), ("product", name)):
        (gadget / "strings/0x409" / key).write_text(value)
    if kind == "scanner":
        for key, value in (("protocol", "1"), ("subclass", "1"), ("report_length", "8")):
            (function / key).write_text(value)
        (function / "report_desc").write_bytes(KEYBOARD)
    else:
        (function / "pnp_string").write_text("MFG:EPSON;MDL:TM-T20;CMD:ESC/POS;CLS:PRINTER;")
    (gadget / "configs/c.1" / function.name).symlink_to(function)
    return gadget


def plug(kind: str) -> None:
    """Into its own socket: always the same one."""
    gadget = CONFIG / kind
    if not (gadget / "UDC").exists():
        gadget = _make(kind)
    (gadget / "UDC").write_text("dummy_udc.0" if kind == "scanner" else "dummy_udc.1")


def unplug(kind: str) -> None:
    (CONFIG / kind / "UDC").write_text("\n")


def type_code(text: str) -> None:
    """A code and Enter, as fast as the bus takes it."""
    port = os.open("/dev/hidg0", os.O_RDWR)
    for letter in text + "\n":
        for key, shift in ((KEYS[letter.lower()], 2 * letter.isupper()), (0, 0)):
            os.write(port, bytes((shift, 0, key, 0, 0, 0, 0, 0)))


def serve(path: str) -> None:
    """A printer: keeps every byte in a file; says that it is well, and that it is done with all before the question."""
    port, rest = os.open("/dev/g_printer0", os.O_RDWR), b""
    with open(path, "ab", buffering=0) as file:
        while True:
            data = os.read(port, 8192)
            if not data:
                time.sleep(0.02)
                continue
            file.write(data)
            rest += data
            while (at := min((n for n in map(rest.find, QUESTIONS) if n >= 0), default=-1)) >= 0:
                if len(rest) < at + 3:
                    break
                os.write(port, b"\x12" if rest[at] == 0x10 else b"\x00")
                rest = rest[at + 3 :]
            rest = rest[-8192:]


if sys.argv[2] == "plug":
    plug(sys.argv[1])
elif sys.argv[2] == "unplug":
    unplug(sys.argv[1])
elif sys.argv[2] == "type":
    type_code(sys.argv[3])
else:
    serve(sys.argv[3])
