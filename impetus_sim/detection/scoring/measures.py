"""Hits, false alarms, delays, receiver operating characteristic and run lengths: how practice scores a detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Roc:
    """Shares of false and of true alarms as the threshold falls, float64 (k,), from (0, 0) to (1, 1)."""

    false_share: Floats
    true_share: Floats

    @property
    def area(self) -> float:
        """Area under the curve: chance that a reading under attack scores higher than one that is not."""
        return float(np.trapezoid(self.true_share, self.false_share))


def compute_roc(truth: npt.NDArray[np.bool_], scores: Floats) -> Roc:
    """Return the curve of scores, equal ones taken together.

    Parameters
    ----------
    truth, scores
        Of each reading, bool (m,) with both kinds in it, and float64 (m,).
    """
    order = np.argsort(-scores, kind="stable")
    hits, ordered = truth[order], scores[order]
    last = np.concatenate([np.flatnonzero(np.diff(ordered)), [len(ordered) - 1]])
    true_share = np.cumsum(hits)[last] / hits.sum()
    false_share = np.cumsum(~hits)[last] / (~hits).sum()
    return Roc(
        false_share=np.concatenate([[0.0], false_share]), true_share=np.concatenate([[0.0], true_share])
    )


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Something that was to be found: from when to when, s, and where, m (nan for nowhere)."""

    start_s: float
    end_s: float
    x: float = float("nan")
    y: float = float("nan")


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An alarm: when, s, and where, m (nan for nowhere)."""

    time_s: float
    x: float = float("nan")
    y: float = float("nan")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What became of incidents and alarms.

    Parameters
    ----------
    delays_s
        Of each incident from its start to the first alarm that is about it, nan for missed, float64 (n,).
    distances_m
        Of that alarm from the incident, nan where one of them has no place, float64 (n,).
    n_false
        Alarms about nothing.
    hours
        Observed.
    """

    delays_s: Floats
    distances_m: Floats
    n_false: int
    hours: float

    @property
    def hit_rate(self) -> float:
        """Share of incidents found; nan where there were none."""
        return float(np.isfinite(self.delays_s).mean()) if len(self.delays_s) else float("nan")

    @property
    def false_per_hour(self) -> float:
        """False alarms per hour."""
        return self.n_false / self.hours

    @property
    def mean_delay_s(self) -> float:
        """Of the incidents found; nan for none."""
        found = self.delays_s[np.isfinite(self.delays_s)]
        return float(found.mean()) if len(found) else float("nan")

    def located_within(self, radius_m: float) -> float:
        """Return the share of incidents whose first alarm was this near; nan where none could be judged."""
        known = self.distances_m[np.isfinite(self.distances_m)]
        return float((known <= radius_m).mean()) if len(known) else float("nan")


def match_alarms(
    incidents: Sequence[Incident], alarms: Sequence[Alarm], *, hours: float, after_s: float, radius_m: float
) -> Found:
    """Tell which alarms are about which incidents: from its start to some time after its end, and near enough.

    Parameters
    ----------
    incidents, alarms
        In any order.
    hours
        Observed.
    after_s
        Time after the end of an incident in which an alarm still counts.
    radius_m
        Distance up to which it does; whatever has no place counts.
    """
    delays, distances = np.full(len(incidents), np.nan), np.full(len(incidents), np.nan)
    n_false = 0
    for alarm in sorted(alarms, key=lambda one: one.time_s):
        is_about_any = False
        for k, incident in enumerate(incidents):
            apart = float(np.hypot(alarm.x - incident.x, alarm.y - incident.y))
            if not incident.start_s <= alarm.time_s <= incident.end_s + after_s or apart > radius_m:
                continue
            is_about_any = True
            if np.isnan(delays[k]):
                delays[k], distances[k] = alarm.time_s - incident.start_s, apart
        n_false += not is_about_any
    return Found(delays_s=delays, distances_m=distances, n_false=n_false, hours=hours)
