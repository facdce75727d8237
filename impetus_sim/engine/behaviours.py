"""Which behaviours a scenario asks for, in the fixed order in which they act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim.crowd.behaviour import Behaviour

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
    del scenario, city, world, people, roster, seed, replicate
    return []
