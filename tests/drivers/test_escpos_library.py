"""python-escpos is loaded late, once, and leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys

CHECK = """
import glob, logging, os, sys, tempfile, threading
tempfile.tempdir = sys.argv[1]
import drivers.registry, drivers.simulated, drivers.escpos_tokens
from edge.base.clock import SystemClock
from edge.base.document import Document, Text, Cut
early = {name.split(".")[0] for name in sys.modules} & {"escpos", "PIL", "serial", "qrcode", "barcode"}
assert not early, early
os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = "/nonexistent"
printer = drivers.registry.create("simulated-printer", "p", {}, SystemClock())
doc = Document("en", (Text("hi"), Cut()), "")
jobs = [threading.Thread(target=printer.render, args=(doc,)) for _ in range(4)]
[job.start() for job in jobs]
[job.join() for job in jobs]
assert printer.render(doc).startswith(b"\\x1b@")
assert os.listdir(sys.argv[1]) == [], os.listdir(sys.argv[1])
assert logging.getLogger().handlers == []
assert os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] == "/nonexistent"
assert "ESCPOS_CAPABILITIES_FILE" not in os.environ
print("clean")
"""
FIRST = """
import escpos.printer
from drivers.printer_escpos_library import dummy
printer = dummy(384)
printer.cut()
print("clean" if printer.output.endswith(b"\\x1dV\\x00") else printer.output)
"""


def run(code: str, *args: str) -> str:
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.strip() or done.stderr


def test_no_log_handler_no_folder_no_variable_is_left(tmp_path: object) -> None:
    assert run(CHECK, str(tmp_path)) == "clean"


def test_works_when_somebody_else_has_loaded_the_library_first() -> None:
    assert run(FIRST) == "clean"
