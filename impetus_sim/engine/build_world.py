"""The world of a run: ground, goals, and the tables through which systems meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.engine.build_gates import open_gates
from impetus_sim.engine.build_weather import build_weather
from impetus_sim.engine.describe_storeys import sheets_in_building
from impetus_sim.engine.lay_ground import Cells, GroundPlan, cells_of
from impetus_sim.engine.ways import initial_status
from impetus_sim.response.base import InterventionSpec
from impetus_sim.world.goals import build_goals
from impetus_sim.world.tables import road_orders_table, streets_table
from impetus_sim.world.world import World

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario


def build_world(scenario: Scenario, city: City, plan: GroundPlan) -> World:
    """Build the world in which the systems of a drawn scenario meet, on ground that has been laid."""
    status = initial_status(scenario)
    rules = plan.ways.rules_at(np.array(list(status.values()), np.uint8))
    world = World(
        ground=plan.ground,
        goals=build_goals(plan.ground, plan.gathering, rules=rules),
        resolution_us=scenario.time.resolution_us,
        areas=_ordered_areas(scenario, city, plan),
        open_exits=plan.is_open,
        connections=status,
        sheets=sheets_in_building(plan.ways.layout),
        open_gates=open_gates(scenario),
    )
    if scenario.crowd.links is not None:
        world.streets = streets_table()
    if scenario.traffic is not None:
        world.road_orders = road_orders_table()
    world.bounds = city.bounds
    world.weather = build_weather(scenario.weather)
    plan.world = world
    return world


def _ordered_areas(scenario: Scenario, city: City, plan: GroundPlan) -> dict[str, Cells]:
    # Of interventions that give orders to whoever is in an area.
    return {
        f"{name}{suffix}": np.unique(
            np.concatenate(
                [
                    cells_of(plan.ground, area, city, f"interventions.{name}", with_edges=True)
                    for area in areas
                ]
            )
        )
        for name, spec in scenario.interventions.items()
        if isinstance(spec, InterventionSpec)
        for suffix, areas in spec.zones().items()
    }
