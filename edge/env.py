"""The one door to time and chance, so that a test or simulator can own both."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from edge.base.clock import Clock, SystemClock


@dataclass(frozen=True)
class Env:
    """clock for every instant, rng for every identifier, sleep for every wait of a loop."""

    clock: Clock = field(default_factory=SystemClock)
    rng: random.Random = field(default_factory=random.SystemRandom)
    sleep: Callable[[float], None] = time.sleep
