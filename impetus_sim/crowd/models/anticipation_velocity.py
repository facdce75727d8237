"""Anticipation Velocity Model (Xu, Chraibi, Seyfried 2021), with counterflow terms.

People turn aside for whom they will be close to soon, and follow those who walk their way; speed follows the free
gap ahead. First order in time. Beside the published model, oncoming people prefer one side (Moussaid et al. 2009)
and turn their shoulders to pass (Yamamoto, Yanagisawa, Feliciani, Nishinari 2019). Equations and parameters:
docs/models/anticipation_velocity.md; the kernel is `crowd.kernels.anticipation_velocity`.
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.kernels.anticipation_velocity import N_ROWS, propose_velocities
from impetus_sim.crowd.models.base import WalkingModel
from impetus_sim.crowd.models.surroundings import Surroundings, require_room
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import FixedMetres, FixedNumber, FixedSeconds, limits
from impetus_sim.scenario.spec import Spec
from impetus_sim.world.ground import Ground

NEGLIGIBLE = 1e-4
"""A push aside below this share of the unit desired direction is left out."""
MOST_REACH_M = 3.0
"""Nobody farther is looked at, as in JuPedSim 1.4."""


class AnticipationVelocitySpec(Spec):
    """Parameters of the model, the same for everybody; radius and time gap come with the profile.

    Parameters
    ----------
    strength, range
        Push aside: amplitude and decay length. Crossing a crowd works best with 2; JuPedSim 1.4 defaults: 8.0 and
        0.1 m.
    anticipation_time
        How far ahead positions are foreseen, s. JuPedSim 1.4 default: 1.0 s.
    reaction_time
        Time constant of turning at full speed, s; those who walk slower turn faster in the same measure.
        JuPedSim 1.4 default: 0.3 s, at any speed.
    wall_buffer, pushout
        Within this distance beyond a touching body, walls turn people along them, and by this share away from
        them. JuPedSim 1.4 defaults: 0.1 m and 0.3.
    close_strength
        Repulsion at close range, of the same decay length, which lets people give way backwards; that of the
        collision-free speed model. 0: none (as published).
    keep_side
        Side preference before oncoming people, in sums of both radii: those whose place will be less than this to
        the wrong side are passed on the preferred side all the same. Positive: right, negative: left, 0: none
        (as published).
    turned
        Share of the width of bodies that people save by turning their shoulders while somebody oncoming is close
        ahead: 1 - 0.25 m / 0.46 m, depth over breadth of an adult. 0: none (as published).
    """

    strength: Annotated[FixedNumber, limits(low=0.0, high=100.0)] = 2.0
    range: Annotated[FixedMetres, limits(low=0.001, high=1.0)] = 0.1
    anticipation_time: Annotated[FixedSeconds, limits(low=0.0, high=5.0)] = 1.0
    reaction_time: Annotated[FixedSeconds, limits(above=0.0, high=1.0)] = 0.3
    wall_buffer: Annotated[FixedMetres, limits(low=0.0, high=0.5)] = 0.1
    pushout: Annotated[FixedNumber, limits(low=0.0, high=1.0)] = 0.3
    close_strength: Annotated[FixedNumber, limits(low=0.0, high=100.0)] = 8.0
    keep_side: Annotated[FixedNumber, limits(low=-5.0, high=5.0)] = 2.0
    turned: Annotated[FixedNumber, limits(low=0.0, high=0.6)] = 0.45


@register("walking_models", "anticipation_velocity")
class AnticipationVelocity(WalkingModel):
    """The model over the people of one run; writes `facing_x`, `facing_y` beside the velocities."""

    Spec = AnticipationVelocitySpec

    def __init__(
        self, spec: AnticipationVelocitySpec, people: Table, ground: Ground, *, step_s: float
    ) -> None:
        super().__init__(spec, people, ground, step_s=step_s)
        self._near = Surroundings(people, ground, n_rows=N_ROWS)
        self._turn_rate = step_s / spec.reaction_time
        self._push_gap = _fades_within(2.0 * spec.strength, spec.range)
        self._close_gap = _fades_within(spec.close_strength, spec.range)
        # nobody has walked yet: the first step goes straight into the desired direction
        people.facing_x[:] = 0.0
        people.facing_y[:] = 0.0

    def propose(
        self,
        cells: CellList,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
        wall_is_open: npt.NDArray[np.uint8],
    ) -> None:
        """Write the velocity of everybody in `cells` into the people's `vx` and `vy`; see the base class.

        Raises
        ------
        RunFailedError
            When more people stand within reach of one person than there is room for.
        """
        people, spec, near = self.people, self.spec, self._near
        motion = near.look(cells, speed, desired_x, desired_y)
        propose_velocities(
            cells.order, cells.n, near.places(cells), near.walls(wall_is_open), speed, people.time_gap,
            desired_x, desired_y, motion, spec.strength, spec.range, spec.anticipation_time, self._turn_rate,
            spec.wall_buffer, spec.pushout, spec.keep_side, spec.turned, spec.close_strength,
            self._push_gap, self._close_gap, near.most_speed, MOST_REACH_M,
            near.max_radius, near.scratch, near.scratch_of, people.facing_x, people.facing_y,
            people.vx, people.vy, near.overflow,
        )  # fmt: skip
        require_room(near.overflow, cells)


def _fades_within(strength: float, decay: float) -> float:
    # Gap, m, beyond which strength e^(-gap / decay) is negligible.
    return decay * math.log(strength / NEGLIGIBLE) if strength > NEGLIGIBLE else 0.0
