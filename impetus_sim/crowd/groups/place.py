"""Groups stand together at the start, and at the place they walk to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.groups.form import GroupList
from impetus_sim.crowd.kernels.gather import NEAREST_M, gather_groups
from impetus_sim.crowd.kernels.place import link
from impetus_sim.crowd.population import INSIDE, Roster
from impetus_sim.world.ground import Ground


def place_together(
    people: Table,
    roster: Roster,
    groups: GroupList,
    ground: Ground,
    cells_of: dict[str, npt.NDArray[np.int64]],
    *,
    seed: int,
    replicate: int,
) -> None:
    """Bring the members of each group together, after `placement.place_population`.

    Parameters
    ----------
    cells_of
        Population name to flat indices of its ground cells.
    """
    size = 2.0 * float(people.radius.max(initial=0.1)) + NEAREST_M
    rows = int(np.ceil(ground.shape[0] * ground.cell / size)) + 1
    columns = int(np.ceil(ground.shape[1] * ground.cell / size)) + 1
    head = np.full(rows * columns, -1, np.int32)
    following = np.full(len(people), -1, np.int32)
    x, y = people.spot_x, people.spot_y
    for i in range(len(people)):
        link(i, x, y, head, following, ground.x0, ground.y0, size, columns)
    with_groups = sorted({int(people.population[i]) for i in groups.members})
    allowed = np.zeros((len(roster.populations), *ground.shape), np.uint8)
    for k in with_groups:
        allowed[k].flat[cells_of[roster.populations[k]]] = 1
    gather_groups(
        rng.stream_key(seed, replicate, "crowd.gathering"), people.uid, groups.start, groups.members,
        people.population, np.zeros(len(people), np.uint8), allowed, ground.wall_distance, ground.inside,
        ground.x0, ground.y0, ground.cell, people.radius, head, following, ground.x0, ground.y0, size, columns,
        rows, x, y,
    )  # fmt: skip
    inside = people.state == INSIDE
    people.x[inside], people.y[inside] = x[inside], y[inside]
