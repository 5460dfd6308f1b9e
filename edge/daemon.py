"""`tillbox serve`: devices, selling, printing and the web in one process. Composition root; nothing imports it.

One list starts everything and, in reverse, stops it. Whatever blocks has a thread of its own.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

from drivers import escpos_reader, registry
from drivers.base import Device, InputDevice, Printer, Scan
from drivers.errors import DriverError
from edge import prices, receipts
from edge.base.config import LANE_KINDS, Config
from edge.base.notify import Notifier
from edge.base.sqlite import integrity, open_database
from edge.bench import DeviceBench
from edge.box import Box, open_box
from edge.bus import Bus
from edge.calls import Calls
from edge.db import exclusive
from edge.env import Env
from edge.errors import TillboxError
from edge.health.base import House
from edge.health.desk import Desk, live_facts
from edge.importer.runner import Runner
from edge.insider import Insider
from edge.jobs import Watcher
from edge.kiosk import Kiosk
from edge.lane import Looks
from edge.printing import Spooler
from edge.privacy import erase, screens
from edge.promo import desk as promotions
from edge.recommend.learn import Learner
from edge.services import Services
from edge.staff import StaffService
from edge.supervisor import Supervisor
from edge.till import Till
from sync.status import status as sync_status
from web.base import close as close_web
from web.base import create_app
from web.server import WebServer

log = logging.getLogger(__name__)

TICK_S = 1.0
WEB_S = 10.0
# A printer may take ten seconds over a receipt, and a worn card as long over a checkpoint; nobody waits for either.
DISK_PATIENCE_S = 45.0
SWITCH_S = 0.0005
# How an import that a screen began is carried on, beside the till.
RESUME = (sys.executable, "-c", "import sys; from edge.cli import main; sys.exit(main())", "import", "resume")
NOTE_S = 0.002
_M_TRIM_THRESHOLD, TRIM_BYTES = -1, 1 << 20
_M_ARENA_MAX, ARENAS = -8, 1


class Daemon:
    """The serving process, taken apart so that tests can run it in a thread with a fake clock."""

    def __init__(self, config: Config, env: Env) -> None:
        self.config, self.env, self.bus = config, env, Bus()
        self.supervisor = Supervisor(env.clock)
        # Checkpoints are the jobs thread's: a sale never pays for one.
        self.box: Box = open_box(config, env, autocheckpoint=0)
        self.box.after_commit.append(lambda topic, data: self.bus.publish(topic, **data))
        self.devices, self.faulty = self._make_devices()
        self._scanners = {lane.id: name for lane in config.lanes if (name := self._scanner_of(lane.id))}
        self.staff = StaffService(self.box)
        self.spoolers = {
            name: Spooler(self.box, device) for name, device in self.devices.items() if isinstance(device, Printer)
        }
        self.watcher = Watcher(self.box, self._sync_state, self._refresh, self._on_change)
        self.watcher.chores.append(partial(prices.begin_due, self.box))
        self.watcher.chores.append(partial(erase.finish, self.box))
        self.learner, self.insider, calls = Learner(self.box), Insider(self.box), Calls()
        picture = self._picture if self.spoolers else None
        looks = Looks(self._printer_state, self._scanner_state, lambda: self.watcher.sync, picture, calls)
        lanes = {kind: [lane for lane in config.lanes if lane.kind == kind] for kind in LANE_KINDS}
        self.tills = {lane.id: Till(self.box, lane, self.staff, self.bus, looks) for lane in lanes["till"]}
        self.kiosks = {lane.id: Kiosk(self.box, lane, self.bus, calls) for lane in lanes["kiosk"]}
        calls.on_change = self._refresh
        self._wire()
        self.desk = self._desk()
        self.services = Services(
            env, config, self.box, self.tills, self.staff, self.bus, self._bench(), self.kiosks, self.desk
        )
        self.app = create_app(self.services)
        self.server: WebServer | None = None
        self.web_answered = threading.Event()

    def _make_devices(self) -> tuple[dict[str, Device], dict[str, str]]:
        devices, faulty = {}, {}
        for entry in self.config.devices:
            try:
                devices[entry.name] = registry.create(entry.driver, entry.name, entry.options, self.env.clock)
            except DriverError as error:
                # A device that can't be made is a visible warning, not a shop that can't open.
                log.error("device %s: %s", entry.name, error)
                faulty[entry.name] = str(error)
        return devices, faulty

    def _wire(self) -> None:
        for topic in ("sale", "print"):
            self.bus.subscribe(topic, self._on_print)
        self.bus.subscribe("device", lambda **_: self._refresh())
        for topic in ("catalog", "offers"):
            self.bus.subscribe(topic, lambda **_: self._refresh())
        self.bus.subscribe("member", self._on_member)
        for topic in ("setting", "staff", "promotion", "consent"):
            self.bus.subscribe(topic, lambda topic=topic, **_: self._on_change(topic))
        self.bus.subscribe("session", self._on_session)
        for topic in ("sale", "consent"):
            self.bus.subscribe(topic, lambda **_: self.learner.wake())
        self.bus.subscribe("sale", lambda **_: self.insider.wake())
        for device in self.devices.values():
            device.on_state = self._on_state

    def _on_print(self, lane: str, **_: Any) -> None:
        till = self.tills.get(lane)
        spooler = self.spoolers.get(till.lane.printer or "") if till else None
        if spooler:
            spooler.wake()
        self.bus.publish("till.changed", lane=lane)

    def _on_state(self, device: Device) -> None:
        with self.box.transaction():
            self.box.record("b", "device.state", {"device": device.name, "state": device.state.value})
        self._refresh()

    def _on_change(self, topic: str) -> None:
        if topic == "setting":
            self.box.reload_rules()
        elif topic in ("promotion", "consent"):  # an open cart asks anew what is in force for its customer
            promotions.forget(self.box)
        elif topic == "staff":
            self.staff.forget()
            for till in self.tills.values():
                till.settle()
        self._refresh()

    def _on_member(self, gone: list[int], kept: int | None) -> None:
        screens.follow(self.tills, self.kiosks, gone, kept)
        self._refresh()

    def _on_session(self, lane: str) -> None:
        if till := self.tills.get(lane):
            self.staff.forget()
            till.settle()

    def _refresh(self) -> None:
        for lane in self.tills:
            self.bus.publish("till.changed", lane=lane)
        for lane in self.kiosks:
            self.bus.publish("kiosk.changed", lane=lane)

    def _printer_state(self, lane: str) -> str:
        name = self.tills[lane].lane.printer or ""
        spooler = self.spoolers.get(name)
        return spooler.status.value if spooler and not self.supervisor.is_off(f"printer:{name}") else "offline"

    def _scanner_state(self, lane: str) -> tuple[str, str]:
        name = self._scanners.get(lane)
        if name is None:
            return "none", ""
        device = self.devices.get(name)
        ready = device is not None and device.state.value == "ready" and not self.supervisor.is_off(f"input:{name}")
        return ("ready" if ready else "lost"), name

    def _scanner_of(self, lane: str) -> str | None:
        """The lane's first scanner, be it one that could not be made."""
        for entry in self.config.devices:
            device = self.devices.get(entry.name)
            made = isinstance(device, InputDevice) and device.kind == "scanner"
            if entry.lane == lane and (made or (entry.name in self.faulty and "scanner" in entry.driver)):
                return entry.name
        return None

    def _sync_state(self) -> dict[str, Any]:
        if self.config.hq is None:
            return {"state": "none", "queued": 0, "age_s": None}
        found = sync_status(self.box.db, self.config, self.env.clock)
        state = "online" if found["connected"] else "offline"
        queued = sum(found["pending"].values())
        return {"state": state, "queued": queued, "age_s": found["last_ack_age_s"]}

    def _picture(self, lane: str, sale: int) -> bytes:
        spooler = self.spoolers.get(self.tills[lane].lane.printer or "") or next(iter(self.spoolers.values()))
        return escpos_reader.picture(spooler.printer.render(receipts.compose(self.box, sale)))

    def _bench(self) -> DeviceBench | None:
        simulated = {name: device for name, device in self.devices.items() if hasattr(device, "set_fault")}
        if not simulated:
            return None
        lanes = {entry.name: entry.lane for entry in self.config.devices}
        lanes |= {lane.printer: lane.id for lane in self.config.lanes if lane.printer}
        return DeviceBench(self.box, simulated, lanes, escpos_reader.picture, self._refresh)

    def _desk(self) -> Desk:
        status = lambda name: self.spoolers[name].status.value  # noqa: E731
        off = self.supervisor.degraded
        facts = lambda: live_facts(self.config, self.devices, self.faulty, status, off())  # noqa: E731
        house = House(self.config.path, self.config, "", self.env, facts, self._sync_facts, lambda: True)
        printers = {name: spooler.printer for name, spooler in self.spoolers.items()}
        return Desk(house, printers, lambda: self.box.rules.labels)

    def _sync_facts(self) -> dict[str, Any]:
        """For the checks, whose threads come and go: on a connection of its own, closed at once."""
        db = open_database(self.config.database, readonly=True)
        try:
            return sync_status(db, self.config, self.env.clock)
        finally:
            db.close()

    def _emit(self, lane: str | None) -> Callable[[Scan], None]:
        till = self.tills.get(lane or "") or self.kiosks.get(lane or "")
        if till is None:
            return lambda scan: log.warning("%s is bound to no lane; its scans are ignored", scan.device)
        take = till.on_scan

        def noted(scan: Scan) -> None:
            try:
                take(scan)
            finally:
                self.env.sleep(NOTE_S)  # the screen first: nobody waits for the technician's list
                self.desk.note(scan, lane)

        return noted

    def start(self) -> None:
        """Bring everything up; the web last, so that the first page finds a working till."""
        clock, boot = self.env.clock, ("boot_id", "started_us", "mono_ns", "quality")
        with self.box.transaction() as db:
            db.execute_sql(
                f"INSERT INTO boot ({', '.join(boot)}) VALUES (?, ?, ?, ?)",  # noqa: S608 (fixed names)
                (clock.boot_id(), clock.now_us(), clock.mono_ns(), clock.quality()),
            )
            self.box.record("b", "box.started", {"boot": clock.boot_id(), "clock": clock.quality()})
        loops: dict[str, Any] = {"jobs": self.watcher, "learn": self.learner, "desk": self.desk}
        loops["insider"] = self.insider
        loops["imports"] = Runner(self.box, [*RESUME, "--config", str(self.config.path)])
        loops |= {f"printer:{name}": spooler for name, spooler in self.spoolers.items()}
        for name, loop in loops.items():
            self.supervisor.start(name, loop.run, loop.stop, listen=_beats(loop), patience_s=DISK_PATIENCE_S)
        for entry in self.config.devices:
            device = self.devices.get(entry.name)
            if isinstance(device, InputDevice):
                emit = self._emit(entry.lane)
                run = partial(device.run, emit)
                self.supervisor.start(f"input:{entry.name}", run, device.close, listen=_beats(device))
        web = self.config.web
        self.server = WebServer(self.app, web.host, web.port, web.threads)
        self.supervisor.start("web", self.server.run, self._stop_web, listen=self._web_beats, vital=True)

    def _web_beats(self, beat: Callable[[], None]) -> None:
        def answering() -> None:
            self.web_answered.set()
            beat()

        assert self.server is not None
        self.server.progress = answering

    def _stop_web(self) -> None:
        close_web(self.app)
        if self.server is not None:
            self.server.stop()

    def tick(self) -> None:
        """Restart what has died; the screens hear at once of a part that stays off."""
        before = self.supervisor.degraded()
        self.supervisor.tick()
        if self.supervisor.degraded() != before:
            self._refresh()

    def stop(self) -> None:
        """Take everything down in reverse order."""
        self.supervisor.stop()
        for device in self.devices.values():
            device.close()
        self.box.close()


