"""Who fares worst: the measures of egress and exposure by profile and by population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impetus_sim.analysis.egress import compute_mean_egress_time, compute_share_out
from impetus_sim.analysis.exposure import compute_exposure_time, compute_people_exposed
from impetus_sim.analysis.injuries import compute_people_injured
from impetus_sim.analysis.metric import PEOPLE, SECONDS, SHARE, Metric
from impetus_sim.analysis.people import Mask, People

MIN_GROUP = 5
"""Smaller groups are listed but never named as worst off: one person's luck decides there."""


@dataclass(frozen=True, kw_only=True)
class GroupMeasures:
    """Measures of one group.

    Parameters
    ----------
    by
        ``profile`` or ``population``.
    name
        Such as ``wheelchair_user``.
    n_people
        Ever inside.
    metrics
        Metric name to metric.
    """

    by: str
    name: str
    n_people: int
    metrics: dict[str, Metric]

    @property
    def key(self) -> str:
        """Such as ``profile=wheelchair_user``."""
        return f"{self.by}={self.name}"


def compute_by_group(people: People) -> list[GroupMeasures]:
    """Return the measures of every profile, then of every population, that has anybody who entered."""
    groups = []
    for by, codes, names in (
        ("profile", people.profile, people.profile_names),
        ("population", people.population, people.population_names),
    ):
        for code, name in enumerate(names):
            who = people.has_entered & (codes == code)
            if who.any():
                groups.append(_measure(by, name, people, who))
    return groups


def _measure(by: str, name: str, people: People, who: Mask) -> GroupMeasures:
    n_people = int(np.count_nonzero(who))
    exposed = compute_people_exposed(people, who)
    time = compute_exposure_time(people, who)
    metrics = [
        Metric(name="people", value=float(n_people), unit=PEOPLE, label="people"),
        compute_mean_egress_time(people, who),
        compute_share_out(people, who),
        exposed,
        Metric(
            name="share_exposed",
            value=None if exposed.value is None else exposed.value / n_people,
            unit=SHARE,
            label="share exposed to danger",
            better="lower",
            note=exposed.note,
        ),
        Metric(
            name="mean_exposure_time",
            value=None if time.value is None else time.value / n_people,
            unit=SECONDS,
            label="time exposed per person",
            better="lower",
            note=time.note,
        ),
        *compute_people_injured(people, who),
    ]
    return GroupMeasures(
        by=by, name=name, n_people=n_people, metrics={metric.name: metric for metric in metrics}
    )


def find_worst_off(groups: list[GroupMeasures], metric: str, *, by: str = "profile") -> GroupMeasures | None:
    """Return the group with the worst value of a metric; None when none is large enough or all are equal.

    Parameters
    ----------
    groups
        From `compute_by_group`.
    metric
        One that says which way is better.
    by
        Compare profiles or populations.
    """
    known = [
        group
        for group in groups
        if group.by == by and group.n_people >= MIN_GROUP and group.metrics[metric].value is not None
    ]
    if len(known) < 2:
        return None
    sign = -1.0 if known[0].metrics[metric].better == "higher" else 1.0
    values = [sign * (group.metrics[metric].value or 0.0) for group in known]
    return known[int(np.argmax(values))] if max(values) > min(values) else None
