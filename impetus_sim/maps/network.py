"""Street networks as OSMnx graphs: from ways to a simplified, consolidated graph in local metres.

Ways are joined at shared nodes; ends that miss each other by a little are bridged; OSMnx then drops nodes
that are no junctions and merges the nodes of one junction. Nodes where the data ends are marked
``at_map_edge``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from impetus_sim.maps.areas import split_runs
from impetus_sim.maps.osm_data import Box, OsmWay

if TYPE_CHECKING:
    import networkx as nx


EDGE_REACH_M, EDGE_REACH_SHARE = 60.0, 0.03
"""A street that ends this near to the edge of the working area (metres, or share of its side) is taken to be
cut there:
clipping tools drop the first node outside, which may be the next one along a long straight."""

EdgeAttributes = Callable[[OsmWay, int], dict[str, Any]]


def build_graph(
    ways: Iterable[OsmWay],
    *,
    crs: str,
    box: Box,
    reach: Box,
    direction_of: Callable[[OsmWay], int],
    attributes: EdgeAttributes,
) -> nx.MultiDiGraph:
    """Return the graph of ways, one edge between neighbouring nodes for each direction of travel.

    Parameters
    ----------
    ways
        In local metres.
    crs
        Projected CRS of the points.
    box
        Working area in local metres; ways end at the first node beyond it.
    reach
        Smallest box that all ways of the data reach; loose ends near or beyond its edge are taken to be cut
        there.
    direction_of
        1, -1 or 0 for a way.
    attributes
        Edge attributes of a way in direction 1 or -1.
    """
    import networkx as nx

    graph = nx.MultiDiGraph(crs=crs, simplified=False)
    for way in ways:
        direction = direction_of(way)
        forward = attributes(way, 1) if direction >= 0 else None
        backward = attributes(way, -1) if direction <= 0 else None
        for run in _runs_in_box(way, box):
            _add_run(graph, way, run, forward=forward, backward=backward)
        _mark_missing_ends(graph, way)
    margin = max(EDGE_REACH_M, EDGE_REACH_SHARE * min(reach[2] - reach[0], reach[3] - reach[1]))
    inner = (reach[0] + margin, reach[1] + margin, reach[2] - margin, reach[3] - margin)
    for node, facts in graph.nodes(data=True):
        facts["street_count"] = len(set(graph.successors(node)) | set(graph.predecessors(node)))
        outside = not _inside(facts["x"], facts["y"], box)
        ends_near_edge = facts["street_count"] == 1 and not _inside(facts["x"], facts["y"], inner)
        facts["at_map_edge"] = bool(facts.get("at_map_edge")) or outside or ends_near_edge
    return graph


def simplify(graph: nx.MultiDiGraph, *, differ: tuple[str, ...], tolerance_m: float) -> nx.MultiDiGraph:
    """Return the graph simplified and with the nodes of one junction merged, by OSMnx.

    Parameters
    ----------
    graph
        As built.
    differ
        Edge attributes whose change keeps a node.
    tolerance_m
        Nodes closer than twice this and joined by an edge become one.
    """
    import osmnx

    if not graph.number_of_edges():
        return graph
    for _, facts in graph.nodes(data=True):
        facts.pop("layers", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        simple = osmnx.simplify_graph(graph, edge_attrs_differ=differ, remove_rings=False)
        for u, v, facts in simple.edges(data=True):  # osmnx looks missing ones up one by one, slowly
            facts.setdefault("geometry", shapely.LineString([_point(simple, u), _point(simple, v)]))
        merged = osmnx.consolidate_intersections(
            simple, tolerance=tolerance_m, dead_ends=True, rebuild_graph=True
        )
    for _, facts in merged.nodes(data=True):
        facts["at_map_edge"] = bool(np.any(facts["at_map_edge"]))
    for _, _, facts in merged.edges(data=True):
        facts["length"] = float(facts["geometry"].length)
    return merged


def _runs_in_box(way: OsmWay, box: Box) -> list[slice]:
    """Return the runs of nodes inside the box, each with the first node beyond."""
    x, y = way.points[:, 0], way.points[:, 1]
    inside = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
    runs = split_runs(way)
    if inside.all():
        return runs
    kept = []
    for run in runs:
        used = inside[run][:-1] | inside[run][1:]
        starts = np.flatnonzero(used & ~np.r_[False, used[:-1]])
        stops = np.flatnonzero(used & ~np.r_[used[1:], False])
        kept += [slice(run.start + a, run.start + b + 2) for a, b in zip(starts, stops, strict=True)]
    return kept


def _add_run(
    graph: nx.MultiDiGraph,
    way: OsmWay,
    run: slice,
    *,
    forward: dict[str, Any] | None,
    backward: dict[str, Any] | None,
) -> None:
    """Add the edges of one run of nodes."""
    refs, points = way.refs[run].tolist(), way.points[run]
    lengths = np.hypot(*np.diff(points, axis=0).T).tolist()
    layer = way.tags.get("layer", "0")
    for ref, (x, y) in zip(refs, points.tolist(), strict=True):
        if ref not in graph:
            graph.add_node(ref, x=x, y=y, layers=set())
        graph.nodes[ref]["layers"].add(layer)
    for u, v, length in zip(refs[:-1], refs[1:], lengths, strict=True):
        if u == v:
            continue
        if forward is not None:
            graph.add_edge(u, v, osmid=way.id, length=length, layer=layer, **forward)
        if backward is not None:
            graph.add_edge(v, u, osmid=way.id, length=length, layer=layer, **backward)


def _mark_missing_ends(graph: nx.MultiDiGraph, way: OsmWay) -> None:
    """Mark the nodes next to missing ones: there the data ends."""
    for cut in way.breaks:
        for position in (cut - 1, cut):
            if 0 <= position < len(way.refs) and int(way.refs[position]) in graph:
                graph.nodes[int(way.refs[position])]["at_map_edge"] = True


def _point(graph: nx.MultiDiGraph, node: int) -> tuple[float, float]:
    """Return the place of a node."""
    return (graph.nodes[node]["x"], graph.nodes[node]["y"])


def _inside(x: float, y: float, box: Box) -> bool:
    """Return whether a point lies in a box."""
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
