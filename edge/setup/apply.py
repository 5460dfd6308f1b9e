"""Carries a plan out. Running it again changes nothing that stands already, and never a PIN or a manager's setting.

Order: everything is checked on a copy beside the file first; then secrets, configuration, database, settings, manager.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge import members, settings
from edge.base.config import Config, load
from edge.base.sqlite import row
from edge.box import Box, create, open_box
from edge.env import Env
from edge.setup.plan import Manager, Plan
from edge.setup.refusals import SetupError
from edge.staff import StaffService

Step = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Owner:
    """Whom the files shall belong to: the user that the till runs as."""

    uid: int
    gid: int


def apply(plan: Plan, path: Path, env: Env, *, force: bool = False, owner: Owner | None = None) -> Iterator[Step]:
    """Do it, and tell each step as (slug, params) of the words setup.did_<slug>.

    SetupError, ConfigError or SchemaMismatch with a sentence when it can't be done.
    """
    _may_write(path, plan.config, force)
    _folder(path.parent, 0o755)
    _folder((path.parent / "keys") if plan.secrets else None, 0o700)
    for name, text in plan.secrets.items():
        yield _write(path.parent / name, text, env, owner)
    with _draft(path, plan.config) as config:
        _same_shop(config, env)
    yield _write(path, plan.config, env, owner)
    config = load(path)
    fresh = not config.database.exists()
    create(config, env)
    yield ("database_made" if fresh else "database_kept"), {"path": config.database}
    box = open_box(config, env)
    try:
        members.phone_hash(box, "")  # makes the key now, so that it belongs to the till's user whoever imports later
        yield from _fill(box, plan, force)
    finally:
        box.close()
    if owner:
        for made in (path.parent / "keys", config.data, *config.data.rglob("*")):
            if made.exists():
                os.chown(made, owner.uid, owner.gid)


def _may_write(path: Path, text: str, force: bool) -> None:
    if path.exists() and not force and path.read_text(encoding="utf-8", errors="replace") != text:
        raise SetupError(
            f"{path} exists and says something else; nothing was changed. Edit it by hand, or run the same command "
            f"with --force: it is replaced, and a copy stays as {path.name}.old-…"
        )


def _folder(path: Path | None, mode: int) -> None:
    try:
        if path is not None:
            path.mkdir(parents=True, exist_ok=True, mode=mode)
    except OSError as error:
        raise SetupError(
            f"{path} can't be made ({error.strerror}); run this as root (sudo), or name another place with --config"
        ) from None


def _write(path: Path, text: str, env: Env, owner: Owner | None) -> Step:
    """Write a file that only its owner may read, whole or not at all; what stood there stays as a copy."""
    try:
        if path.exists():
            if path.read_text(encoding="utf-8", errors="replace") == text:
                path.chmod(0o600)
                return "file_kept", {"path": path}
            shutil.copy2(path, path.with_name(f"{path.name}.old-{env.clock.now_us() // 1_000_000}"))
        new = path.with_name(f".{path.name}.new")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        new.chmod(0o600)
        if owner:
            os.chown(new, owner.uid, owner.gid)
        new.replace(path)
    except OSError as error:
        raise SetupError(
            f"{path} can't be written ({error.strerror}); run this as root (sudo), or name another place with --config"
        ) from None
    return "file_written", {"path": path}


@contextmanager
def _draft(path: Path, text: str) -> Iterator[Config]:
    """The new configuration as the till would read it, from a file beside the real one."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.chmod(0o600)
    try:
        yield load(draft)
    finally:
        draft.unlink(missing_ok=True)


def _same_shop(config: Config, env: Env) -> None:
    """A database that is there must be this very box's: its sales may still have to reach headquarters (F106, F107)."""
    try:
        config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        config.data.chmod(0o700)
    except OSError as error:
        raise SetupError(
            f"{config.data} can't be used ({error.strerror}); run this as root (sudo), or name another with --data"
        ) from None
    if config.database.exists():
        create(config, env)
        open_box(config, env).close()


def _fill(box: Box, plan: Plan, force: bool) -> Iterator[Step]:
    for name, value in plan.settings.items():
        with box.transaction():
            kept = _setting(box, name)
            if kept is None or (force and kept != value):
                settings.put(box.db, box.env, name, value, "setup")
                yield "setting_written", {"name": name}
            elif kept != value:
                yield "setting_kept", {"name": name}
    box.reload_rules()
    yield _manager(box, plan.manager)


def _setting(box: Box, name: str) -> Any:
    found = row(box.db, "SELECT 1 FROM setting WHERE name = ?", (name,))
    return getattr(settings.load(box.db), name) if found else None


def _manager(box: Box, manager: Manager) -> Step:
    staff = StaffService(box)
    here = next((person for person in staff.people() if person.role == "manager"), None)
    if here is not None:
        return "manager_kept", {"name": f"{here.name_zh}"}
    with box.transaction():
        staff.add(name_zh=manager.name_zh, name_en=manager.name_en, role="manager", pin=manager.pin)
        box.record("a", "audit.staff_added", {"role": "manager", "by": "setup"})
    return "manager_made", {"name": manager.name_zh}
