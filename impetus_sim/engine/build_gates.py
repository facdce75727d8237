"""From the gates of a drawn scenario to lines on the ground, and to the behaviour that follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.gates import Gates
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.places import locate
from impetus_sim.world.gates import GateLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.goals import Goals
    from impetus_sim.world.world import World

MAX_GATES = 256


def find_gates(scenario: Scenario, city: City) -> list[GateLine]:
    """Return the gates of a scenario, in the order of their names.

    Raises
    ------
    InvalidInputError
        When the place of one is not on the map, or there are too many.
    """
    gates = []
    for name, spec in scenario.crowd.gates.items():
        with about(f"crowd.gates.{name}.at"):
            gates.append(GateLine(name=name, geometry=locate(spec.at, city)))
    if len(gates) > MAX_GATES:
        raise InvalidInputError(f"crowd.gates: {len(gates)} gates", hint=f"at most {MAX_GATES}")
    return gates


def open_gates(scenario: Scenario) -> npt.NDArray[np.bool_]:
    """Return which gates are open at the start, bool (gates,)."""
    return np.array([spec.open for spec in scenario.crowd.gates.values()], bool)


def build_gates(world: World, build_fields: Callable[[], Goals]) -> Gates | None:
    """Return the behaviour, or None where there are no gates; the ground must be that of open gates."""
    return None if world.gate_grid is None else Gates(world, world.gate_grid, build_fields)
