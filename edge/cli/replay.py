"""`tillbox replay FILE`: this process is the till while it runs, with a simulated scanner."""

from __future__ import annotations

import argparse
import sys

from drivers import registry
from edge.base.config import Config, LaneConfig
from edge.base.i18n import t
from edge.box import open_box
from edge.bus import Bus
from edge.cli.progress import Bar
from edge.db import exclusive
from edge.env import Env
from edge.errors import TillboxError
from edge.replay import describe, replay
from edge.staff import StaffService
from edge.till import Till


def run(config: Config, args: argparse.Namespace) -> int:
    """Sell the file's baskets; exit code 1 when a code was refused or a total differs."""
    lane = _lane(config, args.lane)
    env = Env()
    with exclusive(config.data / "serve.lock"):
        box = open_box(config, env)
        staff = StaffService(box)
        sellers = [person for person in staff.people() if person.role in ("cashier", "manager")]
        if not sellers:
            raise TillboxError(t(args.lang, "cli.replay_staff"))
        till = Till(box, lane, staff, Bus())
        session = staff.open_session(sellers[0], lane.id, args.lang)[1]
        scanner = registry.create("simulated-scanner", "replay", {}, env.clock)
        try:
            summary = replay(
                till, session, scanner, args.file, Bar(sys.stderr), verify=args.verify, limit=args.limit  # type: ignore[arg-type]
            )  # fmt: skip
        finally:
            staff.log_out(session)
        for line in describe(summary, box.currency, args.lang, verify=args.verify):
            print(line)
    return 0 if summary.good else 1


def _lane(config: Config, wanted: str | None) -> LaneConfig:
    found = [lane for lane in config.lanes if wanted in (None, lane.id)]
    if not found:
        raise TillboxError(f"lane {wanted!r} is not one of {', '.join(lane.id for lane in config.lanes)}")
    return LaneConfig(found[0].id, found[0].mode, None)
