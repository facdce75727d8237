"""What a run holds as plain tables, one row for each person, event, metric, trip, asset or change of an asset.

Times are seconds since the run began, places local metres. What a run does not have gives an empty table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from impetus_sim.analysis.ground import read_static, read_texts
from impetus_sim.analysis.infrastructure.recorded import (
    CHANNEL,
    RecordedAssets,
    has_infrastructure,
    read_assets,
)
from impetus_sim.analysis.metrics import compute_metrics
from impetus_sim.analysis.people import NEVER, PENDING, People, Ticks, read_people
from impetus_sim.analysis.traffic.recorded import Floats, has_traffic
from impetus_sim.analysis.traffic.trips import Trips, read_trips
from impetus_sim.recording.reader import Recording
from impetus_sim.world.assets import Service
from impetus_sim.world.injuries import Severity

if TYPE_CHECKING:
    import pandas as pd

STATES: Final = ("pending", "inside", "left", "removed", "on link", "between places")
"""Words for the numbers of the crowd table's ``state`` (`crowd.population`)."""


def person_times(recording: Recording, people: People) -> dict[str, Floats]:
    """Return when each person entered, became aware, set out and left, float64 (people,), s; nan for never."""

    def seconds(ticks: Ticks) -> Floats:
        return np.where(ticks == NEVER, np.nan, np.asarray(recording.seconds(ticks), np.float64))

    return {
        "entered_s": seconds(np.where(people.state == PENDING, NEVER, people.enter_tick)),
        "aware_s": seconds(people.aware_tick),
        "moved_s": seconds(people.move_tick),
        "left_s": seconds(people.left_tick),
    }


def people_table(recording: Recording) -> pd.DataFrame:
    """Return one row per person: who, what became of them, when, by which exit."""
    import pandas as pd

    people, static = read_people(recording), read_static(recording, "people")
    exits = [*read_texts(read_static(recording, "exits").get("name")), ""]
    known = (people.exit >= 0) & (people.exit < len(exits) - 1)
    columns: dict[str, Any] = {
        "uid": np.asarray(static.get("uid", ()), np.uint64)[: len(people)],
        "population": _named(people.population_names, people.population),
        "profile": _named(people.profile_names, people.profile),
        "state": _named(STATES, people.state),
        **person_times(recording, people),
        "exit": _named(exits, np.where(known, people.exit, len(exits) - 1)),
    }
    for name, unit in (("radius", "radius_m"), ("desired_speed", "desired_speed_m_s")):
        if name in static:
            columns[unit] = np.asarray(static[name])[: len(people)]
    if people.exposure_s is not None:
        columns["exposure_s"] = people.exposure_s
    if people.severity is not None:
        columns["severity"] = _named([one.name.lower() for one in Severity], people.severity)
    return pd.DataFrame(columns)


def metric_table(recording: Recording) -> pd.DataFrame:
    """Return one row per metric: value (missing where it is not defined), unit, label, whether it is censored."""
    import pandas as pd

    return pd.DataFrame([metric.to_dict() for metric in compute_metrics(recording).values()])


def trip_table(recording: Recording) -> pd.DataFrame:
    """Return one row per vehicle: its trip from door to door (`analysis.traffic.trips`)."""
    import pandas as pd

    if not has_traffic(recording) or "traffic_vehicles" not in recording.table_names:
        return pd.DataFrame()
    trips = read_trips(recording)
    return pd.DataFrame(
        {
            "vehicle": np.arange(len(trips)),
            "uid": _vehicle_uids(recording, trips),
            "kind": _named(trips.kind_names, trips.kind),
            "state": trips.state,
            "origin": trips.origin,
            "goal": trips.goal,
            "depart_s": trips.depart_s,
            "arrive_s": trips.arrive_s,
            "time_s": trips.time_s,
            "free_s": trips.free_s,
            "delay_s": trips.delay_s,
            "travelled_m": trips.travelled_m,
        }
    )


def asset_table(recording: Recording) -> pd.DataFrame:
    """Return one row per asset: what and where, its level at the end, its lowest, and how long it was below 1."""
    import pandas as pd

    assets = _assets(recording)
    if assets is None:
        return pd.DataFrame()
    below = (assets.level < 1.0) * assets.spans_s[:, None]
    return pd.DataFrame(
        {
            "asset": assets.ids,
            "kind": assets.kinds,
            "basis": assets.basis,
            "is_mapped": assets.is_mapped,
            "x_m": assets.x,
            "y_m": assets.y,
            "people": assets.people,
            "end_level": assets.level[-1],
            "lowest_level": assets.level.min(axis=0),
            "below_full_s": below.sum(axis=0),
            "lacks_at_end": [_lacks(bits) for bits in assets.unmet[-1]],
        }
    )


def asset_state_table(recording: Recording) -> pd.DataFrame:
    """Return one row per asset and time at which its state became another; all of them at the first time."""
    import pandas as pd

    assets = _assets(recording)
    if assets is None:
        return pd.DataFrame()
    changed = np.ones(assets.level.shape, bool)
    changed[1:] = (np.diff(assets.level, axis=0) != 0.0) | (assets.unmet[1:] != assets.unmet[:-1])
    when, row = np.nonzero(changed)
    return pd.DataFrame(
        {
            "t_s": assets.times_s[when],
            "asset": assets.ids[row],
            "level": assets.level[when, row],
            "lacks": [_lacks(bits) for bits in assets.unmet[when, row]],
        }
    )


def _assets(recording: Recording) -> RecordedAssets | None:
    if not has_infrastructure(recording) or next(recording.series(CHANNEL), None) is None:
        return None
    return read_assets(recording)


def _lacks(bits: int) -> str:
    return " ".join(one.name.lower() for one in Service if int(bits) & (1 << one))


def _vehicle_uids(recording: Recording, trips: Trips) -> Any:
    known = np.asarray(recording.static("vehicles")["uid"], np.uint64).astype(str)
    return np.concatenate([known, np.full(max(len(trips) - len(known), 0), "")])  # others joined in the run


def _named(names: Any, codes: Any) -> Any:
    return np.array([*names], object)[np.asarray(codes, np.int64)] if len(codes) else np.empty(0, object)
