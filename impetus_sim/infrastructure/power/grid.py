"""A power grid in time: what is switched, breaks or is asked for, and what the grid makes of it, event by event."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.change import NO_CAUSE, Change
from impetus_sim.infrastructure.power import commands
from impetus_sim.infrastructure.power.fleet import Fleet
from impetus_sim.infrastructure.power.network import Bools, Floats, Ints, PowerNetwork
from impetus_sim.infrastructure.power.recover import recover_due
from impetus_sim.infrastructure.power.relays import NEVER_US, settled_heat
from impetus_sim.infrastructure.power.rules import GridRules, SheddingPlan, spread_evenly
from impetus_sim.infrastructure.power.settle import next_trips, settle
from impetus_sim.infrastructure.power.state import NEVER, Act, GridState
from impetus_sim.rng import stream_key


class PowerGrid:
    """A power network with its balance, protection and switching.

    Times are integer microseconds since the start of the run. What is asked for happens at its time, within
    `advance`; `cause` is the id of the event of the world that it follows from.

    Parameters
    ----------
    network
        The network; its base case is the state at time 0.
    rules
        How it reacts.
    plan
        Which load is shed in which block; the same share of each bus when left out.
    black_start
        bool (generators of the network,), which of them start without a grid; none when left out.
    key
        Stream key of the draws of hidden failures, uint32 (2,).
    """

    def __init__(
        self,
        network: PowerNetwork,
        *,
        rules: GridRules | None = None,
        plan: SheddingPlan | None = None,
        black_start: Bools | None = None,
        key: npt.NDArray[np.uint32] | None = None,
    ) -> None:
        plan = plan or spread_evenly(network)
        if len(plan.share) != network.n_buses:
            raise InvalidInputError(f"a shedding plan of {len(plan.share)} buses, not {network.n_buses}")
        first = np.zeros(len(network.units()), np.bool_) if black_start is None else black_start
        key = stream_key(0, 0, "power.relays") if key is None else key
        self.network = network
        self._grid = GridState(network, rules or GridRules(), plan, first, key)
        for bus in range(network.n_buses):
            self._grid.touch(bus, NO_CAUSE, is_planned=True)
        settle(self._grid)
        grid = self._grid
        grid.units.set_mw[:] = grid.units.now_mw
        grid.units.recover_us[:] = NEVER
        grid.branches.heat[:] = settled_heat(grid.loading(), grid.rules.relays)
        grid.branches.cause[:] = NO_CAUSE
        grid.trace.begin()
        grid.keep_factor()
        self._trips = next_trips(grid)

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return self._grid.tables

    @property
    def share(self) -> Floats:
        """Share of each bus's load that is served, float (buses,)."""
        return self._grid.buses.share.copy()

    @property
    def is_live(self) -> Bools:
        """Whether each bus is fed, bool (buses,)."""
        return np.asarray(self._grid.buses.is_live == 1)

    @property
    def hz(self) -> Floats:
        """Frequency of each bus's island, float (buses,); 0 where dark."""
        return self._grid.buses.hz.copy()

    @property
    def flow_mw(self) -> Floats:
        """Flow of each branch, MW (branches,), positive from `from_bus` to `to_bus`."""
        return self._grid.branches.flow_mw.copy()

    @property
    def loading(self) -> Floats:
        """Flow over rating of each branch, float (branches,)."""
        return self._grid.loading()

    @property
    def is_in(self) -> Bools:
        """Whether each branch is in service, bool (branches,)."""
        return self._grid.is_in()

    @property
    def output_mw(self) -> Floats:
        """Output of each unit, MW (units,): those of the network first."""
        return self._grid.units.now_mw.copy()

    @property
    def now_us(self) -> int:
        """The time up to which it was advanced."""
        return int(self._grid.clock.now_us[0])

    @property
    def fleet(self) -> Fleet:
        """All units: those of the network, links to outside networks, feed-in."""
        return self._grid.fleet

    @property
    def is_running(self) -> Bools:
        """Whether each unit of the fleet runs, bool (units,)."""
        return np.asarray(self._grid.units.is_running == 1)

    @property
    def load_mw(self) -> Floats:
        """What customers at each bus want, MW (buses,), shed or not."""
        return self._grid.buses.load_mw.copy()

    @property
    def island(self) -> Ints:
        """Number of each bus's island, int (buses,)."""
        return self._grid.solver.island.astype(np.int64)

    @property
    def served_mw(self) -> float:
        """What is drawn in all, MW."""
        return float((self._grid.buses.load_mw * self._grid.buses.share).sum())

    @property
    def cause_of_bus(self) -> Ints:
        """Id of the event by which each bus's share last changed, int (buses,); -1 for none."""
        return self._grid.buses.cause.copy()

    @property
    def cause_of_branch(self) -> Ints:
        """Id of the event by which each branch was last switched, int (branches,); -1 for none."""
        return self._grid.branches.cause.copy()

    @property
    def cause_of_unit(self) -> Ints:
        """Id of the event by which each unit of the fleet last stopped or started, int (units,); -1 for none."""
        return self._grid.units.cause.copy()

    def imbalance_mw(self) -> float:
        """Return the largest difference of what is fed in and drawn in one island, MW."""
        grid = self._grid
        net = grid.injection(grid.units.now_mw, grid.buses.share)
        return float(np.abs(np.bincount(grid.solver.island, net, self.network.n_buses)).max())

    def branch(self, name: str) -> int:
        """Return the row of a branch by name."""
        return commands.find_row("branch", self.network.branch_names, name)

    def bus(self, name: str) -> int:
        """Return the row of a bus by name."""
        return commands.find_row("bus", self.network.bus_names, name)

    def unit(self, name: str) -> int:
        """Return the row of a unit by name; ``outside_`` and a bus for its link to an outside network."""
        return commands.find_row("unit", self._grid.fleet.names, name)

    def open_branch(self, branch: int, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Open the breakers of a branch, by command."""
        self._ask(Act.OPEN, branch, self.network.n_branches, at_us=at_us, cause=cause)

    def close_branch(self, branch: int, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Close the breakers of a branch; it carries nothing while it is broken."""
        self._ask(Act.CLOSE, branch, self.network.n_branches, at_us=at_us, cause=cause)

    def break_branch(self, branch: int, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Let a branch fail until it is repaired; protection clears the fault."""
        self._ask(Act.BREAK, branch, self.network.n_branches, at_us=at_us, cause=cause)

    def repair_branch(self, branch: int, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Put a broken branch back into service."""
        self._ask(Act.REPAIR, branch, self.network.n_branches, at_us=at_us, cause=cause)

    def isolate(self, branch: int, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Cut a broken branch out of its section, as a crew does; breakers close again and ties follow."""
        self._ask(Act.ISOLATE, branch, self.network.n_branches, at_us=at_us, cause=cause)

    def block_relay(self, branch: int, is_blocked: bool, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Keep the overload relay of a branch from tripping, or let it again."""
        self._ask(
            Act.BLOCK_RELAY, branch, self.network.n_branches, value=is_blocked, at_us=at_us, cause=cause
        )

    def set_loads(self, buses: Ints, load_mw: Floats, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Change what customers at some buses want, MW; what is shed of it stays shed."""
        if not np.isfinite(load_mw).all() or (load_mw < 0.0).any():
            raise InvalidInputError("loads must be finite and not below 0", hint="feed-in is a unit's output")
        agenda = self._grid.agenda
        if ((agenda.act == Act.LOADS) & (agenda.due_us != at_us)).any():
            raise InvalidInputError("other loads wait for another time", hint="advance the grid to it first")
        self._grid.buses.told_mw[buses] = load_mw
        self._ask(Act.LOADS, 0, 1, at_us=at_us, cause=cause)

    def shed(self, bus: int, n_blocks: int, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Take the first blocks of a bus's load off by hand, 0 for none."""
        if not 0 <= n_blocks <= self._grid.plan.n_blocks:
            raise InvalidInputError(f"{n_blocks} blocks of load, not 0 to {self._grid.plan.n_blocks}")
        self._ask(Act.SHED, bus, self.network.n_buses, value=n_blocks, at_us=at_us, cause=cause)

    def set_output(self, unit: int, output_mw: float, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Change the set point of a unit, within its limits."""
        self._ask(Act.OUTPUT, unit, len(self._grid.fleet), value=output_mw, at_us=at_us, cause=cause)

    def stop_unit(self, unit: int, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Take a unit, or the link to an outside network, off the grid until it is started again."""
        self._ask(Act.STOP_UNIT, unit, len(self._grid.fleet), at_us=at_us, cause=cause)

    def start_unit(self, unit: int, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Let a unit run again, where its bus is live or it needs no grid to start."""
        self._ask(Act.START_UNIT, unit, len(self._grid.fleet), value=1.0, at_us=at_us, cause=cause)

    def next_event_us(self) -> int | None:
        """Return when something is due next; None when nothing is until something is asked for."""
        grid = self._grid
        due = [int(self._trips.min(initial=NEVER_US))]
        if len(grid.agenda):
            due.append(int(grid.agenda.due_us.min()))
        recovers = grid.units.recover_us[grid.units.recover_us != NEVER]
        due.append(int(recovers.min(initial=NEVER_US)))
        return None if min(due) == NEVER_US else min(due)

    def advance(self, until_us: int) -> list[Change]:
        """Act on everything due up to and including a time, in order, and return what happened."""
        self._grid.trace.begin()
        while (due := self.next_event_us()) is not None and due <= until_us:
            self._grid.now_us = int(due)
            commands.act(self._grid, np.flatnonzero(self._trips <= due).tolist())
            recover_due(self._grid)
            settle(self._grid)
            self._trips = next_trips(self._grid)
        self._grid.keep_factor()
        self._grid.clock.now_us[0] = max(int(self._grid.clock.now_us[0]), until_us)
        return self._grid.trace.changes

    def logged(self, event_ids: Sequence[int]) -> None:
        """Say which events of the world the changes of the last `advance` became, in their order."""
        self._grid.trace.name(event_ids)

    def restored(self) -> None:
        """Rebuild what is derived from the tables."""
        grid = self._grid
        grid.now_us = int(grid.clock.now_us[0])
        grid.touched = {}
        grid.trace.forget()
        was_in = grid.branches.was_in == 1
        grid.solver.rebuild(grid.is_in(), was_in, grid.updates.branch.tolist())
        self._trips = next_trips(grid)

    def _ask(self, act: Act, subject: int, n: int, *, at_us: int, cause: int, value: float = 0.0) -> None:
        if not 0 <= subject < n:
            raise InvalidInputError(f"the power grid has no row {subject} of {n}")
        if at_us < self._grid.clock.now_us[0]:
            raise InvalidInputError(f"asked for at {at_us} us, after the grid was advanced past it")
        self._grid.schedule(at_us, act, int(subject), value=float(value), cause=cause)
