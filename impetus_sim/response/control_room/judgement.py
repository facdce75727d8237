"""Whether an operator believes what alerts say: signal detection with a keenness that fatigue and load change.

True and false alerts differ by d' standard deviations in what an operator sees of them; what is above a criterion
counts as true. The two shares of errors of a rested operator give d' and the criterion. Keenness multiplies d', and
n alerts that agree multiply it by the square root of n, as for an observer who adds up independent looks.

Source: Green and Swets 1966, Signal detection theory and psychophysics, chapters 1 and 9.
"""

from __future__ import annotations

import math

from scipy.special import ndtr, ndtri


def chance_to_confirm(*, miss: float, false: float, keenness: float, n_alerts: int, is_true: bool) -> float:
    """Return the chance that an incident is taken for true.

    Parameters
    ----------
    miss, false
        Shares of single true alerts taken for false, and of false ones taken for true, at keenness 1; below 0.5.
        At 0 that error is never made.
    keenness
        1 for a rested operator of usual skill.
    n_alerts
        Alerts that agree, 1 or more.
    is_true
        Whether there is an incident.
    """
    if (miss if is_true else false) == 0.0:
        return 1.0 if is_true else 0.0
    hit, alarm = -ndtri(max(miss, 1e-12)), -ndtri(max(false, 1e-12))
    apart, lean = hit + alarm, (alarm - hit) / 2.0
    moved = keenness * math.sqrt(n_alerts) * apart / 2.0
    return float(ndtr((moved if is_true else -moved) - lean))
