"""How a service was lost and came back: its curve, by district, and for the people of the run by profile.

Computed from a recording alone. People of buildings count by the district in which they are supplied; of what
groups they are, maps do not say. So groups are those of the people that the run follows, wherever they are in its
focus, as if they were supplied there: who stands on a dark square is without light as those in its houses are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from impetus_sim.analysis.by_group import MIN_GROUP
from impetus_sim.analysis.ground import read_static, read_texts
from impetus_sim.analysis.infrastructure.lacks import PEOPLE_LACK, Lack
from impetus_sim.analysis.infrastructure.recorded import RecordedAssets
from impetus_sim.analysis.infrastructure.restoration import (
    Restoration,
    measure_restoration,
    person_hours_by,
    restoration_curve,
    unserved_hours,
)
from impetus_sim.analysis.metric import format_number
from impetus_sim.analysis.people import read_people
from impetus_sim.recording.reader import Recording

DISTRICTS: Final = "asset_districts"
ELSEWHERE: Final = "elsewhere"
MOST_SAMPLES: Final = 120
"""Frames at which people's places are looked at, evenly over the run."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Share:
    """One district or group: people, and person-hours without the service."""

    name: str
    people: float
    person_hours: float

    @property
    def hours_each(self) -> float:
        """Hours without it for each person."""
        return self.person_hours / self.people if self.people > 0.0 else 0.0

    @property
    def text(self) -> str:
        """Such as ``Kluuvi (0.31 h a person)``."""
        return f"{self.name} ({format_number(self.hours_each)} h a person)"


@dataclass(frozen=True, kw_only=True)
class ServiceLoss:
    """One service over a run.

    Parameters
    ----------
    service
        Of `PEOPLE_LACK`.
    people
        Who are supplied where the map shows it.
    times_s, share
        Restoration curve: share of them with the service, float64 (times,), each held until the next; the last time
        is the end.
    restoration
        What the curve says.
    person_hours
        Without it.
    districts, groups
        Shares with somebody in them; districts of the recording, profiles of the run's people.
    """

    service: str
    people: float
    times_s: Floats
    share: Floats
    restoration: Restoration
    person_hours: float
    districts: tuple[Share, ...]
    groups: tuple[Share, ...]

    @property
    def worst_district(self) -> Share | None:
        """The district with most hours a person; None when nobody was without, or there is one only."""
        return _worst(self.districts)

    @property
    def worst_group(self) -> Share | None:
        """The profile with most hours a person, of those with enough people to tell; None likewise."""
        return _worst(tuple(group for group in self.groups if group.people >= MIN_GROUP))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; nan becomes None."""
        found = self.restoration
        return {
            "service": self.service,
            "people": self.people,
            "person_hours_without": self.person_hours,
            "equivalent_outage_hours": found.lost_h,
            "resilience": found.resilience,
            "least_share": found.lowest,
            "fell_s": _or_none(found.fell_s),
            "back_s": _or_none(found.back_s),
            "curve": {"t_s": self.times_s.tolist(), "share": self.share.tolist()},
            "by_district": [_share_dict(share) for share in self.districts],
            "worst_district": None if self.worst_district is None else self.worst_district.name,
            "by_group": [_share_dict(share) for share in self.groups],
            "worst_group": None if self.worst_group is None else self.worst_group.name,
        }


def compute_service_losses(recording: Recording, assets: RecordedAssets) -> list[ServiceLoss]:
    """Return power, water and phone of a run, those for which the map shows people to supply.

    Parameters
    ----------
    recording
        With infrastructure; finished, or cut short.
    assets
        Of it.
    """
    if not assets.end_s > assets.times_s[0]:
        return []
    found = []
    for service, lack_of in PEOPLE_LACK.items():
        lack = lack_of(recording, assets)
        if lack.people.sum() > 0.0:
            found.append(_measure(recording, assets, service, lack))
    return found


def _measure(recording: Recording, assets: RecordedAssets, service: str, lack: Lack) -> ServiceLoss:
    times_s, levels = held_levels(assets, lack)
    share = restoration_curve(levels=levels, weights=lack.people)
    hours = unserved_hours(times_s=times_s, levels=levels)
    return ServiceLoss(
        service=service,
        people=float(lack.people.sum()),
        times_s=times_s,
        share=share,
        restoration=measure_restoration(times_s=times_s, share=share, is_held=True),
        person_hours=float(hours @ lack.people),
        districts=share_by_district(recording, lack, hours),
        groups=_by_profile(recording, assets, lack),
    )


def held_levels(assets: RecordedAssets, lack: Lack) -> tuple[Floats, Floats]:
    """Return times (n,), s, and service levels (n, places), each held until the next; the last is the end."""
    times_s = np.append(assets.times_s, max(assets.end_s, assets.times_s[-1]))
    levels = 1.0 - np.concatenate([lack.is_without, lack.is_without[-1:]]).astype(np.float64)
    return times_s, levels


def share_by_district(recording: Recording, lack: Lack, hours: Floats) -> tuple[Share, ...]:
    """Return people and their hours without the service by district, of those with somebody in them.

    Parameters
    ----------
    lack
        Of the service.
    hours
        Without it at each place of the lack, shape (places,).
    """
    static = read_static(recording, DISTRICTS)
    names = [*read_texts(static.get("name")), ELSEWHERE]
    if len(names) == 1:
        return ()
    labels = np.asarray(static["of_asset"], np.int64)[lack.rows]
    labels = np.where(labels < 0, len(names) - 1, labels)
    lost = person_hours_by(unserved_h=hours, people=lack.people, labels=labels, n_labels=len(names))
    people = np.bincount(labels, lack.people, len(names))
    return tuple(
        Share(name=name, people=float(people[k]), person_hours=float(lost[k]))
        for k, name in enumerate(names)
        if people[k] > 0.0
    )


def _by_profile(recording: Recording, assets: RecordedAssets, lack: Lack) -> tuple[Share, ...]:
    """Return the hours that people of each profile spent at places without the service."""
    people = read_people(recording)
    n_frames, n_profiles = len(recording.ticks), len(people.profile_names)
    of_profile = np.bincount(people.profile[people.has_entered], minlength=n_profiles)
    lost = np.zeros(n_profiles)
    if n_frames and lack.is_without.any():
        tree = cKDTree(np.column_stack([lack.x, lack.y]))
        frames = list(recording.frames(max(1, -(-n_frames // MOST_SAMPLES))))
        ends_s = np.append([frame.t_s for frame in frames[1:]], max(assets.end_s, frames[-1].t_s))
        for frame, end_s in zip(frames, ends_s.tolist(), strict=True):
            at = int(np.searchsorted(assets.times_s, frame.t_s, side="right")) - 1
            if at < 0 or not len(frame.x) or not lack.is_without[at].any():
                continue
            near = tree.query(np.column_stack([frame.x, frame.y]))[1]
            without = people.profile[frame.rows[lack.is_without[at][near]]]
            lost += np.bincount(without, minlength=n_profiles) * (end_s - frame.t_s) / 3600.0
    return tuple(
        Share(name=name, people=float(of_profile[k]), person_hours=float(lost[k]))
        for k, name in enumerate(people.profile_names)
        if of_profile[k]
    )


def _worst(shares: tuple[Share, ...]) -> Share | None:
    if len(shares) < 2:
        return None
    worst = max(shares, key=lambda share: share.hours_each)
    return worst if worst.person_hours > 0.0 else None


def _share_dict(share: Share) -> dict[str, Any]:
    return {
        "name": share.name,
        "people": share.people,
        "person_hours": share.person_hours,
        "hours_each": share.hours_each,
    }


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value
