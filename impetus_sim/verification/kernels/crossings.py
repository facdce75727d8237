"""Brute-force test of steps against every wall, independent of the wall lists of the engine."""

from __future__ import annotations

from impetus_sim.kernels.compile import kernel


@kernel
def count_crossings(x0, y0, x1, y1, walls):  # type: ignore[no-untyped-def]
    """Return how many of the steps (x0, y0) to (x1, y1) cross a wall.

    Parameters
    ----------
    x0, y0, x1, y1
        float64 (people,), m.
    walls
        float64 (n_walls, 4): ends of each wall, m.
    """
    n = 0
    for i in range(x0.shape[0]):
        ux, uy = x1[i] - x0[i], y1[i] - y0[i]
        for w in range(walls.shape[0]):
            ax, ay, bx, by = walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3]
            vx, vy = bx - ax, by - ay
            det = ux * vy - uy * vx
            if det == 0.0:
                continue
            s = ((ax - x0[i]) * vy - (ay - y0[i]) * vx) / det
            t = ((ax - x0[i]) * uy - (ay - y0[i]) * ux) / det
            if 0.0 <= s <= 1.0 and 0.0 <= t <= 1.0:
                n += 1
                break
    return n
