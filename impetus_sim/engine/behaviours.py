"""Which behaviours a scenario asks for, in the fixed order in which they act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.engine.build_harm import build_harm
from impetus_sim.engine.build_links import build_links
from impetus_sim.engine.build_slopes import build_slopes, find_slopes

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.crowd.population import Roster
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.world import World


def build_behaviours(
    scenario: Scenario, city: City, world: World, people: Table, roster: Roster, *, seed: int, replicate: int
) -> list[Behaviour]:
    """Build the behaviours that a drawn scenario asks for.

    Raises
    ------
    InvalidInputError
        When one cannot be built: a place off the map, an unknown name.
    """
    behaviours: list[Behaviour] = []
    slopes = find_slopes(scenario, city)
    if slopes:
        behaviours.append(build_slopes(slopes, scenario, world, people, roster))
    if scenario.crowd.links is not None:
        behaviours.append(build_links(scenario, city, world, people, roster, seed=seed, replicate=replicate))
    harm = build_harm(scenario, people, world, seed=seed, replicate=replicate)
    if harm is not None:
        behaviours.append(harm)  # last: it looks at what the others have led to
    return behaviours
