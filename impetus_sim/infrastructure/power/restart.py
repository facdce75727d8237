"""Building up again after a collapse: black start units, cranking paths, load picked up in steps."""

from __future__ import annotations

from collections import deque

import numpy as np

from impetus_sim.infrastructure.change import NO_CAUSE
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.power.network import Bools, Ints
from impetus_sim.infrastructure.power.recover import grid_bears
from impetus_sim.infrastructure.power.state import NEVER, Act, BranchState, GridState


def open_all(grid: GridState, buses: Ints, units: Ints, cause: int) -> None:
    """Open every branch of an island that collapsed, take its load off, and call for its black start units."""
    inside = np.zeros(grid.network.n_buses, np.bool_)
    inside[buses] = True
    state = grid.branches.state
    for branch in grid.branches_at(inside):
        if state[branch] in (BranchState.CLOSED, BranchState.TRIPPED) and not grid.branches.is_broken[branch]:
            grid.set_branch(int(branch), BranchState.WAITING, cause)
    grid.buses.n_shed[buses] = grid.plan.n_blocks + 1
    grid.buses.shed_for[buses] = NEVER
    grid.units.set_mw[units] = 0.0
    grid.units.recover_us[units] = grid.units.start_us[units] = NEVER
    ready_us = grid.now_us + round(grid.rules.restart.ready_s * US_PER_S)
    for row in units[grid.black_start[units] & (grid.units.is_stopped[units] == 0)]:
        _call(grid, int(row), ready_us, cause)
    if not _is_due(grid, Act.RESTART):
        grid.schedule(ready_us, Act.RESTART, 0, cause=cause)


def start_unit(grid: GridState, row: int, cause: int) -> None:
    """Let a unit run, at no output yet, if it may and its bus is live or it needs no grid to start."""
    units, bus = grid.units, int(grid.fleet.bus[row])
    units.start_us[row] = NEVER
    if units.is_running[row] or units.is_stopped[row]:
        return
    if not grid.buses.is_live[bus] and not grid.black_start[row]:
        return
    units.is_running[row], units.set_mw[row], units.now_mw[row] = 1, 0.0, 0.0
    grid.touch(bus, grid.say("unit_started", grid.fleet.names[row], cause), is_planned=True)


def take_step(grid: GridState, cause: int) -> None:
    """Pick up load and energise one branch more in each live island; again after a step while anything is to do.

    The grid must be settled.
    """
    did = False
    for name in np.unique(grid.solver.island[grid.buses.is_live == 1]):
        buses = np.flatnonzero(grid.solver.island == name).astype(np.int64)
        did |= _pick_up(grid, buses, cause)
        did |= _energise(grid, buses, cause)
    if did or _is_due(grid, Act.START_UNIT):
        due = grid.now_us + round(grid.rules.restart.step_s * US_PER_S)
        grid.schedule(due, Act.RESTART, 0, cause=cause)


def resume(grid: GridState) -> None:
    """Go on with steps after a change, where something of a collapsed island is still dark."""
    waits = (grid.branches.state == BranchState.WAITING).any()
    off = (grid.buses.n_shed > grid.plan.n_blocks).any()
    if (waits or off) and not _is_due(grid, Act.RESTART):
        due = grid.now_us + round(grid.rules.restart.step_s * US_PER_S)
        grid.schedule(due, Act.RESTART, 0, cause=NO_CAUSE)


def _is_due(grid: GridState, act: Act) -> bool:
    return bool((grid.agenda.act == act).any())


def _call(grid: GridState, row: int, due_us: int, cause: int) -> None:
    grid.units.start_us[row] = due_us
    grid.schedule(due_us, Act.START_UNIT, row, cause=cause)


