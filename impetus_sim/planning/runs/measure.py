"""From a recording to the outcome that a study keeps: metrics, by group too, curves, and what sensors said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

from impetus_sim.analysis.by_group import compute_by_group
from impetus_sim.analysis.infrastructure.by_district import compute_by_district
from impetus_sim.analysis.metric import Metric
from impetus_sim.analysis.metrics import compute_metrics
from impetus_sim.analysis.people import read_people
from impetus_sim.analysis.run_curves import compute_run_curves
from impetus_sim.analysis.sensing.recorded import read_readings
from impetus_sim.planning.runs.outcome import Measure, Outcome
from impetus_sim.recording.reader import Recording


def measure_recording(recording: Recording) -> Outcome:
    """Return the outcome of a finished run."""
    found = [*compute_by_group(read_people(recording)), *compute_by_district(recording)]
    groups = {group.key: _to_measures(group.metrics) for group in found}
    return Outcome(
        metrics=_to_measures(compute_metrics(recording)),
        groups=groups,
        digest=str(recording.summary["digest"]),
        curves={name: asdict(curve) for name, curve in compute_run_curves(recording).items()},
    )


def measure_with_readings(recording: Recording) -> Outcome:
    """Return the outcome of a finished run, with all readings of its sensors."""
    return replace(measure_recording(recording), readings=read_readings(recording))


def _to_measures(metrics: Mapping[str, Metric]) -> dict[str, Measure]:
    return {
        name: Measure(
            value=metric.value,
            unit=metric.unit,
            label=metric.label,
            better=metric.better,
            is_censored=metric.is_censored,
        )
        for name, metric in metrics.items()
    }
