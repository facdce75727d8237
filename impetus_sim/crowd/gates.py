"""Gates and the people at them: fields follow the gates, people look for other ways, fences feel the crowd.

Everybody knows at once that a gate has opened or closed: the fields of all goals are those of the gates as they
are now. Whoever is leaving and has no way to their exit any more chooses anew in the same step; who has no way to
any exit walks up to the gate in the way and waits before it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.crowd.ways_left import ways_m
from impetus_sim.world.cut_off import CUT_OFF_M
from impetus_sim.world.gates import GateGrid
from impetus_sim.world.goals import Goals
from impetus_sim.world.world import World

STRIP_M = 1.0
"""The load on a fence is that of the people this near to it, on one side."""
STRETCH_M = 2.0
"""A long fence is looked at in stretches of about this length: it gives way at the worst."""
LOOK_EVERY_S = 1.0


class Gates(Behaviour):
    """All gates of one run.

    Parameters
    ----------
    world
        With gates; its goals are replaced when one opens or closes.
    grid
        Made of the ground with every gate open.
    build_fields
        Builds the fields of all goals for the ground as it is.
    """

    def __init__(self, world: World, grid: GateGrid, build_fields: Callable[[], Goals]) -> None:
        self._world, self._grid, self._build_fields = world, grid, build_fields
        self._known = Table("gates_known", len(world.gates), {"is_open": "u1"})
        self._look_ticks = max(1, world.ticks(LOOK_EVERY_S))
        ground = world.ground
        self._stretches = [_stretches(ground.gate_segments(g)) for g in range(len(world.gates))]

    @property
    def state(self) -> list[Table]:
        """The gates that the fields were built for."""
        return [self._known]

    def couplings(self, crowd: CrowdSystem) -> list[str]:
        """Return the coupling of the crowd with fences that can give way."""
        del crowd
        return ["crowd_loads_fences"] if self._world.loaded_gates else []

    def begin(self, crowd: CrowdSystem) -> None:
        """Build the fields for the gates at the start."""
        del crowd
        self._follow(self._world.gates.is_open)

    def restored(self, crowd: CrowdSystem) -> None:
        """Build the fields for the gates as they were known."""
        del crowd
        self._follow(self._known.is_open)

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Build the fields anew when a gate has opened or closed, and let people choose other exits."""
        del tick
        is_open = self._world.gates.is_open
        if np.array_equal(is_open, self._known.is_open):
            return
        self._follow(is_open)
        self._lose_goals(crowd)

    def after_move(self, crowd: CrowdSystem, tick: int) -> None:
        """Measure the load on the fences that can give way."""
        is_time = tick // self._look_ticks > (tick - crowd.step_ticks) // self._look_ticks
        if not self._world.loaded_gates or not is_time:
            return
        people, rows, gates = crowd.people, crowd.inside, self._world.gates
        x, y, vx, vy = (people.columns[name][rows] for name in ("x", "y", "vx", "vy"))
        for gate in self._world.loaded_gates:
            loads = [_load(stretch, x, y, vx, vy) for stretch in self._stretches[gate]]
            gates.density[gate] = max(density for density, _ in loads)
            gates.pressure[gate] = max(pressure for _, pressure in loads)

    def _follow(self, is_open: npt.NDArray[np.uint8]) -> None:
        self._known.is_open[:] = is_open
        self._grid.apply(is_open)
        self._world.goals = self._build_fields()

    def _lose_goals(self, crowd: CrowdSystem) -> None:
        # Those leaving whose exit is cut off choose anew.
        people, ground, goals = crowd.people, self._world.ground, self._world.goals
        rows = crowd.inside[(people.is_leaving[crowd.inside] == 1) & (people.goal[crowd.inside] >= 0)]
        mobility = None if crowd.mobility is None else crowd.mobility[rows]
        fields = goals.fields_of(people.goal[rows], mobility)
        way_m = ways_m(goals, ground, fields, people.x[rows], people.y[rows])
        people.goal[rows[way_m >= CUT_OFF_M]] = -1


def _stretches(segments: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    # Segments cut into pieces of at most STRETCH_M, float64 (n, 4).
    pieces = []
    for ax, ay, bx, by in segments:
        n = max(1, int(np.ceil(np.hypot(bx - ax, by - ay) / STRETCH_M - 1e-9)))
        t = np.linspace(0.0, 1.0, n + 1)
        points = np.column_stack([ax + t * (bx - ax), ay + t * (by - ay)])
        pieces.append(np.hstack([points[:-1], points[1:]]))
    return np.concatenate(pieces)


def _load(
    stretch: npt.NDArray[np.float64],
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    vx: npt.NDArray[np.float64],
    vy: npt.NDArray[np.float64],
) -> tuple[float, float]:
    """Return density (people per m2) and crowd pressure (1/s2) beside a stretch, on the fuller side.

    Crowd pressure is density times the variance of velocities (Helbing, Johansson, Al-Abideen 2007).
    """
    ax, ay, bx, by = stretch
    length = float(np.hypot(bx - ax, by - ay))
    ux, uy = (bx - ax) / length, (by - ay) / length
    along = (x - ax) * ux + (y - ay) * uy
    across = -(x - ax) * uy + (y - ay) * ux
    near = (along >= 0.0) & (along <= length) & (np.abs(across) <= STRIP_M)
    density = pressure = 0.0
    for side in (near & (across >= 0.0), near & (across < 0.0)):
        n = int(np.count_nonzero(side))
        if n == 0:
            continue
        here = n / (length * STRIP_M)
        variance = float(vx[side].var() + vy[side].var())
        density, pressure = max(density, here), max(pressure, here * variance)
    return density, pressure
