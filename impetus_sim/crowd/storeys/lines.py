"""Lines across which people come and go: where somebody who crosses one appears at another.

A body that crosses line A-B (interior on the left) at a share t of its length comes in over line A'-B' at 1 - t:
what was on the left hand stays there. It stands as near to that as there is room, never where others stand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.world.ground import Ground

INSET_M = 0.05
"""People appear this far inside a line."""
SPACING_M = 0.1
"""Distance between the places that are tried."""
JAMB_M = 0.2
"""Bodies keep off the ends of a line by their radius, or by this if that is less."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A straight line on the edge of the ground, from a to b, interior on the left."""

    ax: float
    ay: float
    bx: float
    by: float

    @property
    def length(self) -> float:
        """Length, m."""
        return math.hypot(self.bx - self.ax, self.by - self.ay)

    @property
    def along(self) -> tuple[float, float]:
        """Unit vector from a to b."""
        return (self.bx - self.ax) / self.length, (self.by - self.ay) / self.length

    @property
    def inward(self) -> tuple[float, float]:
        """Unit vector into the ground."""
        ux, uy = self.along
        return -uy, ux

    def share(self, x: float, y: float) -> float:
        """Return where along the line a point is: 0 at a, 1 at b."""
        ux, uy = self.along
        return min(1.0, max(0.0, ((x - self.ax) * ux + (y - self.ay) * uy) / self.length))

    def distance(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the distance of points to the line."""
        ux, uy = self.along
        s = np.clip((x - self.ax) * ux + (y - self.ay) * uy, 0.0, self.length)
        return np.hypot(x - self.ax - s * ux, y - self.ay - s * uy)


def line_of(ground: Ground, index: int) -> Line:
    """Return a line of the ground by its number."""
    segments = ground.exit_segments(index)
    # the first segment is the one that follows no other
    ends = {tuple(np.round(end, 6)) for end in segments[:, 2:]}
    first = next((s for s in segments if tuple(np.round(s[:2], 6)) not in ends), segments[0])
    starts = {tuple(np.round(start, 6)) for start in segments[:, :2]}
    last = next((s for s in segments if tuple(np.round(s[2:], 6)) not in starts), segments[-1])
    return Line(ax=float(first[0]), ay=float(first[1]), bx=float(last[2]), by=float(last[3]))


def turn(source: Line, target: Line, vx: float, vy: float) -> tuple[float, float]:
    """Return a vector as it is after crossing from one line to the other: outward becomes inward."""
    ux, uy = source.along
    nx, ny = source.inward
    outward, leftward = -(vx * nx + vy * ny), vx * ux + vy * uy
    tx, ty = target.along
    mx, my = target.inward
    return outward * mx - leftward * tx, outward * my - leftward * ty


def free_spot(
    people: Table,
    who: int,
    others: npt.NDArray[np.int32],
    line: Line,
    *,
    share: float,
    depths: tuple[float, ...] = (INSET_M,),
) -> tuple[float, float] | None:
    """Return the free place inside a line that is nearest to a share of its length, or None.

    Parameters
    ----------
    people, who
        The table and the row of the body to place.
    others
        Rows of the people there may be at the line.
    depths
        Distances inside the line, tried in this order.
    """
    r = float(people.radius[who])
    margin = min(r, JAMB_M)
    room = line.length - 2.0 * margin
    if room <= 0.0:
        steps = np.array([0.5 * line.length])
    else:
        steps = margin + np.linspace(0.0, room, max(2, int(room / SPACING_M) + 1))
    wanted = min(max(share * line.length, margin), line.length - margin)
    steps = np.concatenate([[wanted], steps[np.argsort(np.abs(steps - wanted), kind="stable")]])
    ux, uy = line.along
    nx, ny = line.inward
    near = others[line.distance(people.x[others], people.y[others]) < max(depths) + 2.0 + r]
    for depth in depths:
        x, y = line.ax + steps * ux + depth * nx, line.ay + steps * uy + depth * ny
        apart = np.hypot(x[:, None] - people.x[near], y[:, None] - people.y[near])
        free = (apart >= r + people.radius[near] - 1e-9).all(axis=1)
        if free.any():
            k = int(np.argmax(free))
            return float(x[k]), float(y[k])
    return None
