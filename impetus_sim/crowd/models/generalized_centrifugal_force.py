"""Generalized Centrifugal Force Model (Chraibi, Seyfried, Schadschneider 2010).

Elliptical bodies that stretch along the velocity; repulsion falls with the distance between the ellipses, grows
with the speed of approach and acts only from ahead. Second order in time. Equations and parameters:
docs/models/generalized_centrifugal_force.md; the kernel is `crowd.kernels.generalized_centrifugal_force`, the step
`crowd.kernels.inertia`.
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from impetus_sim.arrays import Table
from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.kernels.generalized_centrifugal_force import N_ROWS, propose_velocities, shape_bodies
from impetus_sim.crowd.models.base import WalkingModel
from impetus_sim.crowd.models.surroundings import Surroundings, require_room
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import FixedMetres, FixedNumber, FixedSeconds, limits
from impetus_sim.scenario.spec import Spec, refuse
from impetus_sim.world.ground import SIGHT_WALL_M, Ground

ADULT_RADIUS_M = 0.2
"""Semi-axes are given for an adult of this radius and scale with the radius of the profile."""


class GeneralizedCentrifugalForceSpec(Spec):
    """Parameters of the model, the same for everybody; bodies scale with the profile's radius over 0.2 m.

    Parameters
    ----------
    reaction_time
        Time constant of acceleration, s. Paper and JuPedSim 1.4: 0.5 s.
    strength, wall_strength
        Share of the desired speed in the repulsion of people and of walls. JuPedSim 1.4: 0.3 and 0.2.
    reach, wall_reach
        Gap between bodies, and to walls, at which repulsion ends. JuPedSim 1.4: 2 m both.
    level_gap
        Gap about which repulsion levels off. Here about contact, as in the paper's figure 7; JuPedSim 1.4: 0.5 m.
    soften, wall_soften
        Distance over which repulsion levels off and fades. JuPedSim 1.4: 0.1 m both.
    most, wall_most
        Repulsion of touching bodies, and of a touching wall, over that where levelling begins. JuPedSim 1.4: 9
        and 3.
    length_min, stretch
        Semi-axis along the velocity at rest, and its growth per speed (a length per m/s, so s).
        Paper: 0.18 m and 0.53 s; JuPedSim 1.4: 0.2 m and 1 s.
    width_min, width_max
        Semi-axis across the velocity at the desired speed and at rest. Paper: 0.2 m and 0.25 m;
        JuPedSim 1.4: 0.2 m and 0.4 m.
    max_speed_factor
        Nobody walks faster than this times the desired speed. Neither the paper nor JuPedSim 1.4 sets a limit.
    """

    reaction_time: Annotated[FixedSeconds, limits(low=0.05, high=10.0)] = 0.5
    strength: Annotated[FixedNumber, limits(low=0.0, high=5.0)] = 0.3
    wall_strength: Annotated[FixedNumber, limits(low=0.0, high=5.0)] = 0.2
    reach: Annotated[FixedMetres, limits(low=0.5, high=3.0)] = 2.0
    wall_reach: Annotated[FixedMetres, limits(low=0.5, high=3.0)] = 2.0
    level_gap: Annotated[FixedMetres, limits(low=0.0, high=1.0)] = 0.1
    soften: Annotated[FixedMetres, limits(low=0.01, high=0.5)] = 0.1
    wall_soften: Annotated[FixedMetres, limits(low=0.01, high=0.5)] = 0.1
    most: Annotated[FixedNumber, limits(low=1.0, high=100.0)] = 9.0
    wall_most: Annotated[FixedNumber, limits(low=1.0, high=100.0)] = 3.0
    length_min: Annotated[FixedMetres, limits(low=0.05, high=1.0)] = 0.18
    stretch: Annotated[FixedSeconds, limits(low=0.0, high=5.0)] = 0.53
    width_min: Annotated[FixedMetres, limits(low=0.05, high=1.0)] = 0.2
    width_max: Annotated[FixedMetres, limits(low=0.05, high=2.0)] = 0.25
    max_speed_factor: Annotated[FixedNumber, limits(low=1.0, high=3.0)] = 1.3

    @model_validator(mode="after")
    def _check(self) -> GeneralizedCentrifugalForceSpec:
        if self.width_max < self.width_min:
            refuse(f"width_max is less than width_min ({self.width_min:g} m)", key="width_max")
        for key, level, soften, reach in (
            ("soften", self.level_gap, self.soften, self.reach),
            ("wall_soften", self.level_gap, self.wall_soften, self.wall_reach),
        ):
            if level + 2.0 * soften > reach:
                refuse(
                    f"repulsion would fade before it levels off: at most {(reach - level) / 2.0:g} m", key=key
                )
        return self


@register("walking_models", "generalized_centrifugal_force")
class GeneralizedCentrifugalForce(WalkingModel):
    """The model over the people of one run; writes `facing_x`, `facing_y` beside the velocities."""

    Spec = GeneralizedCentrifugalForceSpec

    def __init__(
        self, spec: GeneralizedCentrifugalForceSpec, people: Table, ground: Ground, *, step_s: float
    ) -> None:
        super().__init__(spec, people, ground, step_s=step_s)
        self._near = Surroundings(people, ground, n_rows=N_ROWS)
        self._bodies = np.zeros((5, max(1, len(people))))
        self._relax = math.exp(step_s / spec.reaction_time)

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
        per_radius = 1.0 / ADULT_RADIUS_M
        shape_bodies(
            cells.order, cells.n, motion, people.facing_x, people.facing_y, speed, cells.radius,
            spec.length_min * per_radius, spec.stretch, spec.width_min * per_radius, spec.width_max * per_radius,
            self._bodies,
        )  # fmt: skip
        longest = spec.length_min * near.max_radius * per_radius + spec.stretch * near.most_speed
        widest = spec.width_max * near.max_radius * per_radius
        propose_velocities(
            cells.order, cells.n, near.places(cells), near.walls(wall_is_open), speed, desired_x, desired_y,
            motion, self._bodies, self.step_s, self._relax, spec.strength, spec.wall_strength, spec.level_gap,
            spec.soften, spec.reach, spec.most, spec.wall_soften, spec.wall_reach, spec.wall_most,
            spec.max_speed_factor, min(SIGHT_WALL_M, spec.reach + 2.0 * max(longest, widest)), near.scratch,
            near.scratch_of, people.facing_x, people.facing_y, people.vx, people.vy, near.overflow,
        )  # fmt: skip
        require_room(near.overflow, cells)
