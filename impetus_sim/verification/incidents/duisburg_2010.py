"""The ramp of the Love Parade of 2010: more people than it lets through must give a growing queue."""

from __future__ import annotations

from typing import Final

from impetus_sim.recording.reader import Recording
from impetus_sim.verification.case import Effort, Measured
from impetus_sim.verification.incidents.replay import incident_case, run_replay

SEED: Final = 1
SCALE: Final = 0.25
"""Widths and flows of the scenario, of the real ones."""
CAPACITY_PER_H: Final = 43_788.0
"""The inquiry's estimate of what the entrance could take, both directions together."""
COMING_PER_MIN: Final = 2 * 1370 / 7.0
LEAVING_PER_MIN: Final = 1480 / 7.0
RAMP_HEAD_M: Final = 40.0
"""North of the tunnels and the ramp's neck, in the plan of the scenario."""
QUEUE_FROM_TO_S: Final = (120.0, 300.0)
"""After the first have reached the ramp, before the tunnels are full and nobody more can enter."""
_STANDARD: Final = "Duisburg 2010"
_SOURCE: Final = "Helbing and Mukerji (2012); Still (2011)"


def _run() -> Recording:
    return run_replay("duisburg_2010.yaml", seed=SEED)


def through(effort: Effort) -> Measured:
    """Measure the flow out of the ramp's tunnels, of the estimated capacity."""
    del effort
    recording = _run()
    left = float(recording.counts()["left"][-1])
    per_h = left / SCALE / (recording.recorded_until_s / 3600.0)
    return Measured(value=per_h / CAPACITY_PER_H, text=f"{per_h:,.0f} an hour of {CAPACITY_PER_H:,.0f}")


def peak(effort: Effort) -> Measured:
    """Measure the peak density."""
    del effort
    from impetus_sim.analysis.density import compute_density

    density = compute_density(_run())
    value = float(density.peak or 0.0) if density is not None else 0.0
    return Measured(value=value, text=f"{value:.1f} people per m2")


def queue_growth(effort: Effort) -> Measured:
    """Measure by how many a minute those between the tunnels and the head of the ramp become more."""
    del effort
    recording = _run()
    first, last = (int((recording.frame(t_s=t_s).y < RAMP_HEAD_M).sum()) for t_s in QUEUE_FROM_TO_S)
    growth = (last - first) / (QUEUE_FROM_TO_S[1] - QUEUE_FROM_TO_S[0]) * 60.0
    return Measured(value=growth, text=f"{growth:.0f} people a minute, from {first} to {last}")


CASES = (
    incident_case(
        "ramp-capacity",
        standard=_STANDARD,
        title="what the shared ramp lets through",
        source=_SOURCE,
        low=0.1,
        high=1.0,
        expected="no more than the capacity estimated, and not blocked",
        run=through,
    ),
    incident_case(
        "ramp-density",
        standard=_STANDARD,
        title="how dense it gets",
        source=_SOURCE,
        low=5.0,
        high=12.0,
        expected="8 to 10 people per m2 were reported",
        run=peak,
    ),
    incident_case(
        "ramp-queue",
        standard=_STANDARD,
        title="the queue grows by what comes beyond the capacity",
        source=_SOURCE,
        low=COMING_PER_MIN - CAPACITY_PER_H * SCALE / 60.0,
        high=COMING_PER_MIN + LEAVING_PER_MIN,
        expected="what comes less the capacity, to what comes and leaves: 209 to 603 people a minute",
        run=queue_growth,
    ),
)
