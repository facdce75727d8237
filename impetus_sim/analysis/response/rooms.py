"""How control rooms worked: waiting, time to confirm and to decide, and errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.metric import SECONDS, Metric
from impetus_sim.recording.reader import Recording
from impetus_sim.world.alarms import IncidentPhase

JOBS: Final = "control_jobs_"
PHASES: Final = "control_phases"
INCIDENTS: Final = "incidents"
_PIECES: Final = "incidents"

ROOM_METRICS: Final = (
    "room_wait",
    "time_to_confirm",
    "time_to_decide",
    "true_incidents_dismissed",
    "false_incidents_confirmed",
)
"""In the order of tables."""


def has_rooms(recording: Recording) -> bool:
    """Tell whether a run has control rooms."""
    return PHASES in recording.table_names


def rooms_of(recording: Recording) -> list[str]:
    """Return the names of a run's control rooms."""
    return [name.removeprefix(JOBS) for name in recording.table_names if name.startswith(JOBS)]


def phase_times(recording: Recording) -> dict[IncidentPhase, npt.NDArray[np.float64]]:
    """Return how long incidents were in each phase that they left, s, in the order in which they left it."""
    phases = recording.tables(PHASES)
    times: dict[IncidentPhase, list[float]] = {phase: [] for phase in IncidentPhase}
    since: dict[int, tuple[int, int]] = {}
    for tick, incident, phase in zip(phases["tick"], phases["incident"], phases["phase"], strict=True):
        if incident in since:
            before, began = since[incident]
            times[IncidentPhase(before)].append(float(recording.seconds(int(tick) - began)))
        since[incident] = (int(phase), int(tick))
    return {phase: np.array(found) for phase, found in times.items() if phase is not IncidentPhase.CLOSED}


def compute_room_metrics(recording: Recording) -> list[Metric]:
    """Return the metrics of a run's control rooms in the order of `ROOM_METRICS`; nothing without any."""
    if not has_rooms(recording):
        return []
    phases, watch = recording.tables(PHASES), recording.tables("control_watch")
    incidents = recording.tables(INCIDENTS)
    waits = np.concatenate([_waits_s(recording.tables(JOBS + name)) for name in rooms_of(recording)])
    is_true = watch["is_true"] == 1
    ever_believed = np.isin(np.arange(len(is_true)), _reached(phases, IncidentPhase.ANALYSE))
    dismissed = incidents["is_confirmed"] == 2
    # what other rooms only told of was not collected here
    had_alerts = incidents["n_alerts"][phases["incident"]] > 0
    own = {name: column[had_alerts] for name, column in phases.items()}
    return [
        Metric(
            name="room_wait",
            value=float(waits.mean()) if len(waits) else None,
            unit=SECONDS,
            label="mean wait of work in control rooms",
            better="lower",
            note="" if len(waits) else "no work was begun",
        ),
        _median_time(recording, own, IncidentPhase.ANALYSE, "time_to_confirm", "from alert to confirmed"),
        _median_time(recording, own, IncidentPhase.RESPOND, "time_to_decide", "from alert to decision"),
        _count("true_incidents_dismissed", is_true & dismissed, "true incidents taken for false"),
        _count("false_incidents_confirmed", ~is_true & ever_believed, "false incidents taken for true"),
    ]


def _waits_s(jobs: Mapping[str, Any]) -> npt.NDArray[np.float64]:
    begun = jobs["started_us"] >= 0
    return np.asarray((jobs["started_us"] - jobs["arrived_us"])[begun] / 1e6, np.float64)


def _reached(phases: Mapping[str, Any], phase: IncidentPhase) -> npt.NDArray[np.int64]:
    return np.unique(phases["incident"][phases["phase"] == phase])


def _median_time(
    recording: Recording, phases: Mapping[str, Any], phase: IncidentPhase, name: str, label: str
) -> Metric:
    """Return the median time from an incident's opening to its first reaching a phase."""
    opened = dict(zip(phases["incident"][::-1], phases["tick"][::-1], strict=True))  # the first stays
    reached = phases["phase"] == phase
    first = dict(zip(phases["incident"][reached][::-1], phases["tick"][reached][::-1], strict=True))
    times = [float(recording.seconds(int(first[row]) - int(opened[row]))) for row in sorted(first)]
    return Metric(
        name=name,
        value=float(np.median(times)) if times else None,
        unit=SECONDS,
        label=f"median time {label}",
        better="lower",
        note="" if times else "no incident came so far",
    )


def _count(name: str, those: npt.NDArray[np.bool_], label: str) -> Metric:
    return Metric(name=name, value=float(those.sum()), unit=_PIECES, label=label, better="lower")
