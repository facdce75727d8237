"""Faults: breakers that clear them, the section cut out, and ties that supply what lies behind it."""

from __future__ import annotations

import numpy as np

from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.kernels.cascade import ABOVE
from impetus_sim.infrastructure.power.network import Bools, Ints
from impetus_sim.infrastructure.power.recover import island_of, loading_with
from impetus_sim.infrastructure.power.state import NEVER, Act, BranchState, GridState


def trip(grid: GridState, branch: int, state: BranchState, cause: int, **data: float) -> None:
    """Let the breaker of a branch open, or fail to, by the faults that are hidden in its relay."""
    name = grid.network.branch_names[branch]
    if grid.is_stuck[branch]:
        grid.branches.has_failed[branch] = 1
        code = grid.say("relay_failed", name, cause)
        due = grid.now_us + round(grid.rules.relays.backup_s * US_PER_S)
        grid.schedule(due, Act.BACKUP, branch, cause=code)
        return
    code = grid.say("breaker_tripped", name, cause, **data)
    grid.set_branch(branch, state, code)
    _trip_the_hasty(grid, branch, code)


def trip_neighbours(grid: GridState, branch: int, cause: int) -> None:
    """Let all other branches at both ends of a branch trip: the backup of a breaker that failed."""
    ends = np.zeros(grid.network.n_buses, np.bool_)
    ends[[grid.network.from_bus[branch], grid.network.to_bus[branch]]] = True
    is_in = grid.is_in()
    for other in grid.branches_at(ends):
        if other != branch and is_in[other]:
            code = grid.say("backup_tripped", grid.network.branch_names[int(other)], cause)
            grid.set_branch(int(other), BranchState.TRIPPED, code)


def _trip_the_hasty(grid: GridState, branch: int, cause: int) -> None:
    ends = np.zeros(grid.network.n_buses, np.bool_)
    ends[[grid.network.from_bus[branch], grid.network.to_bus[branch]]] = True
    is_in, due = grid.is_in(), grid.now_us + round(grid.rules.relays.breaker_s * US_PER_S)
    for other in grid.branches_at(ends):
        if other != branch and is_in[other] and grid.is_hasty[other]:
            grid.schedule(due, Act.TRIP, int(other), cause=cause)


def break_branch(grid: GridState, branch: int, cause: int) -> None:
    """Let a branch fail: breakers clear the fault, and the section is cut out after a while."""
    network, branches = grid.network, grid.branches
    was_in = bool(grid.is_in()[branch])
    code = grid.say("branch_failed", network.branch_names[branch], cause)
    branches.is_broken[branch] = 1
    grid.touch_ends(branch, code)
    if not was_in:
        return
    if network.has_breaker[branch]:
        if grid.is_stuck[branch]:
            trip(grid, branch, BranchState.CLOSED, code)
        else:
            _trip_the_hasty(grid, branch, code)
    else:
        section = _section(grid, branch)
        for other in grid.branches_at(section):
            if network.has_breaker[other] and grid.is_in()[other]:
                branches.cleared_for[other] = branch
                trip(grid, int(other), BranchState.CLEARING, code)
    if grid.rules.switching.isolate_s is not None:
        due = grid.now_us + round(grid.rules.switching.isolate_s * US_PER_S)
        grid.schedule(due, Act.ISOLATE, branch, cause=code)


def isolate(grid: GridState, branch: int, cause: int) -> None:
    """Close the breakers again that cleared a fault: its branch is cut out now. Ties follow."""
    branches = grid.branches
    if not branches.is_broken[branch]:
        return
    code = grid.say("fault_isolated", grid.network.branch_names[branch], cause)
    for other in np.flatnonzero((branches.cleared_for == branch) & (branches.state == BranchState.CLEARING)):
        back = grid.say("breaker_closed", grid.network.branch_names[int(other)], code)
        grid.set_branch(int(other), BranchState.CLOSED, back, is_planned=True)
        branches.cleared_for[other] = NEVER
    due = grid.now_us + round(grid.rules.switching.tie_s * US_PER_S)
    for end in (0, 1):
        grid.schedule(due, Act.TIE, branch, value=end, cause=code)


def close_tie(grid: GridState, branch: int, end: int, cause: int) -> None:
    """Supply what is dark at an end of a broken branch over the tie that bears most of it, if one does.

    The grid must be settled. end: 0 or 1.
    """
    bus = int((grid.network.from_bus, grid.network.to_bus)[end][branch])
    buses, _ = island_of(grid, bus)
    is_dark = not grid.buses.is_live[bus] and (grid.buses.load_mw[buses] > 0.0).any()
    if grid.branches.is_broken[branch] and is_dark:
        _supply(grid, branch, buses, cause)


