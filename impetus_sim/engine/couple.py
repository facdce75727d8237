"""Couplings: where one system's state reaches another, each a small named function.

A coupling is active when both ends exist in the run; `active_couplings` lists those by name, and the command
line prints the list. Those of people act at the steps of the crowd, those of streets at the steps of traffic,
those of assets when something has happened to one.
Couplings that need more than a function have files of their own in `engine.couplings`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from impetus_sim.engine.couplings.assets import (
    alarmed_people_call,
    false_alarms_reach_people,
    signals_follow_assets,
)
from impetus_sim.engine.couplings.attackers import attackers_hit_people
from impetus_sim.engine.couplings.blasts import blasts_hurt_people
from impetus_sim.engine.couplings.boarding import people_board_vehicles
from impetus_sim.engine.couplings.cars_left import drivers_leave_cars
from impetus_sim.engine.couplings.danger import within_danger
from impetus_sim.engine.couplings.drivers_yield import (
    crossings_show_lights_and_vehicles,
    drivers_yield_to_people,
)
from impetus_sim.engine.couplings.emergency_calls import people_call_for_help
from impetus_sim.engine.couplings.flood import water_slows_people
from impetus_sim.engine.couplings.people_at_kerbs import people_wait_at_kerbs
from impetus_sim.engine.couplings.people_on_carriageway import people_on_carriageway_slow_vehicles
from impetus_sim.engine.couplings.rumours import rumours_spread
from impetus_sim.engine.couplings.vehicles_near import vehicles_endanger_people
from impetus_sim.world.world import World

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems

DENSE_SMOKE_PER_M = 0.5
"""Extinction at which smoke counts as exposure: signs are lost to sight at about 3 / K = 6 m (Jin 1978)."""


def stimuli_reach_people(world: World, systems: Systems, seconds: float) -> None:
    """Let people notice stimuli and follow orders written since the last time."""
    del world, seconds
    systems.crowd.perception.serve()


def smoke_slows_people(world: World, systems: Systems, seconds: float) -> None:
    """Set the speed factor from the extinction where each person stands, and add to the smoke dose.

    The law is the run's own (family ``smoke_speed_laws``); Frantzich and Nilsson's unless the scenario says.
    """
    crowd = systems.crowd
    rows, people = crowd.inside, crowd.people
    extinction = world.extinction_at(people.x[rows], people.y[rows])
    people.speed_factor[rows] = crowd.smoke_speed.factor(extinction, people.desired_speed[rows])
    people.smoke_dose[rows] += extinction * seconds


def threats_expose_people(world: World, systems: Systems, seconds: float) -> None:
    """Count the time of people within a threat's danger distance or in dense smoke."""
    rows, people = systems.crowd.inside, systems.crowd.people
    x, y = people.x[rows], people.y[rows]
    is_exposed = within_danger(world, x, y)
    if world.has_smoke:
        is_exposed |= world.extinction_at(x, y) >= DENSE_SMOKE_PER_M
    people.exposure_s[rows[is_exposed]] += seconds


def injuries_stop_people(world: World, systems: Systems, seconds: float) -> None:
    """Let those who cannot walk lie where they are, and take away whom responders have carried off."""
    del world, seconds
    assert systems.injured is not None
    systems.injured.serve(systems.crowd)


Coupling = Callable[[World, "Systems", float], None]


def active_couplings(world: World, systems: Systems) -> dict[str, Coupling]:
    """Return the couplings that can act now, by name."""
    return people_couplings(world, systems) | street_couplings(systems) | asset_couplings(world, systems)


