"""Who was hurt, how badly, and who was taken away: of runs with a hazard that injures.

Unlike the ranges of `impetus_sim.analysis.harm` these are counts of one run: what a hazard's law did to the people
whom it reached under one seed. Only an ensemble tells how far they can be trusted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from impetus_sim.analysis.metric import PEOPLE, Metric
from impetus_sim.analysis.people import Mask, People
from impetus_sim.recording.reader import Recording
from impetus_sim.world.injuries import Severity

LABELS = {
    Severity.MINOR: "people hurt who can walk",
    Severity.DELAYED: "people hurt who cannot walk",
    Severity.IMMEDIATE: "people in danger of dying",
    Severity.DEAD: "people dead",
}


def compute_people_injured(people: People, who: Mask | None = None) -> list[Metric]:
    """Return how many are hurt and alive, how many of each severity, and how many dead; empty without injuries."""
    if people.severity is None:
        return []
    severity = people.severity if who is None else people.severity[who]
    numbers = np.bincount(severity, minlength=len(Severity) + 1)
    living = int(numbers[Severity.MINOR : Severity.DEAD].sum())
    metrics = [_metric("people_injured", living, "people hurt and alive")]
    for kind, label in LABELS.items():
        name = "people_dead" if kind is Severity.DEAD else f"people_injured.{kind.name.lower()}"
        metrics.append(_metric(name, int(numbers[kind]), label))
    return metrics


def compute_injury_metrics(recording: Recording, people: People) -> list[Metric]:
    """Return those of everybody, and how many were taken away; empty for a run in which nothing can injure."""
    if people.severity is None:
        return []
    carried = int(np.count_nonzero(recording.tables("crowd_injuries")["carried_tick"] >= 0))
    return [
        *compute_people_injured(people),
        Metric(
            name="people_carried", value=float(carried), unit=PEOPLE, label="people taken away by responders"
        ),
    ]


def describe_injuries(people: People) -> list[dict[str, Any]]:
    """Return the hurt by profile, then by population, as plain values; empty for a run without injuries."""
    found = []
    for by, codes, names in (
        ("profile", people.profile, people.profile_names),
        ("population", people.population, people.population_names),
    ):
        for code, name in enumerate(names):
            who = people.has_entered & (codes == code)
            metrics = compute_people_injured(people, who)
            if metrics and who.any():
                counts = {metric.name: int(metric.value or 0) for metric in metrics}
                found.append({"by": by, "name": name, "people": int(np.count_nonzero(who)), **counts})
    return found


def _metric(name: str, value: int, label: str) -> Metric:
    return Metric(name=name, value=float(value), unit=PEOPLE, label=label, better="lower")
