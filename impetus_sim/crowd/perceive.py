"""What people notice: stimuli make them aware, orders hold them or let them go.

Who notices what is a keyed draw by person and by the name of the stimulus, so another event before it
changes nobody's draw.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.population import INSIDE
from impetus_sim.errors import RunFailedError
from impetus_sim.world.world import World

HOLD, RELEASE = 1, 0
MAX_HOLDS = 64
"""Bits of `held_by`."""


class Perception:
    """Serves the world's stimuli and orders, each once, in the order in which they were written.

    Parameters
    ----------
    people
        The table of people (owned by the crowd).
    world
        Where stimuli and orders are written.
    """

    def __init__(self, people: Table, world: World, *, seed: int, replicate: int) -> None:
        self._people = people
        self._world = world
        self._seed, self._replicate = seed, replicate
        self.progress = Table("crowd_progress", 1, {"n_stimuli": "i8", "n_orders": "i8"})

    def serve(self) -> None:
        """Serve what is new."""
        world, progress = self._world, self.progress
        for k in range(int(progress.n_stimuli[0]), len(world.stimuli)):
            self._notice(k)
        progress.n_stimuli[0] = len(world.stimuli)
        for k in range(int(progress.n_orders[0]), len(world.orders)):
            self._obey(k)
        progress.n_orders[0] = len(world.orders)

    def _draw(self, rows: npt.NDArray[np.intp], stream: str) -> npt.NDArray[np.float64]:
        return rng.draw_uniforms(self._seed, self._replicate, stream, self._people.uid[rows])[:, 0]

    def _notice(self, k: int) -> None:
        people, s = self._people, self._world.stimuli
        near = (people.state == INSIDE) & (
            np.hypot(people.x - s.x[k], people.y - s.y[k]) <= s.radius_m[k]
            if np.isfinite(s.radius_m[k])
            else True
        )
        rows = np.flatnonzero(near)
        rows = rows[self._draw(rows, f"crowd.notice.{s.key[k].decode()}") < s.share[k]]
        tick = int(s.tick[k])
        fresh = rows[people.aware_tick[rows] < 0]
        people.aware_tick[fresh] = tick
        people.aware_cause[fresh] = s.cause[k]
        if s.overrides_hold[k]:
            people.held_by[rows] = 0
        delay = np.ceil(people.premovement_s[rows] * s.delay_factor[k] * 1e6 / self._world.resolution_us)
        starts = tick + delay.astype(np.int64)
        sooner = (people.move_tick[rows] < 0) | (starts < people.move_tick[rows])
        people.move_tick[rows[sooner]] = starts[sooner]

    def _obey(self, k: int) -> None:
        people, world, orders = self._people, self._world, self._world.orders
        name = orders.key[k].decode()
        bit = self._bit(k)
        if orders.kind[k] == RELEASE:
            people.held_by[:] &= ~bit
            return
        ground = world.ground
        in_area = np.zeros(ground.shape, bool)
        in_area.flat[world.areas[name]] = True
        rows = np.flatnonzero(people.state == INSIDE)
        row = ((people.y[rows] - ground.y0) / ground.cell).astype(np.intp)
        column = ((people.x[rows] - ground.x0) / ground.cell).astype(np.intp)
        rows = rows[in_area[row, column]]
        rows = rows[self._draw(rows, f"crowd.obey.{name}") < orders.share[k]]
        people.held_by[rows] |= bit

    def _bit(self, k: int) -> np.uint64:
        # Orders that hold are numbered as they come, so a later order never changes an earlier one's bit.
        orders = self._world.orders
        holds = list(dict.fromkeys(orders.key[: k + 1][orders.kind[: k + 1] == HOLD].tolist()))
        number = holds.index(orders.key[k].item()) if orders.key[k].item() in holds else MAX_HOLDS
        if number >= MAX_HOLDS:
            raise RunFailedError(
                f"'{orders.key[k].decode()}': at most {MAX_HOLDS} cordons can hold people in one run",
                hint="use fewer and larger cordons",
            )
        return np.uint64(1 << number)
