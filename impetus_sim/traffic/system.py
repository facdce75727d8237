"""The traffic of a run: vehicles, the road they use, signals and ways, advanced to a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import RecordTable, Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.conservation import require_conserved
from impetus_sim.traffic.following import CarFollowing, FollowedLinks
from impetus_sim.traffic.kernels import agenda
from impetus_sim.traffic.kernels.advance import advance
from impetus_sim.traffic.kernels.fleet import anybody_to_drive
from impetus_sim.traffic.kernels.queues import call
from impetus_sim.traffic.kernels.records import (
    ABANDONED,
    ARRIVED,
    BARRED,
    CANCELLED,
    CLOSED,
    HELD,
    NONE,
    ON_LINK,
    PLANNED,
    WAITING,
)
from impetus_sim.traffic.kernels.signals import PHASE, SIGNAL, serve_signal, serve_signals
from impetus_sim.traffic.positions import offsets_m
from impetus_sim.traffic.removal import head_ready_us, take_out
from impetus_sim.traffic.road import CAR_M, Links, build_road
from impetus_sim.traffic.road_tables import QUEUES, road_tables
from impetus_sim.traffic.routing import Routing
from impetus_sim.traffic.signals import SignalPlan, build_signals, set_fault, set_plan, write_phases

BLOCKED_US = 2**61
"""Time of the next exit from a lane that is blocked."""
FEW = 64
"""Up to so many departures are put in their place among the others, rather than all sorted."""
PARKED_US = 2**61
"""Time at which parked vehicles set out, until somebody drives them."""


class TrafficSystem:
    """Vehicles on a network.

    Parameters
    ----------
    links
        The network.
    vehicles
        VEHICLE records, from `vehicles.build_vehicles`.
    goal_nodes
        Junctions that vehicles go to; `vehicles["goal"]` are positions in it.
    plans
        Signals.
    followed
        Links with car following; none when left out.
    routing
        Keywords for `Routing`: every_s, patience_s, bans, paths, dwell_s.

    All state is in tables, so that it can be saved and restored at any time; the result does not depend on how a
    run is cut into calls of `advance`, nor on threads.
    """

    def __init__(
        self,
        links: Links,
        vehicles: npt.NDArray[np.void],
        goal_nodes: npt.NDArray[np.int64],
        *,
        plans: tuple[SignalPlan, ...] | list[SignalPlan] = (),
        followed: FollowedLinks | None = None,
        **routing: object,
    ) -> None:
        self.links = links
        self.road = build_road(links)
        self.fleet = RecordTable("traffic_vehicles", vehicles)
        signals, self.phases = (
            build_signals(plans, self.road) if plans else (np.zeros(0, SIGNAL), np.zeros(0, PHASE))
        )
        self.plans = tuple(plans)
        self.signals = RecordTable("traffic_signals", signals)
        self.routing = Routing(links, self.road, goal_nodes, **routing)  # type: ignore[arg-type]
        self.routing.include(vehicles)
        self.following = None if followed is None else CarFollowing(followed, links, self.road, vehicles)
        self._counts = np.zeros(3, np.int64)
        self._no_curves = np.zeros((0, 2, 0), np.int32)
        self._planned = np.zeros(0, np.int32)
        self._next_planned = np.zeros(1, np.int64)
        self._plan_departures()
        self._clock = Table("traffic_clock", 1, {"now_us": np.int64})
        self._tables = [self.fleet, *road_tables(self.road), self.signals]

    @property
    def state(self) -> list[Table]:
        """Every table that a later step reads."""
        followers = [] if self.following is None else self.following.state
        return [*self._tables, *self.routing.state, *followers, self._clock]

    @property
    def now_us(self) -> int:
        """Time that everything has been advanced to, microseconds."""
        return int(self._clock.now_us[0])

    @property
    def vehicles(self) -> npt.NDArray[np.void]:
        """VEHICLE records."""
        return self.fleet.records

    def advance(self, until_us: int) -> None:
        """Process every event up to and including a time, and update ways when that is due."""
        while True:
            due_us = self.routing.next_us
            if due_us > until_us:
                break
            self._advance(np.array([due_us - 1]))
            self._clock.now_us[0] = due_us
            self.routing.update(due_us, self.road, self.vehicles)
            self._release_held(due_us)
        self._advance(np.array([until_us]))
        self._clock.now_us[0] = until_us

    def advance_sampled(self, times_us: npt.NDArray[np.int64], out_curves: npt.NDArray[np.int32]) -> None:
        """Advance to the last of ascending times, and fill cumulative curves.

        Parameters
        ----------
        out_curves
            Vehicles that had entered and left each link by each time, (times, 2, links).
        """
        k = 0
        while k < len(times_us):
            before_update = int(np.searchsorted(times_us, self.routing.next_us))
            if before_update > k:
                part = slice(k, before_update)
                self._advance(times_us[part], out_curves[part])
                k = before_update
                self._clock.now_us[0] = times_us[k - 1]
            else:
                self.advance(self.routing.next_us)

    def _advance(self, times_us: npt.NDArray[np.int64], curves: npt.NDArray[np.int32] | None = None) -> None:
        if self.following is None:
            self._advance_events(times_us, curves)
            return
        for k in range(len(times_us)):
            while self.following.next_us <= times_us[k]:
                self._advance_events(np.array([self.following.next_us]))
                self.following.step(self.road, self.signals.records, self.phases, self.vehicles)
            self._advance_events(times_us[k : k + 1], None if curves is None else curves[k : k + 1])

    def _advance_events(
        self, times_us: npt.NDArray[np.int64], curves: npt.NDArray[np.int32] | None = None
    ) -> None:
        advance(
            times_us,
            self.road,
            self.routing.ways,
            self.signals.records,
            self.phases,
            self.vehicles,
            self._planned,
            self._next_planned,
            self._counts,
            self._no_curves if curves is None else curves,
        )

    @property
    def is_over(self) -> bool:
        """Whether nobody is left that could still drive."""
        return not anybody_to_drive(self.vehicles, PARKED_US)

    def counts(self) -> dict[str, int]:
        """Return how many vehicles are planned, waiting, on_links, arrived, held, abandoned, cancelled, at_stop."""
        names = ("planned", "waiting", "on_links", "arrived", "held", "abandoned", "cancelled", "at_stop")
        n = np.bincount(self.vehicles["state"], minlength=len(names))
        return dict(zip(names, n.tolist(), strict=True))

    def put_off(self, rows: npt.NDArray[np.int64], at_us: npt.NDArray[np.int64]) -> None:
        """Let vehicles that are planned, (n,), set out at other times, (n,); when they wished to stays."""
        self.vehicles["sets_out_us"][rows] = at_us
        if len(rows) > FEW:
            self._plan_departures()
        else:
            self._plan_again(rows)

    def cancel(self, rows: npt.NDArray[np.int64]) -> None:
        """Give up trips for good of vehicles, (n,), that have yet to depart; all others stay as they are."""
        v = self.vehicles
        planned = rows[v["state"][rows] == PLANNED]
        v["state"][planned], v["left_us"][planned] = CANCELLED, self.now_us

    def remove_vehicles(self, rows: npt.NDArray[np.int64]) -> None:
        """Take vehicles that are under way off the road for good, at once, as abandoned by their drivers.

        Those behind close up, and the place becomes free upstream when the wave of that gets there. Vehicles that
        have arrived or were removed before stay as they are.
        """
        v = self.vehicles
        places_mm = np.nan_to_num(offsets_m(self) * 1000.0)
        for row in np.asarray(rows):
            state = v["state"][row]
            if state in (ARRIVED, ABANDONED, CANCELLED):
                continue
            k = int(v["queue"][row])
            if state in (WAITING, ON_LINK):
                take_out(int(row), float(places_mm[row]), self.now_us, self.road, v)
            v["state"][row], v["queue"][row], v["left_us"][row] = ABANDONED, NONE, self.now_us
            if k != NONE:
                self.look_again(int(self.road.queues["node"][k]))
                self.look_again(int(self.links.from_node[self.road.queues["link"][k]]))
        self._plan_departures()

    def close_links(self, links: npt.NDArray[np.int64]) -> None:
        """Let nobody enter links any more; who is on them drives on."""
        self.road.is_closed[links] = CLOSED
        self._tell_drivers(np.unique(self.links.from_node[links]))

    def open_links(self, links: npt.NDArray[np.int64]) -> None:
        """Open links again."""
        self.road.is_closed[links] = np.where(self.road.barred[links] > 0, BARRED, 0)
        self._tell_drivers(np.unique(self.links.from_node[links]))

    def set_ban(self, name: str, *, is_on: bool) -> None:
        """Put a ban of turns or of an area in force, or lift it; drivers learn of it at once."""
        nodes = self.routing.bans.switch(name, is_on=is_on)
        self._mark_barred()
        self._tell_drivers(nodes)

    def _mark_barred(self) -> None:
        road = self.road
        road.is_closed[road.is_closed != CLOSED] = 0
        road.is_closed[(road.barred > 0) & (road.is_closed != CLOSED)] = BARRED

    def _tell_drivers(self, nodes: npt.NDArray[np.int64]) -> None:
        for node in nodes:
            self.look_again(int(node))
        self.renew_ways()

    def renew_ways(self) -> None:
        """Make new trees of ways at once."""
        self.routing.clock.next_us[0] = min(self.routing.next_us, self.now_us + 1)

    def set_lane_capacity(self, lanes: npt.NDArray[np.int64], factor: float) -> None:
        """Let lanes discharge at a share of their capacity; 0 blocks them.

        Raises
        ------
        ValueError
            When the factor is negative.
        """
        if factor < 0.0:
            raise ValueError(f"factor {factor}: not negative")
        for lane in lanes:
            queue = self.road.queues[lane]
            if factor == 0.0:
                queue["exit_us"] = BLOCKED_US
            else:
                queue["exit_pace"] = queue["pace"] / factor
                if queue["exit_us"] == BLOCKED_US:
                    queue["exit_us"] = self.now_us
            if queue["head"] >= 0:
                queue["ready_us"] = head_ready_us(queue, self.vehicles)
                self.look_again(int(queue["node"]))

    def limit_speeds(self, speed_m_s: npt.NDArray[np.float64]) -> None:
        """Set the free speed of each link for who enters it from now on, m/s, (links,); ways are found anew."""
        self.road.speed_mm_s[:] = speed_m_s * 1000.0
        self.renew_ways()

    def set_junction_capacity(self, capacity: npt.NDArray[np.float64]) -> None:
        """Limit what junctions pass, vehicles/s, (nodes,); inf for no limit."""
        self.road.node_pace[:] = np.where(np.isfinite(capacity), 1e6 / (capacity * CAR_M * 1000.0), 0.0)

    def set_fault(self, number: int, fault: str) -> None:
        """Put a signal into a faulty state, or back to work; see `signals.set_fault`."""
        self.green_now(number)  # one that is stuck is so in the phase of now
        set_fault(number, fault, self.now_us, self.road, self.signals.records)
        self.look_again(int(self.signals.node[number]))

    def set_plan(self, number: int, plan: SignalPlan) -> None:
        """Let a signal go on by another plan with the same phases; see `signals.set_plan`."""
        self.green_now(number)
        set_plan(number, plan, self.now_us, self.signals.records, self.phases)
        self.look_again(int(self.signals.node[number]))

    def restore_plan(self, number: int, plan: SignalPlan) -> None:
        """Set the phases of the plan by which a signal of loaded tables goes."""
        write_phases(plan, self.signals.records[number], self.phases)

    def green_now(self, number: int) -> int:
        """Return the groups of a signal that have green now, a bit each; its state is brought up to date.

        Signals at which nobody waits are otherwise looked at when somebody comes.
        """
        serve_signal(number, self.now_us, self.road, self.signals.records, self.phases, self.vehicles)
        return int(self.signals.green[number])

    def signals_now(self) -> npt.NDArray[np.void]:
        """Return SIGNAL records as they stand now, those at which nobody waits too; the state stays as it is."""
        signals = self.signals.records.copy()
        serve_signals(self.now_us, self.road, signals, self.phases, self.vehicles)
        return signals

    def look_again(self, node: int) -> None:
        """Have a junction look at all of its queues at once."""
        own = slice(int(self.road.first_queue[node]), int(self.road.first_queue[node + 1]))
        self.road.look_us[own] = self.road.queues["ready_us"][own]
        call(node, self.now_us + 1, self.road)

    def require_same_lanes(self) -> None:
        """Check that loaded tables are of the same lanes.

        Raises
        ------
        InvalidInputError
            When streets of the saved run may not be given the same lanes.
        """
        saved = next(table for table in self._tables if table.name == QUEUES)
        if len(saved) != len(self.road.queues):
            raise InvalidInputError(
                "a branch cannot have a contraflow on a street that had none",
                hint="start a new run with it, or branch from a run in which it is ordered later",
            )

    def refresh(self) -> None:
        """Rebuild what follows from restored tables."""
        agenda.build(self.road.agenda)
        self.routing.rebuild(self.vehicles)
        self._plan_departures()

    def _plan_departures(self) -> None:
        rows = np.flatnonzero(self.vehicles["state"] == PLANNED)
        self._planned = rows[np.argsort(self.vehicles["sets_out_us"][rows], kind="stable")].astype(np.int32)
        self._next_planned[0] = 0

    def _plan_again(self, rows: npt.NDArray[np.int64]) -> None:
        # As `_plan_departures` where only these rows have a new time: by time, and by row at one time.
        times_us = self.vehicles["sets_out_us"]
        rest = self._planned[self._next_planned[0] :]
        rest = rest[~np.isin(rest, rows)]
        rows = rows[self.vehicles["state"][rows] == PLANNED]
        new = rows[np.lexsort((rows, times_us[rows]))]
        held_us = times_us[rest]
        low, high = (np.searchsorted(held_us, times_us[new], side) for side in ("left", "right"))
        at = [int(a + np.searchsorted(rest[a:b], row)) for a, b, row in zip(low, high, new, strict=True)]
        self._planned = np.insert(rest, at, new).astype(np.int32)
        self._next_planned[0] = 0

    def _release_held(self, now_us: int) -> None:
        held = np.flatnonzero(self.vehicles["state"] == HELD)
        if not len(held):
            return
        v = self.vehicles
        free = held[self.routing.has_way(v["goal"][held], v["origin"][held])]
        if len(free):
            v["state"][free] = PLANNED
            v["sets_out_us"][free] = now_us
            self._plan_departures()

    def require_conserved(self) -> None:
        """Check the laws of `conservation`; raises RunFailedError with the place where one does not hold."""
        require_conserved(self)
