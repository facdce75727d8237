"""Vehicles are a hazard to people on the carriageway: how long each was where a driver could not have stopped.

A person is exposed while on a stretch of carriageway (15 m) that a moving vehicle is on, or cannot stop before:
within the stopping sight distance v t + v^2 / (2 b) with t = 2.5 s to react and b = 3.4 m/s2 (AASHTO 2018, A Policy
on Geometric Design of Highways and Streets, chapter 3). A vehicle counts as moving at its free speed until
something has held it up on its link. Exposure is time, not harm: no casualties follow from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.engine.couplings.carriageway import cells_at
from impetus_sim.traffic.approaches import moving_vehicles

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.engine.couplings.carriageway import Carriageway
    from impetus_sim.traffic.system import TrafficSystem
    from impetus_sim.world.world import World

REACTION_S = 2.5
BRAKING_M_S2 = 3.4


def stopping_distance_m(speed_m_s: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the way to a halt from a speed."""
    return np.asarray(REACTION_S * speed_m_s + speed_m_s**2 / (2.0 * BRAKING_M_S2))


def vehicles_endanger_people(world: World, systems: Systems, seconds: float) -> None:
    """Add to the time that people were on the carriageway before moving vehicles."""
    carriageway, near = systems.carriageway, world.near_vehicles
    assert carriageway is not None and near is not None and systems.traffic is not None
    rows, people = systems.crowd.inside, systems.crowd.people
    which, stretch = carriageway.stretches_of(cells_at(world, people.x[rows], people.y[rows]))
    if len(stretch):
        is_dangerous = stretches_before_vehicles(carriageway, systems.traffic.flow)
        near.seconds[rows[np.unique(which[is_dangerous[stretch]])]] += seconds


def stretches_before_vehicles(carriageway: Carriageway, flow: TrafficSystem) -> npt.NDArray[np.bool_]:
    """Return which stretches a moving vehicle is on or could not stop before, (stretches,)."""
    is_dangerous = np.zeros(len(carriageway.link), bool)
    moving = moving_vehicles(flow, carriageway.link)
    reach_m = stopping_distance_m(moving.speed_m_s)
    for k in np.flatnonzero(~moving.stands):
        link, at_m, reach = moving.link[k], moving.at_m[k], reach_m[k]
        own = carriageway.link == link
        is_dangerous |= own & (carriageway.end >= at_m) & (carriageway.start <= at_m + reach)
    return is_dangerous
