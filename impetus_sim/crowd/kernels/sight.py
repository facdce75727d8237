"""Whether two points see each other past the walls of a cell."""

from __future__ import annotations

from impetus_sim.kernels.compile import kernel
from impetus_sim.kernels.geometry import segments_cross


@kernel
def is_in_sight(px, py, qx, qy, walls, first, last, wall_of):  # type: ignore[no-untyped-def]
    """Tell whether no wall of ``wall_of[first:last]`` cuts the line from p to q.

    Parameters
    ----------
    walls
        float64 (n, 4), m.
    first, last, wall_of
        Range in the wall lists: int32 indices into `walls`.
    """
    for k in range(first, last):
        w = wall_of[k]
        if segments_cross(px, py, qx, qy, walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3]):
            return False
    return True
