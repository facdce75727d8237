"""Macroscopic diagrams of zones: accumulation against production, density against flow.

Source: Geroliminis and Daganzo (2008), Transportation Research B 42:759-770, with the generalised definitions of
Edie (1963) over all links of a zone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.ground import read_texts
from impetus_sim.analysis.traffic.links import compute_link_intervals
from impetus_sim.analysis.traffic.recorded import Floats, Mask, Network, TrafficCounts
from impetus_sim.recording.reader import Recording

AREAS = "traffic_areas"


@dataclass(frozen=True, kw_only=True)
class ZoneDiagram:
    """One zone, one value per interval, float64 (intervals,).

    accumulation: vehicles on its links, mean. production: vehicle-m per s. density: vehicles per m of lane.
    flow: vehicles per s and lane. speed_m_s: production over accumulation, nan while nobody drives.
    """

    name: str
    start_s: Floats
    end_s: Floats
    accumulation: Floats
    production: Floats
    density: Floats
    flow: Floats
    speed_m_s: Floats


def compute_diagrams(
    counts: TrafficCounts, zones: dict[str, Mask], *, every_s: float = 300.0
) -> list[ZoneDiagram]:
    """Return the diagram of each zone.

    Parameters
    ----------
    counts
        Of the run.
    zones
        Mask over links by the name of the zone; zones may overlap.
    every_s
        Length of the intervals: longer than a signal cycle, or the cycle shows.
    """
    intervals = compute_link_intervals(counts, every_s=every_s)
    long_s = intervals.end_s - intervals.start_s
    network = counts.network
    found = []
    for name, mask in zones.items():
        lane_m = float((network.length_m * network.n_lanes)[mask].sum())
        spent = intervals.spent_s[:, mask].sum(axis=1)
        travelled = intervals.travelled_m[:, mask].sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            speed = np.where(spent > 0.0, travelled / spent, np.nan)
        found.append(
            ZoneDiagram(
                name=name,
                start_s=intervals.start_s,
                end_s=intervals.end_s,
                accumulation=spent / long_s,
                production=travelled / long_s,
                density=spent / (long_s * lane_m),
                flow=travelled / (long_s * lane_m),
                speed_m_s=speed,
            )
        )
    return found


def read_areas(recording: Recording, network: Network) -> dict[str, Mask]:
    """Return the areas of a run by name (`traffic.areas` of its scenario), as masks over links; empty without."""
    if AREAS not in recording.static_names:
        return {}
    group = recording.static(AREAS)
    first, link = np.asarray(group["first"], np.int64), np.asarray(group["link"], np.int64)
    zones = {}
    for k, name in enumerate(read_texts(group["name"])):
        mask = np.zeros(len(network), np.bool_)
        mask[link[first[k] : first[k + 1]]] = True
        zones[name] = mask
    return zones


def find_quarters(network: Network) -> dict[str, Mask]:
    """Return four zones by the middle of each link: halves of lane length west and east, then south and north."""
    middle = 0.5 * (network.points[network.first[:-1]] + network.points[network.first[1:] - 1])
    lane_m = network.length_m * network.n_lanes
    is_east = middle[:, 0] > _median(middle[:, 0], lane_m)
    zones: dict[str, Mask] = {}
    for side, chosen in (("west", ~is_east), ("east", is_east)):
        y = middle[:, 1]
        is_north = y > _median(y[chosen], lane_m[chosen])
        zones[f"north-{side}"] = chosen & is_north
        zones[f"south-{side}"] = chosen & ~is_north
    return {name: mask for name, mask in zones.items() if mask.any()}


def _median(values: Floats, weights: Floats) -> float:
    order: npt.NDArray[np.int64] = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(total, 0.5 * total[-1])]]) if len(values) else 0.0
