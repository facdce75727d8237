"""What units find around them: ways over empty streets, people on the ground, walls."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.population import INSIDE, ON_LINK
from impetus_sim.infrastructure.repair.road_work import straight_travel_s
from impetus_sim.response.units.walking import AROUND_M

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem
    from impetus_sim.engine.couplings.crew_travel import CrewTravel
    from impetus_sim.world.world import World

Floats = npt.NDArray[np.float64]
Point = tuple[float, float]


class StreetTravel:
    """Drives over streets without traffic, as long as crews of repair take; straight where the map has no streets.

    Parameters
    ----------
    crews
        Ways over streets; None for a map without.
    """

    in_traffic = False

    def __init__(self, crews: CrewTravel | None) -> None:
        self._crews = crews

    def to(self, starts: Floats, end: Point) -> Floats:
        """Return the time from each of some places (n, 2) to one, s."""
        if self._crews is None:
            return np.array([straight_travel_s((x, y), end, 0) for x, y in starts.tolist()])
        return self._crews.between(end, starts, is_goal=True)

    def out(self, start: Point, ends: Floats) -> Floats:
        """Return the time from one place to each of some (n, 2), s."""
        if self._crews is None:
            return np.array([straight_travel_s(start, (x, y), 0) for x, y in ends.tolist()])
        return self._crews.between(start, ends, is_goal=False)


class GroundAround:
    """People and walls of a run, as crews on foot find them.

    Parameters
    ----------
    crowd, world
        Of the run.
    """

    def __init__(self, crowd: CrowdSystem, world: World) -> None:
        self._crowd, self._world = crowd, world

    def density(self, x: float, y: float) -> float:
        """Return the people within `walking.AROUND_M` of a place, by the area of that circle, 1/m2."""
        people, rows = self._crowd.people, self._crowd.inside
        near = np.hypot(people.x[rows] - x, people.y[rows] - y) <= AROUND_M
        return float(np.count_nonzero(near) / (math.pi * AROUND_M**2))

    def is_clear(self, start: Point, end: Point) -> bool:
        """Return whether no wall stands between two places."""
        walls = self._world.solid_walls()
        ax, ay, bx, by = walls.T

        def side(px: Floats, py: Floats, qx: Floats, qy: Floats, x: Floats, y: Floats) -> Floats:
            return (qx - px) * (y - py) - (qy - py) * (x - px)

        start_x, start_y, end_x, end_y = (np.full(len(walls), v) for v in (*start, *end))
        apart = side(ax, ay, bx, by, start_x, start_y) * side(ax, ay, bx, by, end_x, end_y)
        across = side(start_x, start_y, end_x, end_y, ax, ay) * side(start_x, start_y, end_x, end_y, bx, by)
        return not bool(((apart < 0.0) & (across < 0.0)).any())

    def uid(self, person: int) -> int:
        """Return the stable id of a person."""
        return int(self._crowd.people.uid[person])

    def where(self, person: int) -> Point | None:
        """Return where a person is; None for those who are not there."""
        people = self._crowd.people
        if people.state[person] not in (INSIDE, ON_LINK):
            return None
        return float(people.x[person]), float(people.y[person])
