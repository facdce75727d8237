"""From a drawn scenario to a world and its systems; no time passes here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.crowd.injured import InjuredPeople
from impetus_sim.crowd.surge import Surging
from impetus_sim.engine.build_control_rooms import build_callers, build_control_rooms
from impetus_sim.engine.build_crowd import build_crowd
from impetus_sim.engine.build_cyber import build_cyber
from impetus_sim.engine.build_detection import build_detection
from impetus_sim.engine.build_exposure import build_exposure, build_flooded_streets
from impetus_sim.engine.build_infrastructure import build_infrastructure, hour_of_day, lay_infrastructure
from impetus_sim.engine.build_parts import build_hazards, build_response, part_context
from impetus_sim.engine.build_scene import build_scene
from impetus_sim.engine.build_sensing import build_sensing
from impetus_sim.engine.build_standing_orders import mounted_sensors, one_ways
from impetus_sim.engine.build_traffic import build_traffic
from impetus_sim.engine.build_units import build_units, lay_units
from impetus_sim.engine.build_world import build_world
from impetus_sim.engine.couplings.carriageway import build_carriageway
from impetus_sim.engine.couplings.drivers_yield import crossings_show_lights_and_vehicles
from impetus_sim.engine.couplings.kerbs import build_kerbs, crossings_table, kerb_people_table
from impetus_sim.engine.lay_ground import lay_ground
from impetus_sim.errors import InvalidInputError
from impetus_sim.world.roads import near_vehicles_table

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem
    from impetus_sim.cyber.system import CyberSystem
    from impetus_sim.detection.system import DetectionSystem
    from impetus_sim.engine.couplings.carriageway import Carriageway
    from impetus_sim.engine.couplings.emergency_calls import Callers
    from impetus_sim.engine.couplings.exposure import ExposureSystem
    from impetus_sim.engine.couplings.flood import FloodedStreets
    from impetus_sim.engine.couplings.kerbs import Kerbs
    from impetus_sim.engine.lay_storeys import Layout
    from impetus_sim.hazards.system import HazardSystem
    from impetus_sim.infrastructure.city.build import CityInfrastructure
    from impetus_sim.infrastructure.system import InfrastructureSystem
    from impetus_sim.maps.city import City
    from impetus_sim.response.control_room.system import ControlRoomSystem
    from impetus_sim.response.system import ResponseSystem
    from impetus_sim.response.units.system import UnitsSystem
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.sensing.system import SensingSystem
    from impetus_sim.traffic.city_traffic import CityTraffic
    from impetus_sim.world.system import System
    from impetus_sim.world.world import World


@dataclass(frozen=True, kw_only=True)
class Systems:
    """Everything that acts in one run, how its storeys lie, and where streets for vehicles cross its ground."""

    world: World
    crowd: CrowdSystem
    hazards: HazardSystem
    response: ResponseSystem
    control_rooms: ControlRoomSystem | None
    callers: Callers | None
    """Who calls for help; only in runs with a control room."""
    units: UnitsSystem | None
    traffic: CityTraffic | None
    cyber: CyberSystem | None
    detection: DetectionSystem | None
    exposure: ExposureSystem | None
    flooded: FloodedStreets | None
    infrastructure: InfrastructureSystem | None
    sensing: SensingSystem | None
    signal_assets: frozenset[int]
    """Rows of the assets that are signals of the traffic."""
    layout: Layout
    carriageway: Carriageway | None
    kerbs: Kerbs | None
    injured: InjuredPeople | None
    people_in_cars: npt.NDArray[np.intp]
    """Rows of the people who sit in cars at the start, in the order in which cars take them."""
    people_per_car: int

    @cached_property
    def acting(self) -> tuple[System, ...]:
        """All systems; within a phase they act in this order."""
        city = (self.crowd, self.traffic, self.cyber, self.hazards)
        watch = (self.sensing, self.detection)
        staff = (self.units, self.control_rooms, self.response)
        reached = (self.exposure, self.flooded)
        systems = (*city, *watch, *staff, self.infrastructure, *reached)
        return tuple(system for system in systems if system is not None)


def assemble(scenario: Scenario, city: City, *, seed: int, replicate: int) -> Systems:
    """Build the systems of a run.

    Parameters
    ----------
    scenario
        Already drawn for this seed and replicate.
    city
        Its map.

    Raises
    ------
    InvalidInputError
        When a place is not on the map, nobody can get out, or people do not fit.
    """
    plan = lay_ground(scenario, city)
    world = build_world(scenario, city, plan)
    built = lay_infrastructure(scenario, city, world)
    lay_units(scenario, world)
    context = part_context(world, city, seed=seed, replicate=replicate)
    crowd = build_crowd(scenario, city, world, plan, seed=seed, replicate=replicate)
    hazards = build_hazards(scenario, context)
    response = build_response(scenario, context, hazards)
    control_rooms = build_control_rooms(scenario, context, hazards, response, crowd)
    crowd.arrivals.one_ways = one_ways(scenario, world, response)
    signals = {} if built is None else {built.assets.ids[row]: n for row, n in built.signal_nodes.items()}
    if world.surges is not None:
        crowd.join(Surging(crowd.people, world, seed=seed, replicate=replicate))
    injured = None
    if world.injuries is not None:
        injured = InjuredPeople(crowd.people, world)
        crowd.join(injured)
    traffic = build_traffic(scenario, city, world, signals, seed=seed, replicate=replicate)
    cyber = build_cyber(scenario.cyber, world, seed=seed, replicate=replicate)
    carriageway = None
    if traffic is not None and len(crowd.people):
        carriageway = build_carriageway(world, traffic.flow.links, traffic.streets)
        if len(carriageway.link):
            world.near_vehicles = near_vehicles_table(len(crowd.people))
    kerbs = _kerbs(scenario, city, world, crowd, traffic, carriageway, seed=seed, replicate=replicate)
    infrastructure = build_infrastructure(
        scenario, city, world, built, traffic, seed=seed, replicate=replicate
    )
    units = build_units(
        scenario,
        city,
        world,
        crowd,
        traffic,
        day_begins_h=hour_of_day(scenario),
        seed=seed,
        replicate=replicate,
    )
    sensing = None
    if scenario.sensing is not None:
        start = scenario.time.start
        scene = build_scene(context, crowd, traffic, infrastructure, start=start)
        sensing = build_sensing(scenario.sensing, context, scene, mounted=mounted_sensors(scenario, response))
    systems = Systems(
        world=world,
        crowd=crowd,
        hazards=hazards,
        response=response,
        control_rooms=control_rooms,
        callers=build_callers(scenario.response.calls, context, hazards, crowd, control_rooms),
        units=units,
        traffic=traffic,
        cyber=cyber,
        sensing=sensing,
        detection=build_detection(scenario.detection, world, start=scenario.time.start),
        exposure=build_exposure(context, crowd, hazards, seed=seed, replicate=replicate),
        flooded=build_flooded_streets(world, traffic),
        infrastructure=infrastructure,
        signal_assets=_signal_rows(built, traffic),
        layout=plan.ways.layout,
        carriageway=carriageway,
        kerbs=kerbs,
        injured=injured,
        people_in_cars=_people_in_cars(scenario, crowd),
        people_per_car=_people_per_car(scenario),
    )
    for system in systems.acting:
        system.begin()
    if kerbs is not None:
        crossings_show_lights_and_vehicles(world, systems, 0.0)
    return systems


def _kerbs(
    scenario: Scenario,
    city: City,
    world: World,
    crowd: CrowdSystem,
    traffic: CityTraffic | None,
    carriageway: Carriageway | None,
    *,
    seed: int,
    replicate: int,
) -> Kerbs | None:
    # Where people wait at kerbs: with traffic on the ground, unless the scenario lets them walk as if there were
    # none.
    rules = None if scenario.traffic is None else scenario.traffic.crossings
    if rules is None or not rules.kerbs or traffic is None or carriageway is None:
        return None
    if not len(carriageway.link):
        return None
    world.crossings = crossings_table(len(carriageway.link))
    world.people_at_kerbs = kerb_people_table(len(crowd.people))
    draws = rng.draw_uniforms(seed, replicate, "crowd.red_lights", crowd.people.uid)[:, 0]
    return build_kerbs(
        rules,
        city,
        world,
        carriageway,
        traffic.flow,
        traffic.streets,
        ignores_red=draws < float(rules.ignore_red),
        driver=rng.draw_uniforms(seed, replicate, "traffic.yields", traffic.uid)[:, 0],
    )


def _signal_rows(built: CityInfrastructure | None, traffic: CityTraffic | None) -> frozenset[int]:
    # of assets whose junction has a signal in the run's traffic
    if built is None or traffic is None:
        return frozenset()
    return frozenset(
        row for row in built.signal_nodes if built.assets.ids[row] in traffic.orders.signal_names
    )


def _people_in_cars(scenario: Scenario, crowd: CrowdSystem) -> npt.NDArray[np.intp]:
    wanted = scenario.traffic.abandonment if scenario.traffic is not None else None
    if wanted is None or wanted.people is None:
        return np.zeros(0, np.intp)
    if not scenario.crowd.populations[wanted.people].in_vehicles:
        raise InvalidInputError(
            f"traffic.abandonment.people: '{wanted.people}' does not sit in vehicles",
            hint=f"set crowd.populations.{wanted.people}.in_vehicles: true",
        )
    return np.flatnonzero(crowd.people.population == crowd.roster.populations.index(wanted.people))


def _people_per_car(scenario: Scenario) -> int:
    wanted = scenario.traffic.abandonment if scenario.traffic is not None else None
    return 1 if wanted is None else int(wanted.people_per_car)