def _pick_up(grid: GridState, buses: Ints, cause: int) -> bool:
    """Return load to an island, those outside all blocks first, as much as one step may take."""
    table, n_blocks = grid.buses, grid.plan.n_blocks
    rows = np.flatnonzero(grid.solver.island[grid.fleet.bus] == grid.solver.island[buses[0]]).astype(np.int64)
    running = rows[grid.units.is_running[rows] == 1]
    budget = grid.rules.restart.pick_up * grid.fleet.most_mw[running].sum()
    kept = 1.0 - grid.plan.share.sum(axis=1)
    off = buses[(table.n_shed[buses] > 0)]
    order = sorted(off.tolist(), key=lambda bus: (-int(table.n_shed[bus]), -kept[bus], bus))
    grid.units.set_mw[running] = grid.units.now_mw[running]
    picked = 0.0
    for bus in order:
        back = table.n_shed.copy()
        back[bus] -= 1
        block = int(back[bus])
        mw = float(table.load_mw[bus] * (kept[bus] if block == n_blocks else grid.plan.share[bus, block]))
        fits = picked + mw <= budget or (picked == 0.0 and mw > 0.0)
        if mw == 0.0 or (fits and grid_bears(grid, buses, rows, back)):
            table.n_shed[bus] = back[bus]
            picked += mw
    if picked:
        subject = grid.network.bus_names[int(buses[0])]
        grid.touch(int(buses[0]), grid.say("load_picked_up", subject, cause, mw=picked), is_planned=True)
    return picked > 0.0


def _energise(grid: GridState, buses: Ints, cause: int) -> bool:
    """Close the next waiting branch of an island, and call for the units behind it."""
    live = np.zeros(grid.network.n_buses, np.bool_)
    live[buses] = True
    branch = _next_on_path(grid, live)
    if branch is None:
        return False
    code = grid.say("branch_energised", grid.network.branch_names[branch], cause)
    grid.set_branch(branch, BranchState.CLOSED, code, is_planned=True)
    due = grid.now_us + round(grid.rules.restart.start_s * US_PER_S)
    ends = (grid.network.from_bus[branch], grid.network.to_bus[branch])
    stopped = (grid.units.is_running == 0) & (grid.units.is_stopped == 0) & (grid.units.start_us == NEVER)
    for row in np.flatnonzero(stopped & np.isin(grid.fleet.bus, ends)):
        _call(grid, int(row), due, code)
    return True


def _next_on_path(grid: GridState, live: Bools) -> int | None:
    """Return the first waiting branch on the way to the nearest stopped unit, else to load, else to anything."""
    steps = _search(grid, live)
    units = grid.units
    stopped = (units.is_running == 0) & (units.is_stopped == 0) & (units.start_us == NEVER)
    with_unit = np.zeros(grid.network.n_buses, np.bool_)
    with_unit[grid.fleet.bus[stopped & (grid.fleet.most_mw > 0.0)]] = True
    for wanted in (with_unit, grid.buses.load_mw > 0.0, np.ones_like(live)):
        for bus, first in steps:
            if wanted[bus]:
                return first
    state = grid.branches.state
    joins = (state == BranchState.WAITING) & (grid.branches.is_broken == 0)
    inside = live[grid.network.from_bus], live[grid.network.to_bus]
    is_live = grid.buses.is_live == 1
    others = is_live[grid.network.from_bus] & is_live[grid.network.to_bus]
    rows = np.flatnonzero(joins & (inside[0] | inside[1]) & others)
    return int(rows[0]) if len(rows) else None


def _search(grid: GridState, live: Bools) -> list[tuple[int, int]]:
    """Return dark buses within reach by number of branches, each with the first waiting branch on its way."""
    state = grid.branches.state
    usable = np.isin(state, (BranchState.WAITING, BranchState.CLOSED)) & (grid.branches.is_broken == 0)
    i, j, rows = grid.network.from_bus, grid.network.to_bus, np.flatnonzero(usable)
    ends = np.concatenate([i[rows], j[rows]])
    order = np.argsort(ends, kind="stable")
    first = np.searchsorted(ends[order], np.arange(grid.network.n_buses + 1))
    branch_at, other_at = np.tile(rows, 2)[order], np.concatenate([j[rows], i[rows]])[order]
    seen, found = live | (grid.buses.is_live == 1), []
    queue: deque[tuple[int, int]] = deque((int(bus), NEVER) for bus in np.flatnonzero(live))
    while queue:
        bus, by = queue.popleft()
        for k in range(first[bus], first[bus + 1]):
            other, branch = int(other_at[k]), int(branch_at[k])
            if seen[other]:
                continue
            seen[other] = True
            opened = branch if by == NEVER and state[branch] == BranchState.WAITING else by
            found.append((other, opened))
            queue.append((other, opened))
    return [(bus, opened) for bus, opened in found if opened != NEVER]
