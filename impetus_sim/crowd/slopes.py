"""Stairs and ramps in the crowd's step: how fast people walk on them, and how many may enter.

The speed follows from where somebody is and which way they want to go: along the slope up or down by its factors,
across it by their mean. The flow limit acts at the edge: a slope holds one allowance for people who enter upwards
and one for people who enter downwards (`impetus_sim.crowd.allowance`), as exits do; who may not enter stays
before it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.arrays import Table
from impetus_sim.crowd.allowance import grow, may_pass
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.errors import InvalidInputError
from impetus_sim.world.ground import Ground

LEVEL = -1
"""Number of the slope of whoever is on none."""
_EDGE = -2
"""In the grid: a slope's edge runs through the cell, so the place itself decides."""


@dataclass(frozen=True, kw_only=True)
class SlopeArea:
    """One stair or ramp on the ground.

    Parameters
    ----------
    area
        Polygon in local metres.
    up_x, up_y
        Unit vector of the way up, in the plane.
    up_factor, down_factor, across_factor
        Speed in the plane as a share of the speed on the level.
    up_flow, down_flow
        Most persons per second who enter upwards and downwards.
    needs_steps
        Whether only people who can use steps may enter.
    reluctance
        Factor on the time that the way over it seems to take.
    """

    name: str
    area: BaseGeometry
    up_x: float
    up_y: float
    up_factor: float
    down_factor: float
    across_factor: float
    up_flow: float
    down_flow: float
    needs_steps: bool = False
    reluctance: float = 1.0

    @property
    def slowness(self) -> float:
        """Time per metre in the plane relative to level ground: mean of up and down, as it seems to people."""
        return 0.5 * (1.0 / self.up_factor + 1.0 / self.down_factor) * self.reluctance


def extent_m(area: BaseGeometry, along_x: float, along_y: float) -> float:
    """Return how far an area reaches in a direction (unit vector)."""
    points = shapely.get_coordinates(area)
    along = points[:, 0] * along_x + points[:, 1] * along_y
    return float(along.max() - along.min())


def mark_slopes(slopes: Sequence[SlopeArea], ground: Ground) -> npt.NDArray[np.int16]:
    """Return the slope of each grid cell, int16 (rows, columns): its number, -1 for none, -2 at an edge.

    Raises
    ------
    InvalidInputError
        When two slopes overlap, or one is not on the ground.
    """
    grid = np.full(ground.shape, LEVEL, np.int16)
    for k, slope in enumerate(slopes):
        for other in slopes[:k]:
            if slope.area.intersection(other.area).area > 1e-6:
                raise InvalidInputError(
                    f"crowd.slopes.{slope.name}: it overlaps '{other.name}'", hint="draw them side by side"
                )
        if not slope.area.intersects(ground.polygon):
            raise InvalidInputError(f"crowd.slopes.{slope.name}: it is off the walkable ground")
        _mark(grid, ground, slope.area, k)
    return grid


def _mark(grid: npt.NDArray[np.int16], ground: Ground, area: BaseGeometry, number: int) -> None:
    left, bottom, right, top = area.bounds
    c0, c1 = int((left - ground.x0) / ground.cell), int((right - ground.x0) / ground.cell) + 1
    r0, r1 = int((bottom - ground.y0) / ground.cell), int((top - ground.y0) / ground.cell) + 1
    r0, c0 = max(0, r0), max(0, c0)
    r1, c1 = min(ground.shape[0], r1), min(ground.shape[1], c1)
    rows, columns = np.mgrid[r0:r1, c0:c1]
    x, y = ground.x0 + columns * ground.cell, ground.y0 + rows * ground.cell
    boxes = shapely.box(x, y, x + ground.cell, y + ground.cell)
    shapely.prepare(area)
    part = grid[r0:r1, c0:c1]
    part[shapely.intersects(area, boxes)] = _EDGE
    part[shapely.contains_properly(area, boxes)] = number


def slowness_of(slopes: Sequence[SlopeArea], ground: Ground) -> npt.NDArray[np.float32]:
    """Return the factor of slopes on the slowness of the ground, float32 (rows, columns); 1 on the level."""
    factor = np.ones(ground.shape, np.float32)
    for slope in slopes:
        factor.flat[ground.cells_of(slope.area, with_edges=True)] = slope.slowness
    return factor


