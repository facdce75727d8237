"""The power, phones and water of a city as networks in time, with its people where they live and work."""

from __future__ import annotations

import dataclasses

from impetus_sim.infrastructure.city.build import CityInfrastructure
from impetus_sim.infrastructure.city.grid_above import load_of_hour
from impetus_sim.infrastructure.power.network import PowerNetwork
from impetus_sim.infrastructure.telecom.phone_network import PhoneNetwork
from impetus_sim.infrastructure.telecom.rules import PhoneRules
from impetus_sim.infrastructure.water.zone_water import ZoneWater
from impetus_sim.infrastructure.water.zones import build_star


def build_power_network(infrastructure: CityInfrastructure, *, hour_load: float) -> PowerNetwork:
    """Return the grid of a city, and that of a file above it, with the city's load at a share of its peak."""
    grid = infrastructure.grid
    if infrastructure.joined is not None:
        return load_of_hour(infrastructure.joined, hour_load)
    ac = None if grid.ac is None else dataclasses.replace(grid.ac, load_mvar=grid.ac.load_mvar * hour_load)
    return dataclasses.replace(grid, load_mw=grid.load_mw * hour_load, ac=ac)


def build_phone_network(infrastructure: CityInfrastructure, rules: PhoneRules | None = None) -> PhoneNetwork:
    """Return the phone network of a city; cells are in the order of `cell_assets`, people at their buildings.

    Parameters
    ----------
    infrastructure
        Of the city.
    rules
        Of calls, signalling and broadcasts; the defaults when left out.
    """
    cells, premises = infrastructure.cells, infrastructure.parts.premises
    ids = tuple(infrastructure.assets.ids[row] for row in infrastructure.cell_assets.tolist())
    network = PhoneNetwork(ids, cells.x, cells.y, cells.range_m, cells.lines, rules)
    network.place_people(premises.x, premises.y, premises.people, at_us=0)
    return network


def build_zone_water(infrastructure: CityInfrastructure, *, start_s: int = 0) -> ZoneWater:
    """Return the water of a city: zones and pumps in the order of `zone_assets` and `pump_assets`.

    Parameters
    ----------
    infrastructure
        Of the city.
    start_s
        Time of day at the start of the run, s.
    """
    assets, zones, spec = infrastructure.assets, infrastructure.zones, infrastructure.parts.spec
    network = build_star(
        tuple(assets.ids[row] for row in infrastructure.zone_assets.tolist()),
        tuple(assets.ids[row] for row in infrastructure.pump_assets.tolist()),
        demand_m3_s=zones.demand_m3_s,
        pump_m3_s=zones.pump_m3_s,
        tank_m3=zones.tank_m3,
        head_m=spec.water_head_m,
        efficiency=spec.pump_efficiency,
    )
    return ZoneWater(network, start_s=start_s)
