"""Feeders as needs, for analyses that know needs and no flows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from impetus_sim.infrastructure.city.build import CityInfrastructure
from impetus_sim.world.assets import Assets, Needs, Service


def add_feeders_as_needs(city: CityInfrastructure) -> Assets:
    """Return the assets of a city in which each transformer needs the feeder that it hangs on.

    In a run power flows through the grid and not through needs; what only looks at needs would not see feeders.
    """
    assets, wiring = city.assets, city.wiring
    at_bus = {
        int(bus): row for row, bus in enumerate(city.bus_of_asset) if assets.kinds[row] == "transformer"
    }
    at_breaker = {int(branch): row for row, branch in enumerate(city.branch_of_asset) if branch >= 0}
    consumer = np.array([at_bus[int(bus)] for bus in wiring.bus_of_station], np.int64)
    feeders = wiring.breaker_of_feeder[city.parts.feeders.of_station]
    provider = np.array([at_breaker[int(breaker)] for breaker in feeders], np.int64)
    n, needs = len(consumer), assets.needs
    columns = {
        "consumer": consumer,
        "provider": provider,
        "service": np.full(n, Service.POWER, np.uint8),
        "group": np.full(n, needs.group.max(initial=0) + 1),
        "threshold": np.full(n, 0.5),
        "buffer_s": np.zeros(n),
        "refill_s": np.zeros(n),
        "level_without": np.zeros(n),
        "probability": np.ones(n),
    }
    joined = {name: np.concatenate([getattr(needs, name), column]) for name, column in columns.items()}
    order = np.lexsort((joined["group"], joined["consumer"]))
    return replace(assets, needs=Needs(**{name: column[order] for name, column in joined.items()}))
