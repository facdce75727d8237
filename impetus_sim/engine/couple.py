"""Couplings: where one system's state reaches another, each a small named function.

A coupling is active when both ends exist in the run; `active_couplings` lists those by name, and the command
line prints the list.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.world.world import World

DENSE_SMOKE_PER_M = 0.5
"""Extinction at which smoke counts as exposure: signs are lost to sight at about 3 / K = 6 m (Jin 1978)."""
LEAST_SPEED_FACTOR = 0.1


def stimuli_reach_people(world: World, crowd: CrowdSystem, seconds: float) -> None:
    """Let people notice stimuli and follow orders written since the last time."""
    del world, seconds
    crowd.perception.serve()


def smoke_slows_people(world: World, crowd: CrowdSystem, seconds: float) -> None:
    """Set the speed factor from the extinction where each person stands, and add to the smoke dose.

    c = 1 - 0.057 K / 0.706, within [0.1, 1] (Frantzich and Nilsson 2003, as used in FDS+Evac).
    """
    rows, people = crowd.inside, crowd.people
    extinction = world.smoke.at(people.x[rows], people.y[rows])
    people.speed_factor[rows] = np.clip(1.0 - 0.057 * extinction / 0.706, LEAST_SPEED_FACTOR, 1.0)
    people.smoke_dose[rows] += extinction * seconds


def threats_expose_people(world: World, crowd: CrowdSystem, seconds: float) -> None:
    """Count the time of people within a threat's danger distance or in dense smoke."""
    rows, people = crowd.inside, crowd.people
    x, y = people.x[rows], people.y[rows]
    is_exposed = _within_danger(world.threats, x, y)
    if world.smoke.is_present:
        is_exposed |= world.smoke.at(x, y) >= DENSE_SMOKE_PER_M
    people.exposure_s[rows[is_exposed]] += seconds


def _within_danger(threats: Table, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    near = np.zeros(len(x), bool)
    for k in np.flatnonzero(threats.is_active):
        near |= (x - threats.x[k]) ** 2 + (y - threats.y[k]) ** 2 < threats.danger_m[k] ** 2
    return near


Coupling = Callable[[World, CrowdSystem, float], None]


def active_couplings(world: World) -> dict[str, Coupling]:
    """Return the couplings that can act now, by name."""
    active: dict[str, Coupling] = {"stimuli_reach_people": stimuli_reach_people}
    if world.smoke.is_present:
        active["smoke_slows_people"] = smoke_slows_people
    if len(world.threats) or world.smoke.is_present:
        active["threats_expose_people"] = threats_expose_people
    return active
