"""The metrics of runs with traffic by name, in the order of tables; none for runs without."""

from __future__ import annotations

import numpy as np

from impetus_sim.analysis.metric import SECONDS, SHARE, Metric
from impetus_sim.analysis.traffic.queues import compute_queues
from impetus_sim.analysis.traffic.recorded import CHANNEL, has_traffic, read_counts
from impetus_sim.analysis.traffic.trips import Trips, read_trips
from impetus_sim.recording.reader import Recording

VEHICLE_HOURS = "vehicle-h"
METRES = "m"
METRES_PER_SECOND = "m/s"
VEHICLES = "vehicles"
NOBODY_DUE = "no vehicle was to set out"

TRAFFIC_METRICS = (
    "mean_trip_time",
    "total_delay",
    "vehicles_arrived",
    "vehicles_under_way",
    "mean_trip_speed",
    "longest_queue",
)
"""In the order of tables."""


def compute_traffic_metrics(recording: Recording) -> list[Metric]:
    """Return the metrics of a run's vehicles in the order of `TRAFFIC_METRICS`; nothing without traffic."""
    if not has_traffic(recording) or "traffic_vehicles" not in recording.table_names:
        return []
    trips = read_trips(recording)
    return [
        _mean_trip_time(trips),
        _total_delay(trips),
        _arrived(trips),
        _under_way(trips),
        _mean_speed(trips),
        _longest_queue(recording),
    ]


def _note(trips: Trips) -> str:
    n = int(trips.is_under_way.sum())
    n_cancelled = int(trips.was_cancelled.sum())
    parts = [f"{n:,} under way counted up to {trips.followed_s:g} s"] if n else []
    parts += [f"{n_cancelled:,} given up before they began left out"] if n_cancelled else []
    return "; ".join(parts).replace(",", " ")


def _mean_trip_time(trips: Trips) -> Metric:
    due = trips.was_due
    return Metric(
        name="mean_trip_time",
        value=float(trips.time_s[due].mean()) if due.any() else None,
        unit=SECONDS,
        label="mean trip time",
        better="lower",
        note=_note(trips) if due.any() else NOBODY_DUE,
    )


def _total_delay(trips: Trips) -> Metric:
    due = trips.was_due & ~np.isnan(trips.free_s)
    n_lost = int((trips.was_due & np.isnan(trips.free_s)).sum())
    note = _note(trips)
    if n_lost:
        note += f"{'; ' if note else ''}{n_lost} without a way left out"
    return Metric(
        name="total_delay",
        value=float(trips.delay_s[due].sum()) / 3600.0 if due.any() else None,
        unit=VEHICLE_HOURS,
        label="delay of all vehicles",
        better="lower",
        is_censored=bool((trips.is_under_way & due).any()),
        note=note if due.any() else NOBODY_DUE,
    )


def _arrived(trips: Trips) -> Metric:
    due = trips.was_due
    return Metric(
        name="vehicles_arrived",
        value=float(trips.has_arrived[due].mean()) if due.any() else None,
        unit=SHARE,
        label="vehicles arrived at the end",
        better="higher",
        note="" if due.any() else NOBODY_DUE,
    )


def _under_way(trips: Trips) -> Metric:
    under_way = trips.is_under_way
    parts = [
        f"{int((trips.state[under_way] == state).sum())} {word}"
        for state, word in (
            ("waiting", "waiting to enter"),
            ("held", "without a way"),
            ("abandoned", "abandoned"),
        )
        if (trips.state[under_way] == state).any()
    ]
    return Metric(
        name="vehicles_under_way",
        value=float(under_way.sum()),
        unit=VEHICLES,
        label="vehicles under way at the end",
        better="lower",
        note=", ".join(parts),
    )


def _mean_speed(trips: Trips) -> Metric:
    due = trips.was_due
    total_s = float(trips.time_s[due].sum())
    return Metric(
        name="mean_trip_speed",
        value=float(trips.travelled_m[due].sum()) / total_s if total_s > 0.0 else None,
        unit=METRES_PER_SECOND,
        label="mean speed from door to door",
        better="higher",
        note=_note(trips) if total_s > 0.0 else NOBODY_DUE,
    )


def _longest_queue(recording: Recording) -> Metric:
    label, note = "longest queue", "no state of traffic was recorded"
    value = None
    if next(recording.series(CHANNEL), None) is not None:
        counts = read_counts(recording)
        queues = compute_queues(counts)
        row, link = queues.longest
        value = float(queues.along_m[row, link])
        where = str(counts.network.name[link]) or "a street without a name"
        note = f"{where}, at {queues.times_s[row]:g} s" if value > 0.0 else ""
    return Metric(name="longest_queue", value=value, unit=METRES, label=label, better="lower", note=note)
