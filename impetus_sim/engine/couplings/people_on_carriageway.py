"""People on the carriageway lower the capacity of a street, and stop it where they fill it.

Law: a driver goes on while the place ahead, one lane wide and one car long (A = 3.25 m x 7.5 m), is free of people.
With people scattered over the carriageway at density d that is so with probability exp(-d A), the chance that a
random series leaves a gap (Adams 1936, Road traffic considered as a random series, Journal of the Institution of
Civil Engineers 4; there for gaps in time, here in space). A link discharges at that share of its capacity in its
fullest stretch of 15 m; below 2 %, from 0.16 people/m2 on, nothing moves. It has not been compared with counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.engine.couplings.carriageway import cells_at
from impetus_sim.maps.highway_classes import LANE_WIDTH_M
from impetus_sim.traffic.road import CAR_M

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.world.world import World

CLEAR_M2 = LANE_WIDTH_M * CAR_M
STOPS_BELOW = 0.02
"""Share of capacity below which a street counts as full of people."""


def share_left(density: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the share of its capacity that people at a density, 1/m2, leave to a lane."""
    share = np.exp(-CLEAR_M2 * np.asarray(density))
    return np.where(share < STOPS_BELOW, 0.0, share)


def people_on_carriageway_slow_vehicles(world: World, systems: Systems, seconds: float) -> None:
    """Set the share of its capacity that people leave to each link on the ground."""
    del seconds
    carriageway, roads = systems.carriageway, world.roads
    assert carriageway is not None and roads is not None
    rows, people = systems.crowd.inside, systems.crowd.people
    density = carriageway.density(cells_at(world, people.x[rows], people.y[rows]))
    roads.people_share[carriageway.link] = 1.0
    np.minimum.at(roads.people_share, carriageway.link, share_left(density))
