"""Social Force Model (Helbing, Molnar 1995; Helbing, Farkas, Vicsek 2000).

People accelerate towards their desired velocity and away from others and walls; bodies that touch push and rub.
Second order in time. Equations and parameters: docs/models/social_force.md; the kernel is
`crowd.kernels.social_force`, the step `crowd.kernels.inertia`.
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.kernels.social_force import N_ROWS, propose_velocities
from impetus_sim.crowd.models.base import WalkingModel
from impetus_sim.crowd.models.surroundings import Surroundings, require_room
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import FixedMetres, FixedNumber, FixedSeconds, limits
from impetus_sim.scenario.spec import Spec
from impetus_sim.world.ground import Ground

NEGLIGIBLE_M_S2 = 1e-3
"""A social force smaller than this, per mass, is left out."""


class SocialForceSpec(Spec):
    """Parameters of the model, the same for everybody; the radius comes with the profile.

    Parameters
    ----------
    mass
        kg. Helbing 2000 and JuPedSim 1.4: 80.
    reaction_time
        Time constant of acceleration, s. Helbing 2000 and JuPedSim 1.4: 0.5 s.
    strength, wall_strength
        Social force between touching people, and of a touching wall, N. Helbing 2000 and JuPedSim 1.4: 2000.
    range
        Decay length of the social force. Helbing 2000 and JuPedSim 1.4: 0.08 m.
    body_force
        Push of overlapping bodies, kg/s2. Helbing 2000 and JuPedSim 1.4: 120 000.
    friction
        Sliding friction of overlapping bodies, kg/(m s). Helbing 2000 and JuPedSim 1.4: 240 000.
    max_speed_factor
        Nobody walks faster than this times the desired speed. Helbing and Molnar 1995: 1.3; JuPedSim 1.4: no limit.
    """

    mass: Annotated[FixedNumber, limits(low=1.0, high=500.0)] = 80.0
    reaction_time: Annotated[FixedSeconds, limits(low=0.05, high=10.0)] = 0.5
    strength: Annotated[FixedNumber, limits(low=0.0, high=20_000.0)] = 2000.0
    wall_strength: Annotated[FixedNumber, limits(low=0.0, high=20_000.0)] = 2000.0
    range: Annotated[FixedMetres, limits(low=0.001, high=0.5)] = 0.08
    body_force: Annotated[FixedNumber, limits(low=0.0, high=1e6)] = 120_000.0
    friction: Annotated[FixedNumber, limits(low=0.0, high=1e6)] = 240_000.0
    max_speed_factor: Annotated[FixedNumber, limits(low=1.0, high=3.0)] = 1.3


@register("walking_models", "social_force")
class SocialForce(WalkingModel):
    """The model over the people of one run; writes `facing_x`, `facing_y` beside the velocities."""

    Spec = SocialForceSpec

    def __init__(self, spec: SocialForceSpec, people: Table, ground: Ground, *, step_s: float) -> None:
        super().__init__(spec, people, ground, step_s=step_s)
        self._near = Surroundings(people, ground, n_rows=N_ROWS)
        self._relax = math.exp(step_s / spec.reaction_time)
        greatest = spec.strength / spec.mass / NEGLIGIBLE_M_S2
        self._reach_gap = spec.range * math.log(greatest) if greatest > 1.0 else 0.0

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
            cells.order, cells.n, near.places(cells), near.walls(wall_is_open), speed, desired_x, desired_y,
            motion, self.step_s, self._relax, spec.strength / spec.mass, spec.wall_strength / spec.mass, spec.range,
            spec.body_force / spec.mass, spec.friction / spec.mass, spec.max_speed_factor, self._reach_gap,
            near.max_radius, near.scratch, near.scratch_of, people.facing_x, people.facing_y, people.vx,
            people.vy, near.overflow,
        )  # fmt: skip
        require_room(near.overflow, cells)
