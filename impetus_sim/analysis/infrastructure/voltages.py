"""Voltages of the grid of a run, where it was asked to compute them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.metric import Metric
from impetus_sim.infrastructure.power.ac_data import HIGH_PU, LOW_PU
from impetus_sim.recording.reader import Recording

CHANNEL = "voltages"


@dataclass(frozen=True, kw_only=True)
class RecordedVoltages:
    """Voltages from each time on. times_s: float (times,). pu: float (times, buses), nan where dark or unsolved.
    is_solved: bool (times,), whether the AC flow had a solution. buses: names."""

    times_s: npt.NDArray[np.float64]
    pu: npt.NDArray[np.float64]
    is_solved: npt.NDArray[np.bool_]
    buses: tuple[str, ...]


def read_voltages(recording: Recording) -> RecordedVoltages | None:
    """Return the voltages of a recording; None where none were computed."""
    blocks = list(recording.series(CHANNEL))
    if not blocks:
        return None
    return RecordedVoltages(
        times_s=np.array([recording.seconds(tick) for tick, _ in blocks]),
        pu=np.array([values["pu"] for _, values in blocks], np.float64),
        is_solved=np.array([bool(values["is_solved"][0]) for _, values in blocks]),
        buses=tuple(str(name) for name in recording.static("power_buses")["id"]),
    )


def compute_voltage_metrics(recording: Recording) -> list[Metric]:
    """Return the lowest voltage, the most buses outside 0.9 to 1.1 pu, and flows without a solution; none for runs
    without voltages."""
    found = read_voltages(recording)
    if found is None:
        return []
    outside = ((found.pu < LOW_PU) | (found.pu > HIGH_PU)).sum(axis=1)
    worst = int(np.argmax(outside))
    n_unsolved = int((~found.is_solved).sum())
    return [
        _lowest(found),
        Metric(
            name="most_buses_outside_voltage",
            value=float(outside[worst]),
            unit="buses",
            label="most buses outside 0.9 to 1.1 pu at once",
            better="lower",
            note=f"at {found.times_s[worst]:g} s" if outside[worst] else "",
        ),
        Metric(
            name="flows_without_voltages",
            value=float(n_unsolved),
            unit="flows",
            label=f"AC flows without a solution, of {len(found.is_solved)}",
            better="lower",
            note=f"first at {found.times_s[~found.is_solved][0]:g} s" if n_unsolved else "",
        ),
    ]


def _lowest(found: RecordedVoltages) -> Metric:
    known = np.where(np.isfinite(found.pu), found.pu, np.inf)
    time, bus = np.unravel_index(int(np.argmin(known)), known.shape)
    lowest = float(known[time, bus])
    is_known = bool(np.isfinite(lowest))
    return Metric(
        name="lowest_voltage",
        value=lowest if is_known else None,
        unit="pu",
        label="lowest voltage in the grid",
        better="higher",
        note=f"{found.buses[bus]} at {found.times_s[time]:g} s" if is_known else "no bus ever had a voltage",
    )
