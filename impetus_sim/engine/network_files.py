"""Network files of a scenario, parsed: faults in them end a run before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim.engine.naming import about
from impetus_sim.infrastructure.city.grid_above import GridAbove
from impetus_sim.infrastructure.power.network_file import parse_network
from impetus_sim.scenario.network_files import files_of

if TYPE_CHECKING:
    from impetus_sim.scenario.power import Power


def grid_above(spec: Power) -> GridAbove | None:
    """Return the grid of a scenario's file, and where the city hangs on it; None without.

    Raises
    ------
    InvalidInputError
        With all that cannot be used in the file, where it stands.
    """
    if spec.network is None:
        return None
    held = files_of(spec.network)
    with about("infrastructure.power.network"):
        network = parse_network(held.name, held.files)
    return GridAbove(network=network, at=spec.at)
