"""The floor under a scan: a terminal line, a thread that reads it, bare waitress, one server-sent event a code.

`python -m tests.bench.floor_stream LINE PORT BYTES`: each event carries BYTES of JSON, as much as the till's view.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import waitress

PAGE = b"""<!doctype html><meta charset="utf-8"><ul id="lines"></ul><script>
const list = document.getElementById("lines");
new EventSource("/stream").addEventListener("state", (event) => {
  const view = JSON.parse(event.data);
  const node = document.createElement("li");
  node.textContent = view.line;
  list.append(node);
  while (list.children.length > 10) list.firstChild.remove();
});
</script>"""


class Line:
    """Reads the line and wakes the stream."""

    def __init__(self, path: str, size: int) -> None:
        self.handle = os.open(path, os.O_RDONLY | os.O_NOCTTY)
        self.filler, self.wake, self.codes = "x" * size, threading.Event(), list[str]()

    def read(self) -> None:
        """Codes end with a carriage return."""
        rest = b""
        while data := os.read(self.handle, 4096):
            *whole, rest = (rest + data).split(b"\r")
            self.codes += [code.decode() for code in whole]
            self.wake.set()

    def events(self) -> Iterator[bytes]:
        """One event a code."""
        yield b"retry: 1500\n\n"
        while True:
            if not self.wake.wait(3):
                yield b"event: beat\ndata: {}\n\n"
                continue
            self.wake.clear()
            while self.codes:
                view = {"line": self.codes.pop(0), "filler": self.filler}
                yield f"event: state\ndata: {json.dumps(view)}\n\n".encode()

    def app(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        """The page and its stream."""
        stream = environ["PATH_INFO"] == "/stream"
        kind = "text/event-stream" if stream else "text/html; charset=utf-8"
        start("200 OK", [("Content-Type", kind), ("Cache-Control", "no-store")])
        return self.events() if stream else [PAGE]


if __name__ == "__main__":
    line = Line(sys.argv[1], int(sys.argv[3]))
    threading.Thread(target=line.read, daemon=True).start()
    waitress.serve(line.app, host="127.0.0.1", port=int(sys.argv[2]), threads=16, ident=None)
