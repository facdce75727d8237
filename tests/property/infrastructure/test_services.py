"""The dependency layer on thousands of random systems, with circles: equal to its definitions, and monotone."""

import numpy as np
import pytest

from impetus_sim.infrastructure.services.services import Services
from impetus_sim.verification.infrastructure.random_needs import (
    KEY,
    levels_by_events,
    order_supply,
    random_assets,
    random_supply,
    with_another_failure,
)

from .stepwise import levels_stepwise


@pytest.mark.parametrize("block", range(4))
def test_levels_are_those_of_the_definitions_at_each_microsecond(block):
    for seed in range(100 * block, 100 * block + 100):
        rng = np.random.default_rng(seed)
        assets = random_assets(rng, n=7, n_groups=9)
        supply = random_supply(rng, len(assets))
        assert np.array_equal(levels_by_events(assets, supply), levels_stepwise(assets, supply)), seed


@pytest.mark.parametrize("block", range(8))
def test_another_failure_never_raises_a_level_at_any_time(block):
    n_lowered = 0
    for seed in range(250 * block, 250 * block + 250):
        before, after, is_same = with_another_failure(seed)
        assert (after <= before).all(), seed
        n_lowered += bool((after < before)[is_same].any())
    assert n_lowered > 25  # failures do travel, or the law would hold for nothing


@pytest.mark.parametrize("block", range(4))
def test_changes_tell_the_levels_and_name_what_came_before(block):
    for seed in range(100 * block, 100 * block + 100):
        rng = np.random.default_rng([2, seed])
        assets = random_assets(rng, n=8, n_groups=14)
        services = Services(assets, KEY)
        told = before = np.ones(len(assets))
        n_events = 0
        for t, now in enumerate(random_supply(rng, len(assets))):
            order_supply(services, before, now, t)
            changes = services.advance(t)
            told = follow(services, changes, told)
            assert np.array_equal(told, services.level), (seed, t)
            services.logged(range(n_events, n_events + len(changes)))
            n_events += len(changes)
            before = now


def follow(services, changes, levels):
    """Levels as the changes tell them; each goes on from the one before, and from something that came first."""
    levels = levels.copy()
    for k, change in enumerate(changes):
        assert change.cause_in_batch < k
        if change.kind in ("level_fell", "level_rose"):
            row = services.row(change.subject)
            assert levels[row] == change.data["was"]
            assert (change.data["level"] < change.data["was"]) == (change.kind == "level_fell")
            assert change.data["because"] == "own" or change.cause_in_batch >= 0 or change.cause >= 0
            levels[row] = change.data["level"]
    return levels
