"""`make vm`: a shop's box as a virtual machine with the kernel's own USB devices, from the installer to power cuts.

`python -m tests.vm --cuts 20`. Needs root and the packages it names; see README for the minutes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.broker import running_broker
from tests.vm import image, shop
from tests.vm.cuts import power_cuts
from tests.vm.disk import Disk
from tests.vm.guest import Guest, accelerator

CUTS = 20


def main() -> int:
    """Every step in its order; the first that fails ends it, and says why."""
    parser = argparse.ArgumentParser(prog="make vm", description=__doc__)
    parser.add_argument("--cuts", type=int, default=CUTS, help="power cuts (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of what a cut loses (default: %(default)s)")
    args = parser.parse_args()
    if os.geteuid() != 0 or image.missing():
        needed = " ".join(image.missing())
        print("make vm needs root" + (f" and: sudo apt-get install {needed}" if needed else ""), file=sys.stderr)
        return 2
    began = time.monotonic()
    print(f"accelerator: {accelerator()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="tillbox-vm-") as name:
        folder = Path(name)
        try:
            _run(folder, args)
        except (RuntimeError, AssertionError) as error:
            print(f"✗ {error}", file=sys.stderr)
            return 1
    print(f"all of it: {(time.monotonic() - began) / 60:.1f} minutes")
    return 0


def _run(folder: Path, args: argparse.Namespace) -> None:
    with running_broker(folder, shop.PASSWORDS, shop.TENANT) as broker, shop.Listener(broker.port) as listener:
        with shop.step("the image"):
            _, _, system = image.base()
            sources = image.sources(folder, shop.FILES)
            image.run("qemu-img", "create", "-q", "-f", "qcow2", "-b", system, "-F", "raw", folder / "system.qcow2")
            image.ext4(folder / "data.img", None, "256M")
        disk = Disk(folder / "data.img", folder / "nbd")
        disks = [
            f"file={folder}/system.qcow2,format=qcow2",
            f"file={sources},format=raw,readonly=on",
            f"file=nbd:unix:{disk.address},format=raw",
        ]
        guest = Guest(folder, disks, broker.port)
        try:
            shop.open_shop(guest)
            shop.first_sale(guest, listener)
            shop.grabbed(guest)
            shop.unplugged(guest)
            if args.cuts:
                power_cuts(guest, disk, disks, broker.port, args.cuts, args.seed)
        finally:
            guest.kill()


if __name__ == "__main__":
    sys.exit(main())
