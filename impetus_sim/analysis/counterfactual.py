"""What a cause was worth: a run beside the same run without it, event by event and harm by harm.

Both have one seed, and what is drawn for a person or an event does not depend on the others, so whatever differs
follows from the cause. Events are matched by kind and subject; of several alike the first counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from impetus_sim.analysis.cause_graph import Step, build_cause_graph
from impetus_sim.analysis.causes import Trace
from impetus_sim.analysis.metric import Metric

SAME_S: Final = 0.5e-3
"""Times closer than this are the same moment."""
HARM_METRICS: Final = (
    "people_dead",
    "people_injured",
    "people_incapacitated",
    "people_exposed",
    "exposure_time",
    "casualties",
    "time_above_4",
    "time_above_6",
    "person_hours_without_power",
    "person_hours_without_water",
    "person_hours_without_phone",
)
"""Names, or what stands before the first dot of names, of the metrics that are harm."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One kind of thing that happened to one subject, with the cause and without.

    Parameters
    ----------
    kind, subject
        What happened.
    with_s, without_s
        Time of the first event in the run with the cause and in that without; None where it did not happen.
    n_with, n_without
        How often it happened.
    """

    kind: str
    subject: str
    with_s: float | None
    without_s: float | None
    n_with: int
    n_without: int

    @property
    def delay_s(self) -> float | None:
        """By how much the cause made it later, s; None where it happened in one of the runs only."""
        if self.with_s is None or self.without_s is None:
            return None
        return self.with_s - self.without_s


@dataclass(frozen=True, kw_only=True)
class HarmDifference:
    """One measure of harm in both runs; None where a run does not define it."""

    name: str
    label: str
    unit: str
    with_cause: float | None
    without_cause: float | None

    @property
    def change(self) -> float | None:
        """What the cause added."""
        if self.with_cause is None or self.without_cause is None:
            return None
        return self.with_cause - self.without_cause


def compare_traces(with_cause: Trace, without_cause: Trace) -> list[Difference]:
    """Return what happened in one run only, or at another time, in the order of the run with the cause."""
    first, second = _first_times(with_cause), _first_times(without_cause)
    found = []
    for kind, subject in dict.fromkeys((*first, *second)):
        at, n = first.get((kind, subject), (None, 0))
        other_at, other_n = second.get((kind, subject), (None, 0))
        is_same_time = at is not None and other_at is not None and abs(at - other_at) < SAME_S
        if not is_same_time:
            found.append(
                Difference(
                    kind=kind, subject=subject, with_s=at, without_s=other_at, n_with=n, n_without=other_n
                )
            )
    return sorted(found, key=_time_of)


def compare_harm(
    with_cause: Mapping[str, Metric], without_cause: Mapping[str, Metric]
) -> list[HarmDifference]:
    """Return every measure of harm that either run has."""
    names = dict.fromkeys((*with_cause, *without_cause))
    return [
        HarmDifference(
            name=name,
            label=metric.label or name,
            unit=metric.unit,
            with_cause=_value(with_cause, name),
            without_cause=_value(without_cause, name),
        )
        for name in names
        if name.split(".")[0] in HARM_METRICS
        for metric in [with_cause.get(name) or without_cause[name]]
    ]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A step that a cause led to.

    Parameters
    ----------
    step
        What happened, as one step of the causal graph.
    delay_s
        By how much later it came than without the cause, s (below 0: sooner); 0 where it came at the same time;
        None where it does not happen without it.
    """

    step: Step
    delay_s: float | None


def tell_story(trace: Trace, cause: str, differences: Sequence[Difference]) -> list[Told]:
    """Return what events of a cause led to, in steps, in the order of time.

    Parameters
    ----------
    trace
        Of the run with the cause.
    cause
        Subject of its first events.
    differences
        From `compare_traces`.
    """
    roots = [event for event in trace.roots if event.subject == cause]
    changed = {(d.kind, d.subject): d for d in differences}
    told = []
    for step in build_cause_graph(Trace(trace.reach(*roots))).steps:
        found = [changed[step.kind, subject] for subject in step.subjects if (step.kind, subject) in changed]
        if not found:
            told.append(Told(step=step, delay_s=0.0))
            continue
        first = min(found, key=lambda d: float("inf") if d.with_s is None else d.with_s)
        told.append(Told(step=step, delay_s=first.delay_s))
    return told


def _first_times(trace: Trace) -> dict[tuple[str, str], tuple[float, int]]:
    found: dict[tuple[str, str], tuple[float, int]] = {}
    for event in trace.events.values():
        key = (event.kind, event.subject)
        at, n = found.get(key, (event.t_s, 0))
        found[key] = (at, n + 1)
    return found


def _time_of(difference: Difference) -> tuple[float, str, str]:
    at = difference.with_s if difference.with_s is not None else difference.without_s
    assert at is not None
    return (at, difference.kind, difference.subject)


def _value(metrics: Mapping[str, Metric], name: str) -> float | None:
    metric = metrics.get(name)
    return None if metric is None else metric.value
