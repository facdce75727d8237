"""How fast and how well an operator works: hours awake, time without anything to do, calls that wait.

The two arms of an inverted U (Yerkes and Dodson 1908): too little to do dulls, too much slows and dulls. The form
of the right arm and its size are chosen.

Sources
-------
Dawson and Reid 1997, Fatigue, alcohol and performance impairment, Nature 388:235: between the tenth and the
twenty-sixth hour awake performance falls by 0.74 % an hour of what it was at the start.
Mackworth 1948, The breakdown of vigilance during prolonged visual search, Q. J. Exp. Psychology 1:6-21: 15.7 % of
signals missed in the first half-hour of a watch, 25.8 % in the second, then hardly more (figures recalled).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from impetus_sim.kernels.compile import kernel

FALL_PER_HOUR: Final = 0.0074
"""Dawson and Reid 1997."""
RESTED_HOURS: Final = 10.0
"""Hours awake up to which nobody is worse; the same."""
LEAST_ALERTNESS: Final = 0.5
"""The line is not followed further down than this: they measured 28 hours."""
WATCH_S: Final = 1800.0
"""Half an hour of watch: after it Mackworth's observers missed hardly more."""
WATCH_KEENNESS: Final = 0.645
"""Keenness after that: z(0.742) / z(0.843), the shares of signals that were seen."""


class OperatorLaw(NamedTuple):
    """Numbers of one room.

    Parameters
    ----------
    tires, dulls
        1 when hours awake count, and when a watch without work does; else 0.
    awake_us
        How long operators have been awake at the start of the run, us.
    overload
        By how much of themselves work grows slower and keenness falls for each call too many that waits.
    slowest
        Work is never slowed by more than this factor by what waits.
    """

    tires: float
    dulls: float
    awake_us: int
    overload: float
    slowest: float


@kernel
def alertness(law, now_us):  # type: ignore[no-untyped-def]
    """Return what hours awake leave of performance, 0.5 to 1."""
    hours = (now_us + law.awake_us) / 3.6e9
    return max(LEAST_ALERTNESS, 1.0 - law.tires * FALL_PER_HOUR * max(0.0, hours - RESTED_HOURS))


@kernel
def watchfulness(law, idle_us):  # type: ignore[no-untyped-def]
    """Return what a watch without work leaves of keenness: a straight line down over half an hour."""
    share = min(1.0, idle_us / 1e6 / WATCH_S)
    return 1.0 - law.dulls * (1.0 - WATCH_KEENNESS) * share


@kernel
def burden(law, n_waiting, n_operators):  # type: ignore[no-untyped-def]
    """Return by what factor those who wait slow the work: 1 up to one for each operator."""
    too_many = max(0.0, n_waiting / n_operators - 1.0)
    return min(law.slowest, 1.0 + law.overload * too_many)
