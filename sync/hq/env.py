"""Headquarters' one door to time and chance (the box's own is not for headquarters to import)."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from edge.base.clock import Clock, SystemClock


@dataclass(frozen=True)
class HqEnv:
    """clock for every instant, rng for every identifier that is no secret."""

    clock: Clock = field(default_factory=SystemClock)
    rng: random.Random = field(default_factory=random.SystemRandom)
