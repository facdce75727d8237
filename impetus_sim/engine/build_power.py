"""The grid of a run: with the loads of its hour, whom it spares, and its voltages for those who asked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.engine.naming import about
from impetus_sim.infrastructure.city.networks import build_power_network
from impetus_sim.infrastructure.power.grid import PowerGrid
from impetus_sim.infrastructure.power.rules import SheddingPlan, spare
from impetus_sim.infrastructure.supplies.power import PowerSupply
from impetus_sim.infrastructure.supplies.voltages import VoltageReading
from impetus_sim.scenario.on_assets import OnAssets, find_assets
from impetus_sim.scenario.places import locate
from impetus_sim.world.assets import Service

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.infrastructure.city.build import CityInfrastructure
    from impetus_sim.infrastructure.power.network import PowerNetwork
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.infrastructure import Infrastructure


def build_power(
    spec: Infrastructure, city: City, built: CityInfrastructure, states: Table, *, key: npt.NDArray[np.uint32]
) -> tuple[PowerSupply, VoltageReading | None]:
    """Build the grid under the assets, and the reading of its voltages.

    Raises
    ------
    InvalidInputError
        When assets to keep are not there, or AC flow is asked for and not installed.
    """
    network = build_power_network(built, hour_load=float(spec.hour_load))
    plan = _plan(spec, city, built, network) if spec.power.keep else None
    grid = PowerGrid(network, plan=plan, key=key)
    supply = PowerSupply(
        grid,
        built.assets,
        states,
        bus_of_asset=built.bus_of_asset,
        breaker_of_asset=built.branch_of_asset,
        unit_of_asset=built.unit_of_asset,
    )
    if not spec.power.ac:
        return supply, None
    with about("infrastructure.power.ac"):
        return supply, VoltageReading(grid, subject="grid_supply_1")


def _plan(spec: Infrastructure, city: City, built: CityInfrastructure, network: PowerNetwork) -> SheddingPlan:
    with about("infrastructure.power.keep"):
        kept = find_assets(OnAssets(assets=spec.power.keep), built.assets, lambda place: locate(place, city))
    is_kept = np.zeros(network.n_buses, bool)
    is_kept[_buses_of(built, kept)] = True
    is_whole = np.arange(network.n_buses) < built.wiring.network.n_buses
    return spare(network, is_whole=is_whole, is_kept=is_kept)


def _buses_of(built: CityInfrastructure, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    # Of the transformers that feed assets; of a transformer its own.
    needs, kinds = built.assets.needs, np.array(built.assets.kinds)
    feeds = np.isin(needs.consumer, rows) & (needs.service == Service.POWER)
    feeders = np.union1d(needs.provider[feeds], rows)
    found: npt.NDArray[np.int64] = built.bus_of_asset[feeders[kinds[feeders] == "transformer"]]
    return found
