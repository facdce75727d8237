"""The start of an egress on made counts at exits: how surely it is found in time, and how often in vain."""

from __future__ import annotations

from functools import lru_cache

from impetus_sim.detection.scoring.egress_trials import EgressResult, run_trials, summarise
from impetus_sim.verification.case import Case, Effort, Measured

_SOURCE = (
    "Acceptance: lower bound above 0.90, fewer than one false alarm in 24 h; counts: docs/models/detection.md"
)
QUICK, WHOLE = (100, 50), (200, 200)
"""Egresses, and days without one."""


@lru_cache(maxsize=2)
def _result(thorough: bool) -> EgressResult:
    n_trials, n_days = WHOLE if thorough else QUICK
    return run_trials(n_trials=n_trials, n_days=n_days, seed=1)


def found_in_time(effort: Effort) -> Measured:
    """Return the lower bound of the share that is found within 30 s after 2 % have crossed."""
    result = _result(effort.thorough)
    s = summarise(result)
    text = (
        f"{s['found_in_time']} of {s['trials']}, lower bound {result.found_low:.3f}; median delay "
        f"{s['after_2_percent_s'][0]} s after 2 %, {s['after_onset_s'][0]} s after the onset"
    )
    return Measured(value=result.found_low, text=text)


def false_alarms(effort: Effort) -> Measured:
    """Return the false alarms in 24 h."""
    result = _result(effort.thorough)
    text = f"{result.false_alarms} in {result.days} days, {result.false_per_day:.3f} in 24 h"
    return Measured(value=result.false_per_day, text=text)


def scatter(effort: Effort) -> Measured:
    """Return the Fano factor of the counts."""
    result = _result(effort.thorough)
    return Measured(value=result.fano, text=f"{result.fano:.2f} within quarters of an hour, median")


CASES = (
    Case(
        id="egress-found",
        standard="acceptance",
        title="egress found within 30 s after 2 % of the people have crossed a counter",
        source=_SOURCE,
        low=0.9,
        high=1.0,
        expected="95 % lower bound (Wilson) above 0.90",
        run=found_in_time,
    ),
    Case(
        id="egress-false",
        standard="acceptance",
        title="false alarms of an egress on days with surges, showers, schools and counters that fail",
        source=_SOURCE,
        low=0.0,
        high=0.999,
        expected="below 1 in 24 h",
        run=false_alarms,
    ),
    Case(
        id="egress-fano",
        standard="law",
        title="variance over mean of the made counts",
        source="(2 - p) / p = 3.44 for groups that grow with 1 - p = 0.55",
        low=3.0,
        high=4.0,
        expected="3 to 4",
        run=scatter,
    ),
)
