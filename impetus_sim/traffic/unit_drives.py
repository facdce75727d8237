"""Vehicles of units in traffic: they set out when dispatch asks, to where it asks, and may be turned on the way.

They drive as all emergency vehicles do (see `traffic.emergency`), on blue light. One row for each unit: a vehicle
that has no drive stands beside the road. A drive begins at the place nearest to where it is asked from, and ends at
the one nearest to its goal; what is left the crew walks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.traffic.emergency import ARRIVED, DRIVES, NO_WAY, WAITS, Driving, EmergencyVehicles
from impetus_sim.traffic.kernels.records import NONE
from impetus_sim.world.units import Drive

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.traffic.emergency_ways import EmergencyWays
    from impetus_sim.traffic.system import TrafficSystem
    from impetus_sim.world.world import World

Floats = npt.NDArray[np.float64]
Point = tuple[float, float]
_US_PER_S = 1e6


class UnitDrives:
    """The vehicles of all units.

    Parameters
    ----------
    flow
        The traffic that they drive through.
    ways, place_x, place_y
        Where they may go, and where its places are, m.
    world
        With a row of drives for each unit, and what people on the carriageway and water leave of the streets.
    driving
        How they drive.
    """

    in_traffic = True

    def __init__(
        self,
        flow: TrafficSystem,
        ways: EmergencyWays,
        place_x: Floats,
        place_y: Floats,
        *,
        world: World,
        driving: Driving | None = None,
    ) -> None:
        driving = driving or Driving()
        self._ways, self._place_x, self._place_y = ways, place_x, place_y
        assert world.units is not None
        self._world, self._drives = world, world.units.drives
        self._used = np.unique(ways.start[ways.width_m >= driving.least_width_m])
        n = len(self._drives)
        nodes = np.array([self._nearest(self._drives.x[k], self._drives.y[k]) for k in range(n)], np.int64)
        self.vehicles = EmergencyVehicles(
            flow,
            [driving],
            entry=np.zeros(n, np.int64),
            origin=nodes,
            goal=nodes,
            depart_us=np.zeros(n, np.int64),
            ways=ways,
            name="traffic_units",
        )
        self.vehicles.table.state[:] = ARRIVED

    @property
    def table(self) -> Table:
        """All state."""
        return self.vehicles.table

    def advance(self, until_us: int, turned: set[int]) -> Floats:
        """Let vehicles set out and move to a time; return the share of each link's capacity that they leave.

        turned: signals that others have been given at this step; those given to units are added.
        """
        for unit in np.flatnonzero(self._drives.state == Drive.ASKED).tolist():
            self._set_out(unit)
        self.vehicles.advance(until_us, self._people_share, self._world.impassable)
        self.vehicles.turn_signals(turned)
        self._tell(until_us)
        return self.vehicles.share_left()

    def to(self, starts: Floats, end: Point) -> Floats:
        """Return the time from each of some places (n, 2) to one, as traffic is now, s."""
        goal = self._nearest(*end)
        times = self._ways.times_to(goal, self._arc_times_us())
        return np.array([times[self._nearest(x, y)] for x, y in starts.tolist()]) / _US_PER_S

    def out(self, start: Point, ends: Floats) -> Floats:
        """Return the time from one place to each of some (n, 2), as traffic is now, s."""
        place = self._nearest(*start)
        times = self._ways.times_from(place, self._arc_times_us())
        return np.array([times[self._nearest(x, y)] for x, y in ends.tolist()]) / _US_PER_S

    @property
    def _people_share(self) -> Floats:
        assert self._world.roads is not None
        return np.asarray(self._world.roads.people_share)

    def _arc_times_us(self) -> Floats:
        return self.vehicles.arc_times_us(0, self._people_share, self._world.impassable)

    def require_laws(self) -> None:
        """Check that each vehicle is on a way exactly while it drives."""
        self.vehicles.require_laws()

    def _set_out(self, unit: int) -> None:
        drives, table = self._drives, self.table
        table.goal[unit] = self._nearest(float(drives.to_x[unit]), float(drives.to_y[unit]))
        drives.state[unit], drives.arrived_us[unit] = Drive.UNDER_WAY, NONE
        if table.state[unit] in (WAITS, DRIVES):
            return  # under way: it takes another way from its next junction on
        table.node[unit] = self._nearest(float(drives.x[unit]), float(drives.y[unit]))
        table.state[unit] = WAITS
        table.arc[unit] = table.link[unit] = table.arrived_us[unit] = NONE
        table.depart_us[unit] = table.due_us[unit] = drives.asked_us[unit]
        table.travelled_m[unit] = table.walkway_m[unit] = 0.0

    def _tell(self, now_us: int) -> None:
        # Where vehicles are: between two places on the straight line between them.
        drives, table = self._drives, self.table
        for unit in np.flatnonzero(drives.state == Drive.UNDER_WAY).tolist():
            x, y = self._place(int(table.node[unit]))
            arc = int(table.arc[unit])
            if arc != NONE:
                end_x, end_y = self._place(int(self._ways.end[arc]))
                span = max(1, int(table.due_us[unit] - table.entered_us[unit]))
                share = min(1.0, max(0.0, (now_us - int(table.entered_us[unit])) / span))
                x, y = x + share * (end_x - x), y + share * (end_y - y)
            drives.x[unit], drives.y[unit] = x, y
            if table.state[unit] == ARRIVED:
                drives.state[unit], drives.arrived_us[unit] = Drive.ARRIVED, table.arrived_us[unit]
            elif table.state[unit] == NO_WAY:
                drives.state[unit] = Drive.STUCK

    def _place(self, place: int) -> Point:
        return float(self._place_x[place]), float(self._place_y[place])

    def _nearest(self, x: float, y: float) -> int:
        used = self._used
        return int(used[np.argmin(np.hypot(self._place_x[used] - x, self._place_y[used] - y))])
