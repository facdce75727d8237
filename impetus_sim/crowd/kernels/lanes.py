"""Arithmetic over the neighbours of one person, written so that it vectorises.

A scratch is a flat array of rows, one property each, `ROW` entries long, one column per neighbour: row r begins at
r * ROW. Rows at fixed places of one array are known not to overlap, so that loops over columns become vectors. Such
loops have no branches and run on to the next whole vector (`whole_vectors`); columns past the last neighbour hold
somebody out of everybody's reach.
"""

from __future__ import annotations

from impetus_sim.kernels.compile import event_kernel

ROW = 512
"""Columns of a scratch."""
LANES = 8
"""Loops over neighbours run in groups of this many, so that all of them are whole vectors."""


@event_kernel
def whole_vectors(n):  # type: ignore[no-untyped-def]
    """Return the end of the last vector that n columns touch."""
    return (n + LANES - 1) // LANES * LANES


@event_kernel
def exp(x):  # type: ignore[no-untyped-def]
    """Return e^x within a share of 1e-7 for -20 < x < 5, and a small or large positive number beyond.

    exp(x) = exp(x / 256)^256, by a series of degree 5: only sums and products, so loops over it vectorise, and
    every machine gets the same bits.
    """
    t = max(x, -700.0) * 0.00390625
    y = 1.0 + t * (1.0 + t * (0.5 + t * (1.0 / 6.0 + t * (1.0 / 24.0 + t * (1.0 / 120.0)))))
    y = y * y
    y = y * y
    y = y * y
    y = y * y
    y = y * y
    y = y * y
    y = y * y
    return y * y


@event_kernel
def sum_row(row, n, near):  # type: ignore[no-untyped-def]
    """Return the sum of n columns of a row, lane by lane; columns up to the next whole vector must hold 0."""
    s0, s1, s2, s3, s4, s5, s6, s7 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for c in range(row, row + whole_vectors(n), LANES):
        s0 += near[c]
        s1 += near[c + 1]
        s2 += near[c + 2]
        s3 += near[c + 3]
        s4 += near[c + 4]
        s5 += near[c + 5]
        s6 += near[c + 6]
        s7 += near[c + 7]
    return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7


@event_kernel
def least_of_row(row, n, most, near):  # type: ignore[no-untyped-def]
    """Return the least of n columns of a row, at most `most`; columns up to the next whole vector count too."""
    s0, s1, s2, s3, s4, s5, s6, s7 = most, most, most, most, most, most, most, most
    for c in range(row, row + whole_vectors(n), LANES):
        s0 = min(s0, near[c])
        s1 = min(s1, near[c + 1])
        s2 = min(s2, near[c + 2])
        s3 = min(s3, near[c + 3])
        s4 = min(s4, near[c + 4])
        s5 = min(s5, near[c + 5])
        s6 = min(s6, near[c + 6])
        s7 = min(s7, near[c + 7])
    return min(s0, s1, s2, s3, s4, s5, s6, s7)
