"""Interventions that others ask about while they stand: sensors put up, ways made one-way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from impetus_sim.crowd.arrive import OneWay
from impetus_sim.response.interventions.add_sensor import AddSensorSpec
from impetus_sim.response.interventions.one_way_walking import OneWayWalkingSpec

if TYPE_CHECKING:
    from impetus_sim.response.system import ResponseSystem
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.world import World


def mounted_sensors(scenario: Scenario, response: ResponseSystem) -> dict[str, Callable[[], bool]]:
    """Return, of each sensor that an intervention puts up, whether it has been; of several whether one has."""
    by: dict[str, list[str]] = {}
    for name, spec in scenario.interventions.items():
        for sensor in spec.sensors if isinstance(spec, AddSensorSpec) else ():
            by.setdefault(sensor, []).append(name)
    return {sensor: partial(_any_acted, response, names) for sensor, names in by.items()}


def one_ways(scenario: Scenario, world: World, response: ResponseSystem) -> list[OneWay]:
    """Return the rules by which exits are for one direction, each while its intervention stands."""
    names = world.ground.exit_names
    return [
        OneWay(
            ways_in=frozenset(names.index(way) for way in spec.ways_in),
            ways_out=frozenset(names.index(way) for way in spec.ways_out),
            holds=partial(_stands, response, name),
        )
        for name, spec in scenario.interventions.items()
        if isinstance(spec, OneWayWalkingSpec)
    ]


def _any_acted(response: ResponseSystem, names: list[str]) -> bool:
    return any(response.acts_of(name) > 0 for name in names)


def _stands(response: ResponseSystem, name: str) -> bool:
    return response.acts_of(name) == 1  # begun, and not ended
