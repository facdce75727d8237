"""Free spots in waiting areas."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.kernels.place import link, place_people
from impetus_sim.world.ground import Ground

GAP_M = 0.3
"""Free distance that people leave between them where there is room."""
TRIES = 200


def take_spots(
    people: Table,
    ground: Ground,
    cells: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    others: npt.NDArray[np.int64],
    key: npt.NDArray[np.uint32],
) -> None:
    """Write into the people's `spot_x` and `spot_y` where each of `rows` is going to wait.

    Spots are random free points of the cells, away from the spots of `others`; in a full area people share a spot,
    and stop where those who stand there let them go no farther.

    Parameters
    ----------
    others
        Those who wait in the area or are on their way to it.
    key
        Of the random stream.
    """
    size = 2.0 * float(people.radius.max(initial=0.1)) + GAP_M
    n_rows = int(np.ceil(ground.shape[0] * ground.cell / size)) + 1
    n_columns = int(np.ceil(ground.shape[1] * ground.cell / size)) + 1
    head = np.full(n_rows * n_columns, -1, np.int32)
    following = np.full(len(people), -1, np.int32)
    x, y = people.spot_x, people.spot_y
    for i in others:
        link(i, x, y, head, following, ground.x0, ground.y0, size, n_columns)
    first = 0
    while first < len(rows):
        for gap in (GAP_M, 0.0):
            first = place_people(
                key, people.uid, rows, first, cells, ground.x0, ground.y0, ground.cell, ground.shape[1],
                ground.wall_distance.ravel(), people.radius, gap, TRIES, head, following,
                ground.x0, ground.y0, size, n_columns, n_rows, x, y,
            )  # fmt: skip
        if first < len(rows):
            cell = int(cells[int(people.uid[rows[first]] % np.uint64(len(cells)))])
            x[rows[first]] = ground.x0 + (cell % ground.shape[1] + 0.5) * ground.cell
            y[rows[first]] = ground.y0 + (cell // ground.shape[1] + 0.5) * ground.cell
            first += 1
