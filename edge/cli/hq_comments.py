"""Headquarters' reading of comments: a process of its own whenever some wait, since its dictionary is large.

The process that receives and serves only counts; this one loads the words, reads, and ends.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from peewee import DatabaseError

from edge.feedback.lexicon import VERSION
from sync.hq import HqServices, feedback
from sync.hq.config import load
from sync.hq.env import HqEnv
from sync.hq.store import Store

log = logging.getLogger(__name__)
EVERY_S, LONGEST_S = 60.0, 600.0


def start(services: HqServices) -> Callable[[], None]:
    """Look every minute whether comments wait, until the returned function is called."""
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(EVERY_S):
            try:
                feedback.forget_old(services.store)
                if feedback.waiting(services.store, VERSION):
                    _run(services.config.path, stop)
            except DatabaseError as error:  # busy or a full disk: the next minute tries again
                log.warning("comments can't be read now: %s", error)
            finally:
                services.store.release()

    thread = threading.Thread(target=watch, name="comments")
    thread.start()

    def end() -> None:
        stop.set()
        thread.join()

    return end


def _run(config: Path, stop: threading.Event) -> None:
    reading = get_context("spawn").Process(target=read, args=(config,), daemon=True)
    reading.start()
    for _ in range(int(LONGEST_S)):
        reading.join(1)
        if reading.exitcode is not None:
            break
        if stop.is_set():
            reading.terminate()
    else:
        reading.kill()
    reading.join()


def read(config: Path) -> int:
    """Read all that waits now; returns how many comments."""
    from edge.feedback.reading import reader  # with its dictionary

    known, env = reader(), HqEnv()
    store = Store(load(config).database, env)
    try:
        return feedback.sort(
            store,
            lambda text, score, topics: [
                (found.theme, found.mood, found.words) for found in known.read(text, score, topics).themes
            ],
            VERSION,
        )
    finally:
        store.release()
