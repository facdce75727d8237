"""Curves of one run on an even grid of times, small enough for a study to keep one of every run.

People out of the place, and people without each service. From many runs of an option they give a band.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.egress import compute_egress_curves
from impetus_sim.analysis.ground import read_ground
from impetus_sim.analysis.infrastructure.lacks import PEOPLE_LACK
from impetus_sim.analysis.infrastructure.recorded import CHANNEL, has_infrastructure, read_assets
from impetus_sim.analysis.people import read_people
from impetus_sim.recording.reader import Recording

N_STEPS: Final = 60
"""Steps of the grid from the start to the end of what was followed."""
PEOPLE_OUT: Final = "people_out"
WITHOUT: Final = "people_without_"
"""Before the name of a service."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class RunCurve:
    """People over time in one run.

    Parameters
    ----------
    label
        Words, such as ``people out``.
    end_s
        Time of the last value; the first is at 0.
    of
        How many people there were in all.
    values
        People at ``N_STEPS + 1`` even times.
    """

    label: str
    end_s: float
    of: float
    values: tuple[float, ...]


def compute_run_curves(recording: Recording) -> dict[str, RunCurve]:
    """Return the curves of a run by name: `PEOPLE_OUT` if anybody was there, `WITHOUT` and each service."""
    curves = {}
    people = read_people(recording)
    n_entered = int(np.count_nonzero(people.has_entered))
    if n_entered and people.followed_s > 0.0:
        total = compute_egress_curves(people, read_ground(recording))[0]
        times_s = np.linspace(0.0, people.followed_s, N_STEPS + 1)
        curves[PEOPLE_OUT] = _curve("people out", times_s, float(n_entered), total.at(times_s))
    if has_infrastructure(recording) and next(recording.series(CHANNEL), None) is not None:
        curves |= _compute_outages(recording)
    return curves


def _compute_outages(recording: Recording) -> dict[str, RunCurve]:
    assets = read_assets(recording)
    end_s = max(assets.end_s, float(assets.times_s[-1]))
    times_s = np.linspace(0.0, end_s, N_STEPS + 1)
    at = np.maximum(np.searchsorted(assets.times_s, times_s, side="right") - 1, 0)
    curves = {}
    for service, lack_of in PEOPLE_LACK.items():
        lack = lack_of(recording, assets)
        people = float(lack.people.sum())
        if people > 0.0 and end_s > 0.0:
            without = lack.is_without[at] @ lack.people
            curves[WITHOUT + service] = _curve(f"people without {service}", times_s, people, without)
    return curves


def _curve(label: str, times_s: Floats, of: float, values: npt.NDArray[np.generic]) -> RunCurve:
    return RunCurve(
        label=label, end_s=float(times_s[-1]), of=of, values=tuple(float(value) for value in values.tolist())
    )
