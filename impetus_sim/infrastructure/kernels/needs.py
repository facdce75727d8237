"""Needs of assets as flat arrays: who is met, what a buffer holds, and the level that an asset can give.

A group is one need of one asset: alternatives of which one must reach its threshold. What its buffer holds is a
whole number of parts, so that it drains and fills by whole parts per microsecond and nothing is ever rounded.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.kernels.compile import kernel

NEVER = np.int64(2**62)
"""Due time of what is not due."""


class Net(NamedTuple):
    """Who needs what of whom; nothing of it changes in a run.

    consumer, first_row: int64 (groups,), (groups + 1,); rows of a group are alternatives, standby ones last.
    provider, threshold, group: int64, float64, int64 (rows,).
    first_group: int64 (assets + 1,). first_dependent, dependents: int64 (assets + 1,), and the rows whose provider
    an asset is; without rows of needs that are never felt, and of fuel, which no level brings.
    full, mark: int64 (groups,), parts in a full buffer, and at which fuel is to be asked for (-1: never).
    drain, fill: int64 (groups,), parts per microsecond; fill 0 is at once.
    level_without: float64 (groups,). is_felt, is_fuel: bool (groups,). has_standby: bool (groups,), whether an
    alternative is called for only when earlier ones fail. is_standby: bool (assets,).
    """

    consumer: npt.NDArray[np.int64]
    first_row: npt.NDArray[np.int64]
    provider: npt.NDArray[np.int64]
    threshold: npt.NDArray[np.float64]
    group: npt.NDArray[np.int64]
    first_group: npt.NDArray[np.int64]
    first_dependent: npt.NDArray[np.int64]
    dependents: npt.NDArray[np.int64]
    full: npt.NDArray[np.int64]
    mark: npt.NDArray[np.int64]
    drain: npt.NDArray[np.int64]
    fill: npt.NDArray[np.int64]
    level_without: npt.NDArray[np.float64]
    is_felt: npt.NDArray[np.bool_]
    is_fuel: npt.NDArray[np.bool_]
    has_standby: npt.NDArray[np.bool_]
    is_standby: npt.NDArray[np.bool_]


class State(NamedTuple):
    """Where everything stands.

    level, told, supply: float64 (assets,). is_intact: uint8 (assets,).
    unmet: uint8 (groups,), no alternative reaches its threshold. lacking: uint8 (groups,), and nothing stands in.
    stored, at_us: int64 (groups,), parts in the buffer, and when. pace: int8 (groups,), 1 filling, -1 draining, 0
    at rest. due_us: int64 (groups,), when it will be empty or at its mark.
    is_run: uint8 (rows,), whether a standby alternative is called for. n_runs: int64 (assets,), by how many.
    """

    level: npt.NDArray[np.float64]
    told: npt.NDArray[np.float64]
    supply: npt.NDArray[np.float64]
    is_intact: npt.NDArray[np.uint8]
    unmet: npt.NDArray[np.uint8]
    lacking: npt.NDArray[np.uint8]
    stored: npt.NDArray[np.int64]
    at_us: npt.NDArray[np.int64]
    pace: npt.NDArray[np.int8]
    due_us: npt.NDArray[np.int64]
    is_run: npt.NDArray[np.uint8]
    n_runs: npt.NDArray[np.int64]


@kernel
def stored_at(net: Net, state: State, g: int, now_us: int) -> Any:
    """Return the parts in the buffer of a group at a time not before `at_us`."""
    held, gone = state.stored[g], now_us - state.at_us[g]
    if state.pace[g] < 0:
        # divided first: parts drained in a long run may exceed 64 bits
        return held - gone * net.drain[g] if gone < -(-held // net.drain[g]) else np.int64(0)
    if state.pace[g] > 0:
        missing = net.full[g] - held
        if net.fill[g] == 0:
            return net.full[g]
        return held + gone * net.fill[g] if gone < -(-missing // net.fill[g]) else net.full[g]
    return held


@kernel
def is_met(net: Net, state: State, g: int) -> Any:
    """Return whether an alternative of a group reaches its threshold."""
    for r in range(net.first_row[g], net.first_row[g + 1]):
        if state.level[net.provider[r]] >= net.threshold[r]:
            return True
    return False


@kernel
def is_lacking(net: Net, state: State, g: int, now_us: int) -> Any:
    """Return whether a group is unmet, its lack felt and its buffer empty."""
    return state.unmet[g] != 0 and net.is_felt[g] and stored_at(net, state, g, now_us) == 0


@kernel
def own_level(state: State, a: int) -> Any:
    """Return the level that an asset would give with all needs met."""
    return min(state.told[a], state.supply[a]) if state.is_intact[a] else 0.0


@kernel
def possible_level(net: Net, state: State, a: int, now_us: int) -> Any:
    """Return the level that an asset can give as its needs stand."""
    level = own_level(state, a)
    for g in range(net.first_group[a], net.first_group[a + 1]):
        if net.level_without[g] < level and is_lacking(net, state, g, now_us):
            level = net.level_without[g]
    return level


@kernel
def set_pace(net: Net, state: State, g: int, now_us: int) -> None:
    """Bring the buffer of a group to the present, and set how it goes on and when that is due.

    A tank of fuel is drawn on while its owner runs: a standby asset while it is called for, others always.
    """
    state.stored[g] = stored_at(net, state, g, now_us)
    state.at_us[g] = now_us
    state.lacking[g] = is_lacking(net, state, g, now_us)
    if net.is_fuel[g]:
        drains = not net.is_standby[net.consumer[g]] or state.n_runs[net.consumer[g]] > 0
    else:
        drains = state.unmet[g] != 0
        if not drains and net.fill[g] == 0:
            state.stored[g] = net.full[g]
    state.due_us[g] = NEVER
    if not net.is_felt[g]:
        state.pace[g] = 0
    elif drains and state.stored[g] > 0:
        state.pace[g] = -1
        until = net.mark[g] if 0 <= net.mark[g] < state.stored[g] else 0
        state.due_us[g] = now_us - (until - state.stored[g]) // net.drain[g]
    elif not drains and not net.is_fuel[g] and state.stored[g] < net.full[g]:
        state.pace[g] = 1
    else:
        state.pace[g] = 0


@kernel
def next_due_us(state: State) -> Any:
    """Return the earliest due time of all groups."""
    least = NEVER
    for g in range(len(state.due_us)):
        least = min(least, state.due_us[g])
    return least


@kernel
def find_due(state: State, now_us: int, out_groups: npt.NDArray[np.int64]) -> Any:
    """Write the groups that are due by `now_us`, ascending, and return how many there are."""
    n = 0
    for g in range(len(state.due_us)):
        if state.due_us[g] <= now_us:
            out_groups[n] = g
            n += 1
    return n
