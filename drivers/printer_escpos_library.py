"""The one place where python-escpos 3.1 is imported: late (17 MiB), once, and without its side effects.

At import the library adds a handler to the root logger, leaves a folder in the temporary directory, parses a large
YAML file for 0.7 s, and unpickles whatever lies in the folder an environment variable names. Here it finds a silent
handler, a small profile file of ours and a private folder, all gone afterwards.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from drivers.escpos_tokens import FRAGMENT

_lock = threading.Lock()
_FEATURES = {"paperFullCut": True, "paperPartCut": True}
# In a picture DLE EOT, DLE ENQ and DLE DC4 are still obeyed at once by real printers (the last opens a drawer).
# White is 1 here, so the bytes are seen inverted: 0x10 is 0xEF. One more black dot makes it 0x30.
_REAL_TIME = re.compile(rb"\xef(?=[\xfb\xfa\xeb])")


def dummy(width: int) -> Any:
    """A new escpos.printer.Dummy for a paper of `width` dots (576 or 384); its `output` are the bytes."""
    with _lock:
        escpos = _load()
        profiles = escpos.capabilities.CAPABILITIES["profiles"]
        if f"dots{width}" not in profiles:  # somebody else was first to import the library
            profiles.update(_capabilities()["profiles"])
        return escpos.printer.Dummy(profile=f"dots{width}")


def put_image(printer: Any, image: Image.Image) -> None:
    """Print a mode "1" picture (width a multiple of 8) in fragments, free of the real-time commands."""
    raw = _REAL_TIME.sub(b"\xcf", image.tobytes())
    printer.image(Image.frombytes("1", image.size, raw), fragment_height=FRAGMENT)


def _load() -> Any:
    """The package; only under the lock, since a module half imported by another thread is already listed."""
    if "escpos.printer" not in sys.modules:
        with tempfile.TemporaryDirectory(prefix="tillbox-") as folder, _quiet(folder):
            importlib.import_module("escpos.printer")
    return sys.modules["escpos"]


@contextlib.contextmanager
def _quiet(folder: str) -> Iterator[None]:
    """For the time of the import: our profiles, our folder, a handler so that none is added, no folder left."""
    profiles = Path(folder, "capabilities.json")
    profiles.write_text(json.dumps(_capabilities()), encoding="ascii")
    changed = {"ESCPOS_CAPABILITIES_FILE": str(profiles), "ESCPOS_CAPABILITIES_PICKLE_DIR": folder}
    before = {key: os.environ.get(key) for key in changed}
    root, silent = logging.getLogger(), logging.NullHandler()
    os.environ.update(changed)
    root.addHandler(silent)
    try:
        with _no_folder_left():
            yield
    finally:
        root.removeHandler(silent)
        for key, value in before.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value


@contextlib.contextmanager
def _no_folder_left() -> Iterator[None]:
    """Remove the empty folders that this thread makes meanwhile: the library makes one and never uses it."""
    real, me = tempfile.mkdtemp, threading.get_ident()
    made: list[str] = []

    def noted(*args: Any, **kwargs: Any) -> str:
        path = real(*args, **kwargs)
        if threading.get_ident() == me:
            made.append(path)
        return path

    tempfile.mkdtemp = noted  # type: ignore[assignment]
    try:
        yield
    finally:
        tempfile.mkdtemp = real
        for path in made:
            with contextlib.suppress(OSError):
                os.rmdir(path)


def _capabilities() -> dict[str, Any]:
    """The library's profile file, reduced to what every receipt printer has."""
    profiles = {f"dots{width}": _profile(width) for width in (576, 384)}
    profiles["default"] = profiles["dots576"]
    return {"profiles": profiles, "encodings": {"CP437": {"name": "CP437", "python_encode": "cp437"}}}


def _profile(width: int) -> dict[str, Any]:
    return {
        "name": f"{width} dots",
        "vendor": "tillbox",
        "notes": "",
        "codePages": {"0": "CP437"},
        "colors": {"0": "black"},
        "features": _FEATURES,
        "fonts": {"0": {"columns": width // 12, "name": "A"}, "1": {"columns": width // 9, "name": "B"}},
        "media": {"dpi": 203, "width": {"mm": width / 8, "pixels": width}},
    }