class Slopes(Behaviour):
    """The stairs and ramps of one run.

    Parameters
    ----------
    slopes
        In the order of their names.
    ground
        The ground.
    uses_steps
        uint8 (people,): 0 for those who cannot use steps.
    step_s
        Length of a crowd step, s.
    """

    def __init__(
        self,
        slopes: Sequence[SlopeArea],
        ground: Ground,
        *,
        uses_steps: npt.NDArray[np.uint8],
        step_s: float,
    ) -> None:
        self.slopes = tuple(slopes)
        self._ground, self._uses_steps, self._step_s = ground, uses_steps, step_s
        self._grid = mark_slopes(slopes, ground)
        self._up = np.array([(s.up_x, s.up_y) for s in slopes]).reshape(-1, 2)
        self._factors = np.array([(s.up_factor, s.down_factor, s.across_factor) for s in slopes])
        self._needs_steps = np.array([s.needs_steps for s in slopes])
        self._gain = np.array([(s.up_flow, s.down_flow) for s in slopes]) * step_s
        columns: dict[str, tuple[str, int]] = {
            "allowance": ("f8", 2),
            "is_awaited": ("u1", 2),
            "n_entered": ("i8", 2),
        }
        self._table = Table("slopes", len(slopes), columns)
        n = len(uses_steps)
        self._before = np.full(n, LEVEL, np.int16)
        self._x, self._y = np.zeros(n), np.zeros(n)
        self._tick = -1

    @property
    def state(self) -> list[Table]:
        """Allowances and counts of people who entered, up and down."""
        return [self._table]

    def find(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
        """Return the number of the slope at each point, -1 for none."""
        ground = self._ground
        row = np.clip(((y - ground.y0) / ground.cell).astype(np.intp), 0, ground.shape[0] - 1)
        column = np.clip(((x - ground.x0) / ground.cell).astype(np.intp), 0, ground.shape[1] - 1)
        found = self._grid[row, column]
        unsure = np.flatnonzero(found == _EDGE)
        found[unsure] = LEVEL
        for k, slope in enumerate(self.slopes):
            if len(unsure):
                found[unsure[shapely.intersects_xy(slope.area, x[unsure], y[unsure])]] = k
        return found

    def adjust_wishes(
        self,
        crowd: CrowdSystem,
        tick: int,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        """Slow down whoever is on a slope, by the way they want to go; note where everybody is."""
        people, rows = crowd.people, crowd.inside
        x, y = people.x[rows], people.y[rows]
        on = self.find(x, y)
        self._before[rows], self._x[rows], self._y[rows] = on, x, y
        self._tick = tick
        here = np.flatnonzero(on >= 0)
        i, k = rows[here], on[here]
        climb = desired_x[i] * self._up[k, 0] + desired_y[i] * self._up[k, 1]
        along = np.where(climb > 0.0, self._factors[k, 0], self._factors[k, 1])
        speed[i] *= climb**2 * along + (1.0 - climb**2) * self._factors[k, 2]

    def after_move(self, crowd: CrowdSystem, tick: int) -> None:
        """Let people on to slopes as far as the allowances go; the others are put back before the edge."""
        allowance = self._table.allowance
        grow(allowance, self._gain, self._table.is_awaited)
        if tick != self._tick:  # nobody walked in this step
            return
        people, rows = crowd.people, crowd.inside
        on = self.find(people.x[rows], people.y[rows])
        # whoever came over a connection between storeys has been let in there
        moved = np.hypot(people.x[rows] - self._x[rows], people.y[rows] - self._y[rows])
        is_new = (on >= 0) & (on != self._before[rows])
        is_new &= moved <= 1.5 * np.hypot(people.vx[rows], people.vy[rows]) * self._step_s + 1e-9
        i, k = rows[is_new], on[is_new]
        goes_down = (people.vx[i] * self._up[k, 0] + people.vy[i] * self._up[k, 1] < 0.0).astype(np.intp)
        is_full = ~may_pass(allowance[k, goes_down])
        self._table.is_awaited[k[is_full], goes_down[is_full]] = 1
        may = ~is_full & ~(self._needs_steps[k] & (self._uses_steps[i] == 0))
        np.subtract.at(allowance, (k[may], goes_down[may]), 1.0)
        np.add.at(self._table.n_entered, (k[may], goes_down[may]), 1)
        back = i[~may]
        people.x[back], people.y[back] = self._x[back], self._y[back]
        people.vx[back] = people.vy[back] = 0.0


def unit_of_bearing(bearing_deg: float) -> tuple[float, float]:
    """Return the unit vector of a compass bearing: 0 is +y, 90 is +x."""
    angle = math.radians(bearing_deg)
    return round(math.sin(angle), 12), round(math.cos(angle), 12)
