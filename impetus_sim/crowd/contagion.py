"""Alarm that spreads by sight: people who see others run may start to leave.

Once a second everybody who is not alarmed counts the running people in sight and becomes alarmed with the
probability 1 - exp(-rate n seconds). One event stands for all who are alarmed so in one second; its causes are the
events that had alarmed the people they saw nearest, so that every chain leads back to what began it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.kernels.look import count_running
from impetus_sim.crowd.population import INSIDE
from impetus_sim.crowd.surroundings import Surroundings
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.kernels.compile import fit_threads
from impetus_sim.scenario.messages import Contagion as ContagionSpec
from impetus_sim.world.world import World

LOOK_EVERY_S = 1.0
MOST_CAUSES = 24
"""Causes that one event names, the most frequent first; an event's list holds 256 characters."""


class Contagion(Behaviour):
    """Who sees whom run; keeps no state of its own."""

    def __init__(
        self, spec: ContagionSpec, people: Table, world: World, *, seed: int, replicate: int
    ) -> None:
        self._spec, self._people, self._world = spec, people, world
        self._seed, self._replicate = seed, replicate
        self._running = Surroundings(len(people), world.ground, reach_m=float(spec.radius))
        self._count, self._nearest = np.zeros(len(people)), np.zeros(len(people), np.int32)

    def after_move(self, crowd: CrowdSystem, tick: int) -> None:
        """Look about, once a second."""
        every = max(1, self._world.ticks(LOOK_EVERY_S))
        look = tick // every
        if look == (tick - crowd.step_ticks) // every:
            return
        people, spec = self._people, self._spec
        inside = people.state == INSIDE
        runs = inside & (people.is_leaving == 1) & (people.aware_cause >= 0)
        runs &= np.hypot(people.vx, people.vy) >= spec.running_speed
        running = np.flatnonzero(runs).astype(np.int32)
        calm = np.flatnonzero(inside & (people.aware_tick < 0)).astype(np.int32)
        if not len(running) or not len(calm):
            return
        self._look(calm, running)
        n = self._count[: len(calm)]
        u = rng.draw_uniforms(self._seed, self._replicate, "crowd.contagion", people.uid[calm], decision=look)
        is_caught = u[:, 0] < -np.expm1(-float(spec.rate) * n * self._world.seconds(every))
        believing = crowd.perception.believing(calm[is_caught].astype(np.intp), "others")
        if len(believing):
            seen = self._nearest[: len(calm)][np.isin(calm, believing)]
            cause = log_spread(self._world, people, "seen_running", believing, seen)
            crowd.perception.alarm(believing, cause=cause, delay_factor=float(spec.delay_factor))

    def _look(self, calm: npt.NDArray[np.int32], running: npt.NDArray[np.int32]) -> None:
        people, ground, grid = self._people, self._world.ground, self._running
        grid.update(people, running)
        fit_threads(len(calm))
        count_running(
            calm, people.x, people.y, grid.order, grid.start, grid.x0, grid.y0, grid.reach, grid.n_columns,
            grid.n_rows, float(self._spec.most), ground.inside, ground.x0, ground.y0, ground.cell,
            self._count, self._nearest,
        )  # fmt: skip


def log_spread(
    world: World, people: Table, kind: str, reached: npt.NDArray[np.intp], seen: npt.NDArray[np.int32]
) -> int:
    """Log that people learnt from others, at the middle of where they are; return the event.

    Parameters
    ----------
    reached, seen
        Rows of those who learn, and of those from whom.
    """
    causes, counts = np.unique(people.aware_cause[seen], return_counts=True)
    first = np.argsort(-counts, kind="stable")[:MOST_CAUSES]
    return world.log(
        kind,
        "",
        x=float(people.x[reached].mean()),
        y=float(people.y[reached].mean()),
        causes=sorted(int(c) for c in causes[first] if c >= 0),
        people=len(reached),
    )
