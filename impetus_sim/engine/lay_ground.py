"""Where everything of a scenario lies on the ground, before there is a world."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.engine.build_journeys import used_stages
from impetus_sim.engine.build_people import HIDING_GOAL, find_hiding_places
from impetus_sim.engine.ground import area_of, build_run_ground
from impetus_sim.engine.lay_stages import goal_name, lay_stages
from impetus_sim.engine.naming import about
from impetus_sim.engine.ways import Ways, find_ways
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.places import Place, locate

if TYPE_CHECKING:
    from impetus_sim.crowd.journeys.plan import StagePlan
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.ground import Ground
    from impetus_sim.world.world import World

Cells = npt.NDArray[np.int64]
"""Flat indices of cells of the ground's grid."""


@dataclass(kw_only=True)
class GroundPlan:
    """Where everything of a scenario lies on its ground.

    `is_open`: bool (lines,), which exits and passages are open at the start. `standing`: cells of each
    population's place. `hiding`: cells of each hiding place. `gathering`: cells of the areas people walk to, by
    the name of the goal.
    """

    ground: Ground
    is_open: npt.NDArray[np.bool_]
    ways: Ways
    standing: dict[str, Cells]
    hiding: tuple[Cells, ...]
    stages: dict[str, StagePlan] = field(default_factory=dict)
    gathering: dict[str, Cells] = field(default_factory=dict)
    world: World | None = None
    """Set once it is built; stages that wait for something look it up while the run goes on."""

    def built_world(self) -> World:
        """Return the world that was built on this ground."""
        if self.world is None:
            raise RuntimeError("the world is asked for before it is built")
        return self.world


def lay_ground(scenario: Scenario, city: City) -> GroundPlan:
    """Find the places of a drawn scenario on its ground.

    Raises
    ------
    InvalidInputError
        When a place is not on the map or has no walkable ground.
    """
    ground, is_open, layout = build_run_ground(scenario, city)
    ways = find_ways(scenario, city, ground, layout)
    standing = {
        name: cells_of(ground, population.at, city, f"crowd.populations.{name}.at")
        for name, population in scenario.crowd.populations.items()
        if population.network is None
    } | _settling(scenario, city, ground)
    hiding = find_hiding_places(scenario.crowd, lambda place, key: cells_of(ground, place, city, key))
    plan = GroundPlan(ground=ground, is_open=is_open, ways=ways, standing=standing, hiding=hiding)
    plan.stages = lay_stages(scenario, city, ground, plan.built_world)
    plan.gathering = _gathering(scenario, plan)
    return plan


def cells_of(ground: Ground, place: Place, city: City, key: str, *, with_edges: bool = False) -> Cells:
    """Return the cells of a place; a point or a line is given some room around it.

    Parameters
    ----------
    key
        Of the scenario, for messages.
    with_edges
        Also cells of which the place covers only a part.

    Raises
    ------
    InvalidInputError
        When there is no such place, or no walkable ground in it.
    """
    with about(key):
        area = locate(place, city)
    if area.geom_type in ("Point", "LineString", "MultiLineString"):
        area = area.buffer(5.0 if area.geom_type == "Point" else 2.0)
    shapely.prepare(area)
    cells = ground.cells_of(area)
    if not len(cells):
        raise InvalidInputError(
            f"{key}: '{place}' has no walkable ground inside the simulated area",
            hint="move it, or widen crowd.focus",
        )
    return ground.cells_of(area, with_edges=True) if with_edges else cells


def _settling(scenario: Scenario, city: City, ground: Ground) -> dict[str, Cells]:
    # Populations that come over the network to a place on this ground.
    found = {}
    for name, population in scenario.crowd.populations.items():
        if population.network is not None and population.network.to is not None:
            key = f"crowd.populations.{name}.network.to"
            with about(key):
                area = area_of(locate(population.network.to, city))
            if len(ground.cells_of(area)):
                found[name] = cells_of(ground, population.network.to, city, key)
    return found


def _gathering(scenario: Scenario, plan: GroundPlan) -> dict[str, Cells]:
    areas = {
        name: plan.standing[name]
        for name, population in scenario.crowd.populations.items()
        if name in plan.standing and (population.arrive is not None or population.network is not None)
    }
    if plan.hiding:
        areas[HIDING_GOAL] = np.unique(np.concatenate(plan.hiding))
    return areas | {goal_name(name): plan.stages[name].cells for name in used_stages(scenario)}
