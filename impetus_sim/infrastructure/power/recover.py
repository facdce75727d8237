"""Reserves bring an island back to its nominal frequency, and load that was shed returns block by block."""

from __future__ import annotations

import numpy as np

from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.kernels.cascade import ABOVE
from impetus_sim.infrastructure.power.network import Bools, Floats, Ints
from impetus_sim.infrastructure.power.state import NEVER, GridState


def recover_due(grid: GridState) -> None:
    """Act for the islands with a unit whose recovery is due now."""
    units, island = grid.units, grid.solver.island
    due = (units.recover_us != NEVER) & (units.recover_us <= grid.now_us)
    for name in np.unique(island[grid.fleet.bus[due]]):
        rows = np.flatnonzero((island[grid.fleet.bus] == name) & (units.is_running == 1)).astype(np.int64)
        units.recover_us[island[grid.fleet.bus] == name] = NEVER
        units.set_mw[rows] = units.now_mw[rows]
        buses = np.flatnonzero(island == name).astype(np.int64)
        if len(rows):
            if _return_block(grid, buses, rows):
                units.recover_us[rows] = grid.now_us + round(grid.rules.balance.step_s * US_PER_S)
            else:
                grid.touch(int(buses[0]), int(grid.buses.cause[buses[0]]), is_planned=True)


def _return_block(grid: GridState, buses: Ints, rows: Ints) -> bool:
    table, n_blocks = grid.buses, grid.plan.n_blocks
    n_shed = table.n_shed[buses]
    off = (n_shed > 0) & (n_shed <= n_blocks) & (table.load_mw[buses] > 0.0)
    if not off.any():
        return False
    back = table.n_shed.copy()
    last = n_shed[off].max()
    back[buses[off & (n_shed == last)]] -= 1
    mw = grid.loads_of(buses, back).served_mw() - grid.loads_of(buses, table.n_shed).served_mw()
    most = grid.rules.balance.most_imbalance * grid.fleet.most_mw[rows].sum()
    if mw > most or not grid_bears(grid, buses, rows, back):
        return False
    code = grid.say(
        "load_returned", grid.network.bus_names[int(buses[0])], int(table.cause[buses[off]][0]), mw=mw
    )
    table.n_shed[:] = back
    grid.touch(int(buses[0]), code, is_planned=True)
    return True


def grid_bears(grid: GridState, buses: Ints, rows: Ints, n_shed: Ints) -> bool:
    """Return whether an island holds with other blocks off: no more are shed, and no branch is pushed too far.

    Parameters
    ----------
    buses, rows
        Buses and units of the island as the solver has it.
    n_shed
        int (buses,) of the whole network.
    """
    step_s = grid.rules.balance.step_s
    units = grid.units_of(rows, within_s=step_s)
    loads = grid.loads_of(buses, n_shed)
    demand = loads.served_mw()
    if not units.is_running.any() or demand > units.most_mw[units.is_running].sum():
        return False
    outcome = grid.settle_of(buses, rows, n_shed, is_planned=True)
    if not outcome.is_live or outcome.n_blocks_shed or outcome.left:
        return False
    loading = loading_with(grid, buses, rows, outcome.output_mw, n_shed)
    over = loading > ABOVE
    return not bool((over & (loading > grid.loading() * ABOVE)).any())


def loading_with(grid: GridState, buses: Ints, rows: Ints, output_mw: Floats, n_shed: Ints) -> Floats:
    """Return the loading of all branches with other outputs and blocks in one island, float (branches,)."""
    share, output = grid.buses.share.copy(), grid.units.now_mw.copy()
    share[buses] = grid.loads_of(buses, n_shed).served_share()
    output[rows] = output_mw
    flow = grid.solver.solve(grid.injection(output, share))
    return np.asarray(np.abs(flow) / grid.network.rating_mw)


def island_of(grid: GridState, bus: int) -> tuple[Ints, Ints]:
    """Return the buses and the units of the island of a bus, as the solver has it."""
    island = grid.solver.island
    same: Bools = island == island[bus]
    return np.flatnonzero(same).astype(np.int64), np.flatnonzero(same[grid.fleet.bus]).astype(np.int64)
