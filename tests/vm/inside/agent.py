"""Inside the guest: runs the commands that come by a virtio port, one by one, and answers with what they said."""

import json
import os
import subprocess
import time

PORT = "/dev/virtio-ports/tillbox.agent"


def main() -> None:
    """Read lines for ever; while the host is not connected, reading gives nothing."""
    port, rest = os.open(PORT, os.O_RDWR), b""
    while True:
        data = os.read(port, 65536)
        if not data:
            time.sleep(0.05)
            continue
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            _answer(port, json.loads(line))


def _answer(port: int, asked: dict) -> None:  # type: ignore[type-arg]
    try:
        done = subprocess.run(
            ["/bin/bash", "-c", asked["run"]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=asked["seconds"], cwd="/root",
        )  # fmt: skip
        code, said = done.returncode, done.stdout
    except subprocess.TimeoutExpired as error:
        code, said = 124, error.stdout or b""
    answer = json.dumps({"n": asked["n"], "code": code, "said": said.decode(errors="replace")}).encode() + b"\n"
    while answer:
        answer = answer[os.write(port, answer) :]


main()
