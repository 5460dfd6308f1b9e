"""The mosquitto a demo or a small chain runs: its configuration, passwords and access rules as text.

One user a box, named like the box; it may write below its own up/ and read below its own dn/, nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

HQ_USER = "hq"
_ROUNDS = 101


def write_config(
    folder: Path, port: int, users: Mapping[str, str], tenant: str, host: str = "127.0.0.1"
) -> Path:
    """Write mosquitto.conf, passwords and acl into ``folder`` and return the path of the first.

    ``users`` maps user names (boxes, and "hq") to passwords. The broker keeps its sessions in the same folder
    and, started as root, stays root there: Debian's own user could not write to it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    secret(folder / "passwords", "".join(f"{name}:{hashed(password)}\n" for name, password in users.items()))
    secret(folder / "acl", _acl(tenant))
    lines = [
        f"listener {port} {host}",
        "allow_anonymous false",
        f"password_file {folder / 'passwords'}",
        f"acl_file {folder / 'acl'}",
        "persistence true",
        f"persistence_location {folder}/",
        "autosave_interval 60",
        "message_size_limit 2097152",
        "max_queued_messages 1000",
        "max_inflight_messages 50",
        "set_tcp_nodelay true",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
    ]
    if os.geteuid() == 0:
        lines.append("user root")
    path = folder / "mosquitto.conf"
    path.write_text("\n".join(lines) + "\n")
    return path


def hashed(password: str) -> str:
    """A password as mosquitto 2 stores it (PBKDF2-SHA512, its own default rounds)."""
    salt = os.urandom(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS, 64)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def secret(path: Path, content: str) -> None:
    """Write a file only its owner may read."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)


def _acl(tenant: str) -> str:
    return "\n".join(
        [
            f"pattern write tb/1/{tenant}/%u/up/#",
            f"pattern read tb/1/{tenant}/%u/dn/#",
            f"pattern read tb/1/{tenant}/hq/state",
            "",
            f"user {HQ_USER}",
            f"topic read tb/1/{tenant}/+/up/#",
            f"topic write tb/1/{tenant}/+/dn/#",
            f"topic readwrite tb/1/{tenant}/hq/state",
            "",
        ]
    )
