"""People who stand in each other's way try another direction.

Before a narrow passage a few people can come to rest against each other for good (an arch), or be thrown to and
fro in step: walking models are deterministic, and two who come from either side at the same time are mirror
images of each other. Real people shift a little and get through. So whoever wants to walk and has not got
`ENOUGH_M` away from where they were `after` seconds ago wishes, for `TRY_S`, in a direction turned by a drawn
angle.

An arch before an exit is shut by touching bodies: none of them has a gap ahead in any direction, and the crowd
behind holds them there. There people turn their shoulders: who stays within `TURNING_M` of an exit is narrower
until they have got on.

Source: Fruin (1971), Pedestrian planning and design: a standing body covers an ellipse of 0.61 x 0.46 m.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.kernels.untangle import turn_wishes
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.crowd.ways_left import ways_m
from impetus_sim.world.world import World

ENOUGH_M = 0.1
"""In a queue that moves at all people get on by more than this in some seconds."""
TRY_S = 1.0
WIDEST = 0.5 * math.pi
TURNING_M = 1.0
"""Bodies turn sideways no farther from an exit than this, m of way."""
SIDEWAYS = 0.46 / 0.61
"""Depth of a standing body as a share of its breadth."""
BROADEST_TURNING_M = 0.3
"""Radius from which on nobody turns sideways: wheelchairs."""
STREAM = "crowd.untangle"


class Untangle(Behaviour):
    """Looks every `after` seconds at who has stayed where they were.

    Parameters
    ----------
    after
        s.
    """

    def __init__(self, people: Table, world: World, *, after: float, seed: int, replicate: int) -> None:
        self._people = people
        self._key = rng.stream_key(seed, replicate, STREAM)
        self._every, self._try = max(1, world.ticks(after)), max(1, world.ticks(TRY_S))
        self.table = Table(
            "untangle", len(people), {"x": "f8", "y": "f8", "until_tick": "i8", "radius": "f8"}
        )
        self.table.x[:], self.table.y[:] = np.inf, np.inf
        self.table.radius[:] = people.radius
        self._trying = np.empty(0, np.int32)

    @property
    def state(self) -> list[Table]:
        """Per person: where they were at the last look, until when they try, and their radius when not sideways."""
        return [self.table]

    def adjust_wishes(
        self,
        crowd: CrowdSystem,
        tick: int,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        """Turn the wishes of those who try."""
        people, table = self._people, self.table
        if tick // self._every != (tick - crowd.step_ticks) // self._every:
            rows = crowd.inside
            x, y = people.x[rows], people.y[rows]
            stays = np.hypot(x - table.x[rows], y - table.y[rows]) < ENOUGH_M
            stays &= (people.is_walking[rows] == 1) & (speed[rows] > 0.0) & (people.is_in_goal[rows] == 0)
            table.x[rows], table.y[rows] = x, y
            table.until_tick[rows[stays]] = tick + self._try
            self._trying = rows[stays].astype(np.int32)
            self._turn_shoulders(crowd, self._trying)
        if not len(self._trying):
            return
        self._trying = self._trying[table.until_tick[self._trying] >= tick]
        trying = self._trying[speed[self._trying] > 0.0]
        turn_wishes(trying, people.uid, self._key, tick // self._every, WIDEST, desired_x, desired_y)

    def _turn_shoulders(self, crowd: CrowdSystem, staying: npt.NDArray[np.int32]) -> None:
        people, world = self._people, crowd.world
        goals, goal = world.goals, people.goal[staying]
        turning = staying[
            (people.is_leaving[staying] == 1) & (goal >= 0) & (goal < len(world.ground.exit_names))
        ]
        turning = turning[self.table.radius[turning] < BROADEST_TURNING_M]
        mobility = None if crowd.mobility is None else crowd.mobility[turning]
        fields = goals.fields_of(people.goal[turning], mobility)
        way_m = ways_m(goals, world.ground, fields, people.x[turning], people.y[turning])
        turning = turning[way_m < TURNING_M]
        radius = self.table.radius.copy()
        radius[turning] *= SIDEWAYS
        crowd.resize(crowd.inside, radius[crowd.inside])

    def restored(self, crowd: CrowdSystem) -> None:
        """Find out who tries."""
        self._trying = np.flatnonzero(self.table.until_tick >= crowd.world.tick).astype(np.int32)
