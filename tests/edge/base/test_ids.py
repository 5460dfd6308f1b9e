"""Identifiers of what leaves the box: random, short enough for a topic, telling nothing."""

from __future__ import annotations

import random
import re

from edge.base.ids import new_uid


def test_an_id_is_26_small_letters_and_digits() -> None:
    rng = random.Random(1)
    assert all(re.fullmatch("[a-z2-7]{26}", new_uid(rng)) for _ in range(500))


def test_ids_do_not_repeat_and_a_seed_gives_the_same_again() -> None:
    rng, again = random.Random(1), random.Random(1)
    made = [new_uid(rng) for _ in range(5_000)]
    assert len(set(made)) == len(made)
    assert made == [new_uid(again) for _ in range(5_000)]
