"""The distribution grid attacked on 23 December 2015: how fast it was taken, how and when it came back."""

from __future__ import annotations

from typing import Final

import numpy as np

from impetus_sim.recording.reader import Recording
from impetus_sim.verification.case import Effort, Measured
from impetus_sim.verification.incidents.replay import incident_case, run_replay, times_of

SEED: Final = 2
"""Of a run in which the intruders get through; chances of their steps are assumptions."""
N_SUBSTATIONS: Final = 30
_STANDARD: Final = "grid 2015"
_SOURCE: Final = "E-ISAC and SANS (2016); ICS-CERT IR-ALERT-H-16-056-01"


def _run() -> Recording:
    return run_replay("grid_2015.yaml", seed=SEED)


def switched_off(effort: Effort) -> Measured:
    """Count the substations that are opened."""
    del effort
    n = len(times_of(_run(), "asset_attacked"))
    return Measured(value=n, text=f"{n} of {N_SUBSTATIONS} substations opened")


def within(effort: Effort) -> Measured:
    """Measure the minutes from the first to the last substation opened."""
    del effort
    times = list(times_of(_run(), "asset_attacked").values())
    minutes = (max(times) - min(times)) / 60.0
    return Measured(value=minutes, text=f"all within {minutes:.1f} min")


def _outages_h() -> np.ndarray:
    fell, rose = times_of(_run(), "asset_attacked"), times_of(_run(), "asset_by_hand")
    return np.array([rose.get(name, np.inf) - start for name, start in fell.items()]) / 3600.0


def shortest(effort: Effort) -> Measured:
    """Measure the shortest time without power."""
    del effort
    hours = float(_outages_h().min())
    return Measured(value=hours, text=f"{hours:.1f} h")


def longest(effort: Effort) -> Measured:
    """Measure the longest time without power."""
    del effort
    hours = float(_outages_h().max())
    return Measured(value=hours, text=f"{hours:.1f} h")


def still_blind(effort: Effort) -> Measured:
    """Count the substations that have power again at the end but obey nobody over the network."""
    del effort
    recording = _run()
    back, lost = times_of(recording, "asset_by_hand"), times_of(recording, "control_lost")
    set_up_again = times_of(recording, "node_restored")
    n = sum(name in lost and f"rtu_{name}" not in set_up_again for name in back)
    return Measured(
        value=n, text=f"{n} of {len(back)} worked by hand still without remote control at the end"
    )


CASES = (
    incident_case(
        "grid-opened",
        standard=_STANDARD,
        title="substations opened at one company",
        source=_SOURCE,
        low=N_SUBSTATIONS,
        high=N_SUBSTATIONS,
        expected=f"{N_SUBSTATIONS}: 7 of 110 kV, 23 of 35 kV",
        run=switched_off,
    ),
    incident_case(
        "grid-taken",
        standard=_STANDARD,
        title="from the first breaker to the last",
        source=_SOURCE,
        low=0.0,
        high=30.0,
        expected="within 30 min",
        run=within,
    ),
    incident_case(
        "grid-first-back",
        standard=_STANDARD,
        title="first customers with power again",
        source=_SOURCE,
        low=0.5,
        high=2.0,
        expected="1 h, a factor of 2",
        run=shortest,
    ),
    incident_case(
        "grid-last-back",
        standard=_STANDARD,
        title="last customers with power again",
        source=_SOURCE,
        low=3.0,
        high=12.0,
        expected="6 h, a factor of 2",
        run=longest,
    ),
    incident_case(
        "grid-by-hand",
        standard=_STANDARD,
        title="power is back, the control room is not",
        source=_SOURCE,
        low=N_SUBSTATIONS,
        high=N_SUBSTATIONS,
        expected=f"{N_SUBSTATIONS} restored by crews on site, none by remote control",
        run=still_blind,
    ),
)
