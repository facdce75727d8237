"""Alerts of a recorded run against what happened in it: what was found, when, where, by which detector."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from impetus_sim.analysis.causes import Event, Trace

ALERT = "alert"
HOUR_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class FoundIncident:
    """One hazard or attack, and the first alert about it (None for missed).

    Parameters
    ----------
    name, start_s, end_s
        Which, and from when to when it acted.
    alert
        The first alert that it led to, or that was near enough in time and place.
    delay_s, distance_m
        Of that alert from its start and its place; nan for none.
    is_by_cause
        Whether the run's own chain of causes leads from the incident to that alert.
    """

    name: str
    start_s: float
    end_s: float
    alert: Event | None
    delay_s: float
    distance_m: float
    is_by_cause: bool


@dataclass(frozen=True, kw_only=True)
class DetectorScore:
    """Alerts of one detector: all, those about nothing, and these in an hour."""

    name: str
    n_alerts: int
    n_false: int
    false_per_hour: float


@dataclass(frozen=True, kw_only=True)
class RunScore:
    """What detectors made of a run of some hours."""

    incidents: tuple[FoundIncident, ...]
    detectors: tuple[DetectorScore, ...]
    hours: float

    @property
    def hit_rate(self) -> float:
        """Share of the incidents found; nan where there were none."""
        if not self.incidents:
            return math.nan
        return sum(incident.alert is not None for incident in self.incidents) / len(self.incidents)


def score_trace(
    trace: Trace, names: Sequence[str], *, duration_s: float, after_s: float, radius_m: float
) -> RunScore:
    """Match alerts with incidents.

    An alert is about an incident when the incident is among its causes, or when it comes from its start to some
    time after its last act, and near enough; what has no place is near to everything.

    Parameters
    ----------
    trace
        Events of the run.
    names
        Of the hazards and attackers that may have acted.
    duration_s
        Of the run.
    after_s, radius_m
        See above.
    """
    alerts = [event for event in trace.events.values() if event.kind == ALERT]
    origins = {alert.id: {event.id for event in trace.origins(alert)} for alert in alerts}
    true_ids: set[int] = set()
    incidents = []
    for name, own in _incidents(trace, names).items():
        start_s, end_s = own[0].t_s, own[-1].t_s
        place = next((event for event in own if event.has_place), own[0])
        first: tuple[Event, float, bool] | None = None
        for alert in alerts:
            is_by_cause = any(event.id in origins[alert.id] for event in own)
            apart = float(np.hypot(alert.x - place.x, alert.y - place.y))
            is_near = start_s <= alert.t_s <= end_s + after_s and not apart > radius_m
            if is_by_cause or is_near:
                true_ids.add(alert.id)
                first = first or (alert, apart, is_by_cause)
        incidents.append(
            FoundIncident(
                name=name,
                start_s=start_s,
                end_s=end_s,
                alert=None if first is None else first[0],
                delay_s=math.nan if first is None else first[0].t_s - start_s,
                distance_m=math.nan if first is None else first[1],
                is_by_cause=first is not None and first[2],
            )
        )
    hours = duration_s / HOUR_S
    return RunScore(incidents=tuple(incidents), detectors=_by_detector(alerts, true_ids, hours), hours=hours)


def _incidents(trace: Trace, names: Sequence[str]) -> Mapping[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in trace.events.values():
        if event.subject in names and event.kind != ALERT:
            found.setdefault(event.subject, []).append(event)
    return dict(sorted(found.items(), key=lambda item: item[1][0].t_s))


def _by_detector(alerts: Sequence[Event], true_ids: set[int], hours: float) -> tuple[DetectorScore, ...]:
    scores = []
    for name in sorted({alert.subject for alert in alerts}):
        own = [alert for alert in alerts if alert.subject == name]
        n_false = sum(alert.id not in true_ids for alert in own)
        scores.append(
            DetectorScore(name=name, n_alerts=len(own), n_false=n_false, false_per_hour=n_false / hours)
        )
    return tuple(scores)
