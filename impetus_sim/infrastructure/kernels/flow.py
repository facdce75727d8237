"""DC flow of a network in one state of its branches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.kernels.islands import balance_islands, find_islands
from impetus_sim.infrastructure.kernels.ldl import factorise, factorise_rows, solve, update_factor
from impetus_sim.kernels.compile import kernel


class Grid(NamedTuple):
    """A network in the order of elimination; flat, since a parallel loop takes no tuples in tuples.

    up_first to col_row: as in `ldl.Pattern`. from_bus, to_bus: int32 (branches,). susceptance: float64 (branches,),
    MW per radian. pushed: float64 (branches,), MW that its phase shifter takes off its flow. entry: int32
    (branches,), place in the matrix. rating: float64 (branches,), MW.
    """

    up_first: npt.NDArray[np.int32]
    up_col: npt.NDArray[np.int32]
    row_first: npt.NDArray[np.int32]
    row_col: npt.NDArray[np.int32]
    row_at: npt.NDArray[np.int32]
    col_first: npt.NDArray[np.int32]
    col_row: npt.NDArray[np.int32]
    from_bus: npt.NDArray[np.int32]
    to_bus: npt.NDArray[np.int32]
    susceptance: npt.NDArray[np.float64]
    pushed: npt.NDArray[np.float64]
    entry: npt.NDArray[np.int32]
    rating: npt.NDArray[np.float64]


class Scratch(NamedTuple):
    """Room for one solution; buses, entries of the matrix and of L."""

    island: npt.NDArray[np.int32]
    is_ground: npt.NDArray[np.bool_]
    fed: npt.NDArray[np.float64]
    drawn: npt.NDArray[np.float64]
    off: npt.NDArray[np.float64]
    diagonal: npt.NDArray[np.float64]
    work: npt.NDArray[np.float64]
    l_values: npt.NDArray[np.float64]
    inverse_d: npt.NDArray[np.float64]
    angle: npt.NDArray[np.float64]


@kernel
def make_scratch(grid):  # type: ignore[no-untyped-def]
    """Return room for one solution."""
    n, n_off, n_l = len(grid.col_first) - 1, len(grid.up_col), len(grid.col_row)
    return Scratch(
        np.empty(n, np.int32), np.empty(n, np.bool_), np.empty(n), np.empty(n), np.empty(n_off), np.empty(n),
        np.zeros(n), np.empty(n_l), np.empty(n), np.empty(n),
    )  # fmt: skip


@kernel
def solve_state(grid, is_in, injection, scratch, out_flow):  # type: ignore[no-untyped-def]
    """Balance every island and fill the flow of each branch.

    Parameters
    ----------
    is_in
        bool (branches,), in service.
    injection
        float64 (buses,), MW; overwritten by what is left after balancing.
    scratch
        Overwritten; holds islands, factor and angles afterwards.
    out_flow
        float64 (branches,), MW; 0 where out of service.
    """
    find_islands(grid.from_bus, grid.to_bus, is_in, scratch.island)
    balance_islands(scratch.island, injection, scratch.fed, scratch.drawn)
    factorise_state(grid, is_in, scratch)
    scratch.angle[:] = injection
    add_shifts(grid, is_in, scratch.angle)
    solve(grid, scratch.l_values, scratch.inverse_d, scratch.angle)
    fill_flows(grid, is_in, scratch.angle, out_flow)


@kernel
def add_shifts(grid, is_in, injection):  # type: ignore[no-untyped-def]
    """Add what the phase shifters of branches in service inject at their ends, MW."""
    for b in range(len(is_in)):
        if is_in[b] and grid.pushed[b] != 0.0:
            injection[grid.from_bus[b]] += grid.pushed[b]
            injection[grid.to_bus[b]] -= grid.pushed[b]


@kernel
def factorise_state(grid, is_in, scratch):  # type: ignore[no-untyped-def]
    """Assemble and factorise the matrix of the branches in service; islands must be known."""
    _assemble(grid, is_in, scratch)
    factorise(
        grid, scratch.off, scratch.diagonal, scratch.is_ground, scratch.work, scratch.l_values,
        scratch.inverse_d,
    )  # fmt: skip


@kernel
def factorise_islands(grid, is_in, is_stale, scratch):  # type: ignore[no-untyped-def]
    """The same for some islands only; is_stale: bool (buses,), all buses of each."""
    _assemble(grid, is_in, scratch)
    factorise_rows(
        grid, is_stale, scratch.off, scratch.diagonal, scratch.is_ground, scratch.work, scratch.l_values,
        scratch.inverse_d,
    )  # fmt: skip


@kernel
def _assemble(grid, is_in, scratch):  # type: ignore[no-untyped-def]
    scratch.off[:] = 0.0
    scratch.diagonal[:] = 0.0
    for k in range(len(scratch.island)):
        scratch.is_ground[k] = scratch.island[k] == k
    for b in range(len(is_in)):
        if is_in[b]:
            value = grid.susceptance[b]
            scratch.off[grid.entry[b]] -= value
            scratch.diagonal[grid.from_bus[b]] += value
            scratch.diagonal[grid.to_bus[b]] += value


@kernel
def switch_branch(grid, branch, is_closed, scratch):  # type: ignore[no-untyped-def]
    """Put a branch into the factor or take it out, its island in one piece; return whether it went well."""
    i, j, value = grid.from_bus[branch], grid.to_bus[branch], grid.susceptance[branch]
    return update_factor(
        grid, i, j, value if is_closed else -value, scratch.island[i], scratch.work, scratch.l_values,
        scratch.inverse_d,
    )  # fmt: skip


@kernel
def fill_flows(grid, is_in, angle, out_flow):  # type: ignore[no-untyped-def]
    """Fill the flow of each branch from the angles, MW."""
    for b in range(len(is_in)):
        out_flow[b] = 0.0
        if is_in[b]:
            out_flow[b] = (
                grid.susceptance[b] * (angle[grid.from_bus[b]] - angle[grid.to_bus[b]]) - grid.pushed[b]
            )
