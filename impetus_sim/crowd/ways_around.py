"""Ways around crowds: people take the quickest way through the crowd that they see, not the shortest.

On the shortest ways everybody cuts the same corner in one file, and crowds before a gate press into its middle.
Here the ground counts as slower where people are, by Weidmann's relation of speed to density, and the ways to all
goals are laid anew over it every so often (fast marching). Only directions follow the crowd: which exit somebody
takes is chosen as before.

Sources: Hughes (2002), A continuum theory for the flow of pedestrians, Transportation Research Part B 36(6);
Kretz (2009), Pedestrian traffic: on the quickest path, J. Stat. Mech. P03012. Density by the Gaussian of Helbing,
Johansson and Al-Abideen (2007), Phys. Rev. E 75:046109.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.links.speed import weidmann
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.world.goals import Goals
from impetus_sim.world.world import World

SIGMA_M = 0.5
"""Helbing's Gaussian exp(-d^2 / R^2) with R = 0.7 m."""
CUT_OFF_SIGMAS = 3.0
LEAST_ON_GROUND = 0.2
"""Smallest share of the Gaussian on the ground that is divided by."""
LEAST_SPEED_SHARE = 0.1
"""However dense a crowd is, it gets on at this share of the free speed: jams move while one walks up to them."""

Fields = Callable[[npt.NDArray[np.float32]], Goals]


class WaysAround(Behaviour):
    """Lays the ways anew, every `every` seconds and whenever the fields of the goals are replaced.

    Parameters
    ----------
    every
        s.
    build_fields
        Builds the fields of all goals for a factor on the slowness of the ground, float32 (rows, columns).
    """

    def __init__(self, people: Table, world: World, *, every: float, build_fields: Fields) -> None:
        self._world, self._build_fields = world, build_fields
        self._every = max(1, world.ticks(every))
        self.table = Table("ways_around", len(people), {"x": "f8", "y": "f8", "is_here": "u1"})
        self._speeds = weidmann()
        self._shortest = self._laid = world.goals
        self._on_ground = np.maximum(self._smooth(world.ground.inside.astype(np.float64)), LEAST_ON_GROUND)

    @property
    def state(self) -> list[Table]:
        """Where everybody was when the ways were laid."""
        return [self.table]

    def begin(self, crowd: CrowdSystem) -> None:
        """Lay the ways for the crowd at the start."""
        self._look(crowd)
        self._lay()

    def restored(self, crowd: CrowdSystem) -> None:
        """Lay the ways for the crowd as it was seen last."""
        del crowd
        self._lay()

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Look and lay the ways, when it is time or a gate or connection has changed."""
        is_time = tick // self._every != (tick - crowd.step_ticks) // self._every
        if is_time or self._world.goals is not self._laid:
            self._look(crowd)
            self._lay()

    def _look(self, crowd: CrowdSystem) -> None:
        table, people, rows = self.table, crowd.people, crowd.inside
        table.is_here[:] = 0
        table.is_here[rows] = 1
        table.x[rows], table.y[rows] = people.x[rows], people.y[rows]

    def _lay(self) -> None:
        world = self._world
        if world.goals is not self._laid:
            self._shortest = world.goals
        slower = 1.0 / np.maximum(self._speeds.at(self._density()), LEAST_SPEED_SHARE)
        fields = self._build_fields(slower.astype(np.float32))
        self._laid = world.goals = replace(self._shortest, directions=fields.directions)

    def _density(self) -> npt.NDArray[np.float64]:
        """Return people per m2 about each cell, float64 (rows, columns)."""
        ground, table = self._world.ground, self.table
        here = np.flatnonzero(table.is_here)
        n_rows, n_columns = ground.shape
        column = np.clip(((table.x[here] - ground.x0) / ground.cell).astype(np.intp), 0, n_columns - 1)
        row = np.clip(((table.y[here] - ground.y0) / ground.cell).astype(np.intp), 0, n_rows - 1)
        counts = np.bincount(row * n_columns + column, minlength=n_rows * n_columns).reshape(ground.shape)
        return self._smooth(counts.astype(np.float64)) / (ground.cell**2 * self._on_ground)

    def _smooth(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        sigma = SIGMA_M / self._world.ground.cell
        smoothed = gaussian_filter(values, sigma, mode="constant", truncate=CUT_OFF_SIGMAS)
        return np.asarray(smoothed, np.float64)
