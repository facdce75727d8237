"""What follows from an event at once: islands, their balance, flows, and when relays will trip."""

from __future__ import annotations

import numpy as np

from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.power.balance import TOLERANCE_MW, Settled
from impetus_sim.infrastructure.power.network import Ints
from impetus_sim.infrastructure.power.relays import trip_times, warm_up
from impetus_sim.infrastructure.power.restart import open_all
from impetus_sim.infrastructure.power.state import NEVER, GridState


def settle(grid: GridState) -> None:
    """Balance the islands that were touched, until none is any more, and solve the flows anew."""
    if not grid.touched:
        return
    causes: dict[int, int] = {}
    while grid.touched:
        touched, grid.touched = grid.touched, {}
        grid.solver.switch(grid.is_in())
        island = grid.solver.island
        named: dict[int, tuple[int, bool]] = {}
        for bus, (cause, is_planned) in touched.items():
            causes.setdefault(bus, cause)
            first, planned = named.get(int(island[bus]), (cause, True))
            named[int(island[bus])] = first, planned and is_planned
        unit_island = island[grid.fleet.bus]
        for name, (cause, is_planned) in sorted(named.items()):
            buses = np.flatnonzero(island == name).astype(np.int64)
            units = np.flatnonzero(unit_island == name).astype(np.int64)
            _settle_one(grid, buses, units, cause, is_planned=is_planned)
    _solve(grid, causes)


def solve_flows(grid: GridState) -> None:
    """Fill the flows of the present state, relays warmed up to now before."""
    clock, branches = grid.clock, grid.branches
    lasted_us = grid.now_us - int(clock.solved_us[0])
    branches.heat[:] = warm_up(branches.heat, grid.loading(), lasted_us, grid.rules.relays)
    clock.solved_us[0] = grid.now_us
    branches.flow_mw[:] = grid.solver.solve(grid.injection(grid.units.now_mw, grid.buses.share))


def next_trips(grid: GridState) -> Ints:
    """Return when each relay trips if nothing else happens, int microseconds (branches,)."""
    branches = grid.branches
    able = (branches.is_blocked == 0) & (branches.has_failed == 0) & grid.is_in()
    loading = np.where(able, grid.loading(), 0.0)
    times = trip_times(branches.heat, loading, int(grid.clock.solved_us[0]), grid.rules.relays)
    return np.maximum(times, grid.now_us)


def _solve(grid: GridState, causes: dict[int, int]) -> None:
    solve_flows(grid)
    if not np.isfinite(grid.branches.flow_mw).all():
        row = int(np.flatnonzero(~np.isfinite(grid.branches.flow_mw))[0])
        name = grid.network.branch_names[row]
        raise ArithmeticError(f"flow of branch '{name}' is not finite at {grid.now_us} us")
    island = grid.solver.island
    by_island = {int(island[bus]): cause for bus, cause in reversed(list(causes.items()))}
    of_branch = island[grid.network.from_bus]
    for label, cause in by_island.items():
        grid.branches.cause[(of_branch == label) & grid.is_in()] = cause


def _settle_one(grid: GridState, buses: Ints, rows: Ints, cause: int, *, is_planned: bool) -> None:
    units, table = grid.units, grid.buses
    was_live = table.is_live[buses] == 1
    had_units = bool((units.is_running[rows] == 1).any())
    outcome = grid.settle_of(buses, rows, table.n_shed, is_planned=is_planned)
    code = cause
    subject = grid.network.bus_names[int(buses[0])]
    for k in outcome.left:
        code = grid.say("unit_left", grid.fleet.names[int(rows[k])], cause)
        units.cause[rows[k]] = code
    if outcome.n_blocks_shed and outcome.is_live:
        code = _say_shed(grid, buses, outcome, subject, cause)
    units.now_mw[rows] = outcome.output_mw
    units.is_running[rows] = outcome.is_running
    table.n_shed[buses] = outcome.n_shed
    if had_units and not outcome.is_live:
        drawn = float((table.load_mw[buses] * table.share[buses]).sum())
        code = grid.say("island_collapsed", subject, cause, buses=len(buses), mw=drawn)
        open_all(grid, buses, rows, code)
    elif not outcome.is_live and was_live.any():
        drawn = float((table.load_mw[buses] * table.share[buses])[was_live].sum())
        code = grid.say("island_dark", subject, cause, buses=int(was_live.sum()), mw=drawn)
    elif outcome.is_live and not was_live.all() and grid.now_us > 0:
        code = grid.say("island_live", subject, cause, buses=int((~was_live).sum()))
    _write(grid, buses, outcome, code)
    if outcome.is_live and _wants_recovery(grid, buses, rows):
        waits = rows[outcome.is_running & (units.recover_us[rows] == NEVER)]
        units.recover_us[waits] = grid.now_us + round(grid.rules.balance.recover_s * US_PER_S)


def _say_shed(grid: GridState, buses: Ints, outcome: Settled, subject: str, cause: int) -> int:
    table = grid.buses
    before = grid.loads_of(buses, table.n_shed).served_mw()
    table.n_shed[buses] = outcome.n_shed
    after = grid.loads_of(buses, table.n_shed).served_mw()
    return grid.say(
        "load_shed", subject, cause, mw=before - after, blocks=outcome.n_blocks_shed, hz=outcome.hz
    )


def _write(grid: GridState, buses: Ints, outcome: Settled, code: int) -> None:
    table = grid.buses
    share = grid.loads_of(buses, table.n_shed).served_share() if outcome.is_live else np.zeros(len(buses))
    changed = buses[(share != table.share[buses]) | ((table.is_live[buses] == 1) != outcome.is_live)]
    table.cause[changed], table.since_us[changed] = code, grid.now_us
    table.share[buses], table.is_live[buses], table.hz[buses] = share, outcome.is_live, outcome.hz


def _wants_recovery(grid: GridState, buses: Ints, rows: Ints) -> bool:
    units, n_shed = grid.units, grid.buses.n_shed[buses]
    if ((n_shed > 0) & (n_shed <= grid.plan.n_blocks) & (grid.buses.load_mw[buses] > 0.0)).any():
        return True
    moved = (units.is_running[rows] == 1) & (np.abs(units.now_mw[rows] - units.set_mw[rows]) > TOLERANCE_MW)
    return bool(moved.any() and np.isfinite(grid.fleet.most_mw[rows[units.is_running[rows] == 1]]).all())
