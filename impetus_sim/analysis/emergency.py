"""Travel times of emergency vehicles: over the vehicles of a run as metrics, over the runs of a scenario."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.metric import Metric
from impetus_sim.analysis.percentiles import percentile_of_times
from impetus_sim.recording.reader import Recording

TABLE = "traffic_emergency"
EMERGENCY_METRICS = ("emergency_time_median", "emergency_time_p90")
"""In the order of tables; runs without emergency vehicles have none."""
_WORDS = {50.0: "median travel time of emergency vehicles", 90.0: "90 % of emergency vehicles there within"}
_US_PER_S = 1e6


def compute_emergency_metrics(recording: Recording) -> list[Metric]:
    """Return median and 90th percentile of the travel times of a run's emergency vehicles; nothing without any.

    Every vehicle whose time to set out came counts, those not there (also those without a way) with the time they
    were followed. A percentile is censored where one of them could still change it.
    """
    if TABLE not in recording.table_names:
        return []
    table = recording.tables(TABLE)
    depart_us, arrived_us = (np.asarray(table[name], np.int64) for name in ("depart_us", "arrived_us"))
    end_us = recording.followed_s * _US_PER_S
    was_due, is_there = depart_us < end_us, arrived_us >= 0
    times = (np.where(is_there, arrived_us, end_us) - depart_us)[was_due] / _US_PER_S
    return [
        percentile_of_times(
            name,
            percent,
            times,
            is_there[was_due],
            label=_WORDS[percent],
            open_words="not there",
            nothing="no emergency vehicle was to set out",
        )
        for name, percent in zip(EMERGENCY_METRICS, _WORDS, strict=True)
    ]


def emergency_travel_times(recordings: Iterable[Recording]) -> dict[str, npt.NDArray[np.float64]]:
    """Return the travel times of those who arrived, s, by entry of `traffic.emergency`, ascending.

    Runs are replicates of one scenario; together their times are the distribution.
    """
    found: dict[str, list[float]] = {}
    for recording in recordings:
        events = recording.events()
        for k in np.flatnonzero(events["kind"] == b"emergency_arrived"):
            data = json.loads(events["data"][k])
            found.setdefault(events["subject"][k].decode(), []).append(float(data["travel_s"]))
    return {name: np.sort(np.array(times)) for name, times in sorted(found.items())}
