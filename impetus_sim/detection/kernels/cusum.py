"""The two-sided CUSUM of a series, and its run lengths."""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import kernel


@kernel
def step_cusum(z, slack, high, low):  # type: ignore[no-untyped-def]
    """Return the upper and the lower sum after a reading in standard deviations."""
    return max(0.0, high + z - slack), max(0.0, low - z - slack)


@kernel
def fill_run_lengths(normals, shift, slack, limit, out):  # type: ignore[no-untyped-def]
    """Run through standard normal readings and note how long each run to an alarm is.

    Parameters
    ----------
    normals
        float64 (m,).
    shift
        Added to each reading.
    slack, limit
        Of the CUSUM, in standard deviations.
    out
        Lengths of the runs, int64 (r,); filled from the start.

    Returns
    -------
    Runs that ended, at most r.
    """
    high, low, length, n = 0.0, 0.0, 0, 0
    for z in normals:
        high, low = step_cusum(z + shift, slack, high, low)
        length += 1
        if high > limit or low > limit:
            out[n] = length
            n += 1
            high, low, length = 0.0, 0.0, 0
            if n == len(out):
                break
    return n


@kernel
def fill_ewma_run_lengths(normals, shift, weight, limit, out):  # type: ignore[no-untyped-def]
    """Do the same for a moving average; `limit`: in standard deviations of the average when it has settled."""
    average, length, n = 0.0, 0, 0
    bound = limit * np.sqrt(weight / (2.0 - weight))
    for z in normals:
        average += weight * (z + shift - average)
        length += 1
        if abs(average) > bound:
            out[n] = length
            n += 1
            average, length = 0.0, 0
            if n == len(out):
                break
    return n
