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
from impetus_sim.traffic.kernels.records import ON_LINK
from impetus_sim.traffic.positions import offsets_m

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.engine.couplings.carriageway import Carriageway
    from impetus_sim.traffic.system import TrafficSystem
    from impetus_sim.world.world import World

REACTION_S = 2.5
BRAKING_M_S2 = 3.4
HELD_UP_M = 0.5
"""A vehicle farther than this behind its free path has been held up."""


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
    vehicles, road = flow.vehicles, flow.road
    is_dangerous = np.zeros(len(carriageway.link), bool)
    rows = np.flatnonzero(vehicles["state"] == ON_LINK)
    link = road.queues["link"][vehicles["queue"][rows]]
    on_ground = np.isin(link, carriageway.link)
    rows, link = rows[on_ground], link[on_ground]
    speed = np.minimum(road.speed_mm_s[link], vehicles["speed_mm_s"][rows]) / 1000.0
    free_m = np.minimum(
        speed * (flow.now_us - vehicles["entered_us"][rows]) * 1e-6, flow.links.length_m[link]
    )
    at_m = offsets_m(flow)[rows]
    is_moving = (at_m > free_m - HELD_UP_M) & (vehicles["ready_us"][rows] > flow.now_us)
    reach = stopping_distance_m(speed)
    for k in np.flatnonzero(is_moving):
        own = carriageway.link == link[k]
        is_dangerous |= own & (carriageway.end >= at_m[k]) & (carriageway.start <= at_m[k] + reach[k])
    return is_dangerous
