"""Water reaches people and streets: who wades walks slowly, who is carried away drowns, cars slow down and stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.arrays import Table
from impetus_sim.engine.couplings.exposure import Dose, Floats, Rows
from impetus_sim.hazards.water import (
    EMERGENCY_CLOSED_M,
    loses_footing,
    safe_car_speed_m_s,
    walking_factor,
)
from impetus_sim.world.injuries import Severity
from impetus_sim.world.phases import Phase
from impetus_sim.world.system import System
from impetus_sim.world.tables import ROAD_CLOSED, ROAD_SPEED

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.hazards.flood import Flood
    from impetus_sim.traffic.city_traffic import Streets
    from impetus_sim.world.world import World

LYING_DROWNS_M = 0.3
"""Depth in which somebody who lies cannot breathe, a chosen value."""
STREETS_STEP_S = 10.0
SAMPLE_EVERY_M = 5.0
"""Distance between the points at which the depth on a street is taken; the deepest counts."""
DEPTH_STEP_M = 0.05
"""Depths are rounded up to this for the speed of cars, so that orders stay few."""


def water_key(link: int) -> str:
    """Return the key under which orders about the water on a link go."""
    return f"water:{link}"


def water_slows_people(world: World, systems: Systems, seconds: float) -> None:
    """Set the speed factor from the depth where each person stands, on top of that of smoke."""
    del seconds
    assert world.flood is not None
    rows, people = systems.crowd.inside, systems.crowd.people
    factor = walking_factor(world.flood.depth_at(people.x[rows], people.y[rows]))
    if world.has_smoke:
        people.speed_factor[rows] *= factor
    else:
        people.speed_factor[rows] = factor


class FloodDose(Dose):
    """Seconds that each person has been without footing in the water of one flood.

    Who has lost it lies and needs rescue; while the water there is deep enough to drown in, the time goes on.
    """

    coupling = "water_carries_people_away"

    def __init__(self, flood: Flood, world: World, n_people: int, bears: Floats) -> None:
        super().__init__(flood.name, n_people)
        assert world.flood is not None
        self._field, self._bears = world.flood, bears
        self._drowns_after = float(flood.spec.drowns_after)

    @property
    def is_present(self) -> bool:
        """Whether there is water."""
        return self._field.is_present

    def grow(self, rows: Rows, x: Floats, y: Floats, seconds: float) -> None:
        """Count the time of those who cannot stand, and of those who lie in water."""
        depth, speed = self._field.flow_at(x, y, name=self.name)
        lies = (self.table.dose[rows] > 0.0) & (depth >= LYING_DROWNS_M)
        is_lost = loses_footing(depth, speed, self._bears[rows]) | lies
        self.table.dose[rows[is_lost]] += seconds

    def severity(self, rows: Rows, bears: Floats) -> npt.NDArray[np.uint8]:
        """Return immediate for who has lost footing, dead for who was in it for too long."""
        del bears
        dose = self.table.dose[rows]
        worst = np.where(dose > 0.0, int(Severity.IMMEDIATE), 0)
        return np.where(dose >= self._drowns_after, int(Severity.DEAD), worst).astype(np.uint8)


class FloodedStreets(System):
    """Depth of water on each link, and what that orders: speeds, closures, and openings when the water has gone.

    Parameters
    ----------
    world
        With its water and road orders.
    streets
        Lines of the links.
    """

    name = "flooded_streets"
    phase = Phase.COUPLINGS

    def __init__(self, world: World, streets: Streets) -> None:
        self._world = world
        self.step_ticks = world.ticks(STREETS_STEP_S)
        which = np.repeat(np.arange(len(streets.first) - 1), np.diff(streets.first))
        lines = np.asarray(shapely.linestrings(streets.points, indices=which))
        points = [
            shapely.line_interpolate_point(
                line, np.linspace(0.0, line.length, 1 + max(1, round(line.length / SAMPLE_EVERY_M)))
            )
            for line in lines
        ]
        self._link = np.repeat(np.arange(len(lines)), [len(held) for held in points])
        every = np.concatenate(points)
        self._x, self._y = shapely.get_x(every), shapely.get_y(every)
        self._n_links = len(lines)
        self.table = Table("flooded_streets", 0, {"depth_m": "f8", "speed_m_s": "f8", "is_closed": "u1"})

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads: one row per link once there is water."""
        return [self.table]

    def next_tick(self, after: int) -> int | None:
        """Return the next step; None while it is dry."""
        field = self._world.flood
        return super().next_tick(after) if field is not None and field.is_present else None

    def advance(self, tick: int) -> None:
        """Measure the water on the streets and order what has changed."""
        del tick
        field, table = self._world.flood, self.table
        if field is None or not field.is_present:
            return
        if not len(table):
            n = self._n_links
            table.load({"depth_m": np.zeros(n), "speed_m_s": np.zeros(n), "is_closed": np.zeros(n, np.uint8)})
        depth = np.zeros(self._n_links)
        np.maximum.at(depth, self._link, field.depth_at(self._x, self._y))
        table.depth_m[:] = depth
        rounded = np.round(np.ceil(np.round(depth / DEPTH_STEP_M, 9)) * DEPTH_STEP_M, 9)
        limit = np.where(rounded > 0.0, safe_car_speed_m_s(rounded), np.inf)
        is_closed = (limit <= 0.0).astype(np.uint8)
        speed = np.where((limit > 0.0) & np.isfinite(limit), limit, 0.0)
        for link in np.flatnonzero((is_closed != table.is_closed) | (speed != table.speed_m_s)).tolist():
            self._order(link, float(speed[link]), int(is_closed[link]))
        self._derive()

    def restored(self, tick: int) -> None:
        """Derive which streets are too deep for all."""
        del tick
        self._derive()

    def _derive(self) -> None:
        self._world.impassable = self.table.depth_m >= EMERGENCY_CLOSED_M if len(self.table) else None

    def _order(self, link: int, speed: float, is_closed: int) -> None:
        world, table = self._world, self.table
        field = world.flood
        assert field is not None
        held = self._link == link
        deepest = np.flatnonzero(held)[np.argmax(field.depth_at(self._x[held], self._y[held]))]
        x, y = self._x[[deepest]], self._y[[deepest]]
        water = int(field.cause_at(x, y)[0])
        cause = water if water >= 0 else int(field.table.cause[0])
        if is_closed != table.is_closed[link]:
            cause = world.log(
                "street_flooded" if is_closed else "street_dry_enough",
                water_key(link),
                x=float(x[0]),
                y=float(y[0]),
                causes=[cause],
                depth_m=round(float(table.depth_m[link]), 3),
            )
            world.order_roads(water_key(link), ROAD_CLOSED, is_closed, cause=cause)
        if speed != table.speed_m_s[link]:
            world.order_roads(water_key(link), ROAD_SPEED, speed, cause=cause)
        table.is_closed[link], table.speed_m_s[link] = is_closed, speed
