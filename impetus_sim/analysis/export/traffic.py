"""Tables of traffic in longitude and latitude: links by intervals, ways of vehicles, calls at stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from impetus_sim.analysis.export.lonlat import in_lonlat
from impetus_sim.analysis.export.tables import trip_table
from impetus_sim.analysis.traffic.links import compute_link_intervals
from impetus_sim.analysis.traffic.queues import compute_queues
from impetus_sim.analysis.traffic.recorded import Floats, Network, TrafficCounts, read_counts, read_places
from impetus_sim.analysis.traffic.transit import has_transit, read_calls, read_riders
from impetus_sim.recording.reader import Recording

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

LINKS_FILE, VEHICLES_FILE = "traffic_links.parquet", "traffic_vehicles.parquet"
CALLS_FILE, RIDERS_FILE = "transit_calls.parquet", "transit_riders.parquet"


def traffic_tables(recording: Recording, *, every_s: float) -> dict[str, pd.DataFrame]:
    """Return the tables of a run's traffic by file name.

    Parameters
    ----------
    recording
        With traffic; where vehicles' places were not recorded, there are only links.
    every_s
        Length of the intervals of links.

    Raises
    ------
    InvalidInputError
        When the run had no traffic.
    """
    counts = read_counts(recording)
    tables: dict[str, pd.DataFrame] = {LINKS_FILE: build_link_table(recording, counts, every_s=every_s)}
    if _has_places(recording):
        tables[VEHICLES_FILE] = build_vehicle_table(recording, counts.network)
    if has_transit(recording):
        tables[CALLS_FILE], tables[RIDERS_FILE] = build_call_table(recording), read_riders(recording)
    return tables


def build_link_table(recording: Recording, counts: TrafficCounts, *, every_s: float) -> gpd.GeoDataFrame:
    """Return one row per link and interval: counts, flow, density, speed, delay, longest queue; a line each.

    ``speed_m_s`` is missing where nobody was; ``delay_s`` is of all vehicles together.
    """
    network, found = counts.network, compute_link_intervals(counts, every_s=every_s)
    queues = compute_queues(counts)
    n_intervals, n_links = found.entered.shape
    rows = np.searchsorted(counts.times_s, np.column_stack([found.start_s, found.end_s]))
    peak = np.stack([queues.length_m[first : last + 1].max(axis=0) for first, last in rows.tolist()])
    long_s = (found.end_s - found.start_s)[:, None]
    link = np.tile(np.arange(n_links), n_intervals)
    columns: dict[str, Any] = {
        "link": link,
        "from_node": network.from_node[link],
        "to_node": network.to_node[link],
        "name": network.name[link],
        "lanes": network.n_lanes[link],
        "length_m": network.length_m[link],
        "speed_limit_m_s": network.speed_m_s[link],
        "start_s": np.repeat(found.start_s, n_links),
        "end_s": np.repeat(found.end_s, n_links),
        "entered": found.entered.ravel().astype(np.int64),
        "left": found.left.ravel().astype(np.int64),
        "flow_per_h": (3600.0 * found.travelled_m / (long_s * network.length_m)).ravel(),
        "density_per_km": (1000.0 * found.spent_s / (long_s * network.length_m)).ravel(),
        "speed_m_s": found.speed_m_s.ravel(),
        "delay_s": found.delay_s.ravel(),
        "longest_queue_m": peak.ravel(),
    }
    lines = shapely.linestrings(network.points, indices=np.repeat(np.arange(n_links), np.diff(network.first)))
    return in_lonlat(recording, columns, np.asarray(lines, object), link)


def build_vehicle_table(recording: Recording, network: Network) -> gpd.GeoDataFrame:
    """Return one row per vehicle that was ever recorded on a link: its trip, and its way as a line.

    The line joins the recorded places; ``t_s`` holds the time of each of its points. Vehicles seen once have a
    point.
    """
    places = read_places(recording)
    x, y = _along_links(network, places.link, places.offset_m).T
    first = np.flatnonzero(np.concatenate([[True], np.diff(places.vehicle) > 0])[: len(places.vehicle)])
    row = places.vehicle[first]
    ways = [
        shapely.LineString(points) if len(points) > 1 else shapely.Point(points[0])
        for points in (np.split(np.column_stack([x, y]), first[1:]) if len(first) else [])
    ]
    times = np.split(places.t_s, first[1:]) if len(first) else []
    trips = trip_table(recording)
    columns: dict[str, Any] = {name: values.to_numpy()[row] for name, values in trips.items()}
    columns["t_s"] = [held.tolist() for held in times]
    return in_lonlat(recording, columns, np.array(ways, object))


def build_call_table(recording: Recording) -> gpd.GeoDataFrame:
    """Return one row per call of every run as `read_calls` does, with the point of its stop."""
    calls, stops = read_calls(recording), recording.static("transit_stops")
    points = np.asarray(shapely.points(np.asarray(stops["x"]), np.asarray(stops["y"])), object)
    which = np.asarray(recording.static("transit_call_plan")["stop"], np.int64)
    return in_lonlat(recording, {name: calls[name].to_numpy() for name in calls}, points, which)


def _has_places(recording: Recording) -> bool:
    _, state = next(recording.series("traffic"))
    return "link" in state and "traffic_vehicles" in recording.table_names


def _along_links(network: Network, link: Any, offset_m: Floats) -> Floats:
    """Return the place at an offset along each link, float64 (n, 2), m."""
    step = np.hypot(*np.diff(network.points, axis=0).T)
    step[network.first[1:-1] - 1] = 0.0  # from the end of one link to the start of the next
    along = np.concatenate([[0.0], np.cumsum(step)])
    start, end = along[network.first[:-1]], along[network.first[1:] - 1]
    # A junction drawn as two points counts a metre though it has none: places keep their share of the link.
    share = np.clip(offset_m / network.length_m[link], 0.0, 1.0)
    at = start[link] + share * (end - start)[link]
    out = np.empty((len(at), 2))
    for axis in range(2):
        out[:, axis] = _interpolate(network, along, link, at, axis)
    return out


def _interpolate(network: Network, along: Floats, link: Any, at: Floats, axis: int) -> Floats:
    # The last point before `at` on the same link: ends of links lie at equal values of `along`.
    before = np.searchsorted(along, at, side="right") - 1
    before = np.clip(before, network.first[link], network.first[link + 1] - 2)
    length = along[before + 1] - along[before]
    part = np.clip((at - along[before]) / np.where(length > 0.0, length, 1.0), 0.0, 1.0)
    values = network.points[:, axis]
    return np.asarray(values[before] + part * (values[before + 1] - values[before]), np.float64)
