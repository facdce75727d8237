"""Emergency vehicles: they pass queues, may drive against the traffic, have signals turned, and hold up others.

Tens of them, each with its own arrival times, moved in step with traffic: at a junction it takes the way that is
fastest for it as things stand. On a link it drives at (1 - q) v + q j, where q is the share of the link's lanes
that is filled with vehicles, v its speed on the empty street and j its speed through vehicles that give way; where
people fill the carriageway at walking pace. While it is on a link one of its lanes passes nobody. Crossing against
red costs a set time, once. Ways for people on foot that are wide enough are driven at a low speed. All state is in
one table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import RunFailedError
from impetus_sim.traffic.emergency_ways import EmergencyWays, ways_of_streets
from impetus_sim.traffic.kernels.records import NONE
from impetus_sim.traffic.kernels.signals import DARK, FLASHING, WORKS

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem

WAITS, DRIVES, ARRIVED, NO_WAY = range(4)
"""States: yet to set out, under way, at the destination, at a place from which no way leads there."""
WALKING_PACE_M_S = 1.0
"""Speed where people fill the carriageway, and the least speed of all."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Driving:
    """What the vehicles of one entry may do; see `scenario.emergency.EmergencyTrip`."""

    over_limit: float = 1.2
    top_m_s: float = 30.0
    jam_m_s: float = 5.0
    contraflow_m_s: float = 8.0
    uses_contraflow: bool = True
    uses_walkways: bool = True
    walkway_m_s: float = 3.0
    least_width_m: float = 3.5
    priority_ahead_us: int = 15_000_000
    red_delay_us: int = 5_000_000


