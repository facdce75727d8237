"""What the ways of a run rest on: slopes, connections between storeys, classes of mobility."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.slopes import SlopeArea, Slopes, slowness_of
from impetus_sim.crowd.storeys.connections import Connections
from impetus_sim.crowd.ways_around import WaysAround
from impetus_sim.engine.build_slopes import find_slopes
from impetus_sim.engine.lay_storeys import Layout
from impetus_sim.world.cut_off import build_with_gates
from impetus_sim.world.goals import Goals, build_goals
from impetus_sim.world.passages import EVERYONE, STEP_FREE, Link, WayRules
from impetus_sim.world.tables import CLOSED, RUNNING, STOPPED

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.crowd.behaviour import Behaviour
    from impetus_sim.crowd.population import Roster
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.ground import Ground
    from impetus_sim.world.world import World


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Slopes and connections of one run.

    Parameters
    ----------
    layout
        What connections add to the ground.
    slopes
        Drawn ones, then those of flights between storeys.
    uses_steps
        Profile to whether it can use steps.
    rules
        For connections that all run.
    """

    layout: Layout
    slopes: Sequence[SlopeArea]
    uses_steps: Mapping[str, bool]
    rules: WayRules

    def rules_at(self, status: npt.NDArray[np.uint8]) -> WayRules:
        """Return the rules for a status of each connection."""
        escalators = {spec.number: spec for spec in self.layout.escalators}
        links: list[Link] = []
        for link in self.layout.links:
            if status[link.connection] == RUNNING:
                links.append(link)
            elif status[link.connection] == STOPPED and link.connection in escalators:
                spec = escalators[link.connection]
                links.append(replace(link, cost_m=spec.length_m / spec.climb_factor))
        return replace(self.rules, links=tuple(links))

    def mobility(self, people: Table, roster: Roster) -> npt.NDArray[np.int16] | None:
        """Return the class of mobility of each person, int16; None when all are one class."""
        if self.rules.n_classes == 1:
            return None
        of_profile = [EVERYONE if self.uses_steps[name] else STEP_FREE for name in roster.profiles]
        return np.array(of_profile, np.int16)[people.profile]

    def behaviours(
        self,
        world: World,
        people: Table,
        roster: Roster,
        *,
        step_s: float,
        gathering: Mapping[str, npt.NDArray[np.int64]],
    ) -> list[Behaviour]:
        """Return what makes people walk on slopes and cross connections."""
        made: list[Behaviour] = []
        if self.layout.links:
            made.append(self._connections(world, people, roster, gathering))
        if self.slopes:
            of_profile = np.array([self.uses_steps[name] for name in roster.profiles], np.uint8)
            made.append(
                Slopes(self.slopes, world.ground, uses_steps=of_profile[people.profile], step_s=step_s)
            )
        return made

    def around_crowds(
        self,
        world: World,
        people: Table,
        *,
        every: float,
        gathering: Mapping[str, npt.NDArray[np.int64]],
    ) -> WaysAround:
        """Return what lays the ways around crowds every so many seconds."""

        def build(slower: npt.NDArray[np.float32]) -> Goals:
            rules = self.rules_at(world.connections.status)
            on_slopes = 1.0 if rules.slower is None else rules.slower
            return build_fields(
                world, gathering, replace(rules, slower=slower * on_slopes, is_straight=False), keep=False
            )

        return WaysAround(people, world, every=every, build_fields=build)

    def _connections(
        self,
        world: World,
        people: Table,
        roster: Roster,
        gathering: Mapping[str, npt.NDArray[np.int64]],
    ) -> Connections:
        built = {_grid_key(world) + world.connections.status.tobytes(): world.goals}

        def goals_for(status: npt.NDArray[np.uint8]) -> Goals:
            key = _grid_key(world) + status.tobytes()
            if key not in built:
                built[key] = build_fields(world, gathering, self.rules_at(status))
            return built[key]

        mobility = self.mobility(people, roster)
        return Connections(
            world,
            self.layout.links,
            escalators=self.layout.escalators,
            lifts=self.layout.lifts,
            mobility=np.zeros(len(people), np.int16) if mobility is None else mobility,
            goals_for=goals_for,
        )


def _grid_key(world: World) -> bytes:
    return b"" if world.gate_grid is None else world.gate_grid.is_open.tobytes()


def build_fields(
    world: World, gathering: Mapping[str, npt.NDArray[np.int64]], rules: WayRules, *, keep: bool = True
) -> Goals:
    """Return the fields of all goals, for the gates as the grid of the ground has them."""

    def build() -> Goals:
        return build_goals(world.ground, gathering, rules=rules, keep=keep)

    if world.gate_grid is None:
        return build()
    return build_with_gates(world.ground, world.gate_grid, build)


def find_ways(scenario: Scenario, city: City, ground: Ground, layout: Layout) -> Ways:
    """Find the slopes of a scenario and lay down the rules of its ways."""
    crowd = scenario.crowd
    slopes = [*find_slopes(scenario, city), *layout.slopes]
    uses_steps = {name: bool(profile.uses_steps) for name, profile in crowd.profiles.items()}
    present = {name for population in crowd.populations.values() for name in population.profiles}
    has_steps = any(slope.needs_steps for slope in slopes) or bool(layout.links)
    steps = [slope.area for slope in slopes if slope.needs_steps]
    mask = np.zeros(ground.shape, bool)
    for area in steps:
        mask.flat[ground.cells_of(area, with_edges=True)] = True
    rules = WayRules(
        slower=slowness_of(slopes, ground) if slopes else None,
        steps=mask if steps else None,
        links=tuple(layout.links),
        n_classes=2 if has_steps and not all(uses_steps[name] for name in present) else 1,
    )
    return Ways(layout=layout, slopes=slopes, uses_steps=uses_steps, rules=rules)


def initial_status(scenario: Scenario) -> dict[str, int]:
    """Return the status of each connection at the start, in the order of their numbers."""
    return {name: RUNNING if spec.open else CLOSED for name, spec in scenario.crowd.connections.items()}
