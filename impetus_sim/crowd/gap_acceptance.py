"""Whether people who want to cross a carriageway take the gap before the next vehicle.

A person crosses when no vehicle is before them and none comes within the critical gap

    tc = L / Sp + ts

with the way across L, the person's own walking speed Sp and ts for starting and safety, 3 s by default
(Transportation Research Board 2010, Highway Capacity Manual, equation 19-69). Of people who wait for random
vehicles of flow v the mean delay is then (exp(v tc) - v tc - 1) / v (Adams 1936, Road traffic considered as a
random series, Journal of the Institution of Civil Engineers 4).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

START_UP_S = 3.0
SLOWEST_M_S = 0.3
"""Nobody counts on crossing at less."""

Ints = npt.NDArray[np.int64]


def critical_gap_s(
    crossing_m: npt.NDArray[np.float64], speed_m_s: npt.NDArray[np.float64], *, start_up_s: float = START_UP_S
) -> npt.NDArray[np.float64]:
    """Return the least gap that people accept, s."""
    return np.asarray(crossing_m / np.maximum(speed_m_s, SLOWEST_M_S) + start_up_s)


def accepts_gap(
    now_us: int, gap_s: npt.NDArray[np.float64], arrives_us: Ints, leaves_us: Ints
) -> npt.NDArray[np.bool_]:
    """Return which people go now.

    Parameters
    ----------
    gap_s
        float64 (people,), critical gap of each.
    arrives_us, leaves_us
        int64 (people, vehicles), when vehicles reach the place where each would cross, and have passed it.
    """
    needed_us = now_us + np.rint(1e6 * gap_s).astype(np.int64)[:, None]
    return np.asarray(~((leaves_us > now_us) & (arrives_us < needed_us)).any(axis=1))


def adams_delay_s(flow: float, gap_s: float) -> float:
    """Return the mean delay of people who wait for a critical gap in random traffic, s.

    Parameters
    ----------
    flow
        Vehicles per second of all lanes that are crossed at once.
    """
    return (math.exp(flow * gap_s) - flow * gap_s - 1.0) / flow
