"""What is due at an instant: entries of the agenda in their order, then relays."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power import feeders, restart
from impetus_sim.infrastructure.power.settle import settle
from impetus_sim.infrastructure.power.state import NEVER, Act, BranchState, GridState

_ON_A_SETTLED_GRID = (Act.TIE, Act.RESTART, Act.START_UNIT)


def act(grid: GridState, tripping: Sequence[int]) -> None:
    """Do what is due now, and let relays trip."""
    agenda = grid.agenda
    due = np.flatnonzero(agenda.due_us <= grid.now_us)
    due = due[np.lexsort((agenda.serial[due], agenda.due_us[due]))]
    entries = [
        (Act(int(agenda.act[k])), int(agenda.subject[k]), float(agenda.value[k]), int(agenda.serial[k]))
        for k in due
    ]
    codes = {int(agenda.serial[k]): int(agenda.cause[k]) for k in due}
    keep = np.ones(len(agenda), np.bool_)
    keep[due] = False
    agenda.keep(keep)
    for kind, subject, value, serial in entries:
        if kind in _ON_A_SETTLED_GRID:
            settle(grid)
        _ACTS[kind](grid, subject, value, codes[serial])
    for branch in tripping:
        if grid.is_in()[branch]:
            loading = float(grid.loading()[branch])
            cause = int(grid.branches.cause[branch])
            feeders.trip(grid, branch, BranchState.TRIPPED, cause, loading=loading)
    if any(kind is not Act.RESTART for kind, *_ in entries) or tripping:
        settle(grid)
        restart.resume(grid)


def find_row(what: str, names: Sequence[str], name: str) -> int:
    """Return the row of a name.

    Raises
    ------
    InvalidInputError
        When there is none; the hint names close ones.
    """
    if name in names:
        return names.index(name)
    close = difflib.get_close_matches(name, names, n=5)
    hint = f"close to it: {', '.join(close)}" if close else f"one of {', '.join(names[:5])}, ..."
    raise InvalidInputError(f"the power grid has no {what} '{name}'", hint=hint)


def _open(grid: GridState, branch: int, value: float, cause: int) -> None:
    if grid.branches.state[branch] == BranchState.CLOSED:
        code = grid.say("breaker_opened", grid.network.branch_names[branch], cause)
        grid.set_branch(branch, BranchState.COMMANDED, code)
    else:
        grid.branches.state[branch] = BranchState.COMMANDED
    grid.branches.cleared_for[branch] = NEVER


def _close(grid: GridState, branch: int, value: float, cause: int) -> None:
    if grid.branches.state[branch] != BranchState.CLOSED:
        code = grid.say("breaker_closed", grid.network.branch_names[branch], cause)
        grid.branches.cleared_for[branch] = NEVER
        grid.set_branch(branch, BranchState.CLOSED, code, is_planned=True)


def _block_relay(grid: GridState, branch: int, value: float, cause: int) -> None:
    kind = "relay_blocked" if value else "relay_released"
    grid.say(kind, grid.network.branch_names[branch], cause)
    grid.branches.is_blocked[branch] = bool(value)


def _set_loads(grid: GridState, bus: int, value: float, cause: int) -> None:
    changed = np.flatnonzero(grid.buses.told_mw != grid.buses.load_mw)
    grid.buses.load_mw[:] = grid.buses.told_mw
    for row in changed:
        grid.touch(int(row), cause)


def _shed(grid: GridState, bus: int, value: float, cause: int) -> None:
    code = grid.say("load_set", grid.network.bus_names[bus], cause, blocks_off=int(value))
    grid.buses.n_shed[bus] = int(value)
    grid.touch(bus, code, is_planned=True)


def _set_output(grid: GridState, unit: int, value: float, cause: int) -> None:
    low, high = grid.fleet.least_mw[unit], grid.fleet.most_mw[unit]
    grid.units.set_mw[unit] = min(max(value, low), high)
    grid.touch(int(grid.fleet.bus[unit]), cause, is_planned=True)


def _stop_unit(grid: GridState, unit: int, value: float, cause: int) -> None:
    grid.units.is_stopped[unit] = 1
    if grid.units.is_running[unit]:
        code = grid.say("unit_stopped", grid.fleet.names[unit], cause)
        grid.units.is_running[unit], grid.units.recover_us[unit] = 0, NEVER
        grid.units.cause[unit] = code
        grid.touch(int(grid.fleet.bus[unit]), code)


def _start_unit(grid: GridState, unit: int, value: float, cause: int) -> None:
    if value:
        grid.units.is_stopped[unit] = 0
    restart.start_unit(grid, unit, cause)


def _trip(grid: GridState, branch: int, value: float, cause: int) -> None:
    if grid.is_in()[branch]:
        code = grid.say("breaker_tripped", grid.network.branch_names[branch], cause, false=True)
        grid.set_branch(branch, BranchState.TRIPPED, code)


_ACTS: dict[Act, Callable[[GridState, int, float, int], None]] = {
    Act.OPEN: _open,
    Act.CLOSE: _close,
    Act.BREAK: lambda grid, branch, value, cause: feeders.break_branch(grid, branch, cause),
    Act.REPAIR: lambda grid, branch, value, cause: feeders.repair_branch(grid, branch, cause),
    Act.BLOCK_RELAY: _block_relay,
    Act.LOADS: _set_loads,
    Act.SHED: _shed,
    Act.OUTPUT: _set_output,
    Act.STOP_UNIT: _stop_unit,
    Act.START_UNIT: _start_unit,
    Act.ISOLATE: lambda grid, branch, value, cause: feeders.isolate(grid, branch, cause),
    Act.TIE: lambda grid, branch, value, cause: feeders.close_tie(grid, branch, int(value), cause),
    Act.TRIP: _trip,
    Act.BACKUP: lambda grid, branch, value, cause: feeders.trip_neighbours(grid, branch, cause),
    Act.RESTART: lambda grid, subject, value, cause: restart.take_step(grid, cause),
}
