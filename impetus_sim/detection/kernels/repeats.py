"""Runs of values that are the same as some time before."""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import kernel


@kernel
def add_readings(values, n_before, ring, runs, out_longest):  # type: ignore[no-untyped-def]
    """Take in a reading of each stream and find its longest run of readings that each repeat an earlier one.

    A run is at one lag. A reading counts when it is not zero and not that of the step before: what stands still
    repeats by itself.

    Parameters
    ----------
    values
        float64 (n,), nan where there is none: nothing changes for that stream.
    n_before
        Readings of each so far, int64 (n,); counted up.
    ring
        The last w readings of each, by their number modulo w, float64 (n, w); overwritten.
    runs
        Length of the run at each lag from 1, int32 (n, w); overwritten.
    out_longest
        int64 (n,); kept where there is no reading.
    """
    width = ring.shape[1]
    for k in range(len(values)):
        value, at = values[k], n_before[k]
        if np.isnan(value):
            continue
        longest = np.int32(0)
        counts = np.int32(1)
        if value == 0.0 or (at > 0 and ring[k, (at - 1) % width] == value):
            counts = np.int32(0)
        for lag in range(1, min(at, width) + 1):
            if ring[k, (at - lag) % width] == value:
                runs[k, lag - 1] += counts
                longest = max(longest, runs[k, lag - 1])
            else:
                runs[k, lag - 1] = 0
        ring[k, at % width] = value
        n_before[k] = at + 1
        out_longest[k] = longest
