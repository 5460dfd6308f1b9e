"""Inside the guest: a cashier's screen by HTTP. cashier.py login|state|pay|sell; each prints one line of JSON.

`sell` sells until the power goes, and names each sale that the till called completed at once, by a virtio port.
"""

import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path

ADDRESS, PIN, CODE = "http://127.0.0.1:8080", "905713", "6901234567892"
COOKIE, SAID = Path("/run/cashier"), "/dev/virtio-ports/tillbox.sales"


def call(path: str, body: dict | None = None) -> dict:  # type: ignore[type-arg]
    """GET, or POST with a body; the cookie is kept."""
    request = urllib.request.Request(ADDRESS + path, json.dumps(body).encode() if body is not None else None)
    for name, value in (("Content-Type", "application/json"), ("X-Tillbox", "1"), ("Origin", ADDRESS)):
        request.add_header(name, value)
    if COOKIE.exists():
        request.add_header("Cookie", COOKIE.read_text())
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                COOKIE.write_text(cookie.split(";")[0])
            return dict(json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.code} {error.read().decode()}")


def log_in() -> None:
    """The only person there is: the manager, whose tile's name stands in the database."""
    import sqlite3

    database = sqlite3.connect("file:/var/lib/tillbox/box.db?mode=ro", uri=True)
    (uid,) = database.execute("SELECT uid FROM staff LIMIT 1").fetchone()
    database.close()
    COOKIE.unlink(missing_ok=True)
    call("/api/login", {"lane": "1", "staff": uid, "pin": PIN})


def state() -> dict:  # type: ignore[type-arg]
    return call("/api/till/1/state")


def do(command: str, basket: str, **args: object) -> dict:  # type: ignore[type-arg]
    return call(f"/api/till/1/{command}", {"basket": basket, "id": uuid.uuid4().hex, **args})


def pay() -> str:
    """The open basket, in cash; the sale's own id, once the till calls it completed."""
    basket = state()["basket"]["uid"]
    return str(do("pay", basket, tenders=[{"kind": "cash", "received": 10_000}])["done"]["sale"])


def sell() -> None:
    log_in()
    port = os.open(SAID, os.O_WRONLY)
    while True:
        do("scan", state()["basket"]["uid"], code=CODE)
        os.write(port, pay().encode() + b"\n")


if sys.argv[1] == "login":
    log_in()
elif sys.argv[1] == "pay":
    print(pay())
elif sys.argv[1] == "sell":
    sell()
print(json.dumps(state(), ensure_ascii=False))
