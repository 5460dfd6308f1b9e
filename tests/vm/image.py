"""What the guest starts from: a Debian 12 of its own kernel, made once and kept, and a disk with this checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(os.environ.get("TILLBOX_VM") or Path.home() / ".cache/tillbox-vm")
NEEDS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "mmdebstrap": "mmdebstrap",
    "mke2fs": "e2fsprogs",
    "socat": "socat",
    "mosquitto": "mosquitto",
}
# the guest's own, and what systemd/install would fetch: the guest has no network
PACKAGES = (
    "systemd-sysv udev dbus kmod iproute2 procps initramfs-tools linux-image-amd64 e2fsprogs "
    "python3 python3-venv python3-dev gcc libc6-dev linux-libc-dev fonts-inter fonts-noto-cjk fonts-wqy-microhei"
)
FSTAB = "/dev/vda / ext4 defaults 0 1\n/dev/vdb /mnt ext4 ro 0 0\n/dev/vdc /var/lib/tillbox ext4 defaults 0 2\n"
AGENT = """[Unit]
Description=runs what the host asks for
[Service]
ExecStart=/usr/bin/python3 /opt/agent.py
Restart=always
RestartSec=1
[Install]
WantedBy=multi-user.target
"""
SMALL = """mkdir -p "$1/etc/initramfs-tools/conf.d"
printf "MODULES=list\\nCOMPRESS=gzip\\nFSTYPE=ext4\\n" >"$1/etc/initramfs-tools/conf.d/small"
printf "virtio_pci\\nvirtio_blk\\next4\\ncrc32c_generic\\n" >"$1/etc/initramfs-tools/modules" """


def missing() -> list[str]:
    """The Debian packages that this machine lacks."""
    places = os.environ["PATH"] + ":/usr/sbin:/sbin"
    return [package for program, package in NEEDS.items() if not shutil.which(program, path=places)]


def base() -> tuple[Path, Path, Path]:
    """(kernel, initrd, the system's disk): made by mmdebstrap once; needs minutes and the network."""
    folder = HERE / "base"
    if not (folder / "system.img").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        root = folder / "root"
        command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES.replace(' ', ',')}"]
        command += [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale")]
        run(*command, f"--essential-hook={SMALL}", "bookworm", root)
        _settle(root)
        for name in ("vmlinuz", "initrd.img"):
            (found,) = (root / "boot").glob(f"{name}-*")
            shutil.copy(found, folder / name)
        ext4(folder / "new.img", root, "3G")
        shutil.rmtree(root)
        (folder / "new.img").rename(folder / "system.img")
    return folder / "vmlinuz", folder / "initrd.img", folder / "system.img"


def _settle(root: Path) -> None:
    (root / "etc/fstab").write_text(FSTAB)
    (root / "etc/hostname").write_text("till\n")
    (root / "etc/machine-id").write_text("")
    (root / "etc/systemd/system/agent.service").write_text(AGENT)
    shutil.copy(ROOT / "tests/vm/inside/agent.py", root / "opt/agent.py")
    (root / "var/lib/tillbox").mkdir(exist_ok=True)
    wanted = root / "etc/systemd/system/multi-user.target.wants"
    wanted.mkdir(exist_ok=True)
    (wanted / "agent.service").symlink_to("/etc/systemd/system/agent.service")


def sources(folder: Path, files: dict[str, str]) -> Path:
    """A disk with the installer, the wheels of this checkout and its libraries, the guest's helpers and these files."""
    tree = folder / "tree"
    shutil.copytree(ROOT / "systemd", tree / "systemd")
    shutil.copytree(ROOT / "tests/vm/inside", tree / "inside")
    for name, text in files.items():
        (tree / name).write_text(text)
        (tree / name).chmod(0o600)
    wheels(tree / "wheels", folder / "copy")
    ext4(folder / "sources.img", tree, "200M")
    return folder / "sources.img"


def wheels(to: Path, copy: Path) -> None:
    """As the installer's own words tell it: the libraries once for each lock, tillbox's wheel anew."""
    kept = HERE / "wheels"
    lock = (ROOT / "requirements.lock").read_text()
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check"]
    if not (kept / "lock").exists() or (kept / "lock").read_text() != lock:
        shutil.rmtree(kept, ignore_errors=True)
        run(*pip, "-w", kept, "-r", ROOT / "requirements.lock")
        (kept / "lock").write_text(lock)
    shutil.copytree(kept, to)
    (to / "lock").unlink()
    copy.mkdir()
    for name in ("edge", "drivers", "web", "sync", "systemd"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    run(*pip, "-w", to, "--no-deps", copy)


def ext4(path: Path, tree: Path | None, size: str) -> None:
    """A file system in a file, filled from a folder."""
    run("mke2fs", "-q", "-F", "-t", "ext4", *(("-d", tree) if tree else ()), path, size)


def run(*command: str | Path) -> None:
    """A command of this machine; what it said is shown when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout[-4000:]}")
