"""The state of a power grid: its tables, and the few ways in which they change."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.infrastructure.change import NO_CAUSE
from impetus_sim.infrastructure.power.balance import Loads, Settled, Units, settle_island
from impetus_sim.infrastructure.power.fleet import Fleet, build_fleet
from impetus_sim.infrastructure.power.network import Bools, Floats, Ints, PowerNetwork
from impetus_sim.infrastructure.power.relays import draw_failures
from impetus_sim.infrastructure.power.rules import GridRules, SheddingPlan
from impetus_sim.infrastructure.power.solver import FlowSolver
from impetus_sim.infrastructure.power.trace import GridTrace

NEVER = -1


class BranchState(IntEnum):
    """Whether the switches of a branch are closed, and if not, why."""

    CLOSED = 0
    OPEN = 1
    """A tie, as it stands normally."""
    COMMANDED = 2
    TRIPPED = 3
    """By a relay."""
    CLEARING = 4
    """Its breaker cleared a fault of another branch of its section."""
    WAITING = 5
    """Opened after a collapse, until the island is built up again."""


class Act(IntEnum):
    """What is due in the agenda; subject: row of a branch, bus or unit."""

    OPEN = 1
    CLOSE = 2
    BREAK = 3
    REPAIR = 4
    BLOCK_RELAY = 5
    LOADS = 6
    SHED = 7
    OUTPUT = 8
    STOP_UNIT = 9
    START_UNIT = 10
    ISOLATE = 11
    TIE = 12
    TRIP = 13
    BACKUP = 14
    RESTART = 15


class GridState:
    """Tables of a grid, its solver, and what the rules do to them.

    Parameters are those of `PowerGrid`.
    """

    def __init__(
        self, network: PowerNetwork, rules: GridRules, plan: SheddingPlan, black_start: Bools, key: Any
    ) -> None:
        self.network, self.rules, self.plan = network, rules, plan
        self.fleet: Fleet = build_fleet(network)
        self.black_start = np.isinf(self.fleet.most_mw)  # outside networks need nobody to start
        self.black_start[: len(black_start)] |= black_start
        self.is_stuck, self.is_hasty = draw_failures(network.branch_names, key, rules.relays)
        self.solver = FlowSolver(network, network.is_in)
        self._make_tables()
        self.trace = GridTrace(
            lambda: [self.branches.cause, self.buses.cause, self.units.cause, self.agenda.cause]
        )
        self.touched: dict[int, tuple[int, bool]] = {}
        """Buses whose island must be settled anew: code of the cause, and whether operators meant it."""
        self.now_us = 0

    def _make_tables(self) -> None:
        network, fleet = self.network, self.fleet
        self.clock = Table("power_clock", 1, {"now_us": "i8", "solved_us": "i8", "serial": "i8"})
        self.branches = Table(
            "power_branches",
            network.n_branches,
            {
                "state": "u1",
                "is_broken": "u1",
                "is_blocked": "u1",
                "has_failed": "u1",
                "was_in": "u1",
                "flow_mw": "f8",
                "heat": "f8",
                "cleared_for": "i8",
                "cause": "i8",
            },
        )
        self.buses = Table(
            "power_buses",
            network.n_buses,
            {
                "load_mw": "f8",
                "told_mw": "f8",
                "n_shed": "i2",
                "shed_for": "i8",
                "is_live": "u1",
                "share": "f8",
                "hz": "f8",
                "since_us": "i8",
                "cause": "i8",
            },
        )
        self.units = Table(
            "power_units",
            len(fleet),
            {
                "set_mw": "f8",
                "now_mw": "f8",
                "is_running": "u1",
                "is_stopped": "u1",
                "recover_us": "i8",
                "start_us": "i8",
                "cause": "i8",
            },
        )
        self.updates = Table("power_updates", 0, {"branch": "i8"})
        self.agenda = Table(
            "power_agenda",
            0,
            {"due_us": "i8", "serial": "i8", "act": "u1", "subject": "i8", "value": "f8", "cause": "i8"},
        )
        self.branches.state[:] = np.where(network.is_in, BranchState.CLOSED, BranchState.OPEN)
        self.branches.cleared_for[:] = self.buses.shed_for[:] = NEVER
        for table in (self.branches, self.buses, self.units):
            table.cause[:] = NO_CAUSE
        self.buses.load_mw[:] = self.buses.told_mw[:] = np.maximum(network.load_mw, 0.0)
        self.units.set_mw[:] = self.units.now_mw[:] = np.where(fleet.is_in, fleet.output_mw, 0.0)
        self.units.is_running[:] = fleet.is_in
        self.units.recover_us[:] = self.units.start_us[:] = NEVER

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.clock, self.branches, self.buses, self.units, self.updates, self.agenda]

    def keep_factor(self) -> None:
        """Write into the tables how the solver's factor came about."""
        self.updates.keep(np.zeros(len(self.updates), np.bool_))
        for branch in self.solver.updates:
            self.updates.append({"branch": branch})
        self.branches.was_in[:] = self.solver.factored_in

    def is_in(self) -> Bools:
        """Branches in service, bool (branches,)."""
        found: Bools = (self.branches.state == BranchState.CLOSED) & (self.branches.is_broken == 0)
        return found

    def schedule(
        self, due_us: int, act: Act, subject: int, *, value: float = 0.0, cause: int = NO_CAUSE
    ) -> None:
        """Put something into the agenda."""
        self.agenda.append(
            {
                "due_us": due_us,
                "serial": self.clock.serial[0],
                "act": act,
                "subject": subject,
                "value": value,
                "cause": cause,
            }
        )
        self.clock.serial[0] += 1

    def say(self, kind: str, subject: str, cause: int, **data: Any) -> int:
        """Tell of a change and return its code, for what follows from it."""
        return self.trace.add(self.now_us, kind, subject, cause, data)

    def touch(self, bus: int, cause: int, *, is_planned: bool = False) -> None:
        """Have the island of a bus settled anew; the first cause of an instant stands."""
        first, planned = self.touched.get(int(bus), (cause, True))
        self.touched[int(bus)] = first, planned and is_planned

    def touch_ends(self, branch: int, cause: int, *, is_planned: bool = False) -> None:
        """The same at both ends of a branch."""
        self.touch(self.network.from_bus[branch], cause, is_planned=is_planned)
        self.touch(self.network.to_bus[branch], cause, is_planned=is_planned)

    def set_branch(self, branch: int, state: BranchState, cause: int, *, is_planned: bool = False) -> None:
        """Switch a branch."""
        self.branches.state[branch] = state
        self.touch_ends(branch, cause, is_planned=is_planned)

    def branches_at(self, buses: Bools) -> Ints:
        """Return the branches with an end at some buses, given as bool (buses,)."""
        at = buses[self.network.from_bus] | buses[self.network.to_bus]
        return np.flatnonzero(at).astype(np.int64)

    def loading(self) -> Floats:
        """Flow over rating of each branch, float (branches,)."""
        return np.asarray(np.abs(self.branches.flow_mw) / self.network.rating_mw)

    def units_of(self, rows: Ints, *, within_s: float) -> Units:
        """Return some units with how far they get within a time."""
        fleet, units = self.fleet, self.units
        now = units.now_mw[rows]
        reach = fleet.ramp_mw_min[rows] * within_s / 60.0
        governs = (units.is_running[rows] == 1) & (fleet.participation[rows] > 0.0)
        weight = np.where(governs, fleet.participation[rows], 0.0)
        most = fleet.most_mw[rows]
        if governs.any() and np.isfinite(most).all():
            weight *= most[governs].sum() / weight.sum()
        return Units(
            set_mw=units.set_mw[rows],
            now_mw=now,
            least_mw=np.maximum(np.minimum(fleet.least_mw[rows], now), now - reach),
            most_mw=np.minimum(most, now + reach),
            limit_mw=most,
            weight=weight,
            is_running=units.is_running[rows] == 1,
        )

    def loads_of(self, buses: Ints, n_shed: Ints) -> Loads:
        """Return the loads of some buses with so many blocks off, int (buses,) of the whole network."""
        return Loads(
            drawn_mw=self.buses.load_mw[buses],
            share=self.plan.share[buses],
            n_shed=n_shed[buses].astype(np.int64),
        )

    def settle_of(self, buses: Ints, units: Ints, n_shed: Ints, *, is_planned: bool) -> Settled:
        """Return how the island of some buses and units would settle; changes nothing."""
        balance = self.rules.balance
        return settle_island(
            self.units_of(units, within_s=balance.response_s),
            self.loads_of(buses, n_shed),
            self.plan,
            balance,
            is_planned=is_planned,
        )

    def injection(self, output_mw: Floats, share: Floats) -> Floats:
        """Net injection of each bus, MW."""
        net = np.bincount(self.fleet.bus, output_mw, self.network.n_buses) - self.buses.load_mw * share
        return np.asarray(net, np.float64)