def _supply(grid: GridState, branch: int, buses: Ints, cause: int) -> None:
    network, table = grid.network, grid.buses
    inside = np.zeros(network.n_buses, np.bool_)
    inside[buses] = True
    ties = [int(row) for row in grid.branches_at(inside) if _leads_to_supply(grid, int(row), inside)]
    if not ties:
        return
    for n_off in range(grid.plan.n_blocks + 1):
        n_shed = table.n_shed.copy()
        n_shed[buses] = np.maximum(n_shed[buses], n_off)
        margins = [(_margin_over(grid, tie, int(buses[0]), n_shed), -tie) for tie in ties]
        margin, tie = max(margins)
        if margin >= 0.0:
            code = grid.say("tie_closed", network.branch_names[-tie], cause, blocks_off=n_off, margin=margin)
            table.shed_for[buses[n_shed[buses] > table.n_shed[buses]]] = branch
            table.n_shed[:] = n_shed
            grid.branches.cleared_for[-tie] = branch
            grid.set_branch(-tie, BranchState.CLOSED, code, is_planned=True)
            return
    grid.say("tie_refused", network.branch_names[ties[0]], cause, reason="capacity")


def _leads_to_supply(grid: GridState, row: int, inside: Bools) -> bool:
    ends = int(grid.network.from_bus[row]), int(grid.network.to_bus[row])
    other = ends[0] if inside[ends[1]] else ends[1]
    is_tie = grid.branches.state[row] == BranchState.OPEN and not grid.branches.is_broken[row]
    return bool(is_tie and not inside[other] and grid.buses.is_live[other])


def _margin_over(grid: GridState, tie: int, bus: int, n_shed: Ints) -> float:
    """Return how far below its rating the worst branch stays that a tie loads, as a share; below 0 if not."""
    before = grid.is_in()
    with_tie = before.copy()
    with_tie[tie] = True
    grid.solver.switch(with_tie)
    buses, rows = island_of(grid, bus)
    outcome = grid.settle_of(buses, rows, n_shed, is_planned=True)
    margin = -1.0
    if outcome.is_live and not outcome.n_blocks_shed and not outcome.left:
        loading = loading_with(grid, buses, rows, outcome.output_mw, n_shed)
        more = loading > grid.loading() * ABOVE
        margin = float(np.min(1.0 - loading[more], initial=1.0))
    grid.solver.switch(before)
    return margin


def repair_branch(grid: GridState, branch: int, cause: int) -> None:
    """Put a repaired branch back; ties that stood in for it open at the same time, and blocks off for it return."""
    branches, table = grid.branches, grid.buses
    if not branches.is_broken[branch]:
        return
    code = grid.say("branch_repaired", grid.network.branch_names[branch], cause)
    branches.is_broken[branch] = branches.has_failed[branch] = 0
    branches.heat[branch] = 0.0
    grid.touch_ends(branch, code, is_planned=True)
    for other in np.flatnonzero(branches.cleared_for == branch):
        was_tie = branches.state[other] == BranchState.CLOSED
        kind = "tie_opened" if was_tie else "breaker_closed"
        state = BranchState.OPEN if was_tie else BranchState.CLOSED
        back = grid.say(kind, grid.network.branch_names[int(other)], code)
        grid.set_branch(int(other), state, back, is_planned=True)
        branches.cleared_for[other] = NEVER
    returns = table.shed_for == branch
    table.n_shed[returns], table.shed_for[returns] = 0, NEVER


def _section(grid: GridState, branch: int) -> Bools:
    """Return the buses that hang together with a branch over branches without breakers, bool (buses,)."""
    network = grid.network
    inside = np.zeros(network.n_buses, np.bool_)
    inside[[network.from_bus[branch], network.to_bus[branch]]] = True
    state = grid.branches.state == BranchState.CLOSED
    joins = (
        state & ~network.has_breaker & ((grid.branches.is_broken == 0) | (np.arange(len(state)) == branch))
    )
    i, j = network.from_bus[joins], network.to_bus[joins]
    while True:
        reached = inside.copy()
        np.logical_or.at(reached, i, inside[j])
        np.logical_or.at(reached, j, inside[i])
        if np.array_equal(reached, inside):
            return inside
        inside = reached