def serve(config: Config, env: Env) -> int:
    """Run until SIGTERM or SIGINT. Returns the exit code; raises TillboxError with a sentence when it can't start."""
    # While a receipt is drawn, a scan or a payment must not wait Python's 5 ms for each turn of its thread.
    sys.setswitchinterval(SWITCH_S)
    _give_memory_back()
    stop, systemd = threading.Event(), Notifier()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as stack:
        stack.enter_context(exclusive(config.data / "serve.lock"))
        if (found := integrity(config.database)) != "ok":
            raise TillboxError(f"{config.database} is damaged ({found}); restore the newest backup")
        _port_free(config)
        daemon = Daemon(config, env)
        try:
            daemon.start()
            daemon.web_answered.wait(WEB_S)
            # What the start made stays for good; looking through it again and again would stop a scan for 30 ms.
            gc.collect()
            gc.freeze()
            log.info("tillbox serves http://%s:%d/", config.web.host, config.web.port)
            systemd.ready()
            while not stop.wait(TICK_S):
                daemon.tick()
                if not daemon.supervisor.stuck():
                    systemd.moving()
        finally:
            systemd.stopping()
            daemon.stop()
    return 0


def _give_memory_back() -> None:
    """One PIN check takes 19 MiB, and glibc learns from it to keep as much for good; a fixed threshold does not.

    Nor do thirty threads, of which one runs at a time, need more than one place to take from.
    """
    with suppress(OSError, AttributeError):  # another C library
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_TRIM_THRESHOLD, TRIM_BYTES)
        libc.mallopt(_M_ARENA_MAX, ARENAS)


def _port_free(config: Config) -> None:
    with socket.socket(socket.AF_INET6 if ":" in config.web.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.web.host, config.web.port))
        except OSError as error:
            raise TillboxError(
                f"port {config.web.port} on {config.web.host} can't be used ({error.strerror}); stop what holds it "
                f"(`ss -ltnp sport = :{config.web.port}` names it) or choose another port in {config.path}"
            ) from None


def _beats(loop: Any) -> Callable[[Callable[[], None]], None]:
    """Lets a loop call its part's beat() as its own progress()."""
    return partial(setattr, loop, "progress")
