"""Power cuts in the middle of selling, on a disk that loses what was not flushed: no completed sale may be missing.

The machine wakes up each time as it was before the shop's disk was mounted: only that disk knows of earlier lives.
"""

from __future__ import annotations

import json
import random
import select
import time
from pathlib import Path

from tests.vm import image, shop
from tests.vm.disk import Disk
from tests.vm.guest import Guest

# what a cut leaves of the unflushed sectors: nothing, half of them here and there, nearly all
KEPT = (0.0, 0.5, 0.9)
CHECK = "python3 /mnt/inside/check.py"


def power_cuts(guest: Guest, disk: Disk, disks: list[str], broker: int, cuts: int, seed: int) -> None:
    """Save the machine with the shop's disk unmounted, then cut its later lives short."""
    folder, saved = guest.folder, guest.folder / "memory"
    with shop.step("the state to wake up from"):
        guest.run("systemctl stop tillbox tillbox-sync tillbox-maintain.timer tillbox-maintain.service", 120)
        guest.run("umount /var/lib/tillbox && sync && echo 3 >/proc/sys/vm/drop_caches")
        guest.save(saved)
    lives(folder, disk, disks, broker, cuts, seed)


def lives(folder: Path, disk: Disk, disks: list[str], broker: int, cuts: int, seed: int) -> None:
    """Wake, check, sell, cut, and so on; the last life only checks."""
    saved, chance, completed, lost = folder / "memory", random.Random(seed), list[str](), 0
    with shop.step(f"{cuts} power cuts"):
        for number in range(1, cuts + 2):
            life = _wake(folder, saved, disks, broker)
            try:
                _check(life, completed)
                if number > cuts:
                    break
                before = len(completed)
                completed += _sell(life, disk, chance.uniform(0.2, 6.0))
            finally:
                life.kill()
            keep = KEPT[number % len(KEPT)]
            gone = disk.cut(keep, chance)
            lost += gone
            print(
                f"  cut {number}: {len(completed) - before} sales, {gone} sectors lost ({1 - keep:.0%})",
                flush=True,
            )
    print(f"  {cuts} cuts, {len(completed)} sales called completed, {lost} sectors lost, no sale missing", flush=True)


def _wake(folder: Path, saved: Path, disks: list[str], broker: int) -> Guest:
    system = folder / "life.qcow2"
    image.run("qemu-img", "create", "-q", "-f", "qcow2", "-b", folder / "system.qcow2", "-F", "qcow2", system)
    life = Guest(folder, [f"file={system},format=qcow2", *disks[1:]], broker, saved)
    try:
        life.run(f"date -s @{time.time():.0f}; e2fsck -p /dev/vdc || [ $? = 1 ]; mount /var/lib/tillbox")
        life.run("systemctl start tillbox", 240)
    except BaseException:
        life.kill()
        raise
    return life


def _check(life: Guest, completed: list[str]) -> None:
    found = json.loads(life.run(CHECK, 240).split("\n")[-1])
    missing = set(completed) - set(found["sales"])
    assert not missing, f"{len(missing)} completed sales are missing: {sorted(missing)}"
    assert found["integrity"] == "ok", found["integrity"]
    life.run("tillbox verify", 240)


def _sell(life: Guest, disk: Disk, seconds: float) -> list[str]:
    """Sell until `seconds` after the first sale, then kill; the sales that the till had called completed."""
    life.run(f"setsid nohup {shop.CASHIER} sell >/run/sell 2>&1 </dev/null &")
    data, end = b"", time.monotonic() + 120
    while time.monotonic() < end:
        if select.select([life.sales], [], [], 0.02)[0]:
            if not data:
                end = time.monotonic() + seconds
            data += life.sales.recv(65536)
    if not data:
        raise RuntimeError(f"nothing was sold: {life.ask('cat /run/sell')[1]}")
    # the worst moment: something is written and not flushed yet
    until = time.monotonic() + 5
    while not disk.endangered and time.monotonic() < until:
        time.sleep(0.001)
    disk.off()
    life.kill()
    while more := life.sales.recv(65536):
        data += more
    return [line.decode() for line in data.split(b"\n")[:-1]]
