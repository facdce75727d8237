"""Counts that are more scattered than Poisson's: likelihood ratios, and their sums."""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.kernels.compile import kernel

_POISSON = 1.001
"""Fano factors below this are taken for 1."""


@kernel
def count_evidence(n, mean, more, fano):  # type: ignore[no-untyped-def]
    """Return the log-likelihood ratio of a count: mean plus more against mean.

    Negative binomial with variance `fano` times the mean, whatever the mean; Poisson for a factor of 1.
    """
    if fano < _POISSON:
        return n * math.log1p(more / mean) - more
    k0, k1 = mean / (fano - 1.0), (mean + more) / (fano - 1.0)
    of_more = math.lgamma(n + k1) - math.lgamma(k1)
    of_less = math.lgamma(n + k0) - math.lgamma(k0)
    return of_more - of_less - (k1 - k0) * math.log(fano)


@kernel
def sum_of_cusums(counts, usual, more, fano, most, least, growth, weight, sums, level, ring, at, out):  # type: ignore[no-untyped-def]
    """Add readings to a CUSUM for each counter and give the sum of them all after each.

    The background of a counter is the usual one or, where it has been busier of late, `growth` times its level
    then: an average with exponential weights that leaves out the last readings, in which an egress may be.

    Parameters
    ----------
    counts
        float64 (m, n), nan where a counter says nothing: its sum stays.
    usual
        Background per reading, float64 (m, n).
    more
        What an egress adds per reading and counter.
    fano
        float64 (n,).
    most
        What the sum of one counter can reach, so that one alone does not alarm.
    least
        Lowest background per reading.
    growth, weight
        See above; weight of the newest reading in the level.
    sums, level
        float64 (n,); overwritten.
    ring
        The readings left out of the level, float64 (n, w); overwritten.
    at
        Readings so far, int64 (n,); counted up.
    out
        Sum over counters after each reading, float64 (m,).
    """
    n_counters, width = ring.shape
    for row in range(len(counts)):
        total = 0.0
        for k in range(n_counters):
            n = counts[row, k]
            if not np.isnan(n):
                mean = max(usual[row, k], growth * level[k], least)
                gained = sums[k] + count_evidence(n, mean, more, fano[k])
                sums[k] = min(max(gained, 0.0), most)
                slot = at[k] % width
                if at[k] >= width:
                    level[k] += weight * (ring[k, slot] - level[k])
                ring[k, slot] = n
                at[k] += 1
            total += sums[k]
        out[row] = total
