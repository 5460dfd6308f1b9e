"""What ``tillbox sync status`` and the till's chip tell: pending events, and the age of HQ's last word."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase

from edge.base.clock import Clock, SystemClock
from edge.base.config import Config
from sync.boxdb import BoxStore

LOCK = "sync.lock"


def status(db: SqliteDatabase, config: Config, clock: Clock | None = None) -> dict[str, Any]:
    """``{hq, running, connected, pending: {a, b, c}, last_ack_age_s, verdict, refused, error}``.

    hq False: a shop without headquarters, which is no fault. connected: broker and receiver are there.
    """
    store = BoxStore(db, config.store.tenant, config.store.box)
    state = store.state()
    running = lock_held(config.data / LOCK)
    answered = state.get("answered_us")
    now_us = (clock or SystemClock()).now_us()
    error = state.get("error") or None
    return {
        "hq": config.hq is not None,
        "running": running,
        "connected": running and state.get("connected") == "1" and state.get("hq") != "offline",
        "pending": store.pending(),
        "last_ack_age_s": max(0, now_us - int(answered)) / 1e6 if answered else None,
        "verdict": state.get("verdict", "ok"),
        "refused": int(state.get("refused", "0")),
        "error": error if running or config.hq is None else "the sync process is not running",
    }


def lock_held(path: Path) -> bool:
    """Does a process hold the sync lock? Asked with a shared lock, for a moment only."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
