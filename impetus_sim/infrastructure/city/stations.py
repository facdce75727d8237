"""Where transformers and substations stand, and which points of the streets each supplies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

from impetus_sim.infrastructure.city.grouping import group_tree, number_from_west, spanning_tree, sum_by
from impetus_sim.infrastructure.city.places_of_map import MappedPlaces
from impetus_sim.infrastructure.city.spec import CitySpec
from impetus_sim.infrastructure.city.streets import StreetGraph

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SAME_STATION_M: Final = 150.0
"""A mapped small station stands in for a synthetic one within this distance."""
TOWER_REACH_M: Final = 500.0
"""A mapped substation with a tower of a power line within this distance is taken for one of high voltage first."""
SMALL_TAG: Final = "power=transformer"


@dataclass(frozen=True, kw_only=True)
class Stations:
    """Transformers: node, map_row (row of the map's places, or -1) int64 (n,); load_kw, kva float64 (n,), of all
    units; units int64 (n,). of_node: int64 (nodes,), the transformer that supplies a point of the streets, or -1.
    """

    node: Ints
    map_row: Ints
    load_kw: Floats
    kva: Floats
    units: Ints
    of_node: Ints

    def __len__(self) -> int:
        return len(self.node)


@dataclass(frozen=True, kw_only=True)
class Substations:
    """Substations: node, map_row, units int64 (n,)."""

    node: Ints
    map_row: Ints

    def __len__(self) -> int:
        return len(self.node)


def place_transformers(
    graph: StreetGraph,
    node_kw: Floats,
    node_people: Floats,
    places: MappedPlaces,
    free_rows: Ints,
    spec: CitySpec,
) -> Stations:
    """Group the points of the streets around transformers.

    Parameters
    ----------
    graph
        The streets.
    node_kw
        float64 (nodes,), peak load at each point.
    node_people
        float64 (nodes,), people there.
    places, free_rows
        Mapped stations that are no substations of high voltage: each stands in for the closest synthetic one.
    spec
        Sizes and reach.
    """
    taken_kw = node_kw
    if spec.transformer_people is not None:
        taken_kw = np.maximum(node_kw, node_people * spec.transformer_kw / spec.transformer_people)
    group, tops = group_tree(
        spanning_tree(graph), taken_kw, most_load=spec.transformer_kw, most_span_m=2.0 * spec.lv_reach_m
    )
    n = len(tops)
    of_node, node = number_from_west(group, n, graph, node_kw)
    load = sum_by(of_node[of_node >= 0], node_kw[of_node >= 0], n)
    units = np.maximum(np.ceil(load / spec.transformer_kw - 1e-9), 1).astype(np.int64)
    sizes = np.sort(spec.transformer_kva)
    needed = load / units / spec.transformer_loading / spec.power_factor
    size = sizes[np.minimum(np.searchsorted(sizes, needed - 1e-9), len(sizes) - 1)]
    return Stations(
        node=node,
        map_row=_match(np.column_stack([graph.x[node], graph.y[node]]), places, free_rows),
        load_kw=load,
        kva=size * units,
        units=units,
        of_node=of_node,
    )


def _match(at: Floats, places: MappedPlaces, free_rows: Ints) -> Ints:
    """Return the mapped station that stands in for each synthetic one, closest pairs first, or -1."""
    row_of = np.full(len(at), -1, np.int64)
    if not len(free_rows):
        return row_of
    pairs = cKDTree(at).sparse_distance_matrix(
        cKDTree(places.at(free_rows)), SAME_STATION_M, output_type="coo_matrix"
    )
    is_used = np.zeros(len(free_rows), bool)
    for pair in np.lexsort((pairs.col, pairs.row, pairs.data)):
        station, mapped = pairs.row[pair], pairs.col[pair]
        if row_of[station] < 0 and not is_used[mapped]:
            row_of[station] = free_rows[mapped]
            is_used[mapped] = True
    return row_of


def place_substations(
    graph: StreetGraph, node_kw: Floats, places: MappedPlaces, spec: CitySpec
) -> Substations:
    """Choose substations: so many as the load needs, mapped ones first, then where the way to the next is too long.

    Among mapped ones, those beside a tower of a power line come first; then always the one that shortens the sum of
    load times distance most.
    """
    loaded = np.flatnonzero(node_kw > 0.0)
    at, load = np.column_stack([graph.x[loaded], graph.y[loaded]]), node_kw[loaded]
    needed = max(1, int(np.ceil(load.sum() / 1000.0 / spec.substation_mw)))
    distance = np.full(len(loaded), np.inf)
    nodes: list[int] = []
    rows: list[int] = []
    for tier in _mapped_tiers(places):
        tier_at = places.at(tier)
        chosen = _choose(tier_at, at, load, distance, needed - len(nodes))
        rows += tier[chosen].tolist()
        nodes += graph.nearest(tier_at[chosen, 0], tier_at[chosen, 1]).tolist()
    # candidates at every so many-th loaded point keep the choice fast
    candidates = loaded[:: max(1, len(loaded) // MOST_CANDIDATES)]
    candidate_at = np.column_stack([graph.x[candidates], graph.y[candidates]])
    more = _choose(candidate_at, at, load, distance, needed - len(nodes))
    nodes += candidates[more].tolist()
    while True:
        way = csgraph.dijkstra(graph.lengths, indices=nodes, min_only=True)
        far = loaded[way[loaded] > spec.substation_reach_m]
        if not len(far):
            break
        nodes.append(_middle(graph, far, node_kw))
    unique, first = np.unique(nodes, return_index=True)
    map_row = np.concatenate([rows, np.full(len(nodes) - len(rows), -1)])[first].astype(np.int64)
    return Substations(node=unique.astype(np.int64), map_row=map_row)


MOST_CANDIDATES: Final = 400


def _mapped_tiers(places: MappedPlaces) -> list[Ints]:
    """Return the mapped substations beside towers, and the others."""
    rows = places.of("substation")
    rows = rows[places.tag[rows] != SMALL_TAG] if len(rows) else rows
    towers = places.of("power_tower")
    if not len(rows) or not len(towers):
        return [rows]
    distance, _ = cKDTree(places.at(towers)).query(places.at(rows))
    return [rows[distance <= TOWER_REACH_M], rows[distance > TOWER_REACH_M]]


def _choose(candidates: Floats, at: Floats, load: Floats, distance: Floats, count: int) -> Ints:
    """Return up to so many candidates, each the best next one; `distance` to the chosen ones is lowered."""
    chosen: list[int] = []
    if not len(candidates) or count <= 0:
        return np.zeros(0, np.int64)
    apart = np.hypot(candidates[:, None, 0] - at[None, :, 0], candidates[:, None, 1] - at[None, :, 1])
    for _ in range(min(count, len(candidates))):
        cost = np.minimum(apart, distance[None, :]) @ load
        cost[chosen] = np.inf
        best = int(np.argmin(cost))
        chosen.append(best)
        np.minimum(distance, apart[best], out=distance)
    return np.array(chosen, np.int64)


def _middle(graph: StreetGraph, far: Ints, node_kw: Floats) -> int:
    """Return the loaded point nearest to the centre of load of those that are too far."""
    mass = node_kw[far]
    x, y = np.average(graph.x[far], weights=mass), np.average(graph.y[far], weights=mass)
    return int(far[np.lexsort((far, np.hypot(graph.x[far] - x, graph.y[far] - y)))[0]])
