"""Curves over the run: people inside, hurt, exposed, without power; vehicles; units. One clock with the map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from impetus_sim.analysis.causes import Trace, read_trace
from impetus_sim.analysis.infrastructure.lacks import Lack, lack_of_phone, lack_of_power, lack_of_water
from impetus_sim.analysis.infrastructure.recorded import RecordedAssets, has_infrastructure, read_assets
from impetus_sim.analysis.people import NEVER, read_people
from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording

PEOPLE, VEHICLES, UNITS = "people", "vehicles", "units"
COUNTS: Final = {
    "inside": ("people inside", PEOPLE),
    "left": ("people out", PEOPLE),
    "away": ("people on streets", PEOPLE),
    "left_network": ("people who reached their goal by streets", PEOPLE),
    "stuck": ("people who cannot get on", PEOPLE),
    "people_waiting_at_kerbs": ("people waiting at kerbs", PEOPLE),
    "vehicles_on_links": ("vehicles on the road", VEHICLES),
    "vehicles_waiting": ("vehicles waiting to enter the road", VEHICLES),
    "vehicles_arrived": ("vehicles that arrived", VEHICLES),
    "vehicles_held": ("vehicles without an open way", VEHICLES),
    "units_busy": ("units on missions", UNITS),
    "casualties_waiting": ("injured waiting for care", PEOPLE),
    "casualties_handed_over": ("injured in hospital", PEOPLE),
    "cyber_nodes_held": ("computers in an attacker's hands", "computers"),
    "riders_waiting": ("riders waiting at stops", PEOPLE),
}
"""Counts that are shown, with title and unit; those that stay at 0 are left out, but for people inside and out."""
_ALWAYS: Final = ("inside", "left")
_LACKS: Final[tuple[tuple[str, str, Callable[[Recording, RecordedAssets], Lack]], ...]] = (
    ("without_power", "people without power", lack_of_power),
    ("without_water", "people without water", lack_of_water),
    ("without_phone", "people without a phone", lack_of_phone),
)


def compute_series(recording: Recording, trace: Trace | None = None) -> list[dict[str, Any]]:
    """Return the curves of a run: name, title, unit, t in s, y.

    Parameters
    ----------
    recording
        Of the run.
    trace
        Its events, when they are at hand.
    """
    return [
        *_counts(recording),
        *_aware(recording),
        *_injured(trace if trace is not None else read_trace(recording)),
        *_exposed(recording),
        *_delay(recording),
        *_lacks(recording),
    ]


def _one(name: str, title: str, unit: str, t: Any, y: Any) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "unit": unit,
        "t": np.asarray(t, np.float64).tolist(),
        "y": np.asarray(y, np.float64).tolist(),
    }


def _counts(recording: Recording) -> list[dict[str, Any]]:
    held = recording.counts()
    if not held:
        return []
    times = recording.seconds(held["tick"])
    return [
        _one(name, title, unit, times, held[name])
        for name, (title, unit) in COUNTS.items()
        if name in held and held[name].ndim == 1 and (name in _ALWAYS or np.any(held[name] != 0))
    ]


def _aware(recording: Recording) -> list[dict[str, Any]]:
    people = read_people(recording)
    ticks = np.sort(people.aware_tick[people.aware_tick != NEVER])
    if not len(ticks):
        return []
    times, counts = np.unique(ticks, return_counts=True)
    return [_steps("aware", "people who know", PEOPLE, times * people.resolution_s, counts)]


def _steps(name: str, title: str, unit: str, times: Any, added: Any) -> dict[str, Any]:
    """Return a curve that begins at 0 and rises at some times."""
    return _one(name, title, unit, [0.0, *times], [0.0, *np.cumsum(added)])


def _injured(trace: Trace) -> list[dict[str, Any]]:
    found = [event for event in trace.events.values() if event.kind == "people_injured"]
    if not found:
        return []
    added = [float(event.data.get("people", 1)) for event in found]
    return [_steps("injured", "people hurt", PEOPLE, [event.t_s for event in found], added)]


def _exposed(recording: Recording) -> list[dict[str, Any]]:
    """Return how many had been within a threat's reach at each checkpoint, where it was recorded."""
    rows = list(recording.checkpoint_column("crowd", "exposure_s"))
    counts = [int(np.count_nonzero(values > 0.0)) for _, values in rows]
    if not any(counts):
        return []
    times = [recording.seconds(tick) for tick, _ in rows]
    return [_one("exposed", "people exposed so far", PEOPLE, times, counts)]


def _delay(recording: Recording) -> list[dict[str, Any]]:
    """Return the time that vehicles have lost so far to being held, waiting or slow, against an empty road.

    Time spent is known at every frame (vehicles on the road and waiting); of it is taken what the links that were
    left would have cost at their speed limits.
    """
    from impetus_sim.analysis.traffic.recorded import has_traffic, read_counts

    counts = recording.counts()
    if not has_traffic(recording) or "vehicles_on_links" not in counts:
        return []
    try:
        links = read_counts(recording)
    except InvalidInputError:  # nothing of it was recorded yet
        return []
    times = np.asarray(recording.seconds(counts["tick"]), np.float64)
    names = [name for name in ("vehicles_on_links", "vehicles_waiting", "vehicles_held") if name in counts]
    present = np.asarray([counts[name] for name in names], np.float64).sum(axis=0)
    spent = np.concatenate([[0.0], np.cumsum(np.diff(times) * (present[1:] + present[:-1]) / 2.0)])
    free = links.left.astype(np.float64) @ links.network.free_s
    lost_h = np.maximum(np.interp(links.times_s, times, spent) - free, 0.0) / 3600.0
    return [_one("delay", "time lost by vehicles so far", "vehicle-h", links.times_s, lost_h)]


def _lacks(recording: Recording) -> list[dict[str, Any]]:
    if not has_infrastructure(recording):
        return []
    try:
        assets = read_assets(recording)
    except InvalidInputError:  # nothing of it was recorded yet
        return []
    found = []
    for name, title, lack_of in _LACKS:
        n_without = lack_of(recording, assets).n_without
        if n_without.any():
            times = np.append(assets.times_s, max(assets.end_s, float(assets.times_s[-1])))
            found.append(_one(name, title, PEOPLE, times, np.append(n_without, n_without[-1])))
    return found
