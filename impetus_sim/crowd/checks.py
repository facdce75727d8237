"""Conservation laws of the crowd, checked at full precision (`impetus run --check`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from impetus_sim.crowd.population import INSIDE
from impetus_sim.errors import RunFailedError

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem


def require_laws(crowd: CrowdSystem) -> None:
    """Raise unless everybody is accounted for, on the ground, and finite.

    Raises
    ------
    RunFailedError
        Which law, at what time, for whom.
    """
    crowd.check_finite()
    counts, people, world = crowd.counts(), crowd.people, crowd.world
    total = counts["inside"] + counts["away"] + counts["left"] + counts["removed"]
    if counts["entered"] != total or counts["entered"] + counts["pending"] != len(people):
        raise RunFailedError(f"at {world.time_s:g} s: people are not conserved: {counts}")
    elsewhere = sum(behaviour.n_left for behaviour in crowd.behaviours)
    if int(world.exits.n_left.sum()) + elsewhere != counts["left"]:
        raise RunFailedError(
            f"at {world.time_s:g} s: exits counted {world.exits.n_left.sum()}, elsewhere {elsewhere} left, "
            f"not {counts['left']}"
        )
    for behaviour in crowd.behaviours:
        behaviour.require_laws(crowd)
    rows = np.flatnonzero(people.state == INSIDE)
    shapely.prepare(world.ground.polygon)
    outside = rows[~shapely.contains_xy(world.ground.polygon, people.x[rows], people.y[rows])]
    if len(outside):
        i = int(outside[0])
        raise RunFailedError(
            f"at {world.time_s:g} s: person {int(people.uid[i])} is off the walkable ground at "
            f"({people.x[i]:.3f}, {people.y[i]:.3f})"
        )
