"""Random systems of assets with short buffers, and what happens in them when supplies dip."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.services.build import Need, assemble_assets
from impetus_sim.infrastructure.services.services import Services
from impetus_sim.world.assets import Assets, Order, Service

Floats = npt.NDArray[np.float64]
KEY: Final = np.array([3, 5], np.uint32)
UNTIL_US: Final = 40
_US: Final = 1e-6
_SERVICES: Final = (Service.POWER, Service.TELECOM, Service.WATER, Service.FUEL)


def random_assets(rng: np.random.Generator, *, n: int, n_groups: int) -> Assets:
    """Return assets with needs in any direction: chains, alternatives, generators with fuel, and circles."""
    ids = [f"asset_{k:02d}" for k in range(n)]
    kinds = rng.choice(["feeder", "cell", "generator"], n, p=[0.4, 0.35, 0.25]).tolist()
    needs = []
    for _ in range(n_groups):
        service = _SERVICES[int(rng.choice(4, p=[0.5, 0.2, 0.2, 0.1]))]
        buffer_us = int(rng.choice([2, 5] if service == Service.FUEL else [0, 0, 1, 3, 7]))
        providers = rng.choice(n, int(rng.integers(1, min(n, 3) + 1)), replace=False).tolist()
        needs.append(
            Need(
                consumer=ids[int(rng.integers(n))],
                providers=tuple(ids[row] for row in providers),
                service=service,
                threshold=float(rng.choice([0.5, 1.0])),
                buffer_s=buffer_us * _US,
                refill_s=float(rng.choice([0, 1, 4, 10])) * _US,
                level_without=float(rng.choice([0.0, 0.0, 0.5])),
                probability=float(rng.choice([1.0, 0.7])),
            )
        )
    return assemble_assets(dict(zip(ids, kinds, strict=True)), needs)


def random_supply(rng: np.random.Generator, n: int) -> Floats:
    """Return what reaches each asset at each microsecond, float64 (`UNTIL_US`, n): 1 with one to three dips."""
    supply = np.ones((UNTIL_US, n))
    for _ in range(int(rng.integers(1, 4))):
        dip(rng, supply)
    return supply


def dip(rng: np.random.Generator, supply: Floats) -> None:
    """Lower what reaches a random asset for a random time, in place."""
    until, n = supply.shape
    begins, asset = int(rng.integers(until)), int(rng.integers(n))
    ends = begins + int(rng.integers(1, until))
    supply[begins:ends, asset] = np.minimum(supply[begins:ends, asset], rng.choice([0.0, 0.5]))


def order_supply(services: Services, before: Floats, now: Floats, at_us: int) -> None:
    """Give the orders that turn one row of supplies into the next."""
    for asset in np.flatnonzero(now != before).tolist():
        services.set_order(asset, Order.SUPPLY, float(now[asset]), at_us=at_us)


def levels_by_events(assets: Assets, supply: Floats) -> Floats:
    """Return the levels of all assets at each microsecond, as `supply`."""
    services = Services(assets, KEY)
    levels, before = np.empty_like(supply), np.ones(supply.shape[1])
    for at_us, now in enumerate(supply):
        order_supply(services, before, now, at_us)
        services.advance(at_us)
        levels[at_us], before = services.level, now
    return levels


def with_another_failure(seed: int) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return the levels of a random system, those with one more dip, and where the supplies are the same."""
    rng = np.random.default_rng([1, seed])
    assets = random_assets(rng, n=int(rng.integers(3, 12)), n_groups=int(rng.integers(2, 16)))
    supply = random_supply(rng, len(assets))
    worse = supply.copy()
    dip(rng, worse)
    return levels_by_events(assets, supply), levels_by_events(assets, worse), worse == supply
