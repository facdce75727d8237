"""Sparse L D L^T of a network's matrix, with one pattern for every outage.

A branch that is out leaves a zero in the pattern, so that the elimination is planned once for a network. The
matrix of an island lacks full rank: its bus that is eliminated last is the ground, whose pivot is set aside and
whose angle is 0, which is exact when the island's injections add up to zero.

Source: Davis (2005), Algorithm 849: a concise sparse Cholesky factorization package, ACM TOMS 31 (up-looking LDL);
here the rows' patterns are kept, so that no elimination tree is walked in the numeric part.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.kernels.compile import event_kernel, kernel

Ints = npt.NDArray[np.int32]

LEAST_PIVOT_SHARE = 1e-9
"""A pivot that falls below this share of what it was has lost nine of its sixteen digits."""


class Pattern(NamedTuple):
    """Where a matrix of n rows and its factor L have entries; rows and columns in the order of elimination.

    up_first, up_col: the matrix, entries left of the diagonal by row. row_first, row_col, row_at: L by row, columns
    ascending, and where each entry lies in L by column. col_first, col_row: L by column, rows ascending.
    """

    up_first: Ints
    up_col: Ints
    row_first: Ints
    row_col: Ints
    row_at: Ints
    col_first: Ints
    col_row: Ints


@kernel
def find_parents(up_first, up_col, out_parent, out_in_col, out_in_row):  # type: ignore[no-untyped-def]
    """Fill the elimination tree, -1 for roots, and how many entries columns and rows of L have off the diagonal."""
    n = len(out_parent)
    seen = np.empty(n, np.int32)
    for k in range(n):
        out_parent[k], out_in_col[k], out_in_row[k], seen[k] = -1, 0, 0, k
        for p in range(up_first[k], up_first[k + 1]):
            i = up_col[p]
            while seen[i] != k:
                if out_parent[i] == -1:
                    out_parent[i] = k
                out_in_col[i] += 1
                out_in_row[k] += 1
                seen[i] = k
                i = out_parent[i]


@kernel
def fill_pattern(up_first, up_col, parent, col_first, row_first, out_row_col, out_row_at, out_col_row):  # type: ignore[no-untyped-def]
    """Fill the pattern of L; arrays as in `Pattern`."""
    n = len(parent)
    seen = np.empty(n, np.int32)
    n_in_col = np.zeros(n, np.int32)
    for k in range(n):
        seen[k] = k
        n_in_row = 0
        for p in range(up_first[k], up_first[k + 1]):
            i = up_col[p]
            while seen[i] != k:
                out_row_col[row_first[k] + n_in_row] = i
                n_in_row += 1
                seen[i] = k
                i = parent[i]
        out_row_col[row_first[k] : row_first[k + 1]].sort()
        for t in range(row_first[k], row_first[k + 1]):
            i = out_row_col[t]
            out_row_at[t] = col_first[i] + n_in_col[i]
            out_col_row[out_row_at[t]] = k
            n_in_col[i] += 1


@kernel
def factorise(pattern, off, diagonal, is_ground, work, out_l, out_inverse_d):  # type: ignore[no-untyped-def]
    """Factorise for given values.

    Parameters
    ----------
    off, diagonal
        float64, values of the entries of ``pattern.up_col`` and of the diagonal.
    is_ground
        bool (n,), rows whose pivot is set aside.
    work
        float64 (n,), zeros; zeros again afterwards.
    out_l, out_inverse_d
        float64, L by column and 1 / D, 0 for grounds.
    """
    for k in range(len(diagonal)):
        _factorise_row(pattern, k, off, diagonal, is_ground, work, out_l, out_inverse_d)


@kernel
def factorise_rows(pattern, is_stale, off, diagonal, is_ground, work, out_l, out_inverse_d):  # type: ignore[no-untyped-def]
    """Factorise rows of some islands only, all rows of each; the others keep what they have.

    Parameters
    ----------
    is_stale
        bool (n,), rows of the islands that are no longer what they were.
    """
    for k in range(len(diagonal)):
        if is_stale[k]:
            _factorise_row(pattern, k, off, diagonal, is_ground, work, out_l, out_inverse_d)


@event_kernel
def _factorise_row(pattern, k, off, diagonal, is_ground, work, out_l, out_inverse_d):  # type: ignore[no-untyped-def]
    for p in range(pattern.up_first[k], pattern.up_first[k + 1]):
        work[pattern.up_col[p]] = off[p]
    pivot = diagonal[k]
    for t in range(pattern.row_first[k], pattern.row_first[k + 1]):
        i, at = pattern.row_col[t], pattern.row_at[t]
        value = work[i]
        work[i] = 0.0
        if value == 0.0:
            out_l[at] = 0.0  # nothing there since the branch is out
            continue
        for p in range(pattern.col_first[i], at):
            work[pattern.col_row[p]] -= out_l[p] * value
        ratio = value * out_inverse_d[i]
        out_l[at] = ratio
        pivot -= ratio * value
    out_inverse_d[k] = 0.0 if is_ground[k] else 1.0 / pivot


@kernel
def update_factor(pattern, i, j, change, ground, work, out_l, out_inverse_d):  # type: ignore[no-untyped-def]
    """Add a branch between two buses of one island to the factor, or take it off: an update of rank one.

    Parameters
    ----------
    i, j
        Its ends.
    change
        Its susceptance; negative where it goes out of service. The island must stay in one piece.
    ground
        The ground of that island.
    work
        float64 (n,), zeros; zeros again afterwards.
    out_l, out_inverse_d
        Changed in place.

    Returns
    -------
    Whether it went well; where a pivot vanishes (series capacitors) the factor is spoilt and must be made anew.

    Source: Gill, Golub, Murray, Saunders (1974), Methods for modifying matrix factorizations, Mathematics of
    Computation 28, method C1; along the elimination tree: Davis and Hager (1999), Modifying a sparse Cholesky
    factorization, SIAM Journal on Matrix Analysis and Applications 20.
    """
    work[i], work[j] = 1.0, -1.0
    column, alpha, is_sound = min(i, j), change, True
    while column != ground:
        value = work[column]
        work[column] = 0.0
        if value != 0.0:
            pivot = 1.0 / out_inverse_d[column]
            after = pivot + alpha * value * value
            if abs(after) < LEAST_PIVOT_SHARE * abs(pivot):
                is_sound = False
                after = pivot
            gamma = alpha * value / after
            alpha *= pivot / after
            out_inverse_d[column] = 1.0 / after
            for p in range(pattern.col_first[column], pattern.col_first[column + 1]):
                row = pattern.col_row[p]
                work[row] -= value * out_l[p]
                out_l[p] += gamma * work[row]
        column = pattern.col_row[pattern.col_first[column]]
    work[ground] = 0.0
    return is_sound


@kernel
def solve(pattern, l_values, inverse_d, values):  # type: ignore[no-untyped-def]
    """Solve in place: injections become angles, float64 (n,)."""
    n = len(values)
    for i in range(n):
        value = values[i]
        if value == 0.0:
            continue
        for p in range(pattern.col_first[i], pattern.col_first[i + 1]):
            values[pattern.col_row[p]] -= l_values[p] * value
    for i in range(n - 1, -1, -1):
        value = values[i] * inverse_d[i]
        for p in range(pattern.col_first[i], pattern.col_first[i + 1]):
            value -= l_values[p] * values[pattern.col_row[p]]
        values[i] = value if inverse_d[i] != 0.0 else 0.0
