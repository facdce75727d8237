"""Water: pressure zones, each with a pumping station and a tank, from one source.

The map has no heights of pipes and mostly none of the ground, so zones are parts of the streets by people and
distance; a mapped tank or tower gives its zone its place, a mapped pumping station likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.city.grouping import group_tree, number_from_west, spanning_tree, sum_by
from impetus_sim.infrastructure.city.places_of_map import MappedPlaces
from impetus_sim.infrastructure.city.premises import Premises
from impetus_sim.infrastructure.city.spec import CitySpec
from impetus_sim.infrastructure.city.streets import StreetGraph

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SOURCE_TAG: Final = "man_made=water_works"
WASTE_TAG: Final = "man_made=wastewater_pumping_station"
SAME_SITE_M: Final = 2_000.0
"""A mapped pumping station or tank serves the nearest zone within this distance."""
DAY_S: Final = 86_400.0
LITRES_PER_M3: Final = 1000.0
WATER_KN_PER_M3: Final = 9.80665


@dataclass(frozen=True, kw_only=True)
class Zones:
    """Pressure zones; all arrays (zones,).

    x, y: centre, m. people. demand_m3_s: mean use. pump_x, pump_y, tank_x, tank_y: m. pump_m3_s: what its pumping
    station can lift, the peak hour. pump_kw: electric power then. tank_m3: useful volume. pump_row, tank_row: rows
    of the map's places, or -1. of_node: int64 (nodes,), zone of each point of the streets, or -1.
    source_xy: float64 (2,); source_row: row of the map's places, or -1.
    """

    x: Floats
    y: Floats
    people: Floats
    demand_m3_s: Floats
    pump_x: Floats
    pump_y: Floats
    pump_m3_s: Floats
    pump_kw: Floats
    pump_row: Ints
    tank_x: Floats
    tank_y: Floats
    tank_m3: Floats
    tank_row: Ints
    of_node: Ints
    source_xy: Floats
    source_row: int

    def __len__(self) -> int:
        return len(self.x)


def build_zones(graph: StreetGraph, premises: Premises, places: MappedPlaces, spec: CitySpec) -> Zones:
    """Cut the streets into zones and size their pumps and tanks by people."""
    people_at = sum_by(graph.nearest(premises.x, premises.y), premises.people, graph.n_nodes)
    group, tops = group_tree(
        spanning_tree(graph), people_at, most_load=spec.zone_people, most_span_m=spec.zone_span_m
    )
    n = len(tops)
    of_node, middle = number_from_west(group, n, graph, people_at)
    x, y = graph.x[middle], graph.y[middle]
    inside = of_node >= 0
    people = sum_by(of_node[inside], people_at[inside], n)
    source, source_row = _source(graph, places)
    entry = _entry_of_zones(graph, of_node, n, source)
    pump_at, pump_row = _take_mapped(
        np.column_stack([graph.x[entry], graph.y[entry]]), places, places.of("pumping_station")
    )
    tank_at, tank_row = _take_mapped(np.column_stack([x, y]), places, places.of("water_tower"))
    demand = people * spec.water_l_per_person_day / LITRES_PER_M3 / DAY_S
    lifted = demand * spec.water_peak
    return Zones(
        x=x,
        y=y,
        people=people,
        demand_m3_s=demand,
        pump_x=pump_at[:, 0],
        pump_y=pump_at[:, 1],
        pump_m3_s=lifted,
        pump_kw=lifted * spec.water_head_m * WATER_KN_PER_M3 / spec.pump_efficiency,
        pump_row=pump_row,
        tank_x=tank_at[:, 0],
        tank_y=tank_at[:, 1],
        tank_m3=demand * DAY_S * spec.tank_share,
        tank_row=tank_row,
        of_node=of_node,
        source_xy=source,
        source_row=source_row,
    )


def _source(graph: StreetGraph, places: MappedPlaces) -> tuple[Floats, int]:
    """Return where water comes from: the first mapped water works, else the westernmost point of the streets."""
    works = places.of("water_works")
    works = works[places.tag[works] == SOURCE_TAG] if len(works) else works
    if len(works):
        return places.at(works[:1])[0], int(works[0])
    return np.array([graph.x[0], graph.y[0]]), -1


def _entry_of_zones(graph: StreetGraph, of_node: Ints, n: int, source: Floats) -> Ints:
    """Return the point of each zone nearest to the source, where its main comes in."""
    inside = np.flatnonzero(of_node >= 0)
    apart = np.hypot(graph.x[inside] - source[0], graph.y[inside] - source[1])
    rank = np.lexsort((inside, apart, of_node[inside]))
    first = np.searchsorted(of_node[inside][rank], np.arange(n))
    return inside[rank[first]]


def _take_mapped(at: Floats, places: MappedPlaces, rows: Ints) -> tuple[Floats, Ints]:
    """Return places of which the mapped ones stand in for the nearest, and their rows, or -1."""
    clean = rows[places.tag[rows] != WASTE_TAG] if len(rows) else rows
    return places.replace_nearest(at, clean, within_m=SAME_SITE_M)