class EmergencyVehicles:
    """Emergency vehicles on a network.

    Parameters
    ----------
    flow
        The traffic that they drive through.
    driving
        One for each entry of the scenario.
    entry, origin, goal, depart_us
        int (vehicles,): position in `driving`, places, and time of setting out.
    ways
        Where they may go; the streets when left out.
    name
        Of the table.
    """

    def __init__(
        self,
        flow: TrafficSystem,
        driving: list[Driving],
        *,
        entry: Ints,
        origin: Ints,
        goal: Ints,
        depart_us: Ints,
        ways: EmergencyWays | None = None,
        name: str = "traffic_emergency",
    ) -> None:
        self._flow, self._driving = flow, driving
        self._ways = ways or ways_of_streets(flow.links)
        self._is_against = self._ways.is_against
        self.table = Table(
            name,
            len(entry),
            {
                "entry": "i4",
                "state": "u1",
                "node": "i4",
                "goal": "i4",
                "arc": "i4",
                "link": "i4",
                "is_against": "u1",
                "is_delayed": "u1",
                "entered_us": "i8",
                "due_us": "i8",
                "depart_us": "i8",
                "arrived_us": "i8",
                "travelled_m": "f8",
                "walkway_m": "f8",
            },
        )
        table = self.table
        table.entry[:], table.node[:], table.goal[:] = entry, origin, goal
        table.depart_us[:] = table.due_us[:] = depart_us
        table.arc[:] = table.link[:] = table.arrived_us[:] = NONE

    @property
    def is_over(self) -> bool:
        """Whether none is left that could still drive."""
        return not np.isin(self.table.state, (WAITS, DRIVES)).any()

    def advance(
        self, until_us: int, people_share: Floats, impassable: npt.NDArray[np.bool_] | None = None
    ) -> list[int]:
        """Move every vehicle to a time, as the streets are now, and return the rows of those that arrive.

        people_share: float64 (links,), share of the capacity that people on the carriageway leave. impassable:
        bool (links,), which nobody can drive through (deep water); none when left out.
        """
        table = self.table
        arrived: list[int] = []
        times: dict[int, Floats] = {}
        reach: dict[tuple[int, int], Floats] = {}
        while True:
            due = np.flatnonzero(np.isin(table.state, (WAITS, DRIVES)) & (table.due_us <= until_us))
            if not len(due):
                return arrived
            row = int(due[np.argmin(table.due_us[due])])  # of several at one time the first row
            entry = int(table.entry[row])
            if entry not in times:
                times[entry] = self.arc_times_us(entry, people_share, impassable)
            key = (entry, int(table.goal[row]))
            if key not in reach:
                reach[key] = self._ways.times_to(key[1], times[entry])
            if self._cross(row, times[entry], reach[key]):
                arrived.append(row)

    def _cross(self, row: int, times: Floats, to_goal: Floats) -> bool:
        # Let a vehicle whose time has come take the next link, or end its trip; tell whether it arrived.
        table, ways = self.table, self._ways
        if table.state[row] == DRIVES:
            if not table.is_delayed[row] and self._meets_red(row):
                table.is_delayed[row] = 1
                table.due_us[row] += self._driving[int(table.entry[row])].red_delay_us
                return False
            arc = int(table.arc[row])
            table.travelled_m[row] += ways.length_m[arc]
            if ways.link[arc] == NONE:
                table.walkway_m[row] += ways.length_m[arc]
            table.node[row] = ways.end[arc]
        table.arc[row] = table.link[row] = NONE
        if table.node[row] == table.goal[row]:
            table.state[row], table.arrived_us[row] = ARRIVED, table.due_us[row]
            return True
        arc = ways.best_arc(int(table.node[row]), to_goal, times)
        if arc == NONE:
            table.state[row] = NO_WAY
            return False
        table.state[row] = DRIVES
        table.arc[row], table.link[row], table.is_against[row] = arc, ways.link[arc], self._is_against[arc]
        table.entered_us[row] = table.due_us[row]
        table.is_delayed[row] = 0
        table.due_us[row] += max(1, round(float(times[arc])))
        return False

    def _meets_red(self, row: int) -> bool:
        # Whether a signal shows red to a vehicle at the end of its way; to who comes on no lane it always does.
        table, flow = self.table, self._flow
        link, node = int(table.link[row]), int(self._ways.end[table.arc[row]])
        number = int(flow.road.signal_of[node]) if node < flow.links.n_nodes else NONE
        if number == NONE or node == table.goal[row] or flow.signals.fault[number] in (DARK, FLASHING):
            return False
        if link == NONE or table.is_against[row]:
            return True
        group = int(flow.road.queues["group"][flow.road.first_lane[link]])
        return not (group < 0 or (flow.green_now(number) >> group) & 1)

    def arc_times_us(
        self, entry: int, people_share: Floats, impassable: npt.NDArray[np.bool_] | None = None
    ) -> Floats:
        """Return the time that vehicles of an entry take on each arc now, us, float64 (arcs,); as in `advance`."""
        times = self._times_us(self._driving[entry], people_share)
        if impassable is not None:
            link = self._ways.link
            times[(link != NONE) & impassable[link]] = np.inf
        return times

    def _times_us(self, driving: Driving, people_share: Floats) -> Floats:
        # Time on each arc, microseconds; inf where it may not go.
        links, ways = self._flow.links, self._ways
        filled = self._filled()
        free = np.minimum(links.speed_m_s * driving.over_limit, driving.top_m_s)
        along = (1.0 - filled) * free + filled * np.minimum(free, driving.jam_m_s)
        against = np.minimum(free, driving.contraflow_m_s) * (1.0 - filled) + filled * WALKING_PACE_M_S
        on_link = np.where(self._is_against, against[ways.link], along[ways.link]) * people_share[ways.link]
        is_walkway = ways.link == NONE
        speed = np.maximum(np.where(is_walkway, driving.walkway_m_s, on_link), WALKING_PACE_M_S)
        times = 1e6 * ways.length_m / speed
        if not driving.uses_contraflow:
            times[self._is_against] = np.inf
        may = is_walkway & driving.uses_walkways & (ways.width_m >= driving.least_width_m)
        times[is_walkway & ~may] = np.inf
        return np.asarray(times)

    def _filled(self) -> Floats:
        # Share of each link's lanes that vehicles take up.
        queues, links = self._flow.road.queues, self._flow.links
        is_lane = (queues["is_source"] == 0) & (queues["n_inside"] > 0)
        length = np.zeros(links.n_links)
        np.add.at(length, queues["link"][is_lane], queues["n_inside"][is_lane].astype(np.float64))
        return np.minimum(1.0, length * links.car_m / (links.length_m * self._flow.road.n_lanes))

    def turn_signals(self, served: set[int]) -> None:
        """Turn the signals that vehicles with priority come near to, and hold them until those have passed.

        served: signals that others have been given at this step; those given here are added.
        """
        table, flow = self.table, self._flow
        ends = self._ways.end[table.arc]
        coming = np.flatnonzero((table.state == DRIVES) & (table.link != NONE) & (table.is_against == 0))
        coming = coming[ends[coming] < flow.links.n_nodes]  # at a junction
        for row in coming[np.argsort(table.due_us[coming], kind="stable")]:  # the first to arrive has it
            link, node = int(table.link[row]), int(ends[row])
            number, ahead_us = (
                int(flow.road.signal_of[node]),
                self._driving[int(table.entry[row])].priority_ahead_us,
            )
            group = int(flow.road.queues["group"][flow.road.first_lane[link]])
            is_near = 0 < ahead_us >= table.due_us[row] - flow.now_us
            if number != NONE and group >= 0 and is_near and number not in served:
                served.add(number)
                self._turn(number, node, group, int(table.due_us[row]))

    def _turn(self, number: int, node: int, group: int, until_us: int) -> None:
        # Through the signal's own intergreen time to a phase that serves the group.
        flow = self._flow
        flow.green_now(number)
        signal = flow.signals.records[number]
        first, n = int(signal["first_phase"]), int(signal["n_phases"])
        serves = np.flatnonzero((flow.phases["green"][first : first + n] >> np.uint32(group)) & 1)
        if signal["fault"] != WORKS or not len(serves):
            return
        if int(signal["phase"]) not in serves:
            clear_us = int(flow.phases["clear_us"][first + int(signal["phase"])])
            # a signal that is clearing already goes on clearing, to another phase
            ends_us = int(signal["switch_us"]) if signal["is_clearing"] else flow.now_us + max(1, clear_us)
            signal["phase"], signal["green"], signal["is_clearing"] = serves[0], 0, 1
            signal["switch_us"] = ends_us
        elif not signal["is_clearing"]:
            signal["switch_us"] = max(int(signal["switch_us"]), until_us + 1)
        flow.look_again(node)

    def share_left(self) -> Floats:
        """Return the share of its capacity that each link keeps while vehicles pass that others give way to."""
        links, table = self._flow.links, self.table
        share = np.ones(links.n_links)
        passed = np.unique(table.link[table.link != NONE])
        n_lanes = self._flow.road.n_lanes[passed]
        share[passed] = (n_lanes - 1) / n_lanes
        return share

    def offsets_m(self) -> Floats:
        """Return how far along its link, in the link's direction, each vehicle is; nan for those on none."""
        table, ways = self.table, self._ways
        out = np.full(len(table), np.nan)
        rows = np.flatnonzero(table.link != NONE)
        span = table.due_us[rows] - table.entered_us[rows]
        done = np.clip((self._flow.now_us - table.entered_us[rows]) / span, 0.0, 1.0)
        from_m, to_m = ways.from_m[table.arc[rows]], ways.to_m[table.arc[rows]]
        out[rows] = from_m + done * (to_m - from_m)
        return out

    def require_laws(self) -> None:
        """Check that each vehicle is on a way exactly while it drives.

        Raises
        ------
        RunFailedError
            With the vehicle for which it does not hold.
        """
        table = self.table
        wrong = np.flatnonzero((table.arc >= 0) != (table.state == DRIVES))
        if len(wrong):
            raise RunFailedError(f"emergency vehicle {wrong[0]}: state {table.state[wrong[0]]}, way "
                                 f"{table.arc[wrong[0]]}")  # fmt: skip
