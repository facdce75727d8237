"""Serving what hazards and interventions order about streets, signals and departures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.traffic.incident_capacity import share_left
from impetus_sim.traffic.kernels.records import CLOSED
from impetus_sim.traffic.lanes import Contraflow, LaneDirections
from impetus_sim.traffic.limits import LinkLimits
from impetus_sim.traffic.signals import FAULTS, SignalPlan
from impetus_sim.traffic.staging import Staging, stage_departures
from impetus_sim.world.tables import (
    CONTRAFLOW,
    DEPARTURES,
    ROAD_BAN,
    ROAD_CAPACITY,
    ROAD_CLOSED,
    ROAD_LANES,
    ROAD_SPEED,
    SIGNAL_FAULT,
    SIGNAL_PLAN,
)

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """What each part's orders are about, by its name.

    links; rows of signals; lanes that change direction; plans that operators set, by the row of the signal; trips
    that set out in stages. What bans are about is known to the trees of ways.
    """

    links: Mapping[str, Ints] = field(default_factory=dict)
    signals: Mapping[str, Ints] = field(default_factory=dict)
    contraflows: Mapping[str, Contraflow] = field(default_factory=dict)
    plans: Mapping[str, Mapping[int, SignalPlan]] = field(default_factory=dict)
    stagings: Mapping[str, Staging] = field(default_factory=dict)


class RoadOrders:
    """Orders in the sequence in which they were given, each at its own tick.

    Several may be about one street: it is closed while any of them says so, its capacity is the product of the
    shares that each leaves, and a signal shows the worst of its faults. So the end of one never ends another, and
    after the last the street is exactly what it was. Of plans of one signal, and of stages of one trip, the latest
    ordered that still stands holds.

    Parameters
    ----------
    flow
        Vehicles on the network.
    orders
        `world.tables.road_orders_table`.
    about
        What they are about.
    tick_us
        Length of the ticks in which orders are timed.
    """

    def __init__(self, flow: TrafficSystem, orders: Table, about: Ordered, *, tick_us: int) -> None:
        self._flow = flow
        self._orders = orders
        self._about = about
        self._tick_us = tick_us
        self.progress = Table("traffic_orders", 1, {"n_served": np.int64})
        self.limits = LinkLimits(flow)
        self.lanes = LaneDirections(flow, about.contraflows)

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.progress, self.limits.table, self.lanes.table]

    @property
    def signal_names(self) -> frozenset[str]:
        """Names under which orders about signals are understood."""
        return frozenset(self._about.signals)

    def due(self) -> list[int]:
        """Return the ticks at which orders that are not served were given, ascending."""
        return sorted({int(tick) for tick in self._orders.tick[int(self.progress.n_served[0]) :]})

    def serve(self, tick: int) -> None:
        """Serve every order given up to a tick; vehicles have been moved to it."""
        new = int(self.progress.n_served[0])
        n = int(np.searchsorted(self._orders.tick, tick, side="right"))
        kinds = set(self._orders.kind[new:n].tolist())
        if ROAD_CLOSED in kinds:
            self._close(n)
        if kinds & {ROAD_LANES, ROAD_CAPACITY}:
            self._limit(n)
        if ROAD_SPEED in kinds:
            self._slow(n)
        if SIGNAL_FAULT in kinds:
            self._set_faults(n)
        if ROAD_BAN in kinds:
            self._ban(n)
        if SIGNAL_PLAN in kinds:
            self._set_plans(new, n)
        if DEPARTURES in kinds:
            self._stage(n)
        self.progress.n_served[0] = n
        if CONTRAFLOW in kinds:
            wanted = self._standing(n, CONTRAFLOW)
            self.lanes.want(name for name, value in wanted.items() if value > 0.0)
            self.turn_lanes()

    def restored(self) -> None:
        """Set what follows from loaded tables."""
        self.lanes.restored()
        for row, plan in enumerate(self._plans(int(self.progress.n_served[0]))):
            self._flow.restore_plan(row, plan)

    def turn_lanes(self) -> None:
        """Let lanes change direction that are due to and clear."""
        if self.lanes.advance():
            self._close(int(self.progress.n_served[0]))

    def _standing(self, n: int, kind: int) -> dict[str, float]:
        # The latest value of each part among the first n orders.
        rows = np.flatnonzero(self._orders.kind[:n] == kind)
        return {self._orders.key[row].decode(): float(self._orders.value[row]) for row in rows}

    def _in_force(self, n: int, kind: int) -> list[tuple[str, int]]:
        # Parts whose latest order among the first n begins something, and its tick; the latest last.
        rows = np.flatnonzero(self._orders.kind[:n] == kind)
        latest = {self._orders.key[row].decode(): int(row) for row in rows}
        begun = sorted(row for row in latest.values() if self._orders.value[row] > 0.0)
        return [(self._orders.key[row].decode(), int(self._orders.tick[row])) for row in begun]

    def _plans(self, n: int) -> list[SignalPlan]:
        # The plan of each signal after the first n orders.
        plans = list(self._flow.plans)
        for name, _ in self._in_force(n, SIGNAL_PLAN):
            for row, plan in self._about.plans[name].items():
                plans[row] = plan
        return plans

    def _set_plans(self, n_before: int, n: int) -> None:
        for row, (old, new) in enumerate(zip(self._plans(n_before), self._plans(n), strict=True)):
            if new is not old:
                self._flow.set_plan(row, new)

    def _stage(self, n: int) -> None:
        stagings = self._about.stagings
        in_force = [(stagings[name], tick * self._tick_us) for name, tick in self._in_force(n, DEPARTURES)]
        stage_departures(self._flow, stagings.values(), in_force)

    def _close(self, n: int) -> None:
        wanted = np.zeros(self._flow.links.n_links, bool)
        for key, value in self._standing(n, ROAD_CLOSED).items():
            if value > 0.0:
                wanted[self._about.links[key]] = True
        wanted[self.lanes.without_lanes] = True
        is_closed = self._flow.road.is_closed == CLOSED
        if (wanted & ~is_closed).any():
            self._flow.close_links(np.flatnonzero(wanted & ~is_closed))
        if (is_closed & ~wanted).any():
            self._flow.open_links(np.flatnonzero(is_closed & ~wanted))

    def _ban(self, n: int) -> None:
        held = self._flow.routing.bans.in_force
        for key, value in sorted(self._standing(n, ROAD_BAN).items()):
            if (value > 0.0) != (key in held):
                self._flow.set_ban(key, is_on=value > 0.0)

    def _limit(self, n: int) -> None:
        n_lanes = self._flow.links.n_lanes
        share = np.ones(len(n_lanes))
        for key, left in sorted(self._standing(n, ROAD_CAPACITY).items()):
            share[self._about.links[key]] *= left
        for key, blocked in sorted(self._standing(n, ROAD_LANES).items()):
            links = self._about.links[key]
            share[links] *= share_left(n_lanes[links], blocked)
        self.limits.leave_by_orders(share)

    def _slow(self, n: int) -> None:
        speed = self._flow.links.speed_m_s.copy()
        for key, limit in self._standing(n, ROAD_SPEED).items():
            if limit > 0.0:
                links = self._about.links[key]
                speed[links] = np.minimum(speed[links], limit)
        self._flow.limit_speeds(speed)

    def _set_faults(self, n: int) -> None:
        signals = self._flow.signals.records
        wanted = np.zeros(len(signals), np.int64)
        for key, value in self._standing(n, SIGNAL_FAULT).items():
            rows = self._about.signals[key]
            wanted[rows] = np.maximum(wanted[rows], int(value))
        names = {number: name for name, number in FAULTS.items()}
        for row in np.flatnonzero(wanted != signals["fault"]):
            self._flow.set_fault(int(row), names[int(wanted[row])])
