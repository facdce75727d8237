"""The dependency layer on thousands of random systems, with circles: equal to its definitions, and monotone."""

import numpy as np
import pytest

from impetus_sim.infrastructure.services.services import Services
from impetus_sim.world.assets import Order

from .random_assets import KEY, dip, levels_stepwise, random_assets, random_supply

UNTIL = 40


def levels_by_events(assets, supply):
    services = Services(assets, KEY)
    services.first_event = 0
    levels, before = np.empty_like(supply), np.ones(supply.shape[1])
    told = before.copy()
    for t, now in enumerate(supply):
        for asset in np.flatnonzero(now != before):
            services.set_order(int(asset), Order.SUPPLY, float(now[asset]), at_us=t)
        told = follow(services, services.advance(t), told)
        assert np.array_equal(told, services.level)
        levels[t], before = services.level, now
    return levels


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
    services.logged([services.first_event + k for k in range(len(changes))])
    services.first_event += len(changes)
    return levels


@pytest.mark.parametrize("block", range(4))
def test_levels_are_those_of_the_definitions_at_each_microsecond(block):
    for seed in range(100 * block, 100 * block + 100):
        rng = np.random.default_rng(seed)
        assets = random_assets(rng)
        supply = random_supply(rng, len(assets), UNTIL)
        assert np.array_equal(levels_by_events(assets, supply), levels_stepwise(assets, supply)), seed


@pytest.mark.parametrize("block", range(8))
def test_another_failure_never_raises_a_level_at_any_time(block):
    n_lowered = 0
    for seed in range(250 * block, 250 * block + 250):
        rng = np.random.default_rng([1, seed])
        assets = random_assets(rng, n=int(rng.integers(3, 12)), n_groups=int(rng.integers(2, 16)))
        supply = random_supply(rng, len(assets), UNTIL)
        worse = supply.copy()
        dip(rng, worse)
        before, after = levels_by_events(assets, supply), levels_by_events(assets, worse)
        assert (after <= before).all(), seed
        n_lowered += bool((after < before)[worse == supply].any())
    assert n_lowered > 25  # failures do travel, or the law would hold for nothing
