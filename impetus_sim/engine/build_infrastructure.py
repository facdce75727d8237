"""The infrastructure of a run: built from the map, changed as the scenario says, on one clock."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim import rng
from impetus_sim.engine.build_hand_assets import build_hand_assets
from impetus_sim.engine.build_power import build_power
from impetus_sim.engine.build_repair import build_repair, travel_of_crews
from impetus_sim.engine.build_water import build_water, water_file
from impetus_sim.engine.mobile_generators import add_mobile_generators, rows_of_mobile_generators
from impetus_sim.engine.naming import about
from impetus_sim.engine.network_files import grid_above
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.city.build import build_city_infrastructure
from impetus_sim.infrastructure.city.districts import Districts, districts_of_areas, districts_of_map
from impetus_sim.infrastructure.city.equipment import EQUIPMENT_KINDS, TYPICAL_PEOPLE
from impetus_sim.infrastructure.city.networks import build_phone_network
from impetus_sim.infrastructure.city.spec import CitySpec
from impetus_sim.infrastructure.services.services import Services
from impetus_sim.infrastructure.supplies.phones import PhoneSupply
from impetus_sim.infrastructure.supplies.water import without_water_needs
from impetus_sim.infrastructure.system import InfrastructureSystem
from impetus_sim.scenario.infrastructure import TYPICAL
from impetus_sim.scenario.on_assets import OnAssets, find_assets
from impetus_sim.scenario.places import locate
from impetus_sim.world.assets import Assets, Needs, Service
from impetus_sim.world.cover import Cover
from impetus_sim.world.coverage import Coverage

if TYPE_CHECKING:
    from impetus_sim.infrastructure.city.build import CityInfrastructure
    from impetus_sim.infrastructure.parts import Supply
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.infrastructure import Density, Infrastructure, NeedChange
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.traffic.city_traffic import CityTraffic
    from impetus_sim.world.world import World


RECORD_BY_HAND_S = 10.0
"""Time between two recorded states of assets that a scenario writes by hand."""


def lay_infrastructure(scenario: Scenario, city: City, world: World) -> CityInfrastructure | None:
    """Build what the city runs on and give its assets to the world; None for a scenario without.

    Assets that a scenario writes by hand are given to the world in its place.

    Raises
    ------
    InvalidInputError
        When the map holds nothing to supply, a changed need is not there, or there are assets of both kinds.
    """
    spec = scenario.infrastructure
    if scenario.cyber is not None and scenario.cyber.assets:
        if spec is not None:
            raise InvalidInputError(
                "cyber.assets: the run has the assets of its infrastructure", hint="leave out one of the two"
            )
        world.have_assets(build_hand_assets(scenario.cyber.assets, city, key="cyber.assets"))
    if spec is None:
        return None
    built = build_city(spec, city)
    assets = built.assets
    for name, change in spec.needs.items():
        with about(f"infrastructure.needs.{name}"):
            assets = change_needs(assets, change, lambda place: locate(place, city))
    built = dataclasses.replace(built, assets=assets)
    built = add_mobile_generators(scenario, built, lambda place: locate(place, city))
    world.have_assets(built.assets)
    cells = built.cells
    if len(cells):
        world.coverage = Coverage(Cover(cells.x, cells.y, cells.range_m))
    return built


def build_city(spec: Infrastructure, city: City) -> CityInfrastructure:
    """Build what a city runs on from its map and the network files of a scenario, with no needs changed.

    Raises
    ------
    InvalidInputError
        When a file cannot be used, with all that is wrong in it, or the map holds nothing to supply.
    """
    above, water = grid_above(spec.power), water_file(spec.water)
    with about("infrastructure"):
        return build_city_infrastructure(city, city_spec(spec.density), above=above, water=water)


def city_spec(density: Density) -> CitySpec:
    """Return the rules by which a city is built, with as many devices as a scenario asks for."""
    asked = {name: getattr(density, name) for name in type(density).model_fields}
    people = {
        kind: TYPICAL_PEOPLE[kind] if value == TYPICAL else float(value)
        for kind, value in asked.items()
        if value is not None
    }
    return CitySpec(
        transformer_people=people.get("transformer"),
        cell_people=people.get("cell", CitySpec.cell_people),
        people_for_each={kind: people[kind] for kind in EQUIPMENT_KINDS if kind in people},
    )


def build_infrastructure(
    scenario: Scenario,
    city: City,
    world: World,
    built: CityInfrastructure | None,
    traffic: CityTraffic | None,
    *,
    seed: int,
    replicate: int,
) -> InfrastructureSystem | None:
    """Build the system from what was laid; of assets written by hand there are their needs alone."""
    spec = scenario.infrastructure
    if world.assets is None:
        return None
    key = partial(rng.stream_key, seed, replicate)
    if spec is None or built is None:
        services = Services(world.assets, key("infrastructure.needs"))
        return InfrastructureSystem(
            world,
            services,
            record_ticks=world.ticks(RECORD_BY_HAND_S),
            districts=districts_of_map(city, world.assets),
        )
    off = rows_of_mobile_generators(built.assets)
    services = Services(without_water_needs(built.assets), key("infrastructure.needs"), off=off)
    states = services.states
    power, voltages = build_power(spec, city, built, states, key=key("infrastructure.relays"))
    start_s = round(3600.0 * hour_of_day(scenario))
    supplies: list[Supply] = [power, *build_water(spec.water, built, services, start_s=start_s)]
    if world.coverage is not None:
        phones = build_phone_network(built)
        supplies.append(
            PhoneSupply(
                phones,
                states,
                world.coverage,
                cells=built.cell_assets,
                crisis_calls=float(spec.phones.crisis_calls),
            )
        )
    if spec.repair is not None:
        with about("infrastructure.repair"):
            supplies += build_repair(
                spec.repair,
                built.assets,
                services,
                travel_of_crews(city, traffic),
                day_begins_h=hour_of_day(scenario),
                draw_key=key("infrastructure.repair"),
            )
    return InfrastructureSystem(
        world,
        services,
        supplies=supplies,
        voltages=voltages,
        record_ticks=world.ticks(spec.record_every),
        districts=find_districts(spec, city, world.assets),
    )


def find_districts(spec: Infrastructure, city: City, assets: Assets) -> Districts:
    """Return the district of each asset: the scenario's, or those of the map."""
    if not spec.districts:
        return districts_of_map(city, assets)
    areas = []
    for name, place in spec.districts.items():
        with about(f"infrastructure.districts.{name}"):
            areas.append(locate(place, city))
            if not areas[-1].area > 0.0:
                raise InvalidInputError(
                    f"'{place}' is no area", hint="draw it around the buildings: {at: PLACE, radius: 300 m}"
                )
    return districts_of_areas(tuple(spec.districts), areas, assets)


def hour_of_day(scenario: Scenario) -> float:
    """Return the hour of the day at which a run begins."""
    start = datetime.fromisoformat(scenario.time.start)
    return start.hour + start.minute / 60.0 + start.second / 3600.0


def change_needs(assets: Assets, change: NeedChange, locate_place: Any) -> Assets:
    """Return assets with other needs, as a scenario says.

    Raises
    ------
    InvalidInputError
        When there are no such assets, or none of them needs that.
    """
    rows = find_assets(OnAssets(assets=change.assets), assets, locate_place)
    needs, service = assets.needs, Service[change.service.upper()]
    hit = np.isin(needs.consumer, rows) & (needs.service == service)
    if not hit.any():
        raise InvalidInputError(
            f"none of {', '.join(change.assets)} needs {change.service}",
            hint="name assets that do; `impetus map infrastructure MAP --assets` shows what each needs",
        )
    columns = {field.name: getattr(needs, field.name).copy() for field in dataclasses.fields(Needs)}
    for key, value in (
        ("buffer_s", change.buffer),
        ("level_without", change.level_without),
        ("probability", change.probability),
    ):
        if value is not None:
            columns[key][hit] = float(value)
    return dataclasses.replace(assets, needs=Needs(**columns))
