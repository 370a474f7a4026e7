"""Every find stays mended, and every target holds for what it begins with. Needs nothing of atheris."""

from __future__ import annotations

from random import Random

import pytest

from tests.fuzz.finds import FINDS, Find
from tests.fuzz.targets import TARGETS

CHANGES = 40
"""Changed inputs a target in a test run: a smoke test of the targets themselves, the same inputs each time."""


@pytest.mark.parametrize("find", FINDS, ids=[f"{find.target}: {find.what}" for find in FINDS])
def test_what_fell_out_stays_mended(find: Find) -> None:
    TARGETS[find.target].check(find.data)


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_holds_for_its_seeds_and_for_changes_of_them(name: str) -> None:
    target = TARGETS[name]
    seeds = list(target.seeds())
    assert seeds
    rng = Random(name)  # a text gives the same numbers in every run
    for data in seeds[:: max(1, len(seeds) // 40)]:
        target.check(data)
    for _ in range(CHANGES):
        data = rng.choice(seeds)
        target.check(target.mutate(data, rng) if target.mutate is not None else data[: rng.randint(0, len(data))])