def people_couplings(world: World, systems: Systems) -> dict[str, Coupling]:
    """Return those that act at the steps of the crowd."""
    active: dict[str, Coupling] = {"stimuli_reach_people": stimuli_reach_people}
    if world.has_smoke:
        active["smoke_slows_people"] = smoke_slows_people
    if world.flood is not None and world.flood.is_present:
        active["water_slows_people"] = water_slows_people
    if len(world.threats) or world.has_smoke:
        active["threats_expose_people"] = threats_expose_people
    if systems.kerbs is not None:
        active["people_wait_at_kerbs"] = people_wait_at_kerbs
    if systems.infrastructure is not None and world.coverage is not None and len(systems.crowd.people):
        active["alarmed_people_call"] = alarmed_people_call
    active |= _harm_couplings(world, systems)
    if systems.callers is not None:
        active["people_call_for_help"] = people_call_for_help
    if systems.exposure is not None:
        active |= dict.fromkeys(systems.exposure.couplings, _in_step)
    for behaviour in systems.crowd.behaviours:
        active |= dict.fromkeys(behaviour.couplings(systems.crowd), _in_step)
    return active


def _harm_couplings(world: World, systems: Systems) -> dict[str, Coupling]:
    # Those of hazards that reach single people; whoever they hurt lies before the step is over.
    active: dict[str, Coupling] = {}
    if world.attackers is not None and len(world.attackers.attackers):
        active["attackers_hit_people"] = attackers_hit_people
    if world.rumours is not None and len(world.rumours.rumours):
        active["rumours_spread"] = rumours_spread
    if world.blasts is not None and len(world.blasts):
        active["blasts_hurt_people"] = blasts_hurt_people
    if systems.injured is not None:
        active["injuries_stop_people"] = injuries_stop_people
    return active


def street_couplings(systems: Systems) -> dict[str, Coupling]:
    """Return those that act at the steps of traffic."""
    active: dict[str, Coupling] = {}
    if systems.carriageway is not None and len(systems.carriageway.link):
        active["people_on_carriageway_slow_vehicles"] = people_on_carriageway_slow_vehicles
        active["vehicles_endanger_people"] = vehicles_endanger_people
    if systems.kerbs is not None:
        active["drivers_yield_to_people"] = drivers_yield_to_people
        active["crossings_show_lights_and_vehicles"] = crossings_show_lights_and_vehicles
    if systems.flooded is not None and len(systems.flooded.table):
        active["water_slows_and_closes_streets"] = _in_step
    if systems.traffic is not None and systems.traffic.abandoned is not None:
        active["drivers_leave_cars"] = drivers_leave_cars
    if systems.traffic is not None and systems.traffic.service is not None:
        active["people_board_vehicles"] = people_board_vehicles
    return active


def asset_couplings(world: World, systems: Systems) -> dict[str, Coupling]:
    """Return those that act when something has happened to what the city runs on."""
    active: dict[str, Coupling] = {}
    if systems.infrastructure is None or world.assets is None:
        return active
    if systems.signal_assets and world.road_orders is not None:
        active["signals_follow_assets"] = signals_follow_assets
    if {"siren", "sign"} & set(world.assets.kinds):
        active["false_alarms_reach_people"] = false_alarms_reach_people
    if world.coverage is not None:
        active["no_cell_no_message"] = _in_step
    return active


def couple(world: World, systems: Systems, tick: int) -> list[str]:
    """Carry out the couplings that are due at a tick and return their names."""
    due: list[tuple[float, dict[str, Coupling]]] = []
    if tick % systems.crowd.step_ticks == 0:
        due.append((systems.crowd.step_s, people_couplings(world, systems)))
    if systems.traffic is not None and tick % systems.traffic.step_ticks == 0:
        due.append((world.seconds(systems.traffic.step_ticks), street_couplings(systems)))
    if systems.infrastructure is not None and systems.infrastructure.happened:
        due.append((0.0, asset_couplings(world, systems)))
    for seconds, couplings in due:
        for coupling in couplings.values():
            coupling(world, systems, seconds)
    return [name for _, couplings in due for name in couplings]


def _in_step(world: World, systems: Systems, seconds: float) -> None:
    """Stand for a coupling that a system carries out within its own step."""
