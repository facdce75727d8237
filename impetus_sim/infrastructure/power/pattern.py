"""Prepare a network for many solutions: the order of elimination and the pattern of its factor, found once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.kernels.flow import Grid
from impetus_sim.infrastructure.kernels.ldl import Pattern, fill_pattern, find_parents
from impetus_sim.infrastructure.power.network import Ints, PowerNetwork


def prepare(network: PowerNetwork) -> tuple[Grid, Ints]:
    """Return the network in the order of elimination, and the bus at each place of that order, int (buses,)."""
    order = _order_of_elimination(network)
    place = np.empty(network.n_buses, np.int32)
    place[order] = np.arange(network.n_buses, dtype=np.int32)
    ends = place[network.from_bus], place[network.to_bus]
    pattern, entry = _build_pattern(network.n_buses, *ends)
    grid = Grid(
        *pattern,
        from_bus=ends[0],
        to_bus=ends[1],
        susceptance=np.asarray(network.susceptance_mw, np.float64),
        pushed=network.susceptance_mw * network.shift_rad,
        entry=entry,
        rating=np.asarray(network.rating_mw, np.float64),
    )
    return grid, order


def _order_of_elimination(network: PowerNetwork) -> Ints:
    # SuperLU's multiple minimum degree on the pattern; the values only have to be safe to factorise.
    from scipy.sparse import coo_matrix
    from scipy.sparse.linalg import splu

    n = network.n_buses
    i, j = network.from_bus, network.to_bus
    ones = np.ones(len(i))
    degree = np.bincount(i, minlength=n) + np.bincount(j, minlength=n) + 1.0
    matrix = coo_matrix(
        (
            np.concatenate([-ones, -ones, degree]),
            (np.concatenate([i, j, np.arange(n)]), np.concatenate([j, i, np.arange(n)])),
        ),
        shape=(n, n),
    )
    factor = splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
    return np.argsort(factor.perm_c).astype(np.int64)


def _build_pattern(
    n: int, from_bus: npt.NDArray[np.int32], to_bus: npt.NDArray[np.int32]
) -> tuple[Pattern, npt.NDArray[np.int32]]:
    row, col = np.maximum(from_bus, to_bus).astype(np.int64), np.minimum(from_bus, to_bus).astype(np.int64)
    pairs, entry = np.unique(row * n + col, return_inverse=True)
    up_row, up_col = np.divmod(pairs, n)
    up_first = np.searchsorted(up_row, np.arange(n + 1)).astype(np.int32)
    up_col = up_col.astype(np.int32)
    parent, in_col, in_row = (np.empty(n, np.int32) for _ in range(3))
    find_parents(up_first, up_col, parent, in_col, in_row)
    col_first, row_first = (np.concatenate([[0], np.cumsum(c)]).astype(np.int32) for c in (in_col, in_row))
    n_entries = int(col_first[-1])
    row_col, row_at, col_row = (np.empty(n_entries, np.int32) for _ in range(3))
    fill_pattern(up_first, up_col, parent, col_first, row_first, row_col, row_at, col_row)
    return Pattern(up_first, up_col, row_first, row_col, row_at, col_first, col_row), entry.astype(np.int32)
