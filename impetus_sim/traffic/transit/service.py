"""A service at work: vehicles stand at stops, take people up, drive to the next stop, and begin again.

A vehicle that stands is off the carriageway, in a bay; between two stops it is a vehicle like others, on the way
that is fastest on empty streets until it meets a closure. Stops are served once a step, at its end. Arrivals and
departures are exact to the microsecond, except that nobody leaves before the step in which they arrived is over.

Time at a stop: that of the doors, of those who get off and then of those who board, one after another; see `Pool`.
Source of that form: Transit Capacity and Quality of Service Manual, 3rd edition (TCRP Report 165), chapter 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import RunFailedError
from impetus_sim.traffic.kernels.records import ARRIVED, AT_STOP, HELD, NEVER, NONE, PLANNED, STATIC
from impetus_sim.traffic.system import PARKED_US
from impetus_sim.traffic.transit.plan import ANYWHERE, Plan
from impetus_sim.traffic.transit.riders import RIDES, TO_COME, WAITS, Riders
from impetus_sim.world.tables import BUSES

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem

Ints = npt.NDArray[np.int64]

FREE, STANDS, DRIVES, DONE = range(4)
"""States of a vehicle of the service: without a run; at a call; on the way to one; with nothing left to do."""


class Service:
    """All lines, car parks and stops of a run.

    Parameters
    ----------
    flow
        The traffic in which its vehicles drive; they are parked there at first (`park`).
    plan
        What is to be done.
    step_us
        Time between two calls of `advance`.
    orders, tick_us
        `world.tables.road_orders_table`, in which vehicles on call are called, and the length of its ticks,
        us; nobody is called where it is left out.
    """

    def __init__(
        self, flow: TrafficSystem, plan: Plan, *, step_us: int, orders: Table | None = None, tick_us: int = 1
    ) -> None:
        self._flow, self.plan, self._step_us = flow, plan, step_us
        self._orders, self._tick_us = orders, tick_us
        self._on_call = {pool.name.encode(): k for k, pool in enumerate(plan.pools) if pool.on_call}
        self.riders = Riders(plan.passengers)
        ints = ("place", "run", "call", "n_aboard")
        times = ("free_us", "ready_us", "first_us")
        self.carriers = Table(
            "transit_vehicles",
            len(plan.carriers),
            {"state": "i1"} | dict.fromkeys(ints, "i4") | dict.fromkeys(times, "i8"),
        )
        self.carriers.place[:], self.carriers.free_us[:] = plan.carriers.place, plan.carriers.free_us
        self.carriers.run[:] = self.carriers.call[:] = NONE
        self.calls = Table(
            "transit_calls",
            len(plan.runs.stop),
            {"arrived_us": "i8", "left_us": "i8", "n_on": "i4", "n_off": "i4", "vehicle": "i4"},
        )
        self.calls.arrived_us[:] = self.calls.left_us[:] = self.calls.vehicle[:] = NONE
        self.pools = Table("transit_pools", len(plan.pools), {"n_begun": "i4", "last_out_us": "i8"})
        self.stops = Table("transit_stops", len(plan.stops), {"n_came": "i8"})
        self._wait_us = np.array([NEVER if p.wait_us is None else p.wait_us for p in plan.pools], np.int64)
        self._leaves_full = np.array([p.leaves_full for p in plan.pools], bool)
        self._sent: dict[int, int] = {}
        self._runs_of_pool = [np.flatnonzero(plan.runs.pool == k) for k in range(len(plan.pools))]

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.carriers, self.calls, self.pools, self.stops, self.riders.table]

    def people_come(self, n_came: Ints) -> None:
        """Tell how many people have come on foot to each stop so far, (stops,)."""
        stops = self.plan.stops
        for k in np.flatnonzero(n_came > self.stops.n_came):
            n = int(n_came[k] - self.stops.n_came[k])
            self.riders.add(int(k), n, self._flow.now_us, int(stops.walks_after_us[k]))
        self.stops.n_came[:] = n_came

    def advance(self) -> None:
        """Serve every stop, as things stand at the time to which traffic has been advanced."""
        self._arrive()
        self._leave_out_stops()
        self._begin_runs()
        self.riders.wait_or_walk(self._flow.now_us)
        self._board()
        self._leave()
        if self._sent:
            self._flow.routing.include(self._flow.vehicles)
            self._flow.put_off(np.array([*self._sent]), np.array([*self._sent.values()]))
            self._sent.clear()

    def _called_us(self) -> Ints:
        # From when the times of each pool count, (pools,): 0, or when it was first called; NEVER for not yet.
        called = np.zeros(len(self.plan.pools), np.int64)
        for name, pool in self._on_call.items():
            called[pool], orders = NEVER, self._orders
            if orders is None:
                continue
            ticks = orders.tick[(orders.kind == BUSES) & (orders.key == name)]
            if len(ticks):
                called[pool] = int(ticks[0]) * self._tick_us
        return called

    def _arrive(self) -> None:
        table, vehicles = self.carriers, self._flow.vehicles
        rows = self.plan.carriers.row
        for k in np.flatnonzero((table.state == DRIVES) & (vehicles["state"][rows] == ARRIVED)):
            call, at_us = int(table.call[k]), int(vehicles["left_us"][rows[k]])
            vehicles["state"][rows[k]] = AT_STOP
            self._stand(int(k), call, at_us)

    def _stand(self, k: int, call: int, at_us: int) -> None:
        # Vehicle k is at a call from a time on; those who want to get off do.
        table, calls, runs = self.carriers, self.calls, self.plan.runs
        pool = self.plan.pools[self.plan.carriers.pool[k]]
        n_off = self.riders.alight(k, call, at_us)
        calls.arrived_us[call], calls.n_off[call], calls.vehicle[call] = at_us, n_off, k
        table.state[k], table.place[k] = STANDS, runs.place[call]
        table.n_aboard[k] -= n_off
        table.ready_us[k] = at_us + pool.doors_us + n_off * pool.alight_us
        table.first_us[k] = NEVER
        if call == runs.last_call(int(table.run[k])):
            calls.left_us[call] = table.free_us[k] = table.ready_us[k]
            table.state[k], table.run[k], table.call[k] = FREE, NONE, NONE

    def _leave_out_stops(self) -> None:
        # No open way leads to the next stop: a later one is served instead, if a way leads there.
        table, flow, rows = self.carriers, self._flow, self.plan.carriers.row
        for k in np.flatnonzero((table.state == DRIVES) & (flow.vehicles["state"][rows] == HELD)):
            vehicle = flow.vehicles[rows[k]]
            here = np.array([vehicle["origin"]])
            for call in range(int(table.call[k]) + 1, int(self.plan.runs.last_call(int(table.run[k]))) + 1):
                was = int(vehicle["goal"])
                vehicle["goal"] = self._goal(int(k), call)
                flow.routing.include(flow.vehicles)
                if flow.routing.has_way(np.array([vehicle["goal"]]), here)[0]:
                    table.call[k] = call
                    self._send(int(k), flow.now_us)
                    break
                vehicle["goal"] = was

    def _begin_runs(self) -> None:
        table, carriers, plan, now_us = self.carriers, self.plan.carriers, self.plan, self._flow.now_us
        free = np.flatnonzero((table.state == FREE) & (table.free_us <= now_us))
        for k in free[np.argsort(table.free_us[free], kind="stable")]:
            pool = int(carriers.pool[k])
            runs, n_begun = self._runs_of_pool[pool], int(self.pools.n_begun[pool])
            if n_begun == len(runs):
                self._retire(int(k))
                continue
            self.pools.n_begun[pool] += 1
            run = int(runs[n_begun])
            call = int(plan.runs.first_call[run])
            table.run[k], table.call[k] = run, call
            if table.place[k] == plan.runs.place[call]:
                self._stand(int(k), call, int(table.free_us[k]))
            else:
                self._send(int(k), now_us)

    def _retire(self, k: int) -> None:
        self.carriers.state[k] = DONE
        if (v := self._flow.vehicles[self.plan.carriers.row[k]])["state"] == AT_STOP:
            v["state"] = ARRIVED

    def _board(self) -> None:
        table, plan, now_us = self.carriers, self.plan, self._flow.now_us
        waiting = self.riders.waiting()
        if not len(waiting):
            return
        standing = np.flatnonzero((table.state == STANDS) & (table.n_aboard < plan.carriers.seats))
        run, call = table.run[standing], table.call[standing]
        is_open = plan.runs.may_board[call] & (
            (call > plan.runs.first_call[run]) | (plan.runs.opens_us[run] <= now_us)
        )
        is_open &= self._called_us()[plan.carriers.pool[standing]] <= now_us
        standing = standing[is_open]
        order = np.lexsort((table.run[standing], plan.runs.due_us[table.call[standing]]))
        stop_of = self.riders.rows["stop"]
        for k in standing[order]:
            here = waiting[stop_of[waiting] == plan.runs.stop[table.call[k]]]
            boarded = self._board_one(int(k), here) if len(here) else here
            if len(boarded):
                waiting = waiting[~np.isin(waiting, boarded)]

    def _board_one(self, k: int, here: Ints) -> Ints:
        # Let people who wait, in their order, board vehicle k, and return who did.
        table, plan, now_us = self.carriers, self.plan, self._flow.now_us
        off_call = self._off_calls(int(table.run[k]), int(table.call[k]), self.riders.rows["goal"][here])
        seats = int(plan.carriers.seats[k] - table.n_aboard[k])
        chosen = np.flatnonzero(off_call != NONE)[:seats]
        n = len(chosen)
        if n:
            self.riders.board(here[chosen], k, off_call[chosen], now_us)
            table.n_aboard[k] += n
            self.calls.n_on[table.call[k]] += n
            table.first_us[k] = min(int(table.first_us[k]), now_us)
            board_us = plan.pools[plan.carriers.pool[k]].board_us
            table.ready_us[k] = max(int(table.ready_us[k]), now_us) + n * board_us
        return np.asarray(here[chosen])

    def _off_calls(self, run: int, call: int, goal: npt.NDArray[np.int32]) -> Ints:
        # Where people with these goals would get off, were they to board a run at a call; NONE for nowhere.
        runs = self.plan.runs
        last = int(runs.last_call(run))
        out = np.where(goal == ANYWHERE, last, NONE).astype(np.int64)
        for later in range(last, call, -1):
            if runs.may_alight[later] or later == last:
                out[goal == runs.stop[later]] = later
        return out

    def leave_us(self) -> Ints:
        """Return when each vehicle that stands leaves, as things are, (vehicles,); NEVER for what is not known."""
        table, plan = self.carriers, self.plan
        out = np.full(len(table), NEVER)
        k = np.flatnonzero(table.state == STANDS)
        pool, first_us = plan.carriers.pool[k], table.first_us[k]
        waits_us = np.where(first_us < NEVER, self._wait_us[pool], NEVER)
        called_us, due_us = self._called_us()[pool], plan.runs.due_us[table.call[k]]
        due_us = np.where((called_us < NEVER) & (due_us < NEVER), called_us + due_us, NEVER)
        due_us = np.minimum(due_us, np.where(waits_us < NEVER, first_us + waits_us, NEVER))
        due_us[self._leaves_full[pool] & (table.n_aboard[k] >= plan.carriers.seats[k])] = 0
        out[k] = np.maximum(table.ready_us[k], due_us)
        return out

    def _leave(self) -> None:
        table, plan, now_us = self.carriers, self.plan, self._flow.now_us
        leave_us = self.leave_us()
        due = np.flatnonzero(leave_us <= now_us + self._step_us)
        for k in due[np.lexsort((table.run[due], leave_us[due]))]:
            number = plan.carriers.pool[k]
            pool, call = plan.pools[number], int(table.call[k])
            out_us = max(int(leave_us[k]), now_us) + pool.fetch_us
            if call == plan.runs.first_call[table.run[k]]:
                out_us = max(out_us, int(self.pools.last_out_us[number]) + pool.headway_us)
                self.pools.last_out_us[number] = out_us
            self.calls.left_us[call] = out_us
            table.call[k] = call + 1
            self._send(int(k), out_us)

    def _send(self, k: int, at_us: int) -> None:
        # Vehicle k sets out at a time for the call that is next.
        table, row = self.carriers, int(self.plan.carriers.row[k])
        vehicle = self._flow.vehicles[row]
        table.state[k] = DRIVES
        vehicle["goal"] = self._goal(k, int(table.call[k]))
        vehicle["tree"] = STATIC
        if vehicle["state"] != HELD:
            vehicle["origin"] = table.place[k]
        vehicle["state"] = PLANNED
        if vehicle["depart_us"] >= PARKED_US:
            vehicle["depart_us"] = at_us
        self._sent[row] = at_us

    def _goal(self, k: int, call: int) -> int:
        return self.plan.goal_of_place[int(self.plan.carriers.pool[k]), int(self.plan.runs.place[call])]

    @property
    def is_over(self) -> bool:
        """Whether no vehicle will move any more by what is known, and nobody is yet to come to a stop.

        Vehicles that may still be called while people wait may move.
        """
        table = self.carriers
        return not (
            (table.state == DRIVES).any()
            or ((table.state == FREE) & (table.free_us < PARKED_US)).any()
            or (self.leave_us() < NEVER).any()
            or ((self._called_us() == NEVER).any() and (self.riders.rows["state"] == WAITS).any())
            or (self.riders.rows["state"] == TO_COME).any()
        )

    def require_laws(self, n_came: Ints) -> None:
        """Check that everybody who came, (stops,), is in exactly one place, and that nobody stands on another.

        Raises
        ------
        RunFailedError
            With the stop or the vehicle where somebody is lost.
        """
        rows, stops, table = self.riders.rows, self.plan.stops, self.carriers
        on_foot = rows["on_foot"] == 1
        n = np.bincount(rows["stop"][on_foot], minlength=len(stops))
        wrong = np.flatnonzero((n != self.stops.n_came) | (n_came < self.stops.n_came))
        if len(wrong) or np.count_nonzero(~on_foot) != len(self.plan.passengers):
            k = int(wrong[0]) if len(wrong) else 0
            raise RunFailedError(
                f"at {self._flow.now_us / 1e6:g} s: of {n_came[k]} people who came to stop '{stops.names[k]}', "
                f"{n[k]} wait, ride, have been delivered or walked"
            )
        rides = rows["state"] == RIDES
        aboard = np.bincount(rows["vehicle"][rides], minlength=len(table))
        may_ride = np.isin(table.state, (STANDS, DRIVES))
        wrong = np.flatnonzero(
            (aboard != table.n_aboard) | (aboard > self.plan.carriers.seats) | (~may_ride & (aboard > 0))
        )
        boarded = self.calls.n_on.sum() - self.calls.n_off.sum()
        if len(wrong) or boarded != aboard.sum() or (rows["vehicle"][rows["state"] == WAITS] != NONE).any():
            k = int(wrong[0]) if len(wrong) else 0
            raise RunFailedError(
                f"at {self._flow.now_us / 1e6:g} s: vehicle {k} of the service counts {table.n_aboard[k]} people "
                f"but {aboard[k]} are aboard, with {self.plan.carriers.seats[k]} seats"
            )


def park(vehicles: npt.NDArray[np.void], rows: Ints) -> None:
    """Let vehicles stand until they are sent somewhere."""
    vehicles["sets_out_us"][rows] = vehicles["depart_us"][rows] = PARKED_US
    assert (vehicles["state"][rows] == PLANNED).all()
