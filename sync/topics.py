"""The topics of the sync contract, version 1. Nothing personal ever stands in a topic.

::

    tb/1/<tenant>/<box>/up/<stream>   batches of the journal
    tb/1/<tenant>/<box>/up/state      retained birth, will = death
    tb/1/<tenant>/<box>/dn/ack        signed, not retained
    tb/1/<tenant>/hq/state            retained
"""

from __future__ import annotations

import re
from dataclasses import dataclass

STREAMS = ("a", "b", "c")
ROOT = "tb/1"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class Address:
    """Who sent an upward message and what it is: kind is a stream letter or "state"."""

    tenant: str
    box: str
    kind: str


def valid_name(name: str) -> bool:
    """May this be a tenant or a box? ("hq" is headquarters' own name.)"""
    return bool(_NAME.fullmatch(name)) and name != "hq"


def up(tenant: str, box: str, kind: str) -> str:
    """Where a box publishes a stream's batches, or its state."""
    return f"{ROOT}/{tenant}/{box}/up/{kind}"


def down(tenant: str, box: str, kind: str) -> str:
    """Where headquarters speaks to one box."""
    return f"{ROOT}/{tenant}/{box}/dn/{kind}"


def hq_state(tenant: str) -> str:
    """Where headquarters says that its receiver is really there."""
    return f"{ROOT}/{tenant}/hq/state"


def all_up(tenant: str) -> str:
    """The filter that matches whatever the boxes of a tenant send."""
    return f"{ROOT}/{tenant}/+/up/#"


def parse_up(topic: str, tenant: str) -> Address | None:
    """The address of an upward topic of this tenant, or None when it is something else."""
    parts = topic.split("/")
    if len(parts) != 6 or parts[:2] != ROOT.split("/") or parts[4] != "up":
        return None
    if parts[2] != tenant or not valid_name(parts[3]) or parts[5] not in (*STREAMS, "state"):
        return None
    return Address(parts[2], parts[3], parts[5])
