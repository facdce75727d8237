"""Areas of two-dimensional ground: the focus, always; others only while they are crowded.

Density with hysteresis: an area becomes two-dimensional when the people on its links exceed `on` per area of
its streets, and link-level again once they have been fewer than `off` for `hold_ticks`. People are carried over
both ways, each to a free spot near where they were; where somebody finds no place, nothing is switched and it is
tried again a link step later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.arrays import Table
from impetus_sim.crowd.kernels.border import stand_near
from impetus_sim.crowd.kernels.links import DONE
from impetus_sim.crowd.kernels.place import link
from impetus_sim.crowd.population import ON_LINK
from impetus_sim.world.walk_network import WalkNetwork

if TYPE_CHECKING:
    from impetus_sim.crowd.links.behaviour import LinkWalking
    from impetus_sim.crowd.system import CrowdSystem

REACH_M = 15.0
TRIES = 400
"""People who change to two dimensions stand at most this far from where they were on their link."""


@dataclass(frozen=True, kw_only=True)
class AreaRule:
    """One area. `on`, `off`: persons/m2 of its streets, `on` <= 0 for one that is always two-dimensional."""

    name: str
    polygon: BaseGeometry
    on: float = 0.0
    off: float = 0.0
    hold_ticks: int = 0


class SwitchAreas:
    """The areas of a run and which of them are two-dimensional now.

    Parameters
    ----------
    rules
        In the order of `WalkNetwork.link_area`.
    key
        Stream key of the spots that people take.
    """

    def __init__(self, rules: list[AreaRule], network: WalkNetwork, key: npt.NDArray[np.uint32]) -> None:
        self.rules, self._network, self._key = rules, network, key
        self.is_permanent = np.array([rule.on <= 0.0 for rule in rules] + [False])
        self.table = Table(
            "links_areas", len(rules), {"is_active": "u1", "quiet_since": "i8", "n_switched": "i8"}
        )
        self.table.is_active[:] = self.is_permanent[:-1]
        self.table.quiet_since[:] = -1
        area = network.length * network.width
        self._street_area = [float(area[network.link_area == a].sum()) for a in range(len(rules))]
        self._lines = network.lines()

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.table]

    @property
    def is_active(self) -> npt.NDArray[np.bool_]:
        """bool (areas,): which are two-dimensional now."""
        return np.asarray(self.table.is_active == 1)

    def density(self, links: LinkWalking, crowd: CrowdSystem, area: int) -> float:
        """Return the people of an area per area of its streets, persons/m2."""
        if self.table.is_active[area]:
            n = len(self._rows_inside(crowd, area))
        else:
            on = links.system.links.n_on
            n = int((on[0::2] + on[1::2])[self._network.link_area == area].sum())
        return n / self._street_area[area] if self._street_area[area] > 0.0 else 0.0

    def switch(self, links: LinkWalking, crowd: CrowdSystem, tick: int) -> bool:
        """Switch the areas that are due; return whether any did."""
        any_switched = False
        for a, rule in enumerate(self.rules):
            if rule.on <= 0.0:
                continue
            density = self.density(links, crowd, a)
            if not self.table.is_active[a]:
                if density > rule.on and self._to_ground(links, crowd, a, tick):
                    self._note(links, a, tick, "area_two_dimensional", density)
                    any_switched = True
                continue
            if density >= rule.off:
                self.table.quiet_since[a] = -1
            elif self.table.quiet_since[a] < 0:
                self.table.quiet_since[a] = tick
            quiet = self.table.quiet_since[a]
            if 0 <= quiet <= tick - rule.hold_ticks and self._to_links(links, crowd, a, tick):
                self._note(links, a, tick, "area_link_level", density)
                any_switched = True
        return any_switched

    def _note(self, links: LinkWalking, area: int, tick: int, kind: str, density: float) -> None:
        self.table.is_active[area] = 1 - self.table.is_active[area]
        self.table.quiet_since[area] = -1
        self.table.n_switched[area] += 1
        centre = self.rules[area].polygon.centroid
        links.log(kind, self.rules[area].name, x=centre.x, y=centre.y, density=round(density, 3))

    def _rows_inside(self, crowd: CrowdSystem, area: int) -> npt.NDArray[np.int32]:
        rows, people = crowd.inside, crowd.people
        polygon = self.rules[area].polygon
        shapely.prepare(polygon)
        return np.asarray(rows[shapely.contains_xy(polygon, people.x[rows], people.y[rows])])

    def _to_ground(self, links: LinkWalking, crowd: CrowdSystem, area: int, tick: int) -> bool:
        people, p, ground = crowd.people, links.system.people, crowd.world.ground
        inner = np.append(self._network.link_area == area, False)
        rows = np.flatnonzero((people.state == ON_LINK) & (p.mode != DONE) & inner[p.link >> 1])
        rows = rows[np.argsort(-people.radius[rows], kind="stable")]  # the widest first
        size = 2.0 * float(people.radius.max()) + 0.01
        n_columns = int(np.ceil(ground.shape[1] * ground.cell / size)) + 1
        n_rows = int(np.ceil(ground.shape[0] * ground.cell / size)) + 1
        head = np.full(n_columns * n_rows, -1, np.int32)
        following = np.full(len(people), -1, np.int32)
        for i in crowd.inside:
            link(i, people.x, people.y, head, following, ground.x0, ground.y0, size, n_columns)
        allowed = self._reachable(crowd, area)
        x, y = people.x.copy(), people.y.copy()
        n = stand_near(
            self._key, tick, rows, people.uid, people.x, people.y, people.radius, REACH_M, TRIES, allowed,
            ground.wall_distance, ground.x0, ground.y0, ground.cell, head, following, size, n_columns, n_rows, x, y,
        )  # fmt: skip
        if n < len(rows):
            return False
        people.x[rows], people.y[rows] = x[rows], y[rows]
        people.vx[rows] = 0.0
        people.vy[rows] = 0.0
        links.take_off_links(rows)
        links.bring_in(rows.astype(np.int32), tick)
        return True

    def _reachable(self, crowd: CrowdSystem, area: int) -> npt.NDArray[np.uint8]:
        # Ground of the area from which some exit can be reached.
        ground, goals = crowd.world.ground, crowd.world.goals
        inside = np.zeros(ground.shape, np.uint8)
        inside.flat[ground.cells_of(self.rules[area].polygon)] = 1
        if goals.n_exits:
            inside &= np.isfinite(goals.costs[: goals.n_exits]).any(axis=0)
        return inside

    def _to_links(self, links: LinkWalking, crowd: CrowdSystem, area: int, tick: int) -> bool:
        people, system = crowd.people, links.system
        rows = self._rows_inside(crowd, area)
        if not (people.is_leaving[rows] == 1).all():
            return False  # who stays or walks to a place in the area needs its ground
        inner = np.flatnonzero(self._network.link_area == area)
        if not len(inner):
            return False
        tree = shapely.STRtree(self._lines[inner])
        nearest = (
            inner[tree.nearest(shapely.points(people.x[rows], people.y[rows]))] if len(rows) else inner[:0]
        )
        on = system.links.n_on
        wanted = np.bincount(nearest, minlength=self._network.n_links)
        if (on[0::2] + on[1::2] + wanted > system.storage)[inner].any():
            return False
        points = shapely.points(people.x[rows], people.y[rows])
        offsets = np.clip(
            shapely.line_locate_point(self._lines[nearest], points), 0.0, system.network.length[nearest]
        )
        system.put_beside(rows.astype(np.intp), nearest, offsets)
        system.people.shuns[rows] = 0
        people.state[rows] = ON_LINK
        people.is_walking[rows] = 0
        people.goal[rows] = -1
        people.vx[rows] = 0.0
        people.vy[rows] = 0.0
        return True
