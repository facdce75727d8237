"""Which way people go: exits are chosen by estimated time, looked at again from time to time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.influences.base import Influence
from impetus_sim.crowd.kernels.choose import choose_exits, count_ahead, drop_closed, list_due
from impetus_sim.kernels.compile import fit_threads
from impetus_sim.scenario.exit_choice import ExitChoice as ExitChoiceSpec
from impetus_sim.world.world import World

GROUPS = 10
"""People look again in this many turns, so that not everybody decides in the same step."""


class ExitChoice:
    """Chooses exits for the people who are leaving.

    Parameters
    ----------
    allowed
        uint8 (populations, exits): which exits each population may use.
    mobility
        int16 (people,): class of mobility, where the ways have several.
    influences
        What else makes a person prefer an exit, each adding seconds to the estimated times.
    familiar_s
        float64 (populations, exits): what knowing an exit adds, s; nothing when left out.

    `beyond_s` (float64, populations x exits) is the time that the way beyond each exit takes; 0 unless somebody
    writes it. `is_led` (uint8, people) marks those who take their goal from others and do not choose.
    """

    def __init__(
        self,
        spec: ExitChoiceSpec,
        people: Table,
        world: World,
        *,
        allowed: npt.NDArray[np.uint8],
        seed: int,
        replicate: int,
        influences: Sequence[Influence] = (),
        familiar_s: npt.NDArray[np.float64] | None = None,
        mobility: npt.NDArray[np.int16] | None = None,
    ) -> None:
        ground = world.ground
        n_exits = len(ground.exit_names)
        self._spec, self._people, self._world, self._allowed = spec, people, world, allowed
        self._key = rng.stream_key(seed, replicate, "crowd.exit_choice")
        self._hashes = np.array([rng.stable_hash(name) for name in ground.exit_names], np.uint32)
        self._widths = np.array([ground.exit_width_m(e) for e in range(n_exits)], np.float64)
        self._middles = np.array(
            [ground.exit_segments(e).reshape(-1, 2).mean(axis=0) for e in range(n_exits)], np.float64
        ).reshape(-1, 2)
        finite = world.goals.costs[:n_exits]
        longest = float(finite[np.isfinite(finite)].max(initial=1.0))
        self._mobility = mobility
        self._ahead = np.zeros((n_exits, int(longest) + 3), np.int64)
        self._familiar_s = np.zeros(allowed.shape) if familiar_s is None else familiar_s
        self.beyond_s = np.zeros(allowed.shape, np.float64)
        self.is_led = np.zeros(len(people), np.uint8)
        self.influences = list(influences)
        self._extra_s = np.zeros((0, 0))
        self._turn = (people.uid % np.uint64(GROUPS)).astype(np.uint8)
        self._due, self._metre = np.zeros(len(people), np.int32), np.zeros(len(people), np.int32)
        self._every_ticks = max(1, world.ticks(spec.reconsider_every / GROUPS))

    def may_use(self, rows: npt.NDArray[np.int32], exits: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
        """Tell for each person whether they may use an exit (index of each, any number for none)."""
        is_exit = (exits >= 0) & (exits < len(self._widths))
        may = self._allowed[self._people.population[rows], np.where(is_exit, exits, 0)] == 1
        return np.asarray(is_exit & may)

    def choose(
        self,
        tick: int,
        step_ticks: int,
        inside: npt.NDArray[np.int32],
        n: int,
        threats: npt.NDArray[np.float64],
    ) -> None:
        """Choose for those leaving who have no open exit, and for the group whose turn it is.

        Parameters
        ----------
        inside, n
            Rows of people inside, the first n.
        threats
            float64 (threats, 4): x, y, avoid distance m, strength.
        """
        people, world = self._people, self._world
        if self._ahead.shape[0] == 0:
            return
        is_turn = np.zeros(GROUPS, np.uint8)
        first, last = (tick - step_ticks) // self._every_ticks + 1, tick // self._every_ticks
        for turn in range(max(first, last - GROUPS + 1), last + 1):
            is_turn[turn % GROUPS] = 1
        is_open = world.exits.is_open[: len(self._widths)]
        n_due = list_due(
            inside, n, people.goal, is_open, self._turn, is_turn, people.is_leaving, people.is_walking,
            self.is_led, self._due,
        )  # fmt: skip
        if n_due == 0:
            return
        due_rows = self._due[:n_due]
        ground, costs = world.ground, world.goals.costs
        drop_closed(inside, n, is_open, people.is_leaving, people.goal)
        fit_threads(n)
        extra_s = self._weigh(due_rows)
        count_ahead(
            inside, n, people.x, people.y, people.goal, people.is_leaving, costs, len(self._widths),
            ground.x0, ground.y0, ground.cell, self._metre, self._ahead,
        )  # fmt: skip
        for mobility in range(world.goals.n_classes):
            part = slice(None) if self._mobility is None else self._mobility[due_rows] == mobility
            extra = extra_s[part] if len(extra_s) else extra_s
            self._choose_among(due_rows[part], extra, world.goals.of_class(mobility), threats)

    def _choose_among(
        self,
        due: npt.NDArray[np.int32],
        extra_s: npt.NDArray[np.float64],
        costs: npt.NDArray[np.float32],
        threats: npt.NDArray[np.float64],
    ) -> None:
        people, world, ground = self._people, self._world, self._world.ground
        choose_exits(
            due, len(due), people.uid, people.x, people.y, people.desired_speed, people.population,
            self._allowed, world.exits.is_open[: len(self._widths)], self._hashes, self._widths, self._middles,
            self.beyond_s + self._familiar_s, extra_s, costs, ground.x0, ground.y0, ground.cell, self._ahead,
            self._spec.capacity, float(self._spec.taste), float(self._spec.gain), float(self._spec.gain_share),
            threats, len(threats), float(self._spec.threat_penalty), self._key, people.goal,
        )  # fmt: skip

    def _weigh(self, due: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        # Seconds that the influences add for those due; no rows where there are no influences.
        if not self.influences:
            return self._extra_s
        if len(self._extra_s) < len(due):
            self._extra_s = np.zeros((len(due), len(self._widths)))
        extra_s = self._extra_s[: len(due)]
        extra_s[:] = 0.0
        for influence in self.influences:
            influence.weigh(due, extra_s)
        return extra_s
