"""Who goes without power, water or phone, by district: the people of buildings, where they are supplied."""

from __future__ import annotations

from impetus_sim.analysis.by_group import GroupMeasures
from impetus_sim.analysis.infrastructure.lacks import PEOPLE_LACK
from impetus_sim.analysis.infrastructure.recorded import CHANNEL, has_infrastructure, read_assets
from impetus_sim.analysis.infrastructure.restoration import unserved_hours
from impetus_sim.analysis.infrastructure.service_loss import held_levels, share_by_district
from impetus_sim.analysis.metric import PEOPLE, Metric
from impetus_sim.recording.reader import Recording

HOURS = "h"


def compute_by_district(recording: Recording) -> list[GroupMeasures]:
    """Return hours without each service for each person, by district; none for runs without infrastructure."""
    if not has_infrastructure(recording) or next(recording.series(CHANNEL), None) is None:
        return []
    assets = read_assets(recording)
    people: dict[str, float] = {}
    metrics: dict[str, list[Metric]] = {}
    for service, lack_of in PEOPLE_LACK.items():
        lack = lack_of(recording, assets)
        times_s, levels = held_levels(assets, lack)
        for share in share_by_district(recording, lack, unserved_hours(times_s=times_s, levels=levels)):
            people[share.name] = max(share.people, people.get(share.name, 0.0))
            metrics.setdefault(share.name, []).append(
                Metric(
                    name=f"hours_without_{service}",
                    value=share.hours_each,
                    unit=HOURS,
                    label=f"hours without {service} a person",
                    better="lower",
                )
            )
    return [
        GroupMeasures(
            by="district",
            name=name,
            n_people=round(people[name]),
            metrics={
                metric.name: metric
                for metric in (Metric(name="people", value=people[name], unit=PEOPLE, label="people"), *found)
            },
        )
        for name, found in metrics.items()
    ]
