"""Which trips the staged departures of a scenario are about, and when each may begin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.engine.build_demand import rows_of_entries
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.departure_stages import DepartureStage, DepartureStages
from impetus_sim.scenario.places import locate
from impetus_sim.traffic.staging import HELD_BACK_US, Staging

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.drive_network import DriveNetwork

Ints = npt.NDArray[np.int64]


def build_stagings(
    scenario: Scenario, city: City, network: DriveNetwork, origin: Ints, n_of_entry: Mapping[str, int]
) -> dict[str, Staging]:
    """Return what each staged departure of a drawn scenario is about, by name.

    Parameters
    ----------
    origin
        Junction at which each vehicle begins its trip, (vehicles,).
    n_of_entry
        Vehicles of each entry of the demand, which come first in the fleet, in this order.

    Raises
    ------
    InvalidInputError
        When no trip can begin in a stage's area.
    """
    found = {}
    for name, spec in scenario.interventions.items():
        if isinstance(spec, DepartureStages):
            rows = rows_of_entries(n_of_entry, spec.of or tuple(n_of_entry))
            after_us = np.full(len(rows), -1, np.int64)
            for k, stage in enumerate(spec.stages):
                with about(f"interventions.{name}.stages.{k}.at"):
                    begins_here = _junctions(stage, city, network)[origin[rows]]
                after_us[(after_us < 0) & begins_here] = (
                    HELD_BACK_US if stage.start is None else round(float(stage.start) * 1e6)
                )
            found[name] = Staging(vehicles=rows[after_us >= 0], after_us=after_us[after_us >= 0])
    return found


def _junctions(stage: DepartureStage, city: City, network: DriveNetwork) -> npt.NDArray[np.bool_]:
    if stage.at is None:
        return np.ones(network.n_nodes, bool)
    area = locate(stage.at, city)
    inside = np.asarray(shapely.contains_xy(area, network.node_x, network.node_y))
    if not inside.any():
        raise InvalidInputError(
            f"no trip can begin in '{stage.at}': there is no junction in it",
            hint="give an area: a box, or {at: PLACE, radius: 300 m}",
        )
    return inside
